"""A contract changes while tickets are open, or while they lie on the shelf. Production: 07:00-20:00Z."""

from __future__ import annotations

from datetime import date

import pytest
from temporalio.client import Client

from domain.contract_news import CONTRACT_CHANGED, ContractChanged, ContractNews
from domain.ticket import Act, Actor
from storage.closed_days import add_closed_day
from support.desk import Desk
from support.starting import start_missing_tickets
from tests.tickets.trial_desk import Case, TrialDesk, order
from tests.workflows.trial import QUEUE, plan
from workflows.messages import AmendPlan, Resume, Suspend, Terminate

PRODUCTION, ENTERPRISE, PILOT = (plan(f"ombori/{name}") for name in ("production", "enterprise", "pilot"))


async def close(case: Case) -> None:
    await case.act(Act.RESOLVE, text="It is on again.")
    await case.act(Act.AGREE, actor=Actor.CUSTOMER)


async def test_nothing_counts_while_the_contract_is_suspended(desk: TrialDesk) -> None:
    await desk.sign(order(PRODUCTION))
    await desk.trial.to("2026-02-02 09:00")
    case, shelved = await desk.open(level="l2"), await desk.open(level="l2")
    await close(shelved)
    await desk.trial.to("2026-02-02 09:20")
    await desk.trial.press(Suspend("Lisa", "an invoice is unpaid"))
    await desk.trial.to("2026-02-02 09:30")
    later = await desk.open(level="l2")
    for each in (case, later):
        assert await each.clocks() == ["response-1 never due"]
        assert (await each.detail()).head.paused == ("suspended",)
    suspended = ContractChanged(ContractNews.SUSPENDED, "Lisa", "an invoice is unpaid")
    await case.handle.signal(CONTRACT_CHANGED, suspended)  # the activity that tells may run twice
    reopened = await shelved.act(Act.REOPEN, actor=Actor.CUSTOMER, text="It is silent again.")
    assert reopened.summary == "It is open again. The contract is suspended, so the clocks wait."
    assert await shelved.clock("update-2") == "update-2 never due"
    await desk.trial.to("2026-02-05 00:00")
    await desk.trial.press(Resume("Lisa"))
    await desk.trial.to("2026-02-05 07:10")
    assert await case.clocks() == ["response-1 due 02-05 07:40"]  # 20 min were used
    assert await later.clocks() == ["response-1 due 02-05 08:00"]
    assert await shelved.clock("update-2") == "update-2 due 02-05 09:00"
    assert await case.told() == []
    paused = await case.facts("ticket.paused", "ticket.resumed")
    assert [(f"{f.at:%m-%d %H:%M}", f.data["by"], f.data["reason"]) for f in paused] == [
        ("02-02 09:20", "Lisa", "an invoice is unpaid"),
        ("02-05 00:00", "Lisa", "the contract goes on"),
    ]
    assert (await later.kinds()).count("paused") == 1


async def test_a_quicker_plan_hurries_what_is_open_and_a_slower_one_does_not_hold_it_up(desk: TrialDesk) -> None:
    await desk.sign(order(PRODUCTION))
    await desk.trial.to("2026-02-02 19:30")
    case, shelved = await desk.open(level="l3"), await desk.open(level="l3")
    await close(shelved)
    assert await case.clocks() == ["response-1 due 02-03 14:30"]  # 8 open hours
    await desk.trial.to("2026-02-02 20:00")
    await desk.trial.press(AmendPlan(ENTERPRISE, "Ada", "more help"))
    await desk.trial.to("2026-02-02 20:10")
    assert await case.clocks() == ["response-1 due 02-03 04:00"]  # 8 hours from now, day and night
    quick = await desk.open(level="l1")
    assert await quick.clocks() == ["response-1 due 02-02 20:40"]
    await desk.trial.press(AmendPlan(PILOT, "Ada", "less help"))
    await desk.trial.to("2026-02-02 20:20")
    assert await quick.clocks() == ["response-1 due 02-02 20:40"]  # what was promised goes on
    await quick.reply()
    assert await quick.clock("update-1") == "update-1 due 02-03 11:00"  # 4 h of Pilot, from 08:00 in Stockholm
    plans = [str(f.data["plan"]) for f in await case.facts("ticket.amended")]
    assert plans == ["ombori/enterprise", "ombori/pilot"]
    await shelved.act(Act.REOPEN, text="Our own test failed.")
    assert [str(f.data["plan"]) for f in await shelved.facts("ticket.amended")] == ["ombori/pilot"]
    await shelved.act(Act.SET_LEVEL, level="l1")
    assert await shelved.clock("update-2") == "update-2 due 02-03 11:00"


