"""Each package and level against a table of literal instants: clock_rows.txt."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import pytest

from domain import ticket_acts as acts
from domain.clocks import Clock
from domain.contract import Contact, Contract, Person, Prices
from domain.coverage import Coverage, build
from domain.fix_targets import FixTarget, with_fix_targets
from domain.plan import ClockKind, Plan
from domain.ticket import Ticket
from domain.ticket_clocks import terms_of
from domain.ticket_coverage import opening_hours, spec_of
from plans.loader import load_catalogue
from tests.domain.clock_rows import Row, Setting, rows

ROWS = rows()


@lru_cache
def plan_of(setting: Setting) -> Plan:
    plan = load_catalogue().get(setting.plan)
    if setting.fix_seconds is None:
        return plan
    table = tuple(FixTarget(level.key, setting.fix_seconds, "as agreed", "essensys-12") for level in plan.levels)
    return with_fix_targets(plan, table)


@lru_cache
def coverages_of(setting: Setting) -> dict[str, Coverage]:
    plan = plan_of(setting)
    contract = Contract(
        id="acme-2026",
        customer_id="acme",
        customer_name="Acme",
        plan=plan,
        starts_on=date(2026, 1, 1),
        term_months=12,
        zone=setting.zone,
        country=setting.country,
        business_hours=setting.hours,
        contacts=(Contact(Person("Ada", "ada@acme.example"), primary=True),),
        prices=Prices("USD"),
        region=setting.region,
    )
    return {
        key.key: build(
            spec_of(opening_hours(contract, plan, key.rule, key.key), setting.holidays),
            date(2026, 1, 1),
            date(2027, 1, 31),
            ZoneInfo,
        )
        for key in terms_of(plan).coverage_keys
    }


def registered(row: Row) -> Ticket:
    terms = terms_of(plan_of(row.setting))
    return acts.register("acme-2026/1", "acme-2026", terms, row.level, row.registered, coverages_of(row.setting))


def clock(ticket: Ticket, key: str) -> Clock:
    found = ticket.clock(key)
    assert found is not None, f"{key} is not among {[each.key for each in ticket.clocks]}"
    return found


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_ticket_is_due_and_judged_as_the_table_says(row: Row) -> None:
    coverages = coverages_of(row.setting)
    ticket = registered(row)
    assert clock(ticket, "response-1").due == row.response_due
    answered = acts.reply(ticket, row.answered, coverages)
    response = clock(answered, "response-1")
    assert (response.verdict, response.took_seconds, response.overrun_seconds) == (
        row.verdict,
        row.took_seconds,
        row.overrun_seconds,
    )
    updates = [each for each in answered.clocks if each.kind is ClockKind.UPDATE]
    assert [each.due for each in updates] == ([row.update_due] if row.has_update else [])
    fixes = [each.due for each in answered.clocks if each.kind is ClockKind.RESOLUTION]
    assert fixes in ([], [row.resolution_due])
    assert row.resolution_due is None or fixes


@pytest.mark.parametrize("row", [row for row in ROWS if row.response_due is not None], ids=str)
def test_an_answer_at_the_due_instant_is_in_time_and_one_second_later_it_is_not(row: Row) -> None:
    coverages, ticket = coverages_of(row.setting), registered(row)
    assert row.response_due is not None
    second = timedelta(seconds=1)
    late = "objective-missed" if plan_of(row.setting).id.startswith("caret") else "missed"
    verdicts = [
        clock(acts.reply(ticket, row.response_due + shift, coverages), "response-1").verdict
        for shift in (-second, 0 * second, second)
    ]
    assert verdicts == ["met", "met", late]


def test_the_table_has_each_level_of_each_of_the_twelve_packages_in_each_kind_of_situation() -> None:
    assert len(ROWS) == 310
    levels = {(row.setting.plan, row.level) for row in ROWS}
    assert levels == {(plan.id, level.key) for plan in load_catalogue().plans.values() for level in plan.levels}
    assert len({plan for plan, _ in levels}) == 12
    seen = Counter(word for row in ROWS for word in SITUATIONS if word in row.situation)
    assert all(seen[word] >= 10 for word in SITUATIONS), seen


SITUATIONS = ("inside hours", "before opening", "night", "weekend", "holiday", "spring", "autumn", "from ")


def test_a_contract_without_the_region_that_its_hours_depend_on_is_refused_with_the_regions() -> None:
    setting = replace(next(row.setting for row in ROWS if row.setting.region), region=None)
    with pytest.raises(ValueError, match="those of a region \\(apac, uk-eu, us-ct, us-est, us-pst\\), and not of None"):
        coverages_of(setting)
