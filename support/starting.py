"""Starting a ticket's workflow: once, also after a crash, and again from the shelf when a closed ticket is reopened."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio.client import WithStartWorkflowOperation
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError

from domain.intake import title_of
from storage.tickets import StoredTicket, mark_ticket_started, not_started_tickets
from support.catching_up import Knows, known_by, missed_by, tell_what_it_missed
from support.desk import Desk
from support.known import parties_now
from workflows.messages import CONTRACT, CUSTOMER, LEVEL, PLAN, STAGE, VENDOR
from workflows.ticket_messages import TICKET_WORKFLOW, Carried, TicketOrder, ticket_workflow_id

_ORDER: TypeAdapter[TicketOrder] = TypeAdapter(TicketOrder)
_CARRIED: TypeAdapter[Carried] = TypeAdapter(Carried)
_log = logging.getLogger("support.starting")


async def start_ticket(desk: Desk, order: TicketOrder) -> bool:
    """Start the workflow of a new report; one that runs or has run is left alone. False where Temporal is away."""
    try:
        with suppress(WorkflowAlreadyStartedError):  # it ran, and has ended
            handle = await desk.temporal.start_workflow(
                TICKET_WORKFLOW,
                order,
                **started_with(desk.task_queue, order),
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            )
            if order.decision.accepted:
                await tell_what_it_missed(desk, handle, known_by(order))
    except (RPCError, RuntimeError) as error:  # RuntimeError: what the client raises where it could not connect
        _log.warning("ticket %s/%s starts later: %s", order.contract_id, order.number, error)
        return False
    async with desk.sessions.begin() as session:
        await mark_ticket_started(session, order.contract_id, order.number)
    return True


async def order_from_shelf(desk: Desk, session: AsyncSession, stored: StoredTicket) -> tuple[TicketOrder, Knows]:
    """What the workflow of a ticket that does not run is started with, and what it goes by then: a closed one goes on
    from the shelf, and hears first what became of its contract; one that was never started begins.
    """
    order = _ORDER.validate_python(stored.document)
    if stored.shelf is None:
        return order, known_by(order)
    order = replace(order, carried=_CARRIED.validate_python(stored.shelf))
    missed = await missed_by(desk, session, known_by(order))
    parties = await parties_now(desk, session, order, order.registered_at)
    return replace(order, parties=parties, news=missed.news, closed_days=missed.closed_days), missed.knows


def operation_of(desk: Desk, order: TicketOrder) -> WithStartWorkflowOperation[object, str]:
    """To start it together with the first thing that is done to it: alone, a closed one would end at once."""
    return WithStartWorkflowOperation(
        TICKET_WORKFLOW,
        order,
        **started_with(desk.task_queue, order),
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
    )


def started_with(task_queue: str, order: TicketOrder) -> dict[str, Any]:
    """What the workflow of a ticket is started with besides its order: by what Temporal's own UI shows and finds it."""
    report, terms = order.decision.report, order.terms
    title = title_of(report.subject, report.description, order.number)
    return {
        "id": ticket_workflow_id(order.contract_id, order.number),
        "task_queue": task_queue,
        "result_type": str,
        "id_conflict_policy": WorkflowIDConflictPolicy.USE_EXISTING,
        "search_attributes": TypedSearchAttributes(
            [
                SearchAttributePair(CUSTOMER, order.parties.customer_name),
                SearchAttributePair(VENDOR, terms.plan_id.split("/", 1)[0]),
                SearchAttributePair(PLAN, terms.plan_id),
                SearchAttributePair(CONTRACT, order.contract_id),
                SearchAttributePair(STAGE, "open" if order.decision.accepted else "refused"),
                SearchAttributePair(LEVEL, order.decision.level),
            ]
        ),
        "static_summary": f"{order.parties.customer_name}: {title}"[:200],
        "static_details": f"Ticket {order.number} of {order.contract_id}, level {order.decision.level}",
    }


async def start_missing_tickets(desk: Desk) -> int:
    """Start every report that is not known to run; how many were."""
    async with desk.sessions() as session:
        waiting = await not_started_tickets(session)
    return sum([await start_ticket(desk, _ORDER.validate_python(each.document)) for each in waiting])


async def keep_starting_tickets(desk: Desk, every_seconds: float) -> None:
    """Heal, again and again, until cancelled."""
    while True:
        try:
            await start_missing_tickets(desk)
        except (SQLAlchemyError, OSError) as error:  # the database is away: the next round
            _log.warning("reports wait to be started: %s", str(error).split("\n")[0])
        await asyncio.sleep(every_seconds)
