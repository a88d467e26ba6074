"""Coverage: the opening hours in which clocks run.

Weekly hours, a zone, holidays and dated exceptions (``CoverageSpec``) are expanded by ``build``, once and
outside of workflows, into plain UTC intervals (``Coverage``). So a running contract gets the same due times
after a release of zone data or holidays, and its history holds the evidence. Every name that other rooms need
is importable from here.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfoNotFoundError

from domain.coverage_kernel import (
    Coverage,
    CoverageEndsError,
    CoverageError,
    Instant,
    always,
    intersect,
    merged,
)
from domain.coverage_spec import (
    ALWAYS_OPEN,
    MINUTES_PER_DAY,
    CoverageSpec,
    DatedException,
    Span,
    WeeklyHours,
    parse_span,
    weekly,
)

__all__ = [
    "ALWAYS_OPEN",
    "Coverage",
    "CoverageEndsError",
    "CoverageError",
    "CoverageSpec",
    "DatedException",
    "Instant",
    "Span",
    "WeeklyHours",
    "ZoneRules",
    "always",
    "build",
    "intersect",
    "parse_span",
    "weekly",
]

ZoneRules = Callable[[str], tzinfo]
"""The rules of an IANA zone by its name: ``zoneinfo.ZoneInfo``, or a pinned copy of the zone data."""

LONGEST_DAYS = 366 * 50
"""More days than this are refused by ``build``: a date such as 9999-12-31 is a slip, not a term."""


def build(spec: CoverageSpec, first: date, last: date, zone_rules: ZoneRules, version: int = 1) -> Coverage:
    """Expand ``spec`` for the local days ``first`` to ``last``, both included.

    Call it outside of workflows only: it reads zone data, which changes with releases of tzdata.

    - A local time in a DST gap moves forward by the gap; an ambiguous one is its first occurrence (RFC 5545,
      3.3.5). A span of which nothing is left by that is dropped.
    - A span belongs to the day on which it begins. So a holiday, or an exception, replaces what begins on its
      date: the tail of an overnight span of the day before goes on, and the date's own overnight span goes
      with the date.
    - The tail of the day before ``first`` counts; what reaches past the end of ``last`` is clipped.

    ``zone_rules`` must give PEP 495 zones, as ``zoneinfo`` does. Raises CoverageError on an unknown zone, on
    days in the wrong order or more than 50 years of them, and when nothing is open.
    """
    if first > last:
        raise CoverageError(f"coverage from {first} to {last}: the first day is after the last")
    if (last - first).days > LONGEST_DAYS or last == date.max or first == date.min:
        raise CoverageError(f"coverage from {first} to {last} is longer than 50 years")
    zone = _zone(spec.zone, zone_rules)
    since, until = _epoch(first, 0, zone), _epoch(last, MINUTES_PER_DAY, zone)
    try:
        return merged(_expanded(spec, first, last, zone), since, until, version)
    except CoverageError:
        raise CoverageError(f"nothing is open from {first} to {last} ({spec.zone})") from None


def _expanded(spec: CoverageSpec, first: date, last: date, zone: tzinfo) -> Iterator[tuple[int, int]]:
    dated: dict[date, tuple[Span, ...]] = dict.fromkeys(spec.holidays, ())
    dated.update((exception.day, exception.spans) for exception in spec.exceptions)
    for step in range(-1, (last - first).days + 1):
        day = first + timedelta(step)
        for span in dated.get(day, spec.hours.days[day.weekday()]):
            end_minute = span.start_minute + span.length_minutes
            yield _epoch(day, span.start_minute, zone), _epoch(day, end_minute, zone)


def _epoch(day: date, minute: int, zone: tzinfo) -> int:
    """The instant of a minute of a local day; from 1440 on it is a wall-clock time of the next day."""
    days, minute = divmod(minute, MINUTES_PER_DAY)
    if days:
        day += timedelta(days)
    # fold is 0: the first of two occurrences, and in a gap the offset from before it, which moves forward.
    return int(datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=zone).timestamp())


def _zone(name: str, zone_rules: ZoneRules) -> tzinfo:
    try:
        return zone_rules(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise CoverageError(f"unknown time zone {name!r}; expected an IANA name such as Europe/Stockholm") from None
