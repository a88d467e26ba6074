"""The changes that a step's facts make to rows, gathered first: those that are alike become one statement."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from storage.base import Base
from storage.pipeline import Write, write_in
from storage.telling import How, WorkedOut, change_statement, key_and_values, put_statement

_Row = tuple[type[Base], tuple[tuple[str, object], ...]]


@dataclass
class _Change:
    """What becomes of one row: ``puts``, it is inserted where it is missing."""

    puts: bool
    values: dict[str, Any]
    where: tuple[ColumnElement[bool], ...] = ()

    @property
    def worked_out(self) -> dict[str, Any]:
        """The values that the database works out from what the row holds."""
        return {name: value for name, value in self.values.items() if isinstance(value, WorkedOut)}

    @property
    def hows(self) -> tuple[How | None, ...]:
        """For each value how it is worked out, or None."""
        return tuple([value.how if isinstance(value, WorkedOut) else None for value in self.values.values()])

    def takes(self, later: "_Change") -> bool:
        """Whether both are one change, with the same outcome as one after the other."""
        if self.where or later.where or (later.puts and not self.puts):
            return False
        needs = later.worked_out
        return not needs or (not self.puts and not needs.keys() & self.values.keys())


@dataclass
class Together:
    """`put` and `change` as in `storage.telling`, done by `write`. For rows that nobody reads in between."""

    _rounds: list[dict[_Row, _Change]] = field(default_factory=lambda: [{}])

    def put(self, model: type[Base], key: Mapping[str, object], **values: object) -> None:
        """Insert the row of this key, or set these values in it."""
        self._gather((model, tuple(key.items())), _Change(True, values))

    def change(
        self, model: type[Base], key: Mapping[str, object], *where: ColumnElement[bool], **values: object
    ) -> None:
        """Set these values in the rows that have the key and match. No row is no error."""
        self._gather((model, tuple(key.items())), _Change(False, values, where))

    def writes(self) -> list[Write]:
        """What makes the changes; each row's in the order in which they came."""
        return [write for changes in self._rounds for write in _writes(changes)]

    async def write(self, session: AsyncSession) -> None:
        """Make the changes."""
        for write in self.writes():
            await write_in(session, write)
        self._rounds = [{}]

    def _gather(self, row: _Row, later: _Change) -> None:
        earlier = self._rounds[-1].get(row)
        if later.where:  # its key may be of many rows (all outages of a ticket), so it stands alone
            self._rounds += [{row: later}, {}]
        elif earlier is None:
            self._rounds[-1][row] = later
        elif earlier.takes(later):
            earlier.values |= later.values
        else:
            self._rounds.append({row: later})


def _writes(changes: dict[_Row, _Change]) -> list[Write]:
    alike: dict[tuple[object, ...], list[tuple[_Row, _Change]]] = {}
    for row, change in changes.items():
        columns = tuple([name for name, _ in row[1]]), tuple(change.values), change.hows
        alone = row if change.where else None
        alike.setdefault((row[0], change.puts, columns, alone), []).append((row, change))
    return [_write(group) for group in alike.values()]


def _write(group: list[tuple[_Row, _Change]]) -> Write:
    (model, key), first = group[0]
    names, columns = tuple([name for name, _ in key]), tuple(first.values)
    if first.puts:
        return Write(put_statement(model, names, columns), [dict(key) | change.values for (_, key), change in group])
    statement = change_statement(model, names, columns, first.hows)
    if first.where:
        statement = statement.where(*first.where)
    return Write(statement, [key_and_values(dict(key), change.values) for (_, key), change in group])
