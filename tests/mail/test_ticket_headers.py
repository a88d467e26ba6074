"""Mails about a ticket as mail servers and strangers see them: senders, threads, and hostile text that does nothing."""

import re
from dataclasses import replace
from email import message_from_bytes
from email.policy import compat32
from typing import Any

import pytest

from domain.contract import Person
from domain.ticket_messages import TargetLine
from mail.render import envelope_sender, message_id, render
from mail.safe import AddressRefused
from mail.threads import outside_id, support_address
from tests.mail.reading import Balance, html_of, spoken, text_of
from tests.mail.samples import JOHN, MARIA, SETTINGS, TOKEN
from tests.mail.test_ticket_messages import changed, read
from tests.mail.ticket_samples import FROM_OUTSIDE, NOW, TICKET, TICKETS, ticket_message

NAMES = sorted(TICKETS)
SUPPORT = "support+acme-2026@reply.oura.example"
FIRST = message_id(TICKET, "ticket-received-0", JOHN.email, SETTINGS)


def test_a_contract_has_an_address_for_its_tickets() -> None:
    assert support_address("acme-2026", SETTINGS) == SUPPORT
    assert support_address("a" * 56, SETTINGS) == f"support+{'a' * 56}@reply.oura.example"


@pytest.mark.parametrize("contract_id", ["a" * 57, "acme 2026", "acme\r\n2026", "acme@2026", "acme..2026", '"acme'])
def test_what_is_no_part_of_an_address_makes_none(contract_id: str) -> None:
    with pytest.raises(AddressRefused):
        support_address(contract_id, SETTINGS)


def test_a_plain_answer_to_a_mail_about_a_ticket_comes_back_to_the_ticket() -> None:
    mail = read(ticket_message("ticket-answer", sender_name="Maria Berg", reply_to=MARIA, reply_token=TOKEN))
    assert mail["From"] == f"Maria Berg <{SUPPORT}>"
    assert mail["Reply-To"] is None
    assert envelope_sender(ticket_message("ticket-answer"), SETTINGS) == SUPPORT


def test_a_mail_to_staff_comes_from_the_ordinary_sender() -> None:
    mail = read(ticket_message("ticket-warning"))
    assert mail["From"] == "Oura Support <pledge@oura.example>"
    assert envelope_sender(ticket_message("ticket-warning"), SETTINGS) == "pledge@oura.example"


def test_a_machine_says_that_it_wrote_and_a_person_does_not() -> None:
    generated = read(ticket_message("ticket-warning"))
    assert (generated["Auto-Submitted"], generated["X-Auto-Response-Suppress"]) == ("auto-generated", "OOF, AutoReply")
    replied = read(ticket_message("ticket-received", answers=FROM_OUTSIDE))
    assert (replied["Auto-Submitted"], replied["X-Auto-Response-Suppress"]) == ("auto-replied", "OOF, AutoReply")
    written = read(ticket_message("ticket-answer", by_person=True, answers=FROM_OUTSIDE))
    assert (written["Auto-Submitted"], written["X-Auto-Response-Suppress"]) == (None, None)


@pytest.mark.parametrize(
    ("in_reply_to", "answers", "answered", "thread"),
    [
        (None, "", None, None),
        (None, FROM_OUTSIDE, FROM_OUTSIDE, FROM_OUTSIDE),
        ("ticket-received-0", "", FIRST, FIRST),
        ("ticket-received-0", FROM_OUTSIDE, FROM_OUTSIDE, f"{FIRST} {FROM_OUTSIDE}"),
        ("ticket-received-0", FIRST, FIRST, FIRST),
        ("ticket-received-0", "<no id>", FIRST, FIRST),
        (None, "<no id>", None, None),
    ],
)
def test_a_mail_stands_in_the_thread_of_ours_and_of_theirs(
    in_reply_to: str | None, answers: str, answered: str | None, thread: str | None
) -> None:
    mail = read(ticket_message("ticket-answer", in_reply_to=in_reply_to, answers=answers))
    assert (mail["In-Reply-To"], mail["References"]) == (answered, thread)


@pytest.mark.parametrize(
    "raw",
    ["<1@a>", "<CAF+7=x.y_z@mail.acme.example>", "<a@b@c>", "<!#$%&'*+/=?^`{|}~@[127.0.0.1]>", f"<{'a' * 296}@b>"],
)
def test_an_id_from_outside_is_repeated_as_it_is(raw: str) -> None:
    assert outside_id(raw) == raw


