"""Reopening: from the question whether it is solved, and from the shelf, on which a closed ticket lies."""

from __future__ import annotations

from dataclasses import replace

from domain.facts import verify
from domain.plan import ClockKind, Plan, Target
from domain.ticket import Act, Actor
from tests.tickets.trial_desk import OWNER, Case, TrialDesk, minutes, order
from tests.workflows.trial import plan


def solving(of: Plan) -> Plan:
    """Level 2 is to be solved within 4 open hours too."""
    target = Target(ClockKind.RESOLUTION, 4 * 3600, "4h", "ombori-21")
    levels = [replace(each, targets=(*each.targets, target)) if each.key == "l2" else each for each in of.levels]
    return replace(of, levels=tuple(levels))


async def runs(case: Case) -> int:
    seen = [run for workflow, run in case.desk.trial.runs if workflow == case.workflow_id]
    return len({*seen, (await case.handle.describe()).run_id})


async def test_a_reopened_ticket_goes_on_with_the_same_resolution_clock_also_from_the_shelf(desk: TrialDesk) -> None:
    await desk.sign(order(solving(plan("ombori/production"))))
    await desk.trial.to("2026-02-02 09:00")
    case = await desk.open(level="l2")
    await case.act(Act.ASSIGN, owner=OWNER)
    await case.act(Act.HEAR, actor=Actor.CUSTOMER, text="Room 5 too.", key="<mail-1@acme.example>")
    await desk.trial.to("2026-02-02 09:50")
    await case.act(Act.RESOLVE, text="It is on again.")
    assert await case.clocks() == [
        "resolution-1 due 02-02 13:00 met",
        "response-1 due 02-02 10:00 met",
        "update-1 due 02-02 11:50",
    ]
    await desk.trial.to("2026-02-02 11:00")
    done = await case.act(Act.REOPEN, actor=Actor.CUSTOMER, text="It is silent again.")
    assert (done.summary, done.state) == ("It is open again; the clocks go on.", "reopened")
    assert await case.clocks() == [
        "resolution-1 due 02-02 14:10",  # the time in which it was solved does not count
        "response-1 due 02-02 10:00 met",
        "update-1 due 02-02 11:50 lapsed",
        "update-2 due 02-02 13:00",
    ]
    await desk.trial.to("2026-02-02 12:00")
    await case.act(Act.RESOLVE, text="It has a new battery.")
    assert (await case.act(Act.AGREE, actor=Actor.CUSTOMER)).state == "closed"
    assert await case.handle.result() == "closed"

    await desk.trial.to("2026-02-02 15:00")
    assert (await case.act(Act.HEAR, actor=Actor.CUSTOMER, text="Thanks!")).state == "closed"
    assert await case.refused(Act.RESOLVE, text="Once more.") == (
        "a ticket that is closed cannot be changed so (resolve)"
    )
    again = await case.act(Act.HEAR, actor=Actor.CUSTOMER, text="Room 5 too.", key="<mail-1@acme.example>")
    assert again.summary == "It is known already."  # also after the shelf
    await desk.trial.to("2026-02-03 09:00")
    await case.act(Act.REOPEN, actor=Actor.CUSTOMER, text="And again.")
    assert await case.clock("resolution-1") == "resolution-1 due 02-03 11:10"  # 2 h 10 min were left
    assert await case.clock("update-4") == "update-4 due 02-03 11:00"
    assert (await case.detail()).head.owner_name == "Cecilia"
    assert (await case.letters("ticket-heard"))[-1] == "ticket-heard cecilia@vendor.example"
    await desk.trial.to("2026-02-03 12:00")
    assert (await case.told())[-6:] == [
        "02-03 10:10 resolution-1 at 75 % to Cecilia",
        "02-03 10:30 update-4 at 75 % to Cecilia",
        "02-03 11:00 update-4 missed",
        "02-03 11:00 update-4 at 100 % to Cecilia",
        "02-03 11:10 resolution-1 missed",
        "02-03 11:10 resolution-1 at 100 % to Cecilia",
    ]
    await case.act(Act.RESOLVE, text="A new sensor.")
    assert minutes((await case.facts("clock.verdict"))[-2].data["overrun_seconds"]) == 50
    await case.act(Act.AGREE, actor=Actor.CUSTOMER)
    await desk.trial.to("2026-02-03 13:00")
    await case.act(Act.REOPEN, text="Our own test failed.")
    assert await case.clock("resolution-1") == "resolution-1 due 02-03 11:10 missed"
    assert verify(await case.facts()) is None
    assert await runs(case) >= 4
    kinds = await case.kinds()
    assert (kinds.count("registered"), kinds.count("reopened"), kinds.count("agreed")) == (1, 3, 2)
