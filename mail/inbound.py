"""Mail in: a small SMTP or LMTP server for the reply domain, meant to stand behind a mail relay."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from mail import safe
from mail.reply import MAX_BYTES

log = logging.getLogger(__name__)

MAX_RECIPIENTS = 50
ANSWER_WITHIN_SECONDS = 30.0
IDLE_SECONDS = 60.0

TRY_LATER = "451 4.3.0 Not taken now, please try again later"
TAKEN = "250 2.0.0 Taken"

OnMessage = Callable[[bytes, str, tuple[str, ...]], Awaitable[str]]


class InboundHandler:
    """Takes mail for the reply domain and hands it on: content, MAIL FROM (empty for the null sender), recipients.

    ``on_message`` returns the SMTP answer (``250 …``), or an empty text for the ordinary one. When it fails or takes
    longer than `ANSWER_WITHIN_SECONDS` the sender is told 451 and tries again, so it must be safe to call twice.
    """

    def __init__(self, on_message: OnMessage, reply_domain: str) -> None:
        self._on_message = on_message
        self._domain = reply_domain.casefold()

    # The names and arguments below are aiosmtpd's.
    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, rcpt_options: Sequence[str]
    ) -> str:
        """Accepts an address at the reply domain only: this is no relay for anybody."""
        try:
            domain = safe.address(address).domain
        except safe.AddressRefused:
            return "553 5.1.3 That is no address"
        if domain.casefold() != self._domain:
            return "550 5.7.1 No mail for that domain here"
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Hands the mail on; LMTP wants one answer for each recipient (RFC 2033, section 4.2)."""
        answer = await self._answer(envelope)
        return "\r\n".join([answer] * len(envelope.rcpt_tos)) if isinstance(server, LMTP) else answer

    async def _answer(self, envelope: Envelope) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        try:
            async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
                answer = await self._on_message(content, envelope.mail_from or "", tuple(envelope.rcpt_tos))
        except Exception:  # whatever went wrong, the sender keeps the mail and tries again
            log.exception("an inbound mail could not be taken")
            return TRY_LATER
        return safe.line(answer) or TAKEN


class _InboundSmtp(SMTP):
    """aiosmtpd with lines as long as mail programs really write them; the size as a whole stays capped."""

    line_length_limit = MAX_BYTES


class _InboundLmtp(LMTP):
    line_length_limit = MAX_BYTES


async def serve_inbound(host: str, port: int, handler: InboundHandler, *, lmtp: bool = False) -> asyncio.Server:
    """Listen (port 0: any free one). The caller closes the server; open conversations end with the loop.

    Raises:
        OSError: the address is in use or not ours.
    """
    loop = asyncio.get_running_loop()
    kind: type[SMTP] = _InboundLmtp if lmtp else _InboundSmtp

    def conversation() -> asyncio.Protocol:
        options: dict[str, Any] = {"data_size_limit": MAX_BYTES, "enable_SMTPUTF8": True, "timeout": IDLE_SECONDS}
        return kind(handler, hostname="pledge", ident="Pledge", loop=loop, **options)

    return await loop.create_server(conversation, host, port)
