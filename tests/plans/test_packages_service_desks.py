"""Each package of essensys and Ombori against the promises of its text, written out by hand."""

import pytest

from domain.plan import (
    Cadence,
    ClockKind,
    LimitKind,
    Role,
    RoleGrant,
    TouchpointKind,
)
from tests.plans.catalogue import HOUR, MINUTE, levels, plan, seconds, week


@pytest.mark.parametrize("package", ["inbound", "engagement-enterprise"])
@pytest.mark.parametrize(
    ("region", "friday", "clause"),
    [
        ("uk-eu", "00:00-24:00", "essensys-4"),
        ("apac", "00:00-24:00", "essensys-4"),
        ("us-est", "00:00-20:00", "essensys-5"),
        ("us-ct", "00:00-19:00", "essensys-5"),
        ("us-pst", "00:00-17:00", "essensys-5"),
    ],
)
def test_live_chat_is_open_all_day_but_closes_early_on_american_fridays(
    package: str, region: str, friday: str, clause: str
) -> None:
    assert week(f"essensys/{package}", "live-chat", region) == ["00:00-24:00"] * 4 + [friday, "", ""]
    rule = next(r for r in plan(f"essensys/{package}").coverage if r.region == region)
    assert (rule.clause, rule.zone, rule.observes_holidays) == (clause, None, True)


@pytest.mark.parametrize("package", ["inbound", "engagement-enterprise"])
def test_a_case_is_measured_without_a_target_and_closed_only_by_agreement(package: str) -> None:
    inbound = plan(f"essensys/{package}")
    (case,) = inbound.levels
    assert seconds(case) == (None, None, None)
    assert case.clause_of(ClockKind.RESPONSE) == "essensys-8"
    assert case.clause_of(ClockKind.RESOLUTION) == "essensys-12"
    assert inbound.closing is not None
    assert (inbound.closing.clause, inbound.closing.asked_of) == ("essensys-13", "an Authorized Representative")
    assert inbound.readings.close_without_agreement_after_days is None
    assert not inbound.readings.fix_targets_imported


def test_phone_and_mail_are_open_only_while_the_chat_is_down() -> None:
    assert [(channel.name, channel.only_if_down) for channel in plan("essensys/inbound").channels] == [
        ("Live Chat", None),
        ("phone", "Live Chat"),
        ("e-mail", "Live Chat"),
    ]


def test_a_report_names_who_calls_and_what_is_wrong_and_the_login_where_asked() -> None:
    representatives, fields = plan("essensys/inbound").limits
    assert (representatives.kind, representatives.clause) == (LimitKind.REPRESENTATIVES, "essensys-6")
    assert fields.fields == ("name", "telephone", "description")
    assert fields.optional_fields == ("login",)


def test_the_enterprise_edition_adds_a_manager_a_quarterly_review_and_a_monthly_report() -> None:
    enterprise = plan("essensys/engagement-enterprise")
    assert enterprise.roles == (RoleGrant(Role.CSM, "essensys-19", main_contact=True),)
    review, report = enterprise.touchpoints
    assert (review.clause, review.cadence, review.minutes, review.due_business_day) == (
        "essensys-20",
        Cadence.CALENDAR_QUARTER,
        60,
        5,
    )
    assert (report.kind, report.clause, report.cadence, report.minutes, report.due_business_day) == (
        TouchpointKind.REPORT,
        "essensys-22",
        Cadence.CALENDAR_MONTH,
        0,
        5,
    )
    assert "essensys-21" in {service.clause for service in enterprise.services}


def test_the_inbound_service_alone_has_no_manager_and_no_review() -> None:
    inbound = plan("essensys/inbound")
    assert (inbound.roles, inbound.touchpoints) == ((), ())


def test_the_free_plan_commits_to_no_time_at_any_level() -> None:
    assert levels("ombori/free") == {
        "l1": ("Critical", (None, None, None), "ombori-4"),
        "l2": ("Major", (None, None, None), "ombori-4"),
        "l3": ("Minor", (None, None, None), "ombori-4"),
        "l4": ("Cosmetic", (None, None, None), "ombori-4"),
    }
    assert all(level.best_effort for level in plan("ombori/free").levels)
    (rule,) = plan("ombori/free").coverage
    assert rule.zone == "Europe/Stockholm"
    assert week("ombori/free", "service-desk") == ["08:00-17:00"] * 5 + ["", ""]


