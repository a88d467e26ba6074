"""The peers of a ticket, and their worker: as many updates, timers and activities, which do nothing, or the least.

*bare*: the activities do nothing. What Temporal and its SDK take by themselves.
*least*: each activity commits one row and hands one mail to the relay, its text made before. What no code that keeps
a step on record and writes to a person can go below.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import psycopg
from aiosmtplib import SMTP
from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

from bench.bare.workflow import BARE, LEAST, PEER_QUEUE, PeerWorkflow
from workflows.payloads import data_converter
from workflows.sandbox import sandbox

_TABLE = "CREATE TABLE IF NOT EXISTS bench_least (workflow_id text, step int, PRIMARY KEY (workflow_id, step))"
_ROW = "INSERT INTO bench_least VALUES (%s, %s) ON CONFLICT DO NOTHING"
_FROM, _TO = "desk@vendor.example", "casey@customer.example"
_MAIL = f"From: {_FROM}\r\nTo: {_TO}\r\nSubject: Ticket 1\r\n\r\n{'We look at it. ' * 60}\r\n".encode()


@activity.defn(name=BARE)
async def nothing(step: int) -> int:
    """Does nothing."""
    return step


@dataclass
class Least:
    """Connections that are kept, as many as steps are taken at once."""

    database_url: str
    smtp_port: int
    _rows: list[psycopg.AsyncConnection] = field(default_factory=list)
    _mails: list[SMTP] = field(default_factory=list)

    @activity.defn(name=LEAST)
    async def least(self, step: int) -> int:
        """One row, one mail."""
        async with self._row() as connection:
            await connection.execute(_ROW, (activity.info().workflow_id, step))
        async with self._mail() as client:
            await client.sendmail(_FROM, [_TO], _MAIL)
        return step

    async def close(self) -> None:
        """Every connection."""
        for connection in self._rows:
            await connection.close()
        for client in self._mails:
            client.close()

    @asynccontextmanager
    async def _row(self) -> AsyncIterator[psycopg.AsyncConnection]:
        if self._rows:
            connection = self._rows.pop()
        else:
            connection = await psycopg.AsyncConnection.connect(self.database_url, autocommit=True)
        yield connection
        self._rows.append(connection)

    @asynccontextmanager
    async def _mail(self) -> AsyncIterator[SMTP]:
        if self._mails:
            client = self._mails.pop()
        else:
            client = SMTP(hostname="127.0.0.1", port=self.smtp_port, use_tls=False, start_tls=False)
            await client.connect()
        yield client
        self._mails.append(client)


async def main() -> None:
    client = await Client.connect(os.environ["TEMPORAL_ADDRESS"], data_converter=data_converter)
    least = Least(os.environ["DATABASE_URL"], int(os.environ["PLEDGE_SMTP_PORT"]))
    async with await psycopg.AsyncConnection.connect(least.database_url, autocommit=True) as connection:
        await connection.execute(_TABLE)
    activities = [nothing, least.least]
    try:
        # Our sandbox is the cheaper one, and the module of the workflow imports nothing that it would load anew.
        async with Worker(
            client,
            task_queue=PEER_QUEUE,
            workflows=[PeerWorkflow],
            activities=activities,
            workflow_runner=sandbox(),
        ):
            print("the peers' worker works", flush=True)
            await asyncio.Event().wait()
    finally:
        await least.close()


if __name__ == "__main__":
    asyncio.run(main())
