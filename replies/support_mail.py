"""Mail to a contract's support address: a report, or words about the ticket in whose thread it stands.

A mail that comes again changes nothing: a report is known by its Message-ID, words about a ticket are an update of its
workflow under that id, and the files of a mail have ids of their own. What a person wrote gets into the queue where no
rule can act on it.
"""

import asyncio
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from domain.ticket import Act, Actor
from mail.reply import Bounce, Dropped
from mail.support import SupportMail, read_support
from replies.queue import DROPPED, Queue, undeliverable
from replies.writers import known_writer, writer_of
from storage.contracts import find_contract
from storage.ticket_mails import KnownMail, count_mailed_reports, known_mails, remember_mail
from storage.tickets import StoredTicket, find_ticket, keep_files
from support.acting import act_on_ticket
from support.desk import Desk
from support.filing import stored_files
from support.known import NoSupportError, UnknownContractError
from support.mailed import register_mail
from workflows.ticket_messages import Attachment, TicketAct

log = logging.getLogger(__name__)

PATIENCE = timedelta(seconds=20)
"""A ticket that does not answer by then is asked again when the mail comes again."""

MOST_REPORTS = 20
REPORTS_WITHIN = timedelta(hours=1)
"""So many new reports of one address and contract are answered in that time. A mailbox that answers by itself and does
not say so would go on for ever: each of its mails is a new report to us, and our answer a new mail to it.
"""

_NUMBER = re.compile(r"\[#(\d{1,9})\]")
"""A ticket in a subject, as our own mails write it."""

_MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class _Thread:
    """The ticket that a mail is about. ``handed_over``: it answers a mail that asked a partner for help."""

    ticket: StoredTicket
    handed_over: bool = False


@dataclass(frozen=True, slots=True)
class SupportPost:
    """Takes mail to support addresses. Raises when the database or Temporal is away: the mail comes again."""

    desk: Desk
    queue: Queue
    now: Callable[[], datetime]
    own_domain: str

    async def take(self, raw: bytes, envelope_from: str, recipient: str) -> None:
        """One mail for one support address."""
        # In a thread: a mail may be 30 MiB.
        mail = await asyncio.to_thread(
            read_support, raw, envelope_from=envelope_from, recipient=recipient, own_domain=self.own_domain
        )
        if isinstance(mail, SupportMail):
            await self._take(mail, raw)
        elif isinstance(mail, Bounce):
            if mail.permanent:
                await self._keep(raw, mail.token, mail.recipient, "Delivery report", undeliverable(mail))
        elif isinstance(mail, Dropped):
            log.info("a mail to a support address is dropped: %s %s", mail.reason.value, mail.detail)
            if mail.reason.for_a_person:
                await self._keep(raw, mail.token, mail.sender, mail.subject, DROPPED[mail.reason])

    async def _take(self, mail: SupportMail, raw: bytes) -> None:
        async with self.desk.sessions() as session:
            thread = await _thread_of(session, mail)
        if thread is None:
            await self._take_report(mail, raw)
        elif thread.ticket.key == mail.message_id:
            await register_mail(self.desk, mail.contract_id, mail, self.now())  # again: what is missing is made up for
        else:
            await self._take_words(mail, raw, thread)

    async def _take_report(self, mail: SupportMail, raw: bytes) -> None:
        contract_id, address = mail.contract_id, mail.sender.email
        if not contract_id:
            await self._refuse(mail, raw, f"was sent to support@{self.own_domain}, which names no contract", None)
            return
        async with self.desk.sessions() as session:
            earlier = await count_mailed_reports(session, contract_id, address, self.now() - REPORTS_WITHIN)
        if earlier >= MOST_REPORTS:
            reason = f"is one of more than {MOST_REPORTS} new reports from {address} within an hour"
            await self._refuse(mail, raw, f"{reason}; a mailbox may be answering by itself", contract_id)
            return
        try:
            await register_mail(self.desk, contract_id, mail, self.now())
        except UnknownContractError:
            await self._refuse(mail, raw, f"is for the contract {contract_id}, which does not exist", None)
        except NoSupportError:
            await self._refuse(mail, raw, f"is for {contract_id}, whose plan has no support levels", contract_id)

    async def _take_words(self, mail: SupportMail, raw: bytes, thread: _Thread) -> None:
        contract_id, number = mail.contract_id, thread.ticket.number
        files = stored_files(f"{contract_id} {mail.message_id}", mail.attachments)
        async with self.desk.sessions.begin() as session:
            actor = await writer_of(session, thread.ticket, mail.sender.email, thread.handed_over)
            await keep_files(session, contract_id, number, files)
            await remember_mail(session, contract_id, number, mail.message_id)
        request = TicketAct(
            Act.HEAR if actor is Actor.CUSTOMER else Act.NOTE,
            actor,
            by=mail.sender.name or mail.sender.email,
            text=_words(mail),
            email=mail.sender.email,
            attachments=tuple(Attachment(f.id, f.name, f.media_type, len(f.content)) for f in files),
            message_id=mail.message_id,
            key=mail.message_id,
        )
        try:
            await act_on_ticket(self.desk, contract_id, number, request, mail.message_id, PATIENCE)
        except WorkflowUpdateFailedError as refused:
            why = refused.cause.message if isinstance(refused.cause, ApplicationError) else str(refused.cause)
            await self._refuse(mail, raw, f"is about ticket {number}, which does not take it: {why}", contract_id)

    async def _refuse(self, mail: SupportMail, raw: bytes, reason: str, contract_id: str | None) -> None:
        await self.queue.keep(raw, mail.sender.email, mail.subject, reason, contract_id)

    async def _keep(self, raw: bytes, token: str, sender: str, subject: str, reason: str) -> None:
        tag = token.partition("+")[2]
        async with self.desk.sessions() as session:
            known = await find_contract(session, tag) is not None
        await self.queue.keep(raw, sender, subject, reason, tag if known else None)


