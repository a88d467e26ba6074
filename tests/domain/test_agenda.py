"""The agenda beyond the twelve packages: counts, cadences, terms, holidays, zones, and how one replaces another."""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.agenda import Agenda, ItemKind
from domain.agenda_build import AgendaError, build_agenda
from domain.contract import Contract
from domain.coverage_spec import weekly
from domain.plan import Cadence, Notice, Readings, Window
from domain.terms import TermError
from domain.workdays import NoWorkdayError
from tests.domain.any_contract import CONTRACTS
from tests.domain.packages import BUSINESS_REVIEW, PLANS, US_HOLIDAYS, contract, days, plan, utc

PREMIUM = PLANS["oura/premium"]


def agenda(of: Contract, **how: int) -> Agenda:
    return build_agenda(of, US_HOLIDAYS, **how)  # type: ignore[arg-type]


def test_a_count_stops_the_cadence_in_a_longer_term() -> None:
    made = agenda(contract("oura/pro-lite", term_months=24))
    assert [d[-10:] for d in days(made, "health")] == ["2026-03-16", "2026-06-15", "2026-09-15", "2026-12-16"]


def test_with_the_per_year_option_each_year_has_its_count() -> None:
    each_year = replace(PLANS["oura/pro-lite"], readings=Readings(touchpoint_count_is_per_year=True))
    made = agenda(contract(each_year, term_months=24))
    assert len(days(made, "health")) == 8
    assert days(made, "health")[-1] == "health-check-08 2027-12-16"


def test_a_short_term_has_what_fits_and_says_so() -> None:
    made = build_agenda(contract("oura/pro-lite", term_months=7), US_HOLIDAYS, flags=("told by the caller",))
    assert days(made, "health") == ["health-check-01 2026-03-16", "health-check-02 2026-06-15"]
    assert made.flags == ("told by the caller", "Project Health Check: 2 of 4 fit into a term of 7 months")
    assert agenda(contract("caret/tam", term_months=6)).flags == (
        "Onsite visit: a term of 6 months is too short for any",
    )


def test_a_full_term_has_nothing_to_tell() -> None:
    assert [agenda(contract(package)).flags for package in PLANS] == [()] * 12


def test_the_order_may_ask_for_weekly_calls_where_the_plan_offers_them() -> None:
    made = agenda(contract("caret/tam", "2026-03-02", cadences=(("case-scrub", Cadence.WEEKLY),)))
    calls = days(made, "case-scrub")
    assert len(calls) == 52
    assert calls[:3] == ["case-scrub-01 2026-03-05", "case-scrub-02 2026-03-12", "case-scrub-03 2026-03-19"]
    assert calls[-1] == "case-scrub-52 2027-02-25"
    assert calls[38] == "case-scrub-39 2026-11-27"  # Thanksgiving is on the Thursday


def test_a_cadence_that_the_plan_does_not_offer_is_refused() -> None:
    with pytest.raises(AgendaError, match="case-scrub cannot be yearly; the plan offers biweekly, weekly"):
        agenda(contract("caret/tam", cadences=(("case-scrub", Cadence.YEARLY),)))


def test_a_start_on_leap_day_keeps_the_29th_where_there_is_one() -> None:
    made = build_agenda(contract("caret/support-24-7", "2024-02-29", term_months=13), ())
    assert days(made, "charges")[:3] == [
        "charges-2024-02-29 2024-02-29",
        "charges-2024-03-29 2024-03-29",
        "charges-2024-04-29 2024-04-29",
    ]
    assert days(made, "charges")[-1] == "charges-2025-02-28 2025-02-28"
    assert [item.title for item in made.items if item.key == "charges-2024-02-29"] == ["Charges from 29 February 2024"]
    assert str(made.last_day) == "2025-03-28"


@pytest.mark.parametrize(
    ("zone", "starts", "ends", "warns"),
    [
        ("Pacific/Auckland", "2026-01-30T11:00", "2027-01-30T11:00", "2026-03-30T20:00"),
        # Morocco has gone back to UTC by then (tzdata 2026f): the year ends an hour later than it began.
        ("Africa/Casablanca", "2026-01-30T23:00", "2027-01-31T00:00", "2026-03-31T08:00"),
        ("Asia/Kathmandu", "2026-01-30T18:15", "2027-01-30T18:15", "2026-03-31T03:15"),
        ("UTC", "2026-01-31T00:00", "2027-01-31T00:00", "2026-03-31T09:00"),
    ],
)
def test_days_are_those_of_the_contracts_zone(zone: str, starts: str, ends: str, warns: str) -> None:
    made = agenda(contract("oura/launch-kit", zone=zone))
    assert (made.starts, made.ends) == (utc(starts), utc(ends))
    warning = made.item("first-90-days-day-60")
    assert warning is not None
    assert warning.at == utc(warns)


def test_the_end_of_day_90_knows_that_the_clocks_changed() -> None:
    made = agenda(contract("oura/launch-kit", "2026-02-01", zone="Pacific/Auckland"))
    (window,) = made.windows
    assert str(window.last_day) == "2026-05-01"
    assert window.opens == utc("2026-01-31T11:00")  # UTC+13
    assert window.closes == utc("2026-05-01T12:00")  # UTC+12


def test_touchpoints_follow_a_working_week_from_sunday_to_thursday() -> None:
    made = build_agenda(contract("oura/premium", hours=weekly({"sun-thu": "08:00-16:00"})), ())
    assert days(made, "health")[:4] == [
        "health-check-01 2026-02-15",  # from Saturday to Sunday
        "health-check-02 2026-03-15",
        "health-check-03 2026-04-15",
        "health-check-04 2026-05-17",  # from Friday
    ]


