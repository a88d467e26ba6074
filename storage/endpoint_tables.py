"""The operational tables of endpoints: where tickets are posted to, and which webhooks came in from there."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Identity, String, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base
from storage.models import ID, MESSAGE_ID, NAME

EMPTY = text("''")


class EndpointRow(Base):
    """Of one contract, or of each of a vendor. ``secret_out`` signs what we post, ``secret_in`` what is posted to us.

    ``inactive_reason``: why nothing is posted there any more.
    """

    __tablename__ = "endpoints"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    contract_id: Mapped[str] = mapped_column(ID, server_default=EMPTY)
    vendor_id: Mapped[str] = mapped_column(ID, server_default=EMPTY)
    key: Mapped[str] = mapped_column(ID)
    name: Mapped[str] = mapped_column(NAME)
    kind: Mapped[str] = mapped_column(String(32))
    url: Mapped[str] = mapped_column(String(2000))
    secret_out: Mapped[str] = mapped_column(NAME)
    secret_in: Mapped[str] = mapped_column(NAME)
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    inactive_reason: Mapped[str] = mapped_column(String(500), server_default=EMPTY)
    added_wall: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    added_by: Mapped[str] = mapped_column(NAME)

    __table_args__ = (
        CheckConstraint("(contract_id = '') <> (vendor_id = '')", name="scope"),
        CheckConstraint("kind IN ('specialist-team', 'onsite-partner', 'client-service-desk')", name="kind"),
        UniqueConstraint("contract_id", "vendor_id", "key", name="uq_endpoints_key"),
    )


class WebhookDeliveryRow(Base):
    """A webhook that came in from an endpoint and was acted on: a second delivery of it does nothing."""

    __tablename__ = "webhook_deliveries"

    endpoint_id: Mapped[int] = mapped_column(ForeignKey("endpoints.id", ondelete="CASCADE"), primary_key=True)
    webhook_id: Mapped[str] = mapped_column(MESSAGE_ID, primary_key=True)
    seen_wall: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp(), index=True)
