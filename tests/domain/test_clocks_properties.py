"""What holds for every clock, whatever happens to it: over two weeks in which Stockholm's clocks change."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain import clocks
from domain.clocks import Clock, PauseCause, Verdict
from domain.plan import ClockKind, Level, Target
from tests.domain.ticket_examples import DESK, KEY

MONDAY = datetime(2026, 3, 23, tzinfo=UTC)  # the clocks go forward on the Sunday after it
MINUTE = timedelta(minutes=1)
COVERAGE = DESK[KEY]

minutes = st.integers(0, 14 * 24 * 60)
instants = minutes.map(lambda minute: MONDAY + minute * MINUTE)
lengths = st.integers(1, 60 * 60) | st.sampled_from([30, 60, 240, 480, 2880, 3000])
"""Targets in minutes."""

gaps = st.lists(st.tuples(minutes, st.integers(0, 4000), st.sampled_from(list(PauseCause))), max_size=4)


def level(target_minutes: int) -> Level:
    target = Target(ClockKind.RESPONSE, target_minutes * 60, "as sold", "x-1")
    return Level("l", "Level", "Means", "x-1", KEY, (target,))


def started(at: datetime, target_minutes: int) -> Clock:
    return clocks.start(ClockKind.RESPONSE, level(target_minutes), at, DESK)


def due(clock: Clock) -> datetime:
    assert clock.due is not None
    return clock.due


def held(clock: Clock, pauses: list[tuple[int, int, PauseCause]]) -> Clock:
    """The clock after these pauses, as far as each begins after the start and before the clock was due."""
    for begin, length, cause in sorted(pauses):
        first = MONDAY + begin * MINUTE
        if first >= clock.started_at and clock.open and first < due(clock):
            clock = clocks.pause(clock, cause, first, DESK)
            clock = clocks.resume(clock, cause, first + length * MINUTE, DESK)
    return clock


def counted(clock: Clock, until: datetime) -> int:
    """Seconds that count, by a look at each minute."""
    seconds, at = 0, clock.started_at
    while at < until:
        resting = any(p.end is not None and p.begin <= at < p.end for p in clock.pauses)
        seconds += 60 * (COVERAGE.is_open(at) and not resting)
        at += MINUTE
    return seconds


@settings(max_examples=60, deadline=None)
@given(instants, instants, lengths)
def test_who_registers_later_is_not_due_earlier(one: datetime, other: datetime, length: int) -> None:
    first, second = sorted((one, other))
    assert due(started(first, length)) <= due(started(second, length))


@settings(max_examples=60, deadline=None)
@given(instants, lengths, lengths)
def test_a_longer_target_is_not_due_earlier(at: datetime, one: int, other: int) -> None:
    short, long = sorted((one, other))
    assert due(started(at, short)) <= due(started(at, long))


@settings(max_examples=60, deadline=None)
@given(instants, lengths, gaps)
def test_until_the_due_instant_exactly_the_target_is_counted(
    at: datetime, length: int, pauses: list[tuple[int, int, PauseCause]]
) -> None:
    clock = held(started(at, length), pauses)
    assert counted(clock, due(clock)) == length * 60
    assert clocks.elapsed_seconds(clock, due(clock), DESK) == length * 60
    assert clocks.remaining_seconds(clock, due(clock), DESK) == 0


@settings(max_examples=60, deadline=None)
@given(instants, lengths, gaps)
def test_a_pause_never_makes_a_clock_due_earlier(
    at: datetime, length: int, pauses: list[tuple[int, int, PauseCause]]
) -> None:
    clock = started(at, length)
    assert due(held(clock, pauses)) >= due(clock)


@settings(max_examples=100, deadline=None)
@given(instants, lengths, lengths, st.integers(0, 3000))
def test_raising_gives_the_earlier_of_two_instants_and_never_one_that_has_passed(
    at: datetime, old: int, new: int, later: int
) -> None:
    clock, now = started(at, old), at + later * MINUTE
    raised = clocks.raise_level(clock, level(new), now, DESK)
    if now > due(clock):  # in its very second it can still be kept
        assert (raised.verdict, raised.due) == (Verdict.MISSED, clock.due)
    else:
        assert raised.due == min(due(clock), due(started(now, new)))
        assert due(raised) >= now


@settings(max_examples=60, deadline=None)
@given(instants, lengths, lengths, st.integers(0, 600))
def test_lowering_forgets_every_earlier_bound(at: datetime, old: int, new: int, later: int) -> None:
    clock, now = started(at, old), at + later * MINUTE
    raised = clocks.raise_level(clock, level(max(1, old // 2)), now, DESK)
    lowered = clocks.lower_level(raised, level(new), now, DESK)
    if raised.open:
        assert due(lowered) == due(started(at, new))


@settings(max_examples=60, deadline=None)
@given(instants, lengths, st.lists(st.integers(0, 100), min_size=2, max_size=5))
def test_warnings_come_in_the_order_of_their_shares_and_not_after_the_due_instant(
    at: datetime, length: int, shares: list[int]
) -> None:
    clock = started(at, length)
    moments = [clocks.share_at(clock, share, DESK) for share in sorted(shares)]
    known = [moment for moment in moments if moment is not None]
    assert len(known) == len(shares)
    assert known == sorted(known)
    assert at <= known[0] <= known[-1] <= due(clock)


@settings(max_examples=60, deadline=None)
@given(instants, lengths, st.integers(0, 6000), gaps)
def test_a_clock_is_met_exactly_when_it_was_stopped_by_its_due_instant(
    at: datetime, length: int, later: int, pauses: list[tuple[int, int, PauseCause]]
) -> None:
    clock = held(started(at, length), pauses)
    last = max((p.end for p in clock.pauses if p.end is not None), default=at)
    end = max(last, at) + later * MINUTE
    done = clocks.stop(clock, end, DESK)
    assert (done.verdict is Verdict.MET) == (end <= due(clock))
    assert done.took_seconds == counted(clock, end)
    assert done.overrun_seconds == max(0, counted(clock, end) - length * 60)


@settings(max_examples=40, deadline=None)
@given(instants, lengths, gaps)
def test_the_same_coverage_again_moves_nothing(
    at: datetime, length: int, pauses: list[tuple[int, int, PauseCause]]
) -> None:
    clock = held(started(at, length), pauses)
    assert clocks.move(clock, DESK) == clock


@settings(max_examples=40, deadline=None)
@given(instants, lengths, st.integers(0, 3000), st.integers(0, 5000))
def test_solved_time_counts_for_nothing(at: datetime, length: int, solved_after: int, solved_for: int) -> None:
    clock = started(at, length)
    solved = clocks.stop(clock, at + solved_after * MINUTE, DESK)
    again = clocks.reopen(solved, at + (solved_after + solved_for) * MINUTE, DESK)
    before = counted(clock, at + solved_after * MINUTE)
    assert clocks.elapsed_seconds(again, at + (solved_after + solved_for) * MINUTE, DESK) == before
    if again.open:
        assert counted(again, due(again)) == length * 60
