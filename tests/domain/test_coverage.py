"""Adding, measuring and asking along coverage: every expected instant was worked out by hand."""

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from domain.coverage import (
    ALWAYS_OPEN,
    Coverage,
    CoverageEndsError,
    CoverageError,
    CoverageSpec,
    WeeklyHours,
    always,
    build,
    intersect,
)
from tests.domain.coverage_examples import FIVE_DAYS, HOUR, LUNCH, NIGHTS, OFFICE, spans, stockholm_2026, utc


@pytest.mark.parametrize(
    ("hours", "start", "seconds", "due"),
    [
        pytest.param(OFFICE, "2026-03-02T09:00", HOUR, "2026-03-02T10:00", id="inside one day"),
        pytest.param(OFFICE, "2026-03-02T16:30", HOUR, "2026-03-03T07:30", id="over a night"),
        pytest.param(OFFICE, "2026-03-06T16:30", HOUR, "2026-03-09T07:30", id="over a weekend"),
        pytest.param(OFFICE, "2026-03-02T16:00", HOUR, "2026-03-02T17:00", id="to the exact end of a span"),
        pytest.param(OFFICE, "2026-03-02T16:00", HOUR + 1, "2026-03-03T07:00:01", id="one second past the end"),
        pytest.param(OFFICE, "2026-03-02T07:00", 20 * HOUR, "2026-03-03T17:00", id="two whole days end at the end"),
        pytest.param(OFFICE, "2026-03-02T05:00", HOUR, "2026-03-02T08:00", id="a start before opening"),
        pytest.param(OFFICE, "2026-03-02T17:00", HOUR, "2026-03-03T08:00", id="a start at the exact end"),
        pytest.param(OFFICE, "2026-03-07T12:00", HOUR, "2026-03-09T08:00", id="a start on Saturday"),
        pytest.param(OFFICE, "2026-03-02T07:00", 48 * HOUR, "2026-03-06T15:00", id="48 open hours are 4.8 days"),
        pytest.param(LUNCH, "2026-03-02T10:30", HOUR, "2026-03-02T12:30", id="over lunch"),
        pytest.param(LUNCH, "2026-03-02T10:30", HOUR // 2, "2026-03-02T11:00", id="to the start of lunch"),
        pytest.param(FIVE_DAYS, "2026-03-02T22:30", HOUR, "2026-03-02T23:30", id="24:00 joins the next day"),
        pytest.param(FIVE_DAYS, "2026-03-06T22:30", HOUR, "2026-03-08T23:30", id="Friday 24:00 to Monday 00:00"),
        pytest.param(NIGHTS, "2026-03-02T21:00", 8 * HOUR, "2026-03-03T05:00", id="one whole night"),
        pytest.param(NIGHTS, "2026-03-06T21:00", 9 * HOUR, "2026-03-09T22:00", id="Friday's night, then Monday's"),
        pytest.param(ALWAYS_OPEN, "2026-03-07T21:00", 9 * HOUR, "2026-03-08T06:00", id="24/7"),
    ],
)
def test_a_duration_is_added_along_the_open_hours(hours: WeeklyHours, start: str, seconds: int, due: str) -> None:
    coverage = stockholm_2026(hours)
    assert coverage.add(utc(start), seconds) == utc(due)
    assert coverage.between(utc(start), utc(due)) == seconds


@pytest.mark.parametrize(
    ("start", "opening"),
    [
        ("2026-03-02T07:00", "2026-03-02T07:00"),
        ("2026-03-02T16:59:59", "2026-03-02T16:59:59"),
        ("2026-03-02T17:00", "2026-03-03T07:00"),
        ("2026-03-06T17:00", "2026-03-09T07:00"),
    ],
)
def test_adding_nothing_gives_the_start_itself_when_open_else_the_next_opening(start: str, opening: str) -> None:
    coverage = stockholm_2026(OFFICE)
    assert coverage.add(utc(start), 0) == utc(opening)
    assert coverage.next_open(utc(start)) == utc(opening)


@pytest.mark.parametrize(
    ("begin", "end", "seconds"),
    [
        ("2026-03-02T09:00", "2026-03-02T09:00", 0),
        ("2026-03-02T05:00", "2026-03-02T06:00", 0),
        ("2026-03-02T05:00", "2026-03-02T20:00", 10 * HOUR),
        ("2026-03-06T16:00", "2026-03-09T08:00", 2 * HOUR),
        ("2026-03-09T08:00", "2026-03-06T16:00", -2 * HOUR),
        ("2026-03-02T00:00", "2026-03-09T00:00", 50 * HOUR),
    ],
)
def test_open_time_is_measured_between_two_instants(begin: str, end: str, seconds: int) -> None:
    assert stockholm_2026(OFFICE).between(utc(begin), utc(end)) == seconds


def test_a_span_is_open_at_its_start_and_closed_at_its_end() -> None:
    coverage = stockholm_2026(OFFICE)
    assert not coverage.is_open(utc("2026-03-02T06:59:59"))
    assert coverage.is_open(utc("2026-03-02T07:00"))
    assert coverage.is_open(utc("2026-03-02T16:59:59"))
    assert not coverage.is_open(utc("2026-03-02T17:00"))
    assert not coverage.is_open(utc("2026-12-31T22:59"))


def test_a_slot_is_contained_only_when_all_of_it_is_open() -> None:
    coverage = stockholm_2026(LUNCH)
    assert coverage.contains(utc("2026-03-02T07:00"), utc("2026-03-02T11:00"))
    assert not coverage.contains(utc("2026-03-02T10:30"), utc("2026-03-02T11:30"))
    assert not coverage.contains(utc("2026-03-02T06:59"), utc("2026-03-02T08:00"))
    assert not coverage.contains(utc("2026-03-07T08:00"), utc("2026-03-07T09:00"))
    with pytest.raises(ValueError, match="no span of time"):
        coverage.contains(utc("2026-03-02T08:00"), utc("2026-03-02T08:00"))


def test_open_spans_are_clipped_to_what_is_asked_for() -> None:
    coverage = stockholm_2026(LUNCH)
    assert spans(coverage, "2026-03-02T08:00", "2026-03-03T07:30") == [
        "02 08:00-02 11:00",
        "02 12:00-02 17:00",
        "03 07:00-03 07:30",
    ]
    assert spans(coverage, "2026-03-07T00:00", "2026-03-08T23:00") == []
    assert spans(coverage, "2027-03-01T00:00", "2027-03-08T00:00") == []


def test_integers_of_seconds_are_taken_like_instants() -> None:
    coverage = stockholm_2026(OFFICE)
    monday_nine = 1772442000  # 2026-03-02T09:00:00Z
    assert coverage.add_epoch(monday_nine, HOUR) == 1772445600
    assert coverage.between_epoch(monday_nine, 1772445600) == HOUR
    assert coverage.add(monday_nine, HOUR) == utc("2026-03-02T10:00")
    assert coverage.is_open(monday_nine)


def test_a_fraction_of_a_second_is_dropped() -> None:
    coverage = stockholm_2026(OFFICE)
    assert coverage.add(utc("2026-03-02T09:00:00.999999"), 60) == utc("2026-03-02T09:01")


def test_an_instant_in_another_zone_is_the_same_instant() -> None:
    coverage = stockholm_2026(OFFICE)
    tokyo = datetime(2026, 3, 2, 18, 0, tzinfo=timezone(timedelta(hours=9)))
    assert coverage.add(tokyo, HOUR) == utc("2026-03-02T10:00")


def test_always_is_one_interval_between_two_instants() -> None:
    coverage = always(utc("2026-03-01T00:00"), utc("2027-03-01T00:00"))
    assert coverage.between(utc("2026-03-01T00:00"), utc("2027-03-01T00:00")) == 365 * 24 * HOUR
    assert coverage.add(utc("2026-12-24T23:30"), HOUR) == utc("2026-12-25T00:30")


def test_a_search_past_the_end_is_a_clear_error() -> None:
    coverage = stockholm_2026(OFFICE)
    with pytest.raises(CoverageEndsError, match=r"reach past 2026-12-31T23:00:00\+00:00.*holds 36000 s from there"):
        coverage.add(utc("2026-12-31T06:00"), 10 * HOUR + 1)
    assert coverage.add(utc("2026-12-31T06:00"), 10 * HOUR) == utc("2026-12-31T17:00")
    with pytest.raises(CoverageEndsError, match=r"the coverage ends at 2026-12-31T23:00:00\+00:00"):
        coverage.next_open(utc("2026-12-31T17:00"))
    with pytest.raises(CoverageEndsError, match="the coverage ends"):
        coverage.between(utc("2026-12-01T00:00"), utc("2027-01-01T00:00"))
    with pytest.raises(CoverageEndsError, match="the coverage ends"):
        coverage.is_open(utc("2026-12-31T23:00"))
    with pytest.raises(CoverageEndsError, match="the coverage ends"):
        coverage.contains(utc("2026-12-31T22:00"), utc("2026-12-31T23:01"))
    assert coverage.between(utc("2026-12-31T16:00"), utc("2026-12-31T23:00")) == HOUR


def test_a_question_before_the_beginning_is_a_clear_error() -> None:
    coverage = stockholm_2026(OFFICE)
    before = utc("2025-12-31T22:59:59")
    for ask in (
        lambda: coverage.add(before, HOUR),
        lambda: coverage.between(before, utc("2026-03-02T00:00")),
        lambda: coverage.is_open(before),
        lambda: coverage.contains(before, utc("2026-01-02T08:00")),
        lambda: coverage.cut(before, utc("2026-03-02T00:00")),
    ):
        with pytest.raises(CoverageEndsError, match=r"is before 2025-12-31T23:00:00\+00:00"):
            ask()


def test_milliseconds_given_by_mistake_are_refused_in_words() -> None:
    with pytest.raises(CoverageEndsError, match="1772442000000 s after 1970"):
        stockholm_2026(OFFICE).is_open(1772442000000)


def test_naive_datetimes_and_negative_durations_are_refused() -> None:
    coverage = stockholm_2026(OFFICE)
    naive = datetime(2026, 3, 2, 9, 0)  # noqa: DTZ001 - that it is refused is the point
    with pytest.raises(ValueError, match="has no zone"):
        coverage.add(naive, HOUR)
    with pytest.raises(ValueError, match="has no zone"):
        coverage.between(utc("2026-03-02T09:00"), naive)
    with pytest.raises(TypeError, match="no instant"):
        coverage.is_open(1772442000.5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="cannot add -1 seconds"):
        coverage.add(utc("2026-03-02T09:00"), -1)


@pytest.mark.parametrize(
    ("starts", "ends", "message"),
    [
        ((), (), "without any open time"),
        ((10, 30), (20,), "2 starts and 1 ends"),
        ((10, 30), (20, 30), "sorted"),
        ((10, 20), (20, 30), "must not touch"),
        ((30, 10), (40, 20), "sorted"),
        ((0,), (101,), "outside of its own range"),
    ],
)
def test_intervals_out_of_order_are_refused(starts: tuple[int, ...], ends: tuple[int, ...], message: str) -> None:
    with pytest.raises(CoverageError, match=message):
        Coverage(starts, ends, 0, 100)


def test_both_sides_hours_are_their_intersection() -> None:
    office = stockholm_2026(OFFICE)
    spec = CoverageSpec("America/New_York", LUNCH)
    new_york = build(spec, date(2026, 3, 2), date(2026, 3, 31), ZoneInfo)
    both = intersect(office, new_york)
    assert spans(both, "2026-03-02T00:00", "2026-03-04T00:00") == ["02 13:00-02 17:00", "03 13:00-03 17:00"]
    assert (both.since, both.until) == (new_york.since, new_york.until)
    assert intersect(new_york, office) == both


def test_an_empty_intersection_is_refused() -> None:
    with pytest.raises(CoverageError, match="no open time in common"):
        intersect(stockholm_2026(OFFICE), stockholm_2026(NIGHTS))
    later = build(CoverageSpec("UTC", OFFICE), date(2028, 1, 1), date(2028, 2, 1), ZoneInfo)
    with pytest.raises(CoverageError, match="no open time in common"):
        intersect(stockholm_2026(OFFICE), later)


def test_a_cut_answers_alike_inside_and_ends_where_it_was_cut() -> None:
    coverage = stockholm_2026(OFFICE)
    short = coverage.cut(utc("2026-03-02T10:00"), utc("2026-03-09T00:00"))
    assert len(short.starts) == 5
    assert short.add(utc("2026-03-02T11:00"), 12 * HOUR) == utc("2026-03-03T13:00")
    with pytest.raises(CoverageEndsError):
        short.add(utc("2026-03-06T16:00"), 2 * HOUR)
    with pytest.raises(CoverageError, match="without any open time"):
        coverage.cut(utc("2026-03-07T00:00"), utc("2026-03-08T00:00"))
