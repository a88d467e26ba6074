"""What people change in a running contract, and what each change moves. Stockholm, an hour ahead of UTC."""

from __future__ import annotations

from dataclasses import replace

from temporalio.client import WorkflowUpdateStage

from domain.contract import Assignment, Contact, Person
from domain.coverage import weekly
from domain.facts import Fact
from domain.meeting import Answer, Outcome
from domain.plan import Role
from storage.queries.meetings import meetings_of
from tests.workflows.trial import ADA, BO, CECILIA, Trial, contract, member, plan, refusal
from workflows.messages import (
    AmendPlan,
    AnswerInvitation,
    ChangeContact,
    ChangeRole,
    CompleteItem,
    RecordCount,
    RecordOutcome,
    Renew,
    RequestMeeting,
    Reschedule,
    Resume,
    Suspend,
    Terminate,
)

QUIET = plan("oura/premium", touchpoints=())
ACCEPTED = WorkflowUpdateStage.ACCEPTED
BARE = plan("oura/premium", touchpoints=(), meetings=())
ANTON = Assignment(Role.CSM, "anton", Person("Anton", "anton@vendor.example", zone="Europe/Stockholm"))


def people(fact: Fact) -> list[dict[str, str]]:
    attendees = fact.data["attendees"]
    assert isinstance(attendees, list)
    return attendees


async def hold(trial: Trial, key: str, minutes: int = 30) -> None:
    outcome = RecordOutcome(Outcome.HELD, "Cecilia", minutes, "All is well.")
    await trial.meeting(key).execute_update("record_outcome", outcome)


async def test_a_role_that_nobody_fills_is_a_task_and_its_meeting_is_booked_when_somebody_does(trial: Trial) -> None:
    await trial.sign(contract(QUIET), member("tim", Role.TAM))
    await trial.to("2026-02-02 09:00")
    [unfilled] = await trial.facts(None, "role.unfilled")
    assert (unfilled.subject, unfilled.data["reason"]) == ("csm", "nobody is qualified")
    tasks = [fact.data["task"] for fact in await trial.facts(None, "task.opened")]
    assert tasks == ["role/csm", "slot/kickoff"]
    assert await trial.letters("welcome") == ["welcome  ada@acme.example sent"]
    await trial.hire(member("anton", Role.CSM))
    await trial.press(ChangeRole(ANTON, "Lisa"))
    await trial.to("2026-02-02 10:00")
    [booked] = await trial.facts("kickoff", "meeting.booked")
    assert (booked.data["staff_id"], f"{booked.at:%m-%d %H:%M}") == ("anton", "02-02 09:00")


async def test_another_host_keeps_the_time_where_free_and_moves_it_where_not(trial: Trial) -> None:
    await trial.sign(contract(BARE), member("cecilia", Role.CSM))
    await trial.to("2026-02-02 09:00")
    for title in ("First", "Second"):
        await trial.press(RequestMeeting(title, 30, "Ada"))
    await trial.to("2026-02-02 10:00")
    # Anton begins at eleven, ten in UTC: one keeps half past ten, the other moves behind it.
    await trial.hire(member("anton", Role.CSM, hours=weekly({"mon-fri": "11:00-18:00"})))
    before = {f.subject: f.data["start"] for f in await trial.facts(None, "meeting.booked")}
    assert before == {
        "consultation-01": "2026-02-03T09:30:00+00:00",
        "consultation-02": "2026-02-03T10:30:00+00:00",
    }
    await trial.press(ChangeRole(ANTON, "Lisa"))
    await trial.to("2026-02-02 11:00")
    moved = {
        f.subject: (f.data["start"], f.data["staff_id"], f.data["sequence"])
        for f in await trial.facts(None, "meeting.moved")
    }
    # Both ask at once, so either may get the time that is free first; nobody keeps half past nine.
    assert set(moved) == {"consultation-01", "consultation-02"}
    assert sorted(moved.values()) == [
        ("2026-02-03T10:30:00+00:00", "anton", 1),
        ("2026-02-03T11:30:00+00:00", "anton", 1),
    ]
    assert (await trial.facts("csm", "role.assigned"))[-1].data["staff_id"] == "anton"
    assert await trial.letters("cancellation") == [
        "cancellation consultation-01 cecilia@vendor.example sent",
        "cancellation consultation-02 cecilia@vendor.example sent",
    ]
    called_off = [c.message for c in trial.smtp.caught if c.message["Subject"].startswith("Cancelled")]
    calendars = [part for each in called_off for part in each.walk() if part.get_content_type() == "text/calendar"]
    lines = {line for part in calendars for line in str(part.get_content()).splitlines()}
    assert {line for line in lines if line.startswith(("DTSTART", "SEQUENCE"))} == {
        "DTSTART:20260203T093000Z",  # the times that she was asked for
        "DTSTART:20260203T103000Z",
        "SEQUENCE:1",
    }


