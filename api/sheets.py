"""CSV files of contracts and of staff: every row is read and checked before anything is done.

A file is UTF-8 (a byte order mark is fine), with a header line, commas or semicolons between the cells. Each mistake is
told with its line, its column and what was expected.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Generic, TypeVar

from babel.numbers import get_currency_precision
from pydantic import BaseModel, ValidationError

from api.fields import field_errors
from domain.terms import add_months

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)
Cells = Mapping[str, str]

MAX_ROWS = 20_000
_RELATIVE = re.compile(r"today(?:\s*([+-])\s*(\d{1,4})\s*([dwm]))?", re.IGNORECASE)
_CONTACT = re.compile(r"(?P<name>[^<\[]+)<(?P<email>[^>]+)>\s*(?P<phone>[^\[]*)(?:\[(?P<premises>[^\]]*)\])?")


@dataclass(frozen=True, slots=True)
class RowError:
    """A mistake in the file. ``line`` counts from 1, the header's; ``column`` empty: the whole row."""

    line: int
    column: str
    reason: str


@dataclass(slots=True)
class Sheet(Generic[T]):
    """What a file held: the good rows with their lines, and every mistake of the others."""

    rows: list[tuple[int, T]] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


class CellError(ValueError):
    """A cell that cannot be read."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


class RowMistakes(ValueError):
    """A row that cannot be read: ``mistakes`` are all of it, as (field or column, reason)."""

    def __init__(self, mistakes: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{name}: {reason}" for name, reason in mistakes))
        self.mistakes = mistakes


class Reading:
    """One row on its way: every cell is read before anything is said, so that a row is told whole."""

    def __init__(self) -> None:
        self.mistakes: list[tuple[str, str]] = []
        self._unread: set[str] = set()

    def take(self, name: str, read: Callable[[], T], otherwise: T) -> T:
        """What ``read`` makes of a cell for the field ``name``; where it raises CellError, ``otherwise``."""
        try:
            return read()
        except CellError as error:
            self.mistakes.append((error.column, str(error)))
            self._unread.add(name)
            return otherwise

    def build(self, model: type[M], values: Mapping[str, object]) -> M:
        """The model of the values that were given: an empty cell counts as not given. Raises RowMistakes."""
        given = {name: value for name, value in values.items() if value not in ("", None, [], {})}
        try:
            built = model.model_validate(given)
        except ValidationError as error:
            self.mistakes += [each for each in field_errors(error) if each[0] not in self._unread]
            raise RowMistakes(self.mistakes) from None
        if self.mistakes:
            raise RowMistakes(self.mistakes)
        return built


class _Unreadable(ValueError):
    """Where a file stops being CSV."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


def read_sheet(text: str, required: Collection[str], optional: Collection[str], make: Callable[[Cells], T]) -> Sheet[T]:
    """Every row of ``text`` through ``make``, which raises RowMistakes for a bad one.

    What is no CSV ends the file: nobody can say where the rows after it begin.
    """
    sheet: Sheet[T] = Sheet()
    try:
        _read_into(sheet, text, required, optional, make)
    except _Unreadable as error:
        sheet.errors.append(RowError(error.line, "", str(error)))
    return sheet


def _read_into(
    sheet: Sheet[T], text: str, required: Collection[str], optional: Collection[str], make: Callable[[Cells], T]
) -> None:
    header, rows = _split(text)
    problems = [
        *(RowError(1, name, "this column is missing") for name in required if name not in header),
        *(
            RowError(1, name, f"unknown column; known are {', '.join([*required, *optional])}")
            for name in header
            if name not in required and name not in optional
        ),
        *(RowError(1, name, "this column stands there twice") for name in set(header) if header.count(name) > 1),
    ]
    if problems:
        sheet.errors += problems
        return
    for line, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(header):
            sheet.errors.append(
                RowError(line, "", f"{len(cells)} cells under {len(header)} columns; quote a cell with a comma")
            )
            continue
        given = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        try:
            sheet.rows.append((line, make({**dict.fromkeys([*required, *optional], ""), **given})))
        except RowMistakes as error:
            sheet.errors += [RowError(line, column, reason) for column, reason in error.mistakes]
    if not sheet.rows and not sheet.errors:
        sheet.errors.append(RowError(1, "", "the file has no rows under its header"))


