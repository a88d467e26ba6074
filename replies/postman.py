"""From a mail that came in to a signal, a ticket, or the CSM's queue.

Nothing here writes back to anybody: a report is acknowledged by its ticket's workflow.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from temporalio.service import RPCError, RPCStatusCode

from domain.replies import Applied, MeetingView, Reply, UnknownReplier, match
from mail.reply import Bounce, Dropped, Letter, read_inbound
from mail.support import is_support_address
from replies.queue import DROPPED, WORDS, Queue, undeliverable
from replies.support_mail import SupportPost
from storage.inbox import meeting_of_token
from support.desk import Desk

log = logging.getLogger(__name__)


class Postman:
    """What the inbound listener calls for each mail. Safe to call twice: a reply, a report and a message of a ticket
    are idempotent, a letter is kept once.
    """

    def __init__(self, desk: Desk, now: Callable[[], datetime], reply_domain: str) -> None:
        self._desk = desk
        self._queue = Queue(desk.sessions, now)
        self._domain = reply_domain
        self._support = SupportPost(desk, self._queue, now, reply_domain)

    async def take(self, raw: bytes, envelope_from: str, recipients: tuple[str, ...]) -> str:
        """The SMTP answer; empty for the ordinary one. Raises when the database or Temporal is away: try again."""
        for recipient in recipients:
            if is_support_address(recipient, self._domain):
                await self._support.take(raw, envelope_from, recipient)
            else:
                await self._take_for(raw, envelope_from, recipient)
        return ""

    async def _take_for(self, raw: bytes, envelope_from: str, recipient: str) -> None:
        # In a thread: reading the worst mail within the size cap takes more than a second.
        inbound = await asyncio.to_thread(read_inbound, raw, envelope_from=envelope_from, recipient=recipient)
        if isinstance(inbound, Reply):
            await self._take_reply(inbound, raw)
        elif isinstance(inbound, Letter):
            await self._keep(raw, inbound.token, inbound.sender, inbound.subject, WORDS)
        elif isinstance(inbound, Bounce):
            if inbound.permanent:
                reason = undeliverable(inbound)
                await self._keep(raw, inbound.token, inbound.recipient, "Delivery report", reason)
        elif isinstance(inbound, Dropped):
            log.info("an inbound mail is dropped: %s %s", inbound.reason.value, inbound.detail)
            if inbound.reason.for_a_person:
                await self._keep(raw, inbound.token, inbound.sender, inbound.subject, DROPPED[inbound.reason])

    async def _take_reply(self, reply: Reply, raw: bytes) -> None:
        async with self._desk.sessions() as session:
            meeting = await meeting_of_token(session, reply.token)
        if meeting is None:
            log.info("a reply to an address that no meeting has is dropped")
            return
        verdict = match(reply, meeting.view)
        if isinstance(verdict, UnknownReplier):
            reason = f"{verdict.attendee} answered {verdict.answer.value} to {meeting.title} and was not invited"
            await self._keep(raw, reply.token, reply.sender or verdict.attendee, meeting.title, reason)
        elif isinstance(verdict, Applied) and not _takes_part(reply.sender, meeting.view):
            writer = reply.sender or "nobody that the mail names"
            reason = f"{writer} answered {verdict.answer.value} to {meeting.title} for {verdict.email}"
            await self._keep(raw, reply.token, reply.sender, meeting.title, f"{reason} and was not invited")
        elif isinstance(verdict, Applied):
            await self._signal(meeting.workflow_id, reply)
        else:
            log.info("a reply to %s is ignored: %s", meeting.workflow_id, verdict.reason.value)

    async def _signal(self, workflow_id: str, reply: Reply) -> None:
        try:
            await self._desk.temporal.get_workflow_handle(workflow_id).signal("reply", reply)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            log.info("a reply to %s comes after its end", workflow_id)

    async def _keep(self, raw: bytes, token: str, sender: str, subject: str, reason: str) -> None:
        async with self._desk.sessions() as session:
            meeting = await meeting_of_token(session, token)
        contract_id, key = (meeting.contract_id, meeting.key) if meeting else (None, None)
        await self._queue.keep(raw, sender, subject, reason, contract_id, key)


def _takes_part(sender: str, meeting: MeetingView) -> bool:
    """Whether the writer was invited. One attendee may answer for another (an assistant does), a stranger may not.

    A From address proves nothing, but who cannot even name an attendee there is nobody to take an answer from.
    """
    written = sender.strip().casefold()
    return any(attendee.email.strip().casefold() == written for attendee in meeting.attendees)
