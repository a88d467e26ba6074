"""Best effort and the ordinary queue (caret-2, caret-6): a miss is an objective missed; what is not owed is measured.

The client's zone is Stockholm; Severity 1 counts from Monday 00:00 to Friday 24:00, Severity 3 in business hours.
"""

from __future__ import annotations

from dataclasses import replace

from domain.ticket import Act, Actor
from tests.tickets.trial_desk import TrialDesk, minutes, order
from tests.workflows.trial import ADA, BO


async def test_a_best_effort_target_that_passes_is_an_objective_missed_and_nothing_worse(desk: TrialDesk) -> None:
    await desk.sign(order("caret/premium-support"))
    await desk.designate("acme-2026", "ADA@acme.example")
    await desk.trial.to("2026-02-06 22:50")  # ten minutes of the week are left
    case = await desk.open(level="s1")
    other = await desk.open(level="s1", reporter=replace(BO, phone="+46 8 555 01 01"))
    await desk.trial.to("2026-02-08 23:40")
    assert await case.told() == [
        "02-08 23:12 response-1 at 75 % to Cecilia",
        "02-08 23:20 response-1 objective-missed",
        "02-08 23:20 response-1 at 100 % to Cecilia",
    ]
    assert (await case.facts("clock.verdict"))[0].clauses == ("caret-7",)
    for each in (case, other):
        await each.reply("We look at it.")
        await each.act(Act.RESOLVE, text="It runs again.")
        await each.act(Act.AGREE, actor=Actor.CUSTOMER, email=ADA.email if each is case else BO.email)
    [closed] = [mail for mail in desk.mails("ada@acme.example") if "is closed" in mail]
    assert "First response: objective missed by 20 min" in closed
    words = " ".join(desk.mails("cecilia@vendor.example") + desk.mails("ada@acme.example"))
    assert "breach" not in words
    assert "First response: missed" not in words
    # Bo is not one of the designated users: the ordinary queue has no target, and is measured.
    assert await other.clocks() == ["response-1 never due measured"]
    head = (await other.detail()).head
    assert (head.queue, head.owed, [each["clause"] for each in head.reasons]) == ("ordinary", False, ["caret-2"])
    [verdict] = await other.facts("clock.verdict")
    assert minutes(verdict.data["took_seconds"]) == 50  # ten minutes on Friday, forty on Monday
    assert await other.facts("ticket.escalated") == []
    [received] = [mail for mail in desk.mails("bo@acme.example") if "is not one of the 10 designated users" in mail]
    assert "no target" in received