PAIR = plan("oura/premium", meetings=(replace(QUIET.meetings[0], roles=(Role.CSM, Role.CSE)),), touchpoints=())
CLARA, CARL = member("clara", Role.CSE), member("carl", Role.CSE)


def cse(name: str) -> ChangeRole:
    person = Person(name, f"{name.lower()}@vendor.example", zone="Europe/Stockholm")
    return ChangeRole(Assignment(Role.CSE, name.lower(), person), "Lisa")


async def test_who_only_joins_moves_with_the_role_and_the_old_one_alone_is_called_off(trial: Trial) -> None:
    await trial.sign(contract(PAIR), CECILIA, CLARA)
    await trial.to("2026-02-02 09:00")
    await trial.hire(CARL)
    await trial.meeting("kickoff").execute_update("answer", AnswerInvitation(ADA.email, Answer.ACCEPTED))
    await trial.press(cse("Carl"))
    await trial.press(cse("Carl"))  # once more changes nothing
    await trial.to("2026-02-02 10:00")
    first, second = await trial.facts("kickoff", "meeting.booked")
    assert [[person["name"] for person in people(fact)] for fact in (first, second)] == [
        ["Cecilia", "Clara", "Ada Lindqvist"],
        ["Cecilia", "Carl", "Ada Lindqvist"],
    ]
    assert (second.data["sequence"], second.data["start"]) == (0, first.data["start"])
    assert await trial.letters("invitation", "cancellation", "update") == [
        "cancellation kickoff clara@vendor.example sent",
        "invitation kickoff ada@acme.example sent",
        "invitation kickoff carl@vendor.example sent",
        "invitation kickoff cecilia@vendor.example sent",
        "invitation kickoff clara@vendor.example sent",
    ]
    async with trial.sessions() as session:
        [meeting] = await meetings_of(session, trial.contract_id)
    assert [(a.name, a.answer) for a in meeting.attendees] == [
        ("Cecilia", "needs-action"),
        ("Carl", "needs-action"),
        ("Ada Lindqvist", "accepted"),
    ]


async def test_who_is_to_join_and_has_no_time_is_a_task_until_the_meeting_is_moved(trial: Trial) -> None:
    await trial.sign(contract(PAIR), CECILIA, CLARA)
    await trial.to("2026-02-02 09:00")
    await trial.hire(replace(CARL, active=False))
    await trial.press(cse("Carl"))
    await trial.to("2026-02-02 10:00")
    [task] = await trial.facts("kickoff", "task.opened")
    assert (task.data["task"], task.data["title"]) == ("team/kickoff", "Carl cannot join Kick Off Meeting")
    assert await trial.letters("cancellation") == ["cancellation kickoff clara@vendor.example sent"]
    await trial.hire(CARL)
    await trial.meeting("kickoff").execute_update("reschedule", Reschedule("Ada"))
    [done] = await trial.facts("kickoff", "task.done")
    assert done.data == {"task": "team/kickoff", "by": "Ada"}
    [moved] = await trial.facts("kickoff", "meeting.moved")
    assert [person["name"] for person in people(moved)] == ["Cecilia", "Carl", "Ada Lindqvist"]


