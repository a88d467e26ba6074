"""What a customer reads of a plan, and what is told before it is signed."""

from dataclasses import replace

import pytest

from domain.coverage import ALWAYS_OPEN, weekly
from domain.describe import duties, holdings, notices, sections
from domain.money import amount_text
from domain.plan import (
    Cadence,
    Charge,
    ChargeKind,
    ClockKind,
    CoverageRule,
    Duty,
    HoursGrant,
    LadderStep,
    Level,
    Limit,
    LimitKind,
    Measure,
    Notice,
    OnboardingMeeting,
    Plan,
    Readings,
    Role,
    RoleGrant,
    Target,
    Term,
    Touchpoint,
    TouchpointKind,
    Uptime,
    Vendor,
    Who,
    WhoKind,
    Window,
)
from domain.wording import hours_text, joined, minutes_text

CHECK = Touchpoint(
    "check",
    TouchpointKind.HEALTH_CHECK,
    "Check",
    "x-4",
    Cadence.MONTHLY,
    "Look.",
    12,
    45,
    (Role.CSM,),
    may_join=(Role.CSE,),
)
PLAN = Plan(
    id="x/gold",
    version=1,
    name="Gold",
    summary="All of it.",
    vendor=Vendor("x", "X", "USD"),
    clauses=(),
    roles=(
        RoleGrant(Role.ACCOUNT_MANAGER, "x-1", window="early"),
        RoleGrant(Role.CSM, "x-2", dedicated=True, main_contact=True),
    ),
    windows=(Window("early", "The first 90 days", 1, 90, (60, 75, 85)),),
    hours=HoursGrant(120, "x-3", "early"),
    meetings=(
        OnboardingMeeting("a", "Kick-off", 60, "x-5", (Role.CSM,), "Begin.", 14),
        OnboardingMeeting("b", "Training", 90, "x-6", (Role.CSM,), "Learn.", 30, "a"),
        OnboardingMeeting("c", "Party", 60, "x-7", (Role.CSM,), "Eat.", 40, debits_hours=False),
    ),
    touchpoints=(CHECK,),
    coverage=(CoverageRule("desk", "x-8", weekly({"mon-fri": "08:00-18:00"}), region="apac"),),
    levels=(
        Level(
            "high",
            "High",
            "It matters",
            "x-9",
            "desk",
            (Target(ClockKind.RESPONSE, 1800, "30 min", "x-9"), Target(ClockKind.UPDATE, 3600, "1 h", "x-9")),
            best_effort=True,
            measured=(Measure(ClockKind.RESOLUTION, "when done", "x-10"),),
        ),
    ),
    limits=(Limit(LimitKind.DEVICES, "x-11", 3),),
    charges=(Charge(ChargeKind.USER_TIERS, "x-12", 10, 10_000, 100), Charge(ChargeKind.EXTRA_DEVICES, "x-13")),
    uptime=Uptime("x-14", 99_999),
    duties=(Duty("x-15", "You answer."),),
    terms=(Term("x-16", "English counts."),),
)


def test_a_plan_is_told_in_sections_with_the_clause_of_each_line() -> None:
    told = [(section.title, line.text, line.clause) for section in sections(PLAN) for line in section.lines]
    assert told == [
        ("People", "Account Manager, for the first 90 days", "x-1"),
        ("People", "Customer Success Manager of your own, your main contact, for the whole term", "x-2"),
        ("Hours", "Up to 2 h of training and advice, within the first 90 days", "x-3"),
        ("Meetings", "Kick-off, up to 1 h, within the first 14 days", "x-5"),
        ("Meetings", "Training, up to 1 h 30 min, within the first 30 days", "x-6"),
        ("Meetings", "Party, up to 1 h, within the first 40 days; draws on no hours", "x-7"),
        (
            "Check-ups and reports",
            f"Check, 12 times, every month, 45 min, with the {Role.CSM.title}; a Customer Success Engineer may join",
            "x-4",
        ),
        ("Support levels", "High: answer 30 min, news every 1 h, fix when done (best effort). It matters", "x-9"),
        ("Escalation", "At 75 % of a target: mail to whoever the ticket is assigned to, else the main contact", ""),
        ("Escalation", "When a target is due: mail to whoever the ticket is assigned to, else the main contact", ""),
        (
            "Opening hours",
            "Desk (APAC): Mon-Fri 08:00-18:00, your time zone, closed on public holidays",
            "x-8",
        ),
        ("Always included", "Platform available 99.999 % of the time (reported, not enforced)", "x-14"),
        ("Limits", "3 devices, and no more", "x-11"),
        (
            "Charges",
            "Each month the base price and 100.00 USD for each begun 10 users; from 100 users on as agreed",
            "x-12",
        ),
        ("Charges", "Further devices each month at the price that the order states", "x-13"),
        ("Notices", "The first 90 days: hours still unused are told on days 60, 75 and 85", "x-3"),
        ("Notices", "Renewal notice 90, 60 and 30 days before the end of the term", ""),
        ("Your duties", "You answer.", "x-15"),
        ("Terms", "English counts.", "x-16"),
    ]


