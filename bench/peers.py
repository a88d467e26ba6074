"""The same opening hours written for coverage and for the three libraries that it is measured against."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import businesstimedelta
import pandas
import pytz  # type: ignore[import-untyped]
import workclock

from domain.coverage import CoverageSpec, Span, WeeklyHours, build

ZONE = "Europe/Stockholm"
FIRST, LAST = date(2026, 1, 1), date(2030, 12, 31)
DAY_MINUTES = 24 * 60

Add = Callable[[datetime, int], datetime]
Between = Callable[[datetime, datetime], int]


@dataclass(frozen=True, slots=True)
class Hours:
    """One span, the same on some days of the week, with holidays."""

    name: str
    span: Span
    weekdays: tuple[int, ...]
    holidays: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Peer:
    """One library: add seconds of open time to an instant, and measure the seconds between two."""

    name: str
    add: Add
    between: Between


def ours(hours: Hours) -> Peer:
    days = tuple((hours.span,) if weekday in hours.weekdays else () for weekday in range(7))
    coverage = build(CoverageSpec(ZONE, WeeklyHours(days), hours.holidays), FIRST, LAST, ZoneInfo)
    return Peer("ours", coverage.add, coverage.between)


def by_workclock(hours: Hours) -> Peer:
    workday = workclock.WorkDay(_time(hours.span.start_minute), _time(hours.span.end_minute), list(hours.weekdays))
    schedule = workclock.Schedule([workday, workclock.Holidays(hours.holidays)], time_zone=ZONE)

    def add(start: datetime, seconds: int) -> datetime:
        return schedule.add(start, timedelta(seconds=seconds))

    def between(begin: datetime, end: datetime) -> int:
        return int(schedule.between(begin, end).total_seconds())

    return Peer("workclock", add, between)


def by_businesstimedelta(hours: Hours) -> Peer | None:
    """None where the library cannot express the hours."""
    if hours.span.end_minute == DAY_MINUTES:
        return None
    zone = pytz.timezone(ZONE)
    workday = businesstimedelta.WorkDayRule(
        _time(hours.span.start_minute), _time(hours.span.end_minute), list(hours.weekdays), tz=zone
    )
    off = [businesstimedelta.HolidayRule(frozenset(hours.holidays), tz=zone)] if hours.holidays else []
    rules = businesstimedelta.Rules([workday, *off])

    def add(start: datetime, seconds: int) -> datetime:
        due: datetime = start + businesstimedelta.BusinessTimeDelta(rules, seconds=seconds)
        return due.astimezone(UTC)

    def between(begin: datetime, end: datetime) -> int:
        return int(rules.difference(begin, end).timedelta.total_seconds())

    return Peer("businesstimedelta", add, between)


def by_pandas(hours: Hours) -> Peer | None:
    """None where the library cannot express the hours. It counts whole hours, and measures by listing them."""
    if hours.span.end_minute == DAY_MINUTES:
        return None
    names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    pattern = {
        "start": f"{_time(hours.span.start_minute):%H:%M}",
        "end": f"{_time(hours.span.end_minute):%H:%M}",
        "weekmask": " ".join(names[weekday] for weekday in hours.weekdays),
        "holidays": list(hours.holidays),
    }
    offsets = {n: pandas.offsets.CustomBusinessHour(n=n, **pattern) for n in (1, 4, 48)}

    def add(start: datetime, seconds: int) -> datetime:
        due = pandas.Timestamp(start).tz_convert(ZONE) + offsets[seconds // 3600]
        return due.tz_convert("UTC").to_pydatetime()  # type: ignore[no-any-return]

    def between(begin: datetime, end: datetime) -> int:
        first, last = pandas.Timestamp(begin).tz_convert(ZONE), pandas.Timestamp(end).tz_convert(ZONE)
        return 3600 * len(pandas.date_range(first, last, freq=offsets[1], inclusive="left"))

    return Peer("pandas", add, between)


def other_peers(hours: Hours) -> list[Peer | None]:
    return [by_workclock(hours), by_businesstimedelta(hours), by_pandas(hours)]


def _time(minute: int) -> time:
    return time(minute // 60 % 24, minute % 60)
