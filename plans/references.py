"""What must hold between the parts of a package, beyond the form of each: references, order, and lengths."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from domain.plan import Cadence, ChargeKind, LimitKind, TouchpointKind
from plans.package import Package, clocks
from plans.problems import ABSENT, Place, Problem
from plans.schema import CoverageSection, LevelSection, Section, TouchpointSection

CALENDAR = (Cadence.CALENDAR_MONTH, Cadence.CALENDAR_QUARTER)
COUNTED = (LimitKind.DEVICES, LimitKind.DESIGNATED_USERS, LimitKind.RETURN_DAYS)


def check_references(package: Package) -> Iterator[Problem]:
    """Every mistake among the parts of one package. Clause ids are checked by `plans.completeness`."""
    for rule in _RULES:
        yield from rule(package)


def _names_are_unique(package: Package) -> Iterator[Problem]:
    whole = package.whole
    yield from _unique(whole.roles, "role", lambda role: role.role)
    yield from _unique(whole.windows, "key", lambda window: window.key)
    yield from _unique((*whole.meetings, *whole.touchpoints), "key", lambda item: item.key)
    yield from _unique(whole.coverage, "key", lambda rule: (rule.key, rule.region))
    yield from _unique(whole.levels, "key", lambda level: level.key)
    yield from _unique(whole.channels, "name", lambda channel: channel.name)
    yield from _unique(whole.limits, "kind", lambda limit: limit.kind)
    yield from _unique(whole.charges, "kind", lambda charge: charge.kind)
    for extra in [role for role in whole.roles if role.main_contact][1:]:
        yield extra.place("main_contact").at("expected one main contact, and another role is it already")


def _windows(package: Package) -> Iterator[Problem]:
    whole = package.whole
    known = [window.key for window in whole.windows]
    for item in (*whole.roles, *((whole.hours,) if whole.hours else ())):
        if item.window is not None and item.window not in known:
            yield _unknown(item.place("window"), "a window of this package", known, item.window)
    granted = [role.role.value for role in whole.roles]
    if whole.hours and whole.hours.role and whole.hours.role.value not in granted:
        yield _unknown(whole.hours.place("role"), "a role of this package", granted, whole.hours.role.value)
    for window in whole.windows:
        last = window.last_day or 3660
        if last < window.first_day:
            yield window.place("last_day").at(f"expected {window.first_day} (first_day) or later, got {last}")
        for number, day in enumerate(window.warning_days):
            if not window.first_day <= day <= last:
                place = window.place("warning_days", number)
                yield place.at(f"expected a day of the window, {window.first_day} to {last}, got {day}")


def _meetings(package: Package) -> Iterator[Problem]:
    whole = package.whole
    closing = {window.key: window.last_day for window in whole.windows}
    last = closing.get(whole.hours.window or "") if whole.hours else None
    before: list[str] = []
    for meeting in whole.meetings:
        if meeting.after is not None and meeting.after not in before:
            yield _unknown(meeting.place("after"), "a meeting listed before this one", before, meeting.after)
        if not (meeting.roles or package.host):
            yield meeting.place().at("expected roles here, since the package grants no role that could host", "roles")
        if last is not None and meeting.debits_hours and meeting.within_days > last:
            yield meeting.place("within_days").at(f"expected at most {last}, the last day of the hours it draws on")
        before.append(meeting.key)


def _touchpoints(package: Package) -> Iterator[Problem]:
    for touchpoint in package.whole.touchpoints:
        yield from _touchpoint(touchpoint, bool(touchpoint.roles or package.host))


def _touchpoint(touchpoint: TouchpointSection, hosted: bool) -> Iterator[Problem]:
    is_report = touchpoint.kind is TouchpointKind.REPORT
    if is_report and touchpoint.length is not None:
        yield touchpoint.place("length").at("expected no length: a report is not a meeting")
    if not is_report and touchpoint.length is None:
        yield touchpoint.place().at("expected length, which a meeting must state, such as length: 45m (A4)", ABSENT)
    if not hosted:
        yield touchpoint.place().at("expected roles here, since the package grants no role that could host", "roles")
    if touchpoint.due_business_day is not None and touchpoint.cadence not in CALENDAR:
        yield touchpoint.place("due_business_day").at("expected only with calendar-month or calendar-quarter (A15)")
    for number, role in enumerate(touchpoint.may_join):
        if role in touchpoint.roles:
            yield touchpoint.place("may_join", number).at(f"expected another role than {role}, which roles names")


def _coverage(package: Package) -> Iterator[Problem]:
    regional = {rule.key for rule in package.whole.coverage if rule.region is not None}
    for rule in package.whole.coverage:
        if rule.region is None and rule.key in regional:
            yield rule.place().at(f"expected a region, as in the other rules of coverage {rule.key!r}")


def _levels(package: Package) -> Iterator[Problem]:
    rules = package.whole.coverage
    known = dict.fromkeys(rule.key for rule in rules)
    for level in package.whole.levels:
        if level.coverage not in known:
            yield _unknown(level.place("coverage"), "a coverage of this package", known, level.coverage)
        if not clocks(level):
            yield level.place().at(
                "expected a target (response, update or resolution), such as response: 4h, or one of the words "
                "when done, best effort, measured",
                ABSENT,
            )
        yield from _service_days(level, [rule for rule in rules if rule.key == level.coverage])


def _ladder(package: Package) -> Iterator[Problem]:
    keys = [level.key for level in package.whole.levels]
    granted = [role.role for role in package.whole.roles]
    for step in package.whole.ladder:
        for number, key in enumerate(step.levels):
            if key not in keys:
                yield _unknown(step.place("levels", number), "a level of this package", keys, key)
        if step.tell.role is not None and step.tell.role not in granted:
            yield _unknown(step.tell.place("role"), "a role of this package", granted, str(step.tell.role))


def _service_days(level: LevelSection, rules: list[CoverageSection]) -> Iterator[Problem]:
    for kind, clock in clocks(level).items():
        in_days = clock.within is not None and clock.within.service_days
        if in_days and rules and service_day_minutes(rules) is None:
            yield level.place(kind).at(
                f"expected hours, such as 48h: the days of coverage {level.coverage!r} have no one known length (A17)"
            )


def service_day_minutes(rules: Iterable[CoverageSection]) -> int | None:
    """The open minutes of one day of a coverage, None where its days differ or are the customer's own (A17)."""
    lengths: set[int] = set()
    for rule in rules:
        if rule.hours.weekly is None:
            return None
        lengths |= {sum(span.length_minutes for span in day) for day in rule.hours.weekly.days if day}
    return lengths.pop() if len(lengths) == 1 else None


