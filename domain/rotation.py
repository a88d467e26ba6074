"""On-call rotations: who has the duty at an instant, with handovers at a local time and overrides.

Handovers follow the wall clock of the rotation's zone, so the shift over a change of the clocks is an hour shorter or
longer. `shifts` reads zone rules: call it outside of workflows; what it gives are plain UTC spans.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from itertools import pairwise, takewhile
from zoneinfo import ZoneInfoNotFoundError

from domain.coverage import ZoneRules
from domain.coverage_spec import MINUTES_PER_DAY


class RotationError(ValueError):
    """A rotation that cannot be, or that nobody could be found in."""


class Handover(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"

    @property
    def days(self) -> int:
        """Days between two handovers."""
        return 7 if self is Handover.WEEKLY else 1


@dataclass(frozen=True, slots=True)
class Override:
    """Another member has the duty for a span (UTC, half open): a swap, a holiday. Of several the last listed counts."""

    begin: datetime
    end: datetime
    member: str

    def __post_init__(self) -> None:
        if self.begin >= self.end:
            raise RotationError(f"an override begins before it ends; {self.begin} is not before {self.end}")


@dataclass(frozen=True, slots=True)
class Rotation:
    """Members (staff ids) in turn. The first one begins on ``first_day`` at ``handover_minute`` of the local day.

    A weekly handover is on the weekday of ``first_day``. Raises RotationError without a member or a time of day.
    """

    key: str
    zone: str
    handover: Handover
    first_day: date
    members: tuple[str, ...]
    handover_minute: int = 9 * 60
    overrides: tuple[Override, ...] = ()

    def __post_init__(self) -> None:
        if not self.members:
            raise RotationError(f"the rotation {self.key} has no member: nobody could be called")
        if not 0 <= self.handover_minute < MINUTES_PER_DAY:
            raise RotationError(f"a handover is at a minute of the day, 0 to 1439, not {self.handover_minute}")


@dataclass(frozen=True, slots=True)
class Shift:
    """One member's duty (UTC, half open). ``overridden``: it stands in for somebody."""

    begin: datetime
    end: datetime
    member: str
    overridden: bool = False


@dataclass(frozen=True, slots=True)
class Duty:
    """Whom to call at an instant, None for nobody. ``passed_over``: those before them in the order, who are away."""

    member: str | None
    passed_over: tuple[str, ...] = ()


def shifts(rotation: Rotation, begin: datetime, end: datetime, zone_rules: ZoneRules) -> tuple[Shift, ...]:
    """Who has the duty from ``begin`` to ``end``, without a hole, clipped to it; empty before the rotation begins.

    Raises RotationError for a zone that nobody knows or a span that ends before it begins.
    """
    if begin >= end:
        raise RotationError(f"{begin} to {end} is no span of time")
    zone = _zone(rotation.zone, zone_rules)
    marks = {begin.astimezone(UTC), end.astimezone(UTC)}
    marks |= {o for override in rotation.overrides for o in (override.begin, override.end) if begin < o < end}
    turns = _turns(rotation, begin, end, zone)
    marks |= {turn for turn, _ in turns if begin < turn < end}
    found: list[Shift] = []
    for first, last in pairwise(sorted(marks)):
        if passed := [number for turn, number in turns if turn <= first]:
            _join(found, _shift(rotation, first, last, _in_turn(rotation, passed[-1])))
    return tuple(found)


def to_call(rotation: Rotation, instant: datetime, zone_rules: ZoneRules, away: Collection[str] = ()) -> Duty:
    """Whom to call at an instant when some members are away: who has the duty, else whom they stand in for, else the
    next one in turn who is there.
    """
    order = _call_order(rotation, instant, zone_rules)
    passed_over = tuple(takewhile(lambda member: member in away, order))
    return Duty(order[len(passed_over)] if len(passed_over) < len(order) else None, passed_over)


def _call_order(rotation: Rotation, instant: datetime, zone_rules: ZoneRules) -> tuple[str, ...]:
    """Every member once, in the order in which to call them; empty before the rotation begins."""
    turns = _turns(rotation, instant, instant + timedelta(seconds=1), _zone(rotation.zone, zone_rules))
    passed = [number for turn, number in turns if turn <= instant]
    if not passed:
        return ()
    stand_ins = [o.member for o in reversed(rotation.overrides) if o.begin <= instant < o.end]
    regular = [_in_turn(rotation, passed[-1] + step) for step in range(len(rotation.members))]
    return tuple(dict.fromkeys([*stand_ins, *regular]))


def _turns(rotation: Rotation, begin: datetime, end: datetime, zone: tzinfo) -> list[tuple[datetime, int]]:
    """The handovers from the last one at or before ``begin`` to the first one after ``end``, numbered from 0 on."""
    days = rotation.handover.days
    passed = (begin.astimezone(zone).date() - rotation.first_day).days // days - 1  # one early: the hour may lie ahead
    turns: list[tuple[datetime, int]] = []
    number = max(0, passed)
    while not turns or turns[-1][0] < end:
        day = rotation.first_day + timedelta(days=number * days)
        turns.append((_local(day, rotation.handover_minute, zone), number))
        number += 1
    return turns


def _in_turn(rotation: Rotation, number: int) -> str:
    return rotation.members[number % len(rotation.members)]


def _shift(rotation: Rotation, first: datetime, last: datetime, regular: str) -> Shift:
    stand_ins = [o.member for o in rotation.overrides if o.begin <= first < o.end]
    return Shift(first, last, stand_ins[-1] if stand_ins else regular, bool(stand_ins))


def _join(found: list[Shift], shift: Shift) -> None:
    """Add a shift; what goes on with the same member is one shift."""
    before = found[-1] if found else None
    if before and (before.end, before.member, before.overridden) == (shift.begin, shift.member, shift.overridden):
        found[-1] = Shift(before.begin, shift.end, shift.member, shift.overridden)
    else:
        found.append(shift)


def _local(day: date, minute: int, zone: tzinfo) -> datetime:
    # fold is 0: the first of two occurrences, and in a gap the offset from before it, which moves forward.
    return datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=zone).astimezone(UTC)


def _zone(name: str, zone_rules: ZoneRules) -> tzinfo:
    try:
        return zone_rules(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise RotationError(f"unknown time zone {name!r}; expected an IANA name such as Europe/Stockholm") from None
