"""``pledge plans``: list, show and check the catalogue."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

if TYPE_CHECKING:
    from plans.catalogue import Catalogue

app = typer.Typer(
    name="plans",
    help="The packages on offer: list them, read one, prove that no promise is lost.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

Folder = Annotated[
    Path | None,
    typer.Option("--folder", help="Read the vendor files of this folder, in place of Pledge's own and PLEDGE_PLANS."),
]


@app.command("list")
def list_plans(folder: Folder = None) -> None:
    """List every package with its vendor."""
    from plans.show import shown_list

    _console().print(shown_list(_catalogue(folder)))


@app.command()
def show(
    plan: Annotated[str, typer.Argument(help="Vendor and package, such as oura/premium.")],
    term: Annotated[int, typer.Option(help="Months of the term to be signed.", min=1, max=120)] = 12,
    json: Annotated[bool, typer.Option("--json", help="The whole plan as JSON, as a contract pins it.")] = False,
    folder: Folder = None,
) -> None:
    """Print a package as a customer would read it, with the clause of each line."""
    from plans.loader import plan_to_json
    from plans.show import shown_edition, shown_plan

    catalogue = _catalogue(folder)
    if plan in catalogue.editions and not json:
        _console().print(shown_edition(catalogue.editions[plan]))
        return
    try:
        found = catalogue.get(plan)
    except KeyError as error:
        typer.echo(str(error.args[0]), err=True)
        raise typer.Exit(1) from None
    if json:
        typer.echo(plan_to_json(found))
    else:
        _console().print(shown_plan(found, term))


@app.command()
def check(
    files: Annotated[list[Path] | None, typer.Argument(help="Vendor files; without them the whole catalogue.")] = None,
    folder: Folder = None,
) -> None:
    """Prove that every promise is registered and carried, and print what carries it. Exit status 1 where it is not.

    Every mistake of every file is printed with its line: FILE:LINE: FIELD: what was expected.
    """
    from plans.loader import folders, read_files, read_folders
    from plans.show import shown_coverage

    catalogue, problems = read_files(files) if files else read_folders(folders(folder))
    for problem in problems:
        typer.echo(str(problem), err=True)
    if problems:
        count = len(problems)
        typer.echo(_counted(count, "mistake"), err=True)
        raise typer.Exit(1)
    for vendor in catalogue.vendors:
        _console().print(shown_coverage(catalogue, vendor))
    clauses = {cell.clause for carried in catalogue.carried.values() for cell in carried}
    held = f"{_counted(len(clauses), 'clause')} in {_counted(len(catalogue.plans), 'package')}"
    typer.echo(f"{held}: each one is carried.")


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _console() -> Console:
    return Console(highlight=False)


def _catalogue(folder: Path | None) -> "Catalogue":
    from plans.loader import load_catalogue
    from plans.problems import CatalogueError

    try:
        return load_catalogue(folder)
    except CatalogueError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
