"""Signs of life: while an activity runs it tells Temporal so, and a worker that dies in it is noticed soon."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from temporalio import activity

P = ParamSpec("P")
R = TypeVar("R")

BEAT_SECONDS = 3.0
"""Three of them fit into `activities.calls.NOTICED_AFTER`. What is over before the first one costs nothing."""


def beating(run: Callable[P, Awaitable[R]], every: float = BEAT_SECONDS) -> Callable[P, Awaitable[R]]:
    """An async activity that gives a sign of life every few seconds, whatever it waits for.

    Only so does a cancellation reach it: it is raised where the activity waits, as asyncio does.
    """

    @wraps(run)
    async def alive(*args: P.args, **kwargs: P.kwargs) -> R:
        pulse = _Pulse(every)
        try:
            return await run(*args, **kwargs)
        finally:
            pulse.stop()

    return alive


class _Pulse:
    """A timer of the loop and no task: nearly every activity is over long before it is due."""

    def __init__(self, every: float) -> None:
        self._every = every
        self._next = asyncio.get_running_loop().call_later(every, self._beat)

    def stop(self) -> None:
        self._next.cancel()

    def _beat(self) -> None:
        activity.heartbeat()
        self._next = asyncio.get_running_loop().call_later(self._every, self._beat)
