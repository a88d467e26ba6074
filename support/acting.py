"""Acting on a ticket: an update of its workflow, which is started where it does not run."""

import logging
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from storage.tickets import find_ticket
from support.catching_up import tell_what_it_missed
from support.desk import Desk
from support.starting import operation_of, order_from_shelf
from workflows.ticket_messages import ActDone, TicketAct, ticket_workflow_id

UPDATE = "act"
_log = logging.getLogger("support.acting")


class UnknownTicketError(LookupError):
    """There is no ticket of that number."""


async def act_on_ticket(
    desk: Desk, contract_id: str, number: int, request: TicketAct, key: str, patience: timedelta
) -> ActDone:
    """Do it; the same ``key`` again is the same act.

    Raises UnknownTicketError, WorkflowUpdateFailedError (a refusal says why), RPCError, or a timeout of temporalio's.
    """
    handle = desk.temporal.get_workflow_handle(ticket_workflow_id(contract_id, number))
    try:
        return await _update(handle, request, key, patience)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
    async with desk.sessions() as session:
        stored = await find_ticket(session, contract_id, number)
        if stored is None or not stored.accepted:
            raise UnknownTicketError(f"{contract_id}/{number}")
        order, knows = await order_from_shelf(desk, session, stored)
    done: ActDone = await desk.temporal.execute_update_with_start_workflow(
        UPDATE,
        request,
        start_workflow_operation=operation_of(desk, order),
        id=_id(request, key),
        result_type=ActDone,
        rpc_timeout=patience,
    )
    try:
        await tell_what_it_missed(desk, handle, knows)
    except (RPCError, SQLAlchemyError) as error:  # what was asked for is done, and must not be asked for again
        _log.warning("ticket %s/%s may have missed news of its contract: %s", contract_id, number, error)
    return done


async def _update(handle: WorkflowHandle[object, object], request: TicketAct, key: str, patience: timedelta) -> ActDone:
    done: ActDone = await handle.execute_update(
        UPDATE, request, id=_id(request, key), result_type=ActDone, rpc_timeout=patience
    )
    return done


def _id(request: TicketAct, key: str) -> str:
    return f"{request.act.value}/{key}"
