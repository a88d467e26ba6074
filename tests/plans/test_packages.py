"""Each package of Oura and CARET against the promises of its text, written out by hand."""

import pytest

from domain.plan import (
    Cadence,
    ChargeKind,
    HoursGrant,
    LimitKind,
    Role,
    RoleGrant,
    TouchpointKind,
    Window,
)
from plans.loader import load_catalogue
from tests.plans.catalogue import HOUR, MINUTE, levels, plan, week


def test_the_catalogue_holds_exactly_the_twelve_packages_that_grant_something() -> None:
    assert sorted(load_catalogue().plans) == [
        "caret/premium-support",
        "caret/support-24-7",
        "caret/tam",
        "essensys/engagement-enterprise",
        "essensys/inbound",
        "ombori/enterprise",
        "ombori/free",
        "ombori/pilot",
        "ombori/production",
        "oura/launch-kit",
        "oura/premium",
        "oura/pro-lite",
    ]


def test_the_launch_kit_gives_an_account_manager_for_ninety_days_and_a_main_contact_that_goes_on() -> None:
    kit = plan("oura/launch-kit")
    assert kit.roles == (
        RoleGrant(Role.ACCOUNT_MANAGER, "oura-1", window="first-90-days"),
        RoleGrant(Role.SUPPORT_LEAD, "oura-16", main_contact=True),
    )
    assert kit.main_role is Role.SUPPORT_LEAD
    assert kit.windows == (Window("first-90-days", "The first 90 days", 1, 90, (60, 75, 85)),)
    assert kit.hours == HoursGrant(240, "oura-3", "first-90-days", Role.ACCOUNT_MANAGER)
    assert kit.touchpoints == ()


@pytest.mark.parametrize(
    ("package", "role", "hours"), [("pro-lite", "oura-4", "oura-5"), ("premium", "oura-7", "oura-8")]
)
def test_the_success_packages_give_a_dedicated_manager_and_two_hours_for_the_whole_term(
    package: str, role: str, hours: str
) -> None:
    success = plan(f"oura/{package}")
    assert success.roles == (RoleGrant(Role.CSM, role, dedicated=True, main_contact=True),)
    assert success.hours == HoursGrant(120, hours)
    assert success.windows == ()


@pytest.mark.parametrize(
    ("package", "host"), [("launch-kit", Role.ACCOUNT_MANAGER), ("pro-lite", Role.CSM), ("premium", Role.CSM)]
)
def test_each_oura_package_has_the_three_meetings_of_an_hour_in_order(package: str, host: Role) -> None:
    assert [
        (m.key, m.minutes, m.clause, m.within_days, m.after, m.roles, m.debits_hours)
        for m in plan(f"oura/{package}").meetings
    ] == [
        ("kickoff", 60, "oura-10", 14, None, (host,), True),
        ("deployment", 60, "oura-11", 30, "kickoff", (host,), True),
        ("training", 60, "oura-13", 45, "deployment", (host,), True),
    ]


@pytest.mark.parametrize(
    ("package", "clause", "cadence", "count"),
    [("pro-lite", "oura-6", Cadence.QUARTERLY, 4), ("premium", "oura-9", Cadence.MONTHLY, 12)],
)
def test_health_checks_are_counted_state_their_length_and_debit_no_hours(
    package: str, clause: str, cadence: Cadence, count: int
) -> None:
    (check,) = plan(f"oura/{package}").touchpoints
    assert check.kind is TouchpointKind.HEALTH_CHECK
    assert (check.clause, check.cadence, check.count, check.minutes) == (clause, cadence, count, 45)
    assert not check.debits_hours
    assert (check.roles, check.may_join) == ((Role.CSM,), (Role.CSE, Role.TDS))


def test_every_oura_package_bills_further_hours_by_quarters_and_bounds_returns_to_thirty_days() -> None:
    for package in ("launch-kit", "pro-lite", "premium"):
        held = plan(f"oura/{package}")
        assert [(c.kind, c.clause, c.rounding_minutes) for c in held.charges] == [
            (ChargeKind.OVERAGE_HOURS, "oura-21", 15)
        ]
        assert [(item.kind, item.amount, item.clause) for item in held.limits] == [
            (LimitKind.RETURN_DAYS, 30, "oura-19")
        ]
        assert held.vendor.controlling_language == "en"


def test_premium_support_answers_by_best_effort_in_its_three_severities() -> None:
    assert levels("caret/premium-support") == {
        "s1": ("Severity 1", (30 * MINUTE, None, None), "caret-7"),
        "s2": ("Severity 2", (2 * HOUR, None, None), "caret-8"),
        "s3": ("Severity 3", (4 * HOUR, None, None), "caret-9"),
    }
    support = plan("caret/premium-support")
    assert all(level.best_effort for level in support.levels)
    assert support.readings.best_effort_verdict == "objective missed"
    assert [level.coverage for level in support.levels] == ["weekdays", "weekdays", "business-hours"]


def test_severities_one_and_two_run_from_monday_to_friday_around_the_clock_on_holidays_too() -> None:
    weekdays, business = plan("caret/premium-support").coverage
    assert week("caret/premium-support", "weekdays") == ["00:00-24:00"] * 5 + ["", ""]
    assert not weekdays.observes_holidays
    assert weekdays.zone is None
    assert business.hours is None
    assert business.observes_holidays


@pytest.mark.parametrize(("package", "clause"), [("premium-support", "caret-5"), ("tam", "caret-10")])
def test_premium_support_includes_all_that_a_technical_account_manager_promises(package: str, clause: str) -> None:
    held = plan(f"caret/{package}")
    assert held.roles == (RoleGrant(Role.TAM, clause, dedicated=True, main_contact=True),)
    calls, visit = held.touchpoints
    assert (calls.clause, calls.cadence, calls.cadence_choices, calls.minutes, calls.count) == (
        "caret-11",
        Cadence.BIWEEKLY,
        (Cadence.WEEKLY,),
        30,
        None,
    )
    assert (visit.clause, visit.cadence, visit.onsite, visit.expenses_paid_by) == (
        "caret-12",
        Cadence.YEARLY,
        True,
        "customer",
    )
    assert [duty.clause for duty in held.duties] == ["caret-13"]


def test_ten_designated_users_may_use_the_priority_queue() -> None:
    assert [(item.kind, item.amount) for item in plan("caret/premium-support").limits] == [
        (LimitKind.DESIGNATED_USERS, 10)
    ]


def test_the_round_the_clock_add_on_extends_the_intake_and_not_the_targets() -> None:
    add_on = plan("caret/support-24-7")
    assert week("caret/support-24-7", "always") == ["00:00-24:00"] * 7
    assert [channel.name for channel in add_on.channels] == ["chat", "e-mail", "portal", "dedicated phone line"]
    assert levels("caret/support-24-7") == {"incident": ("Incident", (None, None, None), "caret-16")}


def test_the_add_on_costs_a_hundred_dollars_for_each_begun_ten_users() -> None:
    (charge,) = plan("caret/support-24-7").charges
    assert (charge.kind, charge.step, charge.step_amount, charge.custom_from) == (
        ChargeKind.USER_TIERS,
        10,
        10_000,
        100,
    )
    assert plan("caret/support-24-7").vendor.currency == "USD"


def test_every_plan_gives_notice_ninety_sixty_and_thirty_days_before_its_end() -> None:
    assert {held.notice.renewal_days for held in load_catalogue().plans.values()} == {(90, 60, 30)}
