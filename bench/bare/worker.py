"""The peers' worker: `python -m bench.bare.worker`."""

from __future__ import annotations

import asyncio
import os

from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

from bench.bare.workflow import NOTHING, PEER_QUEUE, PeerWorkflow
from workflows.payloads import data_converter
from workflows.sandbox import sandbox


@activity.defn(name=NOTHING)
async def nothing(_ballast: str) -> None:
    """Does nothing."""


async def main() -> None:
    client = await Client.connect(os.environ["TEMPORAL_ADDRESS"], data_converter=data_converter)
    # Our sandbox is the cheaper one, and the module of the workflow imports nothing that it would load anew.
    async with Worker(
        client, task_queue=PEER_QUEUE, workflows=[PeerWorkflow], activities=[nothing], workflow_runner=sandbox()
    ):
        print("the peers' worker works", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
