"""Contracts and staff from CSV files: every row is checked first, and a file may come twice.

`examples/contracts.csv` and `examples/staff.csv` show every column. A `starts` such as ``today-40d`` is read on the day
of the first import and stands from then on: the same row imported later is the same contract.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from api import sheets, signing
from api.house import House
from api.models import ContractIn, StaffIn
from api.problems import Problem
from api.sheets import Cells, Reading, RowError, RowMistakes, Sheet
from domain.contract import Contract
from domain.plan import Plan
from plans.catalogue import Catalogue
from storage.contracts import find_contract
from storage.staff import StaffMember, find_staff, put_staff

CONTRACT_COLUMNS = (
    ("id", "customer_id", "customer_name", "plan", "starts", "zone", "country", "contacts", "currency"),
    (
        "term_months", "subdivision", "region", "language", "business_hours", "address", "premises",
        "user_tier_base", "custom_monthly", "extra_device", "users", "devices", "cadences",
    ),
)  # fmt: skip
STAFF_COLUMNS = (
    ("id", "name", "email", "zone", "country", "roles"),
    ("vendors", "working_hours", "daily_limit", "buffer_minutes"),
)

Tell = Callable[[int, int, str], None]
"""Called after each row: how many are done, of how many, and which one it was."""


@dataclass(frozen=True, slots=True)
class ContractRow:
    """One order of a file; ``floating`` where its start was written as a day seen from today."""

    contract: Contract
    floating: bool


@dataclass(slots=True)
class Report:
    """What an import did: ids by what became of them, and every mistake. ``done`` false: nothing was written."""

    added: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    done: bool = False


class FileError(Exception):
    """A file that cannot be read at all; one line."""


def read_text(path: Path) -> str:
    """The text of a CSV file. Raises FileError."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(f"{path}: byte {error.start} is not UTF-8; save the file as CSV UTF-8") from None
    except OSError as error:
        raise FileError(f"{path}: {error.strerror}") from None


def read_contracts(text: str, catalogue: Catalogue, today: date) -> Sheet[ContractRow]:
    """Every row as an order, and every mistake."""

    def make(cells: Cells) -> ContractRow:
        row = Reading()
        nobody: list[dict[str, object]] = []
        contacts = row.take("contacts", lambda: sheets.contacts_cell("contacts", cells["contacts"]), nobody)
        if cells["plan"]:
            row.take("plan", lambda: _plan(catalogue, cells["plan"]), None)
        body = contract_body(cells, today, contacts, row)
        contract = signing.to_contract(body, _plan(catalogue, body.plan))
        if wrong := [(each.field, each.message) for each in signing.check(contract)]:
            raise RowMistakes(wrong)
        return ContractRow(contract, sheets.is_relative(cells["starts"]))

    def make_told(cells: Cells) -> ContractRow:
        try:
            return make(cells)
        except RowMistakes as error:
            raise RowMistakes([(_column(path), reason) for path, reason in error.mistakes]) from None

    sheet = sheets.read_sheet(text, *CONTRACT_COLUMNS, make_told)
    return without_doubles(sheet, lambda row: row.contract.id)


def read_staff(text: str) -> Sheet[StaffMember]:
    """Every row as a member of the staff, and every mistake."""

    def make(cells: Cells) -> StaffMember:
        row = Reading()
        values: dict[str, Any] = dict(cells)
        values |= {"roles": sheets.list_cell(cells["roles"]), "vendors": sheets.list_cell(cells["vendors"])}
        values |= {name: _whole(row, cells, name) for name in ("daily_limit", "buffer_minutes")}
        return row.build(StaffIn, values).to_domain()

    return without_doubles(sheets.read_sheet(text, *STAFF_COLUMNS, make), lambda member: member.id)


async def import_contracts(house: House, sheet: Sheet[ContractRow], *, partial: bool, tell: Tell) -> Report:
    """Sign the orders of a file. Without ``partial`` nothing is done while any row is wrong.

    A row that is signed already with the same content is unchanged; with other content it is a mistake.
    """
    report = Report(errors=list(sheet.errors))
    fresh: list[Contract] = []
    for line, row in sheet.rows:
        async with house.sessions() as session:
            there = await find_contract(session, row.contract.id)
        if there is None:
            fresh.append(row.contract)
        elif _as_imported(row, there.contract) == there.contract:
            report.unchanged.append(row.contract.id)
        else:
            report.errors.append(
                RowError(
                    line,
                    "id",
                    f"{row.contract.id} is signed already with other content: {_difference(row, there.contract)}",
                )
            )
    if report.errors and not partial:
        return report
    for number, contract in enumerate(fresh, 1):
        try:
            signed = await signing.sign_contract(house, contract)
        except Problem as problem:  # somebody signed it between the check and now
            report.errors.append(RowError(0, "id", f"{contract.id}: {problem}"))
            continue
        report.added.append(contract.id)
        if not signed.started:
            report.waiting.append(contract.id)
        tell(number, len(fresh), contract.id)
    report.done = True
    return report


