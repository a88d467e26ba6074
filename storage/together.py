"""The changes that a step's facts make to rows, gathered first: those that are alike become one statement."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression
from sqlalchemy.ext.asyncio import AsyncSession

from storage.base import Base
from storage.telling import change_statement, key_and_values, put_statement

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
        return {name: value for name, value in self.values.items() if isinstance(value, SQLColumnExpression)}

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

    async def write(self, session: AsyncSession) -> None:
        """Make the changes; each row's in the order in which they came."""
        for changes in self._rounds:
            await _write(session, changes)
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


async def _write(session: AsyncSession, changes: dict[_Row, _Change]) -> None:
    alike: dict[tuple[object, ...], list[tuple[_Row, _Change]]] = {}
    for row, change in changes.items():
        columns = tuple(name for name, _ in row[1]), tuple(change.values)
        alone = row if change.where or change.worked_out else None
        alike.setdefault((row[0], change.puts, columns, alone), []).append((row, change))
    for group in alike.values():
        (model, key), first = group[0]
        names = tuple(name for name, _ in key)
        if first.puts:
            rows = [dict(key) | change.values for (_, key), change in group]
            await session.execute(put_statement(model, names, tuple(first.values)), rows if len(rows) > 1 else rows[0])
            continue
        plain = tuple(name for name in first.values if name not in first.worked_out)
        statement = change_statement(model, names, plain)
        if first.where or first.worked_out:
            statement = statement.where(*first.where).values(first.worked_out)
        rows = [key_and_values(dict(key), {name: change.values[name] for name in plain}) for (_, key), change in group]
        await session.execute(statement, rows if len(rows) > 1 else rows[0])
