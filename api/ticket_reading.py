"""Tickets read from the read models as the values that the rules of the domain work on.

What a door counts and offers is so worked out by the same rules as the workflow's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from domain.clock_time import Pause, PauseCause
from domain.clocks import Bound, Clock, Coverages, Verdict
from domain.coverage import Coverage, CoverageEndsError
from domain.coverage_kernel import epoch_seconds
from domain.plan import Plan
from domain.support import ClockKind
from domain.ticket import Ticket, TicketState, TicketTerms
from domain.ticket_clocks import terms_of
from storage.queries.tickets import TicketClock, TicketDetail, TicketHead, TicketLine

_LINE = "line"


def clock_of(told: TicketClock) -> Clock:
    """A clock as it was last told."""
    bounds: tuple[Bound, ...] = ()
    if told.anchor is not None and told.seconds is not None:
        bound = Bound(
            told.anchor, told.seconds, told.coverage, told.clause, told.text, told.wall_clock, told.best_effort
        )
        bounds = (bound,)
    return Clock(
        kind=ClockKind(told.kind),
        number=told.ordinal,
        started_at=told.started,
        coverage=told.coverage,
        measured_clause=told.clause,
        bounds=bounds,
        pauses=pauses_of(told.pauses),
        due=told.due,
        verdict=Verdict(told.verdict) if told.verdict else None,
        stopped_at=told.stopped,
        took_seconds=told.took_seconds,
        overrun_seconds=told.overrun_seconds,
    )


def pauses_of(told: Iterable[list[Any]]) -> tuple[Pause, ...]:
    """Pauses from their ISO texts."""
    return tuple(
        Pause(datetime.fromisoformat(begin), PauseCause(cause), datetime.fromisoformat(end) if end else None)
        for begin, end, cause in told
    )


def coverages_of(detail: TicketDetail) -> dict[str, Coverage]:
    """The ticket's opening hours by their key."""
    return {c.key: Coverage(c.starts, c.ends, c.since, c.until, c.version) for c in detail.coverages}


def next_clock(line: TicketLine) -> tuple[Clock, Coverages] | None:
    """The clock of a line of the queue with the opening hours that it counts in; None where nothing is owed."""
    if line.kind is None or line.anchor is None or line.seconds is None:
        return None
    clause = line.clause or ""
    bound = Bound(line.anchor, line.seconds, _LINE, clause, "", line.wall_clock, line.best_effort)
    pauses = pauses_of(line.pauses or ())
    clock = Clock(ClockKind(line.kind), 1, line.anchor, _LINE, clause, (bound,), pauses, line.due)
    coverages: dict[str, Coverage] = {}
    if line.starts and line.ends:
        since = min(line.starts[0], epoch_seconds(line.anchor))
        coverages[_LINE] = Coverage(line.starts, line.ends, since, line.ends[-1])
    return clock, coverages


def terms_now(head: TicketHead, opened_under: TicketTerms, plans: Mapping[str, Plan]) -> TicketTerms:
    """What is promised to the ticket: by the plan at its opening, or after an amendment by the one on offer.

    The ladder stays that of the opening.
    """
    if (head.plan, head.plan_version) == (opened_under.plan_id, opened_under.plan_version):
        return opened_under
    plan = plans.get(head.plan)
    if plan is None or plan.version != head.plan_version:
        return opened_under
    return replace(terms_of(plan, owed=head.owed), ladder=opened_under.ladder)


def ticket_of(head: TicketHead, terms: TicketTerms) -> Ticket:
    """The ticket, as far as it decides what may be done to it. Only for one that was not refused."""
    return Ticket(
        id=f"{head.contract_id}/{head.number}",
        contract_id=head.contract_id,
        terms=terms,
        level=head.level,
        registered_at=head.registered_at,
        state=TicketState(head.state),
        paused=tuple(PauseCause(cause) for cause in head.paused),
        answered_at=head.answered_at,
        released=head.released,
        agreeable=bool(head.agree),
    )


def counted(
    rule: Callable[[Clock, datetime, Coverages], int | None], clock: Clock, now: datetime, lines: Coverages
) -> int | None:
    """A length of open time; None too where the opening hours are not known that far."""
    try:
        return rule(clock, now, lines)
    except (CoverageEndsError, KeyError):
        return None


def counts_now(clock: Clock, now: datetime, lines: Coverages) -> bool:
    """Whether its time runs at this instant: not stopped, not paused, and the desk open."""
    if not clock.running or clock.paused:
        return False
    if clock.bounds and clock.bounds[0].wall_clock:
        return True
    try:
        return lines[clock.bounds[0].coverage if clock.bounds else clock.coverage].is_open(now)
    except (CoverageEndsError, KeyError):
        return False
