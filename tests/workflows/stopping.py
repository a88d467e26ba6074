"""A workflow that stops an activity, for tests: in a module of its own, since the sandbox loads it again."""

from __future__ import annotations

import asyncio

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from workflows.asking import ask, is_stopped


@workflow.defn
class Stopping:
    """Asks for the activity ``late``, and cancels that when it is told to; what it then took the error for."""

    def __init__(self) -> None:
        self._told = False

    @workflow.run
    async def run(self) -> str:
        asked = asyncio.create_task(ask("late", "once", str, "late"))
        await workflow.wait_condition(lambda: self._told)
        asked.cancel()
        try:
            return await asked
        except (ActivityError, asyncio.CancelledError) as error:
            return "stopped" if is_stopped(error) else "failed"

    @workflow.signal
    async def stop(self) -> None:
        self._told = True
