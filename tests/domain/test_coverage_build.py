"""Zones, holidays and exceptions expanded into intervals: every expected instant was worked out by hand."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from domain.coverage import (
    ALWAYS_OPEN,
    CoverageError,
    CoverageSpec,
    DatedException,
    Span,
    WeeklyHours,
    build,
    parse_span,
    weekly,
)
from tests.domain.coverage_examples import FIVE_DAYS, HOUR, NIGHTS, OFFICE, spans, stockholm_2026, utc


@pytest.mark.parametrize(
    ("zone", "hours", "begin", "end", "expected"),
    [
        pytest.param(
            "Europe/Stockholm",
            {"sun": "02:15-05:00"},
            "2026-03-29T00:00",
            "2026-03-30T00:00",
            ["29 01:15-29 03:00"],
            id="Stockholm gap: 02:15 is 03:15 in summer time",
        ),
        pytest.param(
            "Europe/Stockholm",
            {"sun": "02:00-03:00"},
            "2026-03-29T00:00",
            "2026-03-30T00:00",
            [],
            id="Stockholm gap: an hour that does not happen is not open",
        ),
        pytest.param(
            "Europe/Stockholm",
            {"sun": "00:00-02:30"},
            "2026-03-28T00:00",
            "2026-03-30T00:00",
            ["28 23:00-29 01:30"],
            id="Stockholm gap: an end moves forward too",
        ),
        pytest.param(
            "Europe/Stockholm",
            {"sat": "22:00-06:00"},
            "2026-03-28T00:00",
            "2026-03-30T00:00",
            ["28 21:00-29 04:00"],
            id="Stockholm gap: the night of seven hours",
        ),
        pytest.param(
            "Europe/Stockholm",
            {"sun": "02:30-05:00"},
            "2026-10-24T00:00",
            "2026-10-26T00:00",
            ["25 00:30-25 04:00"],
            id="Stockholm fold: the first 02:30",
        ),
        pytest.param(
            "Europe/Stockholm",
            {"sun": "00:00-24:00"},
            "2026-10-24T00:00",
            "2026-10-27T00:00",
            ["24 22:00-25 23:00"],
            id="Stockholm fold: the day of 25 hours",
        ),
        pytest.param(
            "America/New_York",
            {"sun": "02:30-06:00"},
            "2026-03-08T00:00",
            "2026-03-09T00:00",
            ["08 07:30-08 10:00"],
            id="New York gap",
        ),
        pytest.param(
            "America/New_York",
            {"sun": "01:30-03:00"},
            "2026-11-01T00:00",
            "2026-11-02T00:00",
            ["01 05:30-01 08:00"],
            id="New York fold",
        ),
        pytest.param(
            "Australia/Lord_Howe",
            {"sun": "02:15-04:00"},
            "2026-10-03T00:00",
            "2026-10-05T00:00",
            ["03 15:45-03 17:00"],
            id="Lord Howe gap of half an hour",
        ),
        pytest.param(
            "Australia/Lord_Howe",
            {"sun": "01:45-03:00"},
            "2026-04-04T00:00",
            "2026-04-06T00:00",
            ["04 14:45-04 16:30"],
            id="Lord Howe fold of half an hour",
        ),
        pytest.param(
            "Asia/Kathmandu",
            {"sun-thu": "10:00-17:00"},
            "2026-03-01T00:00",
            "2026-03-03T00:00",
            ["01 04:15-01 11:15", "02 04:15-02 11:15"],
            id="Kathmandu: 5:45 ahead, a week from Sunday",
        ),
    ],
)
def test_a_time_in_a_gap_moves_forward_and_an_ambiguous_one_is_its_first(
    zone: str, hours: dict[str, str], begin: str, end: str, expected: list[str]
) -> None:
    coverage = build(CoverageSpec(zone, weekly(hours)), date(2026, 1, 1), date(2026, 12, 31), ZoneInfo)
    assert spans(coverage, begin, end) == expected


def test_touching_spans_that_a_gap_makes_overlap_are_not_counted_twice() -> None:
    coverage = stockholm_2026(weekly({"sun": ["01:00-02:30", "02:30-04:00"]}))
    assert spans(coverage, "2026-03-29T00:00", "2026-03-30T00:00") == ["29 00:00-29 02:00"]
    separate = stockholm_2026(weekly({"sun": ["01:00-02:30", "03:00-04:00"]}))
    assert separate.between(utc("2026-03-29T00:00"), utc("2026-03-30T00:00")) == 2 * HOUR


def test_a_holiday_is_closed() -> None:
    good_friday, easter_monday = date(2026, 4, 3), date(2026, 4, 6)
    coverage = stockholm_2026(OFFICE, holidays=(good_friday, easter_monday))
    assert coverage.add(utc("2026-04-02T15:00"), 2 * HOUR) == utc("2026-04-07T07:00")


def test_a_dated_exception_gives_other_hours_or_closes() -> None:
    exceptions = (
        DatedException(date(2026, 3, 3)),
        DatedException(date(2026, 3, 4), (Span(600, 720), Span(780, 840))),
        DatedException(date(2026, 3, 7), (Span(480, 720),)),
    )
    coverage = stockholm_2026(OFFICE, exceptions=exceptions)
    assert spans(coverage, "2026-03-02T00:00", "2026-03-09T00:00") == [
        "02 07:00-02 17:00",
        "04 09:00-04 11:00",
        "04 12:00-04 13:00",
        "05 07:00-05 17:00",
        "06 07:00-06 17:00",
        "07 07:00-07 11:00",
    ]


def test_an_exception_beats_a_holiday_and_a_holiday_beats_the_weekly_hours() -> None:
    holidays = (date(2026, 3, 3), date(2026, 3, 4))
    exceptions = (DatedException(date(2026, 3, 4), (parse_span("09:00-10:00"),)),)
    coverage = stockholm_2026(OFFICE, holidays, exceptions)
    assert spans(coverage, "2026-03-03T00:00", "2026-03-06T00:00") == [
        "04 08:00-04 09:00",
        "05 07:00-05 17:00",
    ]


def test_a_holiday_takes_the_night_that_begins_on_it_and_leaves_the_tail_of_the_night_before() -> None:
    coverage = stockholm_2026(NIGHTS, holidays=(date(2026, 3, 4),))
    assert spans(coverage, "2026-03-03T12:00", "2026-03-06T12:00") == [
        "03 21:00-04 05:00",
        "05 21:00-06 05:00",
    ]


def test_an_exception_that_overlaps_the_night_before_is_joined_with_it() -> None:
    coverage = stockholm_2026(NIGHTS, exceptions=(DatedException(date(2026, 3, 4), (parse_span("05:00-09:00"),)),))
    assert spans(coverage, "2026-03-03T12:00", "2026-03-05T12:00") == ["03 21:00-04 08:00"]


def test_an_exception_inside_the_night_before_adds_nothing() -> None:
    inside = DatedException(date(2026, 3, 4), (parse_span("01:00-02:00"),))
    coverage = stockholm_2026(NIGHTS, exceptions=(inside,))
    assert spans(coverage, "2026-03-03T12:00", "2026-03-05T12:00") == ["03 21:00-04 05:00"]


def test_the_night_before_the_first_day_counts_and_the_last_night_is_clipped() -> None:
    spec = CoverageSpec("Europe/Stockholm", NIGHTS)
    coverage = build(spec, date(2026, 3, 3), date(2026, 3, 4), ZoneInfo)
    assert spans(coverage, "2026-03-01T00:00", "2026-03-09T00:00") == [
        "02 23:00-03 05:00",
        "03 21:00-04 05:00",
        "04 21:00-04 23:00",
    ]


def test_touching_days_become_one_interval() -> None:
    spec = CoverageSpec("Europe/Stockholm", ALWAYS_OPEN)
    coverage = build(spec, date(2026, 1, 1), date(2030, 12, 31), ZoneInfo)
    assert (coverage.starts, coverage.ends) == ((1767222000,), (1924988400,))
    five_days = build(CoverageSpec("UTC", FIVE_DAYS), date(2026, 3, 2), date(2026, 3, 15), ZoneInfo)
    assert five_days.starts == (1772409600, 1773014400)
    assert five_days.ends == (1772841600, 1773446400)


def test_coverage_without_open_time_is_refused_when_it_is_made() -> None:
    closed = WeeklyHours(((),) * 7)
    with pytest.raises(CoverageError, match=r"nothing is open from 2026-01-01 to 2026-12-31 \(Europe/Stockholm\)"):
        stockholm_2026(closed)
    with pytest.raises(CoverageError, match="nothing is open"):
        build(CoverageSpec("UTC", OFFICE), date(2026, 3, 7), date(2026, 3, 8), ZoneInfo)
    only_that_day = (DatedException(date(2026, 3, 7), (Span(600, 660),)),)
    assert stockholm_2026(closed, exceptions=only_that_day).starts == (1772874000,)


@pytest.mark.parametrize(
    ("zone", "first", "last", "message"),
    [
        ("Europe/Stokholm", date(2026, 1, 1), date(2026, 1, 31), "unknown time zone 'Europe/Stokholm'"),
        ("Europe", date(2026, 1, 1), date(2026, 1, 31), "unknown time zone 'Europe'"),
        ("../etc/passwd", date(2026, 1, 1), date(2026, 1, 31), "unknown time zone"),
        ("UTC", date(2026, 2, 1), date(2026, 1, 31), "the first day is after the last"),
        ("UTC", date(2026, 2, 1), date.max, "longer than 50 years"),
    ],
)
def test_a_range_or_a_zone_that_cannot_be_meant_is_refused(zone: str, first: date, last: date, message: str) -> None:
    with pytest.raises(CoverageError, match=message):
        build(CoverageSpec(zone, OFFICE), first, last, ZoneInfo)
