"""The operational tables: what was signed, who works, what is booked, what leaves, what came in.

The facts stand in `storage.fact_table`, the read models in `storage.views`. Column lengths bound what may come from
outside; ids are short and readable, so they are the keys.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base

ID = String(64)
NAME = String(200)
EMAIL = String(320)  # RFC 3696 errata 1690: 64 before the @, 255 after it
WORKFLOW_ID = String(200)
MESSAGE_ID = String(300)

LETTER_BYTES = 31_457_280
"""The largest letter that the inbox table keeps, in bytes: as large as a mail that the listener takes."""


class CustomerRow(Base):
    __tablename__ = "customers"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(NAME)


class StaffRow(Base):
    """A staff member. ``vendors`` empty: works for every vendor. ``working_hours``: `WeeklyHours` as JSON."""

    __tablename__ = "staff"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(NAME)
    email: Mapped[str] = mapped_column(EMAIL)
    zone: Mapped[str] = mapped_column(String(64))
    roles: Mapped[list[str]] = mapped_column(ARRAY(String(64)))
    vendors: Mapped[list[str]] = mapped_column(ARRAY(String(64)))
    working_hours: Mapped[dict[str, Any]] = mapped_column(JSONB)
    country: Mapped[str] = mapped_column(String(2))
    daily_limit: Mapped[int]
    buffer_minutes: Mapped[int]
    active: Mapped[bool] = mapped_column(server_default=text("true"))

    __table_args__ = (
        CheckConstraint("daily_limit >= 0", name="daily_limit"),
        CheckConstraint("buffer_minutes >= 0", name="buffer_minutes"),
    )


class ContractRow(Base):
    """The order as signed: ``document`` is the whole `domain.contract.Contract`, plan included, and never changes."""

    __tablename__ = "contracts"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    vendor_id: Mapped[str] = mapped_column(ID)
    plan_id: Mapped[str] = mapped_column(String(128))
    document: Mapped[dict[str, Any]] = mapped_column(JSONB)
    signed_at: Mapped[datetime]
    idempotency_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    workflow_started: Mapped[bool] = mapped_column(server_default=text("false"))


class AssignmentRow(Base):
    """Who fills a role of a contract; decided once under a lock, so that the least loaded is truly so."""

    __tablename__ = "assignments"

    contract_id: Mapped[str] = mapped_column(ID, primary_key=True)
    role: Mapped[str] = mapped_column(ID, primary_key=True)
    staff_id: Mapped[str] = mapped_column(ID, index=True)
    active: Mapped[bool] = mapped_column(server_default=text("true"))


class WorkerRow(Base):
    """The last sign of life of a worker, by the database's clock."""

    __tablename__ = "workers"

    identity: Mapped[str] = mapped_column(String(300), primary_key=True)
    task_queue: Mapped[str] = mapped_column(String(200))
    seen_wall: Mapped[datetime]


class BookingRow(Base):
    """A staff member's time. The exclusion constraint decides who gets a slot, not a check before the insert."""

    __tablename__ = "bookings"

    key: Mapped[str] = mapped_column(String(220), primary_key=True)
    meeting_id: Mapped[str] = mapped_column(WORKFLOW_ID, index=True)
    sequence: Mapped[int]
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    slot: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    blocked: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    status: Mapped[str] = mapped_column(String(16))

    __table_args__ = (
        CheckConstraint("status IN ('held', 'confirmed', 'cancelled', 'done')", name="status"),
        CheckConstraint("NOT isempty(slot) AND blocked @> slot", name="blocked"),
        ExcludeConstraint(
            ("staff_id", "="),
            ("blocked", "&&"),
            name="bookings_never_twice",
            using="gist",
            where=text("status IN ('held', 'confirmed')"),
        ),
    )


class MessageRow(Base):
    """A mail: recorded with its bytes before it is sent. Business times in ``…_at``, the wall clock in ``…_wall``."""

    __tablename__ = "messages"

    message_id: Mapped[str] = mapped_column(MESSAGE_ID, primary_key=True)
    workflow_id: Mapped[str] = mapped_column(WORKFLOW_ID)
    key: Mapped[str] = mapped_column(String(1000))  # a notice about a refused address has that address in its key
    contract_id: Mapped[str] = mapped_column(ID)
    subject: Mapped[str] = mapped_column(String(128))
    kind: Mapped[str] = mapped_column(String(32))
    recipient_email: Mapped[str] = mapped_column(EMAIL)
    recipient_name: Mapped[str] = mapped_column(NAME)
    subject_line: Mapped[str] = mapped_column(String(998))  # RFC 5322 section 2.1.1
    eml: Mapped[bytes]
    envelope_from: Mapped[str] = mapped_column(EMAIL)
    recorded_at: Mapped[datetime]
    useful_until: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(16), server_default="recorded")
    settled_at: Mapped[datetime | None]
    recorded_wall: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    settled_wall: Mapped[datetime | None]
    claimed_until: Mapped[datetime | None]  # the wall clock: somebody is sending it until then
    attempts: Mapped[int] = mapped_column(server_default="0")
    code: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(1000), server_default="")

    __table_args__ = (
        CheckConstraint("state IN ('recorded', 'sent', 'rejected', 'expired')", name="state"),
        CheckConstraint("(state = 'recorded') = (settled_at IS NULL)", name="settled"),
        Index("ix_messages_unsent", "recorded_at", postgresql_where=text("state = 'recorded'")),
        Index("ix_messages_contract", "contract_id", "recorded_at"),
    )


class IdempotencyRow(Base):
    """An answer already given to a POST: the same key on the same route gets it again."""

    __tablename__ = "idempotency_keys"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    route: Mapped[str] = mapped_column(String(200), primary_key=True)
    request_digest: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None]
    body: Mapped[bytes | None]
    created_wall: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp(), index=True)


class FeedTokenRow(Base):
    """A revocable address of a contract's calendar feed."""

    __tablename__ = "feed_tokens"

    token: Mapped[str] = mapped_column(String(128), primary_key=True)
    contract_id: Mapped[str] = mapped_column(ForeignKey("contracts.id"), index=True)
    revoked_at: Mapped[datetime | None]


class LetterRow(Base):
    """Mail that came in and belongs to nobody: an unknown replier, a bounce without a match, a letter."""

    __tablename__ = "inbox"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    sender: Mapped[str] = mapped_column(EMAIL)
    received_at: Mapped[datetime] = mapped_column(index=True)
    contract_id: Mapped[str | None] = mapped_column(ID)
    subject_line: Mapped[str] = mapped_column(String(998))
    reason: Mapped[str] = mapped_column(String(1000))
    raw: Mapped[bytes]
    handled_at: Mapped[datetime | None]
    meeting_key: Mapped[str | None] = mapped_column(String(320))
    handled_by: Mapped[str] = mapped_column(String(200), server_default=text("''"))

    __table_args__ = (
        CheckConstraint(f"octet_length(raw) <= {LETTER_BYTES}", name="raw"),
        Index("ix_inbox_unhandled", "received_at", postgresql_where=text("handled_at IS NULL")),
    )
