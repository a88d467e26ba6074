"""The level of a ticket changes, and its clocks with it. Production in Stockholm: every day from 07:00Z to 20:00Z."""

from __future__ import annotations

from dataclasses import replace

from domain.plan import Readings
from domain.ticket import Act, Actor
from tests.tickets.trial_desk import TrialDesk, minutes, order
from tests.workflows.trial import plan

WAITS = replace(plan("ombori/production"), readings=Readings(clock_may_pause_for_customer=True))


async def test_a_raised_level_is_due_sooner_and_a_lowered_one_counts_from_the_registration(desk: TrialDesk) -> None:
    await desk.sign(order("ombori/production"))
    await desk.trial.to("2026-02-02 09:00")
    case = await desk.open(level="l3")
    assert await case.clocks() == ["response-1 due 02-02 17:00"]
    await desk.trial.to("2026-02-02 09:10")
    await case.act(Act.SET_LEVEL, level="l1", text="It spreads.")
    assert await case.clocks() == ["response-1 due 02-02 09:40"]  # 30 min from now
    await desk.trial.to("2026-02-02 09:35")
    await case.act(Act.TRIAGE, level="l2", impact="One floor")
    assert await case.clocks() == ["response-1 due 02-02 10:00"]  # 1 h from the registration
    await desk.trial.to("2026-02-02 09:50")
    await case.act(Act.SET_LEVEL, level="l1")
    assert await case.clocks() == ["response-1 due 02-02 10:00"]  # the old instant is earlier
    await desk.trial.to("2026-02-02 10:05")
    await case.act(Act.SET_LEVEL, level="l4")
    assert await case.clocks() == ["response-1 due 02-02 10:00 missed"]  # a verdict stays
    await desk.trial.to("2026-02-03 00:00")
    assert await case.told() == [
        "02-02 09:32 response-1 at 75 % to Cecilia",
        "02-02 09:45 response-1 at 75 % to Cecilia",
        "02-02 10:00 response-1 missed",
        "02-02 10:00 response-1 at 100 % to Cecilia",
    ]
    await case.reply()
    assert await case.clocks() == ["response-1 due 02-02 10:00 missed", "update-1 never due"]
    late = (await case.facts("clock.verdict"))[-1].data
    assert (minutes(late["took_seconds"]), minutes(late["overrun_seconds"])) == (660, 600)  # until 20:00Z
    forbidden = "the plan does not let clocks pause while the customer is waited for (A20)"
    assert await case.refused(Act.PAUSE, text="Which room?") == forbidden
    assert await case.refused(Act.SET_LEVEL, level="l9") == "level: expected one of l1, l2, l3, l4"
    await desk.trial.to("2026-02-03 09:00")
    await case.act(Act.SET_LEVEL, level="l2")
    assert await case.clock("update-1") == "update-1 due 02-03 11:00"  # 2 h from now


async def test_a_clock_waits_for_the_customer_where_the_plan_allows_it(desk: TrialDesk) -> None:
    await desk.sign(order(WAITS))
    await desk.trial.to("2026-02-02 09:00")
    case = await desk.open(level="l2")
    await desk.trial.to("2026-02-02 09:20")
    await case.act(Act.PAUSE, text="Which room is it?")
    assert await case.clocks() == ["response-1 never due"]
    assert (await case.detail()).head.paused == ("customer",)
    assert await case.refused(Act.PAUSE) == "the customer is waited for already"
    await desk.trial.to("2026-02-02 19:00")
    assert await case.told() == []
    await case.act(Act.HEAR, actor=Actor.CUSTOMER, text="Room 4.")
    assert (await case.detail()).head.paused == ()
    assert await case.clocks() == ["response-1 due 02-02 19:40"]  # 40 min were left
    assert await case.refused(Act.RESUME) == "nobody waits for the customer"
    await desk.trial.to("2026-02-02 19:20")
    await case.act(Act.PAUSE, text="And which sensor?")
    await desk.trial.to("2026-02-03 08:00")
    await case.act(Act.RESUME, text="Never mind.")
    await desk.trial.to("2026-02-03 08:30")
    assert await case.told() == [
        "02-03 08:05 response-1 at 75 % to Cecilia",
        "02-03 08:20 response-1 missed",
        "02-03 08:20 response-1 at 100 % to Cecilia",
    ]
