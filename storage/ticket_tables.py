"""The operational tables of tickets: every report that came in, its files, its mails, and days that are closed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, String, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base
from storage.models import ID, MESSAGE_ID, NAME


class TicketRow(Base):
    """A report: ``document`` is the order of its workflow. ``key``: the same report twice is one ticket.

    ``shelf``: what a closed ticket is taken up from when it is reopened.
    """

    __tablename__ = "tickets"

    contract_id: Mapped[str] = mapped_column(ID, ForeignKey("contracts.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(MESSAGE_ID)
    accepted: Mapped[bool]
    device: Mapped[str] = mapped_column(NAME, server_default=text("''"))
    alert: Mapped[str] = mapped_column(NAME, server_default=text("''"))
    token: Mapped[str] = mapped_column(ID, unique=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSONB)
    registered_at: Mapped[datetime]
    workflow_started: Mapped[bool] = mapped_column(server_default=text("false"))
    shelf: Mapped[dict[str, Any] | None] = mapped_column(JSONB)

    __table_args__ = (
        UniqueConstraint("contract_id", "key"),
        Index("ix_tickets_not_started", "registered_at", postgresql_where=text("NOT workflow_started")),
        Index("ix_tickets_device", "contract_id", "device", postgresql_where=text("device <> ''")),
        Index("ix_tickets_alert", "contract_id", "alert", postgresql_where=text("alert <> ''")),
    )


class TicketMailRow(Base):
    """A mail from outside that belongs to a ticket: an answer to it belongs there too."""

    __tablename__ = "ticket_mails"

    message_id: Mapped[str] = mapped_column(MESSAGE_ID, primary_key=True)
    contract_id: Mapped[str] = mapped_column(ID, primary_key=True)
    number: Mapped[int]


class AttachmentRow(Base):
    """A file that came with a report or a message. ``id`` is unguessable."""

    __tablename__ = "attachments"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    contract_id: Mapped[str] = mapped_column(ID)
    number: Mapped[int]
    name: Mapped[str] = mapped_column(NAME)
    media_type: Mapped[str] = mapped_column(NAME)
    size: Mapped[int]
    content: Mapped[bytes]

    __table_args__ = (Index(None, "contract_id", "number"),)


class ClosedDayRow(Base):
    """A day on which a desk is closed or has other hours (``spans``), for a contract or for all of a vendor.

    ``rule``: of the plan's opening hours, empty for each.
    """

    __tablename__ = "closed_days"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    contract_id: Mapped[str] = mapped_column(ID, server_default=text("''"))
    vendor_id: Mapped[str] = mapped_column(ID, server_default=text("''"))
    rule: Mapped[str] = mapped_column(ID, server_default=text("''"))
    day: Mapped[date]
    spans: Mapped[str] = mapped_column(server_default=text("''"))
    reason: Mapped[str] = mapped_column(String(500))
    added_by: Mapped[str] = mapped_column(NAME)
    added_wall: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    removed_by: Mapped[str | None] = mapped_column(NAME)

    __table_args__ = (
        CheckConstraint("(contract_id = '') <> (vendor_id = '')", name="scope"),
        Index("ix_closed_days_contract_id", "contract_id", postgresql_where=text("contract_id <> ''")),
        Index("ix_closed_days_vendor_id", "vendor_id", postgresql_where=text("vendor_id <> ''")),
    )
