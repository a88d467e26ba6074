"""Reports by mail, over real SMTP: what is kept, what comes twice, what a person has to read. Temporal is away."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from pathlib import Path

import pytest

from storage.inbox import stray_bytes, stray_letters
from tests.replies.away import database_away
from tests.replies.support_post import TO, SupportOffice, mail, with_file
from tests.workflows.trial import REPLY_DOMAIN

MAILS = Path(__file__).parent.parent / "mail" / "support_mails"


async def test_a_report_is_kept_with_its_files_also_while_temporal_is_away(alone: SupportOffice) -> None:
    await alone.send(with_file(mail()))
    [row] = await alone.rows("SELECT document, workflow_started FROM tickets")
    report = row.document["decision"]["report"]
    assert (report["door"], report["reporter"]["email"]) == ("e-mail", "ada@acme.example")
    assert (report["subject"], report["description"]) == ("Silent sensors", "The sensors of room 4 are silent.")
    assert row.workflow_started is False
    assert await alone.files() == ["1 log.txt 15"]


async def test_the_same_mail_twice_is_one_report_with_one_copy_of_its_files(alone: SupportOffice) -> None:
    written = with_file(mail()).as_bytes()
    await alone.send(written)
    await alone.send(b"Received: from another relay\r\n" + written, f"SUPPORT+Acme-2026@{REPLY_DOMAIN.title()}")
    assert await alone.reports() == ["1 refused Silent sensors"]
    assert await alone.files() == ["1 log.txt 15"]


async def test_what_is_written_in_the_subject_alone_is_what_is_reported(alone: SupportOffice) -> None:
    await alone.send(mail("", subject="Room 4 is silent"))
    [row] = await alone.rows("SELECT document FROM tickets")
    assert row.document["decision"]["report"]["description"] == "Room 4 is silent"


async def test_a_mail_as_a_customers_program_writes_it_is_a_report(alone: SupportOffice) -> None:
    await alone.send((MAILS / "gmail_new_de.eml").read_bytes(), envelope_from="joerg.mueller@globex.example")
    assert await alone.reports() == ["1 refused Ringe in Größe 10 fehlen"]
    assert await alone.files() == ["1 Lieferschein März.pdf 15"]


async def test_what_answers_a_refused_report_is_a_report_again(alone: SupportOffice) -> None:
    await alone.send(mail(message_id="<1@acme.example>"))
    answer = mail("It was in the contract.", subject="Re: Silent sensors", in_reply_to="<1@acme.example>")
    for _ in range(2):
        await alone.send(answer.as_bytes())
    assert await alone.reports() == ["1 refused Silent sensors", "2 refused Re: Silent sensors"]


async def test_what_a_machine_sends_leaves_no_trace(alone: SupportOffice) -> None:
    for name in ("out_of_office", "delivery_report"):
        raw = (MAILS / f"{name}.eml").read_bytes().replace(b"Action: failed", b"Action: delayed")
        await alone.send(raw)
    await alone.send(mail(sender=f"pledge@{REPLY_DOMAIN}"))
    await alone.send(mail(), envelope_from="")
    assert (await alone.reports(), await alone.queue()) == ([], [])


async def test_what_no_rule_can_act_on_waits_for_a_person_once_with_the_reason(alone: SupportOffice) -> None:
    nobody = mail(subject="Nobody")
    del nobody["From"]
    for written, to in (
        (mail(), f"support@{REPLY_DOMAIN}"),
        (mail(), f"support+nowhere-2026@{REPLY_DOMAIN}"),
        (mail(), f"support+bare-2026@{REPLY_DOMAIN}"),
        (nobody, TO),
        (mail(list_id="<it.acme.example>"), TO),
    ):
        raw = written.as_bytes()
        for _ in range(2):
            await alone.send(raw, to)
    assert await alone.reports() == []
    assert await alone.queue() == [
        "- ada@acme.example: is for the contract nowhere-2026, which does not exist",
        "- ada@acme.example: was sent to support@reply.pledge.test, which names no contract",
        "acme-2026 ada@acme.example: came by way of a mailing list, which is never answered",
        "acme-2026 ada@acme.example: names no sender who could be answered",
        "bare-2026 ada@acme.example: is for bare-2026, whose plan has no support levels",
    ]


async def test_a_bounce_of_our_mail_waits_for_a_person_with_its_contract(alone: SupportOffice) -> None:
    await alone.send((MAILS / "delivery_report.eml").read_bytes(), envelope_from="")
    assert await alone.queue() == [
        "acme-2026 bob@acme.example: mail to bob@acme.example cannot be delivered: 5.2.2 552 5.2.2 Over quota"
    ]


async def test_a_letter_for_a_person_is_kept_whole(alone: SupportOffice) -> None:
    written = with_file(mail(), "trace.txt", b"0123456789abcdef\n" * 200_000).as_bytes()
    await alone.send(written, f"support@{REPLY_DOMAIN}")
    async with alone.desk.sessions() as session:
        [letter] = (await stray_letters(session)).items
        kept = await stray_bytes(session, letter.id) or b""
    assert len(kept) > 4_000_000
    assert kept.split() == written.split()


async def test_a_mailbox_that_answers_by_itself_is_answered_twenty_times_an_hour(alone: SupportOffice) -> None:
    away = [mail("I am away.", subject="Re: ").as_bytes() for _ in range(22)]
    for written in (*away, away[0], away[21]):
        await alone.send(written)
    await alone.send(mail(sender="bo@acme.example", subject="Bo has one too"))
    assert len(await alone.reports()) == 21
    assert (await alone.reports())[-1] == "21 refused Bo has one too"
    reason = (
        "is one of more than 20 new reports from ada@acme.example within an hour; a mailbox may be answering by itself"
    )
    assert await alone.queue() == [f"acme-2026 ada@acme.example: {reason}"] * 2
    alone.clock.at += timedelta(minutes=61)
    await alone.send(mail(subject="An hour later"))
    assert (await alone.reports())[-1] == "22 refused An hour later"


async def test_while_the_database_is_away_the_mail_comes_again(alone: SupportOffice, module_database: str) -> None:
    written = with_file(mail()).as_bytes()
    with database_away(module_database), pytest.raises(smtplib.SMTPDataError) as refused:
        await alone.send(written)
    assert refused.value.smtp_code == 451
    await alone.send(written)
    assert await alone.reports() == ["1 refused Silent sensors"]


async def test_a_mail_for_several_contracts_is_a_report_of_each_that_there_is(alone: SupportOffice) -> None:
    await alone.send(mail(), TO, f"support+globex-2026@{REPLY_DOMAIN}", f"support+nowhere-2026@{REPLY_DOMAIN}")
    rows = await alone.rows("SELECT contract_id, number FROM tickets ORDER BY contract_id")
    assert [(row.contract_id, row.number) for row in rows] == [("acme-2026", 1), ("globex-2026", 1)]
    assert await alone.queue() == ["- ada@acme.example: is for the contract nowhere-2026, which does not exist"]
