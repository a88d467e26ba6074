"""One child process: started in a session of its own, logged to a file, never left behind.

Three nets keep a child from outliving its run: the supervisor stops it; the kernel signals it when the
supervisor is gone (Linux: PR_SET_PDEATHSIG); and the next run finds it by its pid file, which holds the
process's start time too, so that a recycled pid is left alone.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from runtime.problem import Problem, of_the_system

_PR_SET_PDEATHSIG = 1
_LOG_LIMIT_BYTES = 20_000_000
_SAME_START_SECONDS = 1.0
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class Command:
    """A program to start: what it is called in texts and file names, and how it wants to be stopped."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str | None] = field(default_factory=dict)
    """Over the environment of this process; None takes a variable away."""
    folder: Path | None = None
    """Where it runs; None for here."""
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL
    """What it gets when its parent is gone; a program that tidies up quickly may want another one."""


class Child:
    """A running `Command`."""

    def __init__(
        self, command: Command, process: subprocess.Popen[bytes], log: Path, log_start: int, pid_file: Path
    ) -> None:
        self.command = command
        self.log = log
        self._log_start = log_start
        self.started = time.monotonic()
        self._process = process
        self._pid_file = pid_file

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def status(self) -> int | None:
        """The exit status, negative for a signal, or None while it runs."""
        return self._process.poll()

    def tell(self, what: signal.Signals) -> None:
        """Signal the child alone: a server stops its own helpers in its own order."""
        if self.status is None:
            self._process.send_signal(what)

    def kill_group(self) -> None:
        """End the child and whatever it started, at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()

    def forget(self) -> None:
        """The child has ended: its pid file goes."""
        self._pid_file.unlink(missing_ok=True)

    def stop(self, grace_seconds: float) -> None:
        """Ask, wait up to `grace_seconds`, then kill; for callers that may block."""
        self.tell(self.command.stop_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(grace_seconds)
        self.kill_group()
        self.forget()

    def last_words(self) -> str:
        """The most telling of the last lines that this start of it logged, for a message of one line."""
        return last_words(self.log, self._log_start)


def start(command: Command, folder: Path) -> Child:
    """Start `command`; its log is `folder/log/NAME.log`, its pid file `folder/run/NAME.json`.

    Call it from the main thread: the kernel ties the death signal to the thread that starts the child.
    """
    log = folder / "log" / f"{command.name}.log"
    pid_file = folder / "run" / f"{command.name}.json"
    try:
        if log.exists() and log.stat().st_size > _LOG_LIMIT_BYTES:
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as output:
            log_start = output.tell()
            process = subprocess.Popen(
                command.argv,
                env=_environment(command),
                cwd=command.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with(os.getpid(), command.death_signal),
            )
        child = Child(command, process, log, log_start, pid_file)
        try:
            _write_pid_file(pid_file, command, process.pid)
        except BaseException:
            child.kill_group()
            raise
    except FileNotFoundError as error:
        raise Problem(f"cannot start {command.name}: {error.filename} is missing; run make venv") from None
    except OSError as error:
        raise of_the_system(error, f"start {command.name}") from None
    return child


def _environment(command: Command) -> dict[str, str]:
    wanted = {**os.environ, **command.env}
    return {name: value for name, value in wanted.items() if value is not None}


def _die_with(parent: int, death_signal: signal.Signals) -> Callable[[], None] | None:
    if _libc is None:
        return None
    prctl = _libc.prctl

    def hook() -> None:
        prctl(_PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:  # it went before the call above
            os._exit(1)

    return hook


def _write_pid_file(pid_file: Path, command: Command, pid: int) -> None:
    try:
        born = psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:  # it ended already; whoever waits for it will see
        return
    pid_file.write_text(json.dumps({"pid": pid, "born": born, "stop": int(command.stop_signal)}))


def stop_orphans(folder: Path, grace_seconds: float) -> list[str]:
    """Stop what an earlier run left behind and say what it was. Only for the holder of the run's lock."""
    orphans = [(path, found) for path in sorted((folder / "run").glob("*.json")) if (found := _find(path))]
    for _, (process, stop_signal) in orphans:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(stop_signal)
    wait_until_gone([process for _, (process, _) in orphans], grace_seconds)
    for _, (process, _) in orphans:
        with contextlib.suppress(ProcessLookupError):
            # The group outlives its leader while a member does; the id cannot be anyone else's until then.
            os.killpg(process.pid, signal.SIGKILL)
    wait_until_gone([process for _, (process, _) in orphans], grace_seconds)
    for path in (folder / "run").glob("*.json"):
        path.unlink(missing_ok=True)
    return [path.stem for path, _ in orphans]


def wait_until_gone(processes: list[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Wait for processes that need not be our children; those that are still there after `seconds`.

    A zombie is gone: where no one collects it (a container without an init), it would stay for ever.
    """
    deadline = time.monotonic() + seconds
    while left := [each for each in processes if _is_there(each)]:
        if time.monotonic() > deadline:
            break
        time.sleep(0.02)
    return left


def _is_there(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running()) and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _find(pid_file: Path) -> tuple[psutil.Process, int] | None:
    try:
        noted = json.loads(pid_file.read_text())
        process = psutil.Process(noted["pid"])
        same = abs(process.create_time() - noted["born"]) < _SAME_START_SECONDS
        return (process, noted["stop"]) if same and _is_there(process) else None
    except (ValueError, KeyError, TypeError, psutil.NoSuchProcess):
        return None  # a torn file, or a process that is gone


def last_words(log: Path, since: int = 0) -> str:
    """The last line of `log` that speaks of an error, or else its last line; nothing before the byte `since`."""
    try:
        with log.open("rb") as file:
            file.seek(max(since, log.stat().st_size - 8_000))
            text = file.read().decode(errors="replace")
    except OSError:
        return "it wrote no log"
    lines = [line.strip() for line in _COLOUR.sub("", text).splitlines() if line.strip()]
    telling = [line for line in lines if any(word in line for word in ("FATAL", "PANIC", "Error", "error:"))]
    return (telling or lines or ["it wrote nothing"])[-1][:300]
