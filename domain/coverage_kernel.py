"""The kernel of coverage: open time as sorted UTC intervals of whole seconds, with prefix sums.

It knows neither zones nor weekdays; ``domain.coverage.build`` makes it. Adding a working duration and
measuring one are two bisections each, so that a workflow may ask as often as it likes.

Every interval is half open: its start is open, its end is not. An instant is an aware datetime, or an int of
seconds since 1970-01-01T00:00:00Z; a fraction of a second is dropped, so compare due instants with instants
cut the same way.
"""

import hashlib
import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from operator import lt, sub

Instant = datetime | int
"""An aware datetime, or whole seconds since 1970-01-01T00:00:00Z."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class CoverageError(ValueError):
    """Coverage that cannot be made, such as one without any open time."""


class CoverageEndsError(CoverageError):
    """The answer lies outside of the days for which the coverage was built."""


class _PrefixSums:
    # A slot outside of the dataclass, so no part of equality, of the digest or of what is serialised.
    __slots__ = ("_open_before",)
    _open_before: tuple[int, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Coverage(_PrefixSums):
    """Open time between the instants ``since`` and ``until``, in seconds since 1970-01-01T00:00:00Z.

    ``starts[i]`` to ``ends[i]`` is open; intervals are sorted and never touch. Outside of ``since`` and
    ``until`` nothing is known: a question that reaches there raises CoverageEndsError. ``version`` rises when
    a holiday or an exception is added later. Raises CoverageError when made without open time or out of
    order.
    """

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    since: int
    until: int
    version: int = 1

    def __post_init__(self) -> None:
        if not self.starts:
            raise CoverageError("coverage without any open time: no clock could ever run in it")
        if len(self.starts) != len(self.ends):
            raise CoverageError(f"coverage with {len(self.starts)} starts and {len(self.ends)} ends")
        if not (all(map(lt, self.starts, self.ends)) and all(map(lt, self.ends, self.starts[1:]))):
            raise CoverageError("coverage intervals must be sorted and must not touch")
        if self.starts[0] < self.since or self.ends[-1] > self.until:
            raise CoverageError("coverage intervals reach outside of its own range")
        lengths = map(sub, self.ends, self.starts)
        object.__setattr__(self, "_open_before", tuple(accumulate(lengths, initial=0)))

    def __reduce__(self) -> tuple[type["Coverage"], tuple[object, ...]]:
        return Coverage, (self.starts, self.ends, self.since, self.until, self.version)

    def __repr__(self) -> str:
        known = f"{_text(self.since)} to {_text(self.until)}"
        return f"Coverage({len(self.starts)} intervals, {known}, version {self.version})"

    def add(self, instant: Instant, seconds: int) -> datetime:
        """The UTC instant at which ``seconds`` of open time have passed since ``instant``.

        A start outside hours counts from the next opening. A duration that fills an interval ends at that
        interval's end, not at the next opening. Zero gives ``instant`` itself when open, else the next
        opening. Raises ValueError for negative seconds, CoverageEndsError when the open time does not
        suffice.
        """
        return datetime.fromtimestamp(self.add_epoch(epoch_seconds(instant), seconds), UTC)

    def add_epoch(self, instant: int, seconds: int) -> int:
        """``add`` on seconds since 1970-01-01T00:00:00Z."""
        index = bisect_right(self.ends, instant)
        if seconds < 0:
            raise ValueError(f"cannot add {seconds} seconds of open time; a duration is zero or more")
        if index == len(self.ends) or instant < self.since:
            raise self._outside(instant)
        start = self.starts[index]
        if instant < start:
            instant = start
        if instant + seconds <= self.ends[index]:
            return instant + seconds
        sums = self._open_before
        target = sums[index] + instant - start + seconds
        index = bisect_left(sums, target, index) - 1
        if index == len(self.ends):
            raise CoverageEndsError(
                f"{seconds} s of open time after {_text(instant)} reach past {_text(self.until)}, "
                f"the end of the coverage: it holds {sums[-1] - target + seconds} s from there"
            )
        return self.starts[index] + target - sums[index]

    def between(self, begin: Instant, end: Instant) -> int:
        """Seconds of open time from ``begin`` to ``end``, negative when ``end`` is earlier.

        Raises CoverageEndsError when one of them lies outside of the coverage.
        """
        return self.between_epoch(epoch_seconds(begin), epoch_seconds(end))

    def between_epoch(self, begin: int, end: int) -> int:
        """``between`` on seconds since 1970-01-01T00:00:00Z."""
        since, until, ends, sums = self.since, self.until, self.ends, self._open_before
        if not (since <= begin <= until and since <= end <= until):
            raise self._outside(end if since <= begin <= until else begin)
        index = bisect_right(self.starts, end)
        seconds = sums[index]
        if index and end < ends[index - 1]:
            seconds -= ends[index - 1] - end
        index = bisect_right(self.starts, begin)
        seconds -= sums[index]
        if index and begin < ends[index - 1]:
            seconds += ends[index - 1] - begin
        return seconds

    def is_open(self, instant: Instant) -> bool:
        """Whether clocks run at ``instant``; at the very end of an interval they do not.

        Raises CoverageEndsError outside of the coverage.
        """
        moment = epoch_seconds(instant)
        if not self.since <= moment < self.until:
            raise self._outside(moment)
        index = bisect_right(self.ends, moment)
        return index < len(self.ends) and self.starts[index] <= moment

    def next_open(self, instant: Instant) -> datetime:
        """``instant`` itself when open, else the next opening, in UTC.

        Raises CoverageEndsError when there is none.
        """
        return self.add(instant, 0)

    def contains(self, begin: Instant, end: Instant) -> bool:
        """Whether all of the time from ``begin`` to ``end`` is open, as a slot must be.

        Raises ValueError unless ``begin`` is the earlier, CoverageEndsError outside of the coverage.
        """
        first, last = epoch_seconds(begin), epoch_seconds(end)
        if first >= last:
            raise ValueError(f"{_text(first)} to {_text(last)} is no span of time")
        if first < self.since or last > self.until:
            raise self._outside(first if first < self.since else last)
        index = bisect_right(self.ends, first)
        return index < len(self.ends) and self.starts[index] <= first and last <= self.ends[index]

    def open_spans(self, begin: Instant, end: Instant) -> Iterator[tuple[datetime, datetime]]:
        """The open spans between two instants, clipped to them, in UTC, for drawing.

        Never raises CoverageEndsError: where the coverage knows nothing there is nothing to draw.
        """
        for first, last in self._clipped(epoch_seconds(begin), epoch_seconds(end)):
            yield datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(last, UTC)

    def cut(self, begin: Instant, end: Instant) -> "Coverage":
        """The same coverage for a shorter range, to hand a ticket only the days it can need.

        Raises CoverageEndsError outside of this coverage, CoverageError when nothing is open in between.
        """
        first, last = epoch_seconds(begin), epoch_seconds(end)
        if first < self.since or last > self.until:
            raise self._outside(first if first < self.since else last)
        return merged(self._clipped(first, last), first, last, self.version)

    def digest(self) -> str:
        """SHA-256 in hex of range and intervals, without the version: equal digests give equal due times."""
        content = [self.since, self.until, self.starts, self.ends]
        return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()

    def _clipped(self, begin: int, end: int) -> Iterator[tuple[int, int]]:
        for index in range(bisect_right(self.ends, begin), bisect_left(self.starts, end)):
            yield max(begin, self.starts[index]), min(end, self.ends[index])

    def _outside(self, instant: int) -> CoverageEndsError:
        if instant < self.since:
            return CoverageEndsError(f"{_text(instant)} is before {_text(self.since)}, the coverage's beginning")
        return CoverageEndsError(
            f"nothing is known to be open from {_text(instant)} on: the coverage ends at {_text(self.until)}"
        )


def always(since: Instant, until: Instant, version: int = 1) -> Coverage:
    """Round-the-clock coverage between two instants: one interval."""
    first, last = epoch_seconds(since), epoch_seconds(until)
    return Coverage((first,), (last,), first, last, version)


def intersect(one: Coverage, other: Coverage, version: int = 1) -> Coverage:
    """The time in which both are open, known where both are known.

    Raises CoverageError when there is none.
    """
    since, until = max(one.since, other.since), min(one.until, other.until)
    common = [shared for start, end in zip(one.starts, one.ends, strict=True) for shared in other._clipped(start, end)]
    if not common:
        raise CoverageError("the two coverages have no open time in common")
    return merged(common, since, until, version)


def epoch_seconds(instant: Instant) -> int:
    """Whole seconds since 1970-01-01T00:00:00Z, a fraction dropped. Raises ValueError on a naive datetime."""
    if isinstance(instant, datetime):
        try:
            elapsed = instant - _EPOCH
        except TypeError:
            raise ValueError(f"{instant.isoformat()} has no zone; an instant is an aware datetime") from None
        # Integers all the way, and quicker than timestamp(), which is a float.
        return elapsed.days * 86400 + elapsed.seconds
    if not isinstance(instant, int):
        raise TypeError(f"{instant!r} is no instant: expected an aware datetime or an int of seconds")
    return instant


def merged(spans: Iterable[tuple[int, int]], since: int, until: int, version: int) -> Coverage:
    """Coverage from open spans in any order: clipped to its range, and merged where they touch or overlap.

    Raises CoverageError when nothing remains open.
    """
    starts: list[int] = []
    ends: list[int] = []
    for start, end in sorted((max(start, since), min(end, until)) for start, end in spans):
        if start >= end:
            continue
        if ends and start <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        else:
            starts.append(start)
            ends.append(end)
    return Coverage(tuple(starts), tuple(ends), since, until, version)


def _text(instant: int) -> str:
    try:
        return datetime.fromtimestamp(instant, UTC).isoformat()
    except (ValueError, OverflowError, OSError):  # milliseconds by mistake, say: beyond the year 9999
        return f"{instant} s after 1970"
