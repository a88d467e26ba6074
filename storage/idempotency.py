"""Answers already given: a POST that comes again with its key gets the first answer.

What is done in between must be safe to run twice: two requests of one key may both be at work, or the first may have
died. The answer that is kept first is the answer of both.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import IdempotencyRow


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """What was answered the first time."""

    status: int
    body: bytes


class KeyReused(Exception):
    """The key came before with another request."""


async def claim_key(session: AsyncSession, key: str, route: str, request_digest: str) -> GivenAnswer | None:
    """The answer given to this key before; None: there is none, do the work and `keep_answer`. Raises KeyReused."""
    row = insert(IdempotencyRow).values(key=key, route=route, request_digest=request_digest)
    await session.execute(row.on_conflict_do_nothing())
    found = await session.execute(
        select(IdempotencyRow.request_digest, IdempotencyRow.status, IdempotencyRow.body).where(*_is(key, route))
    )
    there = found.one()
    if there.request_digest != request_digest:
        raise KeyReused(f"the key {key!r} came before with another request")
    return None if there.status is None else GivenAnswer(there.status, there.body)


async def keep_answer(session: AsyncSession, key: str, route: str, status: int, body: bytes) -> GivenAnswer:
    """Keep the answer, unless another was kept first; returns the one that every repetition gets."""
    await session.execute(
        update(IdempotencyRow)
        .where(*_is(key, route), IdempotencyRow.status.is_(None))
        .values(status=status, body=body)
        .execution_options(synchronize_session=False)
    )
    found = await session.execute(select(IdempotencyRow.status, IdempotencyRow.body).where(*_is(key, route)))
    there = found.one_or_none()
    # No row: the key was forgotten meanwhile.
    return GivenAnswer(status, body) if there is None else GivenAnswer(there.status, there.body)


async def forget_answers(session: AsyncSession, before: datetime) -> None:
    """Drop the keys that came before that instant (wall clock): nobody sends those again."""
    await session.execute(delete(IdempotencyRow).where(IdempotencyRow.created_wall < before))


def _is(key: str, route: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return IdempotencyRow.key == key, IdempotencyRow.route == route
