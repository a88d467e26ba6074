"""Why a span of time lies outside of what people work, in words. Pure; it is given the zones' rules and the holidays.

A person may move a meeting to any time, but not without knowing: this is what they are told before.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from domain.coverage import Coverage


@dataclass(frozen=True, slots=True)
class AtWork:
    """When one side works, and what people call it. ``hours`` None: never, in the days that are looked at.

    ``holidays``: its holidays in those days, with their names. ``hours`` holds them closed already.
    """

    name: str
    zone_name: str
    zone: tzinfo
    hours: Coverage | None
    holidays: tuple[tuple[date, str], ...] = ()


def outside_hours(sides: Iterable[AtWork], start: datetime, end: datetime) -> str:
    """Why a span does not lie whole in the hours of every side; empty where it does.

    ``Sun 8 Feb 2026, 11:00 to 12:00 (Europe/Stockholm) lies outside the working hours of Cecilia and Acme``. Sides of
    which the same is true are named together. Raises CoverageEndsError for a span beyond a side's coverage.
    """
    told: dict[tuple[str, str], list[str]] = {}
    for side in sides:
        if side.hours is None or not side.hours.contains(start, end):
            told.setdefault(_why(side, start, end), []).append(side.name)
    return "; ".join(before + " and ".join(names) + after for (before, after), names in told.items())


def _why(side: AtWork, start: datetime, end: datetime) -> tuple[str, str]:
    """The words before and after the names."""
    begins, ends = start.astimezone(side.zone), end.astimezone(side.zone)
    last_day = (ends - timedelta(microseconds=1)).date()
    for day, holiday in side.holidays:
        if day in (begins.date(), last_day):
            return f"{day:%a %-d %b %Y} is a holiday of ", f" ({holiday})"
    until = f"{ends:%H:%M}" if last_day == begins.date() else f"{ends:%a %-d %b %Y, %H:%M}"
    span = f"{begins:%a %-d %b %Y, %H:%M} to {until} ({side.zone_name})"
    return f"{span} lies outside the working hours of ", ""
