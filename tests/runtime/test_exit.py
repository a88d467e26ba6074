"""The status of a process is the one that its work had, although temporalio may abort an interpreter that ends."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from runtime.temporal import Temporal

_USES_TEMPORAL = (
    "import asyncio, atexit, sys\n"
    "from temporalio.client import Client\n"
    "from runtime.exit import run_and_leave\n"
    "atexit.register(lambda: print('tidied'))\n"
    "def main():\n"
    "    asyncio.run(Client.connect(sys.argv[1]))\n"
    "    return int(sys.argv[2])\n"
    "run_and_leave(main)\n"
)


@pytest.mark.parametrize("status", [0, 1, 7])
def test_a_short_process_that_used_temporal_leaves_with_its_own_status(dev_server: Temporal, status: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _USES_TEMPORAL, dev_server.address, str(status)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (status, "tidied\n", "")


def test_an_error_is_printed_and_is_status_1() -> None:
    code = "from runtime.exit import run_and_leave\nrun_and_leave(lambda: 1 // 0)\n"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.endswith("ZeroDivisionError: integer division or modulo by zero\n")


def test_output_that_cannot_be_written_is_no_success() -> None:
    code = "from runtime.exit import run_and_leave\nrun_and_leave(lambda: print('x' * 10) or 0)\n"
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with open("/dev/full", "wb") as full:  # noqa: PTH123 -- a device, not a file of ours
        done = subprocess.run([sys.executable, "-c", code], env=buffered, stdout=full, check=False)
    assert done.returncode == 120


@pytest.mark.parametrize(
    ("test", "status"),
    [("def test_a(): pass", 0), ("def test_a(): assert False", 1), ("", 5)],
    ids=["passed", "failed", "no tests"],
)
def test_the_test_run_itself_leaves_with_a_true_status(
    tmp_path_factory: pytest.TempPathFactory, test: str, status: int
) -> None:
    folder = tmp_path_factory.mktemp("run")
    (folder / "test_one.py").write_text(test + "\n")
    (folder / "conftest.py").write_text("from tests.conftest import pytest_sessionfinish, pytest_unconfigure\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status
    assert done.stdout.strip()
