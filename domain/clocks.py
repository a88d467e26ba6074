"""The clocks of a ticket: response, update, resolution, each an immutable value with the rules that change it.

A clock is due along its coverage: open time from an anchor, less the pauses. It is held as *bounds*, each an anchor
and a length, and is due at the earliest of them: a raised level adds a bound that begins now, a lowered one
puts a single bound from the start in place of all. So a due instant can be worked out again when a pause ends or the
coverage gets a new version, and it never depends on what was computed before.

Instants are aware UTC datetimes; every function takes ``now``. The coverage counts whole seconds: a fraction of a
second is dropped, and an answer in the very second of the due instant is in time: the verdict that it is late is given
a second later. ``coverages`` holds the materialised coverage of each key that the bounds name. What works out an
instant raises KeyError for a key that is not in it, and CoverageEndsError where the answer lies past its end: hand in a
longer one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from domain.clock_time import Counted, Pause, PauseCause
from domain.coverage import Coverage
from domain.coverage_kernel import epoch_seconds
from domain.support import ClockKind, Level

__all__ = [
    "Bound",
    "Clock",
    "Coverages",
    "Pause",
    "PauseCause",
    "Verdict",
    "elapsed_seconds",
    "expire",
    "lapse",
    "lower_level",
    "move",
    "overrun_at",
    "overrun_seconds",
    "pause",
    "raise_level",
    "remaining_seconds",
    "reopen",
    "resume",
    "share_at",
    "start",
    "stop",
]

Coverages = Mapping[str, Coverage]


class Verdict(StrEnum):
    MET = "met"
    MISSED = "missed"
    OBJECTIVE_MISSED = "objective-missed"  # a best-effort target (A6)
    MEASURED = "measured"  # it had no target (A13)
    LAPSED = "lapsed"  # it ended before it was due, for a reason that owes no answer: withdrawn, closed, contract over

    @property
    def late(self) -> bool:
        """The due instant passed without what was promised."""
        return self in (Verdict.MISSED, Verdict.OBJECTIVE_MISSED)


@dataclass(frozen=True, slots=True)
class Bound:
    """A length of open time (or of any time: ``wall_clock``, A17) from an anchor, and the clause that promises it."""

    anchor: datetime
    seconds: int
    coverage: str
    clause: str
    text: str = ""
    wall_clock: bool = False
    best_effort: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of a ticket. ``number`` counts the clocks of its kind: each update starts a new update clock.

    ``bounds``: the one that governs first; none: measured, never due. ``due``: None too while paused before it.
    When the clock has stopped, ``took_seconds`` is its open time (any time, by the wall clock) without pauses, and
    ``overrun_seconds`` how much of it lay after the due instant.
    """

    kind: ClockKind
    number: int
    started_at: datetime
    coverage: str
    measured_clause: str
    bounds: tuple[Bound, ...] = ()
    pauses: tuple[Pause, ...] = ()
    due: datetime | None = None
    verdict: Verdict | None = None
    stopped_at: datetime | None = None
    took_seconds: int | None = None
    overrun_seconds: int = 0

    @property
    def key(self) -> str:
        """``response-1``, ``update-3``: unique in the ticket."""
        return f"{self.kind}-{self.number}"

    @property
    def clause(self) -> str:
        """The clause that it keeps."""
        return self.bounds[0].clause if self.bounds else self.measured_clause

    @property
    def governed_by(self) -> str:
        """The clock and the target that governs it: ``update-3@2026-03-02T10:00:00/7200``, from when it counts and how
        long it is. A raised level counts from its raising, a lowered one from the start.
        """
        bound = self.bounds[0] if self.bounds else None
        return f"{self.key}@{bound.anchor:%Y-%m-%dT%H:%M:%S}/{bound.seconds}" if bound else self.key

    @property
    def running(self) -> bool:
        """It has not stopped; a missed clock runs on until what was promised is done."""
        return self.stopped_at is None

    @property
    def open(self) -> bool:
        """A verdict is still to be given."""
        return self.running and self.verdict is None

    @property
    def paused(self) -> bool:
        """Time does not count now."""
        return any(pause.end is None for pause in self.pauses)


