"""The embedded servers over stops, kills and new starts: no child is left, and no data is lost."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from temporalio.client import Client

from runtime.ports import free_ports
from runtime.postgres import Postgres
from runtime.process import wait_until_gone
from tests.runtime.waiting import until


class Servers:
    """The program `tests.runtime.servers` on one folder, started as often as a test likes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.postgres_port, self.temporal_port = free_ports(2)
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> list[str]:
        """What it said until it was ready."""
        words = [str(self.folder), str(self.postgres_port), str(self.temporal_port)]
        self.close()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.runtime.servers", *words],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout
        said = []
        for line in self.process.stdout:
            said.append(line.strip())
            if said[-1] == "ready":
                return said
        raise AssertionError(f"ended with {self.process.wait()}: {said}")

    def tree(self) -> list[psutil.Process]:
        assert self.process
        own = psutil.Process(self.process.pid)
        return [own, *own.children(recursive=True)]

    def end(self, how: signal.Signals) -> int:
        assert self.process
        self.process.send_signal(how)
        return self.process.wait(30)

    def close(self) -> None:
        if self.process and self.process.stdout:
            self.process.stdout.close()

    def query(self, statement: str) -> list[tuple[object, ...]]:
        url = Postgres(self.folder / "postgres", self.postgres_port).url().replace("+psycopg", "")
        with psycopg.connect(url) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


@pytest.fixture
def servers() -> Iterator[Servers]:
    # A closed folder: the database server, which is not root, must find its way all the same.
    with tempfile.TemporaryDirectory(prefix="pledge-test-") as folder:
        started = Servers(Path(folder))
        yield started
        if started.process and started.process.poll() is None:
            started.end(signal.SIGKILL)
            until(lambda: not _alive(started), "the servers are gone")
        started.close()


def _alive(servers: Servers) -> list[psutil.Process]:
    """Every process that has this folder among its arguments."""
    own = str(servers.folder)
    return [
        each
        for each in psutil.process_iter(["cmdline", "status"])
        if each.info["status"] != psutil.STATUS_ZOMBIE and any(own in word for word in each.info["cmdline"] or [])
    ]


async def _start_workflow(servers: Servers) -> None:
    client = await Client.connect(f"127.0.0.1:{servers.temporal_port}")
    await client.start_workflow("Waiting", id="contract/acme-2026", task_queue="nobody")


async def _workflow_status(servers: Servers) -> str:
    client = await Client.connect(f"127.0.0.1:{servers.temporal_port}")
    description = await client.get_workflow_handle("contract/acme-2026").describe()
    return description.status.name if description.status else "none"


async def test_sigterm_stops_every_child_and_the_next_start_has_the_same_data(servers: Servers) -> None:
    servers.start()
    tree = servers.tree()
    assert len(tree) > 3
    servers.query("CREATE TABLE promise AS SELECT 'kept' AS word")
    await _start_workflow(servers)
    assert servers.end(signal.SIGTERM) == 0
    assert not wait_until_gone(tree, 0)
    assert not _alive(servers)
    assert not list((servers.folder / "run").glob("*.json"))
    assert servers.start() == ["ready"]
    assert servers.query("SELECT word FROM promise") == [("kept",)]
    assert await _workflow_status(servers) == "RUNNING"


async def test_kill_9_of_the_whole_tree_loses_nothing(servers: Servers) -> None:
    servers.start()
    servers.query("CREATE TABLE promise AS SELECT 'kept' AS word")
    await _start_workflow(servers)
    for each in servers.tree():
        with contextlib.suppress(psutil.NoSuchProcess):  # a helper that went with its server
            each.kill()
    servers.end(signal.SIGKILL)
    assert (servers.folder / "postgres" / "data" / "postmaster.pid").exists()
    assert servers.start() == ["ready"]
    assert servers.query("SELECT word FROM promise") == [("kept",)]
    assert await _workflow_status(servers) == "RUNNING"


def test_kill_9_of_the_supervisor_alone_leaves_no_child(servers: Servers) -> None:
    servers.start()
    tree = servers.tree()
    servers.end(signal.SIGKILL)
    until(lambda: not wait_until_gone(tree, 0), "every child has ended")
    assert not _alive(servers)
    assert servers.start() == ["ready"]


def test_a_killed_server_is_started_again_with_its_data(servers: Servers) -> None:
    servers.start()
    servers.query("CREATE TABLE promise AS SELECT 'kept' AS word")
    note = json.loads((servers.folder / "run" / "postgres.json").read_text())
    os.kill(note["pid"], signal.SIGKILL)

    def is_back() -> bool:
        try:
            return servers.query("SELECT word FROM promise") == [("kept",)]
        except psycopg.OperationalError:
            return False

    until(is_back, "the database is back")


def test_a_second_run_on_the_same_folder_is_refused_in_one_line(servers: Servers) -> None:
    servers.start()
    assert servers.process
    second = subprocess.run(
        [sys.executable, "-m", "cli", "run"],
        env={**os.environ, "PLEDGE_DATA_DIR": str(servers.folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert second.returncode == 1
    assert second.stdout == ""
    assert second.stderr == (
        f"pledge: another run (process {servers.process.pid}) works in {servers.folder}; "
        "stop it, or set PLEDGE_DATA_DIR\n"
    )
