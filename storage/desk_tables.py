"""The tables of the desk: rotations with who stands in for whom, and the times at which a channel was down."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, String, func, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base
from storage.models import ID, NAME

REASON = String(500)
EMPTY = text("''")


class RotationRow(Base):
    """``vendor_id`` empty: for every vendor. ``members``: staff ids in turn."""

    __tablename__ = "rotations"

    key: Mapped[str] = mapped_column(ID, primary_key=True)
    vendor_id: Mapped[str] = mapped_column(ID, server_default=EMPTY)
    name: Mapped[str] = mapped_column(NAME)
    members: Mapped[list[str]]
    handover: Mapped[str] = mapped_column(String(16))
    handover_minute: Mapped[int]
    first_day: Mapped[date]
    zone: Mapped[str] = mapped_column(String(64))

    __table_args__ = (
        CheckConstraint("cardinality(members) > 0", name="members"),
        CheckConstraint("handover IN ('daily', 'weekly')", name="handover"),
        CheckConstraint("handover_minute BETWEEN 0 AND 1439", name="handover_minute"),
    )


class OverrideRow(Base):
    """Somebody else has the duty for a span; of several the one with the highest ``id`` counts."""

    __tablename__ = "rotation_overrides"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    rotation_key: Mapped[str] = mapped_column(ForeignKey("rotations.key", ondelete="CASCADE"))
    begins: Mapped[datetime]
    ends: Mapped[datetime]
    member: Mapped[str] = mapped_column(ID)
    by: Mapped[str] = mapped_column(NAME)
    reason: Mapped[str] = mapped_column(REASON, server_default=EMPTY)
    created_wall: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())

    __table_args__ = (
        CheckConstraint("begins < ends", name="span"),
        Index("ix_rotation_overrides_rotation", "rotation_key", "ends"),
    )


class DowntimeRow(Base):
    """A channel was down from ``since``; ``until`` None: it still is. ``ended_by``: who said that it is up again."""

    __tablename__ = "channel_downtimes"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    vendor_id: Mapped[str] = mapped_column(ID)
    channel: Mapped[str] = mapped_column(NAME)
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    by: Mapped[str] = mapped_column(NAME)
    reason: Mapped[str] = mapped_column(REASON, server_default=EMPTY)
    ended_by: Mapped[str] = mapped_column(NAME, server_default=EMPTY)
    ended_reason: Mapped[str] = mapped_column(REASON, server_default=EMPTY)

    __table_args__ = (
        CheckConstraint("since <= until", name="span"),
        Index("ix_channel_downtimes_channel", "vendor_id", "channel", "since"),
        Index("uq_channel_downtimes_open", "vendor_id", "channel", unique=True, postgresql_where=text("until IS NULL")),
    )
