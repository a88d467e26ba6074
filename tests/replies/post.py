"""The way of an answer: a customer's mail program, a real SMTP conversation, the postman, the meeting."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage

from sqlalchemy import text

from mail.inbound import InboundHandler, serve_inbound
from replies.postman import Postman
from support.desk import Desk
from tests.workflows.trial import ADA, CATALOGUE, QUEUE, REPLY_DOMAIN, Trial, contract, plan, utc

QUIET = plan("oura/premium", touchpoints=())


@dataclass(frozen=True, slots=True)
class Answering:
    """What a customer's calendar program writes. ``method``, ``partstat`` and the rest can be anything."""

    token: str
    uid: str
    sequence: int = 0
    attendee: str = ADA.email
    partstat: str = "ACCEPTED"
    method: str = "REPLY"
    stamp: str = "20260202T120000Z"
    headers: tuple[tuple[str, str], ...] = ()
    sender: str = ""  # the From address; empty: the attendee's

    def mail(self) -> EmailMessage:
        calendar = "\r\n".join(
            (
                "BEGIN:VCALENDAR",
                "VERSION:2.0",
                "PRODID:-//Customer//Calendar//EN",
                f"METHOD:{self.method}",
                "BEGIN:VEVENT",
                f"UID:{self.uid}",
                f"SEQUENCE:{self.sequence}",
                f"DTSTAMP:{self.stamp}",
                "DTSTART:20260203T083000Z",
                f"ORGANIZER:mailto:{self.token}@{REPLY_DOMAIN}",
                f"ATTENDEE;PARTSTAT={self.partstat}:mailto:{self.attendee}",
                "END:VEVENT",
                "END:VCALENDAR",
                "",
            )
        )
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = (
            self.sender or self.attendee,
            f"{self.token}@{REPLY_DOMAIN}",
            "Re: Kick Off Meeting",
        )
        mail["Message-ID"] = f"<{self.partstat}-{self.stamp}-{self.sequence}@acme.example>".lower()
        for name, value in self.headers:
            mail[name] = value
        mail.set_content("I have answered.")
        mail.add_alternative(calendar.encode(), maintype="text", subtype="calendar", params={"method": self.method})
        return mail


@dataclass
class PostOffice:
    """``right``: an answer that nothing is wrong with."""

    trial: Trial
    port: int
    right: Answering

    async def send(self, answering: Answering) -> None:
        await self.post(answering.mail(), f"{answering.token}@{REPLY_DOMAIN}", answering.attendee)

    async def post(self, mail: EmailMessage, to: str, sender: str = ADA.email) -> None:
        await asyncio.to_thread(self._post, mail, to, sender)

    def _post(self, mail: EmailMessage, to: str, sender: str) -> None:
        with smtplib.SMTP("127.0.0.1", self.port, timeout=20) as server:
            server.send_message(mail, sender, [to])

    async def answers(self) -> list[str]:
        """The answers that counted, after all that was signalled has been worked on."""
        now = await self.trial.now()
        await self.trial.to(f"{now:%Y-%m-%d} {now.hour}:{now.minute + 1:02d}")
        return [f"{f.data['email']} {f.data['answer']}" for f in await self.trial.facts(None, "meeting.answered")]

    async def queue(self) -> list[str]:
        """What waits for a person."""
        async with self.trial.sessions() as session:
            rows = await session.execute(text("SELECT sender, reason FROM inbox ORDER BY received_at, sender"))
            return [f"{row.sender}: {row.reason}" for row in rows]

    async def invited(self) -> list[str]:
        async with self.trial.sessions() as session:
            rows = await session.execute(text("SELECT email FROM attendee_view ORDER BY email"))
            return list(rows.scalars())

    def other(self, **changes: object) -> Answering:
        return replace(self.right, **changes)  # type: ignore[arg-type]


def received() -> datetime:
    return utc("2026-02-02 12:00")


@asynccontextmanager
async def open_post_office(trial: Trial) -> AsyncIterator[PostOffice]:
    await trial.sign(contract(QUIET))
    await trial.to("2026-02-02 12:00")
    [booked] = await trial.facts("kickoff", "meeting.booked")
    right = Answering(str(booked.data["token"]), str(booked.data["uid"]))
    postman = Postman(Desk(trial.sessions, trial.client, QUEUE, CATALOGUE), received, REPLY_DOMAIN)
    async with await serve_inbound("127.0.0.1", 0, InboundHandler(postman.take, REPLY_DOMAIN)) as server:
        yield PostOffice(trial, server.port, right)
