"""Text from outside made safe for a header, a calendar and a page, and addresses that can be sent to.

A name or a title comes from an import file or a form. In a header, a line break in it would be a new header; in a
calendar, a quote or a control character makes other parsers read something else; characters that turn the writing
direction make a line read as what it is not.
"""

import re
import unicodedata
from dataclasses import fields, is_dataclass, replace
from email.headerregistry import Address
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

import idna

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

MAX_LINE = 200
MAX_TEXT = 8_000

_SPACES = re.compile(r"\s+")
_DIRECTION = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_BREAKS = frozenset("\n\r\t\v\f\u0085\u2028\u2029")
_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+")
_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")

# Fields of a content that may hold several lines, and how much of them; every other text is one line. A ticket's
# ``text`` is what somebody wrote, who may have no copy of it.
_SEVERAL_LINES = {
    "notes": MAX_TEXT,
    "note": MAX_TEXT,
    "reason": MAX_TEXT,
    "detail": MAX_TEXT,
    "purpose": MAX_TEXT,
    "description": MAX_TEXT,
    "text": 100_000,
}

T = TypeVar("T")


class AddressRefused(ValueError):
    """This is no address that a mail can be sent to; for the sender the same as a permanent rejection."""


def line(value: str, limit: int = MAX_LINE) -> str:
    """One line without control characters and direction marks; an ellipsis marks a cut at ``limit`` characters."""
    if not value.isprintable():  # which every character that must not stay is not
        kept = "".join(" " if c in _BREAKS else c for c in value if c in _BREAKS or _plain(c))
        flat = _SPACES.sub(" ", kept).strip()
    else:  # and no space is, but the ordinary one
        flat = (_SPACES.sub(" ", value) if "  " in value else value).strip()
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"


def text(value: str, limit: int = MAX_TEXT) -> str:
    """Several lines with ``\\n`` between them, each without control characters; at most ``limit`` characters."""
    lines = value.replace("\t", " ").splitlines()
    plain = (one if one.isprintable() else "".join(c for c in one if _plain(c)) for one in lines)
    whole = "\n".join(one.rstrip() for one in plain).strip()
    return whole if len(whole) <= limit else whole[: limit - 1].rstrip() + "…"


def name(value: str) -> str:
    """A display name or CN: one line without quotes, backslashes and angle brackets, which parsers disagree about."""
    return line(value.replace('"', "'").translate(_NO_MARKS), 100)


_NO_MARKS = {ord(mark): " " for mark in "\\<>"}


def cleaned(value: T) -> T:
    """A dataclass with every text in it made safe, also inside tuples and other dataclasses. Keeps everything else."""
    safe: T = _cleaned(value, "")
    return safe


def _cleaned(value: Any, name: str) -> Any:
    if type(value) is str:
        return text(value, _SEVERAL_LINES[name]) if name in _SEVERAL_LINES else line(value, 2_000)
    if isinstance(value, tuple):
        return tuple(_cleaned(one, name) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{own: _cleaned(getattr(value, own), own) for own in _field_names(type(value))})
    return value


@cache
def _field_names(kind: "type[DataclassInstance]") -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def address(raw: str, display_name: str = "") -> Address:
    """A checked address, its domain in ASCII (IDNA 2008, UTS 46).

    Raises:
        AddressRefused: it has no single @, a local part that is no dot-atom (RFC 5322) or longer than 64 octets, or
            a domain that is no host name. Quoted local parts and address literals are refused: nobody has one.
    """
    return _address(raw, name(display_name))


@lru_cache(maxsize=2048)
def _address(raw: str, shown: str) -> Address:
    """People get many mails, and each mail asks for the same few addresses several times."""
    local, at, domain = raw.strip().rpartition("@")
    if (
        not at
        or not all(map(_ATOM.fullmatch, local.split(".")))
        or not all(_plain(c) and not c.isspace() for c in local)
    ):
        raise AddressRefused(f"not a mail address: {line(raw, 80)!r}")
    if len(local.encode()) > 64:
        raise AddressRefused(f"the part before the @ is longer than 64 octets: {line(raw, 80)!r}")
    return Address(shown, local, _ascii_domain(domain))


def ascii_address(raw: str) -> str:
    """`address` as ``local@domain``: ASCII unless the local part is not (then the mail needs SMTPUTF8)."""
    checked = address(raw)
    return f"{checked.username}@{checked.domain}"


def _ascii_domain(domain: str) -> str:
    try:
        ascii_domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as wrong:
        raise AddressRefused(f"not a domain: {line(domain, 80)!r}") from wrong
    ascii_domain = ascii_domain.lower()
    if len(ascii_domain) > 253 or not all(map(_LABEL.fullmatch, ascii_domain.split("."))):
        raise AddressRefused(f"not a domain: {line(domain, 80)!r}")
    return ascii_domain


def _plain(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp") and character not in _DIRECTION
