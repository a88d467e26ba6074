"""Tools of the projection: reading a fact's data by type, and the two ways to write a row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, SQLColumnExpression, Update, bindparam, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.facts import Fact
from storage.base import Base, table_of

T = TypeVar("T")
D = TypeVar("D", bound=date)


class ProjectionError(Exception):
    """A fact that the read models cannot take: an unknown kind, or data that `domain.happenings` does not allow."""


@dataclass(frozen=True, slots=True)
class Told:
    """A fact as the projection reads it. Each reader raises ProjectionError where the field is missing or of
    another type; with ``or_`` a missing or null field is read as that.
    """

    fact: Fact
    data: Mapping[str, Any]

    @property
    def contract_id(self) -> str:
        return self.fact.contract_id

    @property
    def subject(self) -> str:
        return self.fact.subject

    @property
    def at(self) -> datetime:
        return self.fact.at

    def text(self, field: str, or_: str | None = None) -> str:
        return self._read(field, str, or_)

    def number(self, field: str, or_: int | None = None) -> int:
        return self._read(field, int, or_)

    def flag(self, field: str, or_: bool | None = None) -> bool:
        return self._read(field, bool, or_)

    def texts(self, field: str) -> list[str]:
        return [str(each) for each in self._read(field, list, [])]

    def instant(self, field: str) -> datetime:
        return self._parsed(field, _aware)

    def day(self, field: str) -> date:
        return self._parsed(field, date.fromisoformat)

    def maybe_instant(self, field: str) -> datetime | None:
        return self.instant(field) if self.data.get(field) else None

    def maybe_number(self, field: str) -> int | None:
        return self.number(field) if self.data.get(field) is not None else None

    def part(self, field: str) -> "Told":
        """An object, to be read in the same way."""
        return Told(self.fact, self._read(field, dict, None))

    def each(self, field: str) -> list["Told"]:
        """A list of objects, each to be read in the same way."""
        return [Told(self.fact, each) for each in self._read(field, list, None)]

    def _read(self, field: str, kind: type[T], or_: T | None) -> T:
        value = self.data.get(field)
        if value is None:
            value = or_
        if not isinstance(value, kind):
            raise ProjectionError(f"{self._name}: {field} is {value!r}, expected {kind.__name__}")
        return value

    def _parsed(self, field: str, parse: Callable[[str], D]) -> D:
        text = self.text(field)
        try:
            return parse(text)
        except ValueError as error:
            raise ProjectionError(f"{self._name}: {field} is {text!r}: {error}") from None

    @property
    def _name(self) -> str:
        return f"fact {self.fact.seq} ({self.fact.kind}) of {self.fact.workflow_id}"


def _aware(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant needs its zone")
    return instant


def told(fact: Fact) -> Told:
    """The fact as the projection reads it."""
    return Told(fact, without_nul(fact.data))


def without_nul(value: Any) -> Any:
    """The same JSON value without NUL characters, which no text or jsonb of PostgreSQL can hold."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, Mapping):
        return {without_nul(key): without_nul(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [without_nul(item) for item in value]
    return value


How = Callable[[ColumnElement[Any], ColumnElement[Any]], ColumnElement[Any]]


@dataclass(frozen=True, slots=True)
class WorkedOut:
    """A value that the database works out, from what the column holds and from ``value``.

    ``how`` is a function of a module: the statement is made once for it.
    """

    how: How
    value: object


async def put(session: AsyncSession, model: type[Base], key: Mapping[str, object], **values: object) -> None:
    """Insert the row of this key, or set these values in it."""
    await session.execute(put_statement(model, tuple(key), tuple(values)), {**key, **values})


async def change(
    session: AsyncSession,
    model: type[Base],
    key: Mapping[str, object],
    *where: ColumnElement[bool],
    **values: object,
) -> None:
    """Set these values in the rows that have the key and match. No row is no error: its fact may still come."""
    plain = {name: value for name, value in values.items() if not isinstance(value, SQLColumnExpression)}
    worked_out = {name: value for name, value in values.items() if name not in plain}
    statement = change_statement(model, tuple(key), tuple(plain))
    if where or worked_out:
        statement = statement.where(*where).values(worked_out)
    await session.execute(statement, key_and_values(key, plain))


# Statements are made once for each set of columns: to put one together takes longer than to run it.


@cache
def put_statement(model: type[Base], key: tuple[str, ...], names: tuple[str, ...]) -> Insert:
    """Insert a row, or set these columns in the one that has its key. Its parameters are the columns' own names."""
    row = insert(table_of(model))
    if not names:
        return row.on_conflict_do_nothing()
    return row.on_conflict_do_update(index_elements=key, set_={name: row.excluded[name] for name in names})


@cache
def change_statement(
    model: type[Base], key: tuple[str, ...], names: tuple[str, ...], hows: tuple[How | None, ...] = ()
) -> Update:
    """Set these columns in the rows of a key. `key_and_values` makes its parameters.

    ``hows``: for each column how its value is worked out, or None where it is just set.
    """
    columns = table_of(model).c
    statement = update(table_of(model)).where(*(columns[name] == bindparam(_of_key(name)) for name in key))
    new: dict[str, ColumnElement[Any]] = {name: bindparam(_new(name)) for name in names}
    worked_out = {name: how(columns[name], new[name]) for name, how in zip(names, hows, strict=False) if how}
    return statement.values(new | worked_out)


def key_and_values(key: Mapping[str, object], values: Mapping[str, object]) -> dict[str, object]:
    """What `change_statement` is run with."""
    row = {_of_key(name): value for name, value in key.items()}
    for name, value in values.items():
        row[_new(name)] = value.value if isinstance(value, WorkedOut) else value
    return row


def _of_key(name: str) -> str:
    return f"key_{name}"


def _new(name: str) -> str:
    return f"new_{name}"
