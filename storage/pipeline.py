"""A transaction in one round trip: its statements go out together and are committed, or nothing of it happened.

SQLAlchemy puts the statements together and turns them into text, once for each; psycopg's pipeline sends them. For many
small writes that takes a fraction of what a session needs, which waits for the answer to each statement.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import psycopg
from sqlalchemy import Dialect, Insert, Select, Update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from storage.session import Sessions

Statement = Insert | Update | Select[Any]
Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Write:
    """A statement and what it is run with: once for each of the rows."""

    statement: Statement
    rows: Sequence[Row]


class NotTaken(Exception):
    """The database refused it, or went away: nobody knows more than that nothing of it can be built on."""


async def write_in(session: AsyncSession, write: Write) -> None:
    """As a part of the session's transaction."""
    await session.execute(write.statement, write.rows if len(write.rows) > 1 else write.rows[0])


class Pipeline:
    """Sends whole transactions, over the connections of the sessions' pool."""

    def __init__(self, sessions: Sessions) -> None:
        engine: AsyncEngine = sessions.kw["bind"]
        # The driver would begin a transaction by itself, and wait for that.
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")

    async def commit(self, writes: Sequence[Write]) -> list[list[Any]]:
        """Make the writes, in their order, one transaction; for each what it returned: the first column of its rows.

        Raises NotTaken. Whoever wants to know why tries it over a session. As with every commit, it may have happened
        where the connection broke before the answer came.
        """
        dialect = self._engine.dialect
        prepared = [
            [(text, values(row)) for row in write.rows]
            for write in writes
            for text, values in [_prepared(write.statement, dialect, tuple(write.rows[0]))]
        ]
        async with self._engine.connect() as connection:
            driver = _driver(connection)
            try:
                cursors = await _run(driver, prepared)
                return [await _first_column(each) for each in cursors]
            except psycopg.Error as error:
                await _undo(connection, driver)
                raise NotTaken(str(error)) from error
            except BaseException:  # cut short: nobody knows what its connection still waits for
                await connection.invalidate()
                raise


_Driver = psycopg.AsyncConnection[tuple[Any, ...]]
_Cursor = psycopg.AsyncCursor[tuple[Any, ...]]


async def _run(driver: _Driver, prepared: list[list[tuple[str, dict[str, object]]]]) -> list[list[_Cursor]]:
    """Nothing is waited for before everything is on its way. After a statement that fails no other is looked at."""
    async with driver.pipeline():
        await driver.execute("BEGIN")
        cursors = [[await driver.execute(text, values) for text, values in each] for each in prepared]
        await driver.execute("COMMIT")
    return cursors


async def _first_column(cursors: list[_Cursor]) -> list[Any]:
    """What a statement returned, over all of its rows."""
    return [row[0] for cursor in cursors if cursor.description for row in await cursor.fetchall()]


async def _undo(connection: AsyncConnection, driver: _Driver) -> None:
    try:
        await driver.rollback()
    except psycopg.Error:
        await connection.invalidate()


def _driver(connection: AsyncConnection) -> _Driver:
    assert connection.sync_connection is not None
    driver = connection.sync_connection.connection.driver_connection
    assert isinstance(driver, psycopg.AsyncConnection)
    return driver


@lru_cache(maxsize=1000)
def _prepared(
    statement: Statement, dialect: Dialect, names: tuple[str, ...]
) -> tuple[str, Callable[[Row], dict[str, object]]]:
    """The statement's text for the driver, and what makes the driver's values of a row with these names."""
    compiled = statement.compile(dialect=dialect, column_keys=list(names))
    fixed = {name: value for name, value in compiled.params.items() if name not in names}
    processors = {
        name: process
        for name, parameter in compiled.binds.items()
        if (process := parameter.type.dialect_impl(dialect).bind_processor(dialect)) is not None
    }

    def values(row: Row) -> dict[str, object]:
        made: dict[str, Any] = {**fixed, **row}
        for name, process in processors.items():
            made[name] = process(made[name])
        return made

    return compiled.string, values
