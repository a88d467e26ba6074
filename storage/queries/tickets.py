"""Tickets: the queue by what is due, one ticket with all that its page shows, outages, designated users."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from storage.queries.page import Page, columns_for, read, read_one, read_page
from storage.queries.ticket_shapes import (
    DesignatedUser,
    OutageLine,
    TicketClock,
    TicketCoverage,
    TicketDetail,
    TicketEntry,
    TicketFilter,
    TicketHead,
    TicketLine,
)
from storage.ticket_views import (
    DesignatedView,
    OutageView,
    TicketClockView,
    TicketCoverageView,
    TicketEntryView,
    TicketView,
)
from storage.views import ContractView

__all__ = [
    "DesignatedUser",
    "OutageLine",
    "TicketClock",
    "TicketCoverage",
    "TicketDetail",
    "TicketEntry",
    "TicketFilter",
    "TicketHead",
    "TicketLine",
    "count_tickets",
    "designated_of",
    "designated_users",
    "outages_of",
    "ticket_detail",
    "ticket_head",
    "ticket_queue",
]


async def ticket_queue(
    session: AsyncSession, wanted: TicketFilter, now: datetime, limit: int = 50, offset: int = 0
) -> Page[TicketLine]:
    """What is late first, then the soonest due, then what owes nothing; closed ones by when they were closed."""
    statement, clock = _queue(now)
    for condition in _conditions(wanted, clock, now):
        statement = statement.where(condition)
    if wanted.shown in ("closed", "refused"):
        newest = func.coalesce(TicketView.closed_at, TicketView.registered_at)
        ordered = statement.order_by(newest.desc(), TicketView.contract_id, TicketView.number)
    else:
        ordered = statement.order_by(
            TicketView.open.desc(), clock.c.due.asc().nulls_last(), TicketView.registered_at, TicketView.contract_id,
            TicketView.number,
        )  # fmt: skip
    return await read_page(session, ordered, TicketLine, limit, offset)


async def ticket_detail(session: AsyncSession, contract_id: str, number: int) -> TicketDetail | None:
    """Everything about one ticket; None where there is none of that number, or its workflow has told nothing yet."""
    head = await ticket_head(session, contract_id, number)
    if head is None:
        return None
    return TicketDetail(
        head,
        await _parts(session, TicketClock, TicketClockView, contract_id, number, TicketClockView.started),
        await _parts(session, TicketEntry, TicketEntryView, contract_id, number, TicketEntryView.seq),
        await _parts(session, TicketCoverage, TicketCoverageView, contract_id, number, TicketCoverageView.key),
    )


async def ticket_head(session: AsyncSession, contract_id: str, number: int) -> TicketHead | None:
    """The ticket itself."""
    of_contract = {name: getattr(ContractView, name) for name in ("customer", "zone", "vendor", "vendor_name")}
    statement = (
        select(*columns_for(TicketHead, TicketView, without=of_contract), *of_contract.values())
        .join(ContractView, ContractView.contract_id == TicketView.contract_id)
        .where(TicketView.contract_id == contract_id, TicketView.number == number)
    )
    return await read_one(session, statement, TicketHead)


async def count_tickets(session: AsyncSession, now: datetime) -> tuple[int, int]:
    """How many are open, and in how many of them a running clock is overdue."""
    overdue = select(TicketClockView.clock).where(
        TicketClockView.contract_id == TicketView.contract_id,
        TicketClockView.number == TicketView.number,
        TicketClockView.stopped.is_(None),
        TicketClockView.due <= now,
    )
    row = (
        await session.execute(
            select(func.count(), func.count().filter(overdue.exists())).select_from(TicketView).where(TicketView.open)
        )
    ).one()
    return row[0], row[1]


async def outages_of(session: AsyncSession, contract_id: str) -> tuple[OutageLine, ...]:
    """Every recorded outage of a contract, the earliest first."""
    statement = select(*columns_for(OutageLine, OutageView)).where(OutageView.contract_id == contract_id)
    return await read(session, statement.order_by(OutageView.begin, OutageView.number), OutageLine)


async def designated_users(session: AsyncSession, contract_id: str) -> tuple[DesignatedUser, ...]:
    """The users whom the customer has named for the priority queue, in their order (caret-2)."""
    statement = select(*columns_for(DesignatedUser, DesignatedView)).where(DesignatedView.contract_id == contract_id)
    return await read(session, statement.order_by(DesignatedView.place), DesignatedUser)


async def designated_of(session: AsyncSession, contract_id: str) -> tuple[str, ...]:
    """Their addresses."""
    return tuple(user.email for user in await designated_users(session, contract_id))


def _queue(now: datetime) -> tuple[Select[*tuple[Any, ...]], Any]:
    """Tickets with the clock that is due next, and the opening hours in which that one counts."""
    each = aliased(TicketClockView)
    clock = (
        select(each)
        .where(
            each.contract_id == TicketView.contract_id,
            each.number == TicketView.number,
            each.stopped.is_(None),
            each.due.is_not(None),
        )
        .order_by(each.due, each.clock)
        .limit(1)
        .lateral("next_clock")
    )
    computed = {
        "customer": ContractView.customer,
        "vendor": ContractView.vendor,
        "zone": ContractView.zone,
        "plan": TicketView.plan,
        "clock": clock.c.clock,
        "kind": clock.c.kind,
        "clause": clock.c.clause,
        "due": clock.c.due,
        "late": func.coalesce(clock.c.due <= now, False),
        "best_effort": func.coalesce(clock.c.best_effort, False),
        "wall_clock": func.coalesce(clock.c.wall_clock, False),
        "anchor": clock.c.anchor,
        "seconds": clock.c.seconds,
        "pauses": clock.c.pauses,
        "starts": TicketCoverageView.starts,
        "ends": TicketCoverageView.ends,
        "opening": func.left(func.btrim(TicketView.description, " \t\r\n"), 200),
    }
    hours_of_it = and_(
        TicketCoverageView.contract_id == TicketView.contract_id,
        TicketCoverageView.number == TicketView.number,
        TicketCoverageView.key == clock.c.coverage,
    )
    statement = (
        select(
            *columns_for(TicketLine, TicketView, without=computed),
            *(column.label(name) for name, column in computed.items()),
        )
        .select_from(TicketView)
        .join(ContractView, ContractView.contract_id == TicketView.contract_id)
        .outerjoin(clock, true())
        .outerjoin(TicketCoverageView, hours_of_it)
    )
    return statement, clock


def _conditions(wanted: TicketFilter, clock: Any, now: datetime) -> list[ColumnElement[bool]]:
    shown = {
        "open": TicketView.open,
        "closed": TicketView.state == "closed",
        "refused": TicketView.state == "refused",
    }
    found: list[Any] = [shown[wanted.shown]] if wanted.shown in shown else []
    equal = {
        TicketView.contract_id: wanted.contract_id,
        TicketView.owner_id: wanted.owner,
        ContractView.csm_id: wanted.csm,
        ContractView.vendor: wanted.vendor,
        TicketView.level: wanted.level,
        TicketView.state: wanted.state,
    }
    found += [column == value for column, value in equal.items() if value]
    if wanted.unassigned:
        found.append(TicketView.owner_id.is_(None))
    if wanted.late:
        found.append(clock.c.due <= now)
    if wanted.words:
        like = f"%{_escaped(wanted.words)}%"
        columns = (TicketView.subject, TicketView.description, TicketView.reporter_name, ContractView.customer)
        found.append(or_(*(column.ilike(like, escape="\\") for column in columns)))
    return found


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


async def _parts(
    session: AsyncSession, shape: type[Any], table: Any, contract_id: str, number: int, *order: Any
) -> tuple[Any, ...]:
    statement = select(*columns_for(shape, table)).where(table.contract_id == contract_id, table.number == number)
    return await read(session, statement.order_by(*order), shape)
