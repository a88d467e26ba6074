"""The proof that no promise is lost: each clause is registered once, and carried by each package that it is in."""

from collections.abc import Iterable, Iterator

from plans.package import Carrier, Package
from plans.problems import Place, Problem
from plans.register import expected_ids
from plans.schema import ClauseSection, VendorFile

BINDING = ("duties", "terms")


def check_register(file: VendorFile) -> Iterator[Problem]:
    """Missing ids, and ids that are not the vendor's. (An id registered twice is a key that stands twice.)"""
    vendor, place = file.vendor.id, file.place("clauses")
    expected = expected_ids(vendor, list(file.clauses))
    for clause in expected:
        if clause not in file.clauses:
            yield place.at(f"expected the clause {clause}, and it is missing")
    for clause, section in file.clauses.items():
        if clause not in expected:
            wanted = f"{vendor}-1 to {vendor}-{len(expected)}" if expected else f"an id that begins with {vendor}-"
            yield section.place().at(f"unknown clause {clause!r}; expected {wanted}")
        for number, package in enumerate(section.packages if section.packages != "all" else ()):
            if package not in file.packages:
                known = ", ".join(file.packages)
                yield section.place("in", number).at(f"unknown package {package!r}; expected one of {known}", package)


def check_named(file: VendorFile, packages: Iterable[Package]) -> Iterator[Problem]:
    """Clauses that a package names without having them, or binds by twice."""
    for package in packages:
        carriers = list(package.carriers())
        for carrier in carriers:
            yield from _wrongly_named(file, package, carrier)
        yield from _doubled(carriers)


def check_carried(file: VendorFile, packages: Iterable[Package]) -> Iterator[Problem]:
    """Clauses that a package has and that nothing in it carries."""
    for package in packages:
        carried = {carrier.clause for carrier in package.carriers()}
        for clause, section in file.clauses.items():
            ours = clause.startswith(f"{file.vendor.id}-")  # another vendor's is a mistake of the register
            if ours and belongs_to(section, package.key) and clause not in carried:
                yield section.place("in").at(
                    f"expected package {package.key} to carry {clause}, by an entitlement or among its duties or terms"
                )


def check_editions(file: VendorFile) -> Iterator[Problem]:
    """An edition holds a package that exists and goes without clauses that the package does not have."""
    for edition in file.editions.values():
        if edition.holds not in file.packages:
            known = ", ".join(file.packages)
            message = f"unknown package {edition.holds!r}; expected one of {known}"
            yield edition.place("holds").at(message, edition.holds)
        for number, clause in enumerate(edition.without):
            place = edition.place("without", number)
            if clause not in file.clauses:
                yield _unknown(place, clause, file)
            elif belongs_to(file.clauses[clause], edition.holds):
                yield place.at(f"expected a clause that {edition.holds} does not have, and {clause} is in it")


def check_shared(file: VendorFile) -> Iterator[Problem]:
    """A shared block that no package takes over holds promises that nobody has."""
    taken = {name for package in file.packages.values() for name in package.takes}
    for name, block in file.shared.items():
        if name not in taken:
            yield block.place().at(f"expected a package that takes it over (with: [{name}]), and none does")


def belongs_to(section: ClauseSection, package: str) -> bool:
    """Whether the clause is in that package."""
    return section.packages == "all" or package in section.packages


def _wrongly_named(file: VendorFile, package: Package, carrier: Carrier) -> Iterator[Problem]:
    section = file.clauses.get(carrier.clause)
    if section is None:
        yield _unknown(carrier.place, carrier.clause, file)
    elif not belongs_to(section, package.key):
        there = ", ".join(section.packages)
        yield carrier.place.at(f"expected a clause of package {package.key}, and {carrier.clause} is in {there}")


def _doubled(carriers: list[Carrier]) -> Iterator[Problem]:
    """A duty or a term is whole in itself, so its clause stands nowhere else. Entitlements may share a clause."""
    first: dict[str, Carrier] = {}
    for carrier in carriers:
        before = first.setdefault(carrier.clause, carrier)
        if before is not carrier and (before.part in BINDING or carrier.part in BINDING):
            line = before.place.line
            yield carrier.place.at(f"{carrier.clause} is carried twice; expected it once, and line {line} has it")


def _unknown(place: Place, clause: str, file: VendorFile) -> Problem:
    return place.at(f"unknown clause {clause!r}; expected one that {file.vendor.id} registers under clauses", clause)
