"""A meeting's life in skipped time. The contract begins on Monday 2 February 2026 in Stockholm (UTC+1)."""

from __future__ import annotations

from dataclasses import replace

from domain.coverage import weekly
from domain.meeting import Answer, Outcome
from domain.plan import Role
from tests.workflows.trial import ADA, CECILIA, Trial, contract, member, plan, refusal, utc
from workflows.messages import AnswerInvitation, CancelMeeting, CompleteItem, RecordOutcome, Reschedule

QUIET = plan("oura/premium", touchpoints=())
CSM = "Cecilia"


def held(minutes: int = 60) -> RecordOutcome:
    return RecordOutcome(Outcome.HELD, CSM, minutes, "All is well.")


async def test_a_contract_waits_for_its_start_and_onboarding_goes_in_its_order(trial: Trial) -> None:
    await trial.sign(contract(QUIET))
    await trial.to("2026-02-01 22:00")
    assert [fact.kind for fact in await trial.facts()] == ["contract.signed", "contract.agenda-set", "contact.set"]
    assert await trial.letters() == []
    await trial.to("2026-02-02 12:00")
    assert await trial.letters() == [
        "invitation kickoff ada@acme.example sent",
        "invitation kickoff cecilia@vendor.example sent",
        "welcome  ada@acme.example sent",
    ]
    await trial.to("2026-02-03 10:30")
    await trial.meeting("kickoff").execute_update("record_outcome", held(30))
    await trial.to("2026-02-05 12:00")
    await trial.meeting("deployment").execute_update("record_outcome", held(30))
    await trial.to("2026-02-09 12:00")
    await trial.meeting("training").execute_update("record_outcome", held(30))
    await trial.to("2026-02-10 12:00")
    assert await trial.story(None, "meeting.booked", "meeting.held", "contract.onboarded", "contract.started") == [
        "02-01 23:00 contract.started",
        "02-02 08:00 meeting.booked kickoff",
        "02-03 10:30 meeting.held kickoff",
        "02-03 10:30 meeting.booked deployment",
        "02-05 12:00 meeting.held deployment",
        "02-05 12:00 meeting.booked training",
        "02-09 12:00 meeting.held training",
        "02-09 12:00 contract.onboarded",
    ]


async def test_who_declines_is_offered_another_time_twice_and_is_called_then(trial: Trial) -> None:
    await trial.sign(contract(QUIET))
    await trial.to("2026-02-02 09:00")
    for _ in range(3):
        declined = AnswerInvitation(ADA.email, Answer.DECLINED, "not then")
        await trial.meeting("kickoff").execute_update("answer", declined)
        await trial.to(f"{await trial.now():%Y-%m-%d} {(await trial.now()).hour + 1}:00")
    moves = await trial.facts("kickoff", "meeting.booked", "meeting.moved")
    assert [(fact.data["start"], fact.data["sequence"]) for fact in moves] == [
        ("2026-02-03T08:30:00+00:00", 0),
        ("2026-02-04T08:30:00+00:00", 1),
        ("2026-02-05T08:30:00+00:00", 2),
    ]
    [task] = await trial.facts("kickoff", "task.opened")
    assert (task.data["task"], task.data["title"]) == ("declined/kickoff", "Call Acme about Kick Off Meeting")
    assert task.data["detail"] == "Ada Lindqvist has declined 3 times."
    assert await trial.letters("update", "task") == [
        "task kickoff cecilia@vendor.example sent",
        "update kickoff ada@acme.example sent",
        "update kickoff ada@acme.example sent",
        "update kickoff cecilia@vendor.example sent",
        "update kickoff cecilia@vendor.example sent",
    ]


async def test_while_there_is_no_slot_a_person_is_told_and_it_is_tried_every_day(trial: Trial) -> None:
    await trial.sign(contract(QUIET), member("cecilia", hours=weekly({"sat": "08:00-12:00"})))
    await trial.to("2026-02-04 07:00")
    assert await trial.kinds("kickoff") == [
        "hours.reserved",
        "meeting.opened",
        "meeting.unbookable",
        "task.opened",
    ]
    await trial.hire(CECILIA)
    await trial.to("2026-02-04 09:00")
    assert await trial.story("kickoff", "meeting.booked", "task.done") == [
        "02-04 08:00 meeting.booked kickoff",
        "02-04 08:00 task.done kickoff",
    ]
    assert await trial.letters("task") == ["task kickoff cecilia@vendor.example sent"]


async def test_a_meeting_without_a_slot_lapses_at_its_last_day_and_gives_its_hours_back(trial: Trial) -> None:
    await trial.sign(contract(QUIET), member("cecilia", hours=weekly({"sat": "08:00-12:00"})))
    await trial.to("2026-02-16 12:00")
    assert await trial.story("kickoff", "meeting.lapsed", "hours.released", "task.done") == [
        "02-15 23:00 meeting.lapsed kickoff",
        "02-15 23:00 task.done kickoff",
        "02-15 23:00 hours.released kickoff",
    ]
    assert "meeting.opened" in await trial.kinds("deployment")


