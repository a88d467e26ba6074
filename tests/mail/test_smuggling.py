"""Encoded words in somebody's subject or name are letters, and never become a header, a line or an address of ours."""

from __future__ import annotations

from dataclasses import replace
from email.header import decode_header, make_header

import pytest

from domain.contract import Person
from domain.ticket_messages import TicketReceived
from mail.render import render
from tests.mail.samples import SETTINGS
from tests.mail.ticket_samples import NOW, TICKET, TICKETS, ticket_message

BCC = "x =?utf-8?q?=0ABcc:_evil=40x.test?="
TYPED = (
    BCC,
    "=?utf-8?q?=0A=0AYour_account_is_blocked?=",
    "=?utf-8?b?CkJjYzogZXZpbEB4LnRlc3QK?=",
    "=?utf-8?q?=00=07?=",
    "=?utf-8?q?=3D=3Futf-8=3Fq=3F=3D0ABcc:=3F=3D?=",
    "=?utf-8?q?a?= plain",
    "=?nonsense?q?x?=",
    "Привет =?utf-8?q?=0D=0ABcc:_e?=",
)
READERS = ("john@acme.example", "jöhn@acme.example")
HEADERS = [
    "Message-ID", "Date", "From", "To", "Subject", "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version",
    "Content-Type", "Content-Language",
]  # fmt: skip


def sent(to: Person, subject: str) -> dict[str, str]:
    """The headers as they go over, unfolded; a second one of a name would be missed by nobody who counts the lines."""
    received = TICKETS["ticket-received"]
    assert isinstance(received, TicketReceived)
    content = replace(received, subject=subject)
    message = ticket_message("ticket-received", content=content)
    raw = render(message, to, settings=SETTINGS, workflow_id=TICKET, now=NOW).as_bytes()
    head = raw.partition(b"\r\n\r\n")[0].decode().replace("\r\n ", " ")
    assert [line.partition(":")[0] for line in head.splitlines()] == HEADERS
    return dict(line.split(": ", 1) for line in head.splitlines())


def read(header: str) -> str:
    return str(make_header(decode_header(header)))


@pytest.mark.parametrize("typed", TYPED)
@pytest.mark.parametrize("email", READERS)
def test_a_subject_arrives_as_it_was_typed(typed: str, email: str) -> None:
    assert read(sent(Person("John", email), typed)["Subject"]) == f"[#17] {typed}"


@pytest.mark.parametrize("typed", TYPED)
@pytest.mark.parametrize("email", READERS)
def test_a_name_arrives_as_it_was_typed(typed: str, email: str) -> None:
    shown, _, address = sent(Person(typed, email), "Lights")["To"].rpartition(" ")
    assert (read(shown), address) == (typed, f"<{email}>")


def test_a_long_name_makes_no_second_address() -> None:
    name = f"boss@corp.test, {'é' * 60}"
    assert sent(Person(name, "lée@x.test"), "Lights")["To"] == f'"{name}" <lée@x.test>'
