"""Inbound mail: what it is taken for, and that no bytes at all can do harm."""

from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.meeting import Answer
from domain.replies import Reply
from mail.reply import MAX_BYTES, Bounce, Dropped, Inbound, Letter, WhyDropped, read_inbound

TO = "m-7f3k2q9x4c8v1b6n@reply.oura.example"

REPLY = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Google Inc//Google Calendar 70.9054//EN
METHOD:REPLY
BEGIN:VTIMEZONE
TZID:Europe/Stockholm
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
DTSTART:20260203T130000Z
DTSTAMP:20260121T120000Z
UID:kickoff.acme-2026@pledge.oura.example
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN="Miller, John: the
  first";X-NUM-GUESTS=0:mailto:John.Miller@acme.example
SEQUENCE:1
COMMENT:See you there\\, John\\nand thanks
SUMMARY:Accepted: Kick-off Meeting
END:VEVENT
END:VCALENDAR
"""


def mail(calendar: str | None = REPLY, text: str = "John accepted.", **headers: str) -> bytes:
    made = EmailMessage(policy=SMTP)
    made["From"] = "John Miller <john.miller@acme.example>"
    made["Subject"] = "Accepted: Kick-off Meeting"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    if calendar is not None:
        made.add_alternative(calendar.replace("\n", "\r\n"), subtype="calendar", params={"method": "REPLY"})
    return made.as_bytes()


def read(raw: bytes, envelope_from: str = "john.miller@acme.example", recipient: str = TO) -> Inbound:
    return read_inbound(raw, envelope_from=envelope_from, recipient=recipient)


def why(raw: bytes, envelope_from: str = "john.miller@acme.example") -> WhyDropped:
    result = read(raw, envelope_from)
    assert isinstance(result, Dropped)
    return result.reason


def test_a_reply_is_read_whole() -> None:
    assert read(mail()) == Reply(
        token="m-7f3k2q9x4c8v1b6n",
        uid="kickoff.acme-2026@pledge.oura.example",
        attendee="John.Miller@acme.example",
        answer=Answer.ACCEPTED,
        sequence=1,
        stamp=datetime(2026, 1, 21, 12, 0, tzinfo=UTC),
        comment="See you there, John\nand thanks",
        sender="john.miller@acme.example",
        automatic=False,
    )


def test_the_token_is_the_local_part_that_the_mail_was_sent_to_in_lower_case() -> None:
    result = read(mail(To="somebody@else.example"), recipient="M-7F3K2Q9X4C8V1B6N@reply.oura.example")
    assert isinstance(result, Reply)
    assert result.token == "m-7f3k2q9x4c8v1b6n"


@pytest.mark.parametrize(
    ("partstat", "answer"),
    [
        ("PARTSTAT=DECLINED", Answer.DECLINED),
        ("PARTSTAT=tentative", Answer.TENTATIVE),
        ("PARTSTAT=X-MAYBE", Answer.NEEDS_ACTION),
        ("ROLE=CHAIR", Answer.NEEDS_ACTION),
    ],
)
def test_every_answer_is_understood(partstat: str, answer: Answer) -> None:
    result = read(mail(REPLY.replace("PARTSTAT=ACCEPTED", partstat)))
    assert isinstance(result, Reply)
    assert result.answer is answer


def test_a_missing_sequence_is_the_first() -> None:
    result = read(mail(REPLY.replace("SEQUENCE:1\n", "")))
    assert isinstance(result, Reply)
    assert result.sequence == 0


def test_a_percent_encoded_attendee_is_read() -> None:
    result = read(mail(REPLY.replace("mailto:John.Miller@acme.example", "MAILTO:john%2Bwork%40acme.example")))
    assert isinstance(result, Reply)
    assert result.attendee == "john+work@acme.example"


@pytest.mark.parametrize(
    ("method", "reason"),
    [
        ("REQUEST", WhyDropped.REQUEST),
        ("CANCEL", WhyDropped.CANCEL),
        ("COUNTER", WhyDropped.COUNTER),
        ("PUBLISH", WhyDropped.OTHER_METHOD),
        ("REPLY\nMETHOD:CANCEL", WhyDropped.OTHER_METHOD),
    ],
)
def test_what_is_no_reply_is_dropped(method: str, reason: WhyDropped) -> None:
    assert why(mail(REPLY.replace("METHOD:REPLY", f"METHOD:{method}"))) is reason


@pytest.mark.parametrize(
    ("found", "instead"),
    [
        ("METHOD:REPLY\n", ""),
        ("UID:kickoff.acme-2026@pledge.oura.example\n", ""),
        ("UID:kickoff", "UID:other@x\nUID:kickoff"),
        ("DTSTAMP:20260121T120000Z", "DTSTAMP:20261321T120000Z"),
        ("DTSTAMP:20260121T120000Z", "DTSTAMP:20260121"),
        ("SEQUENCE:1", "SEQUENCE:-1"),
        ("SEQUENCE:1", "SEQUENCE:99999999999"),
        ("SEQUENCE:1", "SEQUENCE:1\nSEQUENCE:2"),
        ("SEQUENCE:1", "ATTENDEE;PARTSTAT=DECLINED:mailto:maria.berg@oura.example"),
        ("mailto:John.Miller@acme.example", "tel:+12125550100"),
        ("END:VEVENT\n", "END:VEVENT\nBEGIN:VEVENT\nUID:x\nEND:VEVENT\n"),
        ("BEGIN:VEVENT\n", "BEGIN:VTODO\n"),
        (REPLY, "no calendar at all"),
    ],
)
def test_a_reply_that_breaks_the_rules_changes_nothing_and_goes_to_a_person(found: str, instead: str) -> None:
    reason = why(mail(REPLY.replace(found, instead)))
    assert reason is WhyDropped.MALFORMED
    assert reason.for_a_person


def test_a_recurrence_is_never_expanded() -> None:
    result = read(mail(REPLY.replace("SEQUENCE:1", "SEQUENCE:1\nRRULE:FREQ=SECONDLY;COUNT=2000000000")))
    assert isinstance(result, Reply)


def test_an_attendee_inside_an_alarm_is_not_the_replier() -> None:
    alarm = "BEGIN:VALARM\nATTENDEE;PARTSTAT=DECLINED:mailto:eve@x.example\nEND:VALARM\nEND:VEVENT"
    result = read(mail(REPLY.replace("END:VEVENT", alarm)))
    assert isinstance(result, Reply)
    assert (result.attendee, result.answer) == ("John.Miller@acme.example", Answer.ACCEPTED)


def test_a_delegation_is_for_a_person() -> None:
    assert why(mail(REPLY.replace("PARTSTAT=ACCEPTED", "PARTSTAT=DELEGATED"))) is WhyDropped.DELEGATED
    assert WhyDropped.DELEGATED.for_a_person
    assert not WhyDropped.REQUEST.for_a_person


def test_two_calendars_in_one_mail_are_refused() -> None:
    made = EmailMessage(policy=SMTP)
    made.set_content("both")
    made.add_alternative(REPLY, subtype="calendar")
    made.add_alternative(REPLY, subtype="calendar")
    assert why(made.as_bytes()) is WhyDropped.SEVERAL_CALENDARS


def test_a_calendar_in_a_forwarded_mail_is_not_this_mails_answer() -> None:
    outer = EmailMessage(policy=SMTP)
    outer["From"] = "eve@acme.example"
    outer.set_content("look at this")
    inner = EmailMessage(policy=SMTP)
    inner.set_content(REPLY, subtype="calendar")
    outer.add_attachment(inner)
    assert isinstance(read(outer.as_bytes()), Letter)


def test_words_without_a_calendar_are_a_letter() -> None:
    assert read(mail(None, "Could we meet on Friday?\nJohn")) == Letter(
        token="m-7f3k2q9x4c8v1b6n",
        sender="john.miller@acme.example",
        subject="Accepted: Kick-off Meeting",
        text="Could we meet on Friday?\nJohn",
    )


def test_a_letter_in_html_only_is_read_as_text() -> None:
    made = EmailMessage(policy=SMTP)
    made["From"] = "john@acme.example"
    made.set_content("<style>p {}</style><p>Friday <b>would</b> do &amp; <script>alert(1)</script>", subtype="html")
    result = read(made.as_bytes())
    assert isinstance(result, Letter)
    assert result.text.split() == ["Friday", "would", "do", "&"]


@pytest.mark.parametrize(
    ("header", "value"),
    [("Auto-Submitted", "auto-replied"), ("Precedence", "bulk"), ("X-Autoreply", "yes"), ("List-Id", "<l.example>")],
)
def test_an_automatic_mail_is_dropped(header: str, value: str) -> None:
    assert why(mail(None, "I am away", **{header: value})) is WhyDropped.AUTO_SUBMITTED


def test_a_person_who_says_so_is_heard() -> None:
    assert isinstance(read(mail(None, "hello", Auto_Submitted="no")), Letter)


def test_a_calendars_own_reply_counts_although_a_machine_sent_it() -> None:
    result = read(mail(Auto_Submitted="auto-generated"))
    assert isinstance(result, Reply)
    assert result.automatic


def test_the_null_sender_without_a_calendar_is_a_bounce() -> None:
    assert why(mail(None, "could not deliver"), envelope_from="") is WhyDropped.BOUNCE
    assert why(mail(None, "could not deliver"), envelope_from="<>") is WhyDropped.BOUNCE


REPORT = b"""From: MAILER-DAEMON@acme.example
Subject: Undelivered Mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not work.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.acme.example

