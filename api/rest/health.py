"""Whether it works: `/healthz` says that the process lives, `/readyz` that all of its parts do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel
from sqlalchemy import text
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest

from api.house import House, TheHouse, now

router = APIRouter(tags=["system"])

PATIENCE_SECONDS = 4.0
POLLED_WITHIN = timedelta(seconds=70)
"""A poll lasts a minute at most, so a worker that lives has begun one since then."""


class Part(BaseModel):
    """A part of the system; ``detail`` says what is wrong with it."""

    ok: bool
    detail: str = ""


class Health(BaseModel):
    """Every part, and whether all of them are there."""

    status: Literal["ready", "not ready"]
    postgres: Part
    temporal: Part
    worker: Part


@router.get("/healthz", summary="Does this process live?")
def healthz() -> dict[str, str]:
    """200 as long as the process answers, whatever else is down."""
    return {"status": "alive"}


@router.get(
    "/readyz", summary="Is every part there?", responses={503: {"model": Health, "description": "A part is missing"}}
)
async def readyz(house: TheHouse, response: Response) -> Health:
    """200 when PostgreSQL has our tables, Temporal answers, and a worker polls our task queue; else 503."""
    postgres, temporal, worker = await asyncio.gather(
        _seen(lambda: _ask_postgres(house)), _seen(lambda: _ask_temporal(house)), _seen(lambda: _ask_for_worker(house))
    )
    ready = postgres.ok and temporal.ok and worker.ok
    response.status_code = 200 if ready else 503
    response.headers["Cache-Control"] = "no-store"
    return Health(status="ready" if ready else "not ready", postgres=postgres, temporal=temporal, worker=worker)


async def _seen(ask: Callable[[], Awaitable[str]]) -> Part:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            missing = await ask()
    except TimeoutError:
        missing = "it does not answer"
    except Exception as error:  # noqa: BLE001 -- whatever went wrong, the part is not there
        missing = str(error).strip().split("\n")[0] or type(error).__name__
    return Part(ok=not missing, detail=missing)


async def _ask_postgres(house: House) -> str:
    async with house.sessions() as session:
        there = await session.scalar(text("SELECT to_regclass('contract_view') IS NOT NULL"))
    return "" if there else "its tables are not there yet"


async def _ask_temporal(house: House) -> str:
    alive = await house.temporal.service_client.check_health(timeout=timedelta(seconds=PATIENCE_SECONDS))
    return "" if alive else "it is not serving"


async def _ask_for_worker(house: House) -> str:
    newest = min([await _last_poll(house, kind) for kind in ("WORKFLOW", "ACTIVITY")])
    if now() - newest > POLLED_WITHIN:
        return f"no worker polls the task queue {house.settings.task_queue!r}"
    return ""


async def _last_poll(house: House, kind: str) -> datetime:
    answer = await house.temporal.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=house.temporal.namespace,
            task_queue=TaskQueue(name=house.settings.task_queue),
            task_queue_type=TaskQueueType.Value(f"TASK_QUEUE_TYPE_{kind}"),
        ),
        timeout=timedelta(seconds=PATIENCE_SECONDS),
    )
    polls = [poller.last_access_time.ToDatetime(tzinfo=UTC) for poller in answer.pollers]
    return max(polls, default=datetime.min.replace(tzinfo=UTC))
