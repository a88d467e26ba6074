"""One clock: when it is due, warned of and judged; levels, pauses, reopening, other hours."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain import clocks
from domain.clocks import Clock, PauseCause, Verdict
from domain.coverage import CoverageEndsError, DatedException, always
from domain.plan import ClockKind, Level, Target
from tests.domain.coverage_examples import HOUR, OFFICE, stockholm_2026, utc
from tests.domain.ticket_examples import DESK, KEY, MINUTE, RESOLUTION, RESPONSE, UPDATE, level, when

CUSTOMER, SUSPENDED = PauseCause.CUSTOMER, PauseCause.SUSPENDED


def running(at: str, kind: ClockKind = RESPONSE, key: str = "l1") -> Clock:
    return clocks.start(kind, level(key), utc(at), DESK)


def test_a_warning_comes_at_any_share_of_the_open_time() -> None:
    # 8 h from Monday 13:00Z: four hours on Monday until 17:00Z, four on Tuesday from 07:00Z.
    clock = running("2026-03-02 13:00", key="l2")
    assert [when(clocks.share_at(clock, percent, DESK)) for percent in (0, 25, 50, 75, 90, 100)] == [
        "02 13:00",
        "02 15:00",
        "02 17:00",
        "03 09:00",
        "03 10:12",
        "03 11:00",
    ]
    assert when(clock.due) == "03 11:00"


def test_share_nought_of_a_ticket_of_the_night_is_the_next_opening() -> None:
    assert when(clocks.share_at(running("2026-03-02 22:00"), 0, DESK)) == "03 07:00"


def test_an_overrun_is_counted_in_open_time_too() -> None:
    clock = running("2026-03-02 15:30")
    assert when(clock.due) == "02 16:30"
    assert when(clocks.overrun_at(clock, 2 * HOUR, DESK)) == "03 08:30"
    late = clocks.stop(clock, utc("2026-03-03 09:00"), DESK)
    assert (late.verdict, late.overrun_seconds, late.took_seconds) == (Verdict.MISSED, 9000, 12_600)


def test_a_best_effort_target_that_passed_is_an_objective_missed() -> None:
    late = clocks.stop(running("2026-03-02 10:00", key="l4"), utc("2026-03-02 11:30"), DESK)
    assert (late.verdict, late.overrun_seconds) == (Verdict.OBJECTIVE_MISSED, 1800)
    assert [verdict for verdict in Verdict if verdict.late] == [Verdict.MISSED, Verdict.OBJECTIVE_MISSED]


def test_the_due_instant_gives_the_verdict_once_and_the_overrun_grows_until_it_is_done() -> None:
    clock = running("2026-03-02 10:00")
    assert clocks.expire(clock, utc("2026-03-02 10:59")) == clock
    assert clocks.expire(clock, utc("2026-03-02 11:00")) == clock
    missed = clocks.expire(clock, utc("2026-03-02 11:00") + timedelta(seconds=1))
    assert (missed.verdict, missed.running, missed.open) == (Verdict.MISSED, True, False)
    assert clocks.expire(missed, utc("2026-03-02 12:00")) == missed
    assert clocks.overrun_seconds(missed, utc("2026-03-02 11:40"), DESK) == 40 * MINUTE
    done = clocks.stop(missed, utc("2026-03-02 12:00"), DESK)
    assert (done.verdict, done.overrun_seconds, done.took_seconds) == (Verdict.MISSED, HOUR, 2 * HOUR)
    assert clocks.overrun_seconds(done, utc("2026-03-05 12:00"), DESK) == HOUR


def test_a_fraction_of_the_due_second_is_in_time() -> None:
    at = utc("2026-03-02 11:00") + timedelta(milliseconds=900)
    assert clocks.stop(running("2026-03-02 10:00"), at, DESK).verdict is Verdict.MET


def test_a_clock_without_a_target_is_measured_and_never_due() -> None:
    clock = running("2026-03-02 16:00", UPDATE, "l3")
    assert (clock.due, clock.bounds, clock.clause) == (None, (), "x-1")
    assert clocks.remaining_seconds(clock, utc("2026-03-02 16:30"), DESK) is None
    assert (clocks.share_at(clock, 75, DESK), clocks.overrun_at(clock, 60, DESK)) == (None, None)
    assert clocks.expire(clock, utc("2026-03-30 16:00")) == clock
    done = clocks.stop(clock, utc("2026-03-03 08:00"), DESK)
    assert (done.verdict, done.took_seconds, done.overrun_seconds) == (Verdict.MEASURED, 2 * HOUR, 0)


def test_hours_by_the_wall_clock_run_through_the_night_where_the_plan_says_so() -> None:
    wall = Level("w", "Wall", "By the wall", "x-1", KEY, (Target(RESPONSE, 48 * HOUR, "48 h", "x-1", True),))
    clock = clocks.start(RESPONSE, wall, utc("2026-03-06 16:00"), DESK)
    assert when(clock.due) == "08 16:00"
    assert when(clocks.share_at(clock, 50, DESK)) == "07 16:00"
    assert clocks.stop(clock, utc("2026-03-08 17:00"), DESK).overrun_seconds == HOUR


def test_a_raised_level_is_due_at_the_earlier_of_the_old_instant_and_now_with_the_new_target() -> None:
    minor = running("2026-03-02 07:00", key="l3")
    assert when(minor.due) == "03 17:00"
    raised = clocks.raise_level(minor, level("l1"), utc("2026-03-02 12:00"), DESK)
    assert when(raised.due) == "02 13:00"
    late = clocks.raise_level(minor, level("l1"), utc("2026-03-03 16:30"), DESK)
    assert when(late.due) == "03 17:00"  # an hour from then would be Wednesday 07:30Z


def test_a_raised_level_gives_a_target_to_a_clock_that_was_only_measured() -> None:
    update = running("2026-03-02 08:00", UPDATE, "l3")
    raised = clocks.raise_level(update, level("l1"), utc("2026-03-02 09:00"), DESK)
    assert when(raised.due) == "02 11:00"


def test_a_lowered_level_is_due_from_the_registration_with_the_new_target() -> None:
    clock = running("2026-03-02 10:00")
    lowered = clocks.lower_level(clock, level("l2"), utc("2026-03-02 10:30"), DESK)
    assert when(lowered.due) == "03 08:00"
    measured = clocks.lower_level(running("2026-03-02 10:00", UPDATE), level("l3"), utc("2026-03-02 10:30"), DESK)
    assert (measured.due, measured.bounds) == (None, ())


def test_raised_and_lowered_again_is_as_if_it_had_been_low_from_the_start() -> None:
    clock = running("2026-03-02 07:00", key="l3")
    raised = clocks.raise_level(clock, level("l1"), utc("2026-03-02 09:00"), DESK)
    lowered = clocks.lower_level(raised, level("l3"), utc("2026-03-02 09:30"), DESK)
    assert (lowered.due, lowered.bounds) == (clock.due, clock.bounds)


def test_a_verdict_once_given_stays_whatever_the_level_becomes() -> None:
    missed = clocks.expire(running("2026-03-02 10:00"), utc("2026-03-02 11:01"))
    other = level("l3")
    now = utc("2026-03-02 11:30")
    assert clocks.raise_level(missed, other, now, DESK) == missed
    assert clocks.lower_level(missed, other, now, DESK) == missed
    met = clocks.stop(running("2026-03-02 10:00"), utc("2026-03-02 10:10"), DESK)
    assert clocks.raise_level(met, other, now, DESK) == met


def test_a_due_instant_that_passed_while_nobody_looked_is_missed_before_the_level_is_lowered() -> None:
    lowered = clocks.lower_level(running("2026-03-02 10:00"), level("l3"), utc("2026-03-02 11:05"), DESK)
    assert lowered.verdict is Verdict.MISSED


def test_a_pause_is_subtracted_in_working_time_only() -> None:
    clock = running("2026-03-02 13:00", key="l2")  # due Tuesday 11:00Z
    held = clocks.pause(clock, CUSTOMER, utc("2026-03-02 16:00"), DESK)
    assert (held.due, held.paused) == (None, True)
    assert clocks.remaining_seconds(held, utc("2026-03-03 08:00"), DESK) == 5 * HOUR
    gone = clocks.resume(
        held, CUSTOMER, utc("2026-03-03 09:00"), DESK
    )  # an open hour on each side of the night, and one more
    assert (when(gone.due), gone.paused) == ("03 14:00", False)
    assert clocks.elapsed_seconds(gone, utc("2026-03-03 10:00"), DESK) == 4 * HOUR
    assert when(clocks.share_at(gone, 50, DESK)) == "03 10:00"


def test_a_share_that_is_reached_as_a_pause_begins_is_warned_of_then_and_not_after_it() -> None:
    clock = clocks.pause(running("2026-03-02 08:00", key="l2"), CUSTOMER, utc("2026-03-02 12:00"), DESK)
    assert when(clocks.share_at(clock, 50, DESK)) == "02 12:00"
    assert clocks.share_at(clock, 51, DESK) is None


def test_a_pause_over_a_closed_night_changes_nothing() -> None:
    clock = running("2026-03-02 13:00", key="l2")
    held = clocks.pause(clock, CUSTOMER, utc("2026-03-02 18:00"), DESK)
    assert clocks.resume(held, CUSTOMER, utc("2026-03-03 06:00"), DESK).due == clock.due


def test_pauses_of_two_causes_count_once_where_they_overlap() -> None:
    clock = running("2026-03-02 08:00", key="l2")  # due 16:00Z
    clock = clocks.pause(clock, CUSTOMER, utc("2026-03-02 09:00"), DESK)
    clock = clocks.pause(clock, SUSPENDED, utc("2026-03-02 10:00"), DESK)
    assert clocks.pause(clock, SUSPENDED, utc("2026-03-02 10:30"), DESK) == clock
    clock = clocks.resume(clock, CUSTOMER, utc("2026-03-02 11:00"), DESK)
    assert clock.due is None
    clock = clocks.resume(clock, SUSPENDED, utc("2026-03-02 12:00"), DESK)
    assert when(clock.due) == "03 09:00"  # three hours later in open time


def test_what_is_done_while_paused_is_in_time_and_the_pause_is_over() -> None:
    held = clocks.pause(running("2026-03-02 10:00"), CUSTOMER, utc("2026-03-02 10:20"), DESK)
    done = clocks.stop(held, utc("2026-03-04 10:00"), DESK)
    assert (done.verdict, done.took_seconds, done.paused) == (Verdict.MET, 20 * MINUTE, False)


def test_a_clock_that_was_missed_before_the_pause_stays_missed_and_its_overrun_rests() -> None:
    held = clocks.pause(running("2026-03-02 10:00"), CUSTOMER, utc("2026-03-02 11:30"), DESK)
    assert (held.verdict, when(held.due)) == (Verdict.MISSED, "02 11:00")
    gone = clocks.resume(held, CUSTOMER, utc("2026-03-02 14:30"), DESK)
    assert clocks.stop(gone, utc("2026-03-02 15:00"), DESK).overrun_seconds == HOUR


def test_a_clock_that_begins_during_a_pause_counts_from_its_end() -> None:
    clock = clocks.start(UPDATE, level("l1"), utc("2026-03-02 10:00"), DESK, 2, (CUSTOMER,))
    assert (clock.key, clock.due) == ("update-2", None)
    gone = clocks.resume(clock, CUSTOMER, utc("2026-03-02 11:00"), DESK)
    assert when(gone.due) == "02 13:00"
    assert when(clocks.share_at(gone, 0, DESK)) == "02 11:00"


def test_a_reopened_clock_goes_on_without_the_solved_time() -> None:
    clock = running("2026-03-02 08:00", RESOLUTION)  # 8 h: due 16:00Z
    solved = clocks.stop(clock, utc("2026-03-02 14:00"), DESK)
    assert solved.verdict is Verdict.MET
    again = clocks.reopen(solved, utc("2026-03-04 08:00"), DESK)
    assert (again.verdict, when(again.due), again.stopped_at) == (None, "04 10:00", None)
    assert clocks.stop(again, utc("2026-03-04 10:30"), DESK).overrun_seconds == 1800


def test_a_reopened_clock_that_was_missed_stays_missed_and_its_overrun_goes_on() -> None:
    late = clocks.stop(running("2026-03-02 08:00", RESOLUTION), utc("2026-03-02 16:30"), DESK)
    again = clocks.reopen(late, utc("2026-03-04 08:00"), DESK)
    assert (again.verdict, when(again.due)) == (Verdict.MISSED, "02 16:00")
    done = clocks.stop(again, utc("2026-03-04 09:00"), DESK)
    assert (done.verdict, done.overrun_seconds, done.took_seconds) == (Verdict.MISSED, 5400, 34_200)
    assert clocks.reopen(again, utc("2026-03-05 09:00"), DESK) == again


def test_a_holiday_added_later_moves_what_is_still_to_come_and_no_verdict() -> None:
    clock = running("2026-03-02 13:00", key="l2")
    with_holiday = {KEY: stockholm_2026(OFFICE, holidays=(date(2026, 3, 3),))}
    assert when(clocks.move(clock, with_holiday).due) == "04 11:00"
    missed = clocks.expire(clock, utc("2026-03-03 11:01"))
    assert clocks.move(missed, with_holiday) == missed
    met = clocks.stop(clock, utc("2026-03-03 10:00"), DESK)
    assert clocks.move(met, with_holiday) == met


def test_an_exception_added_later_keeps_raised_bounds_and_pauses() -> None:
    clock = clocks.raise_level(running("2026-03-02 07:00", key="l3"), level("l2"), utc("2026-03-02 15:00"), DESK)
    clock = clocks.pause(clock, SUSPENDED, utc("2026-03-02 16:00"), DESK)
    clock = clocks.resume(clock, SUSPENDED, utc("2026-03-03 08:00"), DESK)
    assert when(clock.due) == "03 15:00"  # an hour on Monday, seven from Tuesday 08:00Z
    short = {KEY: stockholm_2026(OFFICE, exceptions=(DatedException(date(2026, 3, 3)),))}
    assert when(clocks.move(clock, short).due) == "04 14:00"


def test_what_ends_before_it_is_due_lapses_and_what_was_late_stays_late() -> None:
    clock = running("2026-03-02 10:00")
    assert clocks.lapse(clock, utc("2026-03-02 10:30"), DESK).verdict is Verdict.LAPSED
    late = clocks.lapse(clock, utc("2026-03-02 11:30"), DESK)
    assert (late.verdict, late.overrun_seconds) == (Verdict.MISSED, 1800)
    measured = clocks.lapse(running("2026-03-02 10:00", UPDATE, "l3"), utc("2026-03-02 11:00"), DESK)
    assert measured.verdict is Verdict.MEASURED


def test_a_stopped_clock_stays_as_it_is() -> None:
    done = clocks.stop(running("2026-03-02 10:00"), utc("2026-03-02 10:30"), DESK)
    later = utc("2026-03-02 15:00")
    assert clocks.stop(done, later, DESK) == done
    assert clocks.lapse(done, later, DESK) == done
    assert clocks.pause(done, CUSTOMER, later, DESK) == done
    assert clocks.expire(done, later) == done


def test_a_due_instant_past_the_end_of_the_coverage_is_refused_and_never_guessed() -> None:
    short = {KEY: always(utc("2026-03-02 00:00"), utc("2026-03-02 12:00"))}
    with pytest.raises(CoverageEndsError):
        clocks.start(RESPONSE, level("l2"), utc("2026-03-02 10:00"), short)


def test_a_level_with_other_hours_is_counted_in_them_and_the_old_promise_in_its_own() -> None:
    round_the_clock = {**DESK, "night": always(utc("2026-01-01 00:00"), utc("2026-12-31 00:00"))}
    nights = replace(level("l1"), coverage="night")
    clock = clocks.start(RESPONSE, level("l3"), utc("2026-03-02 20:00"), round_the_clock)
    raised = clocks.raise_level(clock, nights, utc("2026-03-02 21:00"), round_the_clock)
    assert when(raised.due) == "02 22:00"
    assert clocks.stop(raised, utc("2026-03-02 23:00"), round_the_clock).overrun_seconds == HOUR


def test_what_a_clock_took_is_counted_in_the_hours_of_the_promise_that_governs() -> None:
    round_the_clock = {**DESK, "night": always(utc("2026-01-01 00:00"), utc("2026-12-31 00:00"))}
    slow = replace(level("l3"), coverage="night", targets=(Target(RESPONSE, 300 * HOUR, "as sold", "x-1"),))
    clock = clocks.start(RESPONSE, level("l3"), utc("2026-03-02 16:00"), round_the_clock)
    raised = clocks.raise_level(clock, slow, utc("2026-03-02 16:30"), round_the_clock)
    assert when(raised.due) == "04 16:00"
    # An hour until Monday 17:00Z, and one from Tuesday 07:00Z.
    assert clocks.stop(raised, utc("2026-03-03 08:00"), round_the_clock).took_seconds == 2 * HOUR
