"""What the product does with customers of four habits. Every date and count is worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.happenings import Happening
from simulation.story import broken_chains
from tests.simulation.conftest import Simulate
from tests.simulation.reading import data, event, mails, of_kind, slots, times

CASEY = "casey@customer.example"
ONBOARDING = ["kickoff", "deployment", "training"]
HEALTH_CHECKS = ["health-check-01", "health-check-02", "health-check-03", "health-check-04"]


@pytest.mark.parametrize(
    ("plan", "customer"), [("oura/premium", "silent"), ("oura/pro-lite", "reschedules"), ("oura/pro-lite", "no-show")]
)
def test_whatever_the_customer_does_the_books_are_in_order(simulate: Simulate, plan: str, customer: str) -> None:
    record = simulate(plan, customer)
    ids = [m.message_id for m in record.messages]
    assert record.cost.stage == "ended"
    assert broken_chains(record.facts) == ()
    assert len(ids) == len(set(ids))
    assert record.refused == ()


def test_a_silent_customer_is_nudged_twice_and_reminded_twice(simulate: Simulate) -> None:
    record = simulate("oura/premium", "silent")
    # Invited on 3 February at 09:00 for Tuesday the 17th at 10:00; asked again after three and six days.
    assert slots(record, "health-check-01") == ["2026-02-17T15:00"]
    assert times(record, Happening.MEETING_NUDGED, "health-check-01") == ["2026-02-06T14:00", "2026-02-09T14:00"]
    assert times(record, Happening.MEETING_REMINDED, "health-check-01") == ["2026-02-16T15:00", "2026-02-17T14:00"]
    assert [m.recipient for m in mails(record, "nudge", "health-check-01")] == [CASEY, CASEY]
    assert len(of_kind(record, Happening.MEETING_NUDGED)) == 2 * 12
    assert of_kind(record, Happening.MEETING_ANSWERED) == []


def test_a_meeting_two_days_away_is_not_nudged_about(simulate: Simulate) -> None:
    record = simulate("oura/premium", "silent")
    assert times(record, Happening.MEETING_NUDGED, "kickoff") == []
    assert times(record, Happening.MEETING_REMINDED, "kickoff") == ["2026-02-01T14:00", "2026-02-02T13:00"]


def test_without_approval_nothing_beyond_the_package_is_booked(simulate: Simulate) -> None:
    record = simulate("oura/premium", "silent")
    assert len(mails(record, "overage-request", "training", CASEY)) == 1
    assert of_kind(record, Happening.OVERAGE_APPROVED) == []
    assert slots(record, "training") == []
    assert of_kind(record, Happening.CHARGED) == []
    assert times(record, Happening.ITEM_LATE, "training") == ["2026-03-17T04:00"]  # 24:00 of day 45
    assert times(record, Happening.ITEM_DROPPED, "training") == ["2027-01-31T05:00"]
    assert record.cost.meetings_held == 2 + 12


def test_a_rescheduled_meeting_takes_a_later_slot_with_the_same_host(simulate: Simulate) -> None:
    record = simulate("oura/pro-lite", "reschedules")
    assert slots(record, "kickoff") == ["2026-02-02T14:00", "2026-02-03T14:00"]
    assert slots(record, "deployment") == ["2026-02-04T15:30", "2026-02-05T15:30"]
    assert slots(record, "health-check-01") == ["2026-03-16T14:00", "2026-03-17T14:00"]
    moved = of_kind(record, Happening.MEETING_MOVED)
    assert sorted(f.subject for f in moved) == sorted([*ONBOARDING, *HEALTH_CHECKS])
    assert {f.data["by"] for f in moved} == {"the customer"}
    assert {f.data["host"] for f in moved} == {"Customer Success Manager 1"}
    assert record.cost.meetings_held == 7


def test_a_reschedule_keeps_the_uid_and_raises_the_sequence(simulate: Simulate) -> None:
    record = simulate("oura/pro-lite", "reschedules")
    for key in (*ONBOARDING, *HEALTH_CHECKS):
        (first,), (second,) = mails(record, "invitation", key, CASEY), mails(record, "update", key, CASEY)
        before, after = event(first), event(second)
        assert str(before["uid"]) == str(after["uid"])
        assert (int(before["sequence"]), int(after["sequence"])) == (0, 1)
        assert after["dtstart"].dt > before["dtstart"].dt
        assert {a.params["partstat"] for a in after["attendee"]} == {"NEEDS-ACTION"}
        assert str(before["organizer"]) == str(after["organizer"])


def test_an_answer_counts_for_the_sequence_that_it_answers(simulate: Simulate) -> None:
    record = simulate("oura/pro-lite", "reschedules")
    answers = of_kind(record, Happening.MEETING_ANSWERED)
    assert {(f.data["sequence"], f.data["answer"], f.data["email"]) for f in answers} == {(1, "accepted", CASEY)}
    assert len(answers) == 7


def test_a_missed_meeting_is_offered_again_a_day_later_and_held(simulate: Simulate) -> None:
    record = simulate("oura/pro-lite", "no-show")
    assert slots(record, "kickoff") == ["2026-02-02T14:00", "2026-02-03T15:30"]
    assert times(record, Happening.MEETING_NO_SHOW, "kickoff") == ["2026-02-02T15:15"]
    # Recorded a moment after 15:00, so a day's notice ends in the half hour before 15:30.
    assert slots(record, "health-check-01") == ["2026-03-16T14:00", "2026-03-17T15:30"]
    assert data(record, Happening.MEETING_NO_SHOW, "offered_again") == [True] * 7
    assert record.cost.meetings_held == 7


def test_a_missed_meeting_debits_nothing(simulate: Simulate) -> None:
    record = simulate("oura/pro-lite", "no-show")
    assert data(record, Happening.HOURS_DEBITED, "minutes") == [60, 60, 0]
    assert data(record, Happening.HOURS_DEBITED, "overage_minutes") == [0, 0, 60]
    assert data(record, Happening.CHARGED, "amount") == [22_000]


SCRIPT = """
outcome_after_minutes: 0
meetings:
  kickoff: {held_percent: 75}
  deployment: {held_percent: 50, answer: tentative}
  health-check-01: {answer: declined}
  health-check-02: {no_shows: 2}
  health-check-03: {records_outcome: false}
