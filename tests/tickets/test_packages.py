"""A ticket of each level of each of the twelve packages, registered as a door does: the clocks that run, worked out by
hand. Stockholm is an hour ahead of UTC in February 2026, New York five hours behind, London on it.
"""

from __future__ import annotations

from typing import Any

from domain.intake import Door
from domain.ticket import Act
from tests.tickets.trial_desk import Case, TrialDesk, minutes, order

NEW_YORK: dict[str, Any] = {"zone": "America/New_York", "country": "US"}
LONDON: dict[str, Any] = {"zone": "Europe/London", "country": "GB", "region": "uk-eu"}


async def sign(desk: TrialDesk, package: str, **changes: Any) -> str:
    contract_id = package.replace("/", "-")
    await desk.sign(order(package, id=contract_id, **changes))
    return contract_id


async def took(case: Case) -> dict[str, object]:
    """How long each clock of a solved ticket took, in minutes of open time."""
    await case.act(Act.RESOLVE, text="It is on again.")
    verdicts = {f.data["clock"]: f.data for f in await case.facts("clock.verdict")}
    return {f"{clock} {data['verdict']}": minutes(data["took_seconds"]) for clock, data in verdicts.items()}


OMBORI = {
    # level: (the response is due, the update after an answer at 16:40Z is due); Friday 6 February, 17:30 in Stockholm
    "ombori/free": dict.fromkeys(("l1", "l2", "l3", "l4"), ("never due", "never due")),
    "ombori/pilot": {  # until 18:00, and from Monday 08:00
        "l1": ("due 02-09 10:30", "due 02-09 10:40"),
        "l2": ("due 02-09 14:30", "due 02-09 14:40"),
        "l3": ("due 02-13 14:30", "never due"),  # half an hour, four days of 10 h, and 7.5 h on Friday
        "l4": ("due 02-13 16:30", "never due"),  # five service days: the same time on the next Friday
    },
    "ombori/production": {  # until 21:00, and from Saturday 08:00
        "l1": ("due 02-06 17:00", "due 02-06 17:40"),
        "l2": ("due 02-06 17:30", "due 02-06 18:40"),
        "l3": ("due 02-07 11:30", "never due"),  # 3.5 h, and 4.5 h on Saturday
        "l4": ("due 02-10 12:30", "never due"),  # 3.5 h, three days of 13 h, and 5.5 h on Tuesday
    },
    "ombori/enterprise": {  # always
        "l1": ("due 02-06 17:00", "due 02-06 17:40"),
        "l2": ("due 02-06 17:30", "due 02-06 18:40"),
        "l3": ("due 02-07 00:30", "never due"),
        "l4": ("due 02-08 16:30", "never due"),
    },
}


async def test_each_level_of_each_package_of_ombori(desk: TrialDesk) -> None:
    ids = {package: await sign(desk, package) for package in OMBORI}
    await desk.trial.to("2026-02-06 16:30")
    cases = {
        (package, level): await desk.open(ids[package], level=level)
        for package, levels in OMBORI.items()
        for level in levels
    }
    await desk.trial.to("2026-02-06 16:40")
    for each in cases.values():
        await each.reply()
    seen: dict[str, dict[str, tuple[str, str]]] = {}
    for (package, level), case in cases.items():
        response, update = await case.clocks()
        assert response.endswith(" measured" if package == "ombori/free" else " met")
        seen.setdefault(package, {})[level] = (
            response.removeprefix("response-1 ").rpartition(" ")[0],
            update.removeprefix("update-1 "),
        )
    assert seen == OMBORI
    major = [key for key, case in cases.items() if await case.facts("ticket.incident")]
    assert major == [("ombori/production", "l1"), ("ombori/enterprise", "l1")]  # ombori-17


async def test_each_level_of_each_package_of_caret(desk: TrialDesk) -> None:
    packages = ("caret/premium-support", "caret/tam", "caret/support-24-7")
    premium, tam, always = [await sign(desk, package, **NEW_YORK) for package in packages]
    await desk.designate(premium, "ada@acme.example")
    await desk.trial.to("2026-02-07 04:28")  # Friday, 23:28 in New York
    severities = {level: await desk.open(premium, level=level) for level in ("s1", "s2", "s3")}
    assert {level: await case.clocks() for level, case in severities.items()} == {
        "s1": ["response-1 due 02-07 04:58"],
        "s2": ["response-1 due 02-09 06:28"],  # 32 min of Friday, and 88 min of Monday
        "s3": ["response-1 due 02-09 18:00"],  # four business hours from Monday 09:00
    }
    for key, clause in (("s1", "caret-7"), ("s2", "caret-8"), ("s3", "caret-9")):
        [clock] = (await severities[key].detail()).clocks
        assert (clock.clause, clock.best_effort) == (clause, True)
    escalation, incident = await desk.open(tam), await desk.open(always)
    await desk.trial.to("2026-02-09 14:30")  # Monday, 09:30 in New York
    assert await took(escalation) == {"response-1 measured": 30, "resolution-1 measured": 30}
    assert await took(incident) == {"response-1 measured": 3482, "resolution-1 measured": 3482}  # 58 h 2 min
    for case, clause in ((escalation, "caret-10"), (incident, "caret-16")):
        assert {fact.clauses for fact in await case.facts("clock.verdict")} == {(clause,)}
        assert await case.facts("ticket.escalated") == []


async def test_each_level_of_each_package_of_essensys(desk: TrialDesk) -> None:
    inbound = await sign(desk, "essensys/inbound", **NEW_YORK, region="us-est")
    engagement = await sign(desk, "essensys/engagement-enterprise", **LONDON)
    chat: dict[str, Any] = {"door": Door.CHAT, "premises": "Head office"}
    await desk.trial.to("2026-02-06 23:30")  # Friday, 23:30 in London
    second = await desk.open(engagement, **chat)
    await desk.trial.to("2026-02-07 00:30")  # Friday, 19:30 in New York, half an hour before the end of the week
    first = await desk.open(inbound, **chat)
    for case in (first, second):
        assert await case.clocks() == ["resolution-1 never due", "response-1 never due"]
    await desk.trial.to("2026-02-09 00:30")  # Monday, 00:30 in London
    assert await took(second) == {"response-1 measured": 60, "resolution-1 measured": 60}
    await desk.trial.to("2026-02-09 05:30")  # Monday, 00:30 in New York
    assert await took(first) == {"response-1 measured": 60, "resolution-1 measured": 60}
    for case in (first, second):
        clauses = {str(f.data["kind"]): f.clauses for f in await case.facts("clock.verdict")}
        assert clauses == {"response": ("essensys-8",), "resolution": ("essensys-12",)}


async def test_each_level_of_each_package_of_oura(desk: TrialDesk) -> None:
    ids = [await sign(desk, package) for package in ("oura/launch-kit", "oura/pro-lite", "oura/premium")]
    await desk.trial.to("2026-02-06 15:30")  # Friday, 16:30 in Stockholm, half an hour before the office closes
    cases = [await desk.open(contract_id) for contract_id in ids]
    for case in cases:
        assert await case.clocks() == ["resolution-1 never due", "response-1 never due"]
    await desk.trial.to("2026-02-09 08:30")  # Monday, half an hour after it has opened
    for case in cases:
        assert await took(case) == {"response-1 measured": 60, "resolution-1 measured": 60}
        assert {fact.clauses for fact in await case.facts("clock.verdict")} == {("oura-18",)}
