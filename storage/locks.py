"""Locks by a name, held until the transaction ends."""

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

_LOCK = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("name"), 0)))


async def lock(session: AsyncSession, name: str) -> None:
    """Wait until nobody else holds the name, then hold it."""
    await session.execute(_LOCK, {"name": name})
