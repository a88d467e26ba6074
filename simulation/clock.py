"""The simulation's clock: the time-skipping server, begun at any instant, in the past or ahead.

The server takes its first instant from the machine's clock, so it is started with a clock of its own: libfaketime
(Linux) shows that one process another time. Where it is missing, the clock begins now and only runs ahead.
"""

import shlex
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.testing import WorkflowEnvironment

from runtime.problem import Problem
from runtime.temporal import program
from workflows.messages import SEARCH_ATTRIBUTES
from workflows.payloads import data_converter

_PIDS = "pids"
STARTS = 6


class ClockError(Exception):
    """This machine cannot begin a simulation at that instant."""


@asynccontextmanager
async def time_server(begins: datetime) -> AsyncIterator[WorkflowEnvironment]:
    """A time-skipping server whose clock begins at an instant (aware). Raises ClockError where that cannot be."""
    with tempfile.TemporaryDirectory(prefix="pledge-clock-") as folder, _tidied(Path(folder)):
        server = _server(begins.astimezone(UTC), Path(folder))
        async with await _started(server) as environment:
            now = (await environment.get_current_time()).astimezone(UTC)
            if now - begins > timedelta(minutes=1):
                raise ClockError(f"on this machine a simulation cannot begin before today, {now:%Y-%m-%d}")
            if now < begins:
                await environment.sleep(begins - now)
            await environment.client.operator_service.add_search_attributes(
                AddSearchAttributesRequest(
                    namespace=environment.client.namespace,
                    search_attributes={
                        key.name: IndexedValueType.ValueType(key.indexed_value_type) for key in SEARCH_ATTRIBUTES
                    },
                )
            )
            yield environment


async def _started(server: Path) -> WorkflowEnvironment:
    """The SDK gives a server 5 s to start, which a busy machine does not always manage: it is tried again."""
    for attempt in range(1, STARTS + 1):
        try:
            return await WorkflowEnvironment.start_time_skipping(
                data_converter=data_converter, test_server_existing_path=str(server)
            )
        except RuntimeError as error:
            if "did not start within" not in str(error) or attempt == STARTS:
                raise Problem(f"the time-skipping server does not start: {error}") from None
    raise AssertionError("unreachable")


def _server(begins: datetime, folder: Path) -> Path:
    """The server's program, behind a line of shell that shows it another clock where libfaketime is there."""
    library = _fake_clock()
    if library is None:
        return program("temporal-test-server")
    script = folder / "temporal-test-server"
    script.write_text(
        "#!/bin/sh\n"
        f"echo $$ >> {shlex.quote(str(folder / _PIDS))}\n"
        f"export LD_PRELOAD={shlex.quote(str(library))} TZ=UTC FAKETIME_DISABLE_SHM=1\n"
        f"export FAKETIME={shlex.quote(begins.strftime('@%Y-%m-%d %H:%M:%S'))}\n"
        f'exec {shlex.quote(str(program("temporal-test-server")))} "$@"\n'
    )
    script.chmod(0o755)
    return script


@contextmanager
def _tidied(folder: Path) -> Iterator[None]:
    """libfaketime leaves its shared memory behind when its process is killed; what that process had is removed."""
    try:
        yield
    finally:
        with suppress(OSError):
            for pid in (folder / _PIDS).read_text().split():
                for name in ("faketime_shm_", "sem.faketime_sem_"):
                    Path("/dev/shm", name + pid).unlink(missing_ok=True)  # noqa: S108 - where the library puts it


def _fake_clock() -> Path | None:
    found = find_spec("libfaketime")
    if found is None or found.origin is None:
        return None
    return next(Path(found.origin).parent.rglob("libfaketime.so.1"), None)