def start(
    kind: ClockKind,
    level: Level,
    at: datetime,
    coverages: Coverages,
    number: int = 1,
    paused: Iterable[PauseCause] = (),
) -> Clock:
    """A clock of that kind under a level, running from ``at``; paused from there where a pause is going on."""
    clock = Clock(
        kind,
        number,
        at,
        level.coverage,
        level.clause_of(kind),
        tuple(_bounds(kind, level, at)),
        tuple(Pause(at, cause) for cause in paused),
    )
    return _settled(clock, coverages)


def expire(clock: Clock, now: datetime) -> Clock:
    """The clock with the verdict that the passing of its due instant gives, once the second of that instant is over."""
    if not clock.open or clock.due is None or epoch_seconds(now) <= epoch_seconds(clock.due):
        return clock
    return replace(clock, verdict=_late_verdict(clock))


def stop(clock: Clock, now: datetime, coverages: Coverages) -> Clock:
    """What was promised is done: met, missed with its overrun, or measured. A stopped clock stays as it is."""
    return _stopped(clock, now, coverages, Verdict.MET)


def lapse(clock: Clock, now: datetime, coverages: Coverages) -> Clock:
    """Nothing is owed any more (withdrawn, closed, contract over); what was late before stays late."""
    return _stopped(clock, now, coverages, Verdict.LAPSED)


def reopen(clock: Clock, now: datetime, coverages: Coverages, paused: Iterable[PauseCause] = ()) -> Clock:
    """The same clock goes on, and the time since it stopped does not count. A missed verdict stays."""
    if clock.stopped_at is None:
        return clock
    verdict = clock.verdict if clock.verdict is not None and clock.verdict.late else None
    pauses = (*clock.pauses, Pause(clock.stopped_at, PauseCause.SOLVED, now), *(Pause(now, cause) for cause in paused))
    again = replace(clock, pauses=pauses, verdict=verdict, stopped_at=None, took_seconds=None, overrun_seconds=0)
    return _settled(again, coverages)


def pause(clock: Clock, cause: PauseCause, now: datetime, coverages: Coverages) -> Clock:
    """From now on time does not count. Whether the plan allows it is the ticket's question (A20)."""
    if not clock.running or any(p.cause is cause and p.end is None for p in clock.pauses):
        return clock
    clock = expire(clock, now)
    return _settled(replace(clock, pauses=(*clock.pauses, Pause(now, cause))), coverages)


def resume(clock: Clock, cause: PauseCause, now: datetime, coverages: Coverages) -> Clock:
    """Time counts again, unless another cause still holds it. The interval stays on record."""
    pauses = tuple(replace(p, end=now) if p.cause is cause and p.end is None else p for p in clock.pauses)
    return _settled(replace(clock, pauses=pauses), coverages)


def raise_level(clock: Clock, level: Level, now: datetime, coverages: Coverages) -> Clock:
    """Due at the earlier of the old instant and now + the new target. A verdict once given stays."""
    clock = expire(clock, now)
    if not clock.open:
        return clock
    raised = replace(
        clock,
        bounds=(*clock.bounds, *_bounds(clock.kind, level, now)),
        coverage=level.coverage,
        measured_clause=level.clause_of(clock.kind),
    )
    return _settled(raised, coverages)


def lower_level(clock: Clock, level: Level, now: datetime, coverages: Coverages) -> Clock:
    """Due at the start + the new target; without one the clock is measured from then on. A verdict stays."""
    clock = expire(clock, now)
    if not clock.open:
        return clock
    lowered = replace(
        clock,
        bounds=tuple(_bounds(clock.kind, level, clock.started_at)),
        coverage=level.coverage,
        measured_clause=level.clause_of(clock.kind),
    )
    return _settled(lowered, coverages)


