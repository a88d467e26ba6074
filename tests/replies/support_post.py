"""Mail to a support address, as customers' programs hand it to a relay, and the relay to the real listener."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from itertools import count
from typing import Any

from sqlalchemy import text

from mail.inbound import InboundHandler, serve_inbound
from replies.postman import Postman
from support.desk import Desk
from tests.workflows.trial import ADA, REPLY_DOMAIN, Trial

TO = f"support+acme-2026@{REPLY_DOMAIN}"
_numbers = count(1)


def mail(words: str = "The sensors of room 4 are silent.", **headers: str) -> EmailMessage:
    """What Ada writes; a header is named as in ``in_reply_to``, and ``sender`` is the From header."""
    written = EmailMessage()
    given = {"from": f"Ada Lindqvist <{ADA.email}>", "to": TO, "subject": "Silent sensors"}
    given["message_id"] = f"<{next(_numbers)}@acme.example>"
    if "sender" in headers:
        headers["from"] = headers.pop("sender")
    for name, value in {**given, **headers}.items():
        written[name.replace("_", "-").title()] = value
    written.set_content(words)
    return written


def with_file(written: EmailMessage, name: str = "log.txt", content: bytes = b"03:12 no signal") -> EmailMessage:
    written.add_attachment(content, maintype="text", subtype="plain", filename=name)
    return written


@dataclass
class Clock:
    """The postman's: business time."""

    at: datetime

    def now(self) -> datetime:
        return self.at


@dataclass
class SupportOffice:
    """The listener, and what has become of the mail. ``trial``: whose time it is when a mail comes in."""

    desk: Desk
    port: int
    clock: Clock
    trial: Trial | None = None

    async def send(self, written: EmailMessage | bytes, *to: str, envelope_from: str = ADA.email) -> None:
        """Raises smtplib's errors for what the listener does not take."""
        if self.trial is not None:
            self.clock.at = await self.trial.now()
        raw = written if isinstance(written, bytes) else written.as_bytes(policy=policy.SMTP)
        await asyncio.to_thread(self._send, raw, to or (TO,), envelope_from)

    def _send(self, raw: bytes, to: tuple[str, ...], envelope_from: str) -> None:
        with smtplib.SMTP("127.0.0.1", self.port, timeout=30) as server:
            server.sendmail(envelope_from, to, raw)

    async def rows(self, query: str, **given: Any) -> list[Any]:
        async with self.desk.sessions() as session:
            return list(await session.execute(text(query), given))

    async def queue(self) -> list[str]:
        """What waits for a person: ``contract sender: reason``, sorted."""
        rows = await self.rows("SELECT contract_id, sender, reason FROM inbox")
        return sorted(f"{row.contract_id or '-'} {row.sender}: {row.reason}" for row in rows)

    async def reports(self) -> list[str]:
        """``1 refused Silent sensors``: what was reported."""
        rows = await self.rows("SELECT number, accepted, document FROM tickets ORDER BY number")
        return [
            f"{row.number} {'ticket' if row.accepted else 'refused'} {row.document['decision']['report']['subject']}"
            for row in rows
        ]

    async def files(self) -> list[str]:
        """``1 log.txt 15``: the ticket, the name, the size."""
        rows = await self.rows("SELECT number, name, size FROM attachments ORDER BY number, name, id")
        return [f"{row.number} {row.name} {row.size}" for row in rows]

    async def said(self, number: int = 1) -> list[str]:
        """``heard customer Ada Lindqvist: Thank you.``: the conversation without its report."""
        rows = await self.rows(
            "SELECT kind, side, author, text, attachments FROM ticket_entry_view"
            " WHERE number = :number AND kind <> 'report' ORDER BY seq",
            number=number,
        )
        return [
            f"{row.kind} {row.side} {row.author}: {row.text}" + "".join(f" +{f['name']}" for f in row.attachments)
            for row in rows
        ]

    async def letters(self, *kinds: str) -> list[str]:
        """``ticket-heard cecilia@vendor.example``: what went out."""
        rows = await self.rows("SELECT kind, recipient_email FROM messages ORDER BY recorded_at, kind, message_id")
        return [" ".join(row) for row in rows if row.kind in kinds]

    async def our_id(self, kind: str, number: int = 1) -> str:
        """The Message-ID of our last mail of that kind about the ticket."""
        rows = await self.rows(
            "SELECT message_id FROM messages WHERE kind = :kind AND subject = :about ORDER BY recorded_at",
            kind=kind, about=f"ticket/{number}",
        )  # fmt: skip
        return str(rows[-1].message_id)


@asynccontextmanager
async def open_support_office(desk: Desk, at: datetime, trial: Trial | None = None) -> AsyncIterator[SupportOffice]:
    clock = Clock(at)
    postman = Postman(desk, clock.now, REPLY_DOMAIN)
    async with await serve_inbound("127.0.0.1", 0, InboundHandler(postman.take, REPLY_DOMAIN)) as server:
        yield SupportOffice(desk, server.port, clock, trial)