def test_a_week_without_a_working_day_moves_its_call_to_the_next_one() -> None:
    closed = tuple(date(2026, 3, 9) + timedelta(days=n) for n in range(7))
    made = build_agenda(contract("caret/tam", "2026-03-02", cadences=(("case-scrub", Cadence.WEEKLY),)), closed)
    assert days(made, "case-scrub")[1] == "case-scrub-02 2026-03-16"
    item = made.item("case-scrub-02")
    assert item is not None
    assert (item.earliest, item.due) == (utc("2026-03-09T04:00"), utc("2026-03-17T04:00"))


def test_renewal_notices_before_the_start_are_dropped() -> None:
    made = agenda(contract("essensys/inbound", "2026-03-01", term_months=2))
    assert days(made) == ["renewal-60 2026-03-01", "renewal-30 2026-03-31", "end 2026-04-30"]
    none = agenda(contract(plan("a/b", notice=Notice(())), term_months=1))
    assert days(none) == ["end 2026-02-27"]


def test_a_window_that_the_term_cuts_closes_with_it_and_comes_before_the_end() -> None:
    made = agenda(contract("oura/launch-kit", term_months=2))
    assert days(made)[-2:] == ["first-90-days-end 2026-03-30", "end 2026-03-30"]
    assert made.windows[0].closes == made.ends
    assert made.flags == ("The first 90 days: the term ends on 2026-03-30, before day 90",)


def test_a_window_without_a_last_day_is_open_to_the_end_of_every_term() -> None:
    later = plan("a/b", windows=(Window("later", "Afterwards", first_day=91),))
    first = agenda(contract(later))
    assert (first.windows[0].opens, first.windows[0].closes) == (utc("2026-05-01T04:00"), first.ends)
    second = agenda(contract(later), term_number=2)
    assert (second.windows[0].opens, second.windows[0].closes) == (second.starts, second.ends)
    assert agenda(contract(later, term_months=2)).windows == ()


def test_a_second_term_has_keys_of_its_own_and_no_onboarding() -> None:
    made = agenda(contract("oura/premium"), term_number=2)
    assert (made.starts, str(made.last_day)) == (utc("2027-01-31T05:00"), "2028-01-30")
    assert days(made)[0] == "t2-health-check-01 2027-02-15"  # the 14th is a Sunday
    assert days(made)[-1] == "t2-end 2028-01-30"
    assert not [item for item in made.items if item.kind is ItemKind.ONBOARDING]
    assert agenda(contract("oura/launch-kit"), term_number=2).windows == ()


def test_a_second_term_can_follow_a_first_of_another_length() -> None:
    made = agenda(contract("caret/support-24-7", term_months=2), term_number=2, months_before=12)
    assert days(made, "t2-charges") == [
        "t2-charges-2027-01-31 2027-01-31",
        "t2-charges-2027-02-28 2027-02-28",
    ]
    assert str(made.last_day) == "2027-03-30"


def test_terms_are_counted_from_one() -> None:
    with pytest.raises(AgendaError, match="counted from 1"):
        agenda(contract("oura/premium"), term_number=0)


def test_two_items_with_one_key_are_refused() -> None:
    twice = plan("a/b", touchpoints=(BUSINESS_REVIEW, BUSINESS_REVIEW))
    with pytest.raises(AgendaError, match=r"two items .* 'business-review-2026-q1'"):
        agenda(contract(twice))


def test_what_could_never_be_scheduled_is_refused() -> None:
    with pytest.raises(NoWorkdayError, match="without any open weekday"):
        agenda(contract("oura/premium", hours=weekly({})))
    with pytest.raises(TermError, match="one month or more"):
        agenda(contract("oura/premium", term_months=0))
    with pytest.raises(TermError, match="unknown time zone"):
        agenda(contract("oura/premium", zone="Mars/Olympus"))
    closed = tuple(date(2026, 1, 1) + timedelta(days=n) for n in range(800))
    with pytest.raises(NoWorkdayError, match="no working day"):
        build_agenda(contract("oura/premium"), closed)


# What holds for every agenda.


@settings(max_examples=60, deadline=None)
@given(CONTRACTS, st.integers(1, 3), st.sets(st.integers(0, 1000), max_size=30))
def test_every_agenda_is_in_order_inside_its_term_and_on_working_days(
    signed: Contract, term_number: int, closed: set[int]
) -> None:
    holidays = tuple(sorted(signed.starts_on + timedelta(days=n) for n in closed))
    made = build_agenda(signed, holidays, term_number=term_number)
    zone = ZoneInfo(signed.zone)

    keys = [item.key for item in made.items]
    assert len(set(keys)) == len(keys)
    assert [i.at for i in made.items] == sorted(i.at for i in made.items)
    assert made.items[-1].kind is ItemKind.END
    for item in made.items:
        assert made.starts <= item.at <= made.ends, item
        assert item.at <= item.due, item
        assert item.due <= made.ends or item.kind is ItemKind.REPORT, item
        assert item.after is None or item.after in keys
        if item.earliest is not None and item.latest is not None:
            assert made.starts <= item.earliest < item.latest <= item.due, item
            assert item.earliest.astimezone(zone).date() <= item.day, item
            assert item.day < item.latest.astimezone(zone).date(), item
        if item.kind is ItemKind.TOUCHPOINT:
            assert item.day not in holidays, item
            assert signed.business_hours.days[item.day.weekday()], item
