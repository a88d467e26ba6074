"""The catalogue as a whole: found, cached, extended by the user, priced by the day, and pinned as JSON."""

from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from domain.plan import ClockKind
from plans.catalogue import Rate
from plans.loader import load_catalogue, plan_from_json, plan_to_json, read_file
from plans.problems import CatalogueError
from tests.plans.acme import ACME, broken, write


def test_the_catalogue_is_loaded_once_for_each_process() -> None:
    assert load_catalogue() is load_catalogue()


def test_an_unknown_plan_names_the_nearest_ones() -> None:
    with pytest.raises(KeyError) as caught:
        load_catalogue().get("oura/premum")
    assert caught.value.args == (
        "there is no plan 'oura/premum'; did you mean oura/premium, oura/pro-lite, caret/premium-support?",
    )


def test_an_edition_that_grants_nothing_names_the_plan_that_it_holds() -> None:
    with pytest.raises(KeyError) as caught:
        load_catalogue().get("essensys/engagement-other")
    assert caught.value.args == (
        "essensys/engagement-other is an edition that grants nothing of its own; use essensys/inbound, which it holds",
    )


@pytest.mark.parametrize(
    ("day", "rate"),
    [
        (date(2024, 12, 31), None),
        (date(2025, 1, 1), Rate(date(2025, 1, 1), 22_000, "USD")),
        (date(2026, 6, 30), Rate(date(2025, 1, 1), 22_000, "USD")),
        (date(2026, 7, 1), Rate(date(2026, 7, 1), 23_500, "USD")),
    ],
)
def test_an_hour_costs_the_rate_of_its_delivery_day(day: date, rate: Rate | None) -> None:
    assert load_catalogue().hourly_rate("oura", day) == rate


def test_a_vendor_without_a_rate_card_has_no_rate() -> None:
    assert load_catalogue().rate_card("ombori") == ()
    assert load_catalogue().hourly_rate("ombori", date(2026, 1, 31)) is None


def test_the_rate_card_of_an_unknown_vendor_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="there is no vendor 'our'; there are caret, essensys, ombori, oura"):
        load_catalogue().rate_card("our")


@pytest.mark.parametrize("plan_id", sorted(load_catalogue().plans))
def test_a_plan_comes_back_from_json_as_it_was(plan_id: str) -> None:
    plan = load_catalogue().get(plan_id)
    text = plan_to_json(plan)
    assert plan_from_json(text) == plan
    assert plan_to_json(plan_from_json(text)) == text


def test_json_that_is_no_plan_is_refused() -> None:
    with pytest.raises(ValidationError):
        plan_from_json('{"id": "oura/premium"}')


def test_a_vendor_is_added_by_adding_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, ACME)
    monkeypatch.setenv("PLEDGE_PLANS", str(tmp_path))
    catalogue = load_catalogue()
    assert sorted(catalogue.vendors) == ["acme", "caret", "essensys", "ombori", "oura"]
    gold = catalogue.get("acme/gold")
    assert (gold.version, gold.name, gold.package) == (3, "Gold", "gold")
    assert gold.meetings[0].roles == gold.touchpoints[0].roles == (gold.roles[0].role,)


def test_a_folder_with_a_broken_file_is_refused_with_all_problems(tmp_path: Path) -> None:
    write(tmp_path, broken("amount: 2h", "amount: 2"))
    write(tmp_path, "[]", "zeta.yaml")
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(tmp_path)
    assert str(caught.value).splitlines() == [
        "acme.yaml:77: packages.gold.hours.amount: expected a length of time such as 30m, 4h or 1h 30m, got 2",
        "zeta.yaml:1: expected a mapping with the keys vendor, clauses and packages",
    ]


def test_a_folder_without_a_vendor_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="expected a folder with a YAML file for each vendor"):
        load_catalogue(tmp_path)


def test_hours_by_the_wall_clock_are_an_option(tmp_path: Path) -> None:
    catalogue, _ = read_file(write(tmp_path, broken("response: 4h", "response: {within: 48h, wall: true}")))
    assert catalogue is not None
    target = catalogue.get("acme/gold").levels[0].target(ClockKind.RESPONSE)
    assert target is not None
    assert (target.seconds, target.wall_clock, target.text) == (172_800, True, "48 h by the wall clock")


def test_a_plan_can_import_fix_targets(tmp_path: Path) -> None:
    text = broken("        response: 4h\n", "        response: 4h\n        resolution: 1h 30m\n")
    catalogue, _ = read_file(write(tmp_path, text))
    assert catalogue is not None
    gold = catalogue.get("acme/gold")
    fix = gold.levels[0].target(ClockKind.RESOLUTION)
    assert fix is not None
    assert (fix.seconds, fix.text) == (5_400, "1 h 30 min")
    assert gold.readings.fix_targets_imported


def test_a_plan_may_enforce_its_uptime(tmp_path: Path) -> None:
    enforced = []
    for line in ("", "\n      enforced: true"):
        text = broken("    hours:\n", f"    uptime:\n      clause: acme-2\n      percent: 99.9{line}\n    hours:\n")
        catalogue, _ = read_file(write(tmp_path, text))
        assert catalogue is not None
        uptime = catalogue.get("acme/gold").uptime
        assert uptime is not None
        enforced.append(uptime.enforced)
    assert enforced == [False, True]


def test_each_default_reading_can_be_set_otherwise_for_a_package(tmp_path: Path) -> None:
    text = broken(
        "    hours:\n",
        "    readings:\n      touchpoint_count_is_per_year: true\n      close_without_agreement_after_days: 14\n"
        "    notice:\n      renewal_days: [45]\n    hours:\n",
    )
    catalogue, problems = read_file(write(tmp_path, text))
    assert problems == []
    assert catalogue is not None
    gold, basic = catalogue.get("acme/gold"), catalogue.get("acme/basic")
    assert (gold.readings.touchpoint_count_is_per_year, basic.readings.touchpoint_count_is_per_year) == (True, False)
    assert gold.readings.close_without_agreement_after_days == 14
    assert (gold.notice.renewal_days, basic.notice.renewal_days) == ((45,), (90, 60, 30))


@pytest.mark.parametrize(
    ("currency", "written", "minor"), [("EUR", "220.00", 22_000), ("JPY", "30000", 30_000), ("KWD", "7.125", 7_125)]
)
def test_money_is_read_in_the_minor_units_of_its_currency(
    tmp_path: Path, currency: str, written: str, minor: int
) -> None:
    text = broken("currency: EUR", f"currency: {currency}").replace("per_hour: 100.00", f"per_hour: {written}")
    catalogue, _ = read_file(write(tmp_path, text))
    assert catalogue is not None
    assert catalogue.rate_card("acme") == (Rate(date(2026, 1, 1), minor, currency),)
