"""A message as one reader's mail: subject, text and HTML from templates, the invitation beside them, all headers.

Nothing here sends or reads a clock. The same input gives the same bytes, so a mail that is made again after a crash
is the same mail.
"""

import hashlib
import re
import textwrap
from base64 import encodebytes
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from domain.contract import Person
from domain.messages import Invite, Message
from mail import safe, threads
from mail.invitation import invite_bytes, organizer_address
from mail.parts import Mail, put_body
from mail.policy import SMTP, SMTPUTF8
from mail.settings import MailSettings
from mail.wording import Reader, reader_of

TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "email"
TEXT_WIDTH = 74
MAX_SUBJECT = 150

# What a line's further lines stand under: an indent, a bullet, or a label with its gap.
_LEAD = re.compile(r" *(?:- |[^:]{1,20}: {2,})?")


def render(
    message: Message, recipient: Person, *, settings: MailSettings, workflow_id: str, now: datetime
) -> EmailMessage:
    """The mail to one recipient, to be written with its own policy (``as_bytes()``): CRLF, ASCII only.

    ``now`` is the business time and becomes the Date. A recipient whose local part is not ASCII gets a mail under
    SMTPUTF8, which the relay must know.

    Raises:
        AddressRefused: the recipient's or an attendee's address cannot be written to.
        ValueError: the invitation has a time that is not UTC, or a link leads outside of ``settings.base_url``.
        ZoneInfoNotFoundError: the message's zone does not exist.
    """
    to = safe.address(recipient.email, recipient.name)
    reader = reader_of(recipient, message, translations(message.content.kind))
    subject, text, html = _written(message, recipient, reader, settings, now)
    mail = Mail(policy=SMTP if to.username.isascii() else SMTPUTF8)
    own_id = message_id(workflow_id, message.key, recipient.email, settings)
    mail["Message-ID"] = own_id
    mail["Date"] = format_datetime(now)
    mail["From"] = _sender(message, settings)
    mail["To"] = to
    mail["Subject"] = subject
    if answers_to := _answers_to(message, recipient, settings):
        mail["Reply-To"] = answers_to
    _tie(mail, message, workflow_id, recipient, settings)
    if not message.by_person:
        # RFC 3834: a direct response to somebody's mail, or written by a machine of its own accord.
        mail["Auto-Submitted"] = "auto-replied" if threads.outside_id(message.answers) else "auto-generated"
        mail["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    calendar = _calendar(message.invite, settings) if message.invite else ""
    put_body(mail, own_id, text, html, calendar, message.invite.method.value if message.invite else "")
    mail["Content-Language"] = reader.language
    return mail


def message_id(workflow_id: str, key: str, email: str, settings: MailSettings) -> str:
    """The Message-ID of one message to one address: the same whenever it is made, with the angle brackets."""
    digest = hashlib.sha256("\0".join((workflow_id, key, email.strip().casefold())).encode()).hexdigest()
    return f"<{digest[:40]}@{settings.message_id_domain}>"


def envelope_sender(message: Message, settings: MailSettings) -> str:
    """Where the mail servers send bounces: the meeting's or the tickets' own address where there is one.

    So a bounce finds what it is about.
    """
    if message.support_address:
        return threads.support_address(message.contract_id, settings)
    token = message.invite.token if message.invite else message.reply_token
    return organizer_address(token, settings) if token else safe.ascii_address(settings.sender)


@cache
def translations(kind: str) -> frozenset[str]:
    """The languages besides English in which this kind of message exists."""
    return frozenset(path.name.split(".")[1] for path in (TEMPLATES / kind).glob("body.*.txt"))


@lru_cache(maxsize=32)
def _calendar(invite: Invite, settings: MailSettings) -> str:
    """The invitation in base64. Everybody who is invited gets the same one."""
    return encodebytes(invite_bytes(invite, settings)).decode("ascii")


def _sender(message: Message, settings: MailSettings) -> Address:
    if message.invite:
        return safe.address(organizer_address(message.invite.token, settings), message.invite.organizer_name)
    own = threads.support_address(message.contract_id, settings) if message.support_address else settings.sender
    return safe.address(own, message.sender_name or settings.sender_name)


def _answers_to(message: Message, recipient: Person, settings: MailSettings) -> Address | None:
    """Who reads an answer, where that is not whom the mail is from."""
    if message.invite or message.support_address:
        return None
    if message.reply_token:
        return safe.address(organizer_address(message.reply_token, settings), message.sender_name)
    if message.reply_to and message.reply_to.email.casefold() != recipient.email.casefold():
        return safe.address(message.reply_to.email, message.reply_to.name)
    return None


def _tie(mail: EmailMessage, message: Message, workflow_id: str, to: Person, settings: MailSettings) -> None:
    """The headers that put a mail into its thread."""
    earlier = message_id(workflow_id, message.in_reply_to, to.email, settings) if message.in_reply_to else ""
    followed = threads.references(earlier, threads.outside_id(message.answers))
    if followed:
        mail["In-Reply-To"] = followed[-1]
        mail["References"] = " ".join(followed)


def _written(
    message: Message, to: Person, reader: Reader, settings: MailSettings, now: datetime
) -> tuple[str, str, str]:
    content = safe.cleaned(message.content)
    context: dict[str, Any] = {
        "c": content,
        "to": safe.cleaned(to),
        "vendor": safe.line(message.vendor_name),
        "sender": safe.line(message.sender_name or settings.sender_name),
        "contract_id": safe.line(message.contract_id),
        "clause": safe.line(message.clause),
        "zone": message.zone,
        "r": reader,
        "w": reader.words,
        "now": now,
        "can_answer": bool(message.support_address or message.reply_token or message.reply_to),
        "is_host": getattr(getattr(content, "host", None), "email", "").casefold() == to.email.casefold(),
    }
    suffix = "" if reader.language == "en" else f".{reader.language}"
    environment = _environment(settings.base_url)

    def fill(name: str, kind: str) -> str:
        return environment.get_template(f"{content.kind}/{name}{suffix}.{kind}").render(context)

    return safe.line(fill("subject", "txt"), MAX_SUBJECT), _wrapped(fill("body", "txt")), fill("body", "html")


@cache
def _environment(base_url: str) -> Environment:
    """The templates of one house.

    They import their parts without the mail's context, so that a part is made ready once and not for each mail.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
        auto_reload=False,  # which looks at every file again for every mail
    )
    environment.globals.clear()  # no template uses the library's, and they would be copied at each fill
    environment.filters["link"] = partial(_link, base_url=base_url)
    environment.filters["lines"] = _lines
    environment.filters["one_line"] = safe.line
    environment.filters["excerpt"] = safe.text
    environment.filters["quoted"] = lambda value: "\n".join(f"> {one}" for one in str(value).splitlines())
    environment.tests["url"] = lambda value: str(value).startswith(("https://", "http://")) and " " not in str(value)
    return environment


def _link(url: str, base_url: str) -> str:
    """A link of ours, whole: a workflow knows only the path. Anything else is a mistake or an attack: not sent."""
    if url.startswith("/") and not url.startswith("//"):
        return base_url + url
    if not url.startswith(f"{base_url}/"):
        raise ValueError(f"the link {url!r} does not lead to {base_url}")
    return url


def _lines(value: str) -> Markup:
    """Several lines in HTML."""
    return Markup("<br>\n").join(escape(one) for one in str(value).splitlines())


def _wrapped(body: str) -> str:
    """Lines of at most `TEXT_WIDTH` characters; a label's or a bullet's further lines stand under its first word."""
    wrapped = [part for one in body.strip().splitlines() for part in _wrapped_line(one)]
    paragraphs = "\n".join(wrapped)
    while "\n\n\n" in paragraphs:
        paragraphs = paragraphs.replace("\n\n\n", "\n\n")
    return paragraphs + "\n"


def _wrapped_line(one: str) -> list[str]:
    if one == "-- ":  # the sign that a signature follows ends with a space (RFC 3676, 4.3)
        return [one]
    if len(one) <= TEXT_WIDTH and one.isprintable():  # most lines are short, and nothing in them is to be folded
        return [one.rstrip()]
    lead = _LEAD.match(one)
    hanging = " " * (lead.end() if lead else 0)
    return textwrap.wrap(
        one,
        TEXT_WIDTH,
        subsequent_indent="> " if one.startswith("> ") else hanging,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [""]