async def test_a_no_show_is_offered_again_once(trial: Trial) -> None:
    await trial.sign(contract(QUIET))
    await trial.to("2026-02-03 10:10")
    nobody = RecordOutcome(Outcome.NO_SHOW, CSM, notes="nobody dialled in")
    await trial.meeting("kickoff").execute_update("record_outcome", nobody)
    await trial.to("2026-02-03 11:00")
    assert await refusal(trial.meeting("kickoff").execute_update("record_outcome", held())) == (
        "Refused",
        "the meeting begins at 2026-02-04 10:30 UTC; its outcome can be recorded from then on",
    )
    await trial.to("2026-02-04 11:40")
    await trial.meeting("kickoff").execute_update("record_outcome", nobody)
    await trial.to("2026-02-04 12:00")
    missed = await trial.facts("kickoff", "meeting.no-show")
    assert [fact.data["offered_again"] for fact in missed] == [True, False]
    assert await trial.story("kickoff", "task.opened", "task.done", "hours.released") == [
        "02-03 10:00 task.opened kickoff",
        "02-03 10:10 task.done kickoff",
        "02-04 11:40 hours.released kickoff",
    ]
    assert not await trial.is_running("meeting/acme-2026/kickoff")


async def test_moving_keeps_uid_and_host_and_a_taken_start_is_answered_with_offers(trial: Trial) -> None:
    await trial.sign(contract(QUIET), CECILIA, member("anton"))
    await trial.to("2026-02-02 09:00")
    [booked] = await trial.facts("kickoff", "meeting.booked")
    host = str(booked.data["staff_id"])
    kind, reason = await refusal(
        trial.meeting("kickoff").execute_update("reschedule", Reschedule("ada", start=utc("2026-02-02 08:30")))
    )
    assert (kind, reason) == ("Refused", "start: a meeting can only be moved to a time that lies ahead")
    moved = await trial.meeting("kickoff").execute_update(
        "reschedule", Reschedule("ada", "a train strike", utc("2026-02-06 12:00"))
    )
    assert (moved["start"], moved["sequence"]) == ("2026-02-06T12:00:00Z", 1)
    [move] = await trial.facts("kickoff", "meeting.moved")
    assert (move.data["uid"], move.data["token"]) == (booked.data["uid"], booked.data["token"])
    assert (move.data["staff_id"], move.data["from"]) == (host, "2026-02-03T08:30:00+00:00")
    next_one = await trial.meeting("kickoff").execute_update("reschedule", Reschedule("ada"))
    assert next_one["start"] == "2026-02-09T08:00:00Z"
    sunday = Reschedule("ada", start=utc("2026-02-08 10:00"))
    kind, reason = await refusal(trial.meeting("kickoff").execute_update("reschedule", sunday))
    assert (kind, reason[:55]) == ("OutsideHours", "Sun 8 Feb 2026, 11:00 to 12:00 (Europe/Stockholm) lies ")
    await trial.meeting("kickoff").execute_update("reschedule", replace(sunday, outside_hours=True))
    last = (await trial.facts("kickoff", "meeting.moved"))[-1]
    assert (last.data["start"], last.data["outside"]) == ("2026-02-08T10:00:00+00:00", reason)


async def test_calling_off_tells_everybody_and_releases_the_hours(trial: Trial) -> None:
    await trial.sign(contract(QUIET))
    await trial.to("2026-02-02 09:00")
    await trial.meeting("kickoff").execute_update("cancel", CancelMeeting("Ada", "we know the product"))
    await trial.to("2026-02-02 10:00")
    assert await trial.letters("cancellation") == [
        "cancellation kickoff ada@acme.example sent",
        "cancellation kickoff cecilia@vendor.example sent",
    ]
    [cancelled] = await trial.facts("kickoff", "meeting.cancelled")
    assert cancelled.data == {"reason": "we know the product", "by": "Ada", "sequence": 1}
    assert (await trial.kinds("kickoff"))[-1] == "hours.released"
    assert "meeting.booked" in await trial.kinds("deployment")


async def test_who_accepts_after_declining_keeps_the_time_where_no_other_was_found(trial: Trial) -> None:
    await trial.sign(contract(QUIET))
    await trial.to("2026-02-02 09:00")
    await trial.hire(member("cecilia", hours=weekly({"sat": "08:00-12:00"})))
    kickoff = trial.meeting("kickoff")
    await kickoff.execute_update("answer", AnswerInvitation(ADA.email, Answer.DECLINED))
    await trial.to("2026-02-02 10:00")
    await kickoff.execute_update("answer", AnswerInvitation(ADA.email.upper(), Answer.ACCEPTED))
    await trial.hire(CECILIA)
    await trial.to("2026-02-03 10:00")
    assert await trial.facts("kickoff", "meeting.moved") == []
    await kickoff.execute_update("record_outcome", held())
    assert (await trial.facts("kickoff", "meeting.held"))[0].data["minutes"] == 60