def _split(text: str) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    text = text.removeprefix("\ufeff")
    first = text.split("\n", 1)[0]
    separator = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)

    def numbered() -> Iterator[tuple[int, list[str]]]:
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise _Unreadable(line, _reason(error)) from None
            yield line, cells

    rows = numbered()
    _, names = next(rows, (1, []))
    return [name.strip().lower() for name in names], rows


def _reason(error: csv.Error) -> str:
    """What is wrong with the quotes, as a person would say it; Python's words name no cause."""
    said = str(error)
    if "field limit" in said:
        return f"a cell holds more than {csv.field_size_limit()} signs; a quote that is never closed does that"
    if "end of data" in said:
        return "a quote that is opened in this row is never closed"
    return f"the quotes of this row do not fit: {said}; a quote within a cell is written twice"


# Cells.


def is_relative(text: str) -> bool:
    """Whether a day is written as seen from today."""
    return _RELATIVE.fullmatch(text) is not None


def day_cell(column: str, text: str, today: date) -> date:
    """``2026-01-31``, or a day seen from today: ``today``, ``today-40d``, ``today+2w``, ``today-3m``."""
    if match := _RELATIVE.fullmatch(text):
        sign, number, unit = match.groups()
        amount = int(number or 0) * (-1 if sign == "-" else 1)
        if unit and unit.lower() == "m":
            return add_months(today, amount)
        return today + timedelta(days=amount * (7 if unit and unit.lower() == "w" else 1))
    if not text:
        raise CellError(column, "this field is required")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CellError(column, f"{text!r} is not a day; expected 2026-01-31 or today-40d") from None


def money_cell(column: str, text: str, currency: str) -> int | None:
    """An amount such as ``1200.50`` in the currency's minor units; an empty cell is None."""
    if not text:
        return None
    places = get_currency_precision(currency)
    try:
        amount = Decimal(text) * 10**places
    except InvalidOperation:
        raise CellError(column, f"{text!r} is not an amount; expected a number such as 1200.50") from None
    if amount != amount.to_integral_value() or amount < 0:
        raise CellError(column, f"{text!r}: expected an amount of 0 or more with at most {places} decimals")
    return int(amount)


def whole_cell(column: str, text: str) -> int | None:
    """A whole number of 0 or more; an empty cell is None."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise CellError(column, f"{text!r} is not a whole number of 0 or more")
    return int(text)


def list_cell(text: str) -> list[str]:
    """The parts between semicolons."""
    return [part.strip() for part in text.split(";") if part.strip()]


def contacts_cell(column: str, text: str) -> list[dict[str, object]]:
    """``Lee Park <lee@acme.test> +1 555 0100 [London]; Ana Ruiz <ana@acme.test>``: the first is the primary one."""
    contacts: list[dict[str, object]] = []
    for part in list_cell(text):
        if not (match := _CONTACT.fullmatch(part)):
            raise CellError(column, f"{part!r} is not a contact; expected Lee Park <lee@acme.test>")
        contacts.append(
            {
                "name": match["name"].strip(),
                "email": match["email"].strip(),
                "phone": match["phone"].strip(),
                "primary": not contacts,
                "representative_of": [p.strip() for p in (match["premises"] or "").split(",") if p.strip()],
            }
        )
    return contacts


def pairs_cell(column: str, text: str) -> dict[str, str]:
    """``case-scrub=weekly; other=monthly``."""
    pairs: dict[str, str] = {}
    for part in list_cell(text):
        name, equals, value = part.partition("=")
        if not equals:
            raise CellError(column, f"{part!r}: expected a touchpoint and its cadence, such as case-scrub=weekly")
        pairs[name.strip()] = value.strip()
    return pairs
