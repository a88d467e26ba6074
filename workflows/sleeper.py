"""What a workflow sleeps on: one timer, and whatever changes meanwhile."""

import asyncio
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from workflows.messages import REFUSED


class Sleeper:
    """``_changes`` rises with whatever must wake the loop: `_touch` it."""

    def __init__(self) -> None:
        self._changes = 0

    async def _sleep_until(self, instant: datetime | None, why: str) -> bool:
        """True where a change woke it before the instant; without an instant nothing else does."""
        seen = self._changes
        pause = None if instant is None else instant - workflow.now()
        if pause is not None and pause <= timedelta(0):
            return False
        try:
            await workflow.wait_condition(lambda: self._changes != seen, timeout=pause, timeout_summary=why)
        except TimeoutError:
            return False
        except asyncio.CancelledError:
            return True  # answered in `run`, as a change like any other
        return True

    def _touch(self) -> None:
        self._changes += 1


def refused(reason: str) -> ApplicationError:
    """A refusal: the state forbids it, and nothing was done."""
    return ApplicationError(reason, type=REFUSED, non_retryable=True)
