"""What the mail catcher of `make run` has kept, to look at: its folder's index and the messages themselves.

The catcher writes `index.jsonl` (one JSON object a line: file, received, from, to, size) after the message's own file;
a torn last line counts as none.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from functools import lru_cache
from pathlib import Path
from typing import Any

from icalendar import Calendar

NAME = re.compile(r"[0-9A-Za-z-]{8,64}")
LARGEST_SHOWN_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message in the list. ``name`` is its file without the ending; ``kind`` the method of an invite, or nothing."""

    name: str
    received: datetime
    sender: str
    to: tuple[str, ...]
    subject: str
    message_id: str
    size: int


@dataclass(frozen=True, slots=True)
class InviteSummary:
    """The one event of a calendar part."""

    method: str
    title: str
    start: datetime | None
    end: datetime | None
    place: str
    sequence: int
    uid: str
    organizer: str
    attendees: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Mail:
    """One message opened."""

    envelope: Envelope
    text: str
    html: str
    invite: InviteSummary | None
    ics: bytes
    headers: tuple[tuple[str, str], ...]


class MailFolder:
    """The catcher's folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def newest(self, limit: int, offset: int, to: str = "") -> tuple[list[Envelope], int]:
        """The newest first, and how many there are; ``to`` keeps those to an address that holds it."""
        lines = [each for each in self._lines() if not to or any(to.casefold() in a.casefold() for a in each["to"])]
        chosen = lines[::-1][offset : offset + limit]
        return [found for line in chosen if (found := self._envelope(line))], len(lines)

    def find(self, name: str) -> Envelope | None:
        """The message of that name."""
        line = next((each for each in self._lines() if each["file"] == f"{name}.eml"), None)
        return self._envelope(line) if line else None

    def by_message_id(self, message_id: str, to: str = "") -> Envelope | None:
        """The message with that Message-ID (to that address, where it went to several)."""
        wanted = message_id.strip().strip("<>")
        for line in self._lines()[::-1]:
            if to and not any(to.casefold() == address.casefold() for address in line["to"]):
                continue
            found = self._envelope(line)
            if found and found.message_id.strip("<>") == wanted:
                return found
        return None

    def bytes_of(self, name: str) -> bytes | None:
        """The message as it came."""
        path = self._folder / f"{name}.eml"
        return path.read_bytes() if NAME.fullmatch(name) and path.is_file() else None

    def open(self, name: str) -> Mail | None:
        """The message of that name, taken apart."""
        envelope, raw = self.find(name), self.bytes_of(name)
        if envelope is None or raw is None:
            return None
        message = BytesParser(policy=policy.default).parsebytes(raw[:LARGEST_SHOWN_BYTES])
        assert isinstance(message, EmailMessage)
        ics = _calendar(message)
        return Mail(
            envelope, _content(message, "plain"), _content(message, "html"), summary(ics) if ics else None, ics,
            tuple((name, str(value)) for name, value in message.items()),
        )  # fmt: skip

    def _lines(self) -> list[dict[str, Any]]:
        try:
            raw = (self._folder / "index.jsonl").read_bytes()
        except OSError:
            return []
        return [json.loads(line) for line in raw.split(b"\n")[:-1] if line]

    def _envelope(self, line: dict[str, Any]) -> Envelope | None:
        name = str(line["file"]).removesuffix(".eml")
        if not NAME.fullmatch(name):
            return None
        subject, message_id, sender = _headers(self._folder / f"{name}.eml")
        received = datetime.fromisoformat(str(line["received"]))
        to = tuple(str(each) for each in line["to"])
        return Envelope(name, received, sender or str(line["from"]), to, subject, message_id, int(str(line["size"])))


@lru_cache(maxsize=4096)
def _headers(path: Path) -> tuple[str, str, str]:
    try:
        with path.open("rb") as file:
            headers = BytesHeaderParser(policy=policy.default).parse(file)
    except OSError:
        return "(the file is gone)", "", ""
    return str(headers["Subject"] or "(no subject)"), str(headers["Message-ID"] or ""), str(headers["From"] or "")


def _content(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, KeyError):  # an encoding that nobody knows
        return "(this part cannot be read)"


def _calendar(message: EmailMessage) -> bytes:
    for part in message.walk():
        if part.get_content_type() == "text/calendar":
            payload = part.get_payload(decode=True)
            return payload if isinstance(payload, bytes) else b""
    return b""


def summary(ics: bytes) -> InviteSummary | None:
    """What an invite says; None where it is no calendar with an event."""
    try:
        calendar = Calendar.from_ical(ics)
        event = next(iter(calendar.walk("VEVENT")), None)
    except ValueError:
        return None
    if event is None:
        return None
    attendees = event.get("attendee") or []
    attendees = attendees if isinstance(attendees, list) else [attendees]
    return InviteSummary(
        method=str(calendar.get("method", "")),
        title=str(event.get("summary", "")),
        start=_instant(event, "dtstart"),
        end=_instant(event, "dtend"),
        place=str(event.get("location", "")),
        sequence=int(event.get("sequence", 0)),
        uid=str(event.get("uid", "")),
        organizer=_person(event.get("organizer")),
        attendees=tuple((_person(each), str(each.params.get("PARTSTAT", "")).lower()) for each in attendees),
    )


def _instant(event: object, name: str) -> datetime | None:
    found = event.get(name)  # type: ignore[attr-defined]
    at = getattr(found, "dt", None)
    return at if isinstance(at, datetime) and at.tzinfo else None


def _person(value: object) -> str:
    if value is None:
        return ""
    name = str(value.params.get("CN", ""))  # type: ignore[attr-defined]
    address = str(value).removeprefix("mailto:").removeprefix("MAILTO:")
    return f"{name} <{address}>" if name else address