"""


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("scripts") / "mixed.yaml"
    path.write_text(SCRIPT)
    return str(path)


def test_minutes_that_were_not_needed_stay_in_the_package(simulate: Simulate, script: str) -> None:
    record = simulate("oura/pro-lite", script)
    # 45 and 30 of 120 minutes are used, so 45 are left, and the training's hour goes 15 minutes beyond them.
    assert data(record, Happening.HOURS_DEBITED, "minutes") == [45, 30, 45]
    assert data(record, Happening.OVERAGE_ASKED, "minutes") == [15]
    assert data(record, Happening.HOURS_DEBITED, "overage_minutes") == [0, 0, 15]
    assert data(record, Happening.CHARGED, "amount") == [5_500]


def test_who_declines_three_times_gets_a_call_and_no_fourth_time(simulate: Simulate, script: str) -> None:
    record = simulate("oura/pro-lite", script)
    assert len(slots(record, "health-check-01")) == 3
    assert [str(f.data["task"]) for f in of_kind(record, Happening.TASK_OPENED, "health-check-01")] == [
        "declined/health-check-01",
    ]
    assert [m.recipient for m in mails(record, "task", "health-check-01")] == ["csm.1@vendor.example"]
    # The CSM has called two hours after the task came, and nobody is reminded of what nobody comes to.
    (cancelled,) = of_kind(record, Happening.MEETING_CANCELLED, "health-check-01")
    (task,) = of_kind(record, Happening.TASK_OPENED, "health-check-01")
    assert (cancelled.data["by"], (cancelled.at - task.at).total_seconds() // 60) == ("the CSM", 120)
    assert of_kind(record, Happening.MEETING_REMINDED, "health-check-01") == []
    assert of_kind(record, Happening.OUTCOME_ASKED, "health-check-01") == []
    assert data(record, Happening.TASK_DONE, "task").count("declined/health-check-01") == 1


def test_a_meeting_is_offered_again_once_only(simulate: Simulate, script: str) -> None:
    record = simulate("oura/pro-lite", script)
    misses = of_kind(record, Happening.MEETING_NO_SHOW, "health-check-02")
    assert [f.data["offered_again"] for f in misses] == [True, False]
    assert of_kind(record, Happening.MEETING_HELD, "health-check-02") == []


def test_an_outcome_that_nobody_records_is_asked_for_six_times_and_lapses(simulate: Simulate, script: str) -> None:
    record = simulate("oura/pro-lite", script)
    # Held on Tuesday 15 September from 10:00 to 10:45: asked at 11:15, after a day, three days, a week, then weekly.
    assert times(record, Happening.OUTCOME_ASKED, "health-check-03") == [
        "2026-09-15T15:15", "2026-09-16T15:15", "2026-09-19T15:15",
        "2026-09-26T15:15", "2026-10-03T15:15", "2026-10-10T15:15",
    ]  # fmt: skip
    assert times(record, Happening.MEETING_LAPSED, "health-check-03") == ["2027-02-14T05:00"]
    assert record.cost.meetings_held == 3 + 1