async def test_a_new_main_contact_is_invited_and_only_the_old_one_is_called_off(trial: Trial) -> None:
    await trial.sign(contract(BARE))
    await trial.to("2026-02-02 09:00")
    await trial.press(RequestMeeting("First", 30, "Ada"))
    await trial.press(RequestMeeting("Too long", 180, "Ada"))  # waits for an approval
    await trial.to("2026-02-02 10:00")
    await trial.press(ChangeContact("Ada", Contact(BO), replaces="ADA@acme.example"))
    await trial.to("2026-02-02 11:00")
    assert await trial.letters("cancellation", "invitation") == [
        "cancellation consultation-01 ada@acme.example sent",
        "invitation consultation-01 ada@acme.example sent",
        "invitation consultation-01 bo@acme.example sent",
        "invitation consultation-01 cecilia@vendor.example sent",
    ]
    booked = await trial.facts("consultation-01", "meeting.booked")
    assert [fact.data["sequence"] for fact in booked] == [0, 0]
    attendees = booked[-1].data["attendees"]
    assert isinstance(attendees, list)
    assert [person["email"] for person in attendees] == ["cecilia@vendor.example", "bo@acme.example"]
    [contact] = await trial.facts("bo@acme.example", "contact.set")
    assert contact.data["primary"] is True


async def test_a_contact_who_changes_before_a_slot_is_found_is_the_one_invited(trial: Trial) -> None:
    await trial.sign(contract(QUIET), member("cecilia", hours=weekly({"sat": "08:00-12:00"})))
    await trial.to("2026-02-02 09:00")
    await trial.press(ChangeContact("Ada", Contact(BO), replaces=ADA.email))
    await trial.hire(CECILIA)
    await trial.to("2026-02-03 09:00")
    assert await trial.letters("invitation") == [
        "invitation kickoff bo@acme.example sent",
        "invitation kickoff cecilia@vendor.example sent",
    ]


async def test_contacts_that_cannot_be_changed_so_are_refused(trial: Trial) -> None:
    await trial.sign(contract(BARE))
    for change, reason in (
        (ChangeContact("x"), "contact: somebody to add, or replaces: somebody to remove"),
        (ChangeContact("x", replaces="no@acme.example"), "replaces: no@acme.example is not a contact of this contract"),
        (
            ChangeContact("x", replaces=ADA.email),
            "replaces: the main contact can only be replaced, since one is always needed (oura-17)",
        ),
        (ChangeContact("x", Contact(ADA)), "contact.person.email: ada@acme.example is a contact already"),
    ):
        assert await refusal(trial.press(change)) == ("Refused", reason)
    await trial.press(ChangeContact("x", Contact(BO)))
    await trial.press(ChangeContact("x", replaces="BO@acme.example"))
    assert (await trial.story())[-2:] == [
        "01-30 12:00 contact.set bo@acme.example",
        "01-30 12:00 contact.removed BO@acme.example",
    ]


async def test_devices_beyond_the_limit_are_refused_where_none_can_be_added_and_billed_where_they_can(
    trial: Trial,
) -> None:
    await trial.sign(contract("ombori/free"))
    await trial.to("2026-02-02 09:00")
    kind, reason = await refusal(trial.press(RecordCount("Ada", devices=4)))
    assert (kind, reason) == ("Refused", "the plan allows 3 devices, and none can be added (ombori-3)")
    assert (await refusal(trial.press(RecordCount("Ada"))))[1] == "users, devices: at least one of them is needed"
    assert (await refusal(trial.press(RecordCount("Ada", users=-1))))[1] == "users, devices: a count is zero or more"
    await trial.press(RecordCount("Ada", devices=3))
    await trial.press(AmendPlan(plan("ombori/pilot"), "Ada", "we grow"))
    await trial.press(RecordCount("Ada", devices=5))
    await trial.to("2026-03-03 09:00")
    lines = await trial.facts(None, "charge.line")
    assert [(f.data["day"], f.data["quantity"], f.data["amount"]) for f in lines] == [("2026-03-02", 2, 3000)]
    assert [f.data for f in await trial.facts(None, "count.recorded")] == [
        {"users": 25, "devices": 3, "by": "Ada"},
        {"users": 25, "devices": 5, "by": "Ada"},
    ]