Final-Recipient: rfc822; ana@acme.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

--b
Content-Type: message/rfc822

Content-Type: text/calendar; method=REPLY

BEGIN:VCALENDAR
--b--
"""


def test_a_delivery_report_names_the_address_that_failed() -> None:
    assert read(REPORT, "") == Bounce(
        token="m-7f3k2q9x4c8v1b6n",
        recipient="ana@acme.example",
        status="5.1.1",
        reason="550 5.1.1 no such user",
        permanent=True,
    )


def test_a_delay_is_not_permanent() -> None:
    result = read(REPORT.replace(b"Action: failed", b"Action: delayed"), "")
    assert isinstance(result, Bounce)
    assert not result.permanent


def test_a_report_without_a_recipient_is_dropped() -> None:
    assert why(REPORT.replace(b"Final-Recipient", b"X-Nobody"), "") is WhyDropped.BOUNCE


def test_too_much_is_not_read() -> None:
    assert MAX_BYTES == 262144
    assert why(b"x" * (MAX_BYTES + 1)) is WhyDropped.TOO_BIG


def test_too_many_parts_are_not_read() -> None:
    made = EmailMessage(policy=SMTP)
    made.set_content("one")
    for number in range(60):
        made.add_attachment(f"part {number}")
    assert why(made.as_bytes()) is WhyDropped.TOO_MANY_PARTS


def test_deep_nesting_is_survived() -> None:
    opened = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (depth, depth) for depth in range(3_000)
    )
    assert why(opened) is WhyDropped.TOO_MANY_PARTS


def test_an_encoded_name_that_looks_like_an_address_is_not_the_sender() -> None:
    raw = b"From: =?utf-8?q?boss=40oura=2Eexample=3E_?= <eve@x.example>\r\n\r\nhello"
    result = read(raw)
    assert isinstance(result, Letter)
    assert result.sender == "eve@x.example"


@given(st.binary(max_size=2_000))
@settings(max_examples=300, deadline=None)
def test_any_bytes_give_a_result(raw: bytes) -> None:
    assert isinstance(read(raw), Reply | Letter | Bounce | Dropped)


_ODD = st.sampled_from(
    [b"\x00", b"\xff", b"\r\n\r\n", b"\n ", b'"', b";", b":", b"=?utf-8?b?", b"?=", b"--b", b"BEGIN:VEVENT\r\n",
     b"END:VCALENDAR\r\n", b"charset=x-unknown", b"charset=utf-7", b"Content-Transfer-Encoding: base64\r\n", b"\\"]
)  # fmt: skip


@given(st.sampled_from([mail(), REPORT, mail(None)]), st.lists(st.tuples(st.integers(0, 3_000), _ODD), max_size=12))
@settings(max_examples=400, deadline=None)
def test_a_damaged_mail_gives_a_result(whole: bytes, damage: list[tuple[int, bytes]]) -> None:
    for position, odd in damage:
        at = position % len(whole)
        whole = whole[:at] + odd + whole[at + len(odd) // 2 :]
    assert isinstance(read(whole), Reply | Letter | Bounce | Dropped)


@given(st.text(max_size=400))
@settings(max_examples=300, deadline=None)
def test_any_calendar_gives_a_result(text: str) -> None:
    raw = b"Content-Type: text/calendar; charset=utf-8\r\n\r\n" + text.encode("utf-8", "replace")
    assert isinstance(read(raw), Reply | Dropped)
