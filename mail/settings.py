"""What mail needs to know of the place where it runs; `settings.py` at the root makes these from the environment."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class MailSettings:
    """Who writes, and where answers go.

    ``sender`` and ``sender_name`` write everything that is not an invitation. Invitations come from an unguessable
    address at ``reply_domain``. ``message_id_domain`` stands behind the @ of every Message-ID. ``base_url`` is where
    the screens are, without a slash at its end; a link in a message must begin with it.
    """

    sender: str
    sender_name: str
    reply_domain: str
    message_id_domain: str
    base_url: str


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """The relay that takes our mail. ``tls``: from the first byte, by STARTTLS (required then), or none.

    ``timeout_seconds`` is the longest wait for one answer. Whoever has other work waits ``patience_seconds`` at most
    for the whole of a mail; a relay that was silent is left alone for ``rest_seconds``.
    """

    host: str
    port: int
    tls: Literal["none", "starttls", "tls"] = "none"
    user: str = ""
    password: str = field(default="", repr=False)
    timeout_seconds: float = 30.0
    patience_seconds: float = 3.0
    rest_seconds: float = 10.0
    connections: int = 4
    local_hostname: str = "localhost"
