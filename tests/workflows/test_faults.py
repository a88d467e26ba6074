"""What goes wrong around a contract, in skipped time: mail that is away, workflows ended by hand, doubles."""

from __future__ import annotations

from collections import Counter

import pytest
from temporalio.client import WorkflowExecutionStatus
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from domain.contract import Contact
from domain.meeting import Answer, Outcome
from domain.plan import Role
from tests.workflows.trial import ADA, BO, QUEUE, Trial, contract, member, plan
from workflows.messages import (
    CONTRACT_WORKFLOW,
    AnswerInvitation,
    ChangeContact,
    ContractOrder,
    MeetingOver,
    RecordOutcome,
    RequestMeeting,
)

QUIET = plan("oura/premium", touchpoints=())
BARE = plan("oura/premium", touchpoints=(), meetings=())


async def hold(trial: Trial, key: str, minutes: int = 30) -> None:
    outcome = RecordOutcome(Outcome.HELD, "Cecilia", minutes, "All is well.")
    await trial.meeting(key).execute_update("record_outcome", outcome)


async def test_a_mail_server_that_is_down_for_a_day_holds_up_nothing_and_loses_nothing(trial: Trial) -> None:
    await trial.sign(contract(QUIET))
    await trial.to("2026-02-02 12:00")
    trial.smtp.refuse_connections()
    await trial.to("2026-02-03 12:00")
    await hold(trial, "kickoff")
    await trial.to("2026-02-03 13:00")
    assert "meeting.booked" in await trial.kinds("deployment")  # nobody waited for the mail
    assert await trial.letters("invitation", "outcome", "reminder", "outcome-missing") == [
        "invitation deployment ada@acme.example recorded",
        "invitation deployment cecilia@vendor.example recorded",
        "invitation kickoff ada@acme.example sent",
        "invitation kickoff cecilia@vendor.example sent",
        "outcome kickoff ada@acme.example recorded",
        "outcome-missing kickoff cecilia@vendor.example recorded",
        "reminder kickoff ada@acme.example expired",
        "reminder kickoff cecilia@vendor.example expired",
    ]
    late = await trial.facts("kickoff", "message.late")
    assert {fact.data["reason"] for fact in late} == {"it was of use until 2026-02-03 08:30 UTC"}
    trial.smtp.accept_connections()
    await trial.to("2026-02-03 14:00")
    assert [line for line in await trial.letters() if line.endswith("recorded")] == []
    taken = Counter(str(caught.message["Message-ID"]) for caught in trial.smtp.caught)
    assert set(taken.values()) == {1}
    assert len(taken) == len([line for line in await trial.letters() if line.endswith("sent")])
    assert not await trial.is_running("meeting/acme-2026/kickoff")


async def test_an_address_that_is_refused_is_a_task_and_the_meeting_goes_on(trial: Trial) -> None:
    trial.smtp.reject(ADA.email)
    await trial.sign(contract(QUIET))
    await trial.to("2026-02-02 12:00")
    rejected = await trial.facts("kickoff", "message.rejected")
    assert [(fact.data["email"], fact.data["code"]) for fact in rejected] == [("ada@acme.example", 550)]
    tasks = [fact.data["task"] for fact in await trial.facts(None, "task.opened")]
    assert tasks == ["address/ada@acme.example", "address/ada@acme.example"]  # of the contract, and of the meeting
    assert await trial.letters("task", "invitation", "welcome") == [
        "invitation kickoff ada@acme.example rejected",
        "invitation kickoff cecilia@vendor.example sent",
        "task  cecilia@vendor.example sent",
        "task kickoff cecilia@vendor.example sent",
        "welcome  ada@acme.example rejected",
    ]
    await trial.to("2026-02-03 12:00")
    await hold(trial, "kickoff")
    assert "meeting.held" in await trial.kinds("kickoff")


async def test_when_even_the_owners_address_is_refused_nothing_goes_round_in_circles(trial: Trial) -> None:
    trial.smtp.reject(ADA.email)
    trial.smtp.reject("cecilia@vendor.example")
    await trial.sign(contract(QUIET))
    await trial.to("2026-02-02 12:00")
    assert len(await trial.facts(None, "message.rejected")) == 5
    assert len(await trial.letters("task")) == 2


async def test_a_meeting_whose_workflow_is_gone_is_settled_as_soon_as_the_contract_speaks_to_it(trial: Trial) -> None:
    await trial.sign(contract(QUIET))
    await trial.to("2026-02-02 12:00")
    await trial.meeting("kickoff").terminate("a slip of the hand")
    await trial.press(ChangeContact("Ada", Contact(BO), replaces=ADA.email))
    await trial.to("2026-02-02 13:00")
    assert (await trial.kinds("kickoff"))[-2:] == ["meeting.cancelled", "hours.released"]
    tasks = [(fact.data["task"], fact.data["detail"]) for fact in await trial.facts(None, "task.opened")]
    assert tasks == [("gone/kickoff", "Nobody who was invited has been told.")]
    assert await trial.letters("invitation") == [
        "invitation deployment bo@acme.example sent",
        "invitation deployment cecilia@vendor.example sent",
        "invitation kickoff ada@acme.example sent",
        "invitation kickoff cecilia@vendor.example sent",
    ]


