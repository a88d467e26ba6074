"""The read models of tickets. Each row is written from one ticket's own chain of facts."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Computed, Index
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base

EMPTY = sql("''")
NO = sql("false")
ZERO = sql("0")
NOTHING = sql("'{}'")
NO_LIST = sql("'[]'")


class TicketView(Base):
    """``open``: neither closed nor refused. ``paused``: what holds its clocks now.

    ``agree``: whose agreement closes it now, each with name and email.
    """

    __tablename__ = "ticket_view"

    contract_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    workflow_id: Mapped[str]
    subject: Mapped[str]
    description: Mapped[str]
    door: Mapped[str]
    channel: Mapped[str]
    reporter_name: Mapped[str]
    reporter_email: Mapped[str]
    reporter_phone: Mapped[str]
    premises: Mapped[str]
    device: Mapped[str]
    login: Mapped[str]
    kind: Mapped[str]
    level: Mapped[str]
    level_name: Mapped[str]
    queue: Mapped[str]
    owed: Mapped[bool]
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    state: Mapped[str]
    open: Mapped[bool] = mapped_column(Computed("state NOT IN ('closed', 'refused')", persisted=True), nullable=True)
    alert: Mapped[str]
    outage: Mapped[bool]
    plan: Mapped[str]
    plan_version: Mapped[int]
    registered_at: Mapped[datetime]
    owner_id: Mapped[str | None]
    owner_name: Mapped[str] = mapped_column(server_default=EMPTY)
    impact: Mapped[str] = mapped_column(server_default=EMPTY)
    inside_boundary: Mapped[bool | None]
    routed_kind: Mapped[str] = mapped_column(server_default=EMPTY)
    routed_to: Mapped[str] = mapped_column(server_default=EMPTY)
    paused: Mapped[list[str]] = mapped_column(server_default=NOTHING)
    released: Mapped[bool] = mapped_column(server_default=NO)
    agree: Mapped[list[dict[str, str]]] = mapped_column(JSONB, server_default=NO_LIST)
    answered_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str] = mapped_column(server_default=EMPTY)
    asks: Mapped[int] = mapped_column(server_default=ZERO)
    coverage_version: Mapped[int] = mapped_column(server_default=sql("1"))
    changed_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_ticket_view_open", "registered_at", postgresql_where=sql("open")),
        Index("ix_ticket_view_owner_open", "owner_id", postgresql_where=sql("open")),
    )


class TicketClockView(Base):
    """A clock as it was last told. ``due`` null: never due, or paused before it."""

    __tablename__ = "ticket_clock_view"

    contract_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    clock: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    ordinal: Mapped[int]
    clause: Mapped[str]
    level: Mapped[str]
    text: Mapped[str]
    coverage: Mapped[str]
    wall_clock: Mapped[bool]
    best_effort: Mapped[bool]
    seconds: Mapped[int | None]
    started: Mapped[datetime]
    anchor: Mapped[datetime | None]
    due: Mapped[datetime | None]
    pauses: Mapped[list[Any]] = mapped_column(JSONB)
    verdict: Mapped[str | None]
    stopped: Mapped[datetime | None]
    took_seconds: Mapped[int | None]
    overrun_seconds: Mapped[int] = mapped_column(server_default=ZERO)
    acknowledged_by: Mapped[str] = mapped_column(server_default=EMPTY)
    acknowledged_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_ticket_clock_view_due", "due", postgresql_where=sql("stopped IS NULL AND verdict IS NULL")),
    )


class TicketEntryView(Base):
    """What was written, in order: the conversation, with notes that the customer does not see (``visible`` false)."""

    __tablename__ = "ticket_entry_view"

    contract_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    kind: Mapped[str]
    side: Mapped[str]
    author: Mapped[str]
    email: Mapped[str] = mapped_column(server_default=EMPTY)
    text: Mapped[str]
    visible: Mapped[bool]
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


class TicketCoverageView(Base):
    """The opening hours in which a ticket's clocks run, as its workflow has them: seconds since 1970 in UTC."""

    __tablename__ = "ticket_coverage_view"

    contract_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(primary_key=True)
    zone: Mapped[str]
    version: Mapped[int]
    since: Mapped[int]
    until: Mapped[int]
    starts: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    ends: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))


class OutageView(Base):
    """The platform was down for a contract, from ``begin`` to ``end`` (null: it still is)."""

    __tablename__ = "outage_view"

    contract_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    begin: Mapped[datetime] = mapped_column(primary_key=True)
    end: Mapped[datetime | None]
    alert: Mapped[str]
    title: Mapped[str]


class DesignatedView(Base):
    """The users whom the customer has named for the priority queue (caret-2), in their order."""

    __tablename__ = "designated_view"

    contract_id: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)  # the case-folded e-mail address
    email: Mapped[str]
    name: Mapped[str]
    place: Mapped[int]


TICKET_READ_MODELS: tuple[type[Base], ...] = (
    TicketView, TicketClockView, TicketEntryView, TicketCoverageView, OutageView, DesignatedView
)  # fmt: skip
