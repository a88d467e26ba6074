"""From an agenda item, or a request, to the meeting that is to be held. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta

from domain.agenda import AgendaItem, ItemKind
from domain.meeting import MeetingPlan
from domain.plan import OnboardingMeeting, Role, Touchpoint
from workflows.contract_state import ContractState
from workflows.messages import RequestMeeting

ROOM_TO_BOOK = timedelta(days=3)
"""A slot needs room: where less is left of the planned days, the meeting may take any until the window closes."""

CONSULTATION = "consultation"


def meeting_of_item(state: ContractState, item: AgendaItem, now: datetime) -> MeetingPlan:
    """The onboarding meeting or touchpoint behind an agenda item. KeyError where the plan has none of that key."""
    source: OnboardingMeeting | Touchpoint
    if item.kind is ItemKind.ONBOARDING:
        source = next(m for m in state.contract.plan.meetings if m.key == item.plan_key)
    else:
        source = next(t for t in state.contract.plan.touchpoints if t.key == item.plan_key)
    touchpoint = source if isinstance(source, Touchpoint) else None
    latest = item.latest or item.due
    if latest - now < ROOM_TO_BOOK:
        latest = last_instant(state, source.debits_hours)
    plan = _meeting(state, item, now, source.minutes, source.purpose, source.roles)
    return replace(
        plan,
        latest=latest,
        debits_hours=source.debits_hours and state.ledger is not None,
        place=state.contract.address if touchpoint is not None and touchpoint.onsite else "",
        onsite=touchpoint is not None and touchpoint.onsite,
        preferred=item.preferred,
        expenses_paid_by=touchpoint.expenses_paid_by if touchpoint is not None else None,
        due=item.due if item.kind is ItemKind.ONBOARDING else None,
    )


def requested_item(state: ContractState, request: RequestMeeting, now: datetime) -> AgendaItem:
    """The agenda item of a meeting that somebody asked for: ``consultation-01`` and so on (oura-20)."""
    latest = request.latest or last_instant(state, debits_hours=True)
    return AgendaItem(
        key=f"{CONSULTATION}-{state.requested + 1:02d}",
        kind=ItemKind.REQUESTED,
        title=request.title,
        clause=hours_clause(state),
        at=now,
        due=latest,
        day=latest.date(),
        plan_key=CONSULTATION,
        earliest=request.earliest or now,
        latest=latest,
    )


def meeting_of_request(state: ContractState, item: AgendaItem, request: RequestMeeting, now: datetime) -> MeetingPlan:
    """The meeting itself: hosted by whose time the hours are, drawn from them where the plan has any."""
    plan = _meeting(state, item, now, request.minutes, request.purpose, (state.role_of_hours,))
    return replace(plan, debits_hours=state.ledger is not None, requested_by=request.by)


def meeting_asked_before(state: ContractState, item: AgendaItem, now: datetime) -> MeetingPlan:
    """A requested meeting that a suspension called off, for today's people. KeyError where nobody asked for it."""
    plan = state.request(item.key)
    if plan is None:
        raise KeyError(item.key)
    earliest, latest = max(plan.earliest, now), item.latest or plan.latest
    return with_people_of_today(state, replace(plan, earliest=earliest, latest=latest, roles=(state.role_of_hours,)))


def _meeting(
    state: ContractState, item: AgendaItem, now: datetime, minutes: int, purpose: str, roles: tuple[Role, ...]
) -> MeetingPlan:
    contract = state.contract
    return MeetingPlan(
        contract_id=contract.id,
        key=item.key,
        title=item.title,
        purpose=purpose,
        clause=item.clause,
        minutes=minutes,
        earliest=max(item.earliest or now, now),
        latest=item.latest or item.due,
        roles=roles or (contract.plan.main_role,),
        assigned=tuple((a.role, a.staff_id) for a in state.assignments),
        customer=(contract.primary_contact.person,),
        customer_name=contract.customer_name,
        vendor_id=contract.plan.vendor.id,
        vendor_name=contract.plan.vendor.name,
        zone=contract.zone,
        language=contract.language,
        debits_hours=False,
        owner_id=state.owner.staff_id if state.owner else "",
        owner=state.owner.person if state.owner else None,
    )


def with_people_of_today(state: ContractState, plan: MeetingPlan) -> MeetingPlan:
    """A meeting that waited for an approval: contacts and roles may have changed meanwhile."""
    return replace(
        plan,
        assigned=tuple((a.role, a.staff_id) for a in state.assignments),
        customer=(state.contract.primary_contact.person,),
        owner_id=state.owner.staff_id if state.owner else "",
        owner=state.owner.person if state.owner else None,
    )


def hours_clause(state: ContractState) -> str:
    """The clause behind a consultation: that of the hours, else that of the main role."""
    plan = state.contract.plan
    if plan.hours is not None:
        return plan.hours.clause
    return next((grant.clause for grant in plan.roles), "")


def last_instant(state: ContractState, debits_hours: bool) -> datetime:
    """The end of the hours' window for what draws on them, else the end of the term."""
    window = state.window_of_hours() if debits_hours else None
    return window.closes if window is not None else state.calendar.ends
