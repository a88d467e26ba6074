"""Replaying histories, and collecting the facts that the replayed code would write.

The activity that writes facts does not run in a replay; an interceptor sees what would be handed to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from temporalio.client import WorkflowHistory
from temporalio.worker import (
    Interceptor,
    Replayer,
    StartActivityInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)
from temporalio.workflow import ActivityHandle

from activities.calls import RECORD, RecordCall
from domain.facts import Fact
from workflows.payloads import data_converter
from workflows.registry import WORKFLOWS
from workflows.sandbox import sandbox

_told: dict[str, dict[int, Fact]] = {}


class _Outbound(WorkflowOutboundInterceptor):
    def start_activity(self, input: StartActivityInput) -> ActivityHandle[Any]:  # noqa: A002 -- temporalio's name
        if input.activity == RECORD:
            call = input.args[0]
            assert isinstance(call, RecordCall)
            _told.setdefault(call.workflow_id, {}).update({fact.seq: fact for fact in call.facts})
        return super().start_activity(input)


class _Inbound(WorkflowInboundInterceptor):
    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        super().init(_Outbound(outbound))


class _Collecting(Interceptor):
    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: A002 -- temporalio's name
    ) -> type[WorkflowInboundInterceptor]:
        return _Inbound


async def replay(histories: Iterable[WorkflowHistory]) -> dict[str, list[Fact]]:
    """Replay in the worker's own sandbox; the facts by workflow, in their order. Raises where one does not replay."""
    _told.clear()
    replayer = Replayer(
        workflows=WORKFLOWS,
        workflow_runner=sandbox("tests.replay.replaying"),
        data_converter=data_converter,
        interceptors=[_Collecting()],
    )
    for history in histories:
        await replayer.replay_workflow(history)
    return {workflow_id: [facts[seq] for seq in sorted(facts)] for workflow_id, facts in _told.items()}
