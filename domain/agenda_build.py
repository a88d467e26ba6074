"""From a plan and a contract to an agenda. Pure, but it reads zone data: an activity calls it, never a
workflow.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from domain.agenda import Agenda, AgendaItem, ItemKind, TermWindow, in_order
from domain.contract import Contract
from domain.plan import Cadence, ChargeKind, Touchpoint, Window
from domain.terms import TermSpan
from domain.touchpoints import MONTHS, limit, touchpoint_items
from domain.workdays import Workdays, workdays

MONTHLY_CHARGES = (ChargeKind.USER_TIERS, ChargeKind.EXTRA_DEVICES)


class AgendaError(ValueError):
    """A plan and a contract that do not fit together."""


def build_agenda(
    contract: Contract,
    holidays: tuple[date, ...],
    *,
    term_number: int = 1,
    months_before: int | None = None,
    flags: tuple[str, ...] = (),
) -> Agenda:
    """Everything that the contract does in one term, dated.

    ``holidays``: the customer's, for the term and the month after it. ``term_number``: 1, then one more with
    each renewal; from the second on keys begin with ``t2-``. The first term alone has the onboarding meetings
    and the windows that close on a day, since they count from the contract's start (A1). ``months_before``:
    how long the earlier terms were together, if not as long as this one each. ``flags``: what else is to be
    told at signing.

    Raises AgendaError when two items would share a key or the order names a cadence that the plan does not
    offer, TermError for a bad zone or length, NoWorkdayError when nothing could ever be scheduled.
    """
    if term_number < 1:
        raise AgendaError(f"terms are counted from 1, not from {term_number}")
    earlier_months = contract.term_months * (term_number - 1) if months_before is None else months_before
    term = TermSpan(contract.starts_on, contract.term_months, contract.zone, earlier_months)
    days = workdays(contract.business_hours, holidays)
    prefix = f"t{term_number}-" if term_number > 1 else ""
    windows = tuple(w for w in contract.plan.windows if term_number == 1 or w.last_day is None)
    items = [
        *(_onboarding(contract, term, days) if term_number == 1 else ()),
        *_touchpoints(contract, term, days, prefix),
        *(item for window in windows for item in _window_items(contract, window, term, prefix)),
        *_charges(contract, term, prefix),
        *_renewal_notices(contract, term, prefix),
        _end(contract, term, prefix),
    ]
    _refuse_shared_keys(contract, items)
    return Agenda(
        starts=term.starts,
        ends=term.ends,
        last_day=term.last_day,
        items=in_order(items),
        windows=tuple(_term_window(window, term) for window in windows if _opens_on(window, term) <= term.last_day),
        flags=(*flags, *_own_flags(contract, windows, items, term)),
    )


def _onboarding(contract: Contract, term: TermSpan, days: Workdays) -> Iterator[AgendaItem]:
    """All from day 1 on, since each waits for the one that it names; each until its own last day."""
    for meeting in contract.plan.meetings:
        last = term.clamp(term.day(meeting.within_days))
        yield AgendaItem(
            key=meeting.key,
            kind=ItemKind.ONBOARDING,
            title=meeting.title,
            clause=meeting.clause,
            at=term.acting(term.first_day),
            due=term.closing(last),
            day=days.near(last, last, last) or days.earlier(last, 1, term.first_day),
            plan_key=meeting.key,
            earliest=term.starts,
            latest=term.closing(last),
            after=meeting.after,
        )


def _touchpoints(contract: Contract, term: TermSpan, days: Workdays, prefix: str) -> Iterator[AgendaItem]:
    per_year = contract.plan.readings.touchpoint_count_is_per_year
    for touchpoint in contract.plan.touchpoints:
        yield from touchpoint_items(touchpoint, _cadence(contract, touchpoint), per_year, term, days, prefix)


def _cadence(contract: Contract, touchpoint: Touchpoint) -> Cadence:
    """What the order says, else the plan (A9)."""
    chosen = dict(contract.cadences).get(touchpoint.key, touchpoint.cadence)
    if chosen != touchpoint.cadence and chosen not in touchpoint.cadence_choices:
        offered = ", ".join((touchpoint.cadence, *touchpoint.cadence_choices))
        raise AgendaError(f"{contract.plan.id}: {touchpoint.key} cannot be {chosen}; the plan offers {offered}")
    return chosen


def _opens_on(window: Window, term: TermSpan) -> date:
    # In a later term a window without an end has been open all along.
    return term.day(window.first_day) if term.months_before == 0 else term.first_day


def _closes_on(window: Window, term: TermSpan) -> date:
    return term.last_day if window.last_day is None else term.clamp(term.day(window.last_day))


def _term_window(window: Window, term: TermSpan) -> TermWindow:
    opens, last_day = _opens_on(window, term), _closes_on(window, term)
    return TermWindow(window.key, window.title, term.opening(opens), term.closing(last_day), last_day)


def _window_clause(contract: Contract, window: Window) -> str:
    """The clause whose grant the window bounds: hours before roles."""
    hours = contract.plan.hours
    if hours is not None and hours.window == window.key:
        return hours.clause
    return next((role.clause for role in contract.plan.roles if role.window == window.key), "")


def _window_items(contract: Contract, window: Window, term: TermSpan, prefix: str) -> Iterator[AgendaItem]:
    """The warnings at 09:00 of their days, and the end at 24:00 of the last day, to the second (A1)."""
    if _opens_on(window, term) > term.last_day:
        return
    clause, last_day = _window_clause(contract, window), _closes_on(window, term)
    for number in window.warning_days:
        day = term.day(number)
        if day <= last_day:
            yield AgendaItem(
                key=f"{prefix}{window.key}-day-{number}",
                kind=ItemKind.WINDOW_WARNING,
                title=f"{window.title}: unused hours on day {number}",
                clause=clause,
                at=term.acting(day),
                due=term.closing(day),
                day=day,
                plan_key=window.key,
                number=number,
            )
    yield AgendaItem(
        key=f"{prefix}{window.key}-end",
        kind=ItemKind.WINDOW_END,
        title=f"{window.title}: the end",
        clause=clause,
        at=term.closing(last_day),
        due=term.closing(last_day),
        day=last_day,
        plan_key=window.key,
    )


def _charges(contract: Contract, term: TermSpan, prefix: str) -> Iterator[AgendaItem]:
    """One item on the anchor day of each month, from day 1 on, for all that is billed by the month, in
    advance.
    """
    clause = next((c.clause for c in contract.plan.charges if c.kind in MONTHLY_CHARGES), None)
    if clause is None:
        return
    for month in range(term.months):
        day = term.month_start(month)
        yield AgendaItem(
            key=f"{prefix}charges-{day.isoformat()}",
            kind=ItemKind.CHARGES,
            title=f"Charges from {day.day} {MONTHS[day.month - 1]} {day.year}",
            clause=clause,
            at=term.acting(day),
            due=term.closing(day),
            day=day,
            number=month + 1,
        )


def _renewal_notices(contract: Contract, term: TermSpan, prefix: str) -> Iterator[AgendaItem]:
    """So many days before the last day, so that as many whole days remain; those before the start are
    dropped.
    """
    for number in contract.plan.notice.renewal_days:
        day = term.last_day - timedelta(days=number)
        if day >= term.first_day:
            yield AgendaItem(
                key=f"{prefix}renewal-{number}",
                kind=ItemKind.RENEWAL_NOTICE,
                title=f"Renewal notice, {number} days before the end",
                clause="",
                at=term.acting(day),
                due=term.closing(day),
                day=day,
                number=number,
            )


def _end(contract: Contract, term: TermSpan, prefix: str) -> AgendaItem:
    return AgendaItem(
        key=f"{prefix}end",
        kind=ItemKind.END,
        title=f"End of the term of {contract.plan.name}",
        clause="",
        at=term.ends,
        due=term.ends,
        day=term.last_day,
    )


def _refuse_shared_keys(contract: Contract, items: list[AgendaItem]) -> None:
    seen: set[str] = set()
    for item in items:
        if item.key in seen:
            raise AgendaError(f"{contract.plan.id}: two items of the agenda would have the key {item.key!r}")
        seen.add(item.key)


def _own_flags(
    contract: Contract, windows: tuple[Window, ...], items: list[AgendaItem], term: TermSpan
) -> Iterator[str]:
    """What only the dates show: a window or a count that the term is too short for."""
    for window in windows:
        if window.last_day is not None and term.day(window.last_day) > term.last_day:
            yield f"{window.title}: the term ends on {term.last_day}, before day {window.last_day}"
    for touchpoint in contract.plan.touchpoints:
        most = limit(touchpoint, contract.plan.readings.touchpoint_count_is_per_year, term)
        fitting = sum(item.plan_key == touchpoint.key for item in items)
        if most is not None and fitting < most:
            yield f"{touchpoint.title}: {fitting} of {most} fit into a term of {term.months} months"
        elif not fitting:
            yield f"{touchpoint.title}: a term of {term.months} months is too short for any"
