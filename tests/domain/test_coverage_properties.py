"""Coverage against a count of every minute, in the weeks in which clocks change."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.coverage import (
    Coverage,
    CoverageEndsError,
    CoverageError,
    CoverageSpec,
    DatedException,
    Span,
    WeeklyHours,
    build,
    intersect,
)
from tests.domain.coverage_oracle import (
    ZONES,
    counted,
    limits,
    open_minutes,
    pinned,
    walked,
    weekly_hours,
    weeks_of_change,
    weeks_to_try,
)

NINE_DAYS = 9 * 24 * 3600

zones_and_weeks = st.sampled_from([(zone, monday) for zone in ZONES for monday in weeks_to_try(zone)])
offsets = st.integers(0, NINE_DAYS - 3600)
durations = st.integers(1, 200_000) | st.sampled_from([1, 60, 1800, 3600, 4 * 3600, 8 * 3600])
exception_spans = st.sampled_from([(), (Span(120, 150),), (Span(60, 135), Span(180, 1440)), (Span(1320, 150),)])


@st.composite
def specs_in_a_week(draw: st.DrawFn) -> tuple[CoverageSpec, date]:
    zone, monday = draw(zones_and_weeks)
    days = draw(st.lists(st.integers(-1, 8), max_size=3, unique=True))
    changed = [monday + timedelta(day) for day in days]
    exceptions = tuple(DatedException(day, draw(exception_spans)) for day in changed[1:])
    return CoverageSpec(zone, draw(weekly_hours()), tuple(changed[:2]), exceptions), monday


def nine_days(spec: CoverageSpec, monday: date) -> Coverage | None:
    try:
        return build(spec, monday, monday + timedelta(8), pinned)
    except CoverageError:
        return None


@settings(max_examples=150, deadline=None)
@given(specs_in_a_week())
def test_exactly_those_minutes_are_open_that_a_look_at_each_finds(
    case: tuple[CoverageSpec, date],
) -> None:
    spec, monday = case
    minutes, coverage = open_minutes(spec, monday), nine_days(spec, monday)
    if coverage is None:
        assert minutes == []
        return
    assert (coverage.since, coverage.until) == limits(spec.zone, monday)
    pairs = zip(coverage.starts, coverage.ends, strict=True)
    assert [minute for start, end in pairs for minute in range(start, end, 60)] == minutes


@settings(max_examples=150, deadline=None)
@given(specs_in_a_week(), offsets, offsets, durations)
def test_answers_are_those_of_a_walk_over_the_minutes(
    case: tuple[CoverageSpec, date], offset: int, other: int, seconds: int
) -> None:
    spec, monday = case
    coverage = nine_days(spec, monday)
    if coverage is None:
        return
    minutes = open_minutes(spec, monday)
    start, end = coverage.since + min(offset, other), coverage.since + max(offset, other)
    assert coverage.between_epoch(start, end) == counted(minutes, start, end)
    assert coverage.between_epoch(end, start) == -counted(minutes, start, end)
    assert coverage.is_open(start) == (walked(minutes, start, 0) == start)
    due = walked(minutes, start, seconds)
    if due is None:
        with pytest.raises(CoverageEndsError):
            coverage.add_epoch(start, seconds)
    else:
        assert coverage.add_epoch(start, seconds) == due
        assert coverage.between_epoch(start, due) == seconds
        assert coverage.contains(start, due) == (coverage.is_open(start) and due - start == seconds)


@settings(max_examples=60, deadline=None)
@given(zones_and_weeks, zones_and_weeks, weekly_hours(), weekly_hours())
def test_an_intersection_is_open_where_both_are(
    place: tuple[str, date], elsewhere: tuple[str, date], hours: WeeklyHours, other_hours: WeeklyHours
) -> None:
    (zone, monday), (other_zone, _) = place, elsewhere
    one, other = CoverageSpec(zone, hours), CoverageSpec(other_zone, other_hours)
    first, second = nine_days(one, monday), nine_days(other, monday)
    common = sorted(set(open_minutes(one, monday)) & set(open_minutes(other, monday)))
    if first is None or second is None:
        assert common == []
    elif not common:
        with pytest.raises(CoverageError, match="in common"):
            intersect(first, second)
    else:
        both = intersect(first, second)
        pairs = zip(both.starts, both.ends, strict=True)
        assert [minute for start, end in pairs for minute in range(start, end, 60)] == common


def test_the_weeks_of_change_are_the_known_ones() -> None:
    assert len(weeks_of_change("Europe/Stockholm")) == 10
    assert len(weeks_of_change("America/New_York")) == 10
    assert len(weeks_of_change("Australia/Lord_Howe")) == 10
    assert weeks_of_change("Africa/Casablanca")[:2] == (date(2024, 3, 4), date(2024, 4, 8))
    assert weeks_of_change("Asia/Kathmandu") == weeks_of_change("UTC") == ()
