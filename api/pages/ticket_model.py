"""One ticket whole, as the rules of the domain work on it: with its clocks, and with what its ladder has told; and its
order with the people of now.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace

from temporalio.service import RPCError

from api.house import House, now
from api.ticket_reading import clock_of, ticket_of
from domain.escalation import mark
from domain.happenings import Happening
from domain.ticket import RouteKind, Ticket, TicketTerms
from storage.queries.tickets import TicketDetail
from storage.queries.timeline import FactLine
from storage.tickets import StoredTicket
from support.known import parties_now
from support.registering import ORDER
from workflows.ticket_messages import TicketOrder

_log = logging.getLogger("api.tickets")


async def order_now(house: House, stored: StoredTicket) -> TicketOrder:
    """What was registered, with the people as they are now. While Temporal, which may have to be asked for the plan,
    is away: those of the registration, as the page is worth more than none and the workflow has the last word.
    """
    order = ORDER.validate_python(stored.document)
    try:
        async with house.sessions() as session:
            return replace(order, parties=await parties_now(house.desk, session, order, now()))
    except (RPCError, RuntimeError) as error:  # RuntimeError: what the client raises where it could not connect
        _log.warning("the people of %s/%s are those of its registration: %s", stored.contract_id, stored.number, error)
        return order


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
