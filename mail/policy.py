"""How a mail is written as bytes: `email.policy.SMTP`, with the headers folded by a hand that keeps every letter.

The standard library's newer header code (Python 3.11) loses a space between two folded words of a subject or a name
that is not ASCII. The older `email.header.Header` does not, so it writes those headers.
"""

import re
from email.header import Header
from email.headerregistry import Address, HeaderRegistry
from email.policy import EmailPolicy
from typing import Any

_ADDRESSES = frozenset({"from", "to", "reply-to"})
_IDS = frozenset({"in-reply-to", "references"})
_QUOTED_TOKEN = re.compile(r'"([A-Za-z0-9-]+)"')


class _Registry(HeaderRegistry):
    """The standard library's, which would make a new class for every header of every mail: one for each name."""

    def __init__(self) -> None:
        super().__init__()
        self._made: dict[str, type] = {}

    def __getitem__(self, name: str) -> Any:
        key = name.lower()
        if key not in self._made:
            self._made[key] = super().__getitem__(name)
        return self._made[key]


class MailPolicy(EmailPolicy):
    """CRLF at line ends, encoded words for what is not ASCII, and the calendar's parameters without quotes.

    With ``utf8`` (SMTPUTF8) addresses and subjects are written as they are.
    """

    def fold(self, name: str, value: Any) -> str:
        """One header as lines, each ended by CRLF."""
        written = self._written(name.lower(), value)
        return super().fold(name, value) if written is None else f"{name}: {written}{self.linesep}"

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The same as bytes."""
        return self.fold(name, value).encode("utf-8" if self.utf8 else "ascii")

    def _written(self, name: str, value: Any) -> str | None:
        if name == "content-type" and str(value).startswith("text/calendar"):
            return _QUOTED_TOKEN.sub(r"\1", str(value))  # some programs search for method=REQUEST as it stands here
        if name in _IDS:  # the standard library makes an encoded word of a long one, which no program knows as an id
            return f"{self.linesep} ".join(str(value).split())
        if self.utf8:
            return None
        if name == "subject":
            return _encoded(name, str(value))
        if name in _ADDRESSES:
            (address,) = value.addresses
            return _address(name, address)
        return None


SMTP = MailPolicy(linesep="\r\n", raise_on_defect=False, header_factory=_Registry())
SMTPUTF8 = SMTP.clone(utf8=True)


def _encoded(name: str, text: str) -> str:
    # "=?" in plain text would be read as an encoded word, so it is encoded itself.
    charset = "us-ascii" if text.isascii() and "=?" not in text else "utf-8"
    return Header(text, charset, header_name=name, maxlinelen=76).encode(linesep="\r\n")


def _address(name: str, address: Address) -> str:
    shown = address.display_name
    if shown.isascii() and "=?" not in shown:
        return Header(str(address), "us-ascii", header_name=name, maxlinelen=76).encode(linesep="\r\n")
    header = Header(shown, "utf-8", header_name=name, maxlinelen=76)
    header.append(f"<{address.addr_spec}>", "us-ascii")
    return header.encode(linesep="\r\n")