def move(clock: Clock, coverages: Coverages) -> Clock:
    """The clock under a new version of its coverage. A verdict stays, and so does what has stopped."""
    return _settled(clock, coverages)


def elapsed_seconds(clock: Clock, now: datetime, coverages: Coverages) -> int:
    """Open time since the start, without pauses, until now or until the clock stopped.

    In the opening hours of the bound that governs, so that it can be compared with the target.
    """
    line = _line(clock, coverages) if clock.bounds else Counted(coverages[clock.coverage], clock.pauses)
    return line.between(clock.started_at, min(now, clock.stopped_at or now))


def remaining_seconds(clock: Clock, now: datetime, coverages: Coverages) -> int | None:
    """Open time left until the clock is due, negative after it; None where it is never due."""
    if not clock.bounds:
        return None
    bound = clock.bounds[0]
    return bound.seconds - _line(clock, coverages).between(bound.anchor, min(now, clock.stopped_at or now))


def overrun_seconds(clock: Clock, now: datetime, coverages: Coverages) -> int:
    """Open time since the due instant, 0 before it."""
    return max(0, -(remaining_seconds(clock, now, coverages) or 0))


def share_at(clock: Clock, percent: int, coverages: Coverages) -> datetime | None:
    """When that share of the target's open time has passed; None where it is never, or paused before."""
    if not clock.bounds:
        return None
    bound = clock.bounds[0]
    return _line(clock, coverages).add(bound.anchor, bound.seconds * percent // 100)


def overrun_at(clock: Clock, seconds: int, coverages: Coverages) -> datetime | None:
    """When so much open time has passed after the due instant; None where it is never, or paused before."""
    if not clock.bounds:
        return None
    bound = clock.bounds[0]
    return _line(clock, coverages).add(bound.anchor, bound.seconds + seconds)


def _bounds(kind: ClockKind, level: Level, anchor: datetime) -> Iterable[Bound]:
    target = level.target(kind)
    if target is not None:
        yield Bound(
            anchor, target.seconds, level.coverage, target.clause, target.text, target.wall_clock, level.best_effort
        )


def _settled(clock: Clock, coverages: Coverages) -> Clock:
    """The clock with its due instant worked out again, and the bound that gives it in front."""
    if not clock.open:
        return clock
    dues = [(bound, _line(clock, coverages, bound).add(bound.anchor, bound.seconds)) for bound in clock.bounds]
    known = sorted((due for due in dues if due[1] is not None), key=lambda due: due[1] or _NEVER)  # stable
    paused = [due for due in dues if due[1] is None]
    ordered = [*known, *paused]
    return replace(clock, bounds=tuple(bound for bound, _ in ordered), due=ordered[0][1] if ordered else None)


def _stopped(clock: Clock, now: datetime, coverages: Coverages, in_time: Verdict) -> Clock:
    if not clock.running:
        return clock
    verdict = clock.verdict
    if verdict is None and not clock.bounds:
        verdict = Verdict.MEASURED
    elif verdict is None:
        late = clock.due is not None and epoch_seconds(now) > epoch_seconds(clock.due)
        verdict = _late_verdict(clock) if late else in_time
    pauses = tuple(p if p.end is not None else replace(p, end=now) for p in clock.pauses)
    done = replace(clock, pauses=pauses, verdict=verdict, stopped_at=now)
    overrun = overrun_seconds(done, now, coverages) if verdict.late else 0
    return replace(done, took_seconds=elapsed_seconds(done, now, coverages), overrun_seconds=overrun)


def _late_verdict(clock: Clock) -> Verdict:
    return Verdict.OBJECTIVE_MISSED if clock.bounds[0].best_effort else Verdict.MISSED


def _line(clock: Clock, coverages: Coverages, bound: Bound | None = None) -> Counted:
    bound = bound or clock.bounds[0]
    return Counted(None if bound.wall_clock else coverages[bound.coverage], clock.pauses)


_NEVER = datetime.max.replace(tzinfo=UTC)
