"""Tickets by mail in skipped time: the acknowledgement, and whose words about which ticket come back."""

from __future__ import annotations

import smtplib
from dataclasses import replace

import pytest
from temporalio.client import Client

from domain.contract import Contact
from domain.ticket import Act, Actor, RouteKind
from storage.downtimes import mark_down
from tests.replies.support_post import SupportOffice, mail, open_support_office, with_file
from tests.tickets.trial_desk import OWNER, Case, TrialDesk, order
from tests.workflows.trial import ADA, BO, Trial, utc
from workflows.ticket_messages import Route

PARTNER = "Rolf <rolf@onsite.example>"
TO_PARTNER = Route(RouteKind.ONSITE_PARTNER, "Onsite Service", email="rolf@onsite.example")


@pytest.fixture
async def ticket(support: TrialDesk, office: SupportOffice) -> TrialDesk:
    """Ticket 1, which Ada has reported by the mail ``<1@acme.example>``, and Cecilia has."""
    await office.send(with_file(mail(message_id="<first@acme.example>")))
    await support.settled()
    await support.act(Act.ASSIGN, owner=OWNER)
    return support


async def test_a_report_is_acknowledged_in_its_thread_and_every_answer_finds_its_ticket_once(
    ticket: TrialDesk, office: SupportOffice
) -> None:
    received = await office.our_id("ticket-received")
    sent = [each.message for each in ticket.trial.smtp.caught]
    [acknowledgement] = [each for each in sent if each["Message-ID"] == received]
    assert acknowledgement["In-Reply-To"] == "<first@acme.example>"
    assert acknowledgement["Auto-Submitted"] == "auto-replied"
    for answer in (
        mail("To our answer.", in_reply_to=received, subject="Re: Silent sensors"),
        mail("To their own mail.", references="<first@acme.example> <unknown@acme.example>"),
        with_file(mail("To their answer.", message_id="<third@acme.example>", in_reply_to=received)),
        mail("By that.", in_reply_to="<third@acme.example>"),
        mail("By the subject.", subject="Sv: [#1] Silent sensors", sender="Bo Ek <BO@acme.example>"),
        mail("", subject="Only a subject", in_reply_to=received),
    ):
        written = answer.as_bytes()
        for _ in range(2):
            await office.send(written)
    assert await office.said() == [
        "heard customer Ada Lindqvist: To our answer.",
        "heard customer Ada Lindqvist: To their own mail.",
        "heard customer Ada Lindqvist: To their answer. +log.txt",
        "heard customer Ada Lindqvist: By that.",
        "heard customer Bo Ek: By the subject.",
        "heard customer Ada Lindqvist: Only a subject",
    ]
    assert await office.reports() == ["1 ticket Silent sensors"]
    assert await office.files() == ["1 log.txt 15", "1 log.txt 15"]
    assert await office.letters("ticket-heard") == ["ticket-heard cecilia@vendor.example"] * 6
    assert await office.queue() == []


async def test_a_stranger_is_heard_in_a_thread_and_by_a_guessed_number_is_not(
    ticket: TrialDesk, office: SupportOffice
) -> None:
    await office.send(mail("I am copied in.", sender="eve@acme.example", in_reply_to="<first@acme.example>"))
    await office.send(mail("Who is this?", sender="Eve <eve@evil.example>", subject="Re: [#1] Silent sensors"))
    assert await office.said() == ["heard customer eve@acme.example: I am copied in."]
    assert await office.reports() == ["1 ticket Silent sensors", "2 ticket Re: [#1] Silent sensors"]


async def test_what_a_partner_answers_is_a_note_and_its_owner_hears_of_it(
    ticket: TrialDesk, office: SupportOffice
) -> None:
    await ticket.act(Act.ROUTE, route=TO_PARTNER, text="Please look at the gateway.")
    handed_over = await office.our_id("ticket-routed")
    await office.send(with_file(mail("It was off.", sender=PARTNER, in_reply_to=handed_over), "photo.txt"))
    await office.send(mail("On again.", sender="desk@onsite.example", in_reply_to=handed_over))
    await ticket.act(Act.TAKE_BACK)
    await office.send(mail("Our invoice.", sender=PARTNER, subject="[#1] Silent sensors"))
    await office.send(mail("Thank you.", in_reply_to=await office.our_id("ticket-received")))
    assert await office.said() == [
        "routed staff Cecilia: Please look at the gateway.",
        "note partner Rolf: It was off. +photo.txt",
        "note partner desk@onsite.example: On again.",
        "note partner Rolf: Our invoice.",
        "heard customer Ada Lindqvist: Thank you.",
    ]
    assert await office.letters("ticket-heard") == ["ticket-heard cecilia@vendor.example"] * 4


