"""What every test may ask for: the real servers, each started once in a run and only when somebody asks.

- `postgres_url`: a PostgreSQL of this test run, its maintenance database.
- `database`: the URL of a fresh, migrated database, for one test; `module_database` for one module.
- `empty_database`: the URL of a fresh database without tables.
- `dev_server`: a `temporal server start-dev` in memory (`.address`); `temporal_client` is connected to it.
- `time_skipping_env`: a `WorkflowEnvironment` of its own for one test, that skips time.
- `smtp_catcher`: a real SMTP server that keeps what it gets and can be told to misbehave.
- `hook_catcher`: the same for webhooks, over HTTP.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

import settings as _zone_rules_are_pinned_by  # noqa: F401 -- zone data must be the same in every test
from runtime import exit as runtime_exit
from runtime import process
from runtime.ports import free_ports
from runtime.postgres import Postgres
from runtime.temporal import Temporal, program
from tests.hook_catcher import HookCatcher
from tests.smtp_catcher import SmtpCatcher
from workflows.payloads import data_converter

_status = pytest.StashKey[int]()
_numbers = itertools.count(1)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    session.config.stash[_status] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    # A worker of xdist has told its results by now and reports no status of its own.
    if _status in config.stash and not hasattr(config, "workerinput"):
        runtime_exit.leave(config.stash[_status])


def _start(command: process.Command, folder: Path, is_ready: Callable[[], bool]) -> process.Child:
    for each in ("log", "run"):
        (folder / each).mkdir(exist_ok=True)
    child = process.start(command, folder)
    deadline = time.monotonic() + 60
    while not is_ready():
        assert child.status is None, f"{command.name} ended: {child.last_words()}"
        assert time.monotonic() < deadline, f"{command.name} is not ready after 60 s: {child.last_words()}"
        time.sleep(0.02)
    return child


@pytest.fixture(scope="session")
def _server_folder() -> Iterator[Path]:
    # Not pytest's tmp_path: that one is kept after the run, and a database is large.
    folder = Path(tempfile.mkdtemp(prefix="pledge-test-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def _postgres(_server_folder: Path) -> Iterator[Postgres]:
    server = Postgres(_server_folder / "postgres", free_ports(1)[0], lossy=True)
    server.prepare()
    child = _start(server.command(), _server_folder, server.is_ready)
    yield server
    child.stop(grace_seconds=10)


@pytest.fixture(scope="session")
def postgres_url(_postgres: Postgres) -> str:
    return _postgres.url()


@pytest.fixture(scope="session")
def _template(_postgres: Postgres) -> str:
    """The name of a migrated database that the others are copied from."""
    from storage.migrate import upgrade

    _administer(_postgres, "CREATE DATABASE migrated")
    asyncio.run(upgrade(_postgres.url("migrated")))
    return "migrated"


def _administer(server: Postgres, statement: str) -> None:
    plain = server.url().replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(statement.encode())


@contextlib.contextmanager
def _fresh(server: Postgres, template: str) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    _administer(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield server.url(name)
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(_postgres: Postgres, _template: str) -> Iterator[str]:
    with _fresh(_postgres, _template) as url:
        yield url


@pytest.fixture(scope="module")
def module_database(_postgres: Postgres, _template: str) -> Iterator[str]:
    with _fresh(_postgres, _template) as url:
        yield url


@pytest.fixture
def empty_database(_postgres: Postgres) -> Iterator[str]:
    with _fresh(_postgres, "template0") as url:
        yield url


@pytest.fixture(scope="session")
def dev_server(_server_folder: Path) -> Iterator[Temporal]:
    server = Temporal(free_ports(1)[0])
    child = _start(server.command(), _server_folder, server.is_ready)
    yield server
    child.stop(grace_seconds=5)


@pytest.fixture
async def temporal_client(dev_server: Temporal) -> Client:
    return await Client.connect(dev_server.address, data_converter=data_converter)


@pytest.fixture
async def time_skipping_env() -> AsyncIterator[WorkflowEnvironment]:
    async with await WorkflowEnvironment.start_time_skipping(
        data_converter=data_converter,
        test_server_existing_path=str(program("temporal-test-server")),
    ) as environment:
        yield environment


@pytest.fixture
def smtp_catcher() -> Iterator[SmtpCatcher]:
    catcher = SmtpCatcher()
    yield catcher
    catcher.refuse_connections()


@pytest.fixture
def hook_catcher() -> Iterator[HookCatcher]:
    catcher = HookCatcher()
    yield catcher
    catcher.close()
