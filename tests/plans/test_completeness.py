"""No promise is lost: every id of the register, in every package that has it, with the readings that settle it."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Protocol

import pytest

from domain import plan as domain_plan
from domain.plan import ClockKind, Plan
from plans.loader import load_catalogue
from plans.readings import READINGS


def numbered(vendor: str, *numbers: int | range) -> list[str]:
    flat = [n for number in numbers for n in (number if isinstance(number, range) else (number,))]
    return [f"{vendor}-{number}" for number in flat]


CLAUSES = {
    "oura/launch-kit": numbered("oura", 1, 2, 3, range(10, 23)),
    "oura/pro-lite": numbered("oura", 4, 5, 6, range(10, 23)),
    "oura/premium": numbered("oura", 7, 8, 9, range(10, 23)),
    "caret/premium-support": numbered("caret", range(1, 16)),
    "caret/tam": numbered("caret", range(10, 16)),
    "caret/support-24-7": numbered("caret", 16, 17),
    "essensys/inbound": numbered("essensys", range(1, 19)),
    "essensys/engagement-enterprise": numbered("essensys", range(1, 23)),
    "ombori/free": numbered("ombori", 1, 2, 3, 4, range(27, 32)),
    "ombori/pilot": numbered("ombori", 1, 2, range(5, 14), range(27, 32)),
    "ombori/production": numbered("ombori", 1, 2, 5, 6, 7, range(14, 24), range(27, 32)),
    "ombori/enterprise": numbered("ombori", 1, 2, 5, 6, 7, range(14, 18), range(20, 32)),
}

READ = {
    "oura-1": "A1", "oura-3": "A1 A2", "oura-5": "A2", "oura-6": "A3 A4", "oura-8": "A2", "oura-9": "A3 A4",
    "oura-15": "A4", "oura-21": "A5", "caret-6": "A6", "caret-7": "A7", "caret-8": "A7", "caret-9": "A8",
    "caret-11": "A9", "caret-16": "A7", "caret-17": "A10", "essensys-4": "A11 A12", "essensys-5": "A11 A12",
    "essensys-8": "A13", "essensys-12": "A13", "essensys-13": "A14", "essensys-20": "A15", "essensys-22": "A15",
    "ombori-4": "A12", "ombori-6": "A16", "ombori-8": "A12", "ombori-12": "A17", "ombori-13": "A17",
    "ombori-18": "A12", "ombori-19": "A18", "ombori-23": "A17", "ombori-26": "A18", "ombori-29": "A19",
}  # fmt: skip


class Carrier(Protocol):
    @property
    def clause(self) -> str: ...


def carried(plan: Plan) -> set[str]:
    """The clauses that the built plan carries, read from it and from nothing else."""
    parts: list[Sequence[Carrier]] = [plan.roles, plan.meetings, plan.touchpoints, plan.coverage, plan.levels]
    parts += [plan.channels, plan.limits, plan.charges, plan.services, plan.duties, plan.terms]
    parts += [[item] for item in (plan.hours, plan.uptime, plan.closing) if item is not None]
    clocks = {level.clause_of(clock) for level in plan.levels for clock in ClockKind}
    return clocks | {item.clause for part in parts for item in part}


@pytest.mark.parametrize("plan_id", CLAUSES)
def test_a_package_registers_and_carries_each_of_its_clauses_and_no_other(plan_id: str) -> None:
    plan = load_catalogue().get(plan_id)
    assert [clause.id for clause in plan.clauses] == CLAUSES[plan_id]
    assert carried(plan) == set(CLAUSES[plan_id])


def test_ninety_two_promises_are_registered() -> None:
    carried_somewhere = {clause for clauses in CLAUSES.values() for clause in clauses}
    assert len(carried_somewhere) == 22 + 17 + 22 + 31 == 92
    assert {clause.id for plan in load_catalogue().plans.values() for clause in plan.clauses} == carried_somewhere


def test_each_clause_cites_the_readings_that_settle_it() -> None:
    cited = {
        clause.id: " ".join(clause.readings)
        for plan in load_catalogue().plans.values()
        for clause in plan.clauses
        if clause.readings
    }
    assert cited == READ


def test_each_reading_has_a_text_and_lives_in_fields_that_exist() -> None:
    assert list(READINGS) == [f"A{number}" for number in range(1, 21)]
    for reading in READINGS.values():
        assert reading.text.endswith(".")
        for name in reading.fields:
            type_name, field_name = name.split(".")
            assert field_name in {field.name for field in fields(getattr(domain_plan, type_name))}, name


def test_the_readings_of_every_package_are_the_defaults() -> None:
    assert {plan.readings for plan in load_catalogue().plans.values()} == {
        domain_plan.Readings(
            unused_hours_lapse=True,
            overage_needs_approval=True,
            touchpoint_count_is_per_year=False,
            best_effort_verdict="objective missed",
            fix_targets_imported=False,
            close_without_agreement_after_days=None,
            update_clock_restarts_at_visible_update=True,
            automatic_reply_counts_as_response=False,
            clock_may_pause_for_customer=False,
        )
    }


def test_no_target_of_the_catalogue_runs_by_the_wall_clock() -> None:
    targets = [t for plan in load_catalogue().plans.values() for level in plan.levels for t in level.targets]
    assert len(targets) == 3 + 6 + 6 + 6
    assert not any(target.wall_clock for target in targets)


def test_the_coverage_table_says_what_carries_a_clause_in_each_package() -> None:
    table = {(c.clause, c.package): c.by for c in load_catalogue().carried["caret"]}
    assert table["caret-7", "premium-support"] == ("coverage: weekdays", "levels: Severity 1")
    assert table["caret-13", "tam"] == ("duties",)
    assert table["caret-17", "tam"] == ()
    assert len(table) == 17 * 3


def test_the_other_edition_grants_nothing_beyond_the_inbound_service() -> None:
    edition = load_catalogue().editions["essensys/engagement-other"]
    assert edition.holds == "essensys/inbound"
    assert edition.without == ("essensys-19", "essensys-20", "essensys-21", "essensys-22")
