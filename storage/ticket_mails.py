"""The mails of tickets, ours and those from outside: which thread is which ticket's, and who writes how much."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.intake import Door
from storage.models import MessageRow
from storage.ticket_tables import TicketMailRow, TicketRow

_HAND_OVER = "ticket-routed"
"""The kind of `domain.ticket_messages.TicketRouted`, by which a ticket goes to a partner."""


@dataclass(frozen=True, slots=True)
class KnownMail:
    """A mail of a ticket. ``handed_over``: it is ours, and asked a partner for help with it."""

    message_id: str
    number: int
    handed_over: bool = False


async def remember_mail(session: AsyncSession, contract_id: str, number: int, message_id: str) -> None:
    """An answer to this mail belongs to the ticket."""
    row = insert(TicketMailRow).values(message_id=message_id, contract_id=contract_id, number=number)
    await session.execute(row.on_conflict_do_nothing())


async def known_mails(session: AsyncSession, contract_id: str, message_ids: tuple[str, ...]) -> tuple[KnownMail, ...]:
    """Those of the mails that belong to a ticket of the contract, ours or theirs, in the same order."""
    theirs = await session.execute(
        select(TicketMailRow.message_id, TicketMailRow.number).where(
            TicketMailRow.contract_id == contract_id, TicketMailRow.message_id.in_(message_ids)
        )
    )
    found = {row.message_id: KnownMail(row.message_id, row.number) for row in theirs}
    ours = await session.execute(
        select(MessageRow.message_id, MessageRow.subject, MessageRow.kind).where(
            MessageRow.contract_id == contract_id, MessageRow.message_id.in_(message_ids)
        )
    )
    for row in ours:
        about, _, number = row.subject.partition("/")
        if about == "ticket" and number.isdigit():
            found[row.message_id] = KnownMail(row.message_id, int(number), row.kind == _HAND_OVER)
    return tuple(found[each] for each in message_ids if each in found)


async def partners_of(session: AsyncSession, contract_id: str, number: int) -> tuple[str, ...]:
    """The addresses that the ticket was ever handed to by mail."""
    rows = await session.scalars(
        select(MessageRow.recipient_email)
        .where(
            MessageRow.contract_id == contract_id,
            MessageRow.subject == f"ticket/{number}",
            MessageRow.kind == _HAND_OVER,
        )
        .distinct()
    )
    return tuple(rows)


async def count_mailed_reports(session: AsyncSession, contract_id: str, address: str, since: datetime) -> int:
    """How many reports of the contract came by mail from that address after an instant, refused ones too."""
    report = TicketRow.document["decision"]["report"]
    found = await session.scalar(
        select(func.count())
        .select_from(TicketRow)
        .where(
            TicketRow.contract_id == contract_id,
            TicketRow.registered_at > since,
            report["door"].astext == Door.MAIL.value,
            func.lower(report["reporter"]["email"].astext) == address.lower(),
        )
    )
    return found or 0
