"""The time that counts for a clock: open time less the pauses, measured and added in whole seconds."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from domain.coverage import Coverage
from domain.coverage_kernel import epoch_seconds


class PauseCause(StrEnum):
    CUSTOMER = "customer"  # the customer is waited for, where the plan allows it (A20)
    SUSPENDED = "suspended"  # the contract is suspended: nothing is owed
    SOLVED = "solved"  # between the solution and the reopening


@dataclass(frozen=True, slots=True)
class Pause:
    """Time that does not count, half open; ``end`` None: it goes on."""

    begin: datetime
    cause: PauseCause
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """The time that counts for a clock: its coverage (None: any time, by the wall clock) less the pauses."""

    coverage: Coverage | None
    pauses: tuple[Pause, ...]

    def between(self, begin: datetime, end: datetime) -> int:
        """Seconds that count; 0 when ``end`` is not later."""
        if end <= begin:
            return 0
        counted = self._plain(begin, end)
        for first, last in self._gaps():
            gap_begin, gap_end = max(first, begin), end if last is None else min(last, end)
            if gap_begin < gap_end:
                counted -= self._plain(gap_begin, gap_end)
        return counted

    def add(self, anchor: datetime, seconds: int) -> datetime | None:
        """When that many seconds that count have passed; None when a pause that goes on comes before."""
        cursor, left = anchor, seconds
        for first, last in self._gaps():
            if last is not None and last <= cursor:
                continue
            counted = self._plain(cursor, first) if first > cursor else 0
            if counted >= left > 0 or (left == 0 and self._plus(cursor, 0) < first):
                break
            if last is None:
                return None
            cursor, left = last, left - counted
        return self._plus(cursor, left)

    def _plain(self, begin: datetime, end: datetime) -> int:
        if self.coverage is None:
            return epoch_seconds(end) - epoch_seconds(begin)
        return self.coverage.between(begin, end)

    def _plus(self, begin: datetime, seconds: int) -> datetime:
        if self.coverage is None:
            return datetime.fromtimestamp(epoch_seconds(begin), UTC) + timedelta(seconds=seconds)
        return self.coverage.add(begin, seconds)

    def _gaps(self) -> list[tuple[datetime, datetime | None]]:
        """The pauses in order, with those that overlap or touch made one."""
        gaps: list[tuple[datetime, datetime | None]] = []
        for each in sorted(self.pauses, key=lambda p: p.begin):
            if each.end is not None and each.end <= each.begin:
                continue
            last = gaps[-1][1] if gaps else None
            if not gaps or (last is not None and last < each.begin):
                gaps.append((each.begin, each.end))
            elif last is not None:
                gaps[-1] = (gaps[-1][0], None if each.end is None else max(last, each.end))
        return gaps
