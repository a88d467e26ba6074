"""Parts of a contract's page that grow with its life: messages, ledger, overages, charges."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, false, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import MessageRow
from storage.queries.page import Page, columns_for, read, read_one, read_page
from storage.views import AgendaView, ChargeView, HoursLine, OverageView


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A message to one recipient. ``state``: recorded (it waits), sent, rejected or expired, since ``settled_at``."""

    message_id: str
    contract_id: str
    subject: str
    kind: str
    recipient_email: str
    recipient_name: str
    subject_line: str
    recorded_at: datetime
    state: str
    settled_at: datetime | None
    attempts: int
    code: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class HoursEntry:
    """A line of the ledger: granted, reserved, released, debited or lapsed minutes, and what was left then."""

    at: datetime
    kind: str
    subject: str
    minutes: int
    overage_minutes: int
    left_minutes: int


@dataclass(frozen=True, slots=True)
class Overage:
    """A question to the customer: asked, approved or declined. Money in minor units, None: no rate is known.

    ``key`` and ``title`` are those of the meeting that waits for it; ``waits``: it does still. ``token`` is the secret
    of the page on which it is decided; None: it was asked before there was one.
    """

    contract_id: str
    key: str
    title: str
    clause: str
    minutes: int
    rate: int | None
    amount: int | None
    currency: str
    status: str
    asked_at: datetime | None
    answered_at: datetime | None
    by: str
    token: str | None
    waits: bool


@dataclass(frozen=True, slots=True)
class Charge:
    """A dated line in minor units. ``amount`` None: it is entered by hand (A10)."""

    key: str
    subject: str
    clauses: tuple[str, ...]
    day: date
    amount: int | None
    currency: str
    text: str
    quantity: int | None
    unit_amount: int | None


async def messages_of(session: AsyncSession, contract_id: str, limit: int = 50, offset: int = 0) -> Page[MessageLine]:
    """A contract's messages, the newest first."""
    statement = (
        select(*columns_for(MessageLine, MessageRow))
        .where(MessageRow.contract_id == contract_id)
        .order_by(MessageRow.recorded_at.desc(), MessageRow.recorded_wall.desc(), MessageRow.message_id)
    )
    return await read_page(session, statement, MessageLine, limit, offset)


async def hours_entries_of(session: AsyncSession, contract_id: str) -> tuple[HoursEntry, ...]:
    """The ledger in its order."""
    statement = select(*columns_for(HoursEntry, HoursLine)).where(HoursLine.contract_id == contract_id)
    return await read(session, statement.order_by(HoursLine.workflow_id, HoursLine.seq), HoursEntry)


async def overages_of(session: AsyncSession, contract_id: str) -> tuple[Overage, ...]:
    """Every overage that was asked for, open questions first."""
    is_open = (OverageView.status == "asked").desc()
    ordered = _overages().order_by(is_open, OverageView.asked_at, OverageView.key)
    return await read(session, ordered.where(OverageView.contract_id == contract_id), Overage)


async def overage_by_token(session: AsyncSession, token: str) -> Overage | None:
    """The question whose page has this secret in its address."""
    return await read_one(session, _overages().where(OverageView.token == token), Overage)


def _overages() -> Select[*tuple[Any, ...]]:
    own = columns_for(Overage, OverageView, without=("title", "clause", "waits"))
    title, clause = func.coalesce(AgendaView.title, OverageView.key), func.coalesce(AgendaView.clause, "")
    waits = (OverageView.status == "asked") & ~func.coalesce(AgendaView.over, false())
    of_same_meeting = (AgendaView.contract_id == OverageView.contract_id) & (AgendaView.key == OverageView.key)
    return (
        select(*own, title.label("title"), clause.label("clause"), waits.label("waits"))
        .select_from(OverageView)
        .outerjoin(AgendaView, of_same_meeting)
    )


async def charges_of(session: AsyncSession, contract_id: str) -> tuple[Charge, ...]:
    """The charge lines by day."""
    statement = select(*columns_for(Charge, ChargeView)).where(ChargeView.contract_id == contract_id)
    return await read(session, statement.order_by(ChargeView.day, ChargeView.key), Charge)
