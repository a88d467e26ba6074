"""Locks by a name, held until the transaction ends."""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.pipeline import Write

_LOCK = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("name"), 0)))


def locking(names: Sequence[str]) -> Write:
    """`lock`, one name after the other, as a part of a pipeline's transaction."""
    return Write(_LOCK, [{"name": name} for name in names])


async def lock(session: AsyncSession, name: str) -> None:
    """Wait until nobody else holds the name, then hold it."""
    await session.execute(_LOCK, {"name": name})
