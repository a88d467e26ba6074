"""Major-incident communication (ombori-17): the customer's contacts hear at once, at each update and at the end."""

from __future__ import annotations

from domain.contract import Contact
from domain.ticket import Act, Actor
from tests.tickets.trial_desk import Case, TrialDesk, order
from tests.workflows.trial import ADA, BO

CONTACTS = (Contact(ADA, primary=True), Contact(BO))


async def told(case: Case) -> list[str]:
    return [
        f"{f.at:%H:%M} {f.data['news']} {f.clauses[0]}" for f in await case.facts("ticket.incident")
    ]  # fmt: skip


async def test_the_contacts_of_the_customer_hear_of_a_critical_ticket_until_it_is_none_any_more(
    desk: TrialDesk,
) -> None:
    await desk.sign(order("ombori/production", contacts=CONTACTS))
    await desk.trial.to("2026-02-02 09:00")
    case = await desk.open(level="l1", subject="All kiosks are dark")
    quiet = await desk.open(level="l2")
    await desk.trial.to("2026-02-02 09:10")
    await case.reply("We look at it.")
    await quiet.reply("We look at it.")
    await desk.trial.to("2026-02-02 09:40")
    await case.act(Act.RESOLVE, text="The power is back.")
    await desk.trial.to("2026-02-02 10:00")
    await case.act(Act.REOPEN, actor=Actor.CUSTOMER, text="They are dark again.")
    await desk.trial.to("2026-02-02 10:10")
    await case.act(Act.SET_LEVEL, level="l2", text="only one of them")
    await case.reply("One kiosk is left.")
    await desk.trial.to("2026-02-02 10:20")
    await case.act(Act.SET_LEVEL, level="l1", text="all of them again")
    await case.act(Act.WITHDRAW, actor=Actor.CUSTOMER, text="Never mind.")
    assert await told(case) == [
        "09:00 begun ombori-17",
        "09:10 updated ombori-17",
        "09:40 ended ombori-17",
        "10:00 begun ombori-17",
        "10:10 ended ombori-17",
        "10:20 begun ombori-17",
        "10:20 ended ombori-17",
    ]
    assert await told(quiet) == []
    assert (
        sorted(await case.letters("incident")) == ["incident ada@acme.example"] * 7 + ["incident bo@acme.example"] * 7
    )
    mails = [mail for mail in desk.mails("bo@acme.example") if "All kiosks are dark" in mail]
    words = (
        "The sensors of room 4 are silent.",
        "We look at it.",
        "The power is back.",
        "The sensors of room 4 are silent.",
        "The ticket goes on; its level is Major now.",
        "The sensors of room 4 are silent.",
        "The ticket is closed.",
    )
    assert [text in mail for text, mail in zip(words, mails, strict=True)] == [True] * 7
