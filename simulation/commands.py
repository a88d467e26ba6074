"""``pledge simulate``: a contract's whole term in a minute, in a folder that can be read and sent on."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from domain.agenda import Agenda
    from domain.contract import Contract
    from domain.plan import Plan
    from simulation.run import Record
    from simulation.script import Script


def simulate(
    plan: Annotated[str, typer.Argument(help="Vendor and package, such as oura/premium.")],
    out: Annotated[Path, typer.Option("--out", help="The folder for messages, invitations, facts and report.")],
    start: Annotated[str, typer.Option("--start", help="Day 1 of the term, such as 2026-01-31.")] = "",
    zone: Annotated[str, typer.Option("--zone", help="The customer's time zone.")] = "Europe/Stockholm",
    months: Annotated[int, typer.Option("--months", help="The length of the term.", min=1, max=120)] = 12,
    country: Annotated[
        str, typer.Option("--country", help="Whose holidays count, such as SE; without it that of the zone.")
    ] = "",
    customer: Annotated[
        str, typer.Option("--customer", help="accepts, silent, reschedules, no-show, or a script: FILE.yaml.")
    ] = "accepts",
    force: Annotated[bool, typer.Option("--force", help="Write into a folder that is not empty.")] = False,
) -> None:
    """Run a contract through its whole term, in skipped time and with a played customer.

    Everything but the people is real: workflows, activities, a PostgreSQL of its own, mail in both directions. At the
    end the timeline is printed, and the folder holds every message (.eml), every invitation (.ics), facts.jsonl and
    report.html. What cannot be simulated is told in one line, with exit status 2.
    """
    from simulation.habits import ScriptError, script_of
    from simulation.output import FolderInUse, claim

    try:
        script = script_of(customer)
        contract = _contract(plan, _day(start), zone, months, country.upper())
        agenda = _agenda(contract)
        _check_meetings(script, agenda, customer)
        claim(out, force)
    except ScriptError as error:
        _refuse(*error.mistakes)
    except (ValueError, FolderInUse) as error:
        _refuse(str(error))
    _run_and_tell(contract, script, agenda, out)


def _refuse(*lines: str) -> None:
    for line in lines:
        typer.echo(f"pledge simulate: {line}", err=True)
    raise typer.Exit(2)


def _day(text: str) -> date:
    if not text:
        return datetime.now().astimezone().date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"--start: expected a day such as 2026-01-31, got {text!r}") from None


def _contract(plan_id: str, starts_on: date, zone: str, months: int, country: str) -> Contract:
    from domain.contract_rules import validate_contract
    from simulation.order import contract_of, country_of

    plan = _plan(plan_id)
    known = country or country_of(zone)
    contract = contract_of(plan, starts_on, zone, months, known, plan_id)
    for problem in validate_contract(contract):
        option = {"zone": "--zone", "country": "--country", "starts_on": "--start", "term_months": "--months"}
        raise ValueError(f"{option.get(problem.field, problem.field)}: {problem.message}")
    if known is None:
        raise ValueError(f"--country: {zone} is the zone of no country; say whose holidays count, such as SE")
    return contract


def _plan(plan_id: str) -> Plan:
    """The plan of that id, or the one that an edition holds."""
    from plans.loader import load_catalogue

    catalogue = load_catalogue()
    edition = catalogue.editions.get(plan_id)
    try:
        return catalogue.get(edition.holds if edition else plan_id)
    except KeyError as error:
        raise ValueError(str(error.args[0])) from None


def _agenda(contract: Contract) -> Agenda:
    from activities.planning import UnknownCountryError, holidays_of
    from domain.agenda_build import build_agenda
    from domain.terms import term_last_day

    last = term_last_day(contract.starts_on, contract.term_months)
    try:
        holidays = holidays_of(contract, contract.starts_on, last.replace(year=last.year + 1, day=1))
    except UnknownCountryError:
        raise ValueError(f"--country: the holidays of {contract.country} are not known") from None
    return build_agenda(contract, holidays)


def _check_meetings(script: Script, agenda: Agenda, customer: str) -> None:
    """A key that no meeting of the term has is a slip. Raises ScriptError with all of them; ``customer``: the file."""
    from difflib import get_close_matches

    from domain.agenda import ItemKind
    from simulation.habits import ScriptError, line_of_meeting

    keys = [item.key for item in agenda.items if item.kind in (ItemKind.ONBOARDING, ItemKind.TOUCHPOINT)]
    mistakes = []
    for key in (key for key, _ in script.meetings if key not in keys):
        near = ", ".join(get_close_matches(key, keys, 5, 0.4) or keys[:5])
        line = line_of_meeting(Path(customer), key)
        mistakes.append(f"{customer}:{line}: meetings.{key}: the term has no such meeting; it has {near}")
    if mistakes:
        raise ScriptError(tuple(mistakes))


def _run_and_tell(contract: Contract, script: Script, agenda: Agenda, out: Path) -> None:
    from simulation.clock import ClockError
    from simulation.output import write

    with _stopped_by_sigterm():
        try:
            record = _simulated(contract, script, agenda)
        except ClockError as error:
            _refuse(f"--start: {error}")
    try:
        filed = write(record, out)
    except OSError as error:
        from runtime.problem import of_the_system

        raise of_the_system(error, "write the simulation") from None
    _print_timeline(record)
    typer.echo(
        f"{record.cost.meetings_held} meetings held, {len(filed)} messages, {len(record.facts)} facts: "
        f"{out / 'report.html'}"
    )


def _simulated(contract: Contract, script: Script, agenda: Agenda) -> Record:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    from simulation.order import signing_of
    from simulation.run import run_term
    from simulation.world import open_world, prepare_process, private_database

    prepare_process()
    begins = signing_of(contract)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("starting the servers", total=(agenda.ends - begins).total_seconds())

        def on_time(now: datetime) -> None:
            passed = min((now - begins).total_seconds(), (agenda.ends - begins).total_seconds())
            progress.update(task, completed=passed, description=f"{contract.plan.name}, {now:%-d %b %Y}")

        async def go(url: str) -> Record:
            async with open_world(url, begins) as world:
                record = await run_term(world, contract, script, on_time)
                on_time(record.ended)
                return record

        with private_database() as url:
            return asyncio.run(go(url))


def _print_timeline(record: Record) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from simulation.story import story

    table = Table(title=f"{record.contract.plan.name}, customer: {record.script.name}", box=box.SIMPLE_HEAD)
    table.add_column(f"{record.contract.zone}", no_wrap=True)
    table.add_column("what happened")
    table.add_column("clause")
    day = None
    for line in story(record.facts, record.contract.zone):
        # A new day is told once, so that the eye finds it.
        when = f"{line.at:%a %Y-%m-%d}" if line.at.date() != day else " " * 14
        table.add_row(f"{when} {line.at:%H:%M}", line.text, line.clause)
        day = line.at.date()
    Console(highlight=False).print(table)


@contextmanager
def _stopped_by_sigterm() -> Iterator[None]:
    """SIGTERM ends it as Ctrl-C does: every child is stopped, and what was temporary goes.

    Also where it came to its end all the same: Python 3.11 can lose a cancellation that comes just when something is
    connected, and then the exit status would lie.
    """
    told = False

    def stop(*_: object) -> None:
        nonlocal told
        told = True
        signal.raise_signal(signal.SIGINT)

    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell starts what runs in its background so
        signal.signal(signal.SIGINT, signal.default_int_handler)
    before: Callable[..., object] | int | None = signal.signal(signal.SIGTERM, stop)
    try:
        yield
        if told:
            raise KeyboardInterrupt
    finally:
        signal.signal(signal.SIGTERM, before)
