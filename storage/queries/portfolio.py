"""The portfolio: one row for each contract, the most urgent first, with what is due next and under which clause."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from domain.contract import ContractStage
from storage.queries.page import Page, bounded
from storage.views import AgendaView, ContractView, HoursView, MeetingView, TaskView

OVER = tuple(stage.value for stage in ContractStage if stage.over)


@dataclass(frozen=True, slots=True)
class NextItem:
    """What a contract has to do next. ``start``: the slot of its meeting, where one is booked."""

    key: str
    kind: str
    title: str
    clause: str
    due: datetime
    day: date
    status: str
    late: bool
    start: datetime | None


@dataclass(frozen=True, slots=True)
class PortfolioRow:
    """``next`` None: nothing lies ahead. ``hours_…`` in minutes; granted 0 where the plan has none."""

    contract_id: str
    customer_id: str
    customer: str
    vendor: str
    vendor_name: str
    plan: str
    plan_name: str
    stage: str
    csm_id: str | None
    csm_name: str | None
    ends_on: date
    zone: str
    next: NextItem | None
    open_tasks: int
    hours_granted: int
    hours_left: int


@dataclass(frozen=True, slots=True)
class PortfolioFilter:
    """What is asked for. ``customer``: a part of the name. Contracts that are over are left out, unless ``over``
    or a ``stage`` that asks for them.
    """

    csm: str | None = None
    vendor: str | None = None
    stage: str | None = None
    customer: str = ""
    late: bool = False
    over: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters can be set to, as (id, name), by name."""

    csms: tuple[tuple[str, str], ...]
    vendors: tuple[tuple[str, str], ...]


async def portfolio(
    session: AsyncSession,
    now: datetime,
    wanted: PortfolioFilter | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Page[PortfolioRow]:
    """Late items first (the longest overdue leads), then what is due soonest, then contracts with nothing ahead.

    An item is late when item.late came or its due instant lies before ``now``, unless the contract is suspended.
    """
    limit, offset = bounded(limit, offset)
    ahead = _next_item(now)
    tasks = (
        select(func.count())
        .where(TaskView.contract_id == ContractView.contract_id, TaskView.open)
        .correlate(ContractView)
        .scalar_subquery()
    )
    statement = (
        select(
            ContractView,
            ahead,
            tasks.label("open_tasks"),
            func.coalesce(HoursView.granted, 0).label("hours_granted"),
            func.coalesce(HoursView.left_minutes, 0).label("hours_left"),
        )
        .outerjoin(HoursView, HoursView.contract_id == ContractView.contract_id)
        .outerjoin(ahead, true())
        .where(*_conditions(wanted or PortfolioFilter()))
    )
    if wanted is not None and wanted.late:
        statement = statement.where(ahead.c.late)
    total = await session.scalar(select(func.count()).select_from(statement.subquery()))
    urgency = (func.coalesce(ahead.c.late, false()).desc(), ahead.c.due.nulls_last(), ContractView.contract_id)
    rows = await session.execute(statement.order_by(*urgency).limit(limit).offset(offset))
    return Page(tuple(_row(row) for row in rows), total or 0, limit, offset)


async def choices(session: AsyncSession) -> Choices:
    """The CSMs and vendors that some contract has."""
    csms = await session.execute(
        select(ContractView.csm_id, func.max(ContractView.csm_name).label("name"))
        .where(ContractView.csm_id.is_not(None))
        .group_by(ContractView.csm_id)
        .order_by("name", ContractView.csm_id)
    )
    vendors = await session.execute(
        select(ContractView.vendor, func.max(ContractView.vendor_name).label("name"))
        .group_by(ContractView.vendor)
        .order_by("name", ContractView.vendor)
    )
    return Choices(
        tuple((str(row[0]), str(row[1])) for row in csms), tuple((str(row[0]), str(row[1])) for row in vendors)
    )


def is_late(now: datetime) -> ColumnElement[bool]:
    """Whether an agenda item of a (joined or outer) contract is late at ``now``."""
    return and_(
        ~AgendaView.over,
        ContractView.stage != ContractStage.SUSPENDED.value,
        or_(AgendaView.late_at.is_not(None), AgendaView.due < now),
    )


def _next_item(now: datetime) -> Any:
    late = is_late(now)
    return (
        select(
            AgendaView.key,
            AgendaView.kind,
            AgendaView.title,
            AgendaView.clause,
            AgendaView.due,
            AgendaView.day,
            AgendaView.status,
            late.label("late"),
            MeetingView.start,
        )
        .outerjoin(
            MeetingView,
            and_(MeetingView.contract_id == AgendaView.contract_id, MeetingView.key == AgendaView.key),
        )
        .where(AgendaView.contract_id == ContractView.contract_id, ~AgendaView.over)
        .order_by(late.desc(), AgendaView.due, AgendaView.key)
        .limit(1)
        .correlate(ContractView)
        .lateral("ahead")
    )


def _conditions(wanted: PortfolioFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.csm:
        conditions.append(ContractView.csm_id == wanted.csm)
    if wanted.vendor:
        conditions.append(ContractView.vendor == wanted.vendor)
    if wanted.customer:
        conditions.append(ContractView.customer.icontains(wanted.customer, autoescape=True))
    if wanted.stage:
        conditions.append(ContractView.stage == wanted.stage)
    elif not wanted.over:
        conditions.append(ContractView.stage.not_in(OVER))
    return conditions


def _row(row: Any) -> PortfolioRow:
    contract: ContractView = row.ContractView
    ahead = None
    if row.key is not None:
        ahead = NextItem(row.key, row.kind, row.title, row.clause, row.due, row.day, row.status, row.late, row.start)
    return PortfolioRow(
        contract_id=contract.contract_id,
        customer_id=contract.customer_id,
        customer=contract.customer,
        vendor=contract.vendor,
        vendor_name=contract.vendor_name,
        plan=contract.plan,
        plan_name=contract.plan_name,
        stage=contract.stage,
        csm_id=contract.csm_id,
        csm_name=contract.csm_name,
        ends_on=contract.ends_on,
        zone=contract.zone,
        next=ahead,
        open_tasks=row.open_tasks,
        hours_granted=row.hours_granted,
        hours_left=row.hours_left,
    )
