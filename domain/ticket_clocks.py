"""What the acts on a ticket do to its clocks: which one starts, stops, goes on, and under which target."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from domain import clocks
from domain.clocks import Clock, Coverages, PauseCause, Verdict
from domain.plan import Plan
from domain.support import ClockKind, Level, Measure
from domain.ticket import CoverageKey, Ticket, TicketTerms

NO_TARGET = "no target in the ordinary queue"


def terms_of(plan: Plan, owed: bool = True) -> TicketTerms:
    """What a plan promises to a ticket that is opened now. ``owed`` false: measured only (caret-2)."""
    levels = plan.levels if owed else tuple(_without_targets(level) for level in plan.levels)
    rules = tuple(dict.fromkeys(level.coverage for level in levels))
    return TicketTerms(
        plan_id=plan.id,
        plan_version=plan.version,
        levels=tuple(replace(level, coverage=_key(plan, level.coverage)) for level in levels),
        ladder=plan.ladder,
        coverage_keys=tuple(CoverageKey(_key(plan, rule), plan.id, plan.version, rule) for rule in rules),
        owed=owed,
        may_pause=plan.readings.clock_may_pause_for_customer,
        closing_clause=plan.closing.clause if plan.closing else "",
        asked_of=plan.closing.asked_of if plan.closing else "",
        last_day_after_days=plan.readings.close_without_agreement_after_days,
        automatic_counts=plan.readings.automatic_reply_counts_as_response,
        update_restarts=plan.readings.update_clock_restarts_at_visible_update,
        best_effort_verdict=plan.readings.best_effort_verdict,
    )


def started(ticket: Ticket, coverages: Coverages) -> Ticket:
    """The response and the resolution clock run from the registration."""
    kinds = (ClockKind.RESPONSE, ClockKind.RESOLUTION)
    return _with_new(ticket, (k for k in kinds if _states(ticket.current_level, k)), ticket.registered_at, coverages)


def after_reply(ticket: Ticket, now: datetime, coverages: Coverages) -> Ticket:
    """A person's message that the customer sees: it answers, or updates, and the next update clock begins (A19)."""
    kinds = (ClockKind.RESPONSE, ClockKind.UPDATE)
    ticket = _each(ticket, lambda clock: clocks.stop(clock, now, coverages) if clock.kind in kinds else clock)
    return _new_update(ticket, now, coverages)


def after_solution(ticket: Ticket, now: datetime, coverages: Coverages) -> Ticket:
    """The resolution clock stops. The update clock goes on until the ticket is closed (ombori-29)."""
    return _each(ticket, lambda c: clocks.stop(c, now, coverages) if c.kind is ClockKind.RESOLUTION else c)


def after_recovery(ticket: Ticket, now: datetime, coverages: Coverages) -> Ticket:
    """What was reported has gone by itself: nobody waits for an answer or for news any more."""
    ticket = after_solution(ticket, now, coverages)
    return _each(ticket, lambda clock: clocks.lapse(clock, now, coverages))


def after_closing(ticket: Ticket, now: datetime, coverages: Coverages) -> Ticket:
    """Nothing is owed on a closed ticket, nor after the contract's end; what was late stays late."""
    return _each(ticket, lambda clock: clocks.lapse(clock, now, coverages))


def after_reopening(ticket: Ticket, now: datetime, coverages: Coverages) -> Ticket:
    """The resolution clock goes on without the solved time, a new update clock begins; so does an answer still owed."""
    ticket = _each(ticket, lambda clock: _reopened(clock, ticket, now, coverages))
    return _new_update(ticket, now, coverages) if ticket.answered_at is not None else ticket


def after_level(ticket: Ticket, before: str, now: datetime, coverages: Coverages) -> Ticket:
    """The clocks under the level that the ticket has now; ``before`` is the one that it had."""
    level, raised = ticket.current_level, ticket.terms.severer(ticket.level, before)
    if raised:
        ticket = _each(ticket, lambda clock: clocks.raise_level(clock, level, now, coverages))
    else:
        ticket = _each(ticket, lambda clock: clocks.lower_level(clock, level, now, coverages))
    return _with_missing(ticket, now if raised else ticket.registered_at, now, coverages)


def after_amendment(ticket: Ticket, terms: TicketTerms, now: datetime, coverages: Coverages) -> Ticket:
    """The ticket under an amended plan: what was promised at registration goes on, unless the new plan is quicker.

    Each later clock runs under the new plan. The ladder stays that of the opening. A level that the new plan does not
    have leaves the ticket under its old plan.
    """
    if all(level.key != ticket.level for level in terms.levels):
        return ticket
    keys = tuple(dict.fromkeys((*terms.coverage_keys, *ticket.terms.coverage_keys)))
    ticket = replace(ticket, terms=replace(terms, ladder=ticket.terms.ladder, coverage_keys=keys))
    ticket = _each(ticket, lambda clock: clocks.raise_level(clock, ticket.current_level, now, coverages))
    return _with_missing(ticket, now, now, coverages)


