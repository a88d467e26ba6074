"""Days of a term and the instants of local days, by literal dates."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.terms import TermError, TermSpan, add_months, end_of_day, local_instant, start_of_day, term_last_day
from tests.domain.packages import utc


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("anchor", "months", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-01-31", 2, "2026-03-31"),
        ("2026-01-31", 3, "2026-04-30"),
        ("2026-01-31", 11, "2026-12-31"),
        ("2026-01-31", 12, "2027-01-31"),
        ("2027-01-31", 13, "2028-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2024-02-29", 1, "2024-03-29"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-05-05", 0, "2026-05-05"),
    ],
)
def test_months_are_counted_from_the_anchor_day(anchor: str, months: int, expected: str) -> None:
    assert add_months(day(anchor), months) == day(expected)


@pytest.mark.parametrize(
    ("starts_on", "months", "expected"),
    [
        ("2026-01-31", 12, "2027-01-30"),
        ("2026-01-31", 1, "2026-02-27"),
        ("2026-01-01", 12, "2026-12-31"),
        ("2024-02-29", 12, "2025-02-27"),
        ("2027-03-01", 12, "2028-02-29"),
    ],
)
def test_a_term_ends_on_the_day_before_the_same_day_comes_again(starts_on: str, months: int, expected: str) -> None:
    assert term_last_day(day(starts_on), months) == day(expected)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 120))
def test_each_month_begins_after_the_one_before(anchor: date, months: int) -> None:
    assert add_months(anchor, months) < add_months(anchor, months + 1)


@pytest.mark.parametrize(
    ("local_day", "zone", "begins"),
    [
        ("2026-01-31", "America/New_York", "2026-01-31T05:00"),
        ("2026-07-01", "America/New_York", "2026-07-01T04:00"),
        ("2026-04-05", "Pacific/Auckland", "2026-04-04T11:00"),  # summer time ends later that day
        ("2026-04-06", "Pacific/Auckland", "2026-04-05T12:00"),
        ("2026-02-15", "Africa/Casablanca", "2026-02-14T23:00"),  # the day on which the clocks go back at 03:00
        ("2026-02-16", "Africa/Casablanca", "2026-02-16T00:00"),
        ("2026-04-24", "Africa/Cairo", "2026-04-23T22:00"),  # midnight does not exist: the day begins at 01:00
        ("2026-09-06", "America/Santiago", "2026-09-06T04:00"),  # the same
        ("2026-11-01", "America/Havana", "2026-11-01T04:00"),  # midnight comes twice: the first one
        ("2026-01-01", "Asia/Kathmandu", "2025-12-31T18:15"),
    ],
)
def test_a_local_day_begins_at_its_first_moment(local_day: str, zone: str, begins: str) -> None:
    assert start_of_day(day(local_day), zone) == utc(begins)


def test_a_day_ends_when_the_next_begins_also_when_it_has_25_hours() -> None:
    assert end_of_day(day("2026-11-01"), "America/New_York") == utc("2026-11-02T05:00")
    assert start_of_day(day("2026-11-01"), "America/New_York") == utc("2026-11-01T04:00")


def test_a_wall_clock_time_in_a_gap_moves_forward_and_a_doubled_one_is_the_first() -> None:
    assert local_instant(day("2026-03-08"), "America/New_York", 2, 30) == utc("2026-03-08T07:30")  # 03:30 there
    assert local_instant(day("2026-11-01"), "America/New_York", 1, 30) == utc("2026-11-01T05:30")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd"])
def test_an_unknown_zone_is_refused_with_what_was_expected(zone: str) -> None:
    with pytest.raises(TermError, match="expected an IANA name"):
        start_of_day(day("2026-01-01"), zone)


def test_a_term_knows_its_days_and_instants() -> None:
    term = TermSpan(day("2026-01-31"), 12, "America/New_York")
    assert (term.first_day, term.last_day) == (day("2026-01-31"), day("2027-01-30"))
    assert (term.starts, term.ends) == (utc("2026-01-31T05:00"), utc("2027-01-31T05:00"))
    assert term.day(1) == day("2026-01-31")
    assert term.day(90) == day("2026-04-30")


def test_a_later_term_keeps_the_anchor_day_of_the_first() -> None:
    second = TermSpan(day("2026-01-31"), 1, "UTC", months_before=1)
    assert (second.first_day, second.last_day) == (day("2026-02-28"), day("2026-03-30"))
    third = TermSpan(day("2026-01-31"), 1, "UTC", months_before=2)
    assert (third.first_day, third.last_day) == (day("2026-03-31"), day("2026-04-29"))


def test_people_are_written_to_at_nine_inside_the_term() -> None:
    term = TermSpan(day("2026-01-31"), 12, "America/New_York")
    assert term.acting(day("2026-07-01")) == utc("2026-07-01T13:00")
    assert term.acting(day("2025-12-01")) == utc("2026-01-31T14:00")
    assert term.acting(day("2027-02-05")) == utc("2027-01-30T14:00")


def test_a_term_without_a_month_is_refused() -> None:
    with pytest.raises(TermError, match="one month or more"):
        TermSpan(day("2026-01-31"), 0, "UTC")
