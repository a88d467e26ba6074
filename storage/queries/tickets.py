"""Tickets: the queue by what is due, one ticket with all that its page shows, outages, designated users."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from storage.queries.page import Page, columns_for, read, read_one, read_page
from storage.ticket_views import (
    DesignatedView,
    OutageView,
    TicketClockView,
    TicketCoverageView,
    TicketEntryView,
    TicketView,
)
from storage.views import ContractView


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """What the queue shows. ``shown``: open, closed, refused or all; ``late``: something is overdue now."""

    contract_id: str | None = None
    owner: str | None = None
    unassigned: bool = False
    csm: str | None = None
    vendor: str | None = None
    level: str | None = None
    state: str | None = None
    shown: str = "open"
    late: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class TicketLine:
    """A ticket in the queue. The clock that is due next: ``due`` null where nothing is owed or all clocks are paused.

    ``late``: a clock that still runs has missed its due instant, which is then ``due``. ``starts`` and ``ends`` are the
    opening hours of that clock (seconds since 1970), ``pauses`` as in `TicketClock`, for a countdown in open time.
    """

    contract_id: str
    number: int
    workflow_id: str
    subject: str
    customer: str
    vendor: str
    zone: str
    plan: str
    level: str
    level_name: str
    state: str
    open: bool
    owed: bool
    door: str
    reporter_name: str
    reporter_email: str
    owner_id: str | None
    owner_name: str
    routed_to: str
    paused: tuple[str, ...]
    alert: str
    outage: bool
    registered_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    clock: str | None
    kind: str | None
    clause: str | None
    due: datetime | None
    late: bool
    best_effort: bool
    wall_clock: bool
    anchor: datetime | None
    seconds: int | None
    pauses: tuple[list[Any], ...] | None
    starts: tuple[int, ...] | None
    ends: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class TicketHead:
    """A ticket as it stands. ``customer``, ``zone``, ``vendor``: of its contract."""

    contract_id: str
    number: int
    workflow_id: str
    subject: str
    description: str
    door: str
    channel: str
    reporter_name: str
    reporter_email: str
    reporter_phone: str
    premises: str
    device: str
    login: str
    kind: str
    level: str
    level_name: str
    queue: str
    owed: bool
    reasons: tuple[dict[str, Any], ...]
    state: str
    open: bool
    token: str
    alert: str
    outage: bool
    plan: str
    plan_version: int
    registered_at: datetime
    owner_id: str | None
    owner_name: str
    impact: str
    inside_boundary: bool | None
    routed_kind: str
    routed_to: str
    paused: tuple[str, ...]
    released: bool
    answered_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    closed_by: str
    asks: int
    coverage_version: int
    changed_at: datetime
    customer: str
    zone: str
    vendor: str
    vendor_name: str


@dataclass(frozen=True, slots=True)
class TicketClock:
    """A clock as it was last told. ``pauses``: (begin, end or null, cause), ISO text."""

    clock: str
    kind: str
    ordinal: int
    clause: str
    level: str
    text: str
    coverage: str
    wall_clock: bool
    best_effort: bool
    seconds: int | None
    started: datetime
    anchor: datetime | None
    due: datetime | None
    pauses: tuple[list[Any], ...]
    verdict: str | None
    stopped: datetime | None
    took_seconds: int | None
    overrun_seconds: int
    acknowledged_by: str
    acknowledged_at: datetime | None


@dataclass(frozen=True, slots=True)
class TicketEntry:
    """What somebody wrote. ``visible``: the customer sees it."""

    seq: int
    at: datetime
    kind: str
    side: str
    author: str
    email: str
    text: str
    visible: bool
    attachments: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class TicketCoverage:
    """Opening hours of a ticket: seconds since 1970."""

    key: str
    zone: str
    version: int
    since: int
    until: int
    starts: tuple[int, ...]
    ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TicketDetail:
    """All of one ticket."""

    head: TicketHead
    clocks: tuple[TicketClock, ...]
    entries: tuple[TicketEntry, ...]
    coverages: tuple[TicketCoverage, ...]


@dataclass(frozen=True, slots=True)
class OutageLine:
    """The platform was down; ``end`` null: it still is."""

    number: int
    alert: str
    title: str
    begin: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class DesignatedUser:
    """A user whom the customer has named (caret-2)."""

    email: str
    name: str
    place: int


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
