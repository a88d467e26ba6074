"""Meetings with their attendees' answers: one by its key or token, or a list."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from storage.queries.page import Page, columns_for, read, read_page
from storage.views import AgendaView, AttendeeView, ContractView, MeetingView


@dataclass(frozen=True, slots=True)
class Attending:
    """Somebody invited; ``answer`` is that to the current sequence (needs-action, accepted, declined, tentative)."""

    name: str
    email: str
    side: str
    answer: str
    comment: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting as it stands. ``id`` is its workflow's; ``start`` and ``end`` are None while a slot is sought.

    ``customer``, ``vendor_name`` and ``zone`` are the contract's, None where its own facts have not come in yet.
    """

    id: str
    contract_id: str
    key: str
    title: str
    minutes: int | None
    clause: str
    earliest: datetime | None
    latest: datetime | None
    debits_hours: bool
    requested_by: str
    status: str
    start: datetime | None
    end: datetime | None
    staff_id: str | None
    host: str
    host_email: str
    sequence: int | None
    place: str
    uid: str | None
    token: str | None
    held_minutes: int | None
    notes: str
    reason: str
    by: str
    no_shows: int
    outcome_asked: int
    changed_at: datetime
    customer: str | None
    vendor_name: str | None
    zone: str | None
    attendees: tuple[Attending, ...] = ()


@dataclass(frozen=True, slots=True)
class MeetingFilter:
    """What is asked for; ``since`` and ``until`` bound the slot's start (and so leave out meetings without one)."""

    contract_id: str | None = None
    staff_id: str | None = None
    statuses: tuple[str, ...] = ()
    customer: str = ""
    since: datetime | None = None
    until: datetime | None = None


async def find_meeting(session: AsyncSession, contract_id: str, key: str) -> Meeting | None:
    """The meeting of that key in that contract."""
    return await _one(session, MeetingView.contract_id == contract_id, MeetingView.key == key)


async def plan_of_meeting(session: AsyncSession, contract_id: str, key: str) -> tuple[str, str]:
    """The plan that its contract goes by now, and the plan's key of the meeting; empty where they are not known."""
    statement = (
        select(ContractView.plan, AgendaView.plan_key)
        .outerjoin(AgendaView, (AgendaView.contract_id == ContractView.contract_id) & (AgendaView.key == key))
        .where(ContractView.contract_id == contract_id)
    )
    found = (await session.execute(statement)).one_or_none()
    return (found.plan, found.plan_key or "") if found else ("", "")


async def meeting_by_token(session: AsyncSession, token: str) -> Meeting | None:
    """The meeting whose reply address has this local part."""
    return await _one(session, MeetingView.token == token)


async def list_meetings(
    session: AsyncSession, wanted: MeetingFilter | None = None, limit: int = 50, offset: int = 0
) -> Page[Meeting]:
    """By start, those without a slot last (by their last possible instant)."""
    statement = _meetings().where(*_conditions(wanted or MeetingFilter()))
    ordered = statement.order_by(
        MeetingView.start.nulls_last(), MeetingView.latest, MeetingView.contract_id, MeetingView.key
    )
    page = await read_page(session, ordered, Meeting, limit, offset)
    return replace(page, items=await _with_attendees(session, page.items))


async def meetings_of(session: AsyncSession, contract_id: str) -> tuple[Meeting, ...]:
    """All meetings of a contract, by start."""
    statement = _meetings().where(MeetingView.contract_id == contract_id)
    ordered = statement.order_by(MeetingView.start.nulls_last(), MeetingView.latest, MeetingView.key)
    return await _with_attendees(session, await read(session, ordered, Meeting))


def _meetings() -> Select[*tuple[Any, ...]]:
    own = columns_for(Meeting, MeetingView, ContractView, without=("id", "attendees"))
    return (
        select(MeetingView.workflow_id.label("id"), *own)
        .select_from(MeetingView)
        .outerjoin(ContractView, ContractView.contract_id == MeetingView.contract_id)
    )


async def _one(session: AsyncSession, *where: ColumnElement[bool]) -> Meeting | None:
    found = await read(session, _meetings().where(*where).order_by(MeetingView.workflow_id).limit(1), Meeting)
    return (await _with_attendees(session, found))[0] if found else None


async def _with_attendees(session: AsyncSession, meetings: Sequence[Meeting]) -> tuple[Meeting, ...]:
    """One query for all of them. The vendor's side comes first in each."""
    if not meetings:
        return ()
    rows = await session.execute(
        select(AttendeeView)
        .where(tuple_(AttendeeView.contract_id, AttendeeView.key).in_([(m.contract_id, m.key) for m in meetings]))
        .order_by(AttendeeView.position, AttendeeView.address)
        .execution_options(populate_existing=True)
    )
    invited: dict[tuple[str, str], list[Attending]] = defaultdict(list)
    for each in rows.scalars():
        invited[each.contract_id, each.key].append(
            Attending(each.name, each.email, each.side, each.answer, each.comment, each.answered_at)
        )
    return tuple(replace(m, attendees=tuple(invited[m.contract_id, m.key])) for m in meetings)


def _conditions(wanted: MeetingFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.contract_id:
        conditions.append(MeetingView.contract_id == wanted.contract_id)
    if wanted.staff_id:
        conditions.append(MeetingView.staff_id == wanted.staff_id)
    if wanted.statuses:
        conditions.append(MeetingView.status.in_(wanted.statuses))
    if wanted.customer:
        conditions.append(ContractView.customer.icontains(wanted.customer, autoescape=True))
    if wanted.since:
        conditions.append(MeetingView.start >= wanted.since)
    if wanted.until:
        conditions.append(MeetingView.start < wanted.until)
    return conditions
