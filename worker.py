"""The worker: runs the workflows and activities of Pledge against a Temporal cluster.

`python worker.py` is how production starts it. It connects by what `temporalio.envconfig` reads
(`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, a profile, TLS, an API key), and on SIGTERM it takes no new task,
lets running activities end for `PLEDGE_WORKER_GRACE_SECONDS`, and leaves with status 0.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client
from temporalio.worker import Worker

from activities.registry import open_activities
from runtime.garbage import collect_rarely
from settings import Settings, SettingsError, get_settings
from storage.session import open_engine, open_sessions
from storage.workers import sign_of_life, sign_off
from workflows.payloads import data_converter
from workflows.registry import WORKFLOWS
from workflows.sandbox import sandbox

# A cached workflow with a contract's timers, measured with our imports passed through the sandbox.
_CACHED_WORKFLOW_KIB = 165
_CONNECT_SECONDS = 60
_SIGN_OF_LIFE_SECONDS = 3


async def run(settings: Settings, told_to_stop: asyncio.Event) -> None:
    """Work until `told_to_stop`. Raises `SettingsError` when no Temporal server answers for a minute."""
    client = await connect(settings)
    async with (
        open_activities(settings) as activities,
        Worker(
            client,
            task_queue=settings.task_queue,
            workflows=WORKFLOWS,
            activities=activities,
            workflow_runner=sandbox(),
            max_cached_workflows=max(50, settings.worker_memory_mb * 1024 // _CACHED_WORKFLOW_KIB),
            graceful_shutdown_timeout=timedelta(seconds=settings.worker_grace_seconds),
        ),
    ):
        collect_rarely()
        print(f"working on task queue {settings.task_queue} of {client.namespace}", flush=True)
        async with _giving_signs_of_life(settings):
            await told_to_stop.wait()


@contextlib.asynccontextmanager
async def _giving_signs_of_life(settings: Settings) -> AsyncIterator[None]:
    """Tell `/readyz` every few seconds that this process lives. A database that is away is no reason to stop."""
    engine = open_engine(settings.database_url, pool_size=1)
    sessions = open_sessions(engine)
    identity = f"{os.getpid()}@{socket.gethostname()}"

    async def tell() -> None:
        while True:
            with contextlib.suppress(SQLAlchemyError, OSError):
                async with sessions.begin() as session:
                    await sign_of_life(session, identity, settings.task_queue)
            await asyncio.sleep(_SIGN_OF_LIFE_SECONDS)

    telling = asyncio.create_task(tell(), name="signs of life")
    try:
        yield
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
        with contextlib.suppress(SQLAlchemyError, OSError):
            async with sessions.begin() as session:
                await sign_off(session, identity)
        await engine.dispose()


async def connect(settings: Settings) -> Client:
    """A client of the environment's Temporal server. Raises `SettingsError` when none answers for a minute."""
    connection = settings.temporal_connection()
    for attempt in range(_CONNECT_SECONDS):
        try:
            return await Client.connect(data_converter=data_converter, **connection)
        except RuntimeError as error:  # what the client raises for a server that is not there
            reason = str(error)
            if attempt == 0:
                print(f"waiting for Temporal at {connection.get('target_host')}: {reason}", flush=True)
            await asyncio.sleep(1)
    raise SettingsError(f"no Temporal server answers at {connection.get('target_host')}: {reason}")


async def until_signalled(work: Callable[[Settings, asyncio.Event], Awaitable[None]], settings: Settings) -> None:
    """Do the work until SIGTERM or SIGINT."""
    told_to_stop = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, told_to_stop.set)
    await work(settings, told_to_stop)


def main() -> int:
    """Work until SIGTERM or SIGINT; the exit status."""
    try:
        asyncio.run(until_signalled(run, get_settings()))
    except SettingsError as error:
        print(f"worker: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    from runtime.exit import run_and_leave

    run_and_leave(main)
