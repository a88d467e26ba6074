"""Coverage against the library workclock: no difference in any week of 2024 to 2028 in which clocks change.

workclock is known to differ in four things, so these are left to the other tests:

- it gives back a start outside hours when zero is added, where ours gives the next opening: durations here are
  one second or more;
- its holiday cuts whatever runs between two midnights, where ours takes the spans that begin on that date:
  holidays are compared with spans that end by 24:00;
- it knows no dated exceptions;
- it stops a stretch of open time at 366 days: 24/7 is compared by adding and measuring only.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import as_file, files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workclock import Holidays, Schedule, WorkDay

from domain.coverage import ALWAYS_OPEN, Coverage, CoverageSpec, WeeklyHours, build, weekly
from tests.domain.coverage_oracle import ZONES, pinned, weekly_hours, weeks_to_try

FIRST, LAST = date(2023, 12, 25), date(2029, 1, 10)

SHAPES = {
    "office": weekly({"mon-fri": "08:00-18:00"}),
    "all days to 21:00": weekly({"mon-sun": "08:00-21:00"}),
    "two spans": weekly({"mon-fri": ["08:00-12:00", "13:00-17:00"], "sat": "09:00-12:00"}),
    "five whole days": weekly({"mon-fri": "00:00-24:00"}),
    "Friday short": weekly({"mon-thu": "00:00-24:00", "fri": "00:00-19:00"}),
    "nights": weekly({"mon-sun": "22:00-06:00"}),
    "nights that end in the hour of change": weekly({"fri-sun": "21:30-02:30"}),
    "spans that begin and end in the hour of change": weekly({"mon-sun": ["01:15-02:15", "02:30-03:15"]}),
    "the hour of change alone": weekly({"mon-sun": "02:00-03:00"}),
    "whole days from the hour of change": weekly({"sat": "02:10-02:10", "sun": "02:10-02:10"}),
}
DURATIONS = (1, 1800, 4 * 3600, 8 * 3600, 30 * 3600, 48 * 3600 + 59)


@pytest.fixture(scope="module", autouse=True)
def _workclock_reads_the_pinned_zones() -> Iterator[None]:
    """workclock prefers the machine's zone data; both sides must read the same."""
    with as_file(files("tzdata") / "zoneinfo") as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZDIR", str(folder))
        for zone in ZONES:
            workclock_schedule(ALWAYS_OPEN, zone)
        yield


def workclock_schedule(hours: WeeklyHours, zone: str, holidays: tuple[date, ...] = ()) -> Schedule:
    rules: list[WorkDay | Holidays] = [
        WorkDay(
            time(span.start_minute // 60, span.start_minute % 60),
            time(span.end_minute // 60 % 24, span.end_minute % 60),
            days=[weekday],
        )
        for weekday, spans in enumerate(hours.days)
        for span in spans
    ]
    return Schedule([*rules, Holidays(holidays)], time_zone=zone)


def ours(hours: WeeklyHours, zone: str, holidays: tuple[date, ...] = ()) -> Coverage:
    return build(CoverageSpec(zone, hours, holidays), FIRST, LAST, pinned)


def stretches(schedule: Schedule, begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    start, stop = schedule.next_period(begin)
    while start < end:
        yield start, min(stop, end)
        start, stop = schedule.next_period(stop)


def utc(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("zone", ZONES)
def test_every_open_span_of_five_years_is_the_same(zone: str, shape: str) -> None:
    begin, end = utc(date(2024, 1, 1)), utc(date(2029, 1, 1))
    expected = list(stretches(workclock_schedule(SHAPES[shape], zone), begin, end))
    assert list(ours(SHAPES[shape], zone).open_spans(begin, end)) == expected


@pytest.mark.parametrize("zone", ZONES)
def test_holidays_close_the_same_spans(zone: str) -> None:
    begin, end = utc(date(2024, 1, 1)), utc(date(2029, 1, 1))
    changes = tuple(monday + timedelta(6) for monday in weeks_to_try(zone))
    holidays = (*changes[::2], date(2026, 1, 1), date(2026, 1, 6), date(2027, 12, 24), date(2028, 2, 29))
    for shape in ("all days to 21:00", "five whole days", "two spans"):
        expected = list(stretches(workclock_schedule(SHAPES[shape], zone, holidays), begin, end))
        assert list(ours(SHAPES[shape], zone, holidays).open_spans(begin, end)) == expected


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("shape", ["office", "nights that end in the hour of change", "24/7"])
def test_adding_and_measuring_agree_all_through_the_weeks_of_change(zone: str, shape: str) -> None:
    hours = ALWAYS_OPEN if shape == "24/7" else SHAPES[shape]
    coverage, schedule = ours(hours, zone), workclock_schedule(hours, zone)
    for monday in weeks_to_try(zone):
        begin = utc(monday - timedelta(1))
        starts = [begin + timedelta(minutes=45 * step, seconds=step % 7) for step in range(288)]
        seconds = [DURATIONS[step % len(DURATIONS)] for step in range(288)]
        expected = schedule.add_many(starts, [timedelta(seconds=amount) for amount in seconds])
        assert list(map(coverage.add, starts, seconds)) == expected
        others = [starts[(step * 11 + 3) % 288] for step in range(288)]
        measured = [gap // timedelta(seconds=1) for gap in schedule.between_many(starts, others)]
        assert list(map(coverage.between, starts, others)) == measured


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([(zone, monday) for zone in ZONES for monday in weeks_to_try(zone)]),
    weekly_hours(),
    st.integers(0, 7 * 86400),
    st.integers(1, 400_000),
)
def test_any_week_of_hours_gives_the_same_answers(
    place: tuple[str, date], hours: WeeklyHours, offset: int, seconds: int
) -> None:
    zone, monday = place
    coverage = build(CoverageSpec(zone, hours), monday - timedelta(1), monday + timedelta(weeks=30), pinned)
    schedule = workclock_schedule(hours, zone)
    begin = utc(monday)
    week = list(stretches(schedule, begin, begin + timedelta(8)))
    assert list(coverage.open_spans(begin, begin + timedelta(8))) == week
    start = begin + timedelta(seconds=offset)
    # What 20 of the 30 weeks hold, so that neither side runs out of open time.
    open_minutes_a_week = sum(span.length_minutes for spans in hours.days for span in spans)
    amount = min(seconds, 20 * 60 * open_minutes_a_week)
    due = schedule.add(start, timedelta(seconds=amount))
    assert coverage.add(start, amount) == due
    assert coverage.between(start, due) == amount
