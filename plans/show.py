"""The catalogue on a terminal: one package as a customer reads it, the list, and the table of what carries what."""

from collections.abc import Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from domain.describe import Section, notices, sections
from domain.plan import Plan
from plans.catalogue import Catalogue, Edition
from plans.readings import READINGS

NOT_IN_IT = "–"


def shown_plan(plan: Plan, term_months: int = 12) -> RenderableType:
    """A package: its sections with the clause of each line, how open texts are read, what to know before signing."""
    title = Text.assemble((plan.name, "bold"), f"  {plan.id}, version {plan.version}")
    head = Text(f"{plan.vendor.name}: {plan.summary}")
    parts: list[RenderableType] = [title, head]
    parts += [_section(section) for section in sections(plan)]
    if readings := _readings(plan):
        parts += [_heading("How open texts are read"), _lines(readings)]
    if told := notices(plan, term_months):
        parts += [_heading(f"Before signing for {term_months} months"), _lines((text, "") for text in told)]
    return Group(*parts)


def shown_edition(edition: Edition) -> RenderableType:
    """An edition: which package it holds, and what it goes without."""
    return Group(
        Text.assemble((edition.name, "bold"), f"  {edition.id}"),
        Text(edition.summary),
        Text(f"It holds {edition.holds}, and goes without {', '.join(edition.without)}."),
    )


def shown_list(catalogue: Catalogue) -> RenderableType:
    """Every package of every vendor, and the editions that grant nothing of their own."""
    table = Table("plan", "version", "what it is", box=box.SIMPLE, pad_edge=False)
    for plan in catalogue.plans.values():
        table.add_row(Text(plan.id), Text(str(plan.version)), Text(f"{plan.name}: {plan.summary}"))
    for edition in catalogue.editions.values():
        what = Text(f"{edition.name}: grants nothing of its own, it holds {edition.holds}")
        table.add_row(Text(edition.id), Text(NOT_IN_IT), what, style="dim")
    return table


def shown_coverage(catalogue: Catalogue, vendor: str) -> RenderableType:
    """The table of one vendor: each clause, and what carries it in each package. A dash: the package is without it."""
    packages = [plan.package for plan in catalogue.plans.values() if plan.vendor.id == vendor]
    table = Table("clause", *packages, title=catalogue.vendors[vendor].name, box=box.SIMPLE, pad_edge=False)
    cells = {(cell.clause, cell.package): cell.by for cell in catalogue.carried[vendor]}
    for clause in dict.fromkeys(clause for clause, _ in cells):
        row = [Text("\n".join(cells[clause, package]) or NOT_IN_IT) for package in packages]
        table.add_row(Text(clause), *row)
    return table


def _section(section: Section) -> RenderableType:
    return Group(_heading(section.title), _lines((line.text, line.clause) for line in section.lines))


def _heading(text: str) -> RenderableType:
    return Padding(Text(text, style="bold"), (1, 0, 0, 0))


def _lines(lines: Iterator[tuple[str, str]]) -> RenderableType:
    # Text, not str: a plan's words may hold brackets, which are markup to rich.
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(ratio=1)
    table.add_column(justify="right", no_wrap=True, style="dim")
    for text, clause in lines:
        table.add_row(Text(f"• {text}"), Text(clause))
    return table


def _readings(plan: Plan) -> Iterator[tuple[str, str]] | None:
    cited: dict[str, list[str]] = {}
    for clause in plan.clauses:
        for reading in clause.readings:
            cited.setdefault(reading, []).append(clause.id)
    if not cited:
        return None
    ordered = sorted(cited, key=lambda reading: int(reading[1:]))
    return ((f"{reading}: {_text(plan, reading)}", ", ".join(cited[reading])) for reading in ordered)


def _text(plan: Plan, reading: str) -> str:
    if reading == "A13" and plan.readings.fix_targets_imported:
        return (
            "Fix targets are imported, since the text holds none; the fixes of other levels are measured and reported."
        )
    return READINGS[reading].text
