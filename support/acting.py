"""Acting on a ticket: an update of its workflow, which is started where it does not run."""

from datetime import timedelta

from temporalio.client import WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from storage.tickets import find_ticket
from support.desk import Desk
from support.starting import take_up
from workflows.ticket_messages import ActDone, TicketAct, ticket_workflow_id


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
    return await _update(await take_up(desk, stored), request, key, patience)


async def _update(handle: WorkflowHandle[object, object], request: TicketAct, key: str, patience: timedelta) -> ActDone:
    done: ActDone = await handle.execute_update(
        "act", request, id=f"{request.act.value}/{key}", result_type=ActDone, rpc_timeout=patience
    )
    return done
