"""Make the read models again from the facts: after a change of the projection, or to prove that they say the same."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.facts import facts_after
from storage.projection import project
from storage.telling import told
from storage.views import READ_MODELS

CHUNK = 500


async def rebuild(session: AsyncSession) -> int:
    """Empty the read models and project every fact again, in the order of insertion; returns how many there were.

    Writers and readers wait until the transaction ends. Bookings only move forward, so
    they stay as they are.
    """
    await session.execute(text("LOCK TABLE facts IN SHARE ROW EXCLUSIVE MODE"))
    names = ", ".join(table.__tablename__ for table in READ_MODELS)
    await session.execute(text(f"TRUNCATE {names}"))
    count, last = 0, 0
    while chunk := await facts_after(session, last, CHUNK):
        await project(session, [told(fact) for _, fact in chunk])
        count, last = count + len(chunk), chunk[-1][0]
    return count
