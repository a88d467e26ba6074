"""Servers that a test may kill: a Temporal server with its state in a file, and the production worker as a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from temporalio.client import Client

from domain.contract import Contract
from domain.coverage import weekly
from runtime import process
from runtime.ports import free_ports
from runtime.postgres import Postgres
from runtime.temporal import Temporal
from storage.session import open_engine, open_sessions
from storage.staff import StaffMember
from tests.smtp_catcher import SmtpCatcher
from tests.workflows.trial import QUEUE, Trial, contract, member, plan
from workflows.payloads import data_converter

ROOT = Path(__file__).resolve().parents[2]
ALWAYS = weekly({"mon-sun": "00:00-24:00"})
BARE = plan("oura/premium", touchpoints=(), meetings=())


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain: {what}"
        time.sleep(0.02)


@dataclass
class Server:
    """A `temporal server start-dev` with its state in a file. ``options``: dynamic configuration."""

    folder: Path
    temporal: Temporal
    options: tuple[str, ...] = ()
    child: process.Child | None = None

    def start(self) -> None:
        command = self.temporal.command()
        words = tuple(word for option in self.options for word in ("--dynamic-config-value", option))
        self.child = process.start(replace(command, argv=(*command.argv, *words)), self.folder)
        wait_for(self.temporal.is_ready, "the server answers")

    def kill(self) -> None:
        assert self.child is not None
        self.child.kill_group()

    async def client(self) -> Client:
        return await Client.connect(self.temporal.address, data_converter=data_converter)


@contextmanager
def temporal_server(folder: Path, *options: str) -> Iterator[Server]:
    for each in ("log", "run"):
        (folder / each).mkdir(exist_ok=True)
    server = Server(folder, Temporal(free_ports(1)[0], database=folder / "temporal.db"), options)
    server.start()
    try:
        yield server
    finally:
        assert server.child is not None
        server.child.stop(grace_seconds=5)


class Database:
    """A PostgreSQL of its own, migrated, that can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        for each in ("log", "run"):
            (folder / each).mkdir(exist_ok=True)
        self._folder = folder
        # Not a lossy one: what it has said to be written must be there after kill -9.
        self._server = Postgres(folder / "postgres", free_ports(1)[0])
        self._child = self.start()

    @property
    def url(self) -> str:
        return self._server.url()

    def start(self) -> process.Child:
        self._server.prepare()
        self._child = process.start(self._server.command(), self._folder)
        wait_for(self._server.is_ready, "the database answers")
        return self._child

    def kill(self) -> None:
        self._child.kill_group()

    def stop(self) -> None:
        self._child.stop(grace_seconds=10)


class WorkerProcess:
    """`python worker.py` with nothing but the environment."""

    def __init__(self, server: Server, database: str, smtp: SmtpCatcher) -> None:
        self.log = server.folder / f"worker-{time.monotonic_ns()}.log"
        environment = {
            **os.environ,
            "TEMPORAL_ADDRESS": server.temporal.address,
            "TEMPORAL_CONFIG_FILE": str(server.folder / "none.toml"),
            "DATABASE_URL": database.replace("+psycopg", ""),
            "PLEDGE_TASK_QUEUE": QUEUE,
            "PLEDGE_SMTP_HOST": smtp.host,
            "PLEDGE_SMTP_PORT": str(smtp.port),
        }
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(ROOT / "worker.py")], cwd=server.folder, env=environment, stdout=log, stderr=log
            )
        wait_for(self.works, f"the worker works: {self.log.read_text()}")

    def works(self) -> bool:
        assert self._process.poll() is None, self.log.read_text()
        return b"working on task queue" in self.log.read_bytes()

    def kill(self) -> None:
        """kill -9."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()


@asynccontextmanager
async def real_trial(client: Client, database: str, smtp: SmtpCatcher) -> AsyncIterator[Trial]:
    """A trial on the real clock: nothing can be skipped, and a worker has to be started beside it."""
    engine = open_engine(database)
    try:
        yield RealTrial(None, client, open_sessions(engine), smtp, database)
    finally:
        await engine.dispose()


class RealTrial(Trial):
    async def now(self) -> datetime:
        return datetime.now(UTC)


def running(**changes: Any) -> Contract:
    """An order that began yesterday; both sides are at work day and night."""
    return contract(BARE, f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}", business_hours=ALWAYS, **changes)


def always_there(staff_id: str = "cecilia") -> StaffMember:
    return member(staff_id, hours=ALWAYS, daily_limit=50)
