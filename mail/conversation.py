"""One SMTP or LMTP conversation, that takes a big mail as one piece of memory, and no more than there is room for."""

import asyncio
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP

from mail.support import MAX_BYTES

MAX_CONVERSATIONS = 50
MAX_HELD = 3 * MAX_BYTES
IDLE_SECONDS = 60.0
WHOLE_MAIL_SECONDS = 600.0
PIECE = 64 * 1024

TOO_MANY = "421 4.3.2 Too many conversations, please try again later"
TOO_SLOW = "421 4.4.2 That took too long"
TOO_BIG = f"552 5.3.4 No mail larger than {MAX_BYTES} bytes"
NO_ROOM = "452 4.3.1 Too much mail at once, please try again later"


class House:
    """The conversations of a listener: at most ``most`` of them, and ``left`` more bytes of mail in all together."""

    def __init__(self, most: int, left: int) -> None:
        self.most = most
        self.left = left
        self.open: set[Conversation] = set()


class Taking:
    """A mail on its way in. ``refusal``: the answer to one of which nothing is held any longer."""

    END = b"\r\n.\r\n"

    def __init__(self, house: House) -> None:
        self.refusal = ""
        self._house = house
        self._held = bytearray()

    def add(self, piece: bytes) -> None:
        """The next bytes, from the line break before the mail to the dot at its end."""
        if not self.refusal and len(self._held) + len(piece) > MAX_BYTES + len(self.END):
            self.refusal = TOO_BIG
        elif not self.refusal and len(piece) > self._house.left:
            self.refusal = NO_ROOM
        if self.refusal:
            self.let_go()
        else:
            self._house.left -= len(piece)
            self._held += piece

    def content(self) -> bytes:
        """The mail itself, without the dots that SMTP puts before dots (RFC 5321, section 4.5.2)."""
        lines = self._held.replace(b"\r\n.", b"\r\n")  # the dot at the end as well: two line breaks stand there then
        return bytes(memoryview(lines)[2:-2])

    def let_go(self) -> None:
        """Hold nothing more of it."""
        self._house.left += len(self._held)
        self._held.clear()


class Conversation(SMTP):
    """aiosmtpd that takes lines as long as mail programs really write them, and can be hung up and waited for.

    It takes a mail in pieces whose borders have nothing to do with its lines: aiosmtpd's own list of lines makes
    a gigabyte of 30 MiB of empty ones, and holds a line without an end for ever.
    """

    line_length_limit = PIECE

    def __init__(self, house: House, handler: object, loop: Any) -> None:
        super().__init__(
            handler,
            data_size_limit=MAX_BYTES,
            enable_SMTPUTF8=True,
            hostname="pledge",
            ident="Pledge",
            timeout=IDLE_SECONDS,
            loop=loop,
        )
        self._house = house
        self.over = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if len(self._house.open) >= self._house.most and isinstance(transport, asyncio.Transport):
            transport.set_protocol(asyncio.Protocol())
            transport.write(TOO_MANY.encode() + b"\r\n")
            transport.close()
            return
        self._house.open.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._house.open.discard(self)
        self.over.set()

    def hang_up(self) -> None:
        """Close the connection now; what it was doing is cancelled."""
        if self.transport is not None:
            self.transport.close()

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802
        """As aiosmtpd's, but for how the mail is taken."""
        if await self.check_helo_needed():
            return
        assert self.envelope is not None
        if not self.envelope.rcpt_tos or arg:
            await self.push("501 Syntax: DATA" if arg else "503 Error: need RCPT command")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        mail = Taking(self._house)
        try:
            async with asyncio.timeout(WHOLE_MAIL_SECONDS):
                await self._take(mail)
            answer = mail.refusal
            if not answer:
                self.envelope.content = mail.content()
                answer = await self._call_handler_hook("DATA")
            await self.push(self._for_each(answer, len(self.envelope.rcpt_tos)))
        except TimeoutError:
            await self.push(TOO_SLOW)
            self.hang_up()
        finally:
            mail.let_go()
            self.envelope = self._create_envelope()

    async def _take(self, mail: Taking) -> None:
        # A mail ends at a dot between two line breaks. That before the dot of an empty one is DATA's own, and was read.
        self._reader._buffer[:0] = b"\r\n"  # type: ignore[attr-defined]
        is_over = False
        while not is_over:
            try:
                piece = await self._reader.readuntil(mail.END)
                is_over = True
            except asyncio.LimitOverrunError as longer:
                piece = await self._reader.readexactly(longer.consumed)
            mail.add(piece)
            self._reset_timeout()

    def _for_each(self, answer: str, _recipients: int) -> str:
        return answer


class LmtpConversation(Conversation, LMTP):
    """The same for LMTP, which wants one answer for each recipient (RFC 2033, section 4.2)."""

    def _for_each(self, answer: str, recipients: int) -> str:
        return "\r\n".join([answer] * recipients)