async def import_staff(house: House, sheet: Sheet[StaffMember], *, partial: bool, tell: Tell) -> Report:
    """Add the people of a file, and bring those who are there up to date."""
    report = Report(errors=list(sheet.errors))
    if report.errors and not partial:
        return report
    for number, (_, member) in enumerate(sheet.rows, 1):
        async with house.sessions.begin() as session:
            there = await find_staff(session, member.id)
            kept = replace(member, active=there.active) if there else member
            if there == kept:
                report.unchanged.append(member.id)
            else:
                await put_staff(session, kept)
                (report.changed if there else report.added).append(member.id)
        tell(number, len(sheet.rows), member.id)
    report.done = True
    return report


def contract_body(cells: Cells, today: date, contacts: list[dict[str, Any]], row: Reading | None = None) -> ContractIn:
    """The order of a row, or of a form with the same fields. Raises RowMistakes with all that is wrong.

    ``row``: what is wrong with it already.
    """
    row = row or Reading()
    starts_on = row.take("starts_on", lambda: sheets.day_cell("starts", cells.get("starts", ""), today), None)
    currency = cells.get("currency", "")
    known_currency = currency if len(currency) == 3 and currency.isalpha() else "USD"
    prices: dict[str, Any] = {"currency": currency}
    for name in ("user_tier_base", "custom_monthly", "extra_device"):
        prices[name] = _money(row, cells, name, known_currency)
    as_planned: dict[str, str] = {}
    values: dict[str, Any] = {name: cells.get(name, "") for name in _AS_THEY_ARE}
    values |= {
        "starts_on": starts_on,
        "contacts": contacts,
        "premises": sheets.list_cell(cells.get("premises", "")),
        "cadences": row.take("cadences", lambda: sheets.pairs_cell("cadences", cells.get("cadences", "")), as_planned),
        "prices": prices,
    }
    values |= {name: _whole(row, cells, name) for name in ("term_months", "users", "devices")}
    return row.build(ContractIn, values)


def _money(row: Reading, cells: Cells, name: str, currency: str) -> int | None:
    return row.take(name, lambda: sheets.money_cell(name, cells.get(name, ""), currency), None)


def _whole(row: Reading, cells: Cells, name: str) -> int | None:
    return row.take(name, lambda: sheets.whole_cell(name, cells.get(name, "")), None)


_AS_THEY_ARE = (
    "id", "customer_id", "customer_name", "plan", "zone", "country", "subdivision", "region", "language", "address",
    "business_hours",
)  # fmt: skip
_COLUMN_OF = {"starts_on": "starts", "prices": "currency", "counts": "devices"}


def _column(path: str) -> str:
    """The column that holds a field of the body."""
    first, _, rest = path.partition(".")
    return rest if first == "prices" and rest else _COLUMN_OF.get(first, first)


def _plan(catalogue: Catalogue, plan_id: str) -> Plan:
    try:
        return catalogue.get(plan_id)
    except KeyError as error:
        raise sheets.CellError("plan", str(error.args[0])) from None


def without_doubles(sheet: Sheet[Any], id_of: Callable[[Any], str], column: str = "id") -> Sheet[Any]:
    """An id that a file has twice is a mistake of every row that has it."""
    seen = Counter(id_of(row) for _, row in sheet.rows)
    doubled = [(line, row) for line, row in sheet.rows if seen[id_of(row)] > 1]
    sheet.errors += [RowError(line, column, f"{id_of(row)} stands in this file twice") for line, row in doubled]
    sheet.rows = [(line, row) for line, row in sheet.rows if seen[id_of(row)] == 1]
    sheet.errors.sort(key=lambda error: (error.line, error.column))
    return sheet


def _as_imported(row: ContractRow, there: Contract) -> Contract:
    """The row as it would have been read when it was signed: its plan was pinned then, and so was its day."""
    given = row.contract
    plan = there.plan if there.plan.id == given.plan.id else given.plan
    return replace(given, plan=plan, starts_on=there.starts_on if row.floating else given.starts_on)


def _difference(row: ContractRow, there: Contract) -> str:
    given = _as_imported(row, there)
    names = [name for name in Contract.__slots__ if getattr(given, name) != getattr(there, name)]
    return ", ".join("starts" if name == "starts_on" else name for name in names)