async def test_the_customers_own_desk_writes_as_a_partner_where_it_was_asked_and_as_the_customer_elsewhere(
    ticket: TrialDesk, office: SupportOffice
) -> None:
    await ticket.act(Act.ROUTE, route=Route(RouteKind.CLIENT_DESK, "Acme's desk", email=BO.email))
    await office.send(mail("We look.", sender=BO.email, in_reply_to=await office.our_id("ticket-routed")))
    await office.send(mail("Any news?", sender=BO.email, in_reply_to=await office.our_id("ticket-received")))
    assert await office.said() == [
        "note partner bo@acme.example: We look.",
        "heard customer bo@acme.example: Any news?",
    ]


async def test_the_staffs_own_mail_is_a_note_that_stops_no_clock(ticket: TrialDesk, office: SupportOffice) -> None:
    await office.send(mail("I have called them.", sender="Cecilia@vendor.example", in_reply_to="<first@acme.example>"))
    assert await office.said() == ["note staff Cecilia@vendor.example: I have called them."]
    assert await ticket.clocks() == ["response-1 due 02-04 09:00"]


async def test_an_answer_after_the_closing_is_heard_and_its_owner_is_told(
    ticket: TrialDesk, office: SupportOffice
) -> None:
    case = Case(ticket, "acme-2026", 1)
    await case.act(Act.RESOLVE, text="The gateway was off.")
    answer = mail("And room 5?", in_reply_to=await office.our_id("ticket-received")).as_bytes()
    await office.send(answer)
    assert (await case.act(Act.AGREE, actor=Actor.CUSTOMER)).state == "closed"
    assert await case.handle.result() == "closed"
    late = mail("Thank you!", in_reply_to=await office.our_id("ticket-closed")).as_bytes()
    for written in (answer, late, late):
        await office.send(written)
        ticket.trial.runs.append((case.workflow_id, (await case.handle.describe()).run_id))
        assert await case.handle.result() == "closed"
    assert await office.said() == [
        "solution staff Cecilia: The gateway was off.",
        "heard customer Ada Lindqvist: And room 5?",
        "closed customer Ada Lindqvist: ",
        "heard customer Ada Lindqvist: Thank you!",
    ]
    assert await office.letters("ticket-heard") == ["ticket-heard cecilia@vendor.example"] * 2
    assert (await ticket.detail()).head.state == "closed"


async def test_while_temporal_is_away_an_answer_comes_again_and_counts_once(
    ticket: TrialDesk, office: SupportOffice, nowhere: Client
) -> None:
    answer = with_file(mail("Room 5 too.", in_reply_to="<first@acme.example>")).as_bytes()
    async with open_support_office(replace(ticket.desk, temporal=nowhere), office.clock.at) as cut_off:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            await cut_off.send(answer)
    assert refused.value.smtp_code == 451
    for _ in range(2):
        await office.send(answer)
    assert await office.said() == ["heard customer Ada Lindqvist: Room 5 too. +log.txt"]
    assert await office.files() == ["1 log.txt 15", "1 log.txt 15"]


async def test_of_a_contact_the_telephone_and_the_premises_are_known(trial: Trial) -> None:
    desk = TrialDesk(trial)
    ada = Contact(replace(ADA, phone="+46 8 555 01 00"), primary=True, representative_of=("Head office",))
    bo = Contact(replace(BO, phone="+46 8 555 01 01"), representative_of=("Head office", "The Yard"))
    await desk.sign(order("essensys/inbound", contacts=(ada, bo)))
    await trial.to("2026-02-02 09:00")
    async with open_support_office(desk.desk, utc("2026-02-02 09:00")) as office:
        await office.send(mail(subject="While the chat is up"))
        async with trial.sessions.begin() as session:
            await mark_down(session, "essensys", "Live Chat", utc("2026-02-02 09:00"), "Maya")
        await office.send(mail(subject="While the chat is down"))
        await office.send(mail(subject="Cy is no representative", sender="cy@acme.example"))
        await office.send(mail(subject="Rain at the yard", sender=BO.email))
        await office.send(mail(subject="Bo does not say where", sender=BO.email))
        assert await office.reports() == [
            "1 refused While the chat is up",
            "2 ticket While the chat is down",
            "3 refused Cy is no representative",
            "4 ticket Rain at the yard",
            "5 ticket Bo does not say where",
        ]
    for number in (2, 4, 5):
        await desk.settled(number)
    heads = [await desk.detail_or_none(number) for number in (2, 4, 5)]
    assert [each.head.premises for each in heads if each] == ["Head office", "The Yard", ""]