async def test_an_outcome_that_nobody_records_is_asked_for_six_times_at_most(trial: Trial) -> None:
    await trial.sign(contract(QUIET, months=1))
    await trial.to("2026-03-15 22:00")
    assert await trial.story("kickoff", "meeting.outcome-asked") == [
        "02-03 10:00 meeting.outcome-asked kickoff",
        "02-04 10:00 meeting.outcome-asked kickoff",
        "02-07 10:00 meeting.outcome-asked kickoff",
        "02-14 10:00 meeting.outcome-asked kickoff",
        "02-21 10:00 meeting.outcome-asked kickoff",
        "02-28 10:00 meeting.outcome-asked kickoff",
    ]
    assert await trial.is_running("contract/acme-2026")
    await trial.to("2026-03-16 01:00")
    story = await trial.story()
    assert story[-4:] == [
        "03-15 23:00 meeting.lapsed kickoff",
        "03-15 23:00 task.done kickoff",
        "03-15 23:00 hours.released kickoff",
        "03-15 23:00 hours.lapsed",
    ]
    assert await trial.contract().result() == "ended"


async def test_what_came_before_the_first_task_is_heard_after_the_opening(trial: Trial) -> None:
    """The worker was away: the meeting is withdrawn before its workflow has run at all."""
    from datetime import timedelta

    from temporalio.worker import Worker

    from activities.registry import open_activities
    from domain.meeting import MeetingPlan
    from mail.settings import SmtpSettings
    from tests.workflows.trial import MAIL, TrialSettings
    from workflows.messages import MEETING_WORKFLOW, Withdraw
    from workflows.registry import WORKFLOWS
    from workflows.sandbox import sandbox

    order = contract(QUIET)
    planned = MeetingPlan(
        order.id, "kickoff", "Kick Off Meeting", "Begin.", "oura-10", 60, utc("2026-02-02 08:00"),
        utc("2026-02-14 00:00"), (Role.CSM,), (), (ADA,), "Acme", "oura", "Oura", order.zone, "en", debits_hours=False,
    )  # fmt: skip
    handle = await trial.client.start_workflow(MEETING_WORKFLOW, planned, id=planned.workflow_id, task_queue="later")
    await handle.signal("withdraw", Withdraw("the contract was terminated", "Ada"))
    settings = TrialSettings(str(trial.database), MAIL, SmtpSettings(trial.smtp.host, trial.smtp.port))
    async with (
        open_activities(settings) as activities,
        Worker(
            trial.client,
            task_queue="later",
            workflows=WORKFLOWS,
            activities=activities,
            workflow_runner=sandbox(),
            graceful_shutdown_timeout=timedelta(seconds=1),
        ),
    ):
        await handle.result()
    assert await trial.kinds("kickoff") == ["meeting.opened", "meeting.cancelled"]


LATE = "Kick Off Meeting is booked for Mon 2 Feb 2026, after it was due on Sun 1 Feb 2026: offer an earlier time"


async def test_an_onboarding_meeting_that_is_booked_after_it_was_due_is_a_task_until_it_is_moved(trial: Trial) -> None:
    await trial.sign(contract(QUIET, starts_on="2026-01-19"), CECILIA)  # on its twelfth day: the fourteenth is a Sunday
    await trial.to("2026-01-30 13:00")
    [task] = await trial.facts("kickoff", "task.opened")
    assert (task.data["task"], task.data["title"], task.data["staff_id"]) == ("late/kickoff", LATE, "cecilia")
    assert await trial.letters("task") == ["task kickoff cecilia@vendor.example sent"]
    kickoff = trial.meeting("kickoff")
    await kickoff.execute_update("reschedule", Reschedule("Ada", start=utc("2026-02-05 09:00")))
    await kickoff.execute_update("reschedule", Reschedule("Ada", start=utc("2026-01-31 10:00"), outside_hours=True))
    assert await trial.story("kickoff", "task.opened", "task.done", "meeting.booked", "meeting.moved") == [
        "01-30 12:00 meeting.booked kickoff",
        "01-30 12:00 task.opened kickoff",
        "01-30 13:00 meeting.moved kickoff",
        "01-30 13:00 task.opened kickoff",
        "01-30 13:00 meeting.moved kickoff",
        "01-30 13:00 task.done kickoff",
    ]
    later = (await trial.facts("kickoff", "task.opened"))[-1]
    assert str(later.data["title"]).startswith("Kick Off Meeting is booked for Thu 5 Feb 2026, after it was due on Sun")
    assert await trial.letters("task") == ["task kickoff cecilia@vendor.example sent"]


async def test_the_task_of_a_late_meeting_ends_with_the_meeting_or_by_hand(trial: Trial) -> None:
    await trial.sign(contract(QUIET, starts_on="2026-01-19"))
    await trial.to("2026-01-30 13:00")
    await trial.press(CompleteItem("late/kickoff", "Lisa"))
    await trial.meeting("kickoff").execute_update("cancel", CancelMeeting("Ada", "we know the product"))
    tasks = await trial.facts(None, "task.done")
    assert [(fact.data["task"], fact.data["by"]) for fact in tasks] == [
        ("late/kickoff", "Lisa"),
        ("late/kickoff", "Ada"),
    ]
