"""Signs of life of the workers: Temporal remembers a poller for minutes, and a stopped process still holds its poll."""

from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import WorkerRow

FORGOTTEN_AFTER = timedelta(days=1)


async def sign_of_life(session: AsyncSession, identity: str, task_queue: str) -> None:
    """This worker is alive now, by the database's clock. Those that died long ago are forgotten."""
    now = func.clock_timestamp()
    row = insert(WorkerRow).values(identity=identity, task_queue=task_queue, seen_wall=now)
    await session.execute(
        row.on_conflict_do_update(index_elements=["identity"], set_={"task_queue": task_queue, "seen_wall": now})
    )
    await session.execute(delete(WorkerRow).where(WorkerRow.seen_wall < now - FORGOTTEN_AFTER))


async def sign_off(session: AsyncSession, identity: str) -> None:
    """This worker has stopped."""
    await session.execute(delete(WorkerRow).where(WorkerRow.identity == identity))


async def worker_lives(session: AsyncSession, task_queue: str, within: timedelta) -> bool:
    """Whether some worker of the queue gave a sign of life in that time."""
    newest = select(func.max(WorkerRow.seen_wall)).where(WorkerRow.task_queue == task_queue).scalar_subquery()
    return bool(await session.scalar(select(newest > func.clock_timestamp() - within)))