def paused(ticket: Ticket, cause: PauseCause, now: datetime, coverages: Coverages) -> Ticket:
    """No clock counts from now on, for one more cause."""
    causes = tuple(dict.fromkeys((*ticket.paused, cause)))
    return _each(replace(ticket, paused=causes), lambda clock: clocks.pause(clock, cause, now, coverages))


def resumed(ticket: Ticket, cause: PauseCause, now: datetime, coverages: Coverages) -> Ticket:
    """That cause holds the clocks no longer."""
    causes = tuple(each for each in ticket.paused if each is not cause)
    return _each(replace(ticket, paused=causes), lambda clock: clocks.resume(clock, cause, now, coverages))


def moved(ticket: Ticket, coverages: Coverages) -> Ticket:
    """Every due instant by a new version of the coverage."""
    return _each(ticket, lambda clock: clocks.move(clock, coverages))


def expired(ticket: Ticket, now: datetime) -> Ticket:
    """Every clock whose due instant has passed has its verdict."""
    return _each(ticket, lambda clock: clocks.expire(clock, now))


def new_verdicts(before: Ticket | None, after: Ticket) -> tuple[Clock, ...]:
    """The clocks whose verdict, or whose final overrun, was given between two values of a ticket: one fact for each."""
    old = {clock.key: clock for clock in before.clocks} if before else {}
    return tuple(
        clock
        for clock in after.clocks
        if clock.verdict is not None and _said(old.get(clock.key)) != (clock.verdict, clock.stopped_at)
    )


def resettled(before: Ticket | None, after: Ticket) -> tuple[Clock, ...]:
    """The running clocks that began, or that count otherwise now (due, target, pauses, reopened): one fact for each."""
    old = {clock.key: _counts_by(clock) for clock in before.clocks} if before else {}
    return tuple(clock for clock in after.clocks if clock.running and old.get(clock.key) != _counts_by(clock))


def _counts_by(clock: Clock) -> tuple[object, ...]:
    return (clock.due, clock.bounds[:1], clock.pauses, clock.coverage, clock.running)


def _said(clock: Clock | None) -> tuple[Verdict | None, datetime | None] | None:
    return None if clock is None else (clock.verdict, clock.stopped_at)


def _each(ticket: Ticket, change: Callable[[Clock], Clock]) -> Ticket:
    return replace(ticket, clocks=tuple(change(clock) for clock in ticket.clocks))


def _reopened(clock: Clock, ticket: Ticket, now: datetime, coverages: Coverages) -> Clock:
    if clock.kind is ClockKind.UPDATE:
        return clocks.lapse(clock, now, coverages)
    unanswered = clock.kind is ClockKind.RESPONSE and ticket.answered_at is None
    if unanswered or clock.kind is ClockKind.RESOLUTION:
        return clocks.reopen(clock, now, coverages, ticket.paused)
    return clock


def _new_update(ticket: Ticket, now: datetime, coverages: Coverages) -> Ticket:
    if not _states(ticket.current_level, ClockKind.UPDATE):
        return ticket
    before = [clock.due for clock in ticket.clocks if clock.kind is ClockKind.UPDATE and clock.due is not None]
    on_grid = not ticket.terms.update_restarts and before and before[-1] > now
    return _with_new(ticket, (ClockKind.UPDATE,), before[-1] if on_grid else now, coverages)


def _with_missing(ticket: Ticket, at: datetime, now: datetime, coverages: Coverages) -> Ticket:
    """Clocks that the level states and the ticket lacks: response until the answer, update after it, resolution."""
    if not ticket.state.working:
        return ticket
    have = {clock.kind for clock in ticket.clocks if clock.running}
    fitting = (ClockKind.RESPONSE if ticket.answered_at is None else ClockKind.UPDATE, ClockKind.RESOLUTION)
    for kind in fitting:
        if kind not in have and _states(ticket.current_level, kind):
            ticket = _with_new(ticket, (kind,), now if kind is ClockKind.UPDATE else at, coverages)
    return ticket


def _with_new(ticket: Ticket, kinds: Iterable[ClockKind], at: datetime, coverages: Coverages) -> Ticket:
    if ticket.released:
        return ticket
    new = tuple(
        clocks.start(
            kind,
            ticket.current_level,
            at,
            coverages,
            1 + sum(clock.kind is kind for clock in ticket.clocks),
            ticket.paused,
        )
        for kind in kinds
    )
    return replace(ticket, clocks=(*ticket.clocks, *new))


def _states(level: Level, kind: ClockKind) -> bool:
    """Whether the level says anything of that clock, be it only that it is measured."""
    return level.target(kind) is not None or any(measure.clock is kind for measure in level.measured)


def _without_targets(level: Level) -> Level:
    measures = tuple(Measure(target.clock, NO_TARGET, target.clause) for target in level.targets)
    return replace(level, targets=(), measured=(*measures, *level.measured), best_effort=False)


def _key(plan: Plan, rule: str) -> str:
    return f"{plan.id}@{plan.version}/{rule}"
