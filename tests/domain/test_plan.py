"""What a plan answers about itself."""

import pytest

from domain.plan import Clause, ClockKind, Level, Measure, Plan, Role, RoleGrant, Target, Vendor, Window

PLAN = Plan(
    "x/gold",
    1,
    "Gold",
    "All.",
    Vendor("x", "X", "EUR"),
    (Clause("x-1", "Text."),),
    windows=(Window("early", "Early", 1, 9),),
)


def test_the_package_is_the_part_of_the_id_after_the_vendor() -> None:
    assert PLAN.package == "gold"


def test_a_window_is_found_by_its_key_and_none_is_the_whole_term() -> None:
    assert PLAN.window("early") == Window("early", "Early", 1, 9)
    assert PLAN.window(None) is None
    with pytest.raises(KeyError, match="plan x/gold has no window 'late'"):
        PLAN.window("late")


def test_a_clause_is_found_by_its_id() -> None:
    assert PLAN.clause("x-1").text == "Text."
    with pytest.raises(KeyError, match="plan x/gold has no clause 'x-2'"):
        PLAN.clause("x-2")


@pytest.mark.parametrize(
    ("roles", "main"),
    [
        ((), Role.SUPPORT_LEAD),
        ((RoleGrant(Role.TAM, "x-1"),), Role.TAM),
        ((RoleGrant(Role.TAM, "x-1"), RoleGrant(Role.CSM, "x-1", main_contact=True)), Role.CSM),
    ],
)
def test_the_main_contact_is_the_role_that_says_so_else_the_first_else_the_support_lead(
    roles: tuple[RoleGrant, ...], main: Role
) -> None:
    plan = Plan("x/gold", 1, "Gold", "All.", Vendor("x", "X", "EUR"), (), roles=roles)
    assert plan.main_role is main


def test_a_clock_runs_under_the_clause_of_its_target_else_of_its_measure_else_of_its_level() -> None:
    level = Level(
        "l1",
        "High",
        "It matters",
        "x-1",
        "desk",
        (Target(ClockKind.RESPONSE, 60, "1 min", "x-2"),),
        measured=(Measure(ClockKind.RESOLUTION, "when done", "x-3"),),
    )
    assert [level.clause_of(clock) for clock in ClockKind] == ["x-2", "x-1", "x-3"]


def test_a_role_has_a_title_that_people_read() -> None:
    assert [role.title for role in Role] == [
        "Account Manager",
        "Customer Success Manager",
        "Customer Success Engineer",
        "Training and Development Specialist",
        "Technical Account Manager",
        "Support Engineer",
        "Support Lead",
    ]
