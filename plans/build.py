"""A checked package becomes a `Plan`."""

from collections.abc import Iterator
from decimal import Decimal

from domain.money import currency_decimals
from domain.plan import (
    Channel,
    Charge,
    Clause,
    ClockKind,
    Closing,
    CoverageRule,
    Duty,
    HoursGrant,
    LadderStep,
    Level,
    Limit,
    Measure,
    Notice,
    OnboardingMeeting,
    Plan,
    Readings,
    RoleGrant,
    Service,
    Target,
    Term,
    Touchpoint,
    Uptime,
    Vendor,
    Who,
    WhoKind,
    Window,
)
from domain.support import DEFAULT_LADDER
from plans import schema as s
from plans.completeness import belongs_to
from plans.package import Package, clocks
from plans.references import CALENDAR, service_day_minutes
from plans.units import Length, parse_money


def build(file: s.VendorFile, package: Package) -> Plan:
    """The plan of a package in which no check found a mistake. ValueError for an amount with too many
    decimals.
    """
    section, whole = package.section, package.whole
    texts = {clause: item.text for clause, item in file.clauses.items()}
    return Plan(
        id=f"{file.vendor.id}/{package.key}",
        version=section.version,
        name=section.name,
        summary=section.summary,
        vendor=vendor(file.vendor),
        clauses=tuple(
            Clause(key, item.text, item.reads) for key, item in file.clauses.items() if belongs_to(item, package.key)
        ),
        roles=tuple(
            RoleGrant(item.role, item.clause, item.dedicated, item.main_contact, item.window) for item in whole.roles
        ),
        windows=tuple(
            Window(item.key, item.title, item.first_day, item.last_day, item.warning_days) for item in whole.windows
        ),
        hours=_hours(whole.hours) if whole.hours else None,
        meetings=tuple(_meeting(item, package) for item in whole.meetings),
        touchpoints=tuple(_touchpoint(item, package) for item in whole.touchpoints),
        coverage=tuple(
            CoverageRule(item.key, item.clause, item.hours.weekly, item.zone, item.region, not item.open_on_holidays)
            for item in whole.coverage
        ),
        levels=tuple(_level(item, package) for item in whole.levels),
        ladder=tuple(_ladder_step(item) for item in whole.ladder) or DEFAULT_LADDER,
        channels=tuple(Channel(item.name, item.clause, item.only_if_down) for item in whole.channels),
        limits=tuple(_limit(item) for item in whole.limits),
        charges=tuple(_charge(item, file.vendor.currency) for item in whole.charges),
        uptime=_uptime(whole.uptime),
        closing=Closing(whole.closing.clause, whole.closing.asked_of) if whole.closing else None,
        services=tuple(Service(item.clause, item.title, item.monitoring) for item in whole.services),
        duties=tuple(Duty(clause, texts[clause]) for clause in whole.duties),
        terms=tuple(Term(clause, texts[clause]) for clause in whole.terms),
        notice=Notice(whole.notice.renewal_days) if whole.notice else Notice(),
        readings=_readings(package),
    )


def vendor(section: s.VendorSection) -> Vendor:
    """The vendor of a file."""
    return Vendor(section.id, section.name, section.currency, section.language, section.controlling_language)


def _uptime(item: s.UptimeSection | None) -> Uptime | None:
    return None if item is None else Uptime(item.clause, item.percent, item.enforced)


def _hours(item: s.HoursSection) -> HoursGrant:
    return HoursGrant(item.amount, item.clause, item.window, item.role)


def _meeting(item: s.MeetingSection, package: Package) -> OnboardingMeeting:
    return OnboardingMeeting(
        key=item.key,
        title=item.title,
        minutes=item.length,
        clause=item.clause,
        roles=item.roles or package.host,
        purpose=item.purpose,
        within_days=item.within_days,
        after=item.after,
        debits_hours=item.debits_hours,
    )


def _touchpoint(item: s.TouchpointSection, package: Package) -> Touchpoint:
    follows_calendar = item.cadence in CALENDAR
    return Touchpoint(
        key=item.key,
        kind=item.kind,
        title=item.title,
        clause=item.clause,
        cadence=item.cadence,
        purpose=item.purpose,
        count=item.count,
        minutes=item.length or 0,
        roles=item.roles or package.host,
        lead_days=item.lead_days,
        due_business_day=(item.due_business_day or 5) if follows_calendar else None,  # A15
        cadence_choices=item.cadence_choices,
        debits_hours=item.debits_hours,
        expenses_paid_by=item.expenses_paid_by,
        onsite=item.onsite,
        may_join=item.may_join,
    )


def _level(item: s.LevelSection, package: Package) -> Level:
    rules = [rule for rule in package.whole.coverage if rule.key == item.coverage]
    return Level(
        key=item.key,
        name=item.name,
        description=item.means,
        clause=item.clause,
        coverage=item.coverage,
        targets=tuple(_targets(item, service_day_minutes(rules))),
        best_effort=item.best_effort,
        measured=tuple(
            Measure(ClockKind(kind), clock.measured, clock.clause or item.clause)
            for kind, clock in clocks(item).items()
            if clock.measured is not None
        ),
        major_incident=item.major_incident,
    )


def _ladder_step(item: s.LadderSection) -> LadderStep:
    overrun = None if item.overrun is None else item.overrun * 60
    return LadderStep(_who(item.tell), item.percent, overrun, item.by, item.clocks, item.levels)


def _who(tell: s.TellSection) -> Who:
    if tell.role is not None:
        return Who(WhoKind.ROLE, tell.role)
    if tell.person is not None:
        return Who(WhoKind.PERSON, tell.person)
    return Who(WhoKind.OWNER) if tell.on_call is None else Who(WhoKind.ON_CALL, tell.on_call)


def _targets(item: s.LevelSection, day_minutes: int | None) -> Iterator[Target]:
    for kind, clock in clocks(item).items():
        if clock.within is not None:
            text = f"{clock.within} by the wall clock" if clock.wall else str(clock.within)
            seconds = _minutes(clock.within, day_minutes) * 60
            yield Target(ClockKind(kind), seconds, text, clock.clause or item.clause, clock.wall)


def _minutes(length: Length, day_minutes: int | None) -> int:
    if not length.service_days:
        return length.minutes
    assert day_minutes is not None, "references refuse service days where a day has no known length"
    return length.service_days * day_minutes


def _limit(item: s.LimitSection) -> Limit:
    return Limit(
        kind=item.kind,
        clause=item.clause,
        amount=item.amount,
        extensible=item.extensible,
        fields=item.fields,
        optional_fields=item.optional_fields,
        counted_from=item.counted_from,
    )


def _charge(item: s.ChargeSection, currency: str) -> Charge:
    return Charge(
        kind=item.kind,
        clause=item.clause,
        step=item.step,
        step_amount=None if item.step_amount is None else minor_units(item.step_amount, currency),
        custom_from=item.custom_from,
        rounding_minutes=item.rounding,
    )


def minor_units(amount: Decimal, currency: str) -> int:
    """An amount of the file in minor units of the vendor's currency. ValueError where it has too many
    decimals.
    """
    return parse_money(amount, currency_decimals(currency))


def _readings(package: Package) -> Readings:
    stated = package.whole.readings or s.ReadingsSection()
    fix_targets = any(level.resolution and level.resolution.within for level in package.whole.levels)
    return Readings(**stated.model_dump(), fix_targets_imported=fix_targets)
