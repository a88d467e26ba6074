"""A plan as a customer would read it: what it holds, what it asks of the customer, what to know before signing.

Pure; English; without dates, since a plan has none. `sections` is the whole plan with its clause ids, `holdings`
and `duties` are what the welcome mail says, `notices` what is told at signing.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from domain.hours import overrun_of_listed_meetings
from domain.money import amount_text
from domain.plan import (
    Charge,
    ChargeKind,
    CoverageRule,
    Level,
    Limit,
    LimitKind,
    OnboardingMeeting,
    Plan,
    RoleGrant,
    Touchpoint,
    Window,
)
from domain.wording import CLOCK_WORDS, cadence_text, clock_text, hours_text, joined, ladder_text, minutes_text

__all__ = ["Line", "Section", "duties", "holdings", "minutes_text", "notices", "sections"]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that a plan says, and the clause that says it ("" where Pledge does it of itself)."""

    text: str
    clause: str


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under one heading."""

    title: str
    lines: tuple[Line, ...]


def holdings(plan: Plan) -> tuple[str, ...]:
    """What the package holds, one line each: all sections up to the charges, without clause ids."""
    return tuple(line.text for section in sections(plan) if section.title not in _NOT_HELD for line in section.lines)


def duties(plan: Plan) -> tuple[str, ...]:
    """What the customer has undertaken to do, one line each."""
    return tuple(duty.text for duty in plan.duties)


def sections(plan: Plan) -> tuple[Section, ...]:
    """The whole plan under its headings; a heading without a line is left out."""
    made = (Section(title, tuple(lines(plan))) for title, lines in _SECTIONS)
    return tuple(section for section in made if section.lines)


def notices(plan: Plan, term_months: int) -> tuple[str, ...]:
    """What both sides should know before they sign this plan for this term: nothing of it forbids the signature.

    Listed meetings beyond the hours (A2), counts in a term other than 12 months (A3), cadences that the order may
    choose (A9), and prices that the order has to state.
    """
    return (*_overrun(plan), *_counts(plan, term_months), *_choices(plan), *_prices(plan))


def _people(plan: Plan) -> Iterator[Line]:
    for role in plan.roles:
        yield Line(_role_text(plan, role), role.clause)


def _role_text(plan: Plan, role: RoleGrant) -> str:
    """``Customer Success Manager of your own, your main contact, for the whole term``."""
    window = plan.window(role.window)
    own = " of your own" if role.dedicated else ""
    main = ", your main contact" if role.main_contact else ""
    return f"{role.role.title}{own}{main}, {_span_text(window)}"


def _span_text(window: Window | None, word: str = "for") -> str:
    if window is None or (window.last_day is None and window.first_day == 1):
        return f"{word} the whole term"
    if window.last_day is None:
        return f"from day {window.first_day} on"
    if window.first_day == 1:
        return f"{word} the first {window.last_day} days"
    return f"from day {window.first_day} to day {window.last_day}"


def _hours(plan: Plan) -> Iterator[Line]:
    if plan.hours is not None:
        span = _span_text(plan.window(plan.hours.window), "within")
        yield Line(f"Up to {minutes_text(plan.hours.minutes)} of training and advice, {span}", plan.hours.clause)


def _meetings(plan: Plan) -> Iterator[Line]:
    for meeting in plan.meetings:
        yield Line(_meeting_text(meeting), meeting.clause)


def _meeting_text(meeting: OnboardingMeeting) -> str:
    drawn = "" if meeting.debits_hours else "; draws on no hours"
    length = minutes_text(meeting.minutes)
    return f"{meeting.title}, up to {length}, within the first {meeting.within_days} days{drawn}"


def _checkups(plan: Plan) -> Iterator[Line]:
    for touchpoint in plan.touchpoints:
        yield Line(_touchpoint_text(touchpoint), touchpoint.clause)


def _touchpoint_text(touchpoint: Touchpoint) -> str:
    """``Project Health Check, 4 times, every quarter, 45 min, with a Customer Success Manager; … may join``."""
    parts = [touchpoint.title]
    if touchpoint.count is not None:
        parts.append(f"{touchpoint.count} times")
    choices = [cadence_text(cadence) for cadence in touchpoint.cadence_choices]
    parts.append(cadence_text(touchpoint.cadence) + (f" (or {joined(choices, 'or')})" if choices else ""))
    if touchpoint.minutes:
        parts.append(minutes_text(touchpoint.minutes))
    if touchpoint.due_business_day is not None:
        parts.append(f"by business day {touchpoint.due_business_day} after it")
    if touchpoint.onsite:
        parts.append("at your premises")
    if touchpoint.expenses_paid_by is not None:
        payer = "you" if touchpoint.expenses_paid_by == "customer" else "the vendor"
        parts.append(f"travel paid by {payer}")
    if touchpoint.roles and touchpoint.minutes:
        parts.append(f"with the {joined([role.title for role in touchpoint.roles])}")
    may_join = joined([role.title for role in touchpoint.may_join], "or")
    return ", ".join(parts) + (f"; a {may_join} may join" if may_join else "")


def _levels(plan: Plan) -> Iterator[Line]:
    for level in plan.levels:
        yield Line(_level_text(level), level.clause)


def _level_text(level: Level) -> str:
    """``Severity 1: answer 30 min (best effort). A mission-critical …``."""
    said = [(word, clock_text(level, clock)) for clock, word in CLOCK_WORDS.items()]
    stated = ", ".join(f"{word} {text}" for word, text in said if text)
    effort = " (best effort)" if level.best_effort and level.targets else ""
    return f"{level.name}: {stated}{effort}. {level.description}"


def _ladder(plan: Plan) -> Iterator[Line]:
    if plan.levels:
        yield from (Line(ladder_text(plan, step), "") for step in plan.ladder)


def _opening(plan: Plan) -> Iterator[Line]:
    for rule in plan.coverage:
        yield Line(_coverage_text(rule), rule.clause)


def _coverage_text(rule: CoverageRule) -> str:
    hours = "your regular business hours" if rule.hours is None else hours_text(rule.hours)
    region = f" ({rule.region.upper()})" if rule.region else ""
    zone = f", {rule.zone} time" if rule.zone else ", your time zone"
    if rule.hours is None or hours.startswith("at all hours"):
        zone = ""
    holidays = "closed on public holidays" if rule.observes_holidays else "public holidays included"
    return f"{_sentence(rule.key.replace('-', ' '))}{region}: {hours}{zone}, {holidays}"


def _channels(plan: Plan) -> Iterator[Line]:
    for channel in plan.channels:
        down = f", when {channel.only_if_down} is down" if channel.only_if_down else ""
        yield Line(f"{_sentence(channel.name)}{down}", channel.clause)


def _services(plan: Plan) -> Iterator[Line]:
    for service in plan.services:
        yield Line(service.title, service.clause)
    if plan.closing is not None:
        yield Line(f"A ticket is closed only when {plan.closing.asked_of} agrees", plan.closing.clause)
    if plan.uptime is not None:
        percent = f"{plan.uptime.parts_per_100_000 // 1000}.{plan.uptime.parts_per_100_000 % 1000:03}"
        promise = "enforced" if plan.uptime.enforced else "reported, not enforced"
        yield Line(f"Platform available {percent} % of the time ({promise})", plan.uptime.clause)


def _limits(plan: Plan) -> Iterator[Line]:
    for limit in plan.limits:
        yield Line(_LIMIT_TEXTS[limit.kind](limit), limit.clause)


_LIMIT_TEXTS: dict[LimitKind, Callable[[Limit], str]] = {
    LimitKind.DEVICES: lambda limit: f"{limit.amount} devices" + ("" if limit.extensible else ", and no more"),
    LimitKind.DESIGNATED_USERS: lambda limit: f"Up to {limit.amount} designated users",
    LimitKind.REPRESENTATIVES: lambda limit: f"Authorized Representatives, named for {limit.counted_from or 'you'}",
    LimitKind.RETURN_DAYS: lambda limit: f"Returns and exchanges within {limit.amount} days of {limit.counted_from}",
    LimitKind.REPORT_FIELDS: lambda limit: (
        f"A report gives {joined(limit.fields)}"
        + (f", and where asked {joined(limit.optional_fields)}" if limit.optional_fields else "")
    ),
}


def _charges(plan: Plan) -> Iterator[Line]:
    for charge in plan.charges:
        yield Line(_CHARGE_TEXTS[charge.kind](plan, charge), charge.clause)


def _tiers_text(plan: Plan, charge: Charge) -> str:
    step = amount_text(charge.step_amount or 0, plan.vendor.currency)
    custom = f"; from {charge.custom_from} users on as agreed" if charge.custom_from else ""
    return f"Each month the base price and {step} for each begun {charge.step} users{custom}"


def _devices_text(plan: Plan, charge: Charge) -> str:
    if charge.step_amount is None:
        return "Further devices each month at the price that the order states"
    return f"Further devices at {amount_text(charge.step_amount, plan.vendor.currency)} each a month"


def _overage_text(_plan: Plan, charge: Charge) -> str:
    return f"Further hours at the rate of the day they are delivered, in steps of {charge.rounding_minutes} min"


_CHARGE_TEXTS: dict[ChargeKind, Callable[[Plan, Charge], str]] = {
    ChargeKind.USER_TIERS: _tiers_text,
    ChargeKind.EXTRA_DEVICES: _devices_text,
    ChargeKind.OVERAGE_HOURS: _overage_text,
}


def _notices(plan: Plan) -> Iterator[Line]:
    """What Pledge sends of itself ahead of an end: unused hours on days of a window (A1), and the renewal."""
    for window in plan.windows:
        days = [str(day) for day in window.warning_days if window.last_day is None or day <= window.last_day]
        if plan.hours is not None and plan.hours.window == window.key and days:
            when = f"on day {days[0]}" if len(days) == 1 else f"on days {joined(days)}"
            yield Line(f"{window.title}: hours still unused are told {when}", plan.hours.clause)
    if plan.notice.renewal_days:
        before = joined([str(days) for days in plan.notice.renewal_days])
        yield Line(f"Renewal notice {before} days before the end of the term", "")


_NOT_HELD = ("Escalation", "Notices", "Your duties", "Terms")
_SECTIONS: tuple[tuple[str, Callable[[Plan], Iterable[Line]]], ...] = (
    ("People", _people),
    ("Hours", _hours),
    ("Meetings", _meetings),
    ("Check-ups and reports", _checkups),
    ("Support levels", _levels),
    ("Escalation", _ladder),
    ("Opening hours", _opening),
    ("Ways in", _channels),
    ("Always included", _services),
    ("Limits", _limits),
    ("Charges", _charges),
    ("Notices", _notices),
    ("Your duties", lambda plan: (Line(duty.text, duty.clause) for duty in plan.duties)),
    ("Terms", lambda plan: (Line(term.text, term.clause) for term in plan.terms)),
)


def _overrun(plan: Plan) -> Iterator[str]:
    over = overrun_of_listed_meetings(plan)
    if plan.hours is not None and over:
        listed = [meeting for meeting in plan.meetings if meeting.debits_hours]
        total, held = sum(meeting.minutes for meeting in listed), plan.hours.minutes
        yield (
            f"The {len(listed)} listed meetings take {minutes_text(total)}, and the package holds "
            f"{minutes_text(held)}: {minutes_text(over)} more need your approval before they are booked "
            f"({plan.hours.clause}, A2)"
        )


def _counts(plan: Plan, term_months: int) -> Iterator[str]:
    if term_months == 12 or plan.readings.touchpoint_count_is_per_year:
        return
    for touchpoint in plan.touchpoints:
        if touchpoint.count is not None:
            yield (
                f"{touchpoint.title}: {touchpoint.count} are promised in all, {cadence_text(touchpoint.cadence)}; "
                f"the term has {term_months} months, not 12 ({touchpoint.clause}, A3)"
            )


def _choices(plan: Plan) -> Iterator[str]:
    for touchpoint in plan.touchpoints:
        if touchpoint.cadence_choices:
            choices = joined([cadence_text(cadence) for cadence in touchpoint.cadence_choices], "or")
            usual = cadence_text(touchpoint.cadence)
            yield f"{touchpoint.title}: {usual}, unless the order says {choices} ({touchpoint.clause}, A9)"


def _prices(plan: Plan) -> Iterator[str]:
    for charge in plan.charges:
        if charge.kind is ChargeKind.EXTRA_DEVICES and charge.step_amount is None:
            yield f"The order states the price of a further device; without it none can be added ({charge.clause})"
        if charge.kind is ChargeKind.USER_TIERS:
            yield f"The order states the monthly base price of the users ({charge.clause}, A10)"


def _sentence(words: str) -> str:
    """Words as the start of a line."""
    return words[:1].upper() + words[1:]
