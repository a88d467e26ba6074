"""The timeline: facts of a contract (or of all), merged over its workflows in the order of insertion."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.fact_table import FactRow
from storage.queries.page import bounded, columns_for, read


@dataclass(frozen=True, slots=True)
class FactLine:
    """A fact to be shown. ``id`` is the order of insertion."""

    id: int
    workflow_id: str
    seq: int
    at: datetime
    kind: str
    contract_id: str
    subject: str
    clauses: tuple[str, ...]
    data: dict[str, object]
    digest: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The newest fact first. ``before`` asks for the older ones: pass it as ``before_id``; None: there are none."""

    facts: tuple[FactLine, ...]
    before: int | None


async def timeline(
    session: AsyncSession,
    contract_id: str | None = None,
    *,
    subject: str | None = None,
    before_id: int | None = None,
    after_id: int | None = None,
    kinds: Collection[str] | None = None,
    limit: int = 50,
) -> Timeline:
    """Facts of a contract (None: of all), of one ``subject`` or of certain kinds where asked, older than one id or
    newer than another.
    """
    limit, _ = bounded(limit, 0)
    statement = select(*columns_for(FactLine, FactRow))
    if contract_id is not None:
        statement = statement.where(FactRow.contract_id == contract_id)
    if subject is not None:
        statement = statement.where(FactRow.subject == subject)
    if kinds is not None:
        statement = statement.where(FactRow.kind.in_(kinds))
    if before_id is not None:
        statement = statement.where(FactRow.id < before_id)
    if after_id is not None:
        statement = statement.where(FactRow.id > after_id)
    found = await read(session, statement.order_by(FactRow.id.desc()).limit(limit + 1), FactLine)
    facts = found[:limit]
    return Timeline(facts, facts[-1].id if len(found) > limit else None)
