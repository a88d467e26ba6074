"""Which slots a meeting could take: both sides' working hours, less what is busy. Pure; the database decides.

Two people can be offered the same slot; the exclusion constraint lets one of them have it, and the loser
takes the next slot of this search.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from domain.coverage import Coverage

Span = tuple[datetime, datetime]
"""From an instant up to, not including, another (aware)."""


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class StaffDay:
    """One day of the host in the host's own zone (its bounds in UTC), and the meetings that begin on it
    already.
    """

    begins: datetime
    ends: datetime
    meetings: int


@dataclass(frozen=True, slots=True)
class SlotRules:
    """What a host asks of a slot. ``daily_limit`` None: any number of meetings a day.

    ``step_minutes``: starts are whole multiples of it in UTC; 30 gives full and half hours in every zone
    whose offset is one (15 for Asia/Kathmandu). ``buffer_minutes`` stay free before and after.
    """

    buffer_minutes: int = 0
    notice_hours: int = 0
    daily_limit: int | None = None
    step_minutes: int = 30


ANY_SLOT = SlotRules()


def free_slots(
    staff_hours: Coverage,
    customer_hours: Coverage,
    busy: Iterable[Span],
    minutes: int,
    earliest: datetime,
    latest: datetime,
    *,
    now: datetime,
    rules: SlotRules = ANY_SLOT,
    days: tuple[StaffDay, ...] = (),
    preferred: datetime | None = None,
) -> Iterator[Span]:
    """Every slot of that length between two instants, the best first: the earliest, or the nearest to
    ``preferred``.

    A slot lies whole in one open span of both sides, begins no sooner than the notice after ``now``, and on a
    day of the host (``days``; one that is not listed has no meeting yet) with room under the daily limit.
    ``busy``: spans as the database blocks them; the slot with its buffers must not touch into them. Gives UTC
    instants. Raises ValueError for a length or a step that is not positive.
    """
    if minutes < 1 or rules.step_minutes < 1:
        raise ValueError(f"a slot of {minutes} min every {rules.step_minutes} min cannot be searched for")
    buffer = timedelta(minutes=rules.buffer_minutes)
    blocked = sorted((start - buffer, end + buffer) for start, end in busy)
    begin = _whole_second(max(earliest, now + timedelta(hours=rules.notice_hours)))
    found = (
        slot
        for span in _shared(staff_hours, customer_hours, begin, latest)
        for free in _without(span, blocked)
        for slot in _aligned(free, minutes, rules.step_minutes)
        if _has_room(slot[0], days, rules.daily_limit)
    )
    if preferred is None:
        yield from found
    else:
        yield from sorted(found, key=lambda slot: (abs(slot[0] - preferred), slot[0]))


def told_if_late(title: str, start: datetime, due: datetime, zone: tzinfo) -> str:
    """That a slot begins only when the meeting was due, with both days in ``zone``; empty where it does not.

    24:00 belongs to the day that it ends.
    """
    if start < due:
        return ""
    due_on = (due - timedelta(microseconds=1)).astimezone(zone)
    return f"{title} is booked for {start.astimezone(zone):%a %-d %b %Y}, after it was due on {due_on:%a %-d %b %Y}"


def _whole_second(instant: datetime) -> datetime:
    """Rounded up: coverage drops fractions, which would let a slot begin before its bound."""
    return instant + timedelta(microseconds=-instant.microsecond % 1_000_000)


def _shared(one: Coverage, other: Coverage, begin: datetime, end: datetime) -> Iterator[Span]:
    """The spans in which both are open, in order."""
    if begin >= end:
        return
    spans, others = list(one.open_spans(begin, end)), list(other.open_spans(begin, end))
    while spans and others:
        start, stop = max(spans[0][0], others[0][0]), min(spans[0][1], others[0][1])
        if start < stop:
            yield start, stop
        (spans if spans[0][1] == stop else others).pop(0)


def _without(span: Span, blocked: list[Span]) -> Iterator[Span]:
    """What is left of a span, in order; ``blocked`` is sorted."""
    start, end = span
    for from_, until in blocked:
        if from_ < end and until > start:
            if from_ > start:
                yield start, from_
            start = until
    if start < end:
        yield start, end


def _aligned(free: Span, minutes: int, step_minutes: int) -> Iterator[Span]:
    """The slots inside a free span that begin on a whole step of UTC."""
    step, length = timedelta(minutes=step_minutes), timedelta(minutes=minutes)
    start = EPOCH - (EPOCH - free[0]) // step * step
    while start + length <= free[1]:
        yield start, start + length
        start += step


def _has_room(start: datetime, days: tuple[StaffDay, ...], daily_limit: int | None) -> bool:
    if daily_limit is None:
        return True
    return next((day.meetings for day in days if day.begins <= start < day.ends), 0) < daily_limit
