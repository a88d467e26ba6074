"""One ticket whole, as the rules of the domain work on it: with its clocks, and with what its ladder has told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from api.ticket_reading import clock_of, ticket_of
from domain.clocks import Clock
from domain.escalation import mark
from domain.ticket import RouteKind, Ticket, TicketTerms
from storage.queries.tickets import TicketDetail
from storage.queries.timeline import FactLine


def whole_ticket(detail: TicketDetail, terms: TicketTerms, escalated: Iterable[FactLine]) -> Ticket:
    """Only for a ticket that was not refused; ``escalated``: the facts of the ladder's steps that were taken."""
    head = detail.head
    clocks = {told.clock: clock_of(told) for told in detail.clocks}
    return replace(
        ticket_of(head, terms),
        clocks=tuple(clocks.values()),
        owner=head.owner_id or "",
        resolved_at=head.resolved_at,
        closed_at=head.closed_at,
        routed=RouteKind(head.routed_kind) if head.routed_kind else None,
        routed_to=head.routed_to,
        told=tuple(_marks(clocks, escalated)),
        acknowledged=tuple(told.clock for told in detail.clocks if told.acknowledged_at),
        asks=head.asks,
    )


def _marks(clocks: Mapping[str, Clock], escalated: Iterable[FactLine]) -> Iterator[str]:
    """The steps that were taken since their clock counts from where it counts now."""
    for fact in escalated:
        clock = clocks.get(str(fact.data["clock"]))
        at = datetime.fromisoformat(str(fact.data["at"])).astimezone(UTC)
        if clock is not None and clock.bounds and at >= clock.bounds[0].anchor:
            yield mark(clock, int(str(fact.data["rung"])) - 1)
