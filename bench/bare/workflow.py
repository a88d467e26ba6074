"""The workflow of the peers: a ticket's updates, timers and activities, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow

PEER_WORKFLOW = "PeerWorkflow"
PEER_QUEUE = "bench-peers"
BARE, LEAST = "nothing", "least"


@workflow.defn(name=PEER_WORKFLOW)
class PeerWorkflow:
    """``steps`` acts, each an activity; between two of them one timer stands, as long as a ticket's."""

    @workflow.init
    def __init__(self, _steps: int, activity: str) -> None:
        self._done = 0
        self._activity = activity

    @workflow.run
    async def run(self, steps: int, _activity: str) -> int:
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
        await workflow.execute_activity(self._activity, self._done, start_to_close_timeout=timedelta(seconds=90))
        self._done += 1
