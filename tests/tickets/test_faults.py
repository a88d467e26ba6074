"""What goes wrong around a ticket, in skipped time: mail that is away, doubles, refusals, a hand in Temporal's UI."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from domain.intake import Door
from domain.ticket import Act, Actor
from support.acting import UnknownTicketError
from tests.tickets.trial_desk import Case, TrialDesk, order
from tests.workflows.trial import ADA, BO


def assert_each_mail_came_once(desk: TrialDesk) -> None:
    taken = Counter(str(caught.message["Message-ID"]) for caught in desk.trial.smtp.caught)
    assert set(taken.values()) == {1}


async def test_while_the_mail_server_is_down_clocks_and_acts_go_on_and_nothing_is_lost(desk: TrialDesk) -> None:
    await desk.sign(order("ombori/production"))
    await desk.trial.to("2026-02-02 09:00")
    desk.trial.smtp.refuse_connections()
    case, closed = await desk.open(level="l2"), await desk.open(level="l2")
    await closed.act(Act.RESOLVE, text="It was off.")
    assert (await closed.act(Act.AGREE, actor=Actor.CUSTOMER)).state == "closed"
    await desk.trial.to("2026-02-02 10:30")
    await case.reply("Sorry.")
    # Its mail is still waiting, so the workflow runs; reopened, its clocks do not wait for that.
    await closed.act(Act.REOPEN, actor=Actor.CUSTOMER, text="It is silent again.")
    await desk.trial.to("2026-02-02 13:00")
    assert await case.told() == [
        "02-02 09:45 response-1 at 75 % to Cecilia",
        "02-02 10:00 response-1 missed",
        "02-02 10:00 response-1 at 100 % to Cecilia",
        "02-02 10:30 response-1 missed",
        "02-02 12:00 update-1 at 75 % to Cecilia",
        "02-02 12:30 update-1 missed",
        "02-02 12:30 update-1 at 100 % to Cecilia",
    ]
    assert (await closed.told())[-3:] == [
        "02-02 12:00 update-2 at 75 % to Cecilia",
        "02-02 12:30 update-2 missed",
        "02-02 12:30 update-2 at 100 % to Cecilia",
    ]
    assert await case.letters() == []
    await closed.act(Act.RESOLVE, text="It has a battery now.")
    await closed.act(Act.AGREE, actor=Actor.CUSTOMER)
    desk.trial.smtp.accept_connections()
    await desk.trial.to("2026-02-02 14:00")
    assert await closed.handle.result() == "closed"
    assert [line for line in await desk.trial.letters() if not line.endswith(" sent")] == []
    assert len(await case.letters()) == 7  # received, announced, answer, and two warnings of each clock
    assert_each_mail_came_once(desk)


async def test_an_address_that_is_refused_is_a_task_for_whoever_has_the_ticket(desk: TrialDesk) -> None:
    await desk.sign(order("ombori/production"))
    desk.trial.smtp.reject(ADA.email)
    case = await desk.open(level="l3")
    await case.reply()
    await desk.trial.to("2026-02-02 08:00")
    tasks = [(f.data["task"], f.data["staff_id"]) for f in await case.facts("task.opened")]
    assert tasks == [("address/ada@acme.example", "cecilia")] * 2
    assert (await case.kinds()).count("message.rejected") == 2


async def test_what_comes_twice_counts_once(desk: TrialDesk) -> None:
    await desk.sign(order("ombori/production"))
    first = await desk.open(level="l3", key="<report@acme.example>", door=Door.MAIL)
    again = await desk.register_only(level="l1", key="<report@acme.example>", door=Door.MAIL)
    assert (again.number, again.again, again.decision.level) == (first.number, True, "l3")
    answers = [
        await first.act(Act.HEAR, actor=Actor.CUSTOMER, text="Room 5 too.", key="<answer@acme.example>")
        for _ in range(2)
    ]
    assert [done.summary for done in answers] == ["Thank you, it is written down.", "It is known already."]
    assert (await first.kinds()).count("heard") == 1
    assert await first.letters("ticket-heard") == ["ticket-heard cecilia@vendor.example"]


async def test_a_report_that_is_refused_is_a_fact_and_a_mail_and_no_ticket(desk: TrialDesk) -> None:
    await desk.sign(order("essensys/inbound"))
    stranger = replace(BO, phone="+44 20 5550 100")
    found = await desk.register_only(door=Door.CHAT, premises="Head office", reporter=stranger)
    refused = Case(desk, "acme-2026", found.number)
    assert await refused.handle.result() == "refused"
    desk.trial.smtp.refuse_connections()
    waiting = await desk.register_only(door=Door.CHAT, premises="Head office", reporter=stranger)
    late = Case(desk, "acme-2026", waiting.number)
    await desk.trial.to("2026-02-02 08:00")
    assert await late.refused(Act.NOTE, text="Who is that?") == "the report became no ticket"
    await late.handle.cancel()
    await desk.trial.to("2026-02-02 08:10")
    desk.trial.smtp.accept_connections()
    await desk.trial.to("2026-02-02 09:00")
    assert await late.handle.result() == "refused"
    for each in (refused, late):
        assert await each.kinds() == ["refused"]
        assert await each.letters() == ["ticket-refused bo@acme.example"]
        with pytest.raises(UnknownTicketError):
            await each.act(Act.NOTE, text="Who is that?")
    [fact] = await refused.facts()
    assert (fact.clauses, fact.data["description"]) == (("essensys-6",), "The sensors of room 4 are silent.")
    [mail, _] = desk.mails("bo@acme.example")
    assert "bo@acme.example is not an Authorized Representative of the premises Head office" in mail
    assert "The sensors of room 4 are silent." in mail


async def test_a_ticket_that_is_cancelled_by_hand_is_closed_recorded_and_told(desk: TrialDesk) -> None:
    await desk.sign(order("ombori/production"))
    await desk.trial.to("2026-02-02 09:00")
    case = await desk.open(level="l1")
    await desk.trial.to("2026-02-02 09:10")
    await case.handle.cancel()
    assert await case.handle.result() == "closed"
    await case.remember_run()
    [closed] = await case.facts("ticket.closed")
    assert (closed.data["by"], closed.data["state"]) == ("Temporal", "closed")
    assert await case.clocks() == ["response-1 due 02-02 09:30 lapsed"]
    assert await case.letters("ticket-closed", "incident") == [
        "incident ada@acme.example",
        "incident ada@acme.example",
        "ticket-closed ada@acme.example",
    ]
    assert (await case.act(Act.REOPEN, text="A slip of the hand.")).state == "reopened"
    assert await case.clocks() == ["response-1 due 02-02 09:30"]
