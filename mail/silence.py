"""A relay that takes connections and says nothing: noticed once, then nobody waits for it until it speaks again.

A relay that refuses a connection costs no time and is asked every time. One that hangs costs everybody the whole
timeout; so after one timeout it is left alone for some seconds, and then asked by one mail at a time.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Silence:
    """Seconds are those of the monotonic clock: this is about the network, never about business time."""

    def __init__(self, patience_seconds: float, rest_seconds: float) -> None:
        self._patience = patience_seconds
        self._rest = rest_seconds
        self._asked_at: dict[object, float] = {}
        self._rests_until: float | None = None

    @property
    def rests(self) -> bool:
        """It was silent, and is left alone; when the rest is over one mail at a time asks it."""
        if self._rests_until is None:
            return False
        return time.monotonic() < self._rests_until or bool(self._asked_at)

    @property
    def is_likely(self) -> bool:
        """It is left alone, or somebody has been waiting for it longer than the patience."""
        now = time.monotonic()
        return self.rests or any(now - since > self._patience for since in self._asked_at.values())

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Around everything that waits for the relay's words."""
        mark = object()
        self._asked_at[mark] = time.monotonic()
        try:
            yield
        finally:
            del self._asked_at[mark]

    def noticed(self) -> None:
        """A timeout: leave it alone for a while."""
        self._rests_until = time.monotonic() + self._rest

    def ended(self) -> None:
        """It has answered."""
        self._rests_until = None
