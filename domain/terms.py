"""Days of a term: month arithmetic that keeps the anchor day, and the instants at which local days begin.

The only rules of zones that the agenda needs. They are read here, outside of workflows, so that a running
contract keeps the instants that it was given.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ACTING_HOUR = 9
"""The local hour at which mail that is due on a day goes out: nobody wants it at midnight."""

_DAY = timedelta(days=1)


class TermError(ValueError):
    """A term that cannot be: no month long, or in a zone that nobody knows."""


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later, or the month's last day where it is shorter.

    Always count from the anchor: 31 January + 1 month is 28 February, + 2 months is 31 March again.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def local_instant(day: date, zone: str, hour: int = 0, minute: int = 0) -> datetime:
    """The UTC instant of a wall-clock time; in a DST gap it moves forward, an ambiguous one is its first
    occurrence.

    Raises TermError for a zone that is not in the IANA database.
    """
    try:
        rules = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise TermError(f"unknown time zone {zone!r}; expected an IANA name such as Europe/Stockholm") from None
    # fold is 0: the first of two occurrences, and in a gap the offset from before it, which moves forward.
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=rules).astimezone(UTC)


def start_of_day(day: date, zone: str) -> datetime:
    """The UTC instant at which a local day begins (00:00, or the first moment after a gap at midnight)."""
    return local_instant(day, zone)


def end_of_day(day: date, zone: str) -> datetime:
    """The UTC instant of 24:00: the beginning of the next local day."""
    return local_instant(day + _DAY, zone)


def term_last_day(starts_on: date, months: int) -> date:
    """The last day of a term: 12 months from 2026-01-31 end with 2027-01-30."""
    return add_months(starts_on, months) - _DAY


@dataclass(frozen=True, slots=True)
class TermSpan:
    """One term of a contract, in local days. ``anchor`` is the contract's start date, also in later terms.

    ``months_before``: how many months the earlier terms took. Raises TermError when the term has no month.
    """

    anchor: date
    months: int
    zone: str
    months_before: int = 0

    def __post_init__(self) -> None:
        if self.months < 1 or self.months_before < 0:
            raise TermError(f"a term lasts one month or more, not {self.months}")

    @property
    def first_day(self) -> date:
        """Day 1."""
        return self.month_start(0)

    @property
    def last_day(self) -> date:
        """The day at whose 24:00 the term ends."""
        return self.month_start(self.months) - _DAY

    @property
    def starts(self) -> datetime:
        """00:00 of day 1, in UTC."""
        return self.opening(self.first_day)

    @property
    def ends(self) -> datetime:
        """24:00 of the last day, in UTC."""
        return self.closing(self.last_day)

    def month_start(self, months: int) -> date:
        """The day on which the month after ``months`` whole months of this term begins, by the anchor day."""
        return add_months(self.anchor, self.months_before + months)

    def day(self, number: int) -> date:
        """The date of a day of the term; day 1 is the first."""
        return self.first_day + timedelta(days=number - 1)

    def clamp(self, day: date) -> date:
        """The nearest day inside the term."""
        return max(self.first_day, min(day, self.last_day))

    def opening(self, day: date) -> datetime:
        """00:00 of a local day, in UTC."""
        return start_of_day(day, self.zone)

    def closing(self, day: date) -> datetime:
        """24:00 of a local day, in UTC."""
        return end_of_day(day, self.zone)

    def acting(self, day: date) -> datetime:
        """09:00 of a local day, or of the nearest day inside the term, in UTC: when people are written to."""
        return local_instant(self.clamp(day), self.zone, ACTING_HOUR)
