"""One contract: everything that its page shows."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, case, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.queries.meetings import Meeting, meetings_of
from storage.queries.page import columns_for, read, read_one
from storage.queries.parts import (
    Charge,
    HoursEntry,
    MessageLine,
    Overage,
    charges_of,
    hours_entries_of,
    messages_of,
    overages_of,
)
from storage.queries.portfolio import is_late
from storage.queries.tasks import Task, list_tasks
from storage.queries.timeline import Timeline, timeline
from storage.views import AgendaView, ContactView, ContractView, HoursView, MeetingView, RoleView, WindowView


@dataclass(frozen=True, slots=True)
class ContractHead:
    """As it stands. ``reason``: why it is suspended or was terminated; ``over_at``: since when it is over."""

    contract_id: str
    workflow_id: str
    customer_id: str
    customer: str
    plan: str
    plan_name: str
    plan_version: int
    vendor: str
    vendor_name: str
    stage: str
    starts_on: date
    ends_on: date
    starts: datetime
    ends: datetime
    term_months: int
    term: int
    zone: str
    country: str
    language: str
    currency: str
    flags: tuple[str, ...]
    signed_at: datetime
    reason: str
    over_at: datetime | None
    meetings_held: int | None
    minutes_used: int | None
    csm_id: str | None
    csm_name: str | None
    users: int
    devices: int


@dataclass(frozen=True, slots=True)
class RoleHolder:
    """``status``: active, unfilled or ended."""

    role: str
    role_title: str
    main: bool
    status: str
    staff_id: str | None
    name: str
    email: str
    since: datetime
    until: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class ContactLine:
    """``set_at`` None: asked for, not confirmed yet. ``premises``: an Authorized Representative of these."""

    name: str
    email: str
    phone: str
    primary: bool
    set_at: datetime | None
    set_by: str
    asked_at: datetime | None
    premises: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hours:
    """In minutes: granted = left + reserved + used + lapsed. ``overage``: used beyond them, once approved."""

    granted: int
    left_minutes: int
    reserved: int
    used: int
    overage: int
    lapsed: int


@dataclass(frozen=True, slots=True)
class AgendaEntry:
    """An item with its status (`storage.derived.ITEM_STATUS`). ``late``: it is late now; ``late_at``: it has been.

    ``start``, ``end``, ``host``: of its meeting, where it has one (``meeting_id``).
    """

    key: str
    kind: str
    title: str
    clause: str
    at: datetime
    due: datetime
    day: date
    plan_key: str
    number: int
    period: str
    status: str
    over: bool
    late: bool
    late_at: datetime | None
    settled_at: datetime | None
    settled_by: str
    note: str
    meeting_id: str | None
    start: datetime | None
    end: datetime | None
    host: str | None


@dataclass(frozen=True, slots=True)
class WindowLine:
    """Open from ``opens`` up to, not including, ``closes``."""

    key: str
    title: str
    opens: datetime
    closes: datetime
    last_day: date
    closed_at: datetime | None
    lapsed_minutes: int


@dataclass(frozen=True, slots=True)
class ContractPage:
    """All of it. Messages and facts are the newest ones; more come by `messages_of` and `timeline`."""

    head: ContractHead
    roles: tuple[RoleHolder, ...]
    contacts: tuple[ContactLine, ...]
    hours: Hours
    hours_entries: tuple[HoursEntry, ...]
    overages: tuple[Overage, ...]
    agenda: tuple[AgendaEntry, ...]
    windows: tuple[WindowLine, ...]
    meetings: tuple[Meeting, ...]
    tasks: tuple[Task, ...]
    charges: tuple[Charge, ...]
    messages: tuple[MessageLine, ...]
    timeline: Timeline


async def contract_page(session: AsyncSession, contract_id: str, now: datetime) -> ContractPage | None:
    """Everything about one contract; None where there is none of that id."""
    head = await contract_head(session, contract_id)
    if head is None:
        return None
    return ContractPage(
        head=head,
        roles=await roles_of(session, contract_id),
        contacts=await contacts_of(session, contract_id),
        hours=await hours_of(session, contract_id),
        hours_entries=await hours_entries_of(session, contract_id),
        overages=await overages_of(session, contract_id),
        agenda=await agenda_of(session, contract_id, now),
        windows=await windows_of(session, contract_id),
        meetings=await meetings_of(session, contract_id),
        tasks=(await list_tasks(session, contract_id=contract_id, limit=200)).items,
        charges=await charges_of(session, contract_id),
        messages=(await messages_of(session, contract_id)).items,
        timeline=await timeline(session, contract_id),
    )


async def contract_head(session: AsyncSession, contract_id: str) -> ContractHead | None:
    """The contract itself."""
    statement = select(*columns_for(ContractHead, ContractView)).where(ContractView.contract_id == contract_id)
    return await read_one(session, statement, ContractHead)


async def roles_of(session: AsyncSession, contract_id: str) -> tuple[RoleHolder, ...]:
    """The vendor's side: active roles first, the main one leads."""
    statement = select(*columns_for(RoleHolder, RoleView)).where(RoleView.contract_id == contract_id)
    active = (RoleView.status == "active").desc()
    return await read(session, statement.order_by(active, RoleView.main.desc(), RoleView.role), RoleHolder)


async def contacts_of(session: AsyncSession, contract_id: str) -> tuple[ContactLine, ...]:
    """The customer's side: the primary contact first."""
    statement = select(*columns_for(ContactLine, ContactView)).where(ContactView.contract_id == contract_id)
    return await read(session, statement.order_by(ContactView.primary.desc(), ContactView.address), ContactLine)


async def hours_of(session: AsyncSession, contract_id: str) -> Hours:
    """The package's minutes; all 0 where it has none."""
    statement = select(*columns_for(Hours, HoursView)).where(HoursView.contract_id == contract_id)
    return await read_one(session, statement, Hours) or Hours(0, 0, 0, 0, 0, 0)


async def windows_of(session: AsyncSession, contract_id: str) -> tuple[WindowLine, ...]:
    """The windows by their opening."""
    statement = select(*columns_for(WindowLine, WindowView)).where(WindowView.contract_id == contract_id)
    return await read(session, statement.order_by(WindowView.opens, WindowView.key), WindowLine)


async def agenda_of(session: AsyncSession, contract_id: str, now: datetime) -> tuple[AgendaEntry, ...]:
    """The whole agenda, past and ahead, by due instant. Items that the present agenda does not list are left out."""
    own_word = or_(AgendaView.own_status == "done", AgendaView.status == "dropped")
    computed = {
        "late": is_late(now),
        "settled_by": case((own_word, AgendaView.settled_by), else_=""),
        "note": case((own_word, AgendaView.note), else_=""),
        "meeting_id": MeetingView.workflow_id,
    }
    statement = (
        select(
            *columns_for(AgendaEntry, AgendaView, MeetingView, without=computed),
            *(column.label(name) for name, column in computed.items()),
        )
        .select_from(AgendaView)
        .join(ContractView, ContractView.contract_id == AgendaView.contract_id)
        .outerjoin(
            MeetingView,
            and_(MeetingView.contract_id == AgendaView.contract_id, MeetingView.key == AgendaView.key),
        )
        .where(AgendaView.contract_id == contract_id, AgendaView.status != "absent")
        .order_by(AgendaView.due, AgendaView.at, AgendaView.key)
    )
    return await read(session, statement, AgendaEntry)
