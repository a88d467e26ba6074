"""A contract that goes on under another plan: who fills its roles, and who is told. Stockholm, an hour ahead of UTC."""

from __future__ import annotations

from domain.plan import Role
from tests.workflows.trial import Trial, contract, member, plan
from workflows.messages import AmendPlan

KIT = plan("oura/launch-kit", meetings=())
PREMIUM = plan("oura/premium", touchpoints=(), meetings=())


async def roles(trial: Trial) -> list[str]:
    kinds = ("role.assigned", "role.unfilled", "role.ended")
    return [f"{f.kind} {f.subject} {f.data.get('staff_id', '')}".rstrip() for f in await trial.facts(None, *kinds)]


async def test_an_amended_plan_gets_the_people_it_needs_and_lets_the_others_go(trial: Trial) -> None:
    staff = (member("anna", Role.ACCOUNT_MANAGER), member("lena", Role.SUPPORT_LEAD), member("carl", Role.CSM))
    await trial.sign(contract(KIT), *staff)
    await trial.to("2026-02-03 09:00")
    await trial.press(AmendPlan(PREMIUM, "Ada", "more help"))
    await trial.to("2026-02-03 10:00")
    assert await roles(trial) == [
        "role.assigned support-lead lena",
        "role.assigned account-manager anna",
        "role.assigned csm carl",
        "role.ended support-lead",
        "role.ended account-manager",
    ]
    [carl] = await trial.facts("csm", "role.assigned")
    assert (carl.data["main"], carl.data["by"], carl.clauses) == (True, "pledge", ("oura-7",))
    assert await trial.letters("welcome") == ["welcome  ada@acme.example sent"] * 2
    [first, second] = [trial.smtp.caught[i].message for i in (0, -1)]
    assert (first["Subject"], second["Subject"]) == (
        "Welcome: Launch Kit starts on Monday 2 February 2026",
        "Your contract goes on under Premium Success Package",
    )


async def test_a_role_of_the_new_plan_that_nobody_fills_is_a_task(trial: Trial) -> None:
    staff = (member("anna", Role.ACCOUNT_MANAGER), member("lena", Role.SUPPORT_LEAD))
    await trial.sign(contract(KIT), *staff)
    await trial.to("2026-02-03 09:00")
    await trial.press(AmendPlan(PREMIUM, "Ada", "more help"))
    await trial.to("2026-02-03 10:00")
    assert (await roles(trial))[2] == "role.unfilled csm"
    assert [f.data["task"] for f in await trial.facts(None, "task.opened")] == ["role/csm"]


async def test_a_role_of_a_window_that_is_closed_is_not_filled_again(trial: Trial) -> None:
    await trial.sign(contract(PREMIUM))
    await trial.to("2026-06-01 09:00")
    await trial.press(AmendPlan(KIT, "Ada", "less help"))
    await trial.to("2026-06-01 10:00")
    assert await roles(trial) == [
        "role.assigned csm cecilia",
        "role.assigned support-lead cecilia",
        "role.ended csm",
        "role.ended account-manager",  # its window is closed at once
    ]
