"""Real servers for a bench, that can be killed: Temporal with its state in a file, PostgreSQL that waits for its disk,
a relay that takes every mail, and workers as processes of their own."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from temporalio.client import Client

from runtime import process
from runtime.ports import free_ports
from runtime.postgres import Postgres
from runtime.temporal import Temporal
from storage.migrate import upgrade
from workflows.payloads import data_converter

ROOT = Path(__file__).resolve().parent.parent
QUEUE = "bench"
PATIENCE_SECONDS = 60


def wait_for(condition: Callable[[], bool], what: str, child: process.Child | None = None) -> None:
    """Until it is so. RuntimeError where it takes longer than a minute, or the child is dead."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline or (child is not None and child.status is not None):
            raise RuntimeError(f"waited in vain: {what}: {child.last_words() if child else ''}")
        time.sleep(0.02)


@dataclass
class Relay:
    """The world outside that takes every mail: it counts them, and costs next to nothing beside what is measured."""

    taken: int = 0


class _Talk(asyncio.Protocol):
    """One connection to the relay, in the least of SMTP (RFC 5321) that a client gets on with."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._text = b""
        self._in_mail = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._say("220 relay")

    def data_received(self, data: bytes) -> None:
        self._text += data
        while (end := self._text.find(b"\r\n.\r\n" if self._in_mail else b"\r\n")) >= 0:
            if self._in_mail:
                self._text, self._in_mail = self._text[end + 5 :], False
                self._relay.taken += 1
                self._say("250 2.0.0 kept")
            else:
                line, self._text = self._text[:end], self._text[end + 2 :]
                self._answer(line[:4].upper())

    def _answer(self, verb: bytes) -> None:
        self._in_mail = verb == b"DATA"
        self._say({b"DATA": "354 go on", b"QUIT": "221 bye"}.get(verb, "250 ok"))
        if verb == b"QUIT":
            self._transport.close()

    def _say(self, line: str) -> None:
        self._transport.write(f"{line}\r\n".encode())


@dataclass
class BenchHouse:
    """What a bench works with. Everything in it lives as long as the block of `open_house`."""

    folder: Path
    postgres: Postgres
    temporal: Temporal
    smtp_port: int
    relay: Relay
    children: dict[str, process.Child] = field(default_factory=dict)

    @property
    def database_url(self) -> str:
        return self.postgres.url()

    def start_temporal(self) -> None:
        """The server, from its file where there is one."""
        child = process.start(self.temporal.command(), self.folder)
        self.children["temporal"] = child
        wait_for(self.temporal.is_ready, "Temporal answers", child)

    def start_worker(self) -> None:
        """`python worker.py`, the production worker."""
        self._python("worker", "working on task queue", str(ROOT / "worker.py"))

    def start_peer_worker(self) -> None:
        """A worker of the same kind that knows only the peers."""
        self._python("peers", "the peers' worker works", "-m", "bench.bare.worker")

    def kill(self, name: str) -> None:
        """kill -9 of the child and its own children."""
        self.children.pop(name).kill_group()

    async def client(self) -> Client:
        return await Client.connect(self.temporal.address, data_converter=data_converter)

    def _python(self, name: str, says: str, *words: str) -> None:
        environment: dict[str, str | None] = {
            "TEMPORAL_ADDRESS": self.temporal.address,
            "TEMPORAL_CONFIG_FILE": str(self.folder / "none.toml"),
            "DATABASE_URL": self.database_url.replace("+psycopg", ""),
            "PLEDGE_TASK_QUEUE": QUEUE,
            "PLEDGE_SMTP_PORT": str(self.smtp_port),
            "PYTHONUNBUFFERED": "1",
        }
        (self.folder / "log" / f"{name}.log").unlink(missing_ok=True)
        child = process.start(process.Command(name, (sys.executable, *words), environment, ROOT), self.folder)
        self.children[name] = child
        wait_for(lambda: says.encode() in child.log.read_bytes(), f"{name} works", child)


@contextmanager
def _servers() -> Iterator[BenchHouse]:
    folder = Path(tempfile.mkdtemp(prefix="pledge-bench-"))
    for each in ("log", "run"):
        (folder / each).mkdir()
    postgres_port, temporal_port, smtp_port = free_ports(3)
    temporal = Temporal(temporal_port, database=folder / "temporal.db")
    house = BenchHouse(folder, Postgres(folder / "postgres", postgres_port), temporal, smtp_port, Relay())
    try:
        house.postgres.prepare()
        child = process.start(house.postgres.command(), folder)
        house.children["postgres"] = child
        wait_for(house.postgres.is_ready, "PostgreSQL answers", child)
        house.start_temporal()
        yield house
    finally:
        for child in reversed(house.children.values()):
            child.stop(grace_seconds=5)
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def open_house() -> AsyncIterator[BenchHouse]:
    """The servers, migrated; no worker yet."""
    with _servers() as house:
        await upgrade(house.database_url)
        loop = asyncio.get_running_loop()
        relay = await loop.create_server(lambda: _Talk(house.relay), "127.0.0.1", house.smtp_port)
        try:
            yield house
        finally:
            relay.close()


def cores() -> str:
    """What a reader needs to judge the numbers: cores, and how busy the machine was before."""
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before"
