"""Orders to running workflows: one update, its answer or the reason why not.

The update's id holds the idempotency key, so Temporal itself carries out a repeated order once. It holds the order's
name too: a key belongs to an address, and another action with the same key is another action.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Any, TypeVar

from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.exceptions import ApplicationError, FailureError
from temporalio.service import RPCError, RPCStatusCode

from api import problems
from api.problems import FieldError, Kind, Problem
from workflows.messages import OUTSIDE_HOURS, REFUSED, SLOT_TAKEN

T = TypeVar("T")

ANSWER_WITHIN = timedelta(seconds=15)
"""An order that no worker answers by then is told as unavailable; sent again with its key, it is the same order."""

_FIELD = re.compile(r"([a-z_]+(?:\.[a-z_]+)*)(?:, [a-z_]+)*: (.+)", re.DOTALL)
_STARTS = {SLOT_TAKEN: problems.SLOT_TAKEN, OUTSIDE_HOURS: problems.OUTSIDE_HOURS}
_UNREACHABLE = frozenset(
    {
        RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED,
        RPCStatusCode.RESOURCE_EXHAUSTED, RPCStatusCode.ABORTED,
    }
)  # fmt: skip


async def order(client: Client, workflow_id: str, name: str, request: object, key: str, answer: type[T]) -> T:
    """Carry out the update ``name`` of a workflow and return its answer.

    Raises Problem: 404 where the workflow is not known or over, 409 where it refuses, 503 where nobody answers.
    """
    handle = client.get_workflow_handle(workflow_id)
    async with answered():
        done: T = await handle.execute_update(
            name, request, id=f"{name}/{key}", result_type=answer, rpc_timeout=ANSWER_WITHIN
        )
        return done


@asynccontextmanager
async def answered(field: Kind = problems.REFUSED) -> AsyncIterator[None]:
    """Turns what an update gives in place of its answer into a Problem: the reason why not, or that nobody answers.

    ``field``: the kind of a refusal that names a field of the request.
    """
    try:
        async with asyncio.timeout(ANSWER_WITHIN.total_seconds()):
            yield
    except WorkflowUpdateFailedError as error:
        raise _why_not(error.cause, field) from error
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError):
        raise problems.unavailable("the worker") from None


@contextmanager
def reaching(workflow_id: str = "") -> Iterator[None]:
    """Turns a Temporal server that is away, or says no, into a Problem."""
    try:
        yield
    except RPCError as error:
        raise of_rpc(error, workflow_id) from error
    except RuntimeError as error:  # what the client raises where it could not even connect
        if "connect" not in str(error):
            raise
        raise problems.unavailable("Temporal") from error


def of_rpc(error: RPCError, workflow_id: str = "") -> Problem:
    """What a failed call to the Temporal server means to whoever asked."""
    if error.status in _UNREACHABLE:
        return problems.unavailable("Temporal")
    if error.status is RPCStatusCode.NOT_FOUND:
        if "completed" in error.message:
            return problems.refused("it is over: nothing can be changed any more")
        return Problem(problems.NOT_FOUND, f"no running workflow {workflow_id!r}")
    if error.status is RPCStatusCode.FAILED_PRECONDITION:
        return problems.refused(error.message)
    return problems.unavailable("Temporal")


def _why_not(cause: BaseException | None, field: Kind) -> Problem:
    """A refusal in words; a message such as ``minutes: too many`` names its field."""
    if not isinstance(cause, ApplicationError):
        reason = str(cause) if isinstance(cause, FailureError) else "the workflow could not do it"
        return problems.refused(reason)
    reason = cause.message or "the workflow refused it"
    if kind := _STARTS.get(cause.type or ""):
        return Problem(kind, reason, (FieldError("start", reason),), {"offers": _texts(cause.details)})
    named = _FIELD.fullmatch(reason)
    if cause.type == REFUSED and named:
        return Problem(field, named[2], (FieldError(named[1], named[2]),))
    return problems.refused(reason)


def _texts(details: Any) -> list[str]:
    flat: list[str] = []
    for detail in details or ():
        flat += [str(each) for each in detail] if isinstance(detail, list | tuple) else [str(detail)]
    return flat
