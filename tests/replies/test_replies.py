"""Answers by mail, over real SMTP in both directions, to a meeting that is invited to and lies ahead."""

from __future__ import annotations

import smtplib
from email import message_from_string, policy
from email.message import EmailMessage

import pytest

from domain.meeting import Outcome
from storage.inbox import stray_letters
from tests.replies.away import database_away
from tests.replies.post import PostOffice
from tests.workflows.trial import ADA, REPLY_DOMAIN
from workflows.messages import RecordOutcome, Reschedule

INVITED = ["ada@acme.example", "cecilia@vendor.example"]


async def test_an_accepted_reply_counts_and_the_same_mail_twice_counts_once(post: PostOffice) -> None:
    await post.send(post.right)
    await post.send(post.right)
    assert await post.answers() == ["ada@acme.example accepted"]
    assert await post.queue() == []


async def test_the_attendee_is_matched_whatever_the_case_and_may_change_their_mind(post: PostOffice) -> None:
    await post.send(post.other(attendee="ADA@Acme.Example"))
    await post.answers()
    await post.send(post.other(partstat="TENTATIVE", stamp="20260202T130000Z"))
    assert await post.answers() == ["ada@acme.example accepted", "ada@acme.example tentative"]


async def test_what_does_not_fit_the_meeting_changes_nothing(post: PostOffice) -> None:
    await post.send(post.other(token="0123456789abcdef0123456789abcdef"))
    await post.send(post.other(uid="another-meeting"))
    await post.send(post.other(sequence=7))
    await post.send(post.other(partstat="NEEDS-ACTION"))
    assert await post.answers() == []
    assert await post.invited() == INVITED


async def test_an_older_answer_that_comes_later_is_ignored(post: PostOffice) -> None:
    await post.send(post.right)
    await post.answers()
    await post.send(post.other(partstat="DECLINED", stamp="20260202T110000Z"))
    assert await post.answers() == ["ada@acme.example accepted"]


async def test_an_answer_to_a_time_that_the_meeting_no_longer_has_is_ignored(post: PostOffice) -> None:
    await post.trial.meeting("kickoff").execute_update("reschedule", Reschedule("Ada"))
    await post.send(post.right)
    assert await post.answers() == []
    await post.send(post.other(sequence=1))
    assert await post.answers() == ["ada@acme.example accepted"]


async def test_a_stranger_is_for_a_person_to_read_and_is_never_added(post: PostOffice) -> None:
    mail = post.other(attendee="eve@evil.example").mail()
    mail.as_bytes()  # the same bytes twice: here the boundary between the parts is chosen
    for _ in range(2):
        await post.post(mail, f"{post.right.token}@{REPLY_DOMAIN}", "eve@evil.example")
    assert await post.answers() == []
    [line] = await post.queue()
    assert line == "eve@evil.example: eve@evil.example answered accepted to Kick Off Meeting and was not invited"
    assert await post.invited() == INVITED


async def test_a_stranger_may_not_answer_for_somebody_who_was_invited(post: PostOffice) -> None:
    """The attendee is one of ours, the sender is not: the host's own answer stays what it was."""
    await post.send(post.other(attendee="cecilia@vendor.example", sender="eve@evil.example", partstat="DECLINED"))
    assert await post.answers() == []
    assert await post.queue() == [
        (
            "eve@evil.example: eve@evil.example answered declined to Kick Off Meeting for cecilia@vendor.example "
            "and was not invited"
        )
    ]


async def test_a_mail_that_names_no_sender_answers_for_nobody(post: PostOffice) -> None:
    mail = post.right.mail()
    del mail["From"]
    await post.post(mail, f"{post.right.token}@{REPLY_DOMAIN}")
    assert await post.answers() == []
    assert await post.queue() == [
        ": nobody that the mail names answered accepted to Kick Off Meeting for ada@acme.example and was not invited"
    ]


