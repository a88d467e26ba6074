"""Days on which a desk is closed or has other hours, as they became known under running contracts."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.coverage import DatedException, parse_span
from storage.models import ContractRow
from storage.ticket_tables import ClosedDayRow, TicketRow
from storage.ticket_views import TicketView


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """One day, for a contract or for all of a vendor. ``spans``: other hours (``09:00-12:00 13:00-15:00``), empty:
    closed. ``rule``: of the plan's opening hours, empty for each.
    """

    id: int
    contract_id: str
    vendor_id: str
    rule: str
    day: date
    spans: str
    reason: str
    added_by: str
    added_wall: datetime


@dataclass(frozen=True, slots=True)
class KnownDays:
    """What is known of a contract's closed days. ``version`` rises with each; ``exceptions``: (rule, the day)."""

    version: int
    exceptions: tuple[tuple[str, DatedException], ...]


async def add_closed_day(
    session: AsyncSession,
    *,
    contract_id: str = "",
    vendor_id: str = "",
    rule: str = "",
    day: date,
    spans: str,
    reason: str,
    by: str,
) -> int:
    """Remember it; its id. Of several for one day the later one counts."""
    row = insert(ClosedDayRow).values(
        contract_id=contract_id, vendor_id=vendor_id, rule=rule, day=day, spans=spans, reason=reason, added_by=by
    )
    return int((await session.execute(row.returning(ClosedDayRow.id))).scalar_one())


async def remove_closed_day(session: AsyncSession, closed_day_id: int, by: str) -> ClosedDay | None:
    """The day is as any other again; that it was added stays on record. None where none of that id is in force."""
    row = await session.get(ClosedDayRow, closed_day_id)
    if row is None or row.removed_by is not None:
        return None
    row.removed_by = by
    await session.flush()
    return _day(row)


async def list_closed_days(session: AsyncSession, contract_id: str = "", vendor_id: str = "") -> tuple[ClosedDay, ...]:
    """Those of a contract (with its vendor's) or of a vendor; of all without either. By their day."""
    statement = (
        select(ClosedDayRow).where(ClosedDayRow.removed_by.is_(None)).order_by(ClosedDayRow.day, ClosedDayRow.id)
    )
    if contract_id:
        statement = statement.where(_concerns(contract_id))
    elif vendor_id:
        statement = statement.where(ClosedDayRow.vendor_id == vendor_id)
    return tuple(_day(row) for row in await session.scalars(statement))


async def closed_days_of(session: AsyncSession, contract_id: str) -> KnownDays:
    """What counts for a contract now. Each day that is added or removed makes a new version."""
    rows = tuple(await session.scalars(select(ClosedDayRow).where(_concerns(contract_id)).order_by(ClosedDayRow.id)))
    exceptions = tuple(
        (row.rule, DatedException(row.day, tuple(parse_span(span) for span in row.spans.split())))
        for row in rows
        if row.removed_by is None
    )
    return KnownDays(1 + len(rows) + sum(row.removed_by is not None for row in rows), exceptions)


async def contracts_concerned(session: AsyncSession, day: ClosedDay) -> tuple[str, ...]:
    """The contracts for which the day counts and that have tickets which may be open."""
    told = and_(TicketView.contract_id == TicketRow.contract_id, TicketView.number == TicketRow.number)
    statement = (
        select(TicketRow.contract_id)
        .outerjoin(TicketView, told)
        .where(TicketRow.accepted, TicketView.open.is_not(False))
        .distinct()
        .order_by(TicketRow.contract_id)
    )
    if day.contract_id:
        statement = statement.where(TicketRow.contract_id == day.contract_id)
    else:
        of_vendor = select(ContractRow.id).where(ContractRow.vendor_id == day.vendor_id)
        statement = statement.where(TicketRow.contract_id.in_(of_vendor))
    return tuple(await session.scalars(statement))


async def contracts_behind(session: AsyncSession) -> tuple[str, ...]:
    """The contracts with an open ticket whose opening hours are older than what is known of closed days."""
    oldest = (
        select(TicketView.contract_id, func.min(TicketView.coverage_version).label("version"))
        .where(TicketView.open)
        .group_by(TicketView.contract_id)
        .subquery()
    )
    known = (
        select(1 + func.count() + func.count(ClosedDayRow.removed_by))
        .where(or_(ClosedDayRow.contract_id == ContractRow.id, ClosedDayRow.vendor_id == ContractRow.vendor_id))
        .scalar_subquery()
    )
    statement = select(oldest.c.contract_id).join(ContractRow, ContractRow.id == oldest.c.contract_id)
    return tuple(await session.scalars(statement.where(oldest.c.version < known).order_by(oldest.c.contract_id)))


def _concerns(contract_id: str) -> ColumnElement[bool]:
    vendor = select(ContractRow.vendor_id).where(ContractRow.id == contract_id).scalar_subquery()
    return or_(ClosedDayRow.contract_id == contract_id, ClosedDayRow.vendor_id == vendor)


def _day(row: ClosedDayRow) -> ClosedDay:
    return ClosedDay(**{name: getattr(row, name) for name in ClosedDay.__slots__})
