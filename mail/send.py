"""Mail out: one connection to the relay, one transaction for each recipient.

A permanent refusal is an answer (`Delivery`), since it says something about the address. Everything else that goes
wrong is `MailNotTaken`: the caller tries again later, for as long as the message is useful. When a connection breaks
between the last dot and the relay's answer nobody knows whether it took the mail; the next try carries the same
Message-ID, by which mail systems know a copy.
"""

import asyncio
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Self

import aiosmtplib
from aiosmtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException, SMTPSenderRefused

from mail import safe
from mail.settings import SmtpSettings

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
    """A connection to the relay, opened when the first mail goes out and used again for the next ones.

    Use it as an async context manager, or call `close`. Mails that are delivered at the same time wait for each other.
    """

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._client: aiosmtplib.SMTP | None = None
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Say goodbye, if there is a connection; a relay that is already gone is no error."""
        client, self._client = self._client, None
        if client is None or not client.is_connected:
            return
        try:
            await client.quit()
        except (SMTPException, OSError):
            client.close()

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
        async with self._turn:
            try:
                return await self._transaction(raw, to, sender)
            except (SMTPException, OSError) as trouble:
                self._drop()
                raise MailNotTaken(safe.line(f"{self._relay}: {_words(trouble)}", 300)) from trouble
            except BaseException:
                # Cancelled in the middle of a transaction: what the relay expects next is unknown.
                self._drop()
                raise

    async def _transaction(self, message: bytes, to: str, sender: str) -> Delivery:
        client = await self._connected()
        needs_utf8 = not (to.isascii() and sender.isascii())
        if needs_utf8 and not client.supports_extension("smtputf8"):
            return Delivery(accepted=False, code=553, reason="the relay does not know SMTPUTF8")
        options = ["SMTPUTF8", "BODY=8BITMIME"] if needs_utf8 else []
        try:
            _, reason = await client.sendmail(sender, [to], message, mail_options=options)
        except SMTPRecipientsRefused as refused:
            return self._judged(refused.recipients[0].code, refused.recipients[0].message)
        except SMTPSenderRefused:
            raise
        except SMTPResponseException as refused:
            return self._judged(refused.code, refused.message)
        return Delivery(accepted=True, code=250, reason=safe.line(reason))

    def _judged(self, code: int, reason: str) -> Delivery:
        if not 500 <= code < 600 or code in _ABOUT_US:
            raise MailNotTaken(safe.line(f"{self._relay}: {code} {reason}", 300))
        return Delivery(accepted=False, code=code, reason=safe.line(reason, 300))

    async def _connected(self) -> aiosmtplib.SMTP:
        """The open connection if it still answers, else a new one: relays close idle connections without a word."""
        if self._client is not None and self._client.is_connected:
            try:
                await self._client.noop()
            except (SMTPException, OSError):
                self._drop()
            else:
                return self._client
        settings = self._settings
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
        await client.connect()
        await client.ehlo()
        self._client = client
        return client

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()

    @property
    def _relay(self) -> str:
        return f"{self._settings.host}:{self._settings.port}"


def _words(trouble: Exception) -> str:
    return str(trouble) or type(trouble).__name__
