"""The way to the database: one engine a process, one session a transaction."""

from sqlalchemy.engine import make_url
from sqlalchemy.engine.url import URL
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

Sessions = async_sessionmaker[AsyncSession]
"""``async with sessions.begin() as session:`` is one transaction: committed at its end, rolled back on an error.
``async with sessions() as session:`` reads."""


def driver_url(database_url: str) -> URL:
    """The URL with the driver that we use, whatever PostgreSQL scheme it came with. ValueError for another database."""
    url = make_url(database_url)
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise ValueError(f"DATABASE_URL names {url.get_backend_name()!r}; Pledge runs on PostgreSQL 14 or newer")
    return url.set(drivername="postgresql+psycopg")


def open_engine(database_url: str, pool_size: int = 20, *, tested: bool = True) -> AsyncEngine:
    """An engine whose connections read instants in UTC. The caller disposes of it: ``await engine.dispose()``.

    It opens at most ``pool_size`` connections, as they are needed, and keeps them: a new one costs as much as many
    statements, and has none of them prepared. So the one that was used last is used next. Those that a
    `storage.pipeline` takes out for itself come on top.

    A connection is tested before it is used, so that a restarted PostgreSQL costs no failed request. Who tries again
    anyway leaves that out (``tested``), since it takes as long as a short query.
    """
    return create_async_engine(
        driver_url(database_url),
        pool_size=pool_size,
        max_overflow=0,
        pool_use_lifo=True,
        pool_pre_ping=tested,
        connect_args={"options": "-c timezone=UTC", "application_name": "pledge"},
    )


def open_sessions(engine: AsyncEngine) -> Sessions:
    """What every room that touches the database is given. Objects stay readable after a commit."""
    return async_sessionmaker(engine, expire_on_commit=False)


def one_by_one(sessions: Sessions) -> Sessions:
    """Sessions of the same pool in which each statement is a transaction of its own, at a third of the round trips.

    For a single statement, and for reading.
    """
    engine: AsyncEngine = sessions.kw["bind"]
    return open_sessions(engine.execution_options(isolation_level="AUTOCOMMIT"))
