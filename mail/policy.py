"""How a mail is written as bytes: `email.policy.SMTP`, with the headers folded by a hand that keeps every letter.

The standard library's newer header code (Python 3.11) loses a space between two folded words of a subject or a name
that is not ASCII. The older `email.header.Header` does not, so it writes those headers.
"""

import re
from email.header import Header
from email.headerregistry import Address, HeaderRegistry
from email.policy import EmailPolicy, Policy
from functools import lru_cache
from typing import Any

_WIDTH = 76
_ADDRESSES = frozenset({"from", "to", "reply-to"})
_IDS = frozenset({"in-reply-to", "message-id", "references"})
_PLAIN = _IDS | {"date", "subject"}
_QUOTED_TOKEN = re.compile(r'"([A-Za-z0-9-]+)"')


class _Plain(str):
    """A header that says what its text says. Parsed it might say something else: the standard library decodes encoded
    words, also those that somebody wrote into a subject or a name to smuggle in a line of their own.
    """

    __slots__ = ("address", "name")

    name: str
    address: Address | None
    defects = ()

    def __new__(cls, name: str, value: str, address: Address | None = None) -> "_Plain":
        self = super().__new__(cls, value)
        self.name, self.address = name, address
        return self

    def fold(self, *, policy: Policy) -> str:
        """As the standard library folds it: for texts without encoded words."""
        return str(HeaderRegistry()(self.name, str(self)).fold(policy=policy))

    @property
    def addresses(self) -> tuple[Address, ...]:
        """As the standard library's headers of addresses have them."""
        return (self.address,) if self.address else ()


def _is_plain(name: str, value: str) -> bool:
    """Subjects, Message-IDs, dates, boundaries."""
    return name in _PLAIN or (name == "content-type" and value.startswith("multipart/"))


class _Registry(HeaderRegistry):
    """The standard library's, which would make a new class for every header of every mail, and parse every header.

    Here it is one class for each name, and headers that come again are parsed once: most do, and they never change.
    """

    def __init__(self) -> None:
        super().__init__()
        self._made: dict[str, type] = {}
        self._parsed = lru_cache(maxsize=1024)(super().__call__)

    def __getitem__(self, name: str) -> Any:
        key = name.lower()
        if key not in self._made:
            self._made[key] = super().__getitem__(name)
        return self._made[key]

    def __call__(self, name: str, value: Any) -> Any:
        if isinstance(value, Address):
            return _Plain(name, str(value), value)
        return _Plain(name, value) if _is_plain(name.lower(), value) else self._parsed(name, value)


class MailPolicy(EmailPolicy):
    """CRLF at line ends, encoded words for what is not ASCII, and the calendar's parameters without quotes.

    With ``utf8`` (SMTPUTF8) addresses and subjects are written as they are, but for those that hold an encoded word.
    """

    def fold(self, name: str, value: Any) -> str:
        """One header as lines, each ended by CRLF."""
        # What is plain does not come again; and of an address the text alone does not tell who is meant.
        return self.fold_now(name, value) if isinstance(value, _Plain) else _folded(self, name, value)

    def fold_now(self, name: str, value: Any) -> str:
        """The same, worked out."""
        written = self._written(name.lower(), value)
        return super().fold(name, value) if written is None else f"{name}: {written}{self.linesep}"

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The same as bytes."""
        return self.fold(name, value).encode("utf-8" if self.utf8 else "ascii")

    def _written(self, name: str, value: Any) -> str | None:
        if name in _IDS:  # the standard library makes an encoded word of a long one, which no program knows as an id
            return f"{self.linesep} ".join(str(value).split())
        if name == "date":
            return str(value)
        if name == "content-type" and value.startswith("multipart/"):
            return str(value) if _fits(name, value, 78) else value.replace("; ", f";{self.linesep} ")
        if name == "content-type" and value.startswith("text/calendar"):
            return _QUOTED_TOKEN.sub(r"\1", value)  # some programs search for method=REQUEST as it stands here
        if name == "subject":
            return None if self.utf8 and "=?" not in value else _encoded(name, str(value))
        if name in _ADDRESSES:
            (address,) = value.addresses
            return _address(name, address.display_name, address.username, address.domain)
        return None


@lru_cache(maxsize=1024)
def _folded(policy: MailPolicy, name: str, value: Any) -> str:
    """Headers that come again are folded once."""
    return policy.fold_now(name, value)


SMTP = MailPolicy(linesep="\r\n", raise_on_defect=False, header_factory=_Registry())
SMTPUTF8 = SMTP.clone(utf8=True)


def _fits(name: str, text: str, width: int) -> bool:
    return len(name) + len(": ") + len(text) <= width


def _encoded(name: str, text: str) -> str:
    # "=?" in plain text would be read as an encoded word, so it is encoded itself.
    return _ascii(name, text) if text.isascii() and "=?" not in text else _words(name, text).encode(linesep="\r\n")


@lru_cache(maxsize=1024)
def _address(name: str, shown: str, username: str, domain: str) -> str:
    address = Address(shown, username, domain)
    is_safe, own = "=?" not in shown, f"<{address.addr_spec}>"
    if not username.isascii():  # under SMTPUTF8
        line = str(address) if is_safe else _words(name, shown).encode(linesep="\r\n") + f" {own}"
        return line if _fits(name, line, _WIDTH) or not shown else f"{line.removesuffix(f' {own}')}\r\n {own}"
    if is_safe and shown.isascii():
        return _ascii(name, str(address))
    header = _words(name, shown)
    header.append(own, "us-ascii")
    return header.encode(linesep="\r\n")


def _words(name: str, text: str) -> Header:
    return Header(text, "utf-8", header_name=name, maxlinelen=_WIDTH)


def _ascii(name: str, text: str) -> str:
    if text.isprintable() and _fits(name, text, _WIDTH):  # most do
        return text
    return Header(text, "us-ascii", header_name=name, maxlinelen=_WIDTH).encode(linesep="\r\n")