async def test_suspending_calls_meetings_off_and_resuming_brings_them_back_in_their_order(trial: Trial) -> None:
    await trial.sign(contract(QUIET))
    await trial.to("2026-02-02 09:00")
    await trial.press(Suspend("Lisa", "an invoice is unpaid"))
    await trial.to("2026-02-05 12:00")
    assert await trial.letters("cancellation") == [
        "cancellation kickoff ada@acme.example sent",
        "cancellation kickoff cecilia@vendor.example sent",
    ]
    assert (await refusal(trial.press(RequestMeeting("More", 30, "Ada"))))[1] == (
        "the contract is suspended; resume it first"
    )
    assert (await refusal(trial.press(Suspend("Lisa", "again"))))[0] == "Refused"
    done = await trial.press(Resume("Lisa"))
    assert done["summary"] == "Resumed."
    await trial.to("2026-02-06 12:00")
    assert await trial.story(None, "meeting.booked", "meeting.cancelled", "contract.suspended", "contract.resumed") == [
        "02-02 08:00 meeting.booked kickoff",
        "02-02 09:00 contract.suspended",
        "02-02 09:00 meeting.cancelled kickoff",
        "02-05 12:00 contract.resumed",
        "02-05 12:00 meeting.booked kickoff-r2",
    ]
    await trial.to("2026-02-06 18:00")
    await hold(trial, "kickoff-r2")
    await trial.to("2026-02-06 19:00")
    assert (await trial.story(None, "meeting.booked"))[-1] == "02-06 18:00 meeting.booked deployment"
    assert (await refusal(trial.press(Resume("Lisa"))))[1] == "the contract is not suspended, it is onboarding"


async def test_resuming_before_a_meeting_could_say_that_it_is_off_loses_nothing(trial: Trial) -> None:
    await trial.sign(contract(QUIET))
    await trial.to("2026-02-02 09:00")
    # Both are there before the meeting's own word comes: one task of the workflow handles them.
    suspended = await trial.contract().start_update("suspend", Suspend("Lisa", "a mistake"), wait_for_stage=ACCEPTED)
    resumed = await trial.contract().start_update("resume", Resume("Lisa"), wait_for_stage=ACCEPTED)
    await suspended.result()
    await resumed.result()
    await trial.to("2026-02-02 10:00")
    assert (await trial.story(None, "meeting.booked"))[-1] == "02-02 09:00 meeting.booked kickoff-r2"


async def test_what_went_by_during_a_suspension_is_dropped(trial: Trial) -> None:
    await trial.sign(contract("oura/premium"))
    await trial.to("2026-02-02 09:00")
    await trial.press(Suspend("Lisa", "an invoice is unpaid"))
    await trial.to("2026-04-20 12:00")
    done = await trial.press(Resume("Lisa"))
    await trial.to("2026-04-20 13:00")
    [resumed] = await trial.facts(None, "contract.resumed")
    assert resumed.data["passed"] == PASSED
    assert done["summary"] == f"Resumed; {len(PASSED)} items went by meanwhile."
    assert sorted(fact.subject for fact in await trial.facts(None, "item.dropped")) == sorted(PASSED)
    assert sorted((await trial.story(None, "meeting.booked"))[2:]) == [
        "04-20 12:00 meeting.booked health-check-03",
        "04-20 12:00 meeting.booked kickoff-r2",  # the onboarding is late, and still owed
    ]


PASSED = ["health-check-01-r2", "health-check-02"]


async def test_terminated_before_its_start_a_contract_does_nothing_more(trial: Trial) -> None:
    await trial.sign(contract("oura/premium"))
    await trial.to("2026-01-31 12:00")
    await trial.press(Terminate("Ada", "we chose another vendor"))
    assert await trial.contract().result() == "terminated"
    assert (await trial.story(None, "contract.terminated", "meeting.opened")) == ["01-31 12:00 contract.terminated"]
    assert await trial.letters() == ["farewell  ada@acme.example sent"]
    assert len(await trial.facts(None, "item.dropped")) == 18


