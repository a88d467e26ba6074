"""News for open pages: one LISTEN connection a process, handed on as server-sent events.

An event says only which contract changed; the page fetches itself again. So nothing is lost when events are: after a
broken connection everybody is told to look again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import psycopg
from sse_starlette import ServerSentEvent

EVERYTHING = "*"
CHANNEL = "pledge_facts"
_LAST_PAUSE_SECONDS = 10.0
_log = logging.getLogger("api.live")


@dataclass(eq=False, slots=True)
class _Reader:
    """One open page: the contracts that changed since it was last told, at most one entry for each."""

    contract: str | None
    changed: set[str] = field(default_factory=set)
    wake: asyncio.Event = field(default_factory=asyncio.Event)


class News:
    """What PostgreSQL notifies, for as many readers as there are pages open."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._readers: set[_Reader] = set()
        self._closed = False
        self.listening = asyncio.Event()

    async def run(self) -> None:
        """Listen until cancelled; connects again after a restart of the database."""
        pause = 0.5
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    pause = 0.5
                    self.listening.set()
                    self.tell(EVERYTHING)
                    async for notice in connection.notifies():
                        self.tell(notice.payload)
            except psycopg.Error as error:
                _log.warning("no news from the database for now: %s", str(error).strip().split("\n")[0])
            self.listening.clear()
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LAST_PAUSE_SECONDS)

    def tell(self, contract_id: str) -> None:
        """Wake the readers whom it concerns."""
        for reader in self._readers:
            if contract_id == EVERYTHING or reader.contract in (None, contract_id):
                reader.changed.add(contract_id)
                reader.wake.set()

    def close(self) -> None:
        """End every reader's stream: the process is going down."""
        self._closed = True
        for reader in self._readers:
            reader.wake.set()

    async def read(self, contract: str | None) -> AsyncIterator[ServerSentEvent]:
        """The events for one page: those of ``contract``, or (None) of all."""
        reader = _Reader(contract)
        self._readers.add(reader)
        try:
            yield ServerSentEvent(comment="hello", retry=2_000)
            while not self._closed:
                await reader.wake.wait()
                reader.wake.clear()
                changed, reader.changed = reader.changed, set()
                for contract_id in sorted(changed):
                    yield ServerSentEvent(contract_id, event="changed")
        finally:
            self._readers.discard(reader)


@contextlib.asynccontextmanager
async def listening(conninfo: str) -> AsyncIterator[News]:
    """News for the time of the block."""
    news = News(conninfo)
    task = asyncio.create_task(news.run(), name="pledge news")
    try:
        yield news
    finally:
        news.close()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
