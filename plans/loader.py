"""Read the catalogue: every YAML file of the plans folder, and of the user's own folder."""

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from pydantic import TypeAdapter

from domain.fix_targets import FixTarget, with_fix_targets
from domain.plan import Plan
from plans.build import build, minor_units, vendor
from plans.catalogue import Carried, Catalogue, Edition, Rate
from plans.check import cross_check
from plans.fix_table import read_table
from plans.package import Package, gather
from plans.problems import CatalogueError, Problem
from plans.schema import VendorFile
from plans.source import read
from plans.validate import validate

OWN_FOLDER = Path(__file__).parent
EXTRA_FOLDER = "PLEDGE_PLANS"
"""The environment variable that names a further folder of vendor files."""

_PLAN = TypeAdapter(Plan)


def load_catalogue(folder: Path | None = None) -> Catalogue:
    """The catalogue of a folder; without one, Pledge's own and the user's (``PLEDGE_PLANS``).

    It is read once for each process and folder. Raises CatalogueError with every problem of every file.
    """
    return _load(folders(folder))


def folders(folder: Path | None = None) -> tuple[Path, ...]:
    """The folders that `load_catalogue` reads."""
    if folder is not None:
        return (folder,)
    extra = os.environ.get(EXTRA_FOLDER)
    return (OWN_FOLDER, Path(extra)) if extra else (OWN_FOLDER,)


def plan_to_json(plan: Plan) -> str:
    """A plan as JSON, whole: what a contract pins."""
    return _PLAN.dump_json(plan).decode()


def plan_from_json(text: str | bytes) -> Plan:
    """The plan that `plan_to_json` wrote. Raises pydantic.ValidationError for anything else."""
    return _PLAN.validate_json(text)


@lru_cache(maxsize=8)
def _load(places: tuple[Path, ...]) -> Catalogue:
    catalogue, problems = read_folders(places)
    if problems:
        raise CatalogueError(tuple(problems))
    return catalogue


def read_folders(places: Iterable[Path]) -> tuple[Catalogue, list[Problem]]:
    """What is sound of the folders' files, and every problem of every file. A folder without a file is a problem."""
    paths: list[Path] = []
    empty: list[Problem] = []
    for folder in places:
        found = sorted(path for path in folder.glob("*") if path.suffix in (".yaml", ".yml"))
        paths += found
        if not found:
            empty.append(Problem(str(folder), 1, "", "expected a folder with a YAML file for each vendor"))
    catalogue, problems = read_files(paths)
    return catalogue, empty + problems


def read_files(paths: Iterable[Path]) -> tuple[Catalogue, list[Problem]]:
    """What is sound of the files, and every problem of every file, by file and line."""
    catalogue = Catalogue({}, {}, {})
    problems: list[Problem] = []
    owners: dict[str, str] = {}
    for path in paths:
        part, found = read_file(path)
        problems += found
        if part is None:
            continue
        name = next(iter(part.vendors))
        if name in owners:
            message = f"the vendor {name!r} stands twice; expected it once, and {owners[name]} has it"
            problems.append(Problem(path.name, 1, "vendor.id", message))
            continue
        owners[name] = path.name
        catalogue = _joined(catalogue, part)
    return catalogue, sorted(problems)


def read_file(path: Path) -> tuple[Catalogue | None, list[Problem]]:
    """One vendor's part of the catalogue, None where anything is wrong with it, and every problem."""
    data, problems = read(path, path.name)
    if data is None:
        return None, problems
    file, mistakes = validate(data)
    if file is not None:
        mistakes += cross_check(file, data, mistakes)
    problems += mistakes
    if problems or file is None:
        return None, problems
    packages = [gather(key, file)[0] for key in file.packages]
    tables: dict[str, tuple[FixTarget, ...]] = {}
    for package in packages:
        tables[package.key], found = read_table(path.parent, file, package)
        problems += found
    return (None, problems) if problems else (_catalogue(file, packages, tables), [])


def _catalogue(file: VendorFile, packages: list[Package], tables: Mapping[str, tuple[FixTarget, ...]]) -> Catalogue:
    name, currency = file.vendor.id, file.vendor.currency
    plans = [_plan(file, package, tables[package.key]) for package in packages]
    return Catalogue(
        plans={plan.id: plan for plan in plans},
        vendors={name: vendor(file.vendor)},
        rate_cards={
            name: tuple(Rate(rate.since, minor_units(rate.per_hour, currency), currency) for rate in file.rates)
        },
        editions={
            f"{name}/{key}": Edition(
                f"{name}/{key}", edition.name, f"{name}/{edition.holds}", edition.without, edition.summary
            )
            for key, edition in file.editions.items()
        },
        carried={name: tuple(_carried(file, packages, tables))},
    )


def _plan(file: VendorFile, package: Package, table: tuple[FixTarget, ...]) -> Plan:
    plan = build(file, package)
    return with_fix_targets(plan, table) if table else plan


def _carried(
    file: VendorFile, packages: list[Package], tables: Mapping[str, tuple[FixTarget, ...]]
) -> Iterator[Carried]:
    carriers = {package.key: list(package.carriers()) for package in packages}
    for clause in file.clauses:
        for package, listed in carriers.items():
            by = [f"{item.part}: {item.name}" if item.name else item.part for item in listed if item.clause == clause]
            by += [f"fix_targets: {row.level}" for row in tables[package] if row.clause == clause]
            yield Carried(clause, package, tuple(dict.fromkeys(by)))


def _joined(one: Catalogue, other: Catalogue) -> Catalogue:
    return Catalogue(
        {**one.plans, **other.plans},
        {**one.vendors, **other.vendors},
        {**one.rate_cards, **other.rate_cards},
        {**one.editions, **other.editions},
        {**one.carried, **other.carried},
    )
