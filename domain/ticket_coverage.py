"""Which opening hours a ticket's clocks run in: from the plan and the contract to a `CoverageSpec`.

What it gives is expanded by `domain.coverage.build`, outside of workflows, one coverage for each key of the ticket.
"""

from dataclasses import dataclass
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


def spec_of(
    hours: OpeningHours, holidays: tuple[date, ...], exceptions: tuple[DatedException, ...] = ()
) -> CoverageSpec:
    """What is to be expanded, with the holidays of `OpeningHours.country`."""
    return CoverageSpec(hours.zone, hours.hours, holidays if hours.country else (), exceptions)
