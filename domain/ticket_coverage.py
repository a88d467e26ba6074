"""Which opening hours a ticket's clocks run in: from the plan and the contract to a `CoverageSpec`.

What it gives is expanded by `domain.coverage.build`, outside of workflows, one coverage for each key of the ticket.
"""

from datetime import date

from domain.contract import Contract
from domain.coverage import CoverageError, CoverageSpec, DatedException
from domain.plan import Plan
from domain.support import CoverageRule


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


def spec_of(
    contract: Contract,
    plan: Plan,
    key: str,
    holidays: tuple[date, ...],
    exceptions: tuple[DatedException, ...] = (),
) -> CoverageSpec:
    """The opening hours of a contract under a plan: the rule's hours, else the customer's own (A8); the rule's zone,
    else the contract's (A12), never the reporter's; holidays unless the rule is open on them (A7).
    """
    rule = rule_of(plan, key, contract.region)
    return CoverageSpec(
        rule.zone or contract.zone,
        contract.business_hours if rule.hours is None else rule.hours,
        holidays if rule.observes_holidays else (),
        exceptions,
    )
