"""The ledger of hours: what each step does to each balance, and that no minute is ever lost or made."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from domain.hours import Debit, EntryKind, Ledger, LedgerError, Shortfall, opened, overrun_of_listed_meetings
from tests.domain.packages import PLANS

AT = datetime(2026, 2, 3, 14, tzinfo=UTC)
LATER = datetime(2026, 5, 1, 4, tzinfo=UTC)


def balances(ledger: Ledger) -> tuple[int, int, int, int]:
    """Left, reserved, used, lapsed."""
    return ledger.left, ledger.reserved, ledger.used, ledger.lapsed


def reserved(ledger: Ledger, key: str, minutes: int) -> Ledger:
    after = ledger.reserve(key, minutes, AT)
    assert isinstance(after, Ledger)
    return after


def test_a_booking_reserves_and_the_meeting_debits_what_it_took() -> None:
    booked = reserved(Ledger(120), "kickoff", 60)
    assert balances(booked) == (60, 60, 0, 0)
    held, debit = booked.debit("kickoff", 45, AT)
    assert balances(held) == (75, 0, 45, 0)
    assert debit == Debit(minutes_from_package=45, overage_minutes=0, unapproved_minutes=0)


def test_a_meeting_that_took_longer_draws_on_what_is_left() -> None:
    held, debit = reserved(Ledger(120), "kickoff", 60).debit("kickoff", 80, AT)
    assert balances(held) == (40, 0, 80, 0)
    assert debit == Debit(80, 0, 0)


def test_the_third_hour_of_two_is_a_shortfall_until_the_customer_approves() -> None:
    two = reserved(reserved(Ledger(120), "kickoff", 60), "deployment", 60)
    assert two.reserve("training", 60, AT) == Shortfall("training", minutes_over=60, left=0)
    approved = two.approve_overage("training", 60, AT)
    assert balances(approved) == (0, 120, 0, 0)
    booked = reserved(approved, "training", 60)
    assert balances(booked) == (0, 120, 0, 0)
    held, debit = booked.debit("training", 70, AT)
    assert debit == Debit(minutes_from_package=0, overage_minutes=60, unapproved_minutes=10)
    assert (balances(held), held.overage) == ((0, 120, 0, 0), 60)


def test_a_meeting_takes_the_package_first_and_only_the_rest_beyond_it() -> None:
    one = reserved(Ledger(120), "kickoff", 90)
    assert one.reserve("training", 60, AT) == Shortfall("training", 30, 30)
    booked = reserved(one.approve_overage("training", 30, AT), "training", 60)
    assert balances(booked) == (0, 120, 0, 0)
    held, debit = booked.debit("training", 40, AT)
    assert debit == Debit(30, 10, 0)
    assert balances(held) == (0, 90, 30, 0)


def test_an_approval_that_is_too_small_leaves_a_shortfall() -> None:
    ledger = Ledger(0).approve_overage("training", 30, AT)
    assert ledger.reserve("training", 60, AT) == Shortfall("training", 30, 0)


def test_an_approval_counts_for_its_own_meeting_only() -> None:
    ledger = Ledger(0).approve_overage("training", 60, AT)
    assert ledger.reserve("another", 60, AT) == Shortfall("another", 60, 0)


def test_overage_gives_way_when_hours_have_become_free() -> None:
    ledger = reserved(Ledger(60), "kickoff", 60).approve_overage("training", 60, AT)
    booked = reserved(ledger, "training", 60)
    held, debit = booked.release("kickoff", AT).debit("training", 60, AT)
    assert debit == Debit(60, 0, 0)
    assert balances(held) == (0, 0, 60, 0)


def test_a_cancelled_meeting_gives_its_minutes_back_once() -> None:
    booked = reserved(Ledger(120), "kickoff", 60)
    freed = booked.release("kickoff", AT)
    assert balances(freed) == (120, 0, 0, 0)
    assert freed.release("kickoff", AT) is freed
    assert freed.release("never-booked", AT) is freed


def test_an_approval_outlives_a_release_for_the_next_date() -> None:
    booked = reserved(Ledger(0).approve_overage("training", 60, AT), "training", 60)
    again = booked.release("training", AT)
    assert isinstance(again.reserve("training", 60, AT), Ledger)


def test_reserving_again_replaces_the_figure_and_the_same_figure_changes_nothing() -> None:
    booked = reserved(Ledger(120), "kickoff", 60)
    assert reserved(booked, "kickoff", 60) is booked
    assert balances(reserved(booked, "kickoff", 90)) == (30, 90, 0, 0)
    assert balances(reserved(booked, "kickoff", 120)) == (0, 120, 0, 0)
    assert booked.reserve("kickoff", 121, AT) == Shortfall("kickoff", 1, 60)


def test_a_meeting_is_debited_once() -> None:
    held, _ = reserved(Ledger(120), "kickoff", 60).debit("kickoff", 60, AT)
    assert held.is_debited("kickoff")
    for step in (
        lambda: held.debit("kickoff", 60, AT),
        lambda: held.reserve("kickoff", 60, AT),
        lambda: held.approve_overage("kickoff", 60, AT),
    ):
        with pytest.raises(LedgerError, match="kickoff was debited before"):
            step()
    assert held.release("kickoff", AT) is held


def test_a_meeting_that_was_never_reserved_draws_on_what_is_left() -> None:
    held, debit = Ledger(30).debit("spontaneous", 45, AT)
    assert debit == Debit(30, 0, 15)
    assert balances(held) == (0, 0, 30, 0)


def test_a_no_show_debits_nothing() -> None:
    held, debit = reserved(Ledger(120), "kickoff", 60).debit("kickoff", 0, AT)
    assert (balances(held), debit) == ((120, 0, 0, 0), Debit(0, 0, 0))


@pytest.mark.parametrize("minutes", [0, -1])
def test_lengths_that_are_none_are_refused(minutes: int) -> None:
    with pytest.raises(LedgerError, match="cannot reserve"):
        Ledger(120).reserve("kickoff", minutes, AT)
    with pytest.raises(LedgerError):
        Ledger(120).debit("kickoff", -1, AT)
    with pytest.raises(LedgerError):
        Ledger(120).approve_overage("kickoff", -1, AT)
    with pytest.raises(LedgerError):
        Ledger(120).regrant(-1, None, AT)
    with pytest.raises(LedgerError, match="below zero"):
        Ledger(-1)


def test_an_approval_cannot_shrink_below_what_is_booked() -> None:
    booked = reserved(Ledger(0).approve_overage("training", 60, AT), "training", 60)
    with pytest.raises(LedgerError, match="below what it holds"):
        booked.approve_overage("training", 30, AT)
    assert booked.approve_overage("training", 60, AT) is booked
    assert booked.approve_overage("training", 90, AT).approved("training") == 90


def test_what_is_left_lapses_when_the_window_closes() -> None:
    held, _ = reserved(Ledger(240, "first-90-days"), "kickoff", 60).debit("kickoff", 60, AT)
    closed, lapsed = held.lapse(LATER)
    assert lapsed == 180
    assert balances(closed) == (0, 0, 60, 180)
    assert closed.lapse(LATER) == (closed, 0)
    assert closed.reserve("training", 60, LATER) == Shortfall("training", 60, 0)


def test_a_meeting_without_an_outcome_keeps_its_minutes_past_the_window() -> None:
    booked = reserved(Ledger(240, "first-90-days"), "training", 60)
    closed, lapsed = booked.lapse(LATER)
    assert (lapsed, balances(closed)) == (180, (0, 60, 0, 180))
    held, debit = closed.debit("training", 50, LATER)
    assert debit == Debit(50, 0, 0, lapsed_minutes=10)
    assert balances(held) == (0, 0, 50, 190)
    longer, debit = closed.debit("training", 75, LATER)
    assert debit == Debit(60, 0, 15)
    assert balances(longer) == (0, 0, 60, 180)
    assert balances(closed.release("training", LATER)) == (0, 0, 0, 240)


def test_a_shorter_booking_after_the_window_lets_the_rest_lapse() -> None:
    closed, _ = reserved(Ledger(240, "first-90-days"), "training", 60).lapse(LATER)
    assert balances(reserved(closed, "training", 45)) == (0, 45, 0, 195)
    assert closed.reserve("training", 75, LATER) == Shortfall("training", 15, 0)


def test_after_the_window_only_approved_overage_can_be_booked() -> None:
    closed, _ = Ledger(240, "first-90-days").lapse(LATER)
    booked = reserved(closed.approve_overage("training", 60, LATER), "training", 60)
    held, debit = booked.debit("training", 60, LATER)
    assert debit == Debit(0, 60, 0)
    assert balances(held) == (0, 0, 0, 240)


def test_an_amended_plan_grants_anew_less_what_is_used_and_reserved() -> None:
    held, _ = reserved(reserved(Ledger(240, "first-90-days"), "kickoff", 60), "training", 60).debit("kickoff", 60, AT)
    closed, _ = held.lapse(LATER)
    amended = closed.regrant(150, None, LATER)
    assert balances(amended) == (30, 60, 60, 0)
    assert (amended.window_key, amended.closed) == (None, False)
    assert balances(closed.regrant(30, None, LATER)) == (0, 60, 60, 0)


def test_each_step_is_one_line_of_the_ledger() -> None:
    booked = reserved(Ledger(120), "kickoff", 60).release("kickoff", AT)
    held, _ = reserved(booked, "kickoff", 30).debit("kickoff", 30, AT)
    closed, _ = held.lapse(LATER)
    assert [(e.kind, e.key, e.minutes) for e in closed.entries] == [
        (EntryKind.RESERVED, "kickoff", 60),
        (EntryKind.RELEASED, "kickoff", 60),
        (EntryKind.RESERVED, "kickoff", 30),
        (EntryKind.DEBITED, "kickoff", 30),
        (EntryKind.LAPSED, "", 90),
    ]


def test_a_ledger_survives_being_written_as_json() -> None:
    booked = reserved(Ledger(60, "first-90-days").approve_overage("training", 60, AT), "training", 90)
    codec = TypeAdapter(Ledger)
    assert codec.validate_json(codec.dump_json(booked)) == booked


def test_a_package_opens_with_its_hours_and_its_window() -> None:
    assert opened(PLANS["oura/launch-kit"]) == Ledger(240, "first-90-days")
    assert opened(PLANS["oura/premium"]) == Ledger(120)
    assert opened(PLANS["caret/tam"]) == Ledger(0)


@pytest.mark.parametrize(
    ("package", "minutes"),
    [("oura/launch-kit", 0), ("oura/pro-lite", 60), ("oura/premium", 60), ("caret/tam", 0)],
)
def test_three_meetings_of_an_hour_exceed_two_hours_by_one(package: str, minutes: int) -> None:
    assert overrun_of_listed_meetings(PLANS[package]) == minutes


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["reserve", "approve", "release", "debit", "lapse", "regrant"]),
        st.sampled_from("abcde"),
        st.integers(0, 150),
    ),
    max_size=30,
)


@given(st.integers(0, 400), STEPS)
def test_no_minute_is_lost_or_made(granted: int, steps: list[tuple[str, str, int]]) -> None:
    """Beside the ledger a plain count of the lines that it says it wrote."""
    ledger = Ledger(granted)
    delivered = covered = 0
    for step, key, minutes in steps:
        try:
            if step == "reserve":
                after = ledger.reserve(key, minutes, AT)
                ledger = after if isinstance(after, Ledger) else ledger
            elif step == "approve":
                ledger = ledger.approve_overage(key, minutes, AT)
            elif step == "release":
                ledger = ledger.release(key, AT)
            elif step == "debit":
                ledger, debit = ledger.debit(key, minutes, AT)
                delivered += minutes
                covered += debit.minutes_from_package + debit.overage_minutes + debit.unapproved_minutes
            elif step == "lapse":
                ledger, _ = ledger.lapse(AT)
            else:
                ledger = ledger.regrant(minutes, None, AT)
        except LedgerError:
            continue
        assert delivered == covered
        assert min(balances(ledger)) >= 0
        assert sum(balances(ledger)) == ledger.granted
        written = [entry for entry in ledger.entries if entry.kind is EntryKind.DEBITED]
        assert sum(entry.minutes for entry in written) == ledger.used
        flow = {EntryKind.RESERVED: 1, EntryKind.RELEASED: -1}
        held_now = sum(flow.get(e.kind, 0) * e.minutes for e in ledger.entries)
        debited = {entry.key for entry in written}
        still_open = [e for e in ledger.entries if e.key not in debited]
        assert sum(flow.get(e.kind, 0) * e.minutes for e in still_open) == ledger.reserved
        assert held_now >= ledger.reserved
        assert not ledger.closed or ledger.left == 0
        for reservation in ledger.reservations:
            assert reservation.overage_minutes <= ledger.approved(reservation.key)
