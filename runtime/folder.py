"""The data folder of a run: made, checked, and held by one run at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runtime.problem import Problem, of_the_system

_NEEDED_BYTES = 300_000_000  # what a first run writes, with room for the servers' journals


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Make `folder` and hold it for the time of the block. Raises `Problem`.

    The hold is a lock of the kernel on an open file, so it ends with this process, however that ends.
    """
    try:
        for each in (folder, folder / "log", folder / "run"):
            each.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / "run.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise of_the_system(error, "use the data folder") from None
    try:
        _take(lock, folder)
        _require_room(folder)
        yield
    finally:
        os.close(lock)


def _take(lock: int, folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(lock, 20).decode() or "?"
        raise Problem(f"another run (process {holder}) works in {folder}; stop it, or set PLEDGE_DATA_DIR") from None
    try:
        os.truncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
    except OSError as error:
        raise of_the_system(error, f"write to the data folder {folder}") from None


def _require_room(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < _NEEDED_BYTES:
        raise Problem(
            f"the disk is full: {free // 1_000_000} MB are free for {folder}, "
            f"and Pledge needs {_NEEDED_BYTES // 1_000_000} MB"
        )
