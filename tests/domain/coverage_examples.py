"""Hours that several coverage tests use. 2 March 2026 is a Monday; Stockholm is then an hour ahead of UTC."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from domain.coverage import Coverage, CoverageSpec, DatedException, WeeklyHours, build, weekly

HOUR = 3600
OFFICE = weekly({"mon-fri": "08:00-18:00"})
LUNCH = weekly({"mon-fri": ["08:00-12:00", "13:00-18:00"]})
FIVE_DAYS = weekly({"mon-fri": "00:00-24:00"})
NIGHTS = weekly({"mon-fri": "22:00-06:00"})


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def stockholm_2026(
    hours: WeeklyHours, holidays: tuple[date, ...] = (), exceptions: tuple[DatedException, ...] = ()
) -> Coverage:
    spec = CoverageSpec("Europe/Stockholm", hours, holidays, exceptions)
    return build(spec, date(2026, 1, 1), date(2026, 12, 31), ZoneInfo)


def spans(coverage: Coverage, begin: str, end: str) -> list[str]:
    """Open spans in UTC, as day and time of day."""
    return [f"{a:%d %H:%M}-{b:%d %H:%M}" for a, b in coverage.open_spans(utc(begin), utc(end))]
