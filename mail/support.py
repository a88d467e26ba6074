"""Mail to ``support+<contract>@<reply domain>``, read with suspicion: any bytes become a value, nothing is ever raised."""

from dataclasses import dataclass

from domain.contract import Person
from mail.reply import Bounce, Dropped, WhyDropped


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that came with a mail. ``name`` is a single safe file name: no path, no control signs, never empty."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class SupportMail:
    """What a person wrote to a support address.

    ``contract_id`` is the tag of the address in lower case, empty for ``support@`` itself. ``text`` holds the whole
    words, quotes included. ``left_out`` names, in words, each file that is over a cap. ``message_id`` has its angle
    brackets and is never empty; ``follows`` names the mails that this one answers, the nearest first.
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
    """What one mail to a support address says. Any input gives a result."""
    return Dropped(WhyDropped.NO_SENDER)


def is_support_address(recipient: str, own_domain: str) -> bool:
    """Whether mail to that address is a ticket's: ``support+acme-2026@…``, or ``support@…``, which names no contract."""
    local, _, domain = recipient.casefold().rpartition("@")
    return domain == own_domain.casefold() and (local == "support" or local.startswith("support+"))


def unquoted(text: str) -> tuple[str, str]:
    """The new words and the quoted tail."""
    return text, ""
