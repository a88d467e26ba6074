"""Mail to ``support+<contract>@<reply domain>``: what a person wrote, in plain values.

Read with suspicion: any bytes become one of three values, and nothing is ever raised. Nothing that a person wrote is
lost without being named: words that are cut come as a file too, and a file that is too big is named in ``left_out``.
"""

import codecs
import hashlib
import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message as MailMessage
from email.policy import compat32

from domain.contract import Person
from mail import safe
from mail.attached import Attached, Files
from mail.headers import TRIPPED_OVER, decoded, decoded_words, header, is_by_list, is_by_machine, sender_of
from mail.mime import Mail, Part, content, taken_apart
from mail.quoted import unquoted
from mail.reply import Bounce, Dropped, WhyDropped, delivery_report
from mail.threads import LONGEST_ID, outside_id
from mail.untagged import untagged

__all__ = [
    "MAX_BYTES", "Attached", "SupportMail", "is_support_address", "message_id_of", "read_letter", "read_support",
    "unquoted",
]  # fmt: skip

MAX_BYTES = 30 * 1024 * 1024
"""Of a whole mail as it is sent, its files in base64."""
MAX_TEXT = 20_000
MAX_SUBJECT = 500
MAX_RECEIVED = 30
MAX_FOLLOWS = 50
CUT = f"\n\n[The mail goes on: it was cut here, at {MAX_TEXT:,} characters.]"

_MAX_WORDS = 2 * 1024 * 1024
_MAX_BLANK = 32 * 1024
_MAX_REPORT = 64 * 1024
_ID = re.compile(rf"<[^<>\s]{{1,{LONGEST_ID}}}>")


@dataclass(frozen=True, slots=True)
class SupportMail:
    """What a person wrote to a support address.

    ``contract_id`` is the tag of the address in lower case, empty for ``support@`` itself. The ``sender``'s name is
    empty where the mail gives none. ``text`` holds the whole words, quotes included. ``left_out`` names, in words, each
    file that is over a cap. ``message_id`` has its angle brackets and is never empty; ``follows`` names the mails that
    this one answers, the nearest first.
    """

    contract_id: str
    sender: Person
    subject: str
    text: str
    attachments: tuple[Attached, ...]
    left_out: tuple[str, ...]
    message_id: str
    follows: tuple[str, ...]


def read_support(raw: bytes, *, envelope_from: str, recipient: str, own_domain: str) -> SupportMail | Bounce | Dropped:
    """What one mail to a support address says. Any input gives a result.

    ``envelope_from`` is the MAIL FROM address, empty for the null sender; ``recipient`` the RCPT TO address;
    ``own_domain`` the reply domain. Nobody is to be written back to after a `Bounce` or `Dropped`.
    """
    token = safe.line(recipient.rpartition("@")[0]).lower()
    if len(raw) > MAX_BYTES:
        return Dropped(WhyDropped.TOO_BIG, token, safe.line(envelope_from), detail=f"{len(raw)} bytes")
    try:
        return _read(raw, envelope_from.strip("<> "), token, own_domain.casefold())
    except TRIPPED_OVER as wrong:
        return Dropped(WhyDropped.NO_SENDER, token, safe.line(envelope_from), detail=safe.line(repr(wrong)))


def read_letter(raw: bytes) -> SupportMail:
    """What any mail says, whoever wrote it and wherever it was sent, for a person who has it open. Never raises.

    ``contract_id`` is empty. The sender's address is empty where nobody can be written to, or nobody should be, since a
    machine wrote the mail.
    """
    try:
        mail = taken_apart(raw)
        head = mail.whole.head
        name, address = sender_of(head)
        try:
            sender = _person(name, address)
        except safe.AddressRefused:
            sender = Person(safe.name(decoded_words(name)) or address, "")
        if is_by_machine(head) or mail.whole.kind == "multipart/report":
            sender = Person(sender.name or sender.email, "")
        return _made_of(mail, "", sender, _message_id(mail, raw))
    except TRIPPED_OVER:
        return SupportMail("", Person("", ""), "", "", (), (), _unnamed(raw), ())


def message_id_of(raw: bytes) -> str:
    """The Message-ID by which a mail is known, with its angle brackets: one is made of its bytes where it has none."""
    try:
        return _message_id(taken_apart(raw), raw)
    except TRIPPED_OVER:
        return _unnamed(raw)


def is_support_address(recipient: str, own_domain: str) -> bool:
    """Whether mail to that address is a ticket's: ``support+acme-2026@…``, or ``support@…`` without a contract."""
    local, _, domain = recipient.strip("<> ").casefold().rpartition("@")
    return domain == own_domain.casefold() and local.partition("+")[0] == "support"


