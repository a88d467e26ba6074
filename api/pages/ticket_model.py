"""Tickets read from the read models as the values that the rules of the domain work on.

What a page counts, draws and offers is so worked out by the same rules as the workflow's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from domain.clock_time import Pause, PauseCause
from domain.clocks import Bound, Clock, Coverages, Verdict
from domain.coverage import Coverage
from domain.coverage_kernel import epoch_seconds
from domain.escalation import mark
from domain.plan import Plan
from domain.support import ClockKind
from domain.ticket import RouteKind, Ticket, TicketState, TicketTerms
from domain.ticket_clocks import terms_of
from storage.queries.tickets import TicketClock, TicketDetail, TicketHead, TicketLine
from storage.queries.timeline import FactLine
from workflows.ticket_messages import TicketOrder

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
    bound = Bound(line.anchor, line.seconds, _LINE, line.clause or "", "", line.wall_clock, line.best_effort)
    clock = Clock(
        ClockKind(line.kind), 1, line.anchor, _LINE, line.clause or "", (bound,), pauses_of(line.pauses or ()), line.due
    )
    coverages: dict[str, Coverage] = {}
    if line.starts and line.ends:
        since = min(line.starts[0], epoch_seconds(line.anchor))
        coverages[_LINE] = Coverage(line.starts, line.ends, since, line.ends[-1])
    return clock, coverages


def terms_now(head: TicketHead, order: TicketOrder, plans: Mapping[str, Plan]) -> TicketTerms:
    """What is promised to the ticket: by the plan at its opening, or after an amendment by the one on offer.

    The ladder stays that of the opening.
    """
    if (head.plan, head.plan_version) == (order.terms.plan_id, order.terms.plan_version):
        return order.terms
    plan = plans.get(head.plan)
    if plan is None or plan.version != head.plan_version:
        return order.terms
    return replace(terms_of(plan, owed=head.owed), ladder=order.terms.ladder)


def ticket_of(detail: TicketDetail, terms: TicketTerms, escalated: Iterable[FactLine]) -> Ticket:
    """The ticket as its workflow has it, as far as pages ask; ``escalated``: the facts of steps that were taken."""
    head = detail.head
    clocks = {told.clock: clock_of(told) for told in detail.clocks}
    return Ticket(
        id=f"{head.contract_id}/{head.number}",
        contract_id=head.contract_id,
        terms=terms,
        level=head.level,
        registered_at=head.registered_at,
        state=TicketState(head.state),
        clocks=tuple(clocks.values()),
        owner=head.owner_id or "",
        impact=head.impact,
        inside_boundary=head.inside_boundary,
        replies=sum(entry.kind in ("reply", "solution") for entry in detail.entries),
        answered_at=head.answered_at,
        resolved_at=head.resolved_at,
        closed_at=head.closed_at,
        routed=RouteKind(head.routed_kind) if head.routed_kind else None,
        routed_to=head.routed_to,
        paused=tuple(PauseCause(cause) for cause in head.paused),
        told=tuple(_marks(clocks, escalated)),
        acknowledged=tuple(told.clock for told in detail.clocks if told.acknowledged_at),
        asks=head.asks,
        released=head.released,
    )


def _marks(clocks: Mapping[str, Clock], escalated: Iterable[FactLine]) -> Iterable[str]:
    """The steps of the ladder that were taken since their clock counts from where it counts now."""
    for fact in escalated:
        clock = clocks.get(str(fact.data["clock"]))
        at = datetime.fromisoformat(str(fact.data["at"])).astimezone(UTC)
        if clock is not None and clock.bounds and at >= clock.bounds[0].anchor:
            yield mark(clock, int(str(fact.data["rung"])) - 1)
