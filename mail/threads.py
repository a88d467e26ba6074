"""How a plain answer finds its ticket: the address that it comes back to, and the ids that tie mails into a thread."""

import re

from mail import safe
from mail.settings import MailSettings

LONGEST_ID = 300
"""What is kept of a Message-ID's characters: one that is longer could not be found again."""

# Visible ASCII between angle brackets with an @ in it. More is allowed (RFC 5322, 3.6.4) and nobody writes it.
_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")


def support_address(contract_id: str, settings: MailSettings) -> str:
    """The contract's own address for tickets: ``support+acme-2026@`` the reply domain.

    Raises:
        AddressRefused: the id is no part of an address, or too long for one.
    """
    return safe.ascii_address(f"support+{contract_id}@{settings.reply_domain}")


def outside_id(raw: str) -> str:
    """A Message-ID that somebody else made, with its angle brackets; empty where it is none that we would repeat.

    What reads as an encoded word is none either: a parser would make something else of it.
    """
    sane = len(raw) <= LONGEST_ID and _ID.fullmatch(raw) and not ("=?" in raw and "?=" in raw)
    return raw if sane else ""


def references(earlier: str, answered: str) -> tuple[str, ...]:
    """The ids of the mails that one follows, the one that it answers last: of ours, and of the mail from outside."""
    return tuple(dict.fromkeys(one for one in (earlier, answered) if one))
