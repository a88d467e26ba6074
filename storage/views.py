"""The read models: what the screens show. Only the projection writes them, in the transaction of the facts.

Facts of one contract come from several workflows, in any interleaving. So each column is written from one chain of
facts only (the contract's or the meeting's), and what follows from both is a generated column: the same facts give the
same rows in whatever order the chains come in. There are no foreign keys for the same reason.
"""

from datetime import date, datetime

from sqlalchemy import Computed, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base
from storage.derived import HOURS_LAPSED, ITEM_OVER, ITEM_SETTLED, ITEM_STATUS, TASK_OPEN
from storage.ticket_views import TICKET_READ_MODELS

NO = text("false")
ZERO = text("0")
EMPTY = text("''")


class ContractView(Base):
    __tablename__ = "contract_view"

    contract_id: Mapped[str] = mapped_column(primary_key=True)
    workflow_id: Mapped[str]
    customer_id: Mapped[str] = mapped_column(index=True)
    customer: Mapped[str]
    plan: Mapped[str]
    plan_name: Mapped[str]
    plan_version: Mapped[int]
    vendor: Mapped[str]
    vendor_name: Mapped[str]
    stage: Mapped[str]
    stage_before: Mapped[str | None]  # what a suspended contract goes back to
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    starts: Mapped[datetime]
    ends: Mapped[datetime]
    term_months: Mapped[int]
    term: Mapped[int]
    zone: Mapped[str]
    country: Mapped[str]
    language: Mapped[str]
    currency: Mapped[str]
    flags: Mapped[list[str]]
    signed_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(server_default=EMPTY)  # why it is suspended, or was terminated
    over_at: Mapped[datetime | None]
    meetings_held: Mapped[int | None]
    minutes_used: Mapped[int | None]
    csm_id: Mapped[str | None] = mapped_column(index=True)
    csm_name: Mapped[str | None]
    users: Mapped[int] = mapped_column(server_default=ZERO)
    devices: Mapped[int] = mapped_column(server_default=ZERO)


class AgendaView(Base):
    """``late_at``: when the due instant passed without it being done. ``settled_at``: when it was over.

    ``meeting_status`` and ``meeting_over_at`` come from the meeting's chain, all else from the contract's.
    """

    __tablename__ = "agenda_view"

    contract_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    title: Mapped[str]
    clause: Mapped[str]
    at: Mapped[datetime]
    due: Mapped[datetime]
    day: Mapped[date]
    plan_key: Mapped[str] = mapped_column(server_default=EMPTY)
    number: Mapped[int] = mapped_column(server_default=ZERO)
    period: Mapped[str] = mapped_column(server_default=EMPTY)
    own_status: Mapped[str]
    meeting_status: Mapped[str | None]
    status: Mapped[str] = mapped_column(Computed(ITEM_STATUS, persisted=True))
    over: Mapped[bool] = mapped_column(Computed(ITEM_OVER, persisted=True))
    late_at: Mapped[datetime | None]
    own_settled_at: Mapped[datetime | None]
    meeting_over_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None] = mapped_column(Computed(ITEM_SETTLED, persisted=True))
    settled_by: Mapped[str] = mapped_column(server_default=EMPTY)
    note: Mapped[str] = mapped_column(server_default=EMPTY)

    __table_args__ = (Index("ix_agenda_view_ahead", "contract_id", "due", postgresql_where=text("NOT over")),)


class WindowView(Base):
    __tablename__ = "window_view"

    contract_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    opens: Mapped[datetime]
    closes: Mapped[datetime]
    last_day: Mapped[date]
    closed_at: Mapped[datetime | None]
    lapsed_minutes: Mapped[int] = mapped_column(server_default=ZERO)


class MeetingView(Base):
    __tablename__ = "meeting_view"

    contract_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(server_default=EMPTY)
    minutes: Mapped[int | None]
    clause: Mapped[str] = mapped_column(server_default=EMPTY)
    earliest: Mapped[datetime | None]
    latest: Mapped[datetime | None]
    debits_hours: Mapped[bool] = mapped_column(server_default=NO)
    requested_by: Mapped[str] = mapped_column(server_default=EMPTY)
    opened_at: Mapped[datetime | None]
    workflow_id: Mapped[str] = mapped_column(index=True)
    status: Mapped[str]
    start: Mapped[datetime | None]
    end: Mapped[datetime | None]
    staff_id: Mapped[str | None] = mapped_column(index=True)
    host: Mapped[str] = mapped_column(server_default=EMPTY)
    host_email: Mapped[str] = mapped_column(server_default=EMPTY)
    sequence: Mapped[int | None]
    place: Mapped[str] = mapped_column(server_default=EMPTY)
    uid: Mapped[str | None] = mapped_column(index=True)
    token: Mapped[str | None] = mapped_column(index=True)
    held_minutes: Mapped[int | None]
    notes: Mapped[str] = mapped_column(server_default=EMPTY)
    reason: Mapped[str] = mapped_column(server_default=EMPTY)
    by: Mapped[str] = mapped_column(server_default=EMPTY)
    nudges: Mapped[int] = mapped_column(server_default=ZERO)
    outcome_asked: Mapped[int] = mapped_column(server_default=ZERO)
    no_shows: Mapped[int] = mapped_column(server_default=ZERO)
    changed_at: Mapped[datetime]
    over_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_meeting_view_start", "start"),)


