"""The peer of a ticket: a workflow with its updates, timers and activities, which do nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from temporalio import workflow

PEER_WORKFLOW = "PeerWorkflow"
PEER_QUEUE = "bench-peers"
NOTHING = "nothing"


@dataclass(frozen=True)
class Step:
    """What an activity and the timer after it carry: so many letters of input, and the words beside them."""

    letters: int = 0
    activity: str = ""
    timer: str = ""


@dataclass(frozen=True)
class PeerOrder:
    """``steps``: one for each activity. ``ballast`` makes the order as long as a ticket's."""

    steps: tuple[Step, ...]
    ballast: str = ""


@workflow.defn(name=PEER_WORKFLOW)
class PeerWorkflow:
    """One act for each step, each an activity; between two of them one timer stands, as long as a ticket's."""

    @workflow.init
    def __init__(self, order: PeerOrder) -> None:
        self._steps = order.steps
        self._done = 0

    @workflow.run
    async def run(self, order: PeerOrder) -> int:
        await self._act()
        while self._done < len(order.steps):
            await self._another(self._done)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._done

    @workflow.update
    async def act(self, _ballast: str) -> int:
        await self._act()
        return self._done

    async def _another(self, seen: int) -> None:
        await workflow.wait_condition(
            lambda: self._done != seen,
            timeout=timedelta(hours=1),
            timeout_summary=self._steps[seen - 1].timer or None,
        )

    async def _act(self) -> None:
        step = self._steps[self._done]
        await workflow.execute_activity(
            NOTHING,
            "x" * step.letters,
            start_to_close_timeout=timedelta(seconds=90),
            heartbeat_timeout=timedelta(seconds=10),
            summary=step.activity or None,
        )
        self._done += 1
