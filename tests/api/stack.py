"""The API over real HTTP, on a real PostgreSQL and a real Temporal server, with or without a worker."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from api.app import create_app
from runtime.ports import free_ports
from settings import Settings, read_settings

_numbers = itertools.count(1)
_RUN = secrets.token_hex(3)
ROOT = Path(__file__).resolve().parent.parent.parent
ALL_HOURS = "mon-sun 00:00-24:00"


def new_id(name: str) -> str:
    """An id that no other test has: they share one Temporal server."""
    return f"{name}-{_RUN}-{next(_numbers)}"


@dataclass(frozen=True)
class Stack:
    """A running API and a client of it."""

    settings: Settings
    http: httpx.AsyncClient

    async def get(self, path: str, **query: Any) -> Any:
        """The answer of a GET that succeeds."""
        answer = await self.http.get(path, params=query)
        assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
        return answer.json()

    async def post(self, path: str, body: object = None, key: str | None = None) -> httpx.Response:
        """A POST with a fresh idempotency key, or the one given."""
        headers = {"Idempotency-Key": key or secrets.token_hex(12)}
        return await self.http.post(path, json={} if body is None else body, headers=headers)

    async def until(self, path: str, right: Any, seconds: float = 20) -> Any:
        """The answer of a GET as soon as it is ``right``; another read follows a short pause."""
        async with asyncio.timeout(seconds):
            while True:
                answer = await self.http.get(path)
                if answer.status_code == 200 and right(answer.json()):
                    return answer.json()
                await asyncio.sleep(0.05)


@contextlib.asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Stack]:
    """The API on its port, for the time of the block."""
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(settings), host="127.0.0.1", port=settings.api_port, log_level="warning", lifespan="on",
            timeout_graceful_shutdown=2,
        )
    )  # fmt: skip
    # A test is not a process of its own: the signals are pytest's.
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    task = asyncio.create_task(server.serve())
    while not server.started:
        assert not task.done(), task.exception()
        await asyncio.sleep(0.01)
    try:
        async with httpx.AsyncClient(base_url=settings.base_url, timeout=30) as http:
            yield Stack(settings, http)
    finally:
        server.should_exit = True
        await task


@contextlib.contextmanager
def working(settings: Settings) -> Iterator[None]:
    """The real worker, a process of its own, for the time of the block."""
    told = {
        "DATABASE_URL": settings.database,
        "TEMPORAL_ADDRESS": f"127.0.0.1:{settings.temporal_port}",
        "PLEDGE_TASK_QUEUE": settings.task_queue,
        "PLEDGE_SMTP_PORT": str(settings.smtp_port),
        "PLEDGE_BASE_URL": settings.base_url,
        "PYTHONUNBUFFERED": "1",
    }
    worker = subprocess.Popen(
        [sys.executable, str(ROOT / "worker.py")], env={**os.environ, **told}, stdout=subprocess.PIPE, text=True
    )
    try:
        assert worker.stdout
        line = worker.stdout.readline()
        assert line.startswith("working on"), f"the worker says: {line!r}"
        yield
    finally:
        # Nothing that it does is needed any more; what a graceful stop does is the worker's own test.
        worker.kill()
        worker.communicate()


def settings_for(database: str, temporal_port: int, smtp_port: int, **more: Any) -> Settings:
    """Settings of one test: its own database and task queue, the run's Temporal server."""
    given = {
        "database": database, "temporal_port": temporal_port, "smtp_port": smtp_port, "api_port": free_ports(1)[0],
        "task_queue": new_id("queue"),
    }  # fmt: skip
    return read_settings(**given, **more)


def an_order(contract_id: str, **changes: Any) -> dict[str, Any]:
    """The body that signs oura/premium for Acme, open at all hours, from 1 November 2026 on."""
    return {
        "id": contract_id,
        "customer_id": "acme",
        "customer_name": "Acme Sleep Lab",
        "plan": "oura/premium",
        "starts_on": "2026-11-01",
        "term_months": 12,
        "zone": "America/New_York",
        "country": "US",
        "subdivision": "NY",
        "business_hours": ALL_HOURS,
        "contacts": [{"name": "Lee Park", "email": "lee@acme.test", "primary": True}],
        "prices": {"currency": "USD"},
        **changes,
    }


def a_member(staff_id: str, roles: tuple[str, ...] = ("csm",), **changes: Any) -> dict[str, Any]:
    """The body that adds Maya, who works at all hours."""
    return {
        "id": staff_id,
        "name": "Maya Lindqvist",
        "email": f"{staff_id}@pledge.test",
        "zone": "America/New_York",
        "country": "US",
        "roles": list(roles),
        "working_hours": ALL_HOURS,
        "daily_limit": 20,
        "buffer_minutes": 0,
        **changes,
    }


async def kicked_off(stack: Stack) -> str:
    """A contract of oura/launch-kit that began five days ago: 240 minutes, of which the kick-off has reserved 60."""
    contract_id = new_id("acme")
    await stack.post("/api/staff", a_member(new_id("maya"), ("account-manager", "support-lead")))
    starts_on = (datetime.now(UTC) - timedelta(days=5)).date().isoformat()
    answer = await stack.post("/api/contracts", an_order(contract_id, plan="oura/launch-kit", starts_on=starts_on))
    assert answer.status_code == 201, answer.text
    await stack.until(f"/api/meetings/{contract_id}/kickoff", lambda meeting: meeting["status"] == "invited")
    return contract_id


async def pledge(stack: Stack, *words: str) -> subprocess.CompletedProcess[str]:
    """A command on the servers of a stack, as it is typed."""
    env = {
        **os.environ,
        "DATABASE_URL": stack.settings.database,
        "TEMPORAL_ADDRESS": f"127.0.0.1:{stack.settings.temporal_port}",
        "PLEDGE_TASK_QUEUE": stack.settings.task_queue,
        "COLUMNS": "200",
    }
    argv = [sys.executable, "-m", "cli", *words]
    return await asyncio.to_thread(subprocess.run, argv, cwd=ROOT, env=env, capture_output=True, text=True)
