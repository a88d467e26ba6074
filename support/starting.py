"""Starting a ticket's workflow: once, also after a crash, and again from the shelf when a closed ticket is reopened."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace

from pydantic import TypeAdapter
from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import WorkflowHandle
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError

from storage.tickets import StoredTicket, mark_ticket_started, not_started_tickets
from support.desk import Desk
from workflows.messages import CONTRACT, CUSTOMER, LEVEL, PLAN, STAGE, VENDOR
from workflows.ticket_messages import TICKET_WORKFLOW, Carried, TicketOrder, ticket_workflow_id

_ORDER: TypeAdapter[TicketOrder] = TypeAdapter(TicketOrder)
_CARRIED: TypeAdapter[Carried] = TypeAdapter(Carried)
_log = logging.getLogger("support.starting")


async def start_ticket(desk: Desk, order: TicketOrder) -> bool:
    """Start the workflow of a new report; one that runs or has run is left alone. False where Temporal is away."""
    try:
        with suppress(WorkflowAlreadyStartedError):  # it ran, and has ended
            await start(desk, order, WorkflowIDReusePolicy.REJECT_DUPLICATE)
    except (RPCError, RuntimeError) as error:  # RuntimeError: what the client raises where it could not connect
        _log.warning("ticket %s/%s starts later: %s", order.contract_id, order.number, error)
        return False
    async with desk.sessions.begin() as session:
        await mark_ticket_started(session, order.contract_id, order.number)
    return True


async def take_up(desk: Desk, stored: StoredTicket) -> WorkflowHandle[object, str]:
    """The workflow of a ticket, running: one that was never started begins, a closed one goes on from the shelf."""
    order = _ORDER.validate_python(stored.document)
    if stored.shelf is not None:
        order = replace(order, carried=_CARRIED.validate_python(stored.shelf))
    return await start(desk, order, WorkflowIDReusePolicy.ALLOW_DUPLICATE)


async def start(desk: Desk, order: TicketOrder, reuse: WorkflowIDReusePolicy) -> WorkflowHandle[object, str]:
    """Start it, or get the one that runs. Raises RPCError, and WorkflowAlreadyStartedError by the reuse policy."""
    report, terms = order.decision.report, order.terms
    title = report.subject or report.description[:80]
    return await desk.temporal.start_workflow(
        TICKET_WORKFLOW,
        order,
        id=ticket_workflow_id(order.contract_id, order.number),
        task_queue=desk.task_queue,
        result_type=str,
        id_reuse_policy=reuse,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        search_attributes=TypedSearchAttributes(
            [
                SearchAttributePair(CUSTOMER, order.parties.customer_name),
                SearchAttributePair(VENDOR, terms.plan_id.split("/", 1)[0]),
                SearchAttributePair(PLAN, terms.plan_id),
                SearchAttributePair(CONTRACT, order.contract_id),
                SearchAttributePair(STAGE, "open" if order.decision.accepted else "refused"),
                SearchAttributePair(LEVEL, order.decision.level),
            ]
        ),
        static_summary=f"{order.parties.customer_name}: {title}"[:200],
        static_details=f"Ticket {order.number} of {order.contract_id}, level {order.decision.level}",
    )


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
