"""`pledge run` as a person has it: up, addresses, Ctrl-C, again, kill -9, and again."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from runtime.ports import free_ports
from runtime.process import wait_until_gone
from tests.runtime.waiting import until

_EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "contracts.csv"
_PORTS = ("API", "POSTGRES", "TEMPORAL", "TEMPORAL_UI", "SMTP", "INBOUND")


class Run:
    """`pledge run` on one data folder, with ports of its own."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "said"
        ports = dict(zip(_PORTS, free_ports(len(_PORTS)), strict=True))
        self.api = f"http://127.0.0.1:{ports['API']}"
        self._environment = {
            **os.environ,
            "PLEDGE_DATA_DIR": str(folder / "state"),
            **{f"PLEDGE_{name}_PORT": str(port) for name, port in ports.items()},
        }
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> str:
        """What it said until it was ready."""
        self.close()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "cli", "run"],
            env=self._environment,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self._process.stdout
        said = ""
        for line in self._process.stdout:
            said += line
            if line.startswith("  Logs"):
                return said
        raise AssertionError(f"ended with {self._process.wait()}: {said}")

    def tree(self) -> list[psutil.Process]:
        assert self._process
        own = psutil.Process(self._process.pid)
        return [own, *own.children(recursive=True)]

    def end(self, how: signal.Signals) -> int:
        assert self._process
        self._process.send_signal(how)
        return self._process.wait(40)

    def kill_all(self) -> None:
        """kill -9 of the whole tree."""
        for each in self.tree():
            with contextlib.suppress(psutil.NoSuchProcess):  # a helper that went with its server
                each.kill()

    def close(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout
            self._process.stdout.close()

    def get(self, path: str) -> tuple[int, bytes]:
        with urllib.request.urlopen(self.api + path, timeout=10) as answer:
            return answer.status, answer.read()

    def contracts(self) -> list[str]:
        _, body = self.get("/api/contracts?limit=100&over=true")
        return sorted(each["contract_id"] for each in json.loads(body)["items"])


def _ids(file: Path) -> list[str]:
    with file.open(newline="") as rows:
        return sorted(row["id"] for row in csv.DictReader(rows))


@pytest.fixture
def run() -> Iterator[Run]:
    with tempfile.TemporaryDirectory(prefix="pledge-test-", ignore_cleanup_errors=True) as folder:
        started = Run(Path(folder))
        yield started
        started.close()


def test_it_comes_up_with_examples_stops_without_a_trace_and_goes_on_after_kill_9(run: Run) -> None:
    said = run.start()
    shown = dict(re.findall(r"^  (\w+(?: \w+)?) {2,}(\S+)$", said, re.MULTILINE))
    assert list(shown) == ["Screens", "API docs", "Mailbox", "Temporal", "Logs"]
    for name in ("Screens", "API docs", "Mailbox", "Temporal"):
        with urllib.request.urlopen(shown[name], timeout=10) as answer:
            assert answer.status == 200, name
    assert run.get("/readyz")[0] == 200
    # The workflows write what the list shows; they start as the import signs.
    expected = _ids(_EXAMPLES)
    assert len(expected) >= 12
    until(lambda: run.contracts() == expected, "every example contract runs", seconds=60)
    assert json.loads(run.get("/api/rotations")[1])["total"] == 3

    tree = run.tree()
    assert len(tree) > 6
    assert run.end(signal.SIGINT) == 0
    assert not wait_until_gone(tree, 0)

    run.start()
    assert run.contracts() == expected
    run.kill_all()

    assert "an earlier run" not in run.start()
    assert run.contracts() == expected
    assert run.end(signal.SIGTERM) == 0
