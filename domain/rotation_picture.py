"""The picture of a rotation: who has the duty in each week, as bars. Pure arithmetic; a template draws it.

A row is a week from Monday to Monday of the rotation's zone, and places are hundredths of its true length: the week in
which the clocks change is an hour shorter or longer, and its bars are where they are. Reads zone rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from domain.coverage import ZoneRules
from domain.rotation import Rotation, Shift, shifts

AHEAD_DAYS = 28
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a shift that lies in one week. ``shift`` is the whole of it, as far as the picture reaches."""

    x: float
    width: float
    shift: Shift
    hours: float


@dataclass(frozen=True, slots=True)
class Day:
    """Where a local day begins."""

    x: float
    day: date
    today: bool


@dataclass(frozen=True, slots=True)
class Week:
    """``now`` is None where it lies outside; ``past`` is the width of what lies behind."""

    days: tuple[Day, ...]
    bars: tuple[Bar, ...]
    now: float | None
    past: float


def picture(rotation: Rotation, now: datetime, zone_rules: ZoneRules) -> tuple[Week, ...]:
    """The week of ``now`` and those after it, until four weeks lie ahead. Raises RotationError for an unknown zone."""
    zone = zone_rules(rotation.zone)

    def midnight(day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)

    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    count = -(-(today + timedelta(days=AHEAD_DAYS) - monday).days // 7)
    mondays = [monday + number * _WEEK for number in range(count)]
    duties = shifts(rotation, midnight(monday), midnight(monday + count * _WEEK), zone_rules)
    return tuple(
        _week(tuple((midnight(first + n * _DAY), first + n * _DAY) for n in range(8)), duties, now, today)
        for first in mondays
    )


def _week(days: tuple[tuple[datetime, date], ...], duties: tuple[Shift, ...], now: datetime, today: date) -> Week:
    begin, end = days[0][0], days[-1][0]

    def x(at: datetime) -> float:
        return round(100 * (min(max(at, begin), end) - begin) / (end - begin), 3)

    bars = tuple(
        Bar(
            x(shift.begin),
            round(x(shift.end) - x(shift.begin), 3),
            shift,
            (min(shift.end, end) - max(shift.begin, begin)) / timedelta(hours=1),
        )
        for shift in duties
        if shift.begin < end and begin < shift.end
    )
    inside = begin <= now < end
    return Week(tuple(Day(x(at), day, day == today) for at, day in days[:-1]), bars, x(now) if inside else None, x(now))
