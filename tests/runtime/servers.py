"""PostgreSQL and Temporal under a supervisor, as a program of its own: the tests kill it in every way.

`python -m tests.runtime.servers FOLDER POSTGRES_PORT TEMPORAL_PORT` says "ready" when they are.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

from runtime import folder, process
from runtime.postgres import Postgres
from runtime.supervisor import Supervisor, say
from runtime.temporal import Temporal


async def main(data: Path, postgres: Postgres, temporal: Temporal) -> None:
    told_to_stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told_to_stop.set)
    supervisor = Supervisor(data)
    supervisor.next_floor()
    postgres.prepare()
    await supervisor.ready(supervisor.start(postgres.command()), postgres.is_ready)
    await supervisor.ready(supervisor.start(temporal.command()), temporal.is_ready)
    temporal.register()
    say("ready")
    watching = asyncio.create_task(supervisor.watch())
    await told_to_stop.wait()
    watching.cancel()
    await supervisor.stop_all()


if __name__ == "__main__":
    path = Path(sys.argv[1])
    with folder.held(path):
        for orphan in process.stop_orphans(path, 10):
            say(f"orphan {orphan}")
        asyncio.run(
            main(
                path,
                Postgres(path / "postgres", int(sys.argv[2])),
                Temporal(int(sys.argv[3]), database=path / "temporal.db"),
            )
        )