@pytest.mark.parametrize(
    "raw",
    [
        "", "a@b", "<a@b", "a@b>", "<ab>", "<@b>", "<a@>", "<a b@c>", " <a@b>", "<a@b> ", "<a@b>\n", "<a@b><c@d>",
        "<a@b>\r\nBcc: all@acme.example", "<a\r\n@b>", "<a\x00@b>", "<a\x7f@b>", "<å@b>", "<a<@b>",
        "<=?utf-8?q?=0A?=@b>",
        f"<{'a' * 297}@b>",
    ],
)  # fmt: skip
def test_what_is_no_id_is_left_out(raw: str) -> None:
    assert outside_id(raw) == ""
    mail = read(ticket_message("ticket-received", answers=raw))
    assert mail["In-Reply-To"] is mail["References"] is mail["Bcc"] is None
    assert mail["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("email", ["john@acme.example", "jöhn@acme.example"])
def test_a_long_id_goes_out_in_one_piece(email: str) -> None:
    long = f"<{'0123456789' * 29}@mail.b>"
    assert len(long) == 299
    message = ticket_message("ticket-answer", in_reply_to="ticket-received-0", answers=long)
    raw = render(message, Person("J", email), settings=SETTINGS, workflow_id=TICKET, now=NOW).as_bytes()
    own = message_id(TICKET, "ticket-received-0", email, SETTINGS)
    assert f"\r\nIn-Reply-To: {long}\r\n".encode() in raw
    assert f"\r\nReferences: {own}\r\n {long}\r\n".encode() in raw


HOSTILE = (
    'Eve\r\nBcc: all@acme.example\x00\x07"--></title><script>alert(1)</script><!--{{ 7 * 7 }}\u202e\u2028x' + "w" * 300
)


def hostile(value: Any, name: str) -> Any:
    """Every text but links and kinds, also those in tuples, made hostile."""
    if name in ("kind", "url", "news", "email"):
        return value
    if isinstance(value, str):
        return HOSTILE
    if isinstance(value, tuple):
        return tuple(hostile(one, "") for one in value)
    if isinstance(value, Person | TargetLine):
        return replace(value, **{field: hostile(getattr(value, field), field) for field in value.__dataclass_fields__})
    return value


@pytest.mark.parametrize("name", NAMES)
def test_hostile_text_is_shown_and_does_nothing(name: str) -> None:
    content: Any = TICKETS[name]
    content = replace(
        content, **{field: hostile(getattr(content, field), field) for field in content.__dataclass_fields__}
    )
    message = ticket_message(name, content=content, sender_name=HOSTILE, vendor_name=HOSTILE, clause=HOSTILE)
    raw = render(message, JOHN, settings=SETTINGS, workflow_id=TICKET, now=NOW).as_bytes()
    assert sorted(message_from_bytes(raw, policy=compat32).keys()) == sorted(read(ticket_message(name)).keys())
    mail = read(message)
    assert mail["Bcc"] is None
    assert len(mail["Subject"]) <= 150
    assert not re.search(
        r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u202e]", mail["Subject"] + text_of(mail) + html_of(mail)
    )
    html = html_of(mail)
    assert "<script" not in html
    assert html.count("-->") == html.count("<!--") == 2  # our own, around the table that one mail program needs
    assert html.count("</title>") == 1
    assert "{{ 7 * 7 }}" in spoken(html)
    balance = Balance()
    balance.feed(html)
    assert balance.open == []


@pytest.mark.parametrize("name", NAMES)
def test_a_link_leads_to_us_or_writes_to_a_person_of_the_mail(name: str) -> None:
    content: Any = TICKETS[name]
    text = "See https://evil.example/ and www.evil.example"
    several = {field: text for field in ("text", "subject", "note", "how") if hasattr(content, field)}
    links = re.findall(r'href="([^"]*)"', html_of(read(changed(name, **several))))
    people = ("mailto:maria.berg@oura.example", "mailto:John.Miller@acme.example")
    assert [link for link in links if not link.startswith("https://pledge.oura.example/") and link not in people] == []


@pytest.mark.parametrize("name", [one for one in NAMES if getattr(TICKETS[one], "url", "")])
@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_a_link_that_leads_elsewhere_is_not_sent(name: str, url: str) -> None:
    with pytest.raises(ValueError, match="does not lead to"):
        read(changed(name, url=url))


@pytest.mark.parametrize("name", ["ticket-received", "ticket-answer", "ticket-closed", "incident", "ticket-routed"])
def test_a_reader_who_has_no_page_gets_no_link(name: str) -> None:
    mail = read(changed(name, url=""))
    assert "https://" not in text_of(mail)
    assert "https://" not in html_of(mail)


def test_what_the_customer_wrote_cannot_pass_for_ours() -> None:
    text = "Hello,\n-- \nOura Support\n> quoted\n\n  indented\n" + "long " * 40
    written = text_of(read(changed("ticket-heard", text=text)))
    quoted = written.split("is solved:\n\n")[1].split("\n\nAnswer here:")[0]
    assert quoted.startswith("> Hello,\n> --\n> Oura Support\n> > quoted\n>\n>   indented\n> long long")
    assert all(line == ">" or line.startswith("> ") for line in quoted.splitlines())
    assert written.count("\n-- \n") == 1
