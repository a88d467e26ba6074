"""The production worker as its own process: `python worker.py` with nothing but the environment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from runtime.temporal import Temporal
from tests.runtime.waiting import until

_ROOT = Path(__file__).resolve().parents[2]
_QUEUE = "test-worker"


@pytest.fixture
def worker(dev_server: Temporal, database: str, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **os.environ,
        "TEMPORAL_ADDRESS": dev_server.address,
        "TEMPORAL_CONFIG_FILE": str(tmp_path / "none.toml"),
        "DATABASE_URL": database.replace("+psycopg", ""),
        "PLEDGE_TASK_QUEUE": _QUEUE,
    }
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, str(_ROOT / "worker.py")], cwd=tmp_path, env=environment, stdout=log, stderr=log
        )
        yield process
        process.kill()
        process.wait()


async def _pollers(client: Client, kind: TaskQueueType.ValueType) -> int:
    request = DescribeTaskQueueRequest(namespace="default", task_queue=TaskQueue(name=_QUEUE), task_queue_type=kind)
    return len((await client.workflow_service.describe_task_queue(request)).pollers)


async def test_it_polls_for_workflows_and_activities_and_leaves_with_0_on_sigterm(
    worker: subprocess.Popen[bytes], temporal_client: Client, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    until(lambda: b"working on task queue" in log.read_bytes() or worker.poll() is not None, "it works")
    assert log.read_text() == f"working on task queue {_QUEUE} of default\n"
    for kind in (TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY):
        while not await _pollers(temporal_client, kind):
            assert worker.poll() is None
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0
    assert log.read_text() == f"working on task queue {_QUEUE} of default\n"
