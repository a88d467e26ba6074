"""One ticket whole, as the rules of the domain work on it: with its clocks, and with what its ladder has told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from api.ticket_reading import clock_of, ticket_of
from domain.escalation import mark
from domain.happenings import Happening
from domain.ticket import RouteKind, Ticket, TicketTerms
from storage.queries.tickets import TicketDetail
from storage.queries.timeline import FactLine

LADDER = (Happening.TICKET_ESCALATED.value, Happening.TICKET_ACKNOWLEDGED.value)
"""The facts of the ladder: its steps that were taken, and who took notice."""


def whole_ticket(detail: TicketDetail, terms: TicketTerms, ladder: Iterable[FactLine]) -> Ticket:
    """Only for a ticket that was not refused; ``ladder``: the facts of its ladder."""
    head, facts = detail.head, tuple(ladder)
    return replace(
        ticket_of(head, terms),
        clocks=tuple(clock_of(told) for told in detail.clocks),
        owner=head.owner_id or "",
        resolved_at=head.resolved_at,
        closed_at=head.closed_at,
        routed=RouteKind(head.routed_kind) if head.routed_kind else None,
        routed_to=head.routed_to,
        told=tuple(mark(str(each.data["target"]), int(str(each.data["rung"])) - 1) for each in escalated(facts)),
        acknowledged=tuple(str(each.data["target"]) for each in facts if each.kind == Happening.TICKET_ACKNOWLEDGED),
        asks=head.asks,
    )


def escalated(ladder: Iterable[FactLine]) -> list[FactLine]:
    """The steps that were taken."""
    return [each for each in ladder if each.kind == Happening.TICKET_ESCALATED]
