"""The rows of clock_rows.txt, and the holidays that they were worked out with."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from domain.coverage import WeeklyHours, weekly

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

# Public holidays of 2026 and the first of 2027, by country (the United Kingdom's are England's, Australia's are those
# of New South Wales), as far as they touch a row.
HOLIDAYS = {
    "US": "2026-01-01 2026-01-19 2026-02-16 2026-05-25 2026-06-19 2026-07-03 2026-09-07 2026-10-12 2026-11-11 "
    "2026-11-26 2026-12-25 2027-01-01",
    "SE": "2026-01-01 2026-01-06 2026-04-03 2026-04-06 2026-05-01 2026-05-14 2026-06-06 2026-06-20 2026-12-25 "
    "2026-12-26 2027-01-01",
    "GB": "2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-28 2027-01-01",
    "AU": "2026-01-01 2026-01-26 2026-04-03 2026-04-06 2026-04-25 2026-06-08 2026-12-25 2026-12-28 2027-01-01",
    "SG": "2026-01-01 2026-02-17 2026-02-18 2026-04-03 2026-05-01 2026-12-25 2027-01-01",
    "IN": "2026-01-26 2026-08-15 2026-10-02 2027-01-26",
}


@dataclass(frozen=True)
class Setting:
    """A contract that several rows stand under."""

    plan: str
    zone: str
    region: str | None
    country: str
    hours: WeeklyHours
    fix_seconds: int | None

    @property
    def holidays(self) -> tuple[date, ...]:
        return tuple(date.fromisoformat(day) for day in HOLIDAYS[self.country].split())


@dataclass(frozen=True)
class Row:
    """One line: what is promised for one registration. Instants in UTC; None: never due."""

    setting: Setting
    level: str
    situation: str
    registered: datetime
    response_due: datetime | None
    answered: datetime
    verdict: str
    took_seconds: int
    overrun_seconds: int
    has_update: bool
    update_due: datetime | None
    resolution_due: datetime | None

    def __str__(self) -> str:
        return f"{self.setting.plan} {self.setting.region or self.setting.zone} {self.level}: {self.situation}"


def rows() -> list[Row]:
    """Every line of the table."""
    text = (Path(__file__).parent / "clock_rows.txt").read_text(encoding="utf-8")
    found: list[Row] = []
    for block in text.split("\n= ")[2:]:  # the first one explains the form
        head, *lines = block.strip().splitlines()
        setting = _setting([part.strip() for part in head.split("|")])
        found += [_row(setting, [part.strip() for part in line.split("|")]) for line in lines]
    return found


def _setting(parts: list[str]) -> Setting:
    hours = dict(day.strip().split(" ", 1) for day in parts[4].split(";"))
    fix = int(parts[5].removeprefix("fix ").removesuffix(" min")) * 60 if len(parts) > 5 else None
    return Setting(
        parts[0],
        parts[1],
        None if parts[2] == "-" else parts[2],
        parts[3],
        weekly({days: spans.split(",") for days, spans in hours.items()}),
        fix,
    )


def _row(setting: Setting, parts: list[str]) -> Row:
    return Row(
        setting,
        parts[0],
        parts[1],
        _local(parts[2]),
        _due(parts[3]),
        _local(parts[4]),
        parts[5],
        int(parts[6].removesuffix(" min")) * 60,
        int(parts[7].removesuffix(" min late")) * 60,
        parts[8] != "-",
        _due(parts[8]),
        _due(parts[9]) if len(parts) > 9 else None,
    )


def _due(text: str) -> datetime | None:
    """``Tue 2026-03-03 10:35 -08:00 2026-03-03T18:35Z``: both must be the same instant."""
    if text in ("never", "-"):
        return None
    local, _, utc = text.rpartition(" ")
    instant = datetime.fromisoformat(utc)
    assert _local(local) == instant, text
    return instant


def _local(text: str) -> datetime:
    """``Tue 2026-03-03 10:35 -08:00``: the day of the week must be right."""
    weekday, day, time, offset = text.split()
    local = datetime.fromisoformat(f"{day}T{time}{offset}")
    assert local.utcoffset() is not None
    assert DAYS[local.weekday()] == weekday, text
    return local.astimezone(UTC)
