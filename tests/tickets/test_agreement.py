"""A ticket closes with the customer's agreement (essensys-13): asked for, and asked for again."""

from __future__ import annotations

from dataclasses import replace

from domain.contract import Contact
from domain.intake import Door
from domain.plan import Readings
from domain.ticket import Act, Actor
from tests.tickets.trial_desk import TrialDesk, order
from tests.workflows.trial import ADA, BO, plan
from workflows.messages import ChangeContact

LAST_DAY = replace(plan("essensys/inbound"), readings=Readings(close_without_agreement_after_days=10))


async def test_the_customer_is_asked_again_and_again_and_a_representative_closes_it(desk: TrialDesk) -> None:
    await desk.sign(order("essensys/inbound"))
    await desk.trial.to("2026-02-02 09:00")
    case = await desk.open(door=Door.CHAT, premises="Head office")
    await case.act(Act.RESOLVE, text="The card reader has a new cable.")
    await desk.trial.to("2026-05-01 00:00")
    # After two days, five, seven; then every four weeks.
    assert [f"{f.at:%m-%d %H:%M} {f.data['times']}" for f in await case.facts("ticket.asked")] == [
        "02-02 09:00 1",
        "02-04 09:00 2",
        "02-09 09:00 3",
        "02-16 09:00 4",
        "03-16 09:00 5",
        "04-13 09:00 6",
    ]
    assert {fact.clauses for fact in await case.facts("ticket.asked")} == {("essensys-13",)}
    assert await case.letters("agreement-asked") == ["agreement-asked ada@acme.example"] * 6
    assert await case.state() == "agreement-asked"
    only = "only the agreement of an Authorized Representative closes it"
    assert await case.refused(Act.AGREE, Actor.CUSTOMER, by="Bo Ek", email=BO.email) == f"email: {only}"
    assert await case.refused(Act.CLOSE, text="It was long ago.") == f"{only} (essensys-13)"
    never = "a ticket never closes by itself, since the plan sets no last day (A14)"
    assert await case.refused(Act.CLOSE, Actor.SYSTEM, text="It was long ago.") == never
    await case.act(Act.ASK_AGREEMENT)
    done = await case.act(Act.AGREE, actor=Actor.CUSTOMER, text="It works.")
    assert (done.state, done.summary) == ("closed", "Thank you. The ticket is closed.")
    [agreed] = await case.facts("ticket.agreed")
    assert (agreed.data["by"], agreed.clauses) == ("Ada Lindqvist", ("essensys-13",))
    assert (await case.letters("agreement-asked"))[6:] == ["agreement-asked ada@acme.example"]
    assert await case.clocks() == ["resolution-1 never due measured", "response-1 never due measured"]


async def test_a_ticket_closes_by_itself_on_the_last_day_that_the_plan_sets(desk: TrialDesk) -> None:
    await desk.sign(order(LAST_DAY))
    await desk.trial.to("2026-02-02 09:00")
    case = await desk.open(door=Door.CHAT, premises="Head office")
    again = await desk.open(door=Door.CHAT, premises="Head office")
    for each in (case, again):
        await each.act(Act.RESOLVE, text="The card reader has a new cable.")
    await desk.trial.to("2026-02-11 09:00")
    await again.act(Act.REOPEN, actor=Actor.CUSTOMER, text="It broke.")
    await again.act(Act.RESOLVE, text="Now it has a new plug too.")
    await desk.trial.to("2026-02-13 00:00")
    assert [f"{f.at:%m-%d %H:%M} {f.kind}" for f in await case.facts("ticket.asked", "ticket.closed")] == [
        "02-02 09:00 ticket.asked",
        "02-04 09:00 ticket.asked",
        "02-09 09:00 ticket.asked",
        "02-12 09:00 ticket.closed",
    ]
    [closed] = await case.facts("ticket.closed")
    assert (closed.data["by"], closed.data["reason"]) == ("pledge", "nobody answered by the last day")
    assert await case.letters("ticket-closed") == ["ticket-closed ada@acme.example"]
    assert await again.state() == "agreement-asked"  # its days count from the later question
    await desk.trial.to("2026-02-21 10:00")
    assert [f"{f.at:%m-%d %H:%M}" for f in await again.facts("ticket.closed")] == ["02-21 09:00"]


