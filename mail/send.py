"""Mail out: a few connections to the relay, one transaction for each recipient.

A permanent refusal is an answer (`Delivery`), since it says something about the address. Everything else that goes
wrong is `MailNotTaken`: the caller tries again later, for as long as the message is useful. When a connection breaks
between the last dot and the relay's answer nobody knows whether it took the mail; the next try carries the same
Message-ID, by which mail systems know a copy. While the relay is silent (`mail.silence`) nobody is made to wait.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Self

import aiosmtplib
from aiosmtplib import SMTPException, SMTPResponseException, SMTPSenderRefused

from mail import safe
from mail.settings import SmtpSettings
from mail.silence import Silence

_SURE_SECONDS = 2.0
"""A connection that was used so recently is not asked again whether it still answers: that takes as long as a mail's
other words. A relay that has closed it meanwhile has told us so."""

# Refusals that are about us (log in first, encrypt first, wrong password), not about the recipient.
_ABOUT_US = frozenset({530, 534, 535, 538})


class MailNotTaken(Exception):
    """The relay is away, busy, or refuses us: nothing is known about the recipient, so try again later."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the relay said of one recipient. ``code`` is the SMTP reply code, ``reason`` one line of its text."""

    accepted: bool
    code: int
    reason: str


class Smtp:
    """Connections to the relay, opened when mails go out and used again for the next ones.

    Use it as an async context manager, or call `close`. Mails that are delivered at the same time go over as many
    connections as the settings allow, and wait for a free one.
    """

    def __init__(self, settings: SmtpSettings) -> None:
        self.settings = settings
        self._idle: list[tuple[aiosmtplib.SMTP, float]] = []  # and when each was used last
        self._turns = asyncio.Semaphore(settings.connections)
        self._silence = Silence(settings.patience_seconds, settings.rest_seconds)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Say goodbye on every connection; a relay that is already gone is no error."""
        while self._idle:
            client, _ = self._idle.pop()
            if not client.is_connected:
                continue
            try:
                await client.quit()
            except (SMTPException, OSError):
                client.close()

    @property
    def answers(self) -> bool:
        """False while the relay seems to hang: what has other work should not begin a mail now."""
        return not self._silence.is_likely

    @property
    def longest_seconds(self) -> float:
        """`deliver` returns within this time, its wait for a connection included."""
        return 2 * self.settings.timeout_seconds

    async def deliver(self, message: EmailMessage | bytes, recipient: str, envelope_from: str) -> Delivery:
        """Hand the mail (or its recorded bytes) to the relay for this one recipient.

        Raises:
            MailNotTaken: it was not taken, and it is worth another try.
        """
        try:
            to, sender = safe.ascii_address(recipient), safe.ascii_address(envelope_from)
        except safe.AddressRefused as refused:
            return Delivery(accepted=False, code=553, reason=str(refused))
        raw = message if isinstance(message, bytes) else message.as_bytes()
        self._leave_alone_what_rests()
        try:
            async with asyncio.timeout(self.longest_seconds), self._turns:
                self._leave_alone_what_rests()
                with self._silence.asking():
                    return await self._over_a_connection(raw, to, sender)
        except (SMTPException, OSError) as trouble:
            if isinstance(trouble, TimeoutError):
                self._silence.noticed()
            raise MailNotTaken(safe.line(f"{self._relay}: {_words(trouble)}", 300)) from trouble

    def _leave_alone_what_rests(self) -> None:
        if self._silence.rests:
            raise MailNotTaken(f"{self._relay}: it does not answer")

    async def _over_a_connection(self, message: bytes, to: str, sender: str) -> Delivery:
        """One transaction. The connection is kept where the relay has answered, whatever it said.

        Otherwise (also when we are cancelled in the middle) nobody knows what the relay expects next.
        """
        client = await self._connected()
        answered = False
        try:
            delivery = await self._transaction(client, message, to, sender)
            answered = True
        except MailNotTaken:
            answered = True
            raise
        finally:
            if answered:
                self._silence.ended()
                self._idle.append((client, _clock()))
            else:
                client.close()
        return delivery

    async def _transaction(self, client: aiosmtplib.SMTP, message: bytes, to: str, sender: str) -> Delivery:
        needs_utf8 = not (to.isascii() and sender.isascii())
        if needs_utf8 and not client.supports_extension("smtputf8"):
            return Delivery(accepted=False, code=553, reason="the relay does not know SMTPUTF8")
        # The library's `sendmail` does the same, and goes through the mail and the addresses once more for it.
        size = [f"size={len(message)}"] if client.supports_extension("size") else []
        options = [*size, *(("SMTPUTF8", "BODY=8BITMIME") if needs_utf8 else ())]
        encoding = "utf-8" if needs_utf8 else "ascii"
        try:
            await client.mail(sender, options=options, encoding=encoding)
            await client.rcpt(to, encoding=encoding)
            answer = await client.data(message)
        except SMTPResponseException as refused:
            await _forget(client)
            if isinstance(refused, SMTPSenderRefused):
                raise
            return self._judged(refused.code, refused.message)
        return Delivery(accepted=True, code=250, reason=safe.line(answer.message))

    def _judged(self, code: int, reason: str) -> Delivery:
        if not 500 <= code < 600 or code in _ABOUT_US:
            raise MailNotTaken(safe.line(f"{self._relay}: {code} {reason}", 300))
        return Delivery(accepted=False, code=code, reason=safe.line(reason, 300))

    async def _connected(self) -> aiosmtplib.SMTP:
        """An idle connection that still answers, else a new one: relays close idle connections without a word."""
        while self._idle:
            client, used = self._idle.pop()
            try:
                if client.is_connected:
                    if _clock() - used > _SURE_SECONDS:
                        await client.noop()
                    return client
            except (SMTPException, OSError):
                client.close()
            except BaseException:
                client.close()
                raise
        settings = self.settings
        client = aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            username=settings.user or None,
            password=settings.password or None,
            use_tls=settings.tls == "tls",
            start_tls=settings.tls == "starttls",
            timeout=settings.timeout_seconds,
            local_hostname=settings.local_hostname,
        )
        try:
            await client.connect()
            await client.ehlo()
        except BaseException:
            client.close()
            raise
        return client

    @property
    def _relay(self) -> str:
        return f"{self.settings.host}:{self.settings.port}"


async def _forget(client: aiosmtplib.SMTP) -> None:
    """The relay forgets a transaction that it refused, so that the next mail can begin one."""
    with suppress(ConnectionError, SMTPResponseException):  # what it said before tells more
        await client.rset()


def _clock() -> float:
    return asyncio.get_running_loop().time()


def _words(trouble: Exception) -> str:
    return str(trouble) or type(trouble).__name__
