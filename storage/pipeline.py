"""A whole transaction in one round trip: its statements go out together, and all of them hold or none.

SQLAlchemy puts a statement together and turns it into text, once; then it goes over a `storage.wire`. For many small
writes that takes a fraction of what a session needs, which waits for the answer to each statement.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

import psycopg
from sqlalchemy import BindParameter, Dialect, Insert, Select, Update
from sqlalchemy.dialects.postgresql.psycopg import PGDialectAsync_psycopg
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from storage.session import Sessions
from storage.wire import Order, Wire

CONNECTIONS = 10
"""So many transactions go out at the same time; the others wait for their turn."""

Statement = Insert | Update | Select[Any]
Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Write:
    """A statement and what it is run with: once for each of the rows."""

    statement: Statement
    rows: Sequence[Row]


class NotTaken(Exception):
    """The database refused it, or went away: nobody knows more than that nothing can be built on it."""


async def write_in(session: AsyncSession, write: Write) -> list[Any]:
    """As a part of the session's transaction; what it returned, in the first column."""
    done = await session.execute(write.statement, write.rows if len(write.rows) > 1 else write.rows[0])
    return list(done.scalars()) if done.returns_rows else []  # type: ignore[attr-defined]


class Pipeline:
    """Sends whole transactions, over connections of its own. They are opened as they are needed, and kept."""

    def __init__(self, sessions: Sessions) -> None:
        self._engine: AsyncEngine = sessions.kw["bind"]
        self._idle: list[Wire] = []
        self._turns = asyncio.Semaphore(CONNECTIONS)

    async def close(self) -> None:
        """Give its connections back."""
        while self._idle:
            await self._idle.pop().close()

    async def commit(self, writes: Sequence[Write]) -> list[list[str]]:
        """Make the writes, in their order, one transaction; for each what it returned: its first column, as text.

        Raises NotTaken: whoever wants to know why tries it over a session. As with every commit, it may have happened
        where the connection broke before the answer came.
        """
        orders = [[_order(write.statement, row) for row in write.rows] for write in writes]
        async with self._turns:
            wire = self._idle.pop() if self._idle else await self._opened()
            try:
                answers = iter(await wire.transact([order for each in orders for order in each]))
            except psycopg.Error as error:
                raise NotTaken(str(error)) from error
            finally:  # one that was cut short still waits for something, nobody knows for what
                if wire.is_usable:
                    self._idle.append(wire)
                else:
                    await wire.close()
        return [[value for _ in each for value in next(answers)] for each in orders]

    async def _opened(self) -> Wire:
        """A connection as the engine makes them, out of its pool for good."""
        pooled = await self._engine.raw_connection()
        driver = pooled.driver_connection
        pooled.detach()
        assert isinstance(driver, psycopg.AsyncConnection)
        return Wire(driver)


_DIALECT: Dialect = PGDialectAsync_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]


def _order(statement: Statement, row: Row) -> Order:
    text, parameters = _compiled(statement, tuple(row))
    return Order(text, [value(row) for value in parameters])


@lru_cache(maxsize=1000)
def _compiled(statement: Statement, names: tuple[str, ...]) -> tuple[bytes, list[Callable[[Row], object]]]:
    """The statement's text, and how each of its values is found in a row with these names."""
    compiled = statement.compile(dialect=_DIALECT, column_keys=list(names))
    parameters = [_parameter(compiled.binds[name], name in names) for name in compiled.positiontup or ()]
    return compiled.string.encode(), parameters


def _parameter(bound: BindParameter[Any], is_of_row: bool) -> Callable[[Row], object]:
    name, process = bound.key, bound.type.dialect_impl(_DIALECT).bind_processor(_DIALECT)
    if not is_of_row:
        fixed = process(bound.value) if process else bound.value
        return lambda _row: fixed
    if process is None:
        return itemgetter(name)
    return lambda row: process(row[name])
