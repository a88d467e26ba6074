"""Reads a mail back the way a stranger would: from its bytes, with the standard library and icalendar."""

import re
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from typing import Any

from icalendar import Calendar

from domain.contract import Person
from domain.messages import Message
from mail.render import render
from tests.mail.samples import JOHN, NOW, SETTINGS, WORKFLOW


def as_bytes(message: Message, to: Person = JOHN) -> bytes:
    return render(message, to, settings=SETTINGS, workflow_id=WORKFLOW, now=NOW).as_bytes()


def read_back(message: Message, to: Person = JOHN) -> EmailMessage:
    parsed = message_from_bytes(as_bytes(message, to), policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def calendar_parts(mail: EmailMessage) -> list[EmailMessage]:
    wanted = [part for part in mail.walk() if part.get_content_type() in ("text/calendar", "application/ics")]
    return [part for part in wanted if isinstance(part, EmailMessage)]


def calendar_bytes(mail: EmailMessage) -> bytes:
    payload = calendar_parts(mail)[0].get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload


def calendar_lines(mail: EmailMessage) -> list[str]:
    """The calendar's lines, unfolded."""
    return calendar_bytes(mail).replace(b"\r\n ", b"").decode().split("\r\n")


def event_of(mail: EmailMessage) -> Any:
    events = Calendar.from_ical(calendar_bytes(mail)).walk("VEVENT")
    assert len(events) == 1
    return events[0]


def named(person: Person, name: str) -> Person:
    return replace(person, name=name)


class Balance(HTMLParser):
    """Fails on a tag that is closed without being open, and remembers which are left open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in ("meta", "br", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def spoken(html: str) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", html.replace("&#39;", "'")))
