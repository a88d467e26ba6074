"""Server-sent events: an open page hears of what was written, also after the database was away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg

from tests.api.stack import Stack


@asynccontextmanager
async def _listening(stack: Stack, path: str) -> AsyncIterator[asyncio.Queue[str]]:
    """The data of the events `changed` as they come."""
    heard: asyncio.Queue[str] = asyncio.Queue()

    async def listen() -> None:
        async with stack.http.stream("GET", path, timeout=None) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            async for line in answer.aiter_lines():
                if line.startswith(("data:", ":")):
                    await heard.put(line.removeprefix("data:").strip())

    task = asyncio.create_task(listen())
    try:
        async with asyncio.timeout(10):
            assert (await heard.get()).endswith("hello")
        yield heard
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _plain(stack: Stack) -> str:
    return stack.settings.database.replace("postgresql+psycopg://", "postgresql://")


def _notify(stack: Stack, contract_id: str) -> None:
    with psycopg.connect(_plain(stack), autocommit=True) as connection:
        connection.execute("SELECT pg_notify('pledge_facts', %s)", (contract_id,))


async def _heard(queue: asyncio.Queue[str], wanted: str) -> None:
    async with asyncio.timeout(15):
        while await queue.get() != wanted:
            pass


async def test_a_page_of_all_contracts_hears_of_each(api: Stack) -> None:
    async with _listening(api, "/events") as heard:
        await _until_listening(api)
        _notify(api, "acme-2026")
        await _heard(heard, "acme-2026")


async def test_a_page_of_one_contract_hears_of_no_other(api: Stack) -> None:
    async with _listening(api, "/events?contract=acme-2026") as heard:
        await _until_listening(api)
        _notify(api, "other-2026")
        _notify(api, "acme-2026")
        await _heard(heard, "acme-2026")
        assert heard.empty()


async def test_after_the_database_was_away_everybody_is_told_to_look_again(api: Stack) -> None:
    async with _listening(api, "/events?contract=acme-2026") as heard:
        await _until_listening(api)
        with psycopg.connect(_plain(api), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        await _heard(heard, "*")
        _notify(api, "acme-2026")
        await _heard(heard, "acme-2026")


async def _until_listening(stack: Stack) -> None:
    """The process has its LISTEN connection: an event before that would only be told as `*`."""
    async with asyncio.timeout(10):
        while True:
            with psycopg.connect(_plain(stack), autocommit=True) as connection:
                row = connection.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                    "AND query = 'LISTEN pledge_facts'"
                ).fetchone()
            if row and row[0]:
                return
            await asyncio.sleep(0.02)
