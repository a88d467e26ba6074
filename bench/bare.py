"""The bare peer of a ticket: a workflow with as many updates, timers and activities, which do nothing; its worker."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker

from workflows.payloads import data_converter

BARE_WORKFLOW = "BareWorkflow"
BARE_QUEUE = "bench-bare"


@activity.defn
async def nothing(step: int) -> int:
    """Does nothing."""
    return step


@workflow.defn(name=BARE_WORKFLOW)
class BareWorkflow:
    """``steps`` acts, each an activity; between two of them one timer stands, as long as a ticket's."""

    def __init__(self) -> None:
        self._done = 0

    @workflow.run
    async def run(self, steps: int) -> int:
        await self._act()
        while self._done < steps:
            await self._another(self._done)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._done

    @workflow.update
    async def act(self, step: int) -> int:
        await self._act()
        return step

    async def _another(self, seen: int) -> None:
        await workflow.wait_condition(lambda: self._done != seen, timeout=timedelta(hours=1))

    async def _act(self) -> None:
        await workflow.execute_activity(nothing, self._done, start_to_close_timeout=timedelta(seconds=90))
        self._done += 1


async def main() -> None:
    client = await Client.connect(os.environ["TEMPORAL_ADDRESS"], data_converter=data_converter)
    async with Worker(client, task_queue=BARE_QUEUE, workflows=[BareWorkflow], activities=[nothing]):
        print("the bare worker works", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
