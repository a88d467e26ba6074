"""The dates of recurring engagements: in which period each one falls, on which day it is planned.

- A cadence counted from the start (weekly to yearly) gives whole periods of the term, by the anchor day. The
  engagement is planned in the middle of its period: the first does not collide with the kick-off, they are
  evenly spread, and there is half a period left in which a moved one is still the promised one. It is due
  when the period ends. A period that the term cuts off gives none (A3: the cadence is kept and stops at the
  count).
- A calendar cadence gives every month or quarter that the term touches, cut to the term. What is due on the
  n-th business day after it (A15) is counted from the end of that part. The last report is told in time
  inside the term and may be due after it; the last review is a meeting, so it is held in the last n working
  days of the term.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, islice

from domain.agenda import AgendaItem, ItemKind
from domain.plan import Cadence, Touchpoint
from domain.terms import TermSpan, add_months, local_instant
from domain.workdays import NoWorkdayError, Workdays

DUE_BUSINESS_DAY = 5
"""A15, for a plan that states none."""

MEETING_HOUR = 10
"""The local hour near which a touchpoint is held, where both sides are free."""

_DAY = timedelta(days=1)
_STEP_DAYS = {Cadence.WEEKLY: 7, Cadence.BIWEEKLY: 14}
_STEP_MONTHS = {
    Cadence.MONTHLY: 1,
    Cadence.QUARTERLY: 3,
    Cadence.YEARLY: 12,
    Cadence.CALENDAR_MONTH: 1,
    Cadence.CALENDAR_QUARTER: 3,
}
_SLACK_WORKDAYS = {
    Cadence.WEEKLY: 1,
    Cadence.BIWEEKLY: 2,
    Cadence.MONTHLY: 3,
    Cadence.QUARTERLY: 5,
    Cadence.YEARLY: 10,
    Cadence.CALENDAR_MONTH: 3,
    Cadence.CALENDAR_QUARTER: 5,
}
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Period:
    """A part of the term, both days included. ``label`` names a calendar period, ``text`` says it to people."""

    number: int
    first: date
    last: date
    label: str = ""
    text: str = ""

    @property
    def middle(self) -> date:
        """The day in the middle, the later one of two."""
        return self.first + timedelta(days=((self.last - self.first).days + 1) // 2)


def periods(cadence: Cadence, term: TermSpan) -> Iterator[Period]:
    """The periods of a cadence in a term, in order."""
    if cadence in (Cadence.CALENDAR_MONTH, Cadence.CALENDAR_QUARTER):
        return _calendar_periods(_STEP_MONTHS[cadence], term)
    return _whole_periods(cadence, term)


def limit(touchpoint: Touchpoint, per_year: bool, term: TermSpan) -> int | None:
    """How many a term may have at most (A3): the count, or with the per-year option the count for each year
    begun.
    """
    if touchpoint.count is None or not per_year:
        return touchpoint.count
    return touchpoint.count * -(-term.months // 12)


def touchpoint_items(
    touchpoint: Touchpoint, cadence: Cadence, per_year: bool, term: TermSpan, days: Workdays, prefix: str = ""
) -> tuple[AgendaItem, ...]:
    """The items of one touchpoint in a term. Raises NoWorkdayError where the term has no working day at all."""
    most = limit(touchpoint, per_year, term)
    planned = tuple(islice(periods(cadence, term), most))
    items = []
    for period in planned:
        name = period.label or f"{period.number:02}"
        title = _title(touchpoint, period, len(planned))
        key = f"{prefix}{touchpoint.key}-{name}"
        if touchpoint.minutes == 0:
            items.append(_report(touchpoint, period, key, title, term, days))
        elif touchpoint.due_business_day is not None:
            items.append(_review(touchpoint, period, key, title, term, days))
        else:
            items.append(_engagement(touchpoint, period, key, title, term, days, _SLACK_WORKDAYS[cadence]))
    return tuple(items)


def _title(touchpoint: Touchpoint, period: Period, planned: int) -> str:
    """What people read: ``Monthly report, May 2026``, ``Health Check 3 of 12``, ``Call 7``, or the title alone."""
    if period.text:
        return f"{touchpoint.title}, {period.text}"
    if planned == 1:
        return touchpoint.title
    return f"{touchpoint.title} {period.number}" + (f" of {planned}" if touchpoint.count is not None else "")


def _whole_periods(cadence: Cadence, term: TermSpan) -> Iterator[Period]:
    for number in count(1):
        if cadence in _STEP_DAYS:
            first = term.day(1 + (number - 1) * _STEP_DAYS[cadence])
            following = first + timedelta(days=_STEP_DAYS[cadence])
        else:
            first = term.month_start((number - 1) * _STEP_MONTHS[cadence])
            following = term.month_start(number * _STEP_MONTHS[cadence])
        if following - _DAY > term.last_day:
            return
        yield Period(number, first, following - _DAY)


def _calendar_periods(months: int, term: TermSpan) -> Iterator[Period]:
    begins = date(term.first_day.year, (term.first_day.month - 1) // months * months + 1, 1)
    for number in count(1):
        if begins > term.last_day:
            return
        following = add_months(begins, months)
        quarter = (begins.month + 2) // 3
        label = f"{begins.year}-{begins.month:02}" if months == 1 else f"{begins.year}-q{quarter}"
        text = f"{MONTHS[begins.month - 1]} {begins.year}" if months == 1 else f"Q{quarter} {begins.year}"
        yield Period(number, max(begins, term.first_day), min(following - _DAY, term.last_day), label, text)
        begins = following


def _engagement(
    touchpoint: Touchpoint, period: Period, key: str, title: str, term: TermSpan, days: Workdays, slack: int
) -> AgendaItem:
    """A meeting in the middle of its period, moved to a working day; a few working days around it bound the
    slot.

    A period without a working day moves it outside, to the next working day of the term.
    """
    day = days.near(period.middle, period.first, period.last)
    day = day or days.near(period.middle, term.first_day, term.last_day)
    if day is None:
        raise NoWorkdayError(f"{title}: no working day from {term.first_day} to {term.last_day}")
    due_day = max(period.last, day)
    return AgendaItem(
        key=key,
        kind=ItemKind.TOUCHPOINT,
        title=title,
        clause=touchpoint.clause,
        at=term.acting(day - timedelta(days=touchpoint.lead_days)),
        due=term.closing(due_day),
        day=day,
        plan_key=touchpoint.key,
        earliest=term.opening(days.earlier(day, slack, min(period.first, day))),
        latest=term.closing(days.later(day, slack, due_day)),
        preferred=local_instant(day, term.zone, MEETING_HOUR),
        number=period.number,
        period=period.label,
    )


def _review(touchpoint: Touchpoint, period: Period, key: str, title: str, term: TermSpan, days: Workdays) -> AgendaItem:
    """A meeting about a period, within n working days after it, or the last n of the term where that ends
    sooner.
    """
    within = touchpoint.due_business_day or DUE_BUSINESS_DAY
    first, last = period.last + _DAY, days.after(period.last, within)
    if last > term.last_day:
        last = days.near(term.last_day, term.first_day, term.last_day) or term.last_day
        first = days.earlier(last, within - 1, term.first_day)
    day = days.near(days.later(first - _DAY, (within + 1) // 2, last), first, last) or last
    return AgendaItem(
        key=key,
        kind=ItemKind.TOUCHPOINT,
        title=title,
        clause=touchpoint.clause,
        at=term.acting(day - timedelta(days=touchpoint.lead_days)),
        due=term.closing(last),
        day=day,
        plan_key=touchpoint.key,
        earliest=term.opening(first),
        latest=term.closing(last),
        preferred=local_instant(day, term.zone, MEETING_HOUR),
        number=period.number,
        period=period.label,
    )


def _report(touchpoint: Touchpoint, period: Period, key: str, title: str, term: TermSpan, days: Workdays) -> AgendaItem:
    """A document about a period: told on the first working day after it, due at the end of the n-th."""
    due_day = days.after(period.last, touchpoint.due_business_day or DUE_BUSINESS_DAY)
    told = days.after(period.last, 1)
    if told > term.last_day:
        told = days.near(term.last_day, period.first, term.last_day) or term.last_day
    return AgendaItem(
        key=key,
        kind=ItemKind.REPORT,
        title=title,
        clause=touchpoint.clause,
        at=term.acting(told),
        due=term.closing(due_day),
        day=due_day,
        plan_key=touchpoint.key,
        number=period.number,
        period=period.label,
    )
