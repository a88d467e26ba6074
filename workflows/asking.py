"""How a workflow asks for an activity, and how long it keeps asking: for as long as the promise lives.

No local activities, though they would halve a ticket's history: what one writes is written before the history holds
what it came from. A workflow task that is taken up again, after a kill or a message that came in between, tells its
facts at another time and in another order, and then two digests claim one number.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, RetryState, is_cancelled_exception

Result = TypeVar("Result")

KEEP_TRYING = RetryPolicy(
    initial_interval=timedelta(seconds=1), backoff_coefficient=2, maximum_interval=timedelta(minutes=1)
)
"""For the database: it comes back. No last attempt."""

KEEP_SENDING = RetryPolicy(
    initial_interval=timedelta(seconds=30), backoff_coefficient=2, maximum_interval=timedelta(minutes=10)
)
"""For the mail server: politely, and with no last attempt."""

ATTEMPT = timedelta(seconds=90)
"""One attempt; a worker that dies in it is noticed after this long, unless the activity gives signs of life."""


async def ask(
    activity: str,
    call: object,
    result: type[Result],
    summary: str,
    retry: RetryPolicy = KEEP_TRYING,
    give_up_after: timedelta | None = None,
    heartbeat: timedelta | None = None,
) -> Result:
    """Run an activity by name until it has succeeded. ``summary`` is what Temporal's own UI shows beside it.

    ``heartbeat``: for an activity that gives signs of life, how long it may give none. Raises ActivityError where it
    had not succeeded by ``give_up_after``.
    """
    answer: Result = await workflow.execute_activity(
        activity,
        call,
        result_type=result,
        start_to_close_timeout=ATTEMPT,
        schedule_to_close_timeout=give_up_after,
        heartbeat_timeout=heartbeat,
        retry_policy=retry,
        cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        summary=summary,
    )
    return answer


_FAILED_WHEN_STOPPED = "failed-when-stopped"


def is_stopped(error: BaseException) -> bool:
    """It was cancelled before it succeeded. An attempt that fails after that was asked for is the last one, and says
    what went wrong with it: that too is no end of its own, and whoever goes on later tries again.
    """
    if isinstance(error, ActivityError) and error.retry_state is RetryState.CANCEL_REQUESTED:
        return workflow.patched(_FAILED_WHEN_STOPPED) or is_cancelled_exception(error)
    return is_cancelled_exception(error)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for it, also past a cancellation of the workflow: that one is answered in ``run`` alone."""
    while not condition():
        try:
            await workflow.wait_condition(condition)
        except asyncio.CancelledError:
            workflow.logger.info("cancellation is asked for; what is under way ends first")