async def test_who_may_agree_are_the_representatives_of_today(desk: TrialDesk) -> None:
    await desk.sign(order("essensys/inbound"))
    await desk.trial.to("2026-02-02 09:00")
    case = await desk.open(door=Door.CHAT, premises="Head office")
    shelved = await desk.open(door=Door.CHAT, premises="Head office")
    for each in (case, shelved):
        await each.act(Act.RESOLVE, text="The card reader has a new cable.")
    await shelved.act(Act.AGREE, actor=Actor.CUSTOMER)
    await desk.trial.to("2026-02-02 10:00")
    bo = Contact(BO, representative_of=("Head office",))
    await desk.trial.press(ChangeContact("Ada", bo, replaces=ADA.email))
    await desk.trial.to("2026-02-02 10:01")
    assert await case.letters("agreement-asked") == [
        "agreement-asked ada@acme.example",
        "agreement-asked bo@acme.example",  # at once, since nobody has asked him yet
    ]
    assert [each["email"] for each in (await case.detail()).head.agree] == ["bo@acme.example"]
    only = "email: only the agreement of an Authorized Representative closes it"
    assert await case.refused(Act.AGREE, Actor.CUSTOMER) == only
    assert (await case.act(Act.AGREE, Actor.CUSTOMER, by="Bo Ek", email=BO.email)).state == "closed"
    await shelved.act(Act.REOPEN, text="Our own test failed.")
    await shelved.act(Act.RESOLVE, text="It has a new plug too.")
    assert await shelved.refused(Act.AGREE, Actor.CUSTOMER) == only
    assert (await shelved.act(Act.AGREE, Actor.CUSTOMER, by="Bo Ek", email=BO.email)).state == "closed"


async def test_where_nobody_is_left_to_agree_nobody_is_asked_and_whoever_has_the_ticket_closes_it(
    desk: TrialDesk,
) -> None:
    await desk.sign(order("essensys/inbound"))
    await desk.trial.to("2026-02-02 09:00")
    case = await desk.open(door=Door.CHAT, premises="Head office")
    await case.act(Act.RESOLVE, text="The card reader has a new cable.")
    await desk.trial.press(ChangeContact("Ada", Contact(BO, representative_of=("Factory",)), replaces=ADA.email))
    await desk.trial.to("2026-03-20 00:00")
    assert [f.data["times"] for f in await case.facts("ticket.asked")] == [1]
    [task] = await case.facts("task.opened")
    assert task.data["title"] == "Who can agree to the closing of ticket 1?"
    assert await case.letters("task") == ["task cecilia@vendor.example"]
    assert await case.refused(Act.ASK_AGREEMENT) == "nobody is known who could agree"
    assert await case.refused(Act.CLOSE) == "text: write what is to be said"
    assert (await case.act(Act.CLOSE, text="Ada has left, and it works.")).state == "closed"
    assert await case.letters("ticket-closed") == ["ticket-closed bo@acme.example"]  # Ada is no contact any more


async def test_who_answers_the_question_by_words_is_not_overtaken_by_the_last_day(desk: TrialDesk) -> None:
    await desk.sign(order(LAST_DAY))
    await desk.trial.to("2026-02-02 09:00")
    case = await desk.open(door=Door.CHAT, premises="Head office")
    await case.act(Act.RESOLVE, text="The card reader has a new cable.")
    await desk.trial.to("2026-02-03 09:00")
    await case.act(Act.HEAR, Actor.CUSTOMER, text="And the second door?")
    answered = "They are not reminded, and the ticket does not close by itself, until you answer or ask again."
    [mail] = [each for each in desk.mails("cecilia@vendor.example") if answered in each]
    assert "answered the question whether ticket 1 can be closed" in mail
    await desk.trial.to("2026-03-02 09:00")
    assert (await case.state(), len(await case.facts("ticket.asked"))) == ("agreement-asked", 1)
    await case.act(Act.ASK_AGREEMENT)
    await desk.trial.to("2026-03-13 09:00")
    assert [f"{f.at:%m-%d %H:%M}" for f in await case.facts("ticket.asked", "ticket.closed")] == [
        "02-02 09:00",
        "03-02 09:00",
        "03-04 09:00",
        "03-09 09:00",
        "03-12 09:00",
    ]