def _channels(package: Package) -> Iterator[Problem]:
    names = [channel.name for channel in package.whole.channels]
    for channel in package.whole.channels:
        others = [name for name in names if name != channel.name]
        if channel.only_if_down is not None and channel.only_if_down not in others:
            yield _unknown(
                channel.place("only_if_down"), "another channel of this package", others, channel.only_if_down
            )


def _limits_and_charges(package: Package) -> Iterator[Problem]:
    for limit in package.whole.limits:
        if limit.kind is LimitKind.REPORT_FIELDS and not limit.fields:
            yield limit.place().at("expected fields, the details that a report must give", ABSENT)
        if limit.kind in COUNTED and limit.amount is None:
            yield limit.place().at(f"expected amount, the number of {limit.kind}", ABSENT)
    for charge in package.whole.charges:
        if charge.kind is ChargeKind.USER_TIERS and charge.step_amount is None:
            yield charge.place().at("expected step_amount, what each begun step costs, such as 100.00 (A10)", ABSENT)


_RULES: tuple[Callable[[Package], Iterator[Problem]], ...] = (
    _names_are_unique,
    _windows,
    _meetings,
    _touchpoints,
    _coverage,
    _levels,
    _ladder,
    _channels,
    _limits_and_charges,
)


def _unique(items: Iterable[Any], key: str, name: Callable[[Any], object]) -> Iterator[Problem]:
    first: dict[object, Place] = {}
    for item in items:
        section: Section = item
        named, place = name(item), section.place(key)
        if named in first:
            shown = " in region ".join(str(part) for part in named if part) if isinstance(named, tuple) else named
            yield place.at(f"expected another {key} than {shown}, which line {first[named].line} has")
        else:
            first[named] = place


def _unknown(place: Place, what: str, known: Iterable[str], got: str) -> Problem:
    names = ", ".join(known)
    return place.at(f"expected {what} ({names or 'there is none'}), got {got!r}", got)
