"""Uptime: how much of a month the platform was available, from its recorded outages (ombori-6, A16).

Reported, and not enforced unless the plan says so. Percentages are whole parts of 10 000 000, so 9 999 900 is
99.99900 %: no floats.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.coverage_kernel import epoch_seconds
from domain.support import Uptime

PARTS = 10_000_000


@dataclass(frozen=True, slots=True)
class Outage:
    """The platform was down from ``begin`` (UTC) to ``end``; None: it still is. ``key``: the alert's or a person's."""

    key: str
    begin: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Availability:
    """A span's availability.

    ``allowed_seconds``: how long it may have been down by the promise, 26 s in 30 days. ``enforced``: the plan owes it;
    else it is reported only, kept or not (A16).
    """

    begin: datetime
    end: datetime
    down_seconds: int
    total_seconds: int
    parts: int
    kept: bool
    allowed_seconds: int
    clause: str
    enforced: bool

    @property
    def percent_text(self) -> str:
        """``99.99900``: five decimals, so that single seconds of a month are seen."""
        return f"{self.parts // 100_000}.{self.parts % 100_000:05}"


def availability(
    uptime: Uptime, outages: Iterable[Outage], begin: datetime, end: datetime, now: datetime
) -> Availability:
    """The availability from ``begin`` to ``end`` (a local month, in UTC), or until ``now`` in a month that goes on.

    Outages that overlap count once, and only what lies inside; one that goes on counts until ``now``. It is rounded
    to the nearest of five decimals and kept when that is the promise or more, so that 26 s in 30 days keep 99.999 %
    (A16). Raises ValueError when the span has not begun.
    """
    first, last = epoch_seconds(begin), min(epoch_seconds(end), epoch_seconds(now))
    if first >= last:
        raise ValueError(f"{begin.isoformat()} has not passed yet: there is nothing to measure")
    total = last - first
    down = _covered(_clipped(outages, first, last, epoch_seconds(now)))
    parts = _rounded((total - down) * PARTS, total)
    promised = uptime.parts_per_100_000 * (PARTS // 100_000)
    allowed = _rounded(total * (100_000 - uptime.parts_per_100_000), 100_000)
    kept = parts >= promised
    return Availability(begin, min(end, now), down, total, parts, kept, allowed, uptime.clause, uptime.enforced)


def _clipped(outages: Iterable[Outage], first: int, last: int, now: int) -> list[tuple[int, int]]:
    spans = ((epoch_seconds(o.begin), now if o.end is None else epoch_seconds(o.end)) for o in outages)
    return sorted((max(begin, first), min(end, last)) for begin, end in spans if begin < last and end > first)


def _covered(spans: list[tuple[int, int]]) -> int:
    seconds, reached = 0, 0
    for begin, end in spans:
        seconds += max(0, end - max(begin, reached))
        reached = max(reached, end)
    return seconds


def _rounded(numerator: int, denominator: int) -> int:
    """A quotient rounded half up."""
    return (2 * numerator + denominator) // (2 * denominator)