def test_the_pilot_plan_counts_five_days_as_fifty_open_hours_and_48_hours_as_they_are() -> None:
    assert levels("ombori/pilot") == {
        "l1": ("Critical", (4 * HOUR, 4 * HOUR, None), "ombori-10"),
        "l2": ("Major", (8 * HOUR, 8 * HOUR, None), "ombori-11"),
        "l3": ("Minor", (172_800, None, None), "ombori-12"),
        "l4": ("Cosmetic", (180_000, None, None), "ombori-13"),
    }
    cosmetic = plan("ombori/pilot").levels[3].target(ClockKind.RESPONSE)
    assert cosmetic is not None
    assert (cosmetic.text, cosmetic.wall_clock) == ("5 service days", False)
    assert week("ombori/pilot", "service-desk") == ["08:00-18:00"] * 5 + ["", ""]


@pytest.mark.parametrize("package", ["production", "enterprise"])
def test_the_larger_plans_answer_in_half_an_hour_and_give_news_every_hour(package: str) -> None:
    assert levels(f"ombori/{package}") == {
        "l1": ("Critical", (30 * MINUTE, HOUR, None), "ombori-20"),
        "l2": ("Major", (HOUR, 2 * HOUR, None), "ombori-21"),
        "l3": ("Minor", (8 * HOUR, None, None), "ombori-22"),
        "l4": ("Cosmetic", (48 * HOUR, None, None), "ombori-23"),
    }
    held = plan(f"ombori/{package}")
    assert held.roles == (RoleGrant(Role.SUPPORT_LEAD, "ombori-16", dedicated=True, main_contact=True),)
    (report,) = held.touchpoints
    assert (report.kind, report.clause, report.cadence) == (
        TouchpointKind.REPORT,
        "ombori-15",
        Cadence.CALENDAR_MONTH,
    )
    assert [channel.name for channel in held.channels] == [
        "online form",
        "phone",
        "chat",
        "e-mail",
        "escalation phone",
    ]


def test_production_is_open_every_day_and_enterprise_at_every_hour() -> None:
    assert week("ombori/production", "service-desk") == ["08:00-21:00"] * 7
    assert week("ombori/enterprise", "service-desk") == ["00:00-24:00"] * 7
    assert plan("ombori/production").coverage[0].observes_holidays
    assert not plan("ombori/enterprise").coverage[0].observes_holidays


@pytest.mark.parametrize(
    ("package", "devices", "more", "clause"),
    [
        ("free", 3, False, "ombori-3"),
        ("pilot", 3, True, "ombori-9"),
        ("production", 60, True, "ombori-19"),
        ("enterprise", 500, True, "ombori-26"),
    ],
)
def test_devices_are_bounded_by_the_figure_of_the_plan(package: str, devices: int, more: bool, clause: str) -> None:
    (limit,) = plan(f"ombori/{package}").limits
    assert (limit.kind, limit.amount, limit.extensible, limit.clause) == (LimitKind.DEVICES, devices, more, clause)
    assert [charge.clause for charge in plan(f"ombori/{package}").charges] == ([clause] if more else [])


@pytest.mark.parametrize("package", ["pilot", "production", "enterprise"])
def test_platform_uptime_is_reported_and_not_enforced(package: str) -> None:
    uptime = plan(f"ombori/{package}").uptime
    assert uptime is not None
    assert (uptime.clause, uptime.parts_per_100_000, uptime.enforced) == ("ombori-6", 99_999, False)


def test_an_update_that_comes_when_done_is_measured_and_never_due() -> None:
    minor = plan("ombori/pilot").levels[2]
    assert minor.target(ClockKind.UPDATE) is None
    (measure,) = minor.measured
    assert (measure.clock, measure.text, measure.clause) == (ClockKind.UPDATE, "when done", "ombori-12")
