"""What every reader of strange mail asks of its headers, and how it turns bytes into text."""

import codecs
from email.errors import HeaderParseError, MessageError
from email.header import decode_header, make_header
from email.message import Message as MailMessage
from email.utils import parseaddr

from mail import safe

MAX_HEADER = 2_000
MAX_CHARSET = 40

TRIPPED_OVER = (
    MessageError, LookupError, ValueError, TypeError, AttributeError, AssertionError, RecursionError
)  # fmt: skip
"""The standard library's parser was not written for hostile mail: what it trips over is no mail to us."""

_NO_CHARSETS = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})
"""Python's codecs that no mail is written in; some of them take the square of the length."""


def header(mail: MailMessage, name: str, limit: int = safe.MAX_LINE) -> str:
    """A header's words in one safe line of at most ``limit`` characters; empty where it is missing."""
    return decoded_words(str(mail.get(name, "")), limit)


def decoded_words(value: str, limit: int = safe.MAX_LINE) -> str:
    """A header's value or a part of it, its encoded words (RFC 2047) decoded, in one safe line."""
    value = value[:MAX_HEADER]
    try:
        return safe.line(str(make_header(decode_header(value))), limit)
    except (HeaderParseError, LookupError, ValueError):
        return safe.line(value, limit)


def sender_of(mail: MailMessage) -> tuple[str, str]:
    """The name as it is encoded and the address of the From header, each perhaps empty, the address not checked."""
    # The address is found before anything is decoded: an encoded name may look like one.
    name, address = parseaddr(str(mail.get("From", ""))[:MAX_HEADER])
    return name, safe.line(address)


def is_automatic(mail: MailMessage) -> bool:
    """RFC 3834's header, and the older ones that still mark out-of-office notes and mailing lists."""
    return is_by_machine(mail) or is_by_list(mail)


def is_by_machine(mail: MailMessage) -> bool:
    """Nobody has written it."""
    submitted = header(mail, "Auto-Submitted").lower().partition(";")[0].partition("(")[0].strip()
    return (
        submitted not in ("", "no")
        or header(mail, "Precedence").lower() in ("bulk", "junk", "auto_reply")
        or any(name in mail for name in ("X-Autoreply", "X-Autorespond"))
    )


def is_by_list(mail: MailMessage) -> bool:
    """It came by way of a mailing list, behind which a person may stand: a team's common address is one too."""
    return header(mail, "Precedence").lower() == "list" or "List-Id" in mail


def decoded(raw: bytes, charset: str) -> str:
    """Text in a charset that the mail names, and in UTF-8 where there is no such charset. Never raises."""
    try:
        known = codecs.lookup(charset[:MAX_CHARSET]).name
        return raw.decode("utf-8" if known in _NO_CHARSETS else known, "replace")
    except (LookupError, ValueError):
        return raw.decode("utf-8", "replace")