async def _thread_of(session: AsyncSession, mail: SupportMail) -> _Thread | None:
    """The ticket that a mail is about: by itself where it came before, then by the mails that it answers, the nearest
    first, then by the number in its subject. None: it is about none, and so it is a new report.
    """
    known = await known_mails(session, mail.contract_id, (mail.message_id, *mail.follows))
    if not known:
        return await _named_in_subject(session, mail)
    ticket = await find_ticket(session, mail.contract_id, known[0].number)
    if ticket is None or not (ticket.accepted or ticket.key == mail.message_id):
        return None  # a report that was refused is no ticket; what answers the refusal is looked at anew
    return _Thread(ticket, _answers_hand_over(known, ticket.number))


async def _named_in_subject(session: AsyncSession, mail: SupportMail) -> _Thread | None:
    """Many programs drop the headers of a thread. A number can be guessed: it counts from those who take part."""
    number = _NUMBER.search(mail.subject)
    ticket = await find_ticket(session, mail.contract_id, int(number[1])) if number else None
    if ticket is None or not ticket.accepted:
        return None
    return _Thread(ticket) if await known_writer(session, ticket, mail.sender.email) else None


def _answers_hand_over(known: tuple[KnownMail, ...], number: int) -> bool:
    return any(each.handed_over and each.number == number for each in known)


def _words(mail: SupportMail) -> str:
    """What is written down: never nothing, and what was left out is named."""
    words = mail.text if mail.text.strip() or mail.attachments else mail.subject or "(an empty mail)"
    if not mail.left_out:
        return words
    named = [*mail.left_out[:_MOST_NAMED]]
    if len(mail.left_out) > _MOST_NAMED:
        named.append(f"and {len(mail.left_out) - _MOST_NAMED} more")
    return f"{words}\n\n[Not kept: {'; '.join(named)}]".strip()
