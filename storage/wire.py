"""One packet to the database and one back: statements that are one transaction, over libpq's pipeline mode.

psycopg's own pipeline sends each statement by itself, and each one wakes the server: for the small statements of a step
that is most of the work, on both sides.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import psycopg
from psycopg import abc, pq
from psycopg.abc import PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import DuplicatePreparedStatement, InvalidSqlStatementName, error_from_result
from psycopg.generators import fetch_many, send

MOST_PREPARED = 200
"""So many statements are kept prepared in one connection; further ones are planned each time."""

_FAILED = (pq.ExecStatus.FATAL_ERROR, pq.ExecStatus.PIPELINE_ABORTED)


@dataclass(frozen=True, slots=True)
class Order:
    """A statement with ``$1``, ``$2`` … and their values."""

    text: bytes
    values: Sequence[object]


@dataclass(frozen=True, slots=True)
class _Packed:
    """An order in the bytes that go over. No value has a type: the server finds it, and so it is always the same."""

    text: bytes
    values: Sequence[bytes | None]
    formats: Sequence[pq.Format]


@dataclass
class Wire:
    """A connection that nobody else uses, with the statements that are prepared in it."""

    driver: psycopg.AsyncConnection[tuple[object, ...]]
    _names: dict[bytes, bytes] = field(default_factory=dict)

    async def transact(self, orders: Sequence[Order]) -> list[list[str]]:
        """All of them, or nothing: up to the one Sync at their end they are one transaction.

        For each the first column of the rows that it returned, as text. Raises psycopg.Error.
        """
        dumping = Transformer(self.driver)
        packed = [_packed(dumping, order) for order in orders]  # what cannot be sent is refused before anything is
        pgconn = self.driver.pgconn
        pgconn.enter_pipeline_mode()
        prepared = self._send(pgconn, packed)
        answers = await self.driver.wait(_talk(pgconn, len(packed) + len(prepared)))
        pgconn.exit_pipeline_mode()
        return self._read(answers, prepared)

    @property
    def is_usable(self) -> bool:
        """Whether its last transaction is over, and another can begin."""
        pgconn = self.driver.pgconn
        is_over = pgconn.transaction_status == pq.TransactionStatus.IDLE
        return is_over and pgconn.pipeline_status == pq.PipelineStatus.OFF

    async def close(self) -> None:
        await self.driver.close()

    def _send(self, pgconn: pq.abc.PGconn, packed: Sequence[_Packed]) -> dict[int, tuple[bytes, bytes]]:
        """Into the buffer. The places among the answers at which a statement is prepared, with its text and name."""
        names, prepared, place = dict(self._names), dict[int, tuple[bytes, bytes]](), 0
        for each in packed:
            name = names.get(each.text)
            if name is None and len(names) < MOST_PREPARED:
                name = names[each.text] = _name(each.text)
                pgconn.send_prepare(name, each.text)
                prepared[place] = (each.text, name)
                place += 1
            if name is None:
                pgconn.send_query_params(each.text, each.values, param_formats=each.formats)
            else:
                pgconn.send_query_prepared(name, each.values, each.formats)
            place += 1
        pgconn.pipeline_sync()
        return prepared

    def _read(self, answers: Sequence[pq.abc.PGresult], prepared: dict[int, tuple[bytes, bytes]]) -> list[list[str]]:
        """What is prepared stays so, whatever becomes of the transaction."""
        returned = list[list[str]]()
        for place, answer in enumerate(answers):
            if answer.status in _FAILED:
                raise self._learned(error_from_result(answer), prepared.get(place))
            if place in prepared:
                text, name = prepared[place]
                self._names[text] = name
            else:
                returned.append([(answer.get_value(row, 0) or b"").decode() for row in range(answer.ntuples)])
        return returned

    def _learned(self, error: psycopg.Error, preparing: tuple[bytes, bytes] | None) -> psycopg.Error:
        """Somebody else prepared it, or threw away what was prepared: known for the next time."""
        if preparing and isinstance(error, DuplicatePreparedStatement):
            text, name = preparing
            self._names[text] = name
        elif isinstance(error, InvalidSqlStatementName):
            self._names.clear()
        return error


def _name(text: bytes) -> bytes:
    """The same text has the same name everywhere: behind a pooler somebody else's is never taken for ours."""
    return b"step_" + hashlib.sha256(text).hexdigest()[:32].encode()


def _packed(dumping: abc.Transformer, order: Order) -> _Packed:
    wanted = [PyFormat.BINARY if isinstance(value, bytes) else PyFormat.TEXT for value in order.values]
    values = dumping.dump_sequence(order.values, wanted)
    return _Packed(order.text, [None if value is None else bytes(value) for value in values], dumping.formats or ())


def _talk(pgconn: pq.abc.PGconn, count: int) -> PQGen[list[pq.abc.PGresult]]:
    """Send what is in the buffer, and wait for so many answers and for that to the Sync."""
    yield from send(pgconn)
    answers = list[pq.abc.PGresult]()
    for _ in range(count + 1):
        results = yield from fetch_many(pgconn)
        if not results:
            raise psycopg.OperationalError("the connection broke before all answers had come")
        answers.append(results[-1])
    return answers[:-1]
