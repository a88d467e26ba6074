"""Whether it works: `/healthz` says that the process lives, `/readyz` that all of its parts do."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel
from sqlalchemy import text
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest

from api.house import House, TheHouse
from storage.workers import worker_lives

router = APIRouter(tags=["system"])

PATIENCE_SECONDS = 4.0
ALIVE_WITHIN = timedelta(seconds=10)
"""A worker gives a sign of life every three seconds; Temporal alone would remember a dead one for minutes."""


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
    """200 when PostgreSQL has our tables, Temporal answers, and a living worker polls our task queue; else 503."""
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
        logging.getLogger(__name__).warning("a part is away: %s", error)
        missing = "it does not answer"
    return Part(ok=not missing, detail=missing)


async def _ask_postgres(house: House) -> str:
    async with house.sessions() as session:
        there = await session.scalar(text("SELECT to_regclass('contract_view') IS NOT NULL"))
    return "" if there else "its tables are not there yet"


async def _ask_temporal(house: House) -> str:
    alive = await house.temporal.service_client.check_health(timeout=timedelta(seconds=PATIENCE_SECONDS))
    return "" if alive else "it is not serving"


async def _ask_for_worker(house: House) -> str:
    async with house.sessions() as session:
        alive = await worker_lives(session, house.settings.task_queue, ALIVE_WITHIN)
    if alive and all([await _is_polled(house, kind) for kind in ("WORKFLOW", "ACTIVITY")]):
        return ""
    return f"no worker polls the task queue {house.settings.task_queue!r}"


async def _is_polled(house: House, kind: str) -> bool:
    answer = await house.temporal.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=house.temporal.namespace,
            task_queue=TaskQueue(name=house.settings.task_queue),
            task_queue_type=TaskQueueType.Value(f"TASK_QUEUE_TYPE_{kind}"),
        ),
        timeout=timedelta(seconds=PATIENCE_SECONDS),
    )
    return len(answer.pollers) > 0
