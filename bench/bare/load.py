"""What a ticket's history carries, for a peer to carry as much."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from bench.bare.workflow import PeerOrder, Step
from workflows.payloads import data_converter


@dataclass(frozen=True)
class Load:
    """The peer's order, and what each update brings along."""

    order: PeerOrder
    updates: tuple[str, ...]


def bare(steps: int) -> Load:
    """Nothing is carried."""
    return Load(PeerOrder((Step(),) * steps), ("",) * (steps - 1))


def as_heavy_as(history: WorkflowHistory) -> Load:
    """As many bytes in every place as in this history of a ticket, and the same words beside activities and timers."""
    events = list(history.events)
    activities = [event for event in events if event.HasField("activity_task_scheduled_event_attributes")]
    timers = [_summary(event) for event in events if event.HasField("timer_started_event_attributes")]
    steps = tuple(
        Step(_size(event.activity_task_scheduled_event_attributes.input.payloads), _summary(event), timer)
        for event, timer in zip(activities, [*timers, *[""] * (len(activities) - len(timers))], strict=True)
    )
    started = events[0].workflow_execution_started_event_attributes.input.payloads
    updates = [
        event.workflow_execution_update_accepted_event_attributes.accepted_request.input.args.payloads
        for event in events
        if event.HasField("workflow_execution_update_accepted_event_attributes")
    ]
    return Load(PeerOrder(steps, "x" * _size(started)), tuple("x" * _size(each) for each in updates))


def _size(payloads: Iterable[Payload]) -> int:
    return sum(len(each.data) for each in payloads)


def _summary(event: HistoryEvent) -> str:
    summary = event.user_metadata.summary
    if not summary.data:
        return ""
    return str(data_converter.payload_converter.from_payload(summary, str))
