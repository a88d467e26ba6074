"""`pledge contracts`, `pledge staff` and `pledge rotations`: files in, lists out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from api.house import House
    from api.importing import Report, Tell

T = TypeVar("T")

contracts = typer.Typer(
    name="contracts", help="Import contracts from a file, and list them.", no_args_is_help=True, rich_markup_mode=None
)
staff = typer.Typer(
    name="staff", help="Import the staff from a file, and list it.", no_args_is_help=True, rich_markup_mode=None
)
rotations = typer.Typer(
    name="rotations", help="Import on-call rotations from a file, and list them.", no_args_is_help=True,
    rich_markup_mode=None,
)  # fmt: skip

_FILE = Annotated[Path, typer.Argument(help="A CSV file, UTF-8, with a header line.", metavar="FILE.csv")]
_PARTIAL = Annotated[bool, typer.Option("--partial", help="Import the good rows although others are wrong.")]


@contracts.command("import")
def import_contracts(file: _FILE, partial: _PARTIAL = False) -> None:
    """Sign the contracts of FILE.csv. All rows are checked first, and every mistake is told with line and column.

    Nothing is signed while any row is wrong, unless --partial. Running it again is safe: what is signed already
    with the same content is left alone, and other content under the same id is reported.

    Columns: id, customer_id, customer_name, plan, starts (2026-01-31 or today-40d), zone, country, contacts ("Lee Park
    <lee@acme.test> +1 555 0100; ..."), currency; and where needed term_months, subdivision, region, language,
    business_hours, address, premises, user_tier_base, custom_monthly, extra_device, users, devices, cadences.
    See examples/contracts.csv. Exit status: 0 done, 1 nothing done, 3 done in part.
    """
    from api import importing
    from api.house import now
    from plans.loader import load_catalogue

    sheet = importing.read_contracts(_text(file), load_catalogue(), now().date())

    async def act(house: House, tell: Tell) -> Report:
        return await importing.import_contracts(house, sheet, partial=partial, tell=tell)

    _import(file, act, "contract")


@contracts.command("list")
def list_contracts(
    csm: Annotated[str, typer.Option(help="Only those of this member of the staff (an id).")] = "",
    vendor: Annotated[str, typer.Option(help="Only those of this vendor (an id).")] = "",
    stage: Annotated[str, typer.Option(help="signed, onboarding, active, suspended, ended or terminated.")] = "",
    customer: Annotated[str, typer.Option(help="Only those with this in the customer's name.")] = "",
    late: Annotated[bool, typer.Option("--late", help="Only those with something late.")] = False,
) -> None:
    """List contracts, the most urgent first, with what is due next and by which clause."""
    from rich.table import Table

    from api.house import now
    from api.pages.render import last_day
    from storage.queries.portfolio import PortfolioFilter, PortfolioRow, portfolio

    wanted = PortfolioFilter(csm or None, vendor or None, stage or None, customer, late)

    async def work(house: House) -> tuple[PortfolioRow, ...]:
        async with house.sessions() as session:
            return (await portfolio(session, now(), wanted, limit=500)).items

    rows = _in_house(work)
    if not rows:
        _console().print("No contract fits." if wanted != PortfolioFilter() else "No contract is running.")
        return
    table = Table(box=None, pad_edge=False)
    for name in ("Contract", "Customer", "Plan", "Stage", "Next", "Clause", "Due"):
        table.add_column(name, no_wrap=name in ("Contract", "Clause", "Due"))
    for row in rows:
        ahead = row.next
        due = f"{last_day(ahead.due, row.zone)}{' late' if ahead.late else ''}" if ahead else ""
        cells = (row.contract_id, row.customer, row.plan, row.stage, ahead.title if ahead else "")
        table.add_row(*cells, ahead.clause if ahead else "", due)
    _console().print(table)


@staff.command("list")
def list_staff() -> None:
    """List the staff with their roles and what they have to do."""
    from rich.table import Table

    from api.house import now
    from storage.queries.people import StaffLoad, staff_with_load

    async def work(house: House) -> tuple[StaffLoad, ...]:
        async with house.sessions() as session:
            return await staff_with_load(session, now())

    table = Table(box=None, pad_edge=False)
    for name in ("Id", "Name", "Roles", "Vendors", "Contracts", "Tasks", "Meetings in 14 days"):
        table.add_column(name, no_wrap=name == "Id")
    for load in _in_house(work):
        member = load.member
        roles = ", ".join(member.roles) + ("" if member.active else " (away)")
        numbers = (str(load.contracts), str(load.open_tasks), str(load.meetings))
        table.add_row(member.id, member.name, roles, ", ".join(member.vendors) or "all", *numbers)
    _console().print(table)


@staff.command("import")
def import_staff(file: _FILE, partial: _PARTIAL = False) -> None:
    """Add the people of FILE.csv, and bring those who are known up to date.

    Columns: id, name, email, zone, country, roles ("csm; tds"), and where needed vendors (empty: all), working_hours,
    daily_limit, buffer_minutes. See examples/staff.csv. Exit status: 0 done, 1 nothing done, 3 done in part.
    """
    from api import importing

    sheet = importing.read_staff(_text(file))

    async def act(house: House, tell: Tell) -> Report:
        return await importing.import_staff(house, sheet, partial=partial, tell=tell)

    _import(file, act, "member")


@rotations.command("list")
def list_rotations() -> None:
    """List the on-call rotations with who is called now, and the next handover."""
    from zoneinfo import ZoneInfo

    from rich.table import Table

    from api.house import now
    from api.rotations import OnCall, on_call_at, staff_of
    from storage.rotations import KeptRotation
    from storage.rotations import list_rotations as every_rotation

    async def work(house: House) -> list[tuple[KeptRotation, OnCall]]:
        at = now()
        async with house.sessions() as session:
            kept = await every_rotation(session, since=at)
            staff = await staff_of(session, *kept)
        return [(each, on_call_at(each, staff, at)) for each in kept]

    found = _in_house(work)
    if not found:
        _console().print("No rotation is kept.")
        return
    table = Table(box=None, pad_edge=False)
    for name in ("Key", "Name", "Vendor", "On call now", "Until", "Zone"):
        table.add_column(name, no_wrap=name == "Key")
    for kept, told in found:
        zone = kept.rotation.zone
        until = f"{told.following.begin.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" if told.following else ""
        who = told.found.person.name if told.found.person else f"nobody: {told.found.reason}"
        table.add_row(kept.key, kept.name, kept.vendor_id or "all", who, until, zone)
    _console().print(table)


@rotations.command("import")
def import_rotations(file: _FILE, partial: _PARTIAL = False) -> None:
    """Add the on-call rotations of FILE.csv, and bring those that are there up to date. All rows are checked first.

    Columns: key (as a plan's ladder names it), name, members (ids of the staff in turn: "maya-lindqvist; tom-becker"),
    first_day (2026-01-05: a weekly handover falls on its weekday), zone, and where needed vendor (empty: all), handover
    (weekly or daily), handover_at (09:00). See examples/rotations.csv. Exit status: 0 done, 1 nothing done, 3 done in
    part.
    """
    from api import importing_rotations

    sheet = importing_rotations.read_rotations(_text(file))

    async def act(house: House, tell: Tell) -> Report:
        return await importing_rotations.import_rotations(house, sheet, partial=partial, tell=tell)

    _import(file, act, "rotation")


def _text(file: Path) -> str:
    from api.importing import FileError, read_text

    try:
        return read_text(file)
    except FileError as error:
        _console(stderr=True).print(str(error), style="red", markup=False)
        raise typer.Exit(1) from None


def _import(file: Path, act: Callable[[House, Tell], Awaitable[Report]], noun: str) -> None:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    async def work(house: House) -> Report:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=_console(stderr=True), transient=True) as progress:
            bar = progress.add_task("reading", total=None)

            def tell(done: int, total: int, which: str) -> None:
                progress.update(bar, description=which, completed=done, total=total)

            return await act(house, tell)

    raise typer.Exit(_told(file, _in_house(work), noun))


def _told(file: Path, report: Report, noun: str) -> int:
    out, err = _console(), _console(stderr=True)
    for error in sorted(report.errors, key=lambda e: (e.line, e.column)):
        where = f"{file}:{error.line}" + (f": {error.column}" if error.column else "")
        err.print(f"{where}: {error.reason}", markup=False, soft_wrap=True)
    nothing_good = report.errors and not (report.added or report.changed or report.unchanged or report.waiting)
    if not report.done or nothing_good:
        err.print(f"{_count(len(report.errors), 'mistake')}; nothing was imported", style="red", markup=False)
        return 1
    parts = [f"{_count(len(report.added), noun)} imported"]
    parts += [f"{len(report.changed)} changed"] * bool(report.changed)
    parts += [f"{len(report.unchanged)} unchanged"] * bool(report.unchanged)
    parts += [f"{_count(len(report.errors), 'mistake')}"] * bool(report.errors)
    parts += [f"{len(report.waiting)} will start when Temporal is back"] * bool(report.waiting)
    out.print(", ".join(parts), markup=False)
    return 3 if report.errors else 0


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _in_house(work: Callable[[House], Awaitable[T]]) -> T:
    from sqlalchemy.exc import OperationalError, ProgrammingError

    from api.house import open_house
    from settings import get_settings

    async def inside() -> T:
        async with open_house(get_settings()) as house:
            return await work(house)

    try:
        return asyncio.run(inside())
    except (OperationalError, ProgrammingError) as error:
        reason = str(error.orig).strip().split("\n")[0]
        _console(stderr=True).print(f"PostgreSQL does not answer: {reason}", style="red", markup=False)
        raise typer.Exit(1) from None


def _console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, highlight=False)
