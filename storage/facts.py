"""Writing facts: once, in order, and with the read models in the same transaction."""

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import Row, and_, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.facts import GENESIS, Fact, canonical_json, fact_digest
from storage.fact_table import FactRow
from storage.projection import project
from storage.telling import without_nul


class FactConflict(Exception):
    """A fact that contradicts the table: another digest under its number, a gap, or a broken chain."""


async def write_facts(session: AsyncSession, facts: Sequence[Fact]) -> int:
    """Insert the facts that are not there yet, project them, and return how many were new.

    A fact that stands there already with the same digest is passed over, so that an activity may run twice. One
    workflow's facts come in their order. Writers of one contract wait for each other until their transaction ends,
    so ``facts.id`` is the order in which a contract's facts were committed. Raises FactConflict; commits nothing.
    """
    if not facts:
        return 0
    await lock_contracts(session, {fact.contract_id for fact in facts})
    known = await _known_digests(session, facts)
    fresh = []
    for fact in facts:
        _refuse_false_digest(fact)
        stored = known.get((fact.workflow_id, fact.seq))
        if stored == fact.digest:
            continue
        if stored is not None:
            raise FactConflict(f"{_name(fact)} is there already with another digest")
        before = GENESIS if fact.seq == 1 else known.get((fact.workflow_id, fact.seq - 1))
        if before != fact.previous:
            raise FactConflict(f"{_name(fact)} does not follow the fact before it")
        known[fact.workflow_id, fact.seq] = fact.digest
        fresh.append(fact)
    if fresh:
        await session.execute(insert(FactRow), [_row(fact) for fact in fresh])
    for fact in fresh:
        await project(session, fact)
    return len(fresh)


async def facts_of_workflow(session: AsyncSession, workflow_id: str) -> tuple[Fact, ...]:
    """A workflow's facts as they were made, in order: `domain.facts.verify` takes them."""
    rows = await session.execute(select(*FACT_COLUMNS).where(FactRow.workflow_id == workflow_id).order_by(FactRow.seq))
    return tuple(fact_of(row) for row in rows)


async def facts_after(session: AsyncSession, after_id: int, limit: int) -> list[tuple[int, Fact]]:
    """Facts of all workflows in the order of insertion, with their ids, beginning after an id."""
    rows = await session.execute(
        select(FactRow.id, *FACT_COLUMNS).where(FactRow.id > after_id).order_by(FactRow.id).limit(limit)
    )
    return [(row.id, fact_of(row)) for row in rows]


async def lock_contracts(session: AsyncSession, contract_ids: Iterable[str]) -> None:
    """Hold these contracts' facts and read models until the transaction ends; in one order, so nobody deadlocks."""
    for contract_id in sorted(contract_ids):
        key = func.hashtextextended(f"contract {contract_id}", 0)
        await session.execute(select(func.pg_advisory_xact_lock(key)))


FACT_COLUMNS = (
    FactRow.workflow_id, FactRow.seq, FactRow.at, FactRow.kind, FactRow.contract_id, FactRow.subject,
    FactRow.clauses, FactRow.canonical, FactRow.previous, FactRow.digest,
)  # fmt: skip


def fact_of(row: Row[*tuple[object, ...]]) -> Fact:
    """The fact of a row with `FACT_COLUMNS`, its data from the exact text."""
    return Fact(
        workflow_id=row.workflow_id,
        seq=row.seq,
        at=row.at,
        kind=row.kind,
        contract_id=row.contract_id,
        subject=row.subject,
        clauses=tuple(row.clauses),
        data=json.loads(row.canonical),
        previous=row.previous,
        digest=row.digest,
    )


async def _known_digests(session: AsyncSession, facts: Sequence[Fact]) -> dict[tuple[str, int], str]:
    """What the table has of these workflows, from the fact before the first one on."""
    first: dict[str, int] = {}
    for fact in facts:
        first[fact.workflow_id] = min(fact.seq, first.get(fact.workflow_id, fact.seq))
    rows = await session.execute(
        select(FactRow.workflow_id, FactRow.seq, FactRow.digest).where(
            or_(*(and_(FactRow.workflow_id == key, FactRow.seq >= seq - 1) for key, seq in first.items()))
        )
    )
    return {(row.workflow_id, row.seq): row.digest for row in rows}


def _refuse_false_digest(fact: Fact) -> None:
    digest = fact_digest(
        fact.previous,
        fact.workflow_id,
        fact.seq,
        fact.at,
        fact.kind,
        fact.contract_id,
        fact.subject,
        fact.clauses,
        fact.data,
    )
    if digest != fact.digest:
        raise FactConflict(f"the digest of {_name(fact)} is not that of its content")


def _row(fact: Fact) -> dict[str, object]:
    return {
        "workflow_id": fact.workflow_id,
        "seq": fact.seq,
        "at": fact.at,
        "kind": fact.kind,
        "contract_id": fact.contract_id,
        "subject": fact.subject,
        "clauses": list(fact.clauses),
        "data": without_nul(fact.data),
        "canonical": canonical_json(fact.data).decode(),
        "previous": fact.previous,
        "digest": fact.digest,
    }


def _name(fact: Fact) -> str:
    return f"fact {fact.seq} ({fact.kind}) of {fact.workflow_id}"
