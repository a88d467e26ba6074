"""How many tickets wait: the numbers on top of the queue."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ticket_views import TicketClockView, TicketView


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """Of the open tickets: all, those with a running clock that is overdue, those without an owner, one person's."""

    open: int
    late: int
    unassigned: int
    mine: int


async def queue_counts(session: AsyncSession, now: datetime, owner: str = "") -> QueueCounts:
    """``owner``: whose tickets count as ``mine``."""
    overdue = (
        select(TicketClockView.clock)
        .where(
            TicketClockView.contract_id == TicketView.contract_id,
            TicketClockView.number == TicketView.number,
            TicketClockView.stopped.is_(None),
            TicketClockView.due <= now,
        )
        .exists()
    )
    row = (
        await session.execute(
            select(
                func.count(),
                func.count().filter(overdue),
                func.count().filter(TicketView.owner_id.is_(None)),
                func.count().filter(TicketView.owner_id == owner),
            )
            .select_from(TicketView)
            .where(TicketView.open)
        )
    ).one()
    return QueueCounts(*row)
