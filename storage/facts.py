"""Writing facts: once, in order, and with the read models in the same transaction."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, Text, bindparam, cast, select, tuple_
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from domain.facts import Fact, canonical_data, canonical_json
from storage.base import table_of
from storage.fact_table import FactRow
from storage.locks import lock, locking
from storage.pipeline import Write
from storage.projection import gathered, is_gathered, project
from storage.telling import Told, told

DOES_NOT_FOLLOW = "PLG02"
"""What the table's trigger says of a gap, or of a chain that is broken."""


class FactConflict(Exception):
    """A fact that contradicts the table: another digest under its number, a gap, or a broken chain."""


async def write_facts(session: AsyncSession, facts: Sequence[Fact]) -> int:
    """Insert the facts that are not there yet, project them, and return how many were new.

    A fact that stands there already with the same digest is passed over, so that an activity may run twice. One
    workflow's facts come in their order. Writers of one contract wait for each other until their transaction ends,
    so ``facts.id`` is the order in which a contract's facts were committed. Raises FactConflict: then the transaction
    can only be given up.
    """
    if not facts:
        return 0
    checked = [_checked(fact) for fact in facts]
    await lock_contracts(session, {fact.contract_id for fact in facts})
    new = await _insert_missing(session, checked)
    if known := [fact for fact in facts if fact.digest not in new]:
        await _refuse_another_digest(session, known)
    await project(session, list({each.fact.digest: each.told for each in checked if each.fact.digest in new}.values()))
    return len(new)


def fact_writes(facts: Sequence[Fact]) -> list[Write] | None:
    """What writes facts that are all new, and the read models with them; None where only `write_facts` can.

    The database refuses it where one of the facts is there already.
    """
    if not facts:
        return []
    if not is_gathered(facts):
        return None
    checked = [_checked(fact) for fact in facts]
    locks = locking([_lock_name(name) for name in sorted({fact.contract_id for fact in facts})])
    inserts = Write(_insert(len(checked)), [_parameters(checked)])
    return [locks, inserts, *gathered([each.told for each in checked]).writes()]


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
        await lock(session, _lock_name(contract_id))


def _lock_name(contract_id: str) -> str:
    return f"contract {contract_id}"


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


@dataclass(frozen=True, slots=True)
class _Checked:
    """A fact whose digest is right. ``told``: as the read models and jsonb take it."""

    fact: Fact
    told: Told
    canonical: str

    def row(self) -> dict[str, object]:
        """The values of its row. What jsonb takes is written as text, and nearly always is the canonical one."""
        fact, as_it_is = self.fact, self.told.data is self.fact.data
        return {
            "workflow_id": fact.workflow_id,
            "seq": fact.seq,
            "at": fact.at,
            "kind": fact.kind,
            "contract_id": fact.contract_id,
            "subject": fact.subject,
            "clauses": list(fact.clauses),
            "data": self.canonical if as_it_is else canonical_json(self.told.data).decode(),
            "canonical": self.canonical,
            "previous": fact.previous,
            "digest": fact.digest,
        }


def _checked(fact: Fact) -> _Checked:
    canonical = canonical_data(fact)
    if canonical is None:
        raise FactConflict(f"the digest of {_name(fact)} is not that of its content")
    return _Checked(fact, told(fact) if _NUL in canonical else Told(fact, fact.data), canonical)


_NUL = "\\u0000"
"""As JSON writes it. The same letters may stand there for something else: then it is looked for in vain."""

_COLUMNS = tuple(
    table_of(FactRow).c[name]
    for name in (
        "workflow_id", "seq", "at", "kind", "contract_id", "subject", "clauses", "data", "canonical", "previous",
        "digest",
    )
)  # fmt: skip


@cache
def _insert(count: int) -> Insert:
    """Insert so many facts, in their order. `_parameters` makes what it is run with."""
    return insert(table_of(FactRow)).values(
        [{column.name: _bound(column, place) for column in _COLUMNS} for place in range(count)]
    )


def _bound(column: Column[Any], place: int) -> ColumnElement[Any]:
    name = f"{column.name}_{place}"
    return cast(bindparam(name, type_=Text), JSONB) if column.name == "data" else bindparam(name, type_=column.type)


def _parameters(checked: Sequence[_Checked]) -> dict[str, object]:
    return {f"{name}_{place}": value for place, each in enumerate(checked) for name, value in each.row().items()}


async def _insert_missing(session: AsyncSession, checked: Sequence[_Checked]) -> set[str]:
    """The digests of those that were not there yet. What does not follow, the table itself refuses."""
    statement = _insert(len(checked)).on_conflict_do_nothing().returning(table_of(FactRow).c.digest)
    try:
        inserted = await session.execute(statement, _parameters(checked))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") != DOES_NOT_FOLLOW:
            raise
        raise FactConflict(str(error.orig).partition("\n")[0]) from None
    return set(inserted.scalars())


async def _refuse_another_digest(session: AsyncSession, known: Sequence[Fact]) -> None:
    """These stand there already: as the same facts?"""
    places = [(fact.workflow_id, fact.seq) for fact in known]
    rows = await session.execute(
        select(FactRow.workflow_id, FactRow.seq, FactRow.digest).where(
            tuple_(FactRow.workflow_id, FactRow.seq).in_(places)
        )
    )
    stored = {(row.workflow_id, row.seq): row.digest for row in rows}
    for fact in known:
        if stored.get((fact.workflow_id, fact.seq)) != fact.digest:
            raise FactConflict(f"{_name(fact)} is there already with another digest")


def _name(fact: Fact) -> str:
    return f"fact {fact.seq} ({fact.kind}) of {fact.workflow_id}"
