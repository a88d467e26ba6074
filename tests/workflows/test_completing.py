"""What can be said to be done: items and tasks that are open, and nothing else."""

from __future__ import annotations

from domain.coverage import weekly
from domain.plan import Role
from storage.queries.tasks import was_opened
from tests.workflows.trial import Trial, contract, member, plan, refusal
from workflows.messages import CompleteItem, RequestMeeting

QUIET = plan("oura/premium", touchpoints=())


async def test_only_what_is_open_can_be_done(trial: Trial) -> None:
    await trial.sign(contract(QUIET), member("tim", Role.TAM))  # nobody is a CSM, so there is nobody to host either
    await trial.to("2026-02-02 09:00")
    await trial.press(RequestMeeting("Too long", 180, "Ada"))
    for key, reason in (
        ("nonsense", "there is no open item or task 'nonsense'"),
        ("role/tam", "there is no open item or task 'role/tam'"),
        ("slot/nonsense", "there is no open item or task 'slot/nonsense'"),
        ("training", "training is not open yet"),
        ("kickoff", "kickoff is a meeting: record its outcome instead"),
        ("consultation-01", "consultation-01 waits for the customer's word on its overage"),
    ):
        assert await refusal(trial.press(CompleteItem(key, "Lisa"))) == ("Refused", reason)
    assert await trial.facts(None, "task.done", "item.done") == []
    await trial.press(CompleteItem("role/csm", "Lisa"))
    await trial.press(CompleteItem("slot/kickoff", "Lisa"))
    assert await refusal(trial.press(CompleteItem("role/csm", "Lisa"))) == (
        "Refused",
        "there is no open item or task 'role/csm'",
    )
    assert [f.data["task"] for f in await trial.facts(None, "task.done")] == ["role/csm", "slot/kickoff"]


async def test_the_door_knows_which_tasks_were_ever_opened(trial: Trial) -> None:
    await trial.sign(contract(QUIET), member("cecilia", hours=weekly({"sat": "08:00-12:00"})))
    await trial.to("2026-02-02 09:00")
    async with trial.sessions() as session:
        assert await was_opened(session, "acme-2026", "slot/kickoff")
        assert not await was_opened(session, "acme-2026", "address/nobody@acme.example")
