"""When a new ticket is told of: Stockholm, Monday to Friday 08:00-18:00. 2 March 2026 is a Monday."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain import ticket_acts as acts
from domain.announcing import announced, still_to_announce, to_announce
from domain.coverage import Coverage, CoverageEndsError, DatedException, always
from domain.escalation import StepKind, announcement, next_timer
from domain.ticket import Actor, Ticket
from domain.ticket_clocks import terms_of
from tests.domain.coverage_examples import OFFICE, stockholm_2026, utc
from tests.domain.ticket_examples import DESK, KEY, PLAN, ticket, when


def new(at: str) -> Ticket:
    """Registered then, and still to be told of."""
    return to_announce(ticket(at), utc(at), DESK)


def test_it_is_told_at_once_while_the_desk_is_open_and_else_when_it_opens() -> None:
    assert when(new("2026-03-02 10:00").announce_at) == "02 10:00"
    assert when(new("2026-03-02 06:59:59").announce_at) == "02 07:00"
    assert when(new("2026-03-02 17:00").announce_at) == "03 07:00"  # at the end of its hours the desk is closed
    assert when(new("2026-03-06 20:00").announce_at) == "09 07:00"  # over the weekend


def test_the_opening_is_the_next_step_and_comes_before_what_is_due_with_it() -> None:
    step = next_timer(new("2026-03-02 20:30"), DESK)
    assert step is not None
    assert (when(step.wakes_at), step.kind, step.summary) == (
        "03 07:00",
        StepKind.ANNOUNCE,
        "the desk opens: tell of the new ticket",
    )
    assert min(StepKind) is StepKind.ANNOUNCE


def test_a_ticket_that_nobody_is_to_be_told_of_takes_its_other_steps_only() -> None:
    told = announced(new("2026-03-02 20:30"))
    assert told == ticket("2026-03-02 20:30")
    assert announcement(told) is None
    assert still_to_announce(told, utc("2026-03-02 21:00"), DESK) is told


def test_a_suspension_changes_nothing_of_it() -> None:
    suspended = acts.suspend(new("2026-03-02 20:30"), utc("2026-03-02 21:00"), DESK)
    assert when(still_to_announce(suspended, utc("2026-03-02 21:00"), DESK).announce_at) == "03 07:00"


def test_what_fell_due_while_nobody_was_there_is_told_at_once_also_at_night() -> None:
    late = still_to_announce(new("2026-03-02 20:30"), utc("2026-03-03 22:30"), DESK)
    assert when(late.announce_at) == "03 07:00"


def test_it_goes_by_the_opening_hours_and_the_level_of_now() -> None:
    at_night = utc("2026-03-02 21:00")
    feast = stockholm_2026(OFFICE, exceptions=(DatedException(date(2026, 3, 3)),))
    assert when(still_to_announce(new("2026-03-02 20:30"), at_night, {KEY: feast}).announce_at) == "04 07:00"
    levels = (replace(PLAN.levels[0], coverage="all hours"), *PLAN.levels[1:])
    night_and_day: dict[str, Coverage] = {**DESK, "all hours": always(utc("2026-01-01"), utc("2027-01-01"))}
    raised = replace(new("2026-03-02 20:30"), terms=replace(terms_of(PLAN), levels=levels))
    assert when(still_to_announce(raised, at_night, night_and_day).announce_at) == "02 21:00"


def test_where_nobody_works_on_it_or_nothing_is_owed_it_is_never_told() -> None:
    of, at = new("2026-03-02 20:30"), utc("2026-03-02 21:00")
    cleared = acts.resolve(of, at, DESK, Actor.SYSTEM)
    for gone in (cleared, acts.withdraw(of, at, DESK), acts.release(of, at, DESK), acts.call_off(of, at, DESK)):
        assert still_to_announce(gone, at, DESK).announce_at is None


def test_an_opening_past_the_known_hours_asks_for_more_of_them() -> None:
    short = {KEY: DESK[KEY].cut(utc("2026-03-01 23:00"), utc("2026-03-02 23:00"))}
    with pytest.raises(CoverageEndsError):
        to_announce(ticket("2026-03-02 10:00"), utc("2026-03-02 10:00") + timedelta(hours=12), short)
