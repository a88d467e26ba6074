"""Reports as they were written: for the list of those that became no ticket."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from storage.queries.page import columns_for, read
from storage.ticket_views import TicketEntryView, TicketView


@dataclass(frozen=True, slots=True)
class WrittenReport:
    """All that somebody wrote, and what the plan said to it (``reasons``: code, clause, text)."""

    contract_id: str
    number: int
    description: str
    channel: str
    reporter_phone: str
    premises: str
    device: str
    login: str
    kind: str
    reasons: tuple[dict[str, Any], ...]
    attachments: tuple[dict[str, Any], ...]


async def reports_of(session: AsyncSession, keys: Iterable[tuple[str, int]]) -> dict[tuple[str, int], WrittenReport]:
    """The reports of these contracts and numbers."""
    wanted = list(keys)
    if not wanted:
        return {}
    statement = (
        select(*columns_for(WrittenReport, TicketView, TicketEntryView))
        .join(
            TicketEntryView,
            and_(
                TicketEntryView.contract_id == TicketView.contract_id,
                TicketEntryView.number == TicketView.number,
                TicketEntryView.kind == "report",
            ),
        )
        .where(tuple_(TicketView.contract_id, TicketView.number).in_(wanted))
    )
    return {(each.contract_id, each.number): each for each in await read(session, statement, WrittenReport)}
