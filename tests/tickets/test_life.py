"""The life of a ticket in skipped time. Stockholm is an hour ahead of UTC in winter; 2 February 2026 is a Monday."""

from __future__ import annotations

from dataclasses import replace

from domain.plan import Readings
from domain.ticket import Act, Actor
from tests.tickets.trial_desk import OWNER, TrialDesk, order
from tests.workflows.trial import plan
from workflows.messages import LEVEL, STAGE


async def test_a_ticket_is_registered_answered_solved_agreed_and_closed(desk: TrialDesk) -> None:
    await desk.sign(order("ombori/production"))
    await desk.trial.to("2026-02-02 09:00")
    await desk.register()
    await desk.act(Act.TRIAGE, level="l2", impact="One room")
    await desk.act(Act.ASSIGN, owner=OWNER)
    assert await desk.clocks() == ["response-1 due 02-02 10:00"]
    await desk.trial.to("2026-02-02 09:20")
    await desk.act(Act.REPLY, text="We look at it.")
    assert await desk.clocks() == ["response-1 due 02-02 10:00 met", "update-1 due 02-02 11:20"]
    await desk.trial.to("2026-02-02 11:00")
    await desk.act(Act.RESOLVE, text="The gateway was off; it is on again.")
    assert (await desk.detail()).head.state == "agreement-asked"
    done = await desk.act(Act.AGREE, actor=Actor.CUSTOMER)
    assert done.state == "closed"
    assert await desk.handle().result() == "closed"
    assert (await desk.detail()).head.closed_by == "Ada Lindqvist"
    found_by = (await desk.handle().describe()).typed_search_attributes
    assert (found_by[STAGE], found_by[LEVEL]) == ("closed", "l2")
    assert await desk.trial.letters() == [
        "agreement-asked ticket/1 ada@acme.example sent",
        "ticket-answer ticket/1 ada@acme.example sent",
        "ticket-assigned ticket/1 cecilia@vendor.example sent",
        "ticket-closed ticket/1 ada@acme.example sent",
        "ticket-new ticket/1 cecilia@vendor.example sent",
        "ticket-received ticket/1 ada@acme.example sent",
        "ticket-warning ticket/1 cecilia@vendor.example sent",
        "welcome  ada@acme.example sent",
    ]


async def test_an_automatic_reply_answers_only_where_the_plan_says_so(desk: TrialDesk) -> None:
    counts = replace(plan("ombori/production"), readings=Readings(automatic_reply_counts_as_response=True))
    await desk.sign(order(counts))
    await desk.trial.to("2026-02-02 09:00")
    case = await desk.open(level="l2")
    assert await case.clocks() == ["response-1 due 02-02 10:00 met", "update-1 due 02-02 11:00"]
    head = (await case.detail()).head
    assert (head.state, f"{head.answered_at:%m-%d %H:%M}") == ("answered", "02-02 09:00")
    assert await case.letters() == ["ticket-new cecilia@vendor.example", "ticket-received ada@acme.example"]
