"""Which opening hours a ticket's clocks run in: from the plan and the contract to a `CoverageSpec`.

What it gives is expanded by `domain.coverage.build`, outside of workflows, one coverage for each key of the ticket.
"""

from dataclasses import dataclass, replace
from datetime import date

from domain.contract import Contract
from domain.coverage import Coverage, CoverageError, CoverageSpec, DatedException, WeeklyHours
from domain.plan import Plan
from domain.support import CoverageRule


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """The opening hours that were promised under a key, as a ticket carries them: what can be expanded again later.

    ``country`` and ``subdivision`` choose the holidays (A12); None: it is open on them (A7).
    """

    key: str
    rule: str
    zone: str
    hours: WeeklyHours
    country: str | None
    subdivision: str | None = None


@dataclass(frozen=True, slots=True)
class KeyedCoverage:
    """Opening hours under a key of a ticket, expanded. ``zone``: in which people read them."""

    key: str
    zone: str
    coverage: Coverage


def rule_of(plan: Plan, key: str, region: str | None) -> CoverageRule:
    """The plan's opening hours of that key, for the contract's region where they differ by it (essensys-4, -5).

    Raises CoverageError that names what is missing.
    """
    rules = [rule for rule in plan.coverage if rule.key == key]
    for rule in rules:
        if rule.region is None or rule.region == region:
            return rule
    regions = ", ".join(sorted(rule.region for rule in rules if rule.region))
    if regions:
        raise CoverageError(f"{plan.id}: the hours {key!r} are those of a region ({regions}), and not of {region!r}")
    raise CoverageError(f"{plan.id} has no opening hours {key!r}")


def opening_hours(contract: Contract, plan: Plan, rule_key: str, key: str) -> OpeningHours:
    """The opening hours of a contract under a plan: the rule's hours, else the customer's own (A8); the rule's zone,
    else the contract's (A12), never the reporter's; holidays unless the rule is open on them (A7).
    """
    rule = rule_of(plan, rule_key, contract.region)
    return OpeningHours(
        key,
        rule_key,
        rule.zone or contract.zone,
        contract.business_hours if rule.hours is None else rule.hours,
        contract.country if rule.observes_holidays else None,
        contract.subdivision if rule.observes_holidays else None,
    )


def further(known: tuple[KeyedCoverage, ...], expanded: tuple[KeyedCoverage, ...]) -> tuple[KeyedCoverage, ...]:
    """The opening hours as they are known, and what lies beyond them as it was expanded now.

    A closed day that was added meanwhile moves what is known by a message of its own only.
    """
    by_key = {each.key: each for each in known}
    return tuple(
        replace(each, coverage=_appended(by_key[each.key].coverage, each.coverage)) if each.key in by_key else each
        for each in expanded
    )


def _appended(known: Coverage, longer: Coverage) -> Coverage:
    if longer.until <= known.until:
        return known
    beyond = [(max(s, known.until), e) for s, e in zip(longer.starts, longer.ends, strict=True) if e > known.until]
    starts, ends = list(known.starts), list(known.ends)
    if beyond and ends[-1] == beyond[0][0]:  # open over the seam
        ends[-1] = beyond.pop(0)[1]
    starts += [start for start, _ in beyond]
    ends += [end for _, end in beyond]
    return Coverage(tuple(starts), tuple(ends), known.since, longer.until, known.version)


def spec_of(
    hours: OpeningHours, holidays: tuple[date, ...], exceptions: tuple[DatedException, ...] = ()
) -> CoverageSpec:
    """What is to be expanded, with the holidays of `OpeningHours.country`."""
    return CoverageSpec(hours.zone, hours.hours, holidays if hours.country else (), exceptions)
