"""What is stopped goes on later, also where its last attempt had just failed: that is no end of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from temporalio import activity
from temporalio.api.enums.v1 import EventType
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from tests.workflows.servers import Server, temporal_server
from tests.workflows.stopping import Stopping
from workflows.sandbox import sandbox


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with temporal_server(tmp_path_factory.mktemp("temporal")) as started:
        yield started


async def test_an_attempt_that_fails_after_it_was_to_stop_is_stopped(server: Server) -> None:
    begun, may_fail = asyncio.Event(), asyncio.Event()

    @activity.defn(name="late")
    async def late(_call: str) -> str:
        begun.set()
        await may_fail.wait()
        raise ApplicationError("the mail server is away", type="MailNotTaken")

    client = await server.client()
    runner = sandbox("tests.workflows.stopping")
    async with Worker(client, task_queue="stopping", workflows=[Stopping], activities=[late], workflow_runner=runner):
        handle = await client.start_workflow(Stopping.run, id="stopping", task_queue="stopping")
        await begun.wait()
        await handle.signal(Stopping.stop)
        wanted = EventType.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED
        while wanted not in [event.event_type for event in (await handle.fetch_history()).events]:
            await asyncio.sleep(0.02)
        may_fail.set()
        assert await handle.result() == "stopped"