def test_what_is_held_leaves_out_what_the_customer_owes() -> None:
    assert holdings(PLAN)[0] == "Account Manager, for the first 90 days"
    assert holdings(PLAN)[-1] == "Further devices each month at the price that the order states"
    assert len(holdings(PLAN)) == 13
    assert duties(PLAN) == ("You answer.",)


def test_a_ladder_says_when_and_whom_and_names_the_rotation_that_is_on_call() -> None:
    ladder = (
        LadderStep(Who(WhoKind.ON_CALL, "first-line"), 50, clocks=(ClockKind.RESPONSE,), levels=("high",)),
        LadderStep(Who(WhoKind.ROLE, "csm"), 0, clocks=(ClockKind.UPDATE, ClockKind.RESOLUTION)),
        LadderStep(Who(WhoKind.PERSON, "boss@x.example"), overrun_seconds=5400),
    )
    told = {section.title: [line.text for line in section.lines] for section in sections(replace(PLAN, ladder=ladder))}
    assert told["Escalation"] == [
        "At 50 % of the answer target (High): mail to whoever is on call in the rotation first-line",
        "As soon as the news or fix clock runs: mail to the Customer Success Manager",
        "1 h 30 min after a target is due: mail to boss@x.example",
    ]
    assert "Escalation" not in {section.title for section in sections(replace(PLAN, levels=()))}


def noticed(plan: Plan) -> list[str]:
    return [line.text for section in sections(plan) if section.title == "Notices" for line in section.lines]


def test_the_notices_are_those_that_the_plan_states() -> None:
    once = replace(PLAN, windows=(Window("early", "Early days", 1, 30, (20, 45)),), notice=Notice((14,)))
    assert noticed(once) == [
        "Early days: hours still unused are told on day 20",
        "Renewal notice 14 days before the end of the term",
    ]
    assert noticed(replace(once, hours=None, notice=Notice(()))) == []


def test_listed_meetings_beyond_the_hours_are_told_and_those_that_draw_on_none_do_not_count() -> None:
    (told,) = notices(replace(PLAN, charges=()), 12)
    assert told == (
        "The 2 listed meetings take 2 h 30 min, and the package holds 2 h: "
        "30 min more need your approval before they are booked (x-3, A2)"
    )
    assert notices(replace(PLAN, charges=(), hours=HoursGrant(150, "x-3")), 12) == ()


@pytest.mark.parametrize("months", [6, 24])
def test_a_count_in_a_term_of_other_than_twelve_months_is_told(months: int) -> None:
    plan = replace(PLAN, charges=(), hours=None)
    assert notices(plan, months) == (
        f"Check: 12 are promised in all, every month; the term has {months} months, not 12 (x-4, A3)",
    )
    assert notices(replace(plan, readings=Readings(touchpoint_count_is_per_year=True)), months) == ()


def test_prices_and_cadences_that_the_order_decides_are_told() -> None:
    calls = replace(CHECK, title="Call", count=None, cadence=Cadence.BIWEEKLY, cadence_choices=(Cadence.WEEKLY,))
    assert notices(replace(PLAN, hours=None, touchpoints=(calls,)), 12) == (
        "Call: every two weeks, unless the order says every week (x-4, A9)",
        "The order states the monthly base price of the users (x-12, A10)",
        "The order states the price of a further device; without it none can be added (x-13)",
    )


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(0, "0 min"), (45, "45 min"), (60, "1 h"), (90, "1 h 30 min"), (240, "4 h"), (-75, "-1 h 15 min")],
)
def test_minutes_are_said_in_hours_and_minutes(minutes: int, text: str) -> None:
    assert minutes_text(minutes) == text


def test_opening_hours_are_said_by_runs_of_equal_days() -> None:
    assert hours_text(ALWAYS_OPEN) == "at all hours of all days"
    assert (
        hours_text(weekly({"mon-thu": "00:00-24:00", "fri": "00:00-20:00"})) == "Mon-Thu 00:00-24:00, Fri 00:00-20:00"
    )
    lunch = weekly({"mon": ["09:00-12:00", "13:00-17:00"], "wed": "22:00-06:00"})
    assert hours_text(lunch) == "Mon 09:00-12:00 and 13:00-17:00, Wed 22:00-06:00"


def test_words_are_joined_as_in_a_sentence() -> None:
    assert [joined(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [(10_000, "USD", "100.00 USD"), (1_500, "JPY", "1500 JPY"), (7_125, "KWD", "7.125 KWD"), (-5, "EUR", "-0.05 EUR")],
)
def test_money_is_said_with_the_decimals_of_its_currency(minor: int, currency: str, text: str) -> None:
    assert amount_text(minor, currency) == text
