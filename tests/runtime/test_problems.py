"""What a person can mend is one line and status 1, never a traceback, and nothing is left running."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.ports import free_ports

_PORTS = (
    "PLEDGE_API_PORT",
    "PLEDGE_POSTGRES_PORT",
    "PLEDGE_TEMPORAL_PORT",
    "PLEDGE_TEMPORAL_UI_PORT",
    "PLEDGE_SMTP_PORT",
    "PLEDGE_INBOUND_PORT",
)


def pledge_run(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    ports = {name: str(port) for name, port in zip(_PORTS, free_ports(len(_PORTS)), strict=True)}
    return subprocess.run(
        [sys.executable, "-m", "cli", "run"],
        env={**os.environ, **ports, "PLEDGE_DATA_DIR": str(folder), **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def _one_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("pledge: ")
    assert done.stderr.count("\n") == 1
    return done.stderr.strip()


def test_a_port_in_use_is_named_with_the_setting_that_moves_it(tmp_path: Path) -> None:
    with socket.socket() as held, socket.socket() as held_too:
        for each in (held, held_too):
            each.bind(("127.0.0.1", 0))
            each.listen()
        first, second = held.getsockname()[1], held_too.getsockname()[1]
        done = pledge_run(tmp_path, PLEDGE_API_PORT=str(first), PLEDGE_SMTP_PORT=str(second))
    assert _one_line(done) == (
        f"pledge: in use: port {first} for the screens (PLEDGE_API_PORT), port {second} for mail "
        "(PLEDGE_SMTP_PORT); stop the program that holds it, or set another port"
    )


def test_one_port_for_two_servers_is_refused(tmp_path: Path) -> None:
    port = str(free_ports(1)[0])
    done = pledge_run(tmp_path, PLEDGE_API_PORT=port, PLEDGE_POSTGRES_PORT=port)
    assert _one_line(done) == f"pledge: port {port} is given twice: set PLEDGE_API_PORT to another one"


def test_a_file_in_the_place_of_the_data_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a note")
    done = pledge_run(tmp_path / "state")
    assert _one_line(done) == f"pledge: PLEDGE_DATA_DIR={tmp_path}/state: is a file, not a folder"


def test_a_data_folder_below_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "note").write_text("a note")
    done = pledge_run(tmp_path / "note" / "state")
    assert _one_line(done) == f"pledge: cannot use the data folder: Not a directory ({tmp_path}/note/state)"


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MB: one of its own where we may mount, else the kernel's own small one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = os.geteuid() == 0 and (
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)], check=False, capture_output=True
        ).returncode
        == 0
    )
    yield disk if mounted else Path("/dev")
    if mounted:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_is_one_line(tiny_disk: Path) -> None:
    line = _one_line(pledge_run(tiny_disk / "state"))
    assert line.startswith(("pledge: the disk is full: ", "pledge: cannot use the data folder: "))


def test_an_address_that_others_reach_is_one_line(tmp_path: Path) -> None:
    line = _one_line(pledge_run(tmp_path, PLEDGE_BIND="0.0.0.0"))
    assert line.startswith("pledge: PLEDGE_BIND=0.0.0.0 would let other machines in")


def test_a_missing_program_is_one_line(tmp_path: Path) -> None:
    script = (
        "import sysconfig\n"
        "paths = sysconfig.get_path\n"
        "sysconfig.get_path = lambda name: '/nowhere' if name == 'scripts' else paths(name)\n"
        "from cli import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "run"],
        env={**os.environ, "PLEDGE_DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert _one_line(done) == "pledge: the program temporal is missing: remove .venv and run make venv"


def test_a_database_that_is_not_there_is_one_line_for_a_migration() -> None:
    port = free_ports(1)[0]
    done = subprocess.run(
        [sys.executable, "-m", "cli", "migrate"],
        env={**os.environ, "DATABASE_URL": f"postgresql://pledge@127.0.0.1:{port}/pledge"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert _one_line(done).startswith("pledge: cannot reach the database: connection failed")