def _read(raw: bytes, envelope_from: str, token: str, own_domain: str) -> SupportMail | Bounce | Dropped:
    mail = taken_apart(raw)
    head = mail.whole.head
    name, address = sender_of(head)
    subject = header(head, "Subject", MAX_SUBJECT)
    message_id = _message_id(mail, raw)
    if mail.whole.kind == "multipart/report":
        return _bounce(mail.whole, token) or Dropped(WhyDropped.BOUNCE, token, address, subject)
    if not envelope_from:
        return Dropped(WhyDropped.BOUNCE, token, address, subject)
    if is_by_machine(head):
        return Dropped(WhyDropped.AUTO_SUBMITTED, token, address, subject)
    domains = [one.strip("<>").rpartition("@")[2].casefold() for one in (address, envelope_from, message_id)]
    if own_domain in domains or len(head.get_all("Received", [])) > MAX_RECEIVED:
        return Dropped(WhyDropped.LOOP, token, address, subject)
    if is_by_list(head):
        return Dropped(WhyDropped.MAILING_LIST, token, address, subject)
    try:
        sender = _person(name, address)
    except safe.AddressRefused as refused:
        return Dropped(WhyDropped.NO_SENDER, token, address or safe.line(envelope_from), subject, str(refused))
    return _made_of(mail, token.partition("+")[2], sender, message_id)


def _person(name: str, address: str) -> Person:
    checked = safe.address(address)
    return Person(safe.name(decoded_words(name)), f"{checked.username}@{checked.domain}")


def _made_of(mail: Mail, contract_id: str, sender: Person, message_id: str) -> SupportMail:
    text, files = _contents(mail)
    return SupportMail(
        contract_id=contract_id,
        sender=sender,
        subject=header(mail.whole.head, "Subject", MAX_SUBJECT),
        text=text,
        attachments=tuple(files.kept),
        left_out=tuple(files.left_out),
        message_id=message_id,
        follows=_follows(mail.whole.head, message_id),
    )


def _bounce(whole: Part, token: str) -> Bounce | None:
    for part in whole.parts:
        if part.kind == "message/delivery-status":
            report = b"Content-Type: message/delivery-status\r\n\r\n" + bytes(part.body[:_MAX_REPORT])
            return delivery_report([message_from_bytes(report, policy=compat32)], token)
    return None


def _message_id(mail: Mail, raw: bytes) -> str:
    return next(iter(_ids(mail.whole.head, "Message-ID")), "") or _unnamed(raw)


def _unnamed(raw: bytes) -> str:
    return f"<sha256-{hashlib.sha256(raw).hexdigest()}@unnamed.invalid>"


def _ids(head: MailMessage, name: str) -> list[str]:
    found = (one for value in head.get_all(name, []) for one in _ID.findall(str(value)))
    return [one for one in found if outside_id(one)]


def _follows(head: MailMessage, message_id: str) -> tuple[str, ...]:
    nearest_first = dict.fromkeys([*_ids(head, "In-Reply-To"), *reversed(_ids(head, "References"))])
    nearest_first.pop(message_id, None)
    return tuple(nearest_first)[:MAX_FOLLOWS]


@dataclass(frozen=True, slots=True)
class _Said:
    """The leaves of a part that hold its words, and those that are files."""

    words: tuple[Part, ...] = ()
    files: tuple[Part, ...] = ()

    @property
    def is_plain(self) -> bool:
        return bool(self.words) and all(leaf.kind != "text/html" for leaf in self.words)


def _contents(mail: Mail) -> tuple[str, Files]:
    said = _said(mail.whole)
    files = Files()
    room, pieces = _MAX_WORDS, []
    for leaf in said.words:
        pieces.append(_words(leaf, room)[: MAX_TEXT * 2])
        room -= min(len(leaf.body), room + 1)
    words = "\n\n".join(pieces)
    text = safe.text(words, MAX_TEXT * 2)
    if room < 0 or len(words) >= MAX_TEXT * 2 or len(text) > MAX_TEXT:
        text = (text[: MAX_TEXT - len(CUT)].rstrip() + CUT).lstrip()
        for leaf in said.words:
            files.add(leaf, "mail.html" if leaf.kind == "text/html" else "mail.txt")
    for leaf in said.files:
        files.add(leaf)
    if mail.cut:
        files.add_no_more()
    return text, files


def _said(part: Part) -> _Said:
    if not part.parts:
        return _leaf(part)
    said = [_said(one) for one in part.parts]
    words = tuple(leaf for one in said for leaf in one.words)
    if part.kind == "multipart/alternative":
        # The same words several times: the plain ones if there are any, else those of the last, which is the best.
        plain = next((one.words for one in said if one.is_plain), ())
        words = plain or next((one.words for one in reversed(said) if one.words), ())
    return _Said(words, tuple(leaf for one in said for leaf in one.files))


def _leaf(part: Part) -> _Said:
    is_text = part.kind in ("text/plain", "text/html") or part.kind.startswith("multipart/")
    if part.attached or part.name or not is_text:
        return _Said(files=(part,))
    # The other alternative speaks where this one is empty; what is long is not.
    return _Said(words=(part,) if len(part.body) > _MAX_BLANK or _words(part, _MAX_BLANK).strip() else ())


def _words(part: Part, limit: int) -> str:
    text = _decoded(content(part)[: max(limit, 0)], part.charset)
    return untagged(text) if part.kind == "text/html" else text


def _decoded(raw: bytes, charset: str) -> str:
    if charset.lower() not in ("", "us-ascii", "ascii"):
        return decoded(raw, charset)
    try:  # where the mail does not say it: UTF-8 can be told from the rest, and may end within a character here
        return codecs.getincrementaldecoder("utf-8")().decode(raw)
    except UnicodeDecodeError:
        return decoded(raw, "cp1252")
