"""The open time that is left until a clock is due: as a page says it, and with what its script needs to count on.

The script gets the seconds that are left now and the next openings, so it counts down while the desk is open and
waits while it is closed, as `domain.clocks` does.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.clock_words import seconds_text
from domain.clocks import Clock, Coverages, remaining_seconds
from domain.coverage import Coverage, CoverageEndsError
from domain.coverage_kernel import epoch_seconds

OPENINGS = 10
"""So many openings from now on are handed to the page, which is fetched again long before they are over."""

SOON_PART = 4
"""From the last quarter of the target's time on it is soon: where a plan without a ladder of its own warns."""


@dataclass(frozen=True, slots=True)
class Countdown:
    """``left``: seconds of open time at ``at``, negative when it is over; ``total``: of the whole target.

    ``starts``, ``ends``: the openings from then on, seconds since 1970. ``objective``: a best-effort target (A6).
    ``opens_at``: when the closed desk opens again, None while it is open or where that is not known.
    """

    left: int
    total: int
    at: int
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    zone: str
    objective: bool
    open: bool
    opens_at: datetime | None

    @property
    def near(self) -> str:
        """``late``, ``soon`` or ``ahead``: how it looks."""
        if self.left <= 0:
            return "late"
        return "soon" if self.left * SOON_PART <= self.total else "ahead"

    @property
    def text(self) -> str:
        """``2 h 10 min left``, ``5 min over``; of a best-effort target ``objective in 5 min``, never a breach."""
        length = seconds_text(self.left)
        if self.objective:
            return f"objective in {length}" if self.left > 0 else f"objective missed by {length}"
        return f"{length} left" if self.left > 0 else f"{length} over"

    @property
    def opens_text(self) -> str:
        """``counts again Mon 08:00``; with the day where the opening is not within a week."""
        if self.opens_at is None:
            return ""
        far = self.opens_at - datetime.fromtimestamp(self.at, UTC) > timedelta(days=6)
        form = "%a %-d %b, %H:%M" if far else "%a %H:%M"
        return f"counts again {self.opens_at.astimezone(ZoneInfo(self.zone)):{form}}"


def countdown(clock: Clock, coverages: Coverages, now: datetime, zone: str) -> Countdown | None:
    """None where nothing is counted: no target, stopped, paused, or opening hours that are not known any more."""
    if not clock.bounds or not clock.running or clock.paused:
        return None
    bound, at = clock.bounds[0], epoch_seconds(now)
    try:
        left = remaining_seconds(clock, now, coverages)
        line = None if bound.wall_clock else coverages[bound.coverage]
        starts, ends = ((at,), (at + 10**9,)) if line is None else _openings(line, at)
    except (CoverageEndsError, KeyError):
        return None
    assert left is not None, "a clock with a bound is due some time"
    is_open = bool(starts) and starts[0] <= at
    return Countdown(
        left=left,
        total=bound.seconds,
        at=at,
        starts=starts,
        ends=ends,
        zone=zone,
        objective=bound.best_effort,
        open=is_open,
        opens_at=datetime.fromtimestamp(starts[0], UTC) if starts and not is_open else None,
    )


def _openings(line: Coverage, at: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    first = bisect_right(line.ends, at)
    chosen = slice(first, first + OPENINGS)
    return line.starts[chosen], line.ends[chosen]
