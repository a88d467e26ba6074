"""A ladder of the plan's own: roles, people, rotations, steps after it was due. Stockholm, every day 08:00-21:00."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from domain.plan import ClockKind, LadderStep, Plan, Role, Target, Who, WhoKind
from domain.rotation import Handover, Rotation
from domain.ticket import Act
from storage.rotations import KeptRotation, put_rotation
from tests.tickets.trial_desk import OWNER, TrialDesk, order
from tests.workflows.trial import member, plan

NIGHT = KeptRotation(
    Rotation("night", "Europe/Stockholm", Handover.DAILY, date(2026, 2, 1), ("dora", "emil"), 480), "Night desk"
)
LADDER = (
    LadderStep(Who(WhoKind.OWNER), percent=50),
    LadderStep(Who(WhoKind.ROLE, "support-lead"), percent=75, clocks=(ClockKind.RESPONSE,)),
    LadderStep(Who(WhoKind.PERSON, "boss@vendor.example"), percent=90, levels=("l1",)),
    LadderStep(Who(WhoKind.ON_CALL, "night"), percent=100),
    LadderStep(Who(WhoKind.ON_CALL, "nobody"), overrun_seconds=1800),
    LadderStep(Who(WhoKind.OWNER), overrun_seconds=13 * 3600),
)


def solving(of: Plan) -> Plan:
    """The plan with a ladder of its own; level 2 is to be solved within 4 hours too."""
    levels = tuple(
        replace(level, targets=(*level.targets, Target(ClockKind.RESOLUTION, 4 * 3600, "4h", "ombori-21")))
        if level.key == "l2"
        else level
        for level in of.levels
    )
    return replace(of, ladder=LADDER, levels=levels)


async def test_each_step_tells_whom_it_names_at_its_own_time(desk: TrialDesk) -> None:
    async with desk.trial.sessions.begin() as session:
        await put_rotation(session, NIGHT)
    staff = [member(name, Role.CSM) for name in ("cecilia", "dora", "emil")]
    await desk.sign(order(solving(plan("ombori/production"))), member("lena", Role.SUPPORT_LEAD), *staff)
    await desk.trial.to("2026-02-02 17:50")
    critical = await desk.open(level="l1")
    major = await desk.open(level="l2")
    await major.act(Act.ASSIGN, owner=OWNER)
    await desk.trial.to("2026-02-02 18:30")
    assert await major.act(Act.ACKNOWLEDGE, clock="response-1")
    await desk.trial.to("2026-02-05 00:00")
    # Emil is on call from Monday 08:00 in Stockholm, Dora from Tuesday 08:00.
    assert await critical.told() == [
        "02-02 18:05 response-1 at 50 % to Lena",
        "02-02 18:12 response-1 at 75 % to Lena",
        "02-02 18:17 response-1 at 90 % to boss@vendor.example",
        "02-02 18:20 response-1 missed",
        "02-02 18:20 response-1 at 100 % to Emil",
        "02-02 18:50 response-1 30 min late to Lena (there is no rotation 'nobody')",
        "02-03 18:20 response-1 780 min late to Lena",
    ]
    assert await critical.letters("ticket-warning") == [
        "ticket-warning lena@vendor.example",
        "ticket-warning lena@vendor.example",
        "ticket-warning boss@vendor.example",
        "ticket-warning emil@vendor.example",
        "ticket-warning lena@vendor.example",
        "ticket-warning lena@vendor.example",
    ]
    # Acknowledged is the response clock alone: 4 h of solving go on over the night, and 90 % is for level 1.
    assert await major.told() == [
        "02-02 18:20 response-1 at 50 % to Cecilia",
        "02-02 18:50 response-1 missed",
        "02-02 19:50 resolution-1 at 50 % to Cecilia",
        "02-03 08:50 resolution-1 missed",
        "02-03 08:50 resolution-1 at 100 % to Dora",
        "02-03 09:20 resolution-1 30 min late to Cecilia (there is no rotation 'nobody')",
        "02-04 08:50 resolution-1 780 min late to Cecilia",
    ]


async def test_an_acknowledgement_is_of_a_clock_that_the_ticket_has(desk: TrialDesk) -> None:
    await desk.sign(order("ombori/production"))
    case = await desk.open(level="l1")
    assert await case.refused(Act.ACKNOWLEDGE, clock="update-1") == "clock: this ticket has no clock 'update-1'"
    await case.act(Act.ACKNOWLEDGE, clock="response-1")
    await desk.trial.to("2026-02-03 00:00")
    assert await case.told() == ["02-02 07:30 response-1 missed"]
    assert await case.reply("Sorry.")
    await desk.trial.to("2026-02-03 08:30")
    # The update clock has a ladder of its own: one open hour from 08:00.
    assert (await case.told())[2:] == [
        "02-03 07:45 update-1 at 75 % to Cecilia",
        "02-03 08:00 update-1 missed",
        "02-03 08:00 update-1 at 100 % to Cecilia",
    ]
