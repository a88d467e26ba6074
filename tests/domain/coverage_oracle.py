"""An oracle for coverage that shares nothing with it: it visits each minute and goes from UTC only.

Also the random opening hours that the property tests draw, and the weeks in which clocks change.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache, lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from domain.coverage import CoverageSpec, Span, WeeklyHours

ZONES = (
    "Europe/Stockholm",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "UTC",
)
MINUTE = timedelta(minutes=1)
DAY = 1440
WEEK = 7 * DAY

Wall = tuple[date, int]


@lru_cache
def pinned(zone: str) -> tzinfo:
    """The rules of the tzdata package: a machine's own copy may be older, and the law of Morocco changed."""
    with files("tzdata.zoneinfo").joinpath(*zone.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=zone)


@lru_cache
def weeks_of_change(zone: str) -> tuple[date, ...]:
    """The Mondays of all weeks of 2024 to 2028 in which the clocks of the zone change."""
    rules, found = pinned(zone), set()
    instant, before = datetime(2024, 1, 1, tzinfo=UTC), None
    while instant.year < 2029:
        local = instant.astimezone(rules)
        if before is not None and local.utcoffset() != before:
            found.add(local.date() - timedelta(local.weekday()))
        before = local.utcoffset()
        instant += timedelta(hours=1)
    return tuple(sorted(found))


@lru_cache
def weeks_to_try(zone: str) -> tuple[date, ...]:
    """The zone's own weeks of change; where its clocks never change, the weeks in which Stockholm's do."""
    return weeks_of_change(zone) or weeks_of_change("Europe/Stockholm")


@cache
def wall_times(zone: str, monday: date) -> dict[Wall, int]:
    """Each local minute around a week with the first UTC second at which it is on the clock."""
    rules = pinned(zone)
    instant = datetime(monday.year, monday.month, monday.day, tzinfo=UTC) - timedelta(days=4)
    first_seen: dict[Wall, int] = {}
    for _ in range(18 * DAY):
        local = instant.astimezone(rules)
        first_seen.setdefault((local.date(), local.hour * 60 + local.minute), int(instant.timestamp()))
        instant += MINUTE
    return first_seen


def _instant(first_seen: dict[Wall, int], day: date, minute: int) -> int:
    """When a local minute comes; one in a gap, as long after the last minute before it as the clock says."""
    day, minute = day + timedelta(minute // DAY), minute % DAY
    back = 0
    while (day, minute) not in first_seen:
        back += 1
        day, minute = (day, minute - 1) if minute else (day - timedelta(1), DAY - 1)
    return first_seen[day, minute] + 60 * back


def open_minutes(spec: CoverageSpec, monday: date) -> list[int]:
    """All open minutes, by their UTC second, of the nine local days from the Monday on."""
    first_seen = wall_times(spec.zone, monday)
    exceptions = {exception.day: exception.spans for exception in spec.exceptions}
    found: set[int] = set()
    for day in (monday + timedelta(step) for step in range(-1, 9)):
        spans = spec.hours.days[day.weekday()]
        if day in spec.holidays:
            spans = ()
        if day in exceptions:
            spans = exceptions[day]
        for span in spans:
            end = span.end_minute if span.end_minute > span.start_minute else span.end_minute + DAY
            begin = _instant(first_seen, day, span.start_minute)
            found.update(range(begin, _instant(first_seen, day, end), 60))
    lower, upper = limits(spec.zone, monday)
    return sorted(minute for minute in found if lower <= minute < upper)


def limits(zone: str, monday: date) -> tuple[int, int]:
    first_seen = wall_times(zone, monday)
    return _instant(first_seen, monday, 0), _instant(first_seen, monday + timedelta(9), 0)


def walked(minutes: list[int], start: int, seconds: int) -> int | None:
    """Where a walk over the open minutes ends after so many seconds; None when they do not suffice."""
    for minute in minutes:
        begin = max(start, minute)
        if begin >= minute + 60:
            continue
        if seconds <= minute + 60 - begin:
            return begin + seconds
        seconds -= minute + 60 - begin
    return None


def counted(minutes: list[int], begin: int, end: int) -> int:
    """Open seconds from one instant to a later one."""
    return sum(max(0, min(end, minute + 60) - max(begin, minute)) for minute in minutes)


def _minutes_of_the_week() -> st.SearchStrategy[int]:
    around_changes = st.integers(0, 16).map(lambda quarter: quarter * 15)
    any_minute = st.integers(0, DAY - 1)
    return st.builds(lambda day, minute: day * DAY + minute, st.integers(0, 6), around_changes | any_minute)


@st.composite
def weekly_hours(draw: Callable[[st.SearchStrategy[list[int]]], list[int]]) -> WeeklyHours:
    """Any week of one to five spans that do not overlap, overnight ones and Sunday nights among them."""
    points = sorted(draw(st.lists(_minutes_of_the_week(), min_size=2, max_size=10, unique=True)))
    if len(points) % 2:
        points.pop()
    [sunday_night] = draw(st.lists(st.sampled_from([0, 0, 360]), min_size=1, max_size=1))
    days: list[list[Span]] = [[] for _ in range(7)]
    for begin, length in _pairs(points):
        weekday, start = divmod((begin - sunday_night) % WEEK, DAY)
        end = start + min(length, DAY)
        days[weekday].append(Span(start, end if end <= DAY else end - DAY))
    return WeeklyHours(tuple(tuple(sorted(day, key=lambda span: span.start_minute)) for day in days))


def _pairs(points: list[int]) -> Iterator[tuple[int, int]]:
    for begin, end in zip(points[::2], points[1::2], strict=True):
        yield begin, end - begin
