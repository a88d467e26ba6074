"""Mail that comes in, read with suspicion: any bytes become one of four plain values, and nothing is ever raised.

Only what a reply may say is read: no time zone, no recurrence, no nested message. An RRULE is never even looked at.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message as MailMessage
from email.policy import compat32
from enum import StrEnum
from html import unescape

from domain.replies import Reply
from mail import safe
from mail.headers import TRIPPED_OVER, decoded, header, is_automatic, sender_of
from mail.ical_reply import CalendarRefused, read_calendar

MAX_BYTES = 256 * 1024
MAX_PARTS = 40
MAX_MULTIPARTS = 12
MAX_LETTER = 8_000

_BOUNDARY = re.compile(rb"boundary\s*=", re.IGNORECASE)


class WhyDropped(StrEnum):
    """Why a mail changes nothing. ``for_a_person``: somebody should see it all the same."""

    TOO_BIG = "too-big"
    TOO_MANY_PARTS = "too-many-parts"
    UNREADABLE = "unreadable"
    AUTO_SUBMITTED = "auto-submitted"
    MAILING_LIST = "mailing-list"  # to a support address
    BOUNCE = "bounce"  # without a readable report
    REQUEST = "request"  # an invitation to us
    CANCEL = "cancel"
    COUNTER = "counter"  # another time proposed by way of the calendar
    DELEGATED = "delegated"
    OTHER_METHOD = "other-method"
    SEVERAL_CALENDARS = "several-calendars"
    MALFORMED = "malformed"  # a reply that breaks RFC 5546
    LOOP = "loop"  # our own mail, or one that goes round
    NO_SENDER = "no-sender"  # nobody who could be answered

    @property
    def for_a_person(self) -> bool:
        """A customer wanted to say something that no rule can act on."""
        return self in (
            WhyDropped.MAILING_LIST,
            WhyDropped.COUNTER,
            WhyDropped.DELEGATED,
            WhyDropped.SEVERAL_CALENDARS,
            WhyDropped.MALFORMED,
            WhyDropped.TOO_BIG,
            WhyDropped.NO_SENDER,
        )


@dataclass(frozen=True, slots=True)
class Letter:
    """A person's words without a calendar: for the CSM's queue. ``text`` is cut at `MAX_LETTER` characters."""

    token: str
    sender: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Bounce:
    """A delivery report (RFC 3464): ``permanent`` when the address will not work later either."""

    token: str
    recipient: str
    status: str
    reason: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class Dropped:
    """Nothing follows from this mail, and it is not answered. ``detail`` is for the log."""

    reason: WhyDropped
    token: str = ""
    sender: str = ""
    subject: str = ""
    detail: str = ""


Inbound = Reply | Letter | Bounce | Dropped


def read_inbound(raw: bytes, *, envelope_from: str, recipient: str) -> Inbound:
    """What one mail to one of our addresses says. Any input gives a result.

    ``envelope_from`` is the MAIL FROM address, empty for the null sender; ``recipient`` the RCPT TO address. Nobody
    is to be written back to after a `Bounce` or `Dropped`, or a `Reply` that is ``automatic``.
    """
    token = safe.line(recipient.rpartition("@")[0]).lower()
    if len(raw) > MAX_BYTES:
        return Dropped(WhyDropped.TOO_BIG, token, safe.line(envelope_from), detail=f"{len(raw)} bytes")
    if len(_BOUNDARY.findall(raw)) > MAX_MULTIPARTS:
        # Counted before parsing: the parser's work grows with the lines times the depth.
        return Dropped(WhyDropped.TOO_MANY_PARTS, token, safe.line(envelope_from))
    try:
        mail = message_from_bytes(raw, policy=compat32)
        parts = _parts(mail)
        if parts is None:
            return Dropped(WhyDropped.TOO_MANY_PARTS, token, sender_of(mail)[1], header(mail, "Subject"))
        return _classified(mail, parts, envelope_from, token)
    except TRIPPED_OVER as wrong:
        return Dropped(WhyDropped.UNREADABLE, token, detail=safe.line(repr(wrong)))


@dataclass(frozen=True, slots=True)
class Contents:
    """What a person reads of a mail: its words, and its calendar as the program wrote it. Both are plain text."""

    words: str
    calendar: str


def contents(raw: bytes) -> Contents:
    """The words and the calendar of any mail, each cut at `MAX_LETTER` characters; empty where it cannot be read."""
    if len(raw) > MAX_BYTES or len(_BOUNDARY.findall(raw)) > MAX_MULTIPARTS:
        return Contents("", "")
    try:
        parts = _parts(message_from_bytes(raw, policy=compat32)) or []
        calendars = [_text(part) for part in parts if part.get_content_type() == "text/calendar"]
        return Contents(_words(parts), safe.text(calendars[0], MAX_LETTER) if calendars else "")
    except TRIPPED_OVER:
        return Contents("", "")


def _classified(mail: MailMessage, parts: list[MailMessage], envelope_from: str, token: str) -> Inbound:
    sender, subject = sender_of(mail)[1], header(mail, "Subject")
    if mail.get_content_type() == "multipart/report":
        return delivery_report(parts, token) or Dropped(WhyDropped.BOUNCE, token, sender, subject)
    automatic = not envelope_from.strip("<> ") or is_automatic(mail)
    calendars = [part for part in parts if part.get_content_type() == "text/calendar"]
    if not calendars:
        if not envelope_from.strip("<> "):
            return Dropped(WhyDropped.BOUNCE, token, sender, subject)
        if automatic:
            return Dropped(WhyDropped.AUTO_SUBMITTED, token, sender, subject)
        return Letter(token, sender, subject, _words(parts))
    if len(calendars) > 1:
        return Dropped(WhyDropped.SEVERAL_CALENDARS, token, sender, subject)
    try:
        answer = read_calendar(_text(calendars[0]))
    except CalendarRefused as refused:
        return Dropped(WhyDropped(refused.why), token, sender, subject, safe.line(str(refused)))
    return Reply(
        token=token,
        uid=answer.uid,
        attendee=answer.attendee,
        answer=answer.answer,
        sequence=answer.sequence,
        stamp=answer.stamp,
        comment=safe.text(answer.comment, 2_000),
        sender=sender,
        automatic=automatic,
    )


def _parts(mail: MailMessage) -> list[MailMessage] | None:
    """Every part but those inside a forwarded or returned message; None when there are too many."""
    found: list[MailMessage] = []
    for part in _walk(mail):
        found.append(part)
        if len(found) > MAX_PARTS:
            return None
    return found


def _walk(part: MailMessage) -> Iterator[MailMessage]:
    waiting = [part]
    while waiting:
        one = waiting.pop(0)
        yield one
        payload = one.get_payload()
        if one.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting.extend(part for part in payload if isinstance(part, MailMessage))


def delivery_report(parts: list[MailMessage], token: str) -> Bounce | None:
    report = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    payload = report.get_payload() if report else None
    if not isinstance(payload, list):
        return None
    for block in payload:
        if not isinstance(block, MailMessage):
            continue
        action, recipient = header(block, "Action").lower(), header(block, "Final-Recipient")
        if recipient and action in ("failed", "delayed"):
            reason = header(block, "Diagnostic-Code").rpartition(";")[2].strip()
            address = recipient.rpartition(";")[2].strip()
            return Bounce(token, address, header(block, "Status"), reason, permanent=action == "failed")
    return None


def _words(parts: list[MailMessage]) -> str:
    for kind in ("text/plain", "text/html"):
        for part in parts:
            if part.get_content_type() == kind and part.get_content_disposition() != "attachment":
                words = _text(part)
                return safe.text(_untagged(words) if kind == "text/html" else words, MAX_LETTER)
    return ""


def _untagged(html: str) -> str:
    """The words of a page, without styles and scripts; passes each letter once, however the page is made."""
    words: list[str] = []
    position, lower = 0, html.lower()
    while (opened := html.find("<", position)) >= 0:
        words.append(html[position:opened])
        hidden = next((tag for tag in ("style", "script") if lower.startswith(tag, opened + 1)), "")
        ending = lower.find(f"</{hidden}", opened) if hidden else opened
        closed = html.find(">", ending) if ending >= 0 else -1
        position = closed + 1 if closed >= 0 else len(html)
    return unescape(" ".join([*words, html[position:]]))


def _text(part: MailMessage) -> str:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    return decoded(raw, str(part.get_param("charset") or "utf-8"))
