"""From a mail that came in to a signal, or to the CSM's queue. Nothing here ever writes back to anybody."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from domain.replies import Applied, MeetingView, Reply, UnknownReplier, match
from mail.reply import Bounce, Dropped, Letter, WhyDropped, read_inbound
from storage.inbox import keep_letter, meeting_of_token
from storage.session import Sessions

log = logging.getLogger(__name__)

WORDS = "written in words, so a person has to read it"
_DROPPED = {
    WhyDropped.COUNTER: "proposes another time by way of the calendar",
    WhyDropped.DELEGATED: "hands the invitation on to somebody else",
    WhyDropped.SEVERAL_CALENDARS: "holds several calendars, so which answer counts is not clear",
    WhyDropped.MALFORMED: "holds a calendar answer that cannot be read",
    WhyDropped.TOO_BIG: "is too big to be read by a machine",
    WhyDropped.NO_SENDER: "names no sender who could be answered",
}
"""Why a mail that no rule can act on is for a person, in words for the queue."""


@dataclass
class Postman:
    """What the inbound listener calls for each mail. Safe to call twice: a reply is idempotent, a letter kept once."""

    client: Client
    sessions: Sessions
    now: Callable[[], datetime]

    async def take(self, raw: bytes, envelope_from: str, recipients: tuple[str, ...]) -> str:
        """The SMTP answer; empty for the ordinary one. Raises when the database or Temporal is away: try again."""
        for recipient in recipients:
            await self._take_for(raw, envelope_from, recipient)
        return ""

    async def _take_for(self, raw: bytes, envelope_from: str, recipient: str) -> None:
        # In a thread: reading the worst mail within the size cap takes more than a second.
        inbound = await asyncio.to_thread(read_inbound, raw, envelope_from=envelope_from, recipient=recipient)
        if isinstance(inbound, Reply):
            await self._take_reply(inbound, raw)
        elif isinstance(inbound, Letter):
            await self._queue(raw, inbound.token, inbound.sender, inbound.subject, WORDS)
        elif isinstance(inbound, Bounce):
            if inbound.permanent:
                why = f"{inbound.status} {inbound.reason}".strip() or "no reason was given"
                reason = f"mail to {inbound.recipient} cannot be delivered: {why}"
                await self._queue(raw, inbound.token, inbound.recipient, "Delivery report", reason)
        elif isinstance(inbound, Dropped):
            log.info("an inbound mail is dropped: %s %s", inbound.reason.value, inbound.detail)
            if inbound.reason.for_a_person:
                await self._queue(raw, inbound.token, inbound.sender, inbound.subject, _DROPPED[inbound.reason])

    async def _take_reply(self, reply: Reply, raw: bytes) -> None:
        async with self.sessions() as session:
            meeting = await meeting_of_token(session, reply.token)
        if meeting is None:
            log.info("a reply to an address that no meeting has is dropped")
            return
        verdict = match(reply, meeting.view)
        if isinstance(verdict, UnknownReplier):
            reason = f"{verdict.attendee} answered {verdict.answer.value} to {meeting.title} and was not invited"
            await self._queue(raw, reply.token, reply.sender or verdict.attendee, meeting.title, reason)
        elif isinstance(verdict, Applied) and not _takes_part(reply.sender, meeting.view):
            writer = reply.sender or "nobody that the mail names"
            reason = f"{writer} answered {verdict.answer.value} to {meeting.title} for {verdict.email}"
            await self._queue(raw, reply.token, reply.sender, meeting.title, f"{reason} and was not invited")
        elif isinstance(verdict, Applied):
            await self._signal(meeting.workflow_id, reply)
        else:
            log.info("a reply to %s is ignored: %s", meeting.workflow_id, verdict.reason.value)

    async def _signal(self, workflow_id: str, reply: Reply) -> None:
        try:
            await self.client.get_workflow_handle(workflow_id).signal("reply", reply)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            log.info("a reply to %s comes after its end", workflow_id)

    async def _queue(self, raw: bytes, token: str, sender: str, subject: str, reason: str) -> None:
        async with self.sessions.begin() as session:
            meeting = await meeting_of_token(session, token)
            contract_id, key = (meeting.contract_id, meeting.key) if meeting else (None, None)
            await keep_letter(session, raw, sender, subject, reason, self.now(), contract_id, key)


def _takes_part(sender: str, meeting: MeetingView) -> bool:
    """Whether the writer was invited. One attendee may answer for another (an assistant does), a stranger may not.

    A From address proves nothing, but who cannot even name an attendee there is nobody to take an answer from.
    """
    written = sender.strip().casefold()
    return any(attendee.email.strip().casefold() == written for attendee in meeting.attendees)
