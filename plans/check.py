"""Everything that must hold between the parts of a vendor's file, in one go."""

from collections.abc import Iterator
from decimal import Decimal

from domain.money import currency_decimals
from plans.completeness import check_carried, check_editions, check_named, check_register, check_shared
from plans.package import Package, gather
from plans.problems import ABSENT, Problem
from plans.references import check_references
from plans.schema import Section, VendorFile
from plans.source import SourceMap


def cross_check(file: VendorFile, data: SourceMap, mistakes: list[Problem]) -> list[Problem]:
    """Every mistake between the parts of a file. ``data`` is all that it says, ``mistakes`` what was wrong in form.

    What was wrong in form is not in ``file``; so what points at it, and what it carries, is no second mistake.
    """
    found: list[Problem] = []
    packages: list[Package] = []
    for key in file.packages:
        package, problems = gather(key, file)
        found += problems
        # With a block that does not exist, nobody knows what the package holds.
        found += [each for each in check_references(package) if not (problems and each.about)]
        packages += [] if problems else [package]
    found += [*check_named(file, packages), *check_editions(file), *_rates(file), *_amounts(file)]
    if mistakes:
        declared = set(_declared(data))
        found = [each for each in found if not _follows(each, mistakes, declared)]
    else:
        found += [*check_register(file), *check_carried(file, packages), *check_shared(file)]
    return list(dict.fromkeys(found))  # a shared block is checked with each package that takes it


def _follows(problem: Problem, mistakes: list[Problem], declared: set[str]) -> bool:
    """Whether it only misses what stands in a part with a mistake."""
    if problem.about == ABSENT:
        return any(mistake.field.startswith(f"{problem.field}.") for mistake in mistakes)
    return problem.about in declared


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
    decimals = currency_decimals(file.vendor.currency)
    blocks = (*file.shared.values(), *file.packages.values())
    priced: list[tuple[Section, str, Decimal | None]] = [(rate, "per_hour", rate.per_hour) for rate in file.rates]
    priced += [(charge, "step_amount", charge.step_amount) for block in blocks for charge in block.charges]
    for section, key, amount in priced:
        if amount is not None and amount != round(amount, decimals):
            message = f"expected an amount with at most {decimals} decimals ({file.vendor.currency}), got {amount}"
            yield section.place(key).at(message)
