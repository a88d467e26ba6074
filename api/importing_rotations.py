"""Rotations from a CSV file: every row is checked first, its people too, and a file may come twice.

`examples/rotations.csv` shows every column.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from api import rotations, sheets
from api.house import House
from api.importing import Report, Tell, without_doubles
from api.rotations import RotationIn, RotationKey
from api.sheets import CellError, Cells, Reading, RowError, RowMistakes, Sheet
from storage.rotations import KeptRotation, find_rotation, put_rotation

COLUMNS = (("key", "name", "members", "first_day", "zone"), ("vendor", "handover", "handover_at"))


class _Row(RotationIn):
    """The body of a rotation, with its key."""

    key: RotationKey


def read_rotations(text: str) -> Sheet[KeptRotation]:
    """Every row as a rotation, and every mistake that the row shows by itself."""

    def make(cells: Cells) -> KeptRotation:
        row = Reading()
        values: dict[str, Any] = {name: value for name, value in cells.items() if name != "vendor"}
        values |= {
            "vendor_id": cells["vendor"],
            "members": sheets.list_cell(cells["members"]),
            "first_day": row.take("first_day", lambda: _day(cells["first_day"]), None),
        }
        try:
            body = row.build(_Row, values)
        except RowMistakes as error:
            raise RowMistakes([(_column(path), reason) for path, reason in error.mistakes]) from None
        return body.to_domain(body.key)

    return without_doubles(sheets.read_sheet(text, *COLUMNS, make), lambda kept: kept.key, "key")


async def import_rotations(house: House, sheet: Sheet[KeptRotation], *, partial: bool, tell: Tell) -> Report:
    """Add the rotations of a file, and bring those that are there up to date. Overrides stay as they are.

    A vendor or a member whom nobody knows is a mistake of the row. Without ``partial`` nothing is done while any row
    is wrong.
    """
    report = Report(errors=list(sheet.errors))
    async with house.sessions() as session:
        staff = await rotations.staff_of(session, *(kept for _, kept in sheet.rows))
    good: list[KeptRotation] = []
    for line, kept in sheet.rows:
        wrong = rotations.mistakes(kept, staff, house.catalogue.vendors)
        report.errors += [RowError(line, _column(each.field), each.message) for each in wrong]
        if not wrong:
            good.append(kept)
    if report.errors and not partial:
        return report
    for number, kept in enumerate(good, 1):
        async with house.sessions.begin() as session:
            there = await find_rotation(session, kept.key)
            if there and there.without_overrides() == kept:
                report.unchanged.append(kept.key)
            else:
                added = await put_rotation(session, kept)
                (report.added if added else report.changed).append(kept.key)
        tell(number, len(good), kept.key)
    report.done = True
    return report


def _day(text: str) -> date | None:
    """A day that stands: one seen from today would move the turns with every import."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise CellError("first_day", "expected a day, such as 2026-01-05") from None


def _column(path: str) -> str:
    """The column that holds a field of the body."""
    first = path.partition(".")[0]
    return "vendor" if first == "vendor_id" else first
