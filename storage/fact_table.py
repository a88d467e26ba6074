"""The table of facts. Triggers (in the migrations) refuse every change of a row and every break of a chain."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, String
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base
from storage.models import ID, WORKFLOW_ID

CHANNEL = "pledge_facts"
"""PostgreSQL notifies this channel with the contract's id, once for each transaction that wrote about it."""


class FactRow(Base):
    """``id`` is the order of insertion, over all workflows. ``data`` serves queries; ``canonical`` is the exact text
    (canonical JSON of the data) from which the digest is verified, since jsonb does not keep a text as written.
    """

    __tablename__ = "facts"

    workflow_id: Mapped[str] = mapped_column(WORKFLOW_ID, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(64))
    contract_id: Mapped[str] = mapped_column(ID)
    subject: Mapped[str] = mapped_column(String(320))
    clauses: Mapped[list[str]] = mapped_column(ARRAY(String(64)))
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    canonical: Mapped[str]
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))

    __table_args__ = (
        CheckConstraint("seq >= 1", name="seq"),
        CheckConstraint("digest ~ '^[0-9a-f]{64}$' AND previous ~ '^[0-9a-f]{64}$'", name="digest"),
        Index("ix_facts_contract", "contract_id", "id"),
    )