async def test_terminated_in_the_middle_everything_open_is_called_off(trial: Trial) -> None:
    await trial.sign(contract("oura/premium"))
    await trial.to("2026-02-02 09:00")
    await trial.press(RequestMeeting("Too long", 180, "Ada"))
    await trial.press(Terminate("Ada", "bankrupt"))
    await trial.to("2026-02-02 10:00")
    assert await trial.letters("cancellation", "farewell") == [
        "cancellation health-check-01 ada@acme.example sent",
        "cancellation health-check-01 cecilia@vendor.example sent",
        "cancellation kickoff ada@acme.example sent",
        "cancellation kickoff cecilia@vendor.example sent",
        "farewell  ada@acme.example sent",
    ]
    assert await trial.contract().result() == "terminated"
    assert (await trial.kinds("consultation-01"))[-1] == "item.dropped"
    assert [f.data["minutes"] for f in await trial.facts(None, "hours.lapsed")] == [120]
    assert not await trial.is_running("meeting/acme-2026/health-check-01")


async def test_a_renewed_contract_goes_on_with_a_new_term_and_new_hours(trial: Trial) -> None:
    await trial.sign(contract("oura/premium", months=1))
    await trial.to("2026-02-10 09:00")
    await trial.press(Renew("Ada", 2))
    assert (await refusal(trial.press(Renew("Ada", 12))))[1] == "it is renewed already, for 2 months"
    await trial.to("2026-03-03 09:00")
    assert await trial.facts(None, "contract.ended") == []
    [renewed] = await trial.facts(None, "contract.renewed")
    assert (renewed.data["ends_on"], renewed.data["term"]) == ("2026-05-01", 2)
    agenda = (await trial.facts(None, "contract.agenda-set"))[-1]
    items = agenda.data["items"]
    assert isinstance(items, list)
    assert [item["key"] for item in items] == [
        "t2-renewal-60",
        "t2-health-check-01",
        "t2-renewal-30",
        "t2-health-check-02",
        "t2-end",
    ]
    [granted] = await trial.facts(None, "hours.granted")
    assert granted.data == {"minutes": 180, "left": 120}  # two hours, and the one that the kick-off still holds
    dropped = {f.subject: f.data["reason"] for f in await trial.facts(None, "item.dropped")}
    assert dropped == {"deployment": "the term is over", "training": "the term is over"}
    await trial.to("2026-05-20 09:00")
    assert await trial.contract().result() == "ended"


async def test_an_amended_plan_regrants_the_hours_and_keeps_what_was_done(trial: Trial) -> None:
    await trial.sign(contract(QUIET))
    await trial.to("2026-02-03 12:00")
    await hold(trial, "kickoff", 60)
    assert (await refusal(trial.press(AmendPlan(QUIET, "Ada", "again"))))[0] == "Refused"
    assert (await refusal(trial.press(AmendPlan(plan("caret/tam"), "Ada", "other")))) == (
        "Refused",
        "plan: a contract with Oura cannot go on under CARET",
    )
    await trial.press(AmendPlan(plan("oura/launch-kit"), "Ada", "more help at the start"))
    await trial.to("2026-02-03 13:00")
    [amended] = await trial.facts(None, "contract.amended")
    assert (amended.data["plan"], amended.data["granted_minutes"]) == ("oura/launch-kit", 240)
    agenda = (await trial.facts(None, "contract.agenda-set"))[-1]
    items = agenda.data["items"]
    assert isinstance(items, list)
    assert "kickoff" not in [item["key"] for item in items]
    await trial.to("2026-04-06 12:00")
    [warned] = await trial.facts(None, "window.warned")
    assert warned.data["unused_minutes"] == 120  # 240, less the kick-off that was held and the deployment reserved


async def test_reports_and_tasks_are_completed_and_what_is_not_is_late(trial: Trial) -> None:
    await trial.sign(contract("ombori/production"))
    await trial.to("2026-03-02 12:00")
    [opened] = await trial.facts(None, "report.opened")
    assert (opened.subject, opened.data["period"]) == ("analytics-report-2026-02", "2026-02")
    await trial.to("2026-03-08 12:00")
    [late] = await trial.facts(None, "item.late")
    assert (late.subject, f"{late.at:%m-%d %H:%M}") == ("analytics-report-2026-02", "03-06 23:00")
    await trial.press(CompleteItem("analytics-report-2026-02", "Cecilia", "sent"))
    assert await refusal(trial.press(CompleteItem("analytics-report-2026-02", "Cecilia"))) == (
        "Refused",
        "analytics-report-2026-02 is over already",
    )
    assert (await trial.kinds("analytics-report-2026-02"))[-1] == "item.done"