@pytest.mark.parametrize("how", ["its term is over", "it is terminated"])
async def test_nothing_is_owed_after_the_end_of_the_contract(desk: TrialDesk, how: str) -> None:
    await desk.sign(order(PRODUCTION, months=1))
    await desk.trial.to("2026-03-01 19:00")
    late = await desk.open(level="l1")
    await desk.trial.to("2026-03-01 19:50")
    case, shelved = await desk.open(level="l3"), await desk.open(level="l3")
    await close(shelved)
    await desk.trial.to("2026-03-01 22:00")
    if how == "it is terminated":
        await desk.trial.press(Terminate("Ada", "we move"))
    await desk.trial.to("2026-03-02 12:00")
    reason = {"its term is over": "the term is over", "it is terminated": "we move"}[how]
    for each in (case, late):
        [released] = await each.facts("ticket.released")
        assert (released.at.hour, released.data["reason"]) == (23 if reason == "the term is over" else 22, reason)
        assert (await each.detail()).head.released
    assert await case.clocks() == ["response-1 due 03-02 14:50 lapsed"]
    assert await late.told() == [
        "03-01 19:22 response-1 at 75 % to Cecilia",
        "03-01 19:30 response-1 missed",
        "03-01 19:30 response-1 at 100 % to Cecilia",
        f"03-01 {released.at:%H:%M} response-1 missed",  # and that is how late it stays
    ]
    await case.reply("We still help.")
    done = await shelved.act(Act.REOPEN, actor=Actor.CUSTOMER, text="It is silent again.")
    assert done.summary == "It is open again. The contract is over, so no clock runs."
    assert [line for line in await shelved.clocks() if not line.endswith(("met", "measured"))] == []
    for each in (case, shelved):
        await close(each)
    assert await case.handle.result() == "closed"


async def test_a_ticket_that_starts_late_hears_what_became_of_its_contract(desk: TrialDesk) -> None:
    await desk.sign(order(PRODUCTION))
    await desk.trial.to("2026-02-02 09:00")
    away = await Client.connect("127.0.0.1:1", lazy=True)
    at_work = desk.desk
    desk.desk = Desk(desk.trial.sessions, away, QUEUE, at_work.catalogue)
    found = await desk.register_only(level="l2")
    assert found.started is False
    await desk.trial.to("2026-02-02 09:20")
    await desk.trial.press(Suspend("Lisa", "an invoice is unpaid"))
    await desk.trial.to("2026-02-02 09:30")
    assert await start_missing_tickets(at_work) == 1
    await desk.settled(found.number)
    case = Case(desk, "acme-2026", found.number)
    await desk.trial.to("2026-02-02 09:31")
    assert await case.clocks() == ["response-1 never due"]
    assert (await case.detail()).head.paused == ("suspended",)
    assert await start_missing_tickets(at_work) == 0


async def test_a_ticket_on_the_shelf_hears_of_closed_days(desk: TrialDesk) -> None:
    await desk.sign(order(PRODUCTION))
    await desk.trial.to("2026-02-02 19:00")
    case = await desk.open(level="l2")
    await close(case)
    async with desk.trial.sessions.begin() as session:
        await add_closed_day(
            session, contract_id="acme-2026", day=date(2026, 2, 3), spans="", reason="A feast", by="Lisa"
        )
    await case.act(Act.REOPEN, text="Our own test failed.")
    assert await case.clock("update-2") == "update-2 due 02-04 08:00"  # an hour today, an hour the day after the feast
    assert [f.data["version"] for f in await case.facts("ticket.coverage")] == [1, 2]
