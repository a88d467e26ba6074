"""The users whom a customer names for the priority queue (caret-2)."""

from __future__ import annotations

from domain.contract import Person
from storage.queries.tickets import designated_of
from tests.workflows.trial import ADA, BO, Trial, contract, plan, refusal
from workflows.messages import AmendPlan, Designate


async def test_as_many_users_as_the_plan_allows_may_use_its_priority_queue(trial: Trial) -> None:
    await trial.sign(contract("caret/premium-support"))
    await trial.to("2026-02-02 09:00")
    eleven = tuple(Person(f"User {n}", f"user{n}@acme.example") for n in range(11))
    too_many = await refusal(trial.press(Designate(eleven, "Ada")))
    assert too_many == ("Refused", "users: the plan allows 10, got 11 (caret-2)")
    twice = await refusal(trial.press(Designate((ADA, Person("Ada again", "ADA@acme.example")), "Ada")))
    assert twice == ("Refused", "users: ada@acme.example stands in it twice")
    done = await trial.press(Designate((BO, ADA), "Ada"))
    assert done["summary"] == "2 users may use the priority queue from now on."
    [fact] = await trial.facts(None, "users.designated")
    assert (fact.clauses, fact.data["by"]) == (("caret-2",), "Ada")
    async with trial.sessions() as session:
        assert await designated_of(session, "acme-2026") == ("bo@acme.example", "ada@acme.example")


async def test_a_plan_without_a_priority_queue_has_no_designated_users(trial: Trial) -> None:
    await trial.sign(contract("caret/premium-support"))
    await trial.to("2026-02-02 09:00")
    await trial.press(AmendPlan(plan("caret/tam"), "Ada", "we shrink"))
    refused = await refusal(trial.press(Designate((ADA,), "Ada")))
    assert refused == ("Refused", "users: this plan has no priority queue for designated users")
