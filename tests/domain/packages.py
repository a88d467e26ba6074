"""The twelve packages as far as dates, hours and charges depend on them, and contracts that were signed on them.

Written by hand beside the catalogue, so that these tests need no file and say in one place what they stand on.
"""

from datetime import UTC, date, datetime

from domain.agenda import Agenda
from domain.contract import Contact, Contract, Person, Prices
from domain.coverage_spec import WeeklyHours, weekly
from domain.plan import (
    Cadence,
    Charge,
    ChargeKind,
    HoursGrant,
    Limit,
    LimitKind,
    OnboardingMeeting,
    Plan,
    Role,
    Touchpoint,
    TouchpointKind,
    Vendor,
    Window,
)

OFFICE = weekly({"mon-fri": "09:00-17:00"})

# Federal holidays of the United States from February 2026 to January 2027.
US_HOLIDAYS = (
    date(2026, 2, 16), date(2026, 5, 25), date(2026, 6, 19), date(2026, 7, 3), date(2026, 9, 7), date(2026, 10, 12),
    date(2026, 11, 11), date(2026, 11, 26), date(2026, 12, 25), date(2027, 1, 1), date(2027, 1, 18),
)  # fmt: skip

ONBOARDING = (
    OnboardingMeeting("kickoff", "Kick Off Meeting", 60, "oura-10", (Role.CSM,), "Begin.", 14),
    OnboardingMeeting("deployment", "Deployment Meeting", 60, "oura-11", (Role.CSM,), "Ship.", 30, "kickoff"),
    OnboardingMeeting("training", "Software Training", 60, "oura-13", (Role.CSM,), "Learn.", 45, "deployment"),
)
OVERAGE = Charge(ChargeKind.OVERAGE_HOURS, "oura-21")
FIRST_90_DAYS = Window("first-90-days", "The first 90 days", last_day=90, warning_days=(60, 75, 85))


def health_check(clause: str, cadence: Cadence, count: int) -> Touchpoint:
    return Touchpoint(
        "health-check", TouchpointKind.HEALTH_CHECK, "Project Health Check", clause, cadence, "Check.", count, 45
    )


CASE_SCRUB = Touchpoint(
    "case-scrub",
    TouchpointKind.CASE_SCRUB,
    "Case call",
    "caret-11",
    Cadence.BIWEEKLY,
    "Cases.",
    minutes=30,
    lead_days=7,
    cadence_choices=(Cadence.WEEKLY,),
)
ONSITE_VISIT = Touchpoint(
    "onsite-visit",
    TouchpointKind.ONSITE_VISIT,
    "Onsite visit",
    "caret-12",
    Cadence.YEARLY,
    "Visit.",
    minutes=240,
    lead_days=60,
    onsite=True,
)
BUSINESS_REVIEW = Touchpoint(
    "business-review",
    TouchpointKind.BUSINESS_REVIEW,
    "Quarterly Business Review",
    "essensys-20",
    Cadence.CALENDAR_QUARTER,
    "Review.",
    minutes=60,
    due_business_day=5,
)


def report(key: str, clause: str) -> Touchpoint:
    return Touchpoint(
        key,
        TouchpointKind.REPORT,
        "Monthly report",
        clause,
        Cadence.CALENDAR_MONTH,
        "Figures.",
        due_business_day=5,
    )


def devices(clause: str, amount: int) -> tuple[Limit, ...]:
    return (Limit(LimitKind.DEVICES, clause, amount, extensible=True),)


def plan(plan_id: str, **parts: object) -> Plan:
    vendor = plan_id.partition("/")[0]
    return Plan(plan_id, 1, plan_id, "", Vendor(vendor, vendor.title(), "USD"), (), **parts)  # type: ignore[arg-type]


PLANS = {
    each.id: each
    for each in (
        plan(
            "oura/launch-kit",
            meetings=ONBOARDING,
            windows=(FIRST_90_DAYS,),
            hours=HoursGrant(240, "oura-3", "first-90-days"),
            charges=(OVERAGE,),
        ),
        plan(
            "oura/pro-lite",
            meetings=ONBOARDING,
            hours=HoursGrant(120, "oura-5"),
            touchpoints=(health_check("oura-6", Cadence.QUARTERLY, 4),),
            charges=(OVERAGE,),
        ),
        plan(
            "oura/premium",
            meetings=ONBOARDING,
            hours=HoursGrant(120, "oura-8"),
            touchpoints=(health_check("oura-9", Cadence.MONTHLY, 12),),
            charges=(OVERAGE,),
        ),
        plan("caret/premium-support", touchpoints=(CASE_SCRUB, ONSITE_VISIT)),
        plan("caret/tam", touchpoints=(CASE_SCRUB, ONSITE_VISIT)),
        plan(
            "caret/support-24-7",
            charges=(Charge(ChargeKind.USER_TIERS, "caret-17", step=10, step_amount=10_000, custom_from=100),),
        ),
        plan("essensys/inbound"),
        plan(
            "essensys/engagement-enterprise",
            touchpoints=(BUSINESS_REVIEW, report("monthly-report", "essensys-22")),
        ),
        plan("ombori/free", limits=(Limit(LimitKind.DEVICES, "ombori-3", 3),)),
        plan(
            "ombori/pilot",
            limits=devices("ombori-9", 3),
            charges=(Charge(ChargeKind.EXTRA_DEVICES, "ombori-9"),),
        ),
        plan(
            "ombori/production",
            touchpoints=(report("analytics-report", "ombori-15"),),
            limits=devices("ombori-19", 60),
            charges=(Charge(ChargeKind.EXTRA_DEVICES, "ombori-19"),),
        ),
        plan(
            "ombori/enterprise",
            touchpoints=(report("analytics-report", "ombori-15"),),
            limits=devices("ombori-26", 500),
            charges=(Charge(ChargeKind.EXTRA_DEVICES, "ombori-26"),),
        ),
    )
}


def contract(
    of: str | Plan,
    starts_on: str = "2026-01-31",
    term_months: int = 12,
    zone: str = "America/New_York",
    hours: WeeklyHours = OFFICE,
    prices: Prices = Prices("USD", user_tier_base=50_000, extra_device=2_500),  # a frozen value
    cadences: tuple[tuple[str, Cadence], ...] = (),
) -> Contract:
    return Contract(
        id="acme-2026",
        customer_id="acme",
        customer_name="Acme",
        plan=of if isinstance(of, Plan) else PLANS[of],
        starts_on=date.fromisoformat(starts_on),
        term_months=term_months,
        zone=zone,
        country="US",
        business_hours=hours,
        contacts=(Contact(Person("Ada", "ada@acme.example"), primary=True),),
        prices=prices,
        cadences=cadences,
    )


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def days(agenda: Agenda, start: str = "") -> list[str]:
    """``key day`` of the items whose key begins so, in the order of the agenda."""
    return [f"{item.key} {item.day}" for item in agenda.items if item.key.startswith(start)]