class AttendeeView(Base):
    __tablename__ = "attendee_view"

    contract_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)  # the case-folded e-mail address
    email: Mapped[str]
    name: Mapped[str]
    side: Mapped[str]
    position: Mapped[int]
    answer: Mapped[str]
    comment: Mapped[str] = mapped_column(server_default=EMPTY)
    answered_at: Mapped[datetime | None]


class RoleView(Base):
    """Who fills a role: ``status`` is active, unfilled or ended."""

    __tablename__ = "role_view"

    contract_id: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    role_title: Mapped[str]
    main: Mapped[bool] = mapped_column(server_default=NO)
    status: Mapped[str]
    staff_id: Mapped[str | None] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(server_default=EMPTY)
    email: Mapped[str] = mapped_column(server_default=EMPTY)
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(server_default=EMPTY)


class ContactView(Base):
    __tablename__ = "contact_view"

    contract_id: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)  # the case-folded e-mail address
    email: Mapped[str]
    name: Mapped[str]
    phone: Mapped[str] = mapped_column(server_default=EMPTY)
    primary: Mapped[bool] = mapped_column(server_default=NO)
    set_at: Mapped[datetime | None]  # None: only asked for so far
    set_by: Mapped[str] = mapped_column(server_default=EMPTY)
    asked_at: Mapped[datetime | None]
    premises: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))  # an Authorized Representative of these


class HoursView(Base):
    """The package's minutes: granted = left + reserved + used + lapsed. ``overage`` is what was used beyond them.

    ``left_minutes`` is what the contract itself said last; what lapsed follows from it.
    """

    __tablename__ = "hours_view"

    contract_id: Mapped[str] = mapped_column(primary_key=True)
    granted: Mapped[int]
    left_minutes: Mapped[int]
    reserved: Mapped[int] = mapped_column(server_default=ZERO)
    used: Mapped[int] = mapped_column(server_default=ZERO)
    overage: Mapped[int] = mapped_column(server_default=ZERO)
    lapsed: Mapped[int] = mapped_column(Computed(HOURS_LAPSED, persisted=True))


class HoursLine(Base):
    """One line of the ledger: reserved, released, debited, lapsed or granted."""

    __tablename__ = "hours_lines"

    workflow_id: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    contract_id: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    subject: Mapped[str]
    minutes: Mapped[int]
    overage_minutes: Mapped[int] = mapped_column(server_default=ZERO)
    left_minutes: Mapped[int]


class OverageView(Base):
    """A question to the customer: ``status`` is asked, approved or declined."""

    __tablename__ = "overage_view"

    contract_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    minutes: Mapped[int]
    rate: Mapped[int | None]
    amount: Mapped[int | None]
    currency: Mapped[str] = mapped_column(server_default=EMPTY)
    status: Mapped[str]
    asked_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    by: Mapped[str] = mapped_column(server_default=EMPTY)
    token: Mapped[str | None] = mapped_column(index=True)


class ChargeView(Base):
    """A dated line. ``amount`` None: it is entered by hand (A10)."""

    __tablename__ = "charge_view"

    contract_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str]
    clauses: Mapped[list[str]]
    day: Mapped[date]
    amount: Mapped[int | None]
    currency: Mapped[str]
    text: Mapped[str]
    quantity: Mapped[int | None]
    unit_amount: Mapped[int | None]
    at: Mapped[datetime]


class TaskView(Base):
    """What needs a person. A meeting may open it and its contract close it, or either open it again: the later wins.

    ``opened_at`` None: only its end has come in so far.
    """

    __tablename__ = "task_view"

    contract_id: Mapped[str] = mapped_column(primary_key=True)
    task: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(server_default=EMPTY)
    title: Mapped[str] = mapped_column(server_default=EMPTY)
    detail: Mapped[str] = mapped_column(server_default=EMPTY)
    staff_id: Mapped[str | None]
    due: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str] = mapped_column(server_default=EMPTY)
    open: Mapped[bool] = mapped_column(Computed(TASK_OPEN, persisted=True))

    __table_args__ = (
        Index("ix_task_view_open", "staff_id", "due", postgresql_where=text("open")),
        Index("ix_task_view_contract_open", "contract_id", postgresql_where=text("open")),
    )


READ_MODELS: tuple[type[Base], ...] = (
    ContractView, AgendaView, WindowView, MeetingView, AttendeeView, RoleView, ContactView,
    HoursView, HoursLine, OverageView, ChargeView, TaskView, *TICKET_READ_MODELS,
)  # fmt: skip
"""Every table that the projection writes and `storage.rebuild` empties."""