async def test_a_meeting_that_is_cancelled_by_hand_is_called_off_like_any_other(trial: Trial) -> None:
    await trial.sign(contract(QUIET))
    await trial.to("2026-02-02 12:00")
    await trial.meeting("kickoff").cancel()
    await trial.to("2026-02-02 13:00")
    assert await trial.letters("cancellation") == [
        "cancellation kickoff ada@acme.example sent",
        "cancellation kickoff cecilia@vendor.example sent",
    ]
    assert (await trial.kinds("kickoff"))[-2:] == ["meeting.cancelled", "hours.released"]
    assert (await trial.meeting("kickoff").describe()).status is WorkflowExecutionStatus.COMPLETED
    assert "meeting.booked" in await trial.kinds("deployment")


async def test_a_contract_that_is_cancelled_by_hand_is_terminated_with_all_that_belongs_to_it(trial: Trial) -> None:
    await trial.sign(contract(QUIET))
    await trial.to("2026-02-02 12:00")
    await trial.contract().cancel()
    assert await trial.contract().result() == "terminated"
    [terminated] = await trial.facts(None, "contract.terminated")
    assert terminated.data["by"] == "Temporal"
    assert await trial.letters("cancellation", "farewell") == [
        "cancellation kickoff ada@acme.example sent",
        "cancellation kickoff cecilia@vendor.example sent",
        "farewell  ada@acme.example sent",
    ]


async def test_a_cancellation_during_a_step_waits_until_the_step_is_done(trial: Trial) -> None:
    """The mail server is away, so deliveries wait; the database is busy with the step: nothing of it is lost."""
    trial.smtp.refuse_connections()
    await trial.sign(contract(BARE))
    await trial.contract().cancel()
    await trial.to("2026-01-30 12:30")
    assert [fact.kind for fact in await trial.facts()][:3] == ["contract.signed", "contract.agenda-set", "contact.set"]
    assert len(await trial.facts(None, "contract.terminated")) == 1
    trial.smtp.accept_connections()
    await trial.to("2026-01-30 14:30")
    assert await trial.contract().result() == "terminated"
    assert await trial.letters() == ["farewell  ada@acme.example sent"]


async def test_what_comes_twice_counts_once(trial: Trial) -> None:
    await trial.sign(contract(QUIET))
    await trial.to("2026-02-02 12:00")
    accepted = AnswerInvitation(ADA.email, Answer.ACCEPTED)
    for _ in range(2):
        await trial.meeting("kickoff").execute_update("answer", accepted, id="the-same-click")
    assert len(await trial.facts("kickoff", "meeting.answered")) == 1
    await trial.to("2026-02-03 12:00")
    await hold(trial, "kickoff")
    await trial.to("2026-02-03 13:00")
    again = MeetingOver("kickoff", Outcome.HELD, 30, "", None, "Cecilia")
    await trial.contract().signal("meeting_over", again)
    await trial.contract().signal("meeting_over", MeetingOver("no-such-meeting", Outcome.HELD, 30, "", None, "Eve"))
    await trial.to("2026-02-03 14:00")
    assert [fact.data["minutes"] for fact in await trial.facts(None, "hours.debited")] == [30]


async def test_a_contract_that_has_ended_is_not_started_again(trial: Trial) -> None:
    order = contract(BARE, months=1)
    running = await trial.sign(order)
    with pytest.raises(WorkflowAlreadyStartedError):
        await trial.client.start_workflow(CONTRACT_WORKFLOW, ContractOrder(order), id=running.id, task_queue=QUEUE)
    assert await running.result() == "ended"
    with pytest.raises(WorkflowAlreadyStartedError):
        await trial.client.start_workflow(
            CONTRACT_WORKFLOW,
            ContractOrder(order),
            id=running.id,
            task_queue=QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        )
    assert len(await trial.facts(None, "contract.signed")) == 1


async def test_a_meeting_whose_host_has_no_time_at_all_keeps_the_old_one_and_tells_a_person(trial: Trial) -> None:
    from domain.contract import Assignment, Person
    from domain.coverage import weekly
    from workflows.messages import ChangeRole

    await trial.sign(contract(BARE), member("cecilia", Role.CSM))
    await trial.to("2026-02-02 12:00")
    await trial.press(RequestMeeting("A question", 30, "Ada"))
    await trial.hire(member("anton", Role.CSM, hours=weekly({"sat": "08:00-12:00"})))
    await trial.press(ChangeRole(Assignment(Role.CSM, "anton", Person("Anton", "anton@vendor.example")), "Lisa"))
    await trial.to("2026-02-02 13:00")
    assert await trial.facts(None, "meeting.moved") == []
    [task] = await trial.facts("consultation-01", "task.opened")
    assert task.data["title"] == "Anton has no time for A question"
