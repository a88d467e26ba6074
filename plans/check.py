"""Everything that must hold between the parts of a vendor's file, in one go."""

from collections.abc import Iterator
from decimal import Decimal

from plans.build import minor_units
from plans.completeness import check_carried, check_editions, check_named, check_register, check_shared
from plans.package import Package, gather
from plans.problems import Problem
from plans.references import check_references
from plans.schema import VendorFile
from plans.source import SourceMap


def cross_check(file: VendorFile, data: SourceMap, whole: bool) -> list[Problem]:
    """Every mistake between the parts of a file. ``data`` is all that it says, ``whole`` whether all was
    sound.

    Where a part was left out for its mistake, what points at it is no second mistake, and what it carries not
    missing.
    """
    packages: list[Package] = []
    found: list[Problem] = []
    for key in file.packages:
        package, problems = gather(key, file)
        packages.append(package)
        found += [*problems, *check_references(package)]
    found += [*check_named(file, packages), *check_editions(file), *_rates(file), *_amounts(file)]
    if whole:
        found += [*check_register(file), *check_carried(file, packages), *check_shared(file)]
    else:
        declared = set(_declared(data))
        found = [problem for problem in found if problem.about not in declared]
    return list(dict.fromkeys(found))  # a shared block is checked with each package that takes it


def _declared(data: object) -> Iterator[str]:
    """Every key of a mapping, and every key or name of an item, that the file declares."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield str(key)
            if key in ("key", "name") and isinstance(value, str):
                yield value
            yield from _declared(value)
    elif isinstance(data, list):
        for value in data:
            yield from _declared(value)


def _rates(file: VendorFile) -> Iterator[Problem]:
    for earlier, later in zip(file.rates, file.rates[1:], strict=False):
        if later.since <= earlier.since:
            yield later.place("from").at(f"expected a day after {earlier.since}, the rate before; got {later.since}")


def _amounts(file: VendorFile) -> Iterator[Problem]:
    """Amounts of money with more decimals than the vendor's currency has."""
    blocks = (*file.shared.values(), *file.packages.values())
    priced = [(rate, "per_hour", rate.per_hour) for rate in file.rates]
    charges = [charge for block in blocks for charge in block.charges]
    for section, key, amount in [*priced, *((charge, "step_amount", charge.step_amount) for charge in charges)]:
        try:
            minor_units(amount or Decimal(0), file.vendor.currency)
        except ValueError:
            yield section.place(key).at(
                f"expected an amount in {file.vendor.currency}, with its decimals; got {amount}"
            )
