"""A time axis: from instants to pixels, with the days and the times of a zone as its ticks. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

LEAST_WIDTH, MOST_WIDTH = 656, 4_000
DAY_WIDTH = 76
"""A day is never narrower, until the whole is as wide as it may be."""
EDGE = 14
TICK_ROOM = 72

_MINUTES = (5, 10, 15, 30, 60, 120, 180, 240, 360, 720)
_DAYS = (1, 2, 7, 14, 28, 56)


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    label: str


class Scale:
    """From instants to pixels, linear."""

    def __init__(self, begin: datetime, end: datetime) -> None:
        self.begin, self.end = begin, end
        self.span = end - begin
        days = self.span / timedelta(days=1)
        self.width = float(round(min(max(LEAST_WIDTH, days * DAY_WIDTH), MOST_WIDTH)))

    def x(self, at: datetime) -> float:
        part = min(max((at - self.begin) / self.span, 0.0), 1.0)
        return round(EDGE + part * (self.width - 2 * EDGE), 1)

    def holds(self, at: datetime) -> bool:
        return self.begin <= at <= self.end


def axis(scale: Scale, zone: str) -> tuple[tuple[Tick, ...], tuple[Tick, ...]]:
    """The days above, the times below; of a long span the days only."""
    rules = ZoneInfo(zone)
    pixels = (scale.width - 2 * EDGE) / (scale.span / timedelta(minutes=1))
    step = next((minutes for minutes in _MINUTES if minutes * pixels >= TICK_ROOM), None)
    days = _day_ticks(scale, rules, 1440 * pixels)
    return days, tuple(_time_ticks(scale, rules, step)) if step else ()


def _day_ticks(scale: Scale, rules: ZoneInfo, day_width: float) -> tuple[Tick, ...]:
    every = next((days for days in _DAYS if days * day_width >= TICK_ROOM), _DAYS[-1])
    found = [
        Tick(scale.x(at), f"{day:%a %-d %b}")
        for day, at in _midnights(scale, rules)
        if every == 1 or day.toordinal() % every == 1  # a Monday, where it is a week or more
    ]
    first = scale.begin.astimezone(rules)
    if not found or found[0].x - EDGE >= TICK_ROOM:
        found.insert(0, Tick(float(EDGE), f"{first:%a %-d %b}"))
    return tuple(found)


def _time_ticks(scale: Scale, rules: ZoneInfo, step: int) -> Iterator[Tick]:
    reached = 0.0
    for day, _ in _midnights(scale, rules, before=True):
        for minute in range(0, 1440, step):
            at = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=rules)
            x = scale.x(at)
            if scale.holds(at) and x - reached >= TICK_ROOM / 2:
                reached = x
                yield Tick(x, at.astimezone(UTC).astimezone(rules).strftime("%H:%M"))


def _midnights(scale: Scale, rules: ZoneInfo, before: bool = False) -> Iterator[tuple[date, datetime]]:
    """The local days whose beginning is in the picture; ``before``: the day in which it begins too."""
    day = scale.begin.astimezone(rules).date()
    while (at := datetime(day.year, day.month, day.day, tzinfo=rules)) <= scale.end:
        if before or at >= scale.begin:
            yield day, at
        day += timedelta(days=1)