async def test_one_attendee_may_answer_for_another(post: PostOffice) -> None:
    await post.send(post.other(sender="Cecilia <CECILIA@vendor.example>"))
    assert await post.answers() == ["ada@acme.example accepted"]
    assert await post.queue() == []


async def test_an_address_that_will_never_work_is_told_to_a_person_with_the_reason(post: PostOffice) -> None:
    for action in ("delayed", "failed"):
        await post.post(_report(action), f"{post.right.token}@{REPLY_DOMAIN}", "")
    assert await post.queue() == [
        "ada@acme.example: mail to ada@acme.example cannot be delivered: 5.1.1 550 no such user here"
    ]


def _report(action: str) -> EmailMessage:
    """A delivery report as RFC 3464 has it."""
    blocks = (
        "Reporting-MTA: dns; mx.acme.example\n\n"
        f"Final-Recipient: rfc822; ada@acme.example\nAction: {action}\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550 no such user here\n"
    )
    raw = (
        "From: MAILER-DAEMON@mx.acme.example\nSubject: Undelivered\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        "--b\nContent-Type: text/plain\n\nIt could not be delivered.\n"
        f"--b\nContent-Type: message/delivery-status\n\n{blocks}\n--b--\n"
    )
    return message_from_string(raw, policy=policy.default)


async def test_requests_and_cancellations_from_outside_are_dropped(post: PostOffice) -> None:
    for method in ("REQUEST", "CANCEL", "PUBLISH"):
        await post.send(post.other(method=method))
    assert await post.answers() == []
    assert await post.trial.is_running("meeting/acme-2026/kickoff")
    assert await post.queue() == []


async def test_nobody_is_ever_written_back_to(post: PostOffice) -> None:
    before = len(post.trial.smtp.caught)
    out_of_office = EmailMessage()
    out_of_office["From"], out_of_office["Subject"] = ADA.email, "I am away"
    out_of_office["Auto-Submitted"] = "auto-replied"
    out_of_office.set_content("Back on Monday.")
    await post.post(out_of_office, f"{post.right.token}@{REPLY_DOMAIN}")
    await post.send(post.other(headers=(("Auto-Submitted", "auto-generated"),)))
    await post.send(post.other(attendee="eve@evil.example"))
    assert await post.answers() == ["ada@acme.example accepted"]
    assert len(post.trial.smtp.caught) == before


async def test_a_letter_in_words_is_for_the_csm(post: PostOffice) -> None:
    words = EmailMessage()
    words["From"], words["Subject"] = ADA.email, "Re: Kick Off Meeting"
    words.set_content("Could we do it by phone?")
    for _ in range(2):
        await post.post(words, f"{post.right.token}@{REPLY_DOMAIN}")
    assert await post.queue() == ["ada@acme.example: written in words, so a person has to read it"]
    async with post.trial.sessions() as session:
        [letter] = (await stray_letters(session, contract_id="acme-2026")).items
    assert (letter.contract_id, letter.subject_line) == ("acme-2026", "Re: Kick Off Meeting")
    assert (letter.meeting_key, letter.meeting) == ("kickoff", "Kick Off Meeting")


async def test_an_answer_after_the_end_of_the_meeting_is_taken_and_changes_nothing(post: PostOffice) -> None:
    await post.trial.to("2026-02-03 12:00")
    held = RecordOutcome(Outcome.HELD, "Cecilia", 30)
    await post.trial.meeting("kickoff").execute_update("record_outcome", held)
    await post.trial.to("2026-02-03 13:00")
    await post.send(post.right)
    assert await post.answers() == []


async def test_while_the_database_is_away_the_sender_is_asked_to_come_again(post: PostOffice) -> None:
    with database_away(post.trial.database), pytest.raises(smtplib.SMTPDataError) as refused:
        await post.send(post.right)
    assert refused.value.smtp_code == 451
    await post.send(post.right)
    assert await post.answers() == ["ada@acme.example accepted"]
