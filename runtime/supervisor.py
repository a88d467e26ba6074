"""A floor of children after the other: started in order, kept running, stopped in reverse order."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable
from pathlib import Path

from runtime import process
from runtime.problem import Problem
from runtime.process import Child, Command

_GRACE_SECONDS = 12.0
_READY_WITHIN_SECONDS = 90.0
_LAST_BACKOFF_SECONDS = 30.0
_STEADY_SECONDS = 60.0
_GLANCE_SECONDS = 0.05


def say(text: str) -> None:
    """A line for the person at the terminal; one that is closed must not keep us from stopping."""
    with contextlib.suppress(OSError, ValueError):
        print(text, flush=True)


class Supervisor:
    """The children of one run. Use it from the main thread (the kernel ties a child's death signal to it)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._floors: list[dict[str, Child]] = []
        self._in_a_hurry = False
        self._pauses: dict[str, float] = {}
        self._due: dict[str, float] = {}

    def next_floor(self) -> None:
        """What is started from now on needs what was started before, and is stopped before it."""
        self._floors.append({})

    def start(self, command: Command) -> Child:
        """Start a child on the present floor; its name is its alone. Raises `Problem`."""
        assert command.name not in self._floors[-1]
        child = process.start(command, self._folder)
        self._floors[-1][command.name] = child
        return child

    async def ready(self, child: Child, probe: Callable[[], bool]) -> None:
        """Wait until `probe`, which may block for a moment, says yes. Raises `Problem` when a child ends."""
        deadline = time.monotonic() + _READY_WITHIN_SECONDS
        while not await asyncio.to_thread(probe):
            for each in self._children():
                if each.status is not None:
                    raise Problem(f"{each.command.name} did not start: {each.last_words()} (see {each.log})")
            if time.monotonic() > deadline:
                raise Problem(
                    f"{child.command.name} is not ready after {_READY_WITHIN_SECONDS:.0f} s: "
                    f"{child.last_words()} (see {child.log})"
                )
            await asyncio.sleep(_GLANCE_SECONDS)

    async def once(self, command: Command, doing: str) -> None:
        """Run a command to its end, stopped with the others if they stop. Raises `Problem` when it fails."""
        child = process.start(command, self._folder)
        try:
            while child.status is None:
                await asyncio.sleep(_GLANCE_SECONDS)
        finally:
            if child.status is None:
                await self._stop(child)
            child.forget()
        if child.status != 0:
            raise Problem(f"cannot {doing}: {child.last_words()} (see {child.log})")

    async def watch(self) -> None:
        """Start what ends again, after a pause that doubles while it keeps ending. Does not return."""
        while True:
            for floor in self._floors:
                for child in list(floor.values()):
                    if child.status is not None:
                        self._mind(child, floor)
            await asyncio.sleep(_GLANCE_SECONDS)

    def _mind(self, ended: Child, floor: dict[str, Child]) -> None:
        name, now = ended.command.name, time.monotonic()
        if name not in self._due:
            last = 0.0 if now - ended.started > _STEADY_SECONDS else self._pauses.get(name, 0.0)
            self._pauses[name] = pause = min(max(1.0, last * 2), _LAST_BACKOFF_SECONDS)
            self._due[name] = now + pause
            say(f"pledge: {name} ended ({_how(ended.status)}){_why(ended)}; starting it again in {pause:.0f} s")
        elif now >= self._due[name]:
            del self._due[name]
            ended.kill_group()  # what it may have left of itself
            try:
                floor[name] = process.start(ended.command, self._folder)
            except Problem as problem:  # a full disk may pass
                say(f"pledge: {problem}")

    def hurry(self) -> None:
        """Do not wait for the children any longer."""
        self._in_a_hurry = True

    async def stop_all(self) -> None:
        """Stop every child, the last floor first; afterwards none is left."""
        while self._floors:
            await asyncio.gather(*(self._stop(child) for child in self._floors[-1].values()))
            self._floors.pop()

    async def _stop(self, child: Child) -> None:
        child.tell(child.command.stop_signal)
        patience = time.monotonic() + _GRACE_SECONDS
        while child.status is None and time.monotonic() < patience and not self._in_a_hurry:
            await asyncio.sleep(_GLANCE_SECONDS)
        if child.status is None and not self._in_a_hurry:
            say(f"pledge: {child.command.name} does not stop; killing it")
        child.kill_group()
        child.forget()

    def _children(self) -> list[Child]:
        return [child for floor in self._floors for child in floor.values()]


def _why(ended: Child) -> str:
    """Its last words; what is killed has had no time for any, and its last line speaks of something else."""
    return "" if ended.status == -signal.SIGKILL else f": {ended.last_words()}"


def _how(status: int | None) -> str:
    return f"signal {-status}" if status and status < 0 else f"status {status}"
