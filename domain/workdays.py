"""A customer's working days: the weekdays on which it has business hours, less the holidays."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from domain.coverage_spec import WeeklyHours

SEARCH_DAYS = 400
"""A search for a working day ends after so many closed days: such holidays are a slip, not a calendar."""

_DAY = timedelta(days=1)


class NoWorkdayError(ValueError):
    """There is no working day where one is needed."""


@dataclass(frozen=True, slots=True)
class Workdays:
    """Which dates are working days. ``weekdays``: 0 is Monday. Raises NoWorkdayError where no weekday is
    open.
    """

    weekdays: frozenset[int]
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if not self.weekdays:
            raise NoWorkdayError("business hours without any open weekday: nothing could ever be scheduled")

    def __contains__(self, day: date) -> bool:
        return day.weekday() in self.weekdays and day not in self.holidays

    def after(self, day: date, count: int) -> date:
        """The ``count``-th working day after a day. Raises NoWorkdayError after 400 closed days in a row."""
        closed = 0
        while count:
            day += _DAY
            closed = 0 if day in self else closed + 1
            count -= not closed
            if closed > SEARCH_DAYS:
                raise NoWorkdayError(f"no working day in the {SEARCH_DAYS} days before {day}")
        return day

    def later(self, day: date, count: int, limit: date) -> date:
        """The ``count``-th working day after a day, or ``limit`` when it lies behind that."""
        while count and day < limit:
            day += _DAY
            count -= day in self
        return day

    def earlier(self, day: date, count: int, limit: date) -> date:
        """The ``count``-th working day before a day, or ``limit`` when it lies before that."""
        while count and day > limit:
            day -= _DAY
            count -= day in self
        return day

    def near(self, day: date, first: date, last: date) -> date | None:
        """The working day for something planned on ``day``, between two dates.

        The day itself, else the next working day, else the one before; None when there is none between them.
        """
        later = self.later(day - _DAY, 1, last)
        if later in self:
            return later
        earlier = self.earlier(day, 1, first)
        return earlier if earlier in self else None


def workdays(hours: WeeklyHours, holidays: Iterable[date] = ()) -> Workdays:
    """The working days of business hours. Raises NoWorkdayError where no weekday is open."""
    return Workdays(frozenset(i for i, spans in enumerate(hours.days) if spans), frozenset(holidays))
