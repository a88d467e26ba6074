"""Mail in: a small SMTP or LMTP server for the reply domain, meant to stand behind a mail relay."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Self

from aiosmtpd.smtp import SMTP, Envelope, Session

from mail import safe
from mail.conversation import MAX_CONVERSATIONS, MAX_HELD, Conversation, House, LmtpConversation

log = logging.getLogger(__name__)

MAX_RECIPIENTS = 50
ANSWER_WITHIN_SECONDS = 30.0

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

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Hands the mail on."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        try:
            async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
                answer = await self._on_message(
                    content, (envelope.mail_from or "").strip("<>"), tuple(envelope.rcpt_tos)
                )
        except Exception:  # whatever went wrong, the sender keeps the mail and tries again
            log.exception("an inbound mail could not be taken")
            return TRY_LATER
        return safe.line(answer) or TAKEN


class InboundServer:
    """A listening server and the conversations that it holds. Use it as an async context manager, or close it."""

    def __init__(self, house: House) -> None:
        self._server: asyncio.Server | None = None
        self._house = house

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()
        await self.wait_closed()

    def close(self) -> None:
        """Stop listening and hang up. A mail that was not answered yet stays with its sender, who tries again."""
        if self._server is not None:
            self._server.close()
        for one in list(self._house.open):
            one.hang_up()

    async def wait_closed(self) -> None:
        """Until the last conversation is over."""
        while self._house.open:
            await asyncio.gather(*(one.over.wait() for one in self._house.open))

    async def _listen(self, host: str, port: int, handler: InboundHandler, kind: type[Conversation]) -> None:
        loop = asyncio.get_running_loop()

        def conversation() -> asyncio.Protocol:
            return kind(self._house, handler, loop)

        self._server = await loop.create_server(conversation, host, port)


async def serve_inbound(
    host: str,
    port: int,
    handler: InboundHandler,
    *,
    lmtp: bool = False,
    conversations: int = MAX_CONVERSATIONS,
    held: int = MAX_HELD,
) -> InboundServer:
    """Listen (port 0: any free one). At most so many conversations at once, and bytes of mail held in all of them:
    whoever comes then is told to try again.

    Raises:
        OSError: the address is in use or not ours.
    """
    server = InboundServer(House(conversations, held))
    await server._listen(host, port, handler, LmtpConversation if lmtp else Conversation)
    return server
