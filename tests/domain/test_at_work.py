"""Why a time lies outside of working hours. 8 March 2026 is a Sunday; Stockholm is at UTC+1, New York at UTC-4 then."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from domain.at_work import AtWork, outside_hours
from domain.coverage import CoverageSpec, build, weekly


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def side(name: str, zone: str, hours: dict[str, str], *holidays: tuple[date, str]) -> AtWork:
    spec = CoverageSpec(zone, weekly(hours), tuple(day for day, _ in holidays))
    return AtWork(name, zone, ZoneInfo(zone), build(spec, date(2026, 3, 1), date(2026, 3, 31), ZoneInfo), holidays)


OFFICE = {"mon-fri": "09:00-17:00"}
ACME = side("Acme", "Europe/Stockholm", OFFICE, (date(2026, 3, 12), "Founders' Day"))
CECILIA = side("Cecilia", "Europe/Stockholm", OFFICE)
LOU = side("Lou", "America/New_York", OFFICE)
NIGHT = side("Nilo", "Europe/Stockholm", {"mon-fri": "20:00-04:00"})
NEVER = AtWork("Nemo", "UTC", UTC, None)


@pytest.mark.parametrize(
    ("sides", "start", "end", "expected"),
    [
        ((CECILIA, ACME), "2026-03-09T08:00", "2026-03-09T09:00", ""),
        ((CECILIA, ACME), "2026-03-09T15:00", "2026-03-09T16:00", ""),
        ((LOU, ACME), "2026-03-09T13:00", "2026-03-09T14:00", ""),
        ((NIGHT,), "2026-03-09T22:30", "2026-03-09T23:30", ""),
        (
            (CECILIA, ACME),
            "2026-03-08T10:00",
            "2026-03-08T11:00",
            "Sun 8 Mar 2026, 11:00 to 12:00 (Europe/Stockholm) lies outside the working hours of Cecilia and Acme",
        ),
        (
            (CECILIA, ACME),
            "2026-03-09T15:30",
            "2026-03-09T16:30",
            "Mon 9 Mar 2026, 16:30 to 17:30 (Europe/Stockholm) lies outside the working hours of Cecilia and Acme",
        ),
        (
            (LOU, ACME),
            "2026-03-09T10:00",
            "2026-03-09T11:00",
            "Mon 9 Mar 2026, 06:00 to 07:00 (America/New_York) lies outside the working hours of Lou",
        ),
        (
            (CECILIA, ACME),
            "2026-03-12T10:00",
            "2026-03-12T11:00",
            "Thu 12 Mar 2026 is a holiday of Acme (Founders' Day)",
        ),
        (
            (LOU, ACME),
            "2026-03-12T09:00",
            "2026-03-12T10:00",
            (
                "Thu 12 Mar 2026, 05:00 to 06:00 (America/New_York) lies outside the working hours of Lou; "
                "Thu 12 Mar 2026 is a holiday of Acme (Founders' Day)"
            ),
        ),
        (
            (CECILIA,),
            "2026-03-09T22:30",
            "2026-03-09T23:30",
            (
                "Mon 9 Mar 2026, 23:30 to Tue 10 Mar 2026, 00:30 (Europe/Stockholm) "
                "lies outside the working hours of Cecilia"
            ),
        ),
        (
            (CECILIA,),
            "2026-03-09T22:00",
            "2026-03-09T23:00",
            "Mon 9 Mar 2026, 23:00 to 00:00 (Europe/Stockholm) lies outside the working hours of Cecilia",
        ),
        (
            (NEVER,),
            "2026-03-09T22:00",
            "2026-03-09T23:00",
            "Mon 9 Mar 2026, 22:00 to 23:00 (UTC) lies outside the working hours of Nemo",
        ),
    ],
)
def test_who_is_not_at_work_then_or_which_holiday_it_is(
    sides: tuple[AtWork, ...], start: str, end: str, expected: str
) -> None:
    assert outside_hours(sides, utc(start), utc(end)) == expected
