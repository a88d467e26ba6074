"""What a contract says, and to whom: messages made from its state. Pure; the recorder sends them."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from activities.calls import Rate
from domain.agenda import AgendaItem
from domain.contract import Person
from domain.describe import duties, holdings
from domain.messages import (
    Content,
    Farewell,
    Message,
    OutcomeNotice,
    OverageRequest,
    PersonLine,
    RenewalNotice,
    ReportDue,
    TaskNotice,
    Welcome,
    WindowClosed,
    WindowWarning,
)
from domain.plan import Role
from workflows.contract_state import ContractState, PendingOverage
from workflows.messages import MeetingOver


def welcome(state: ContractState) -> Message:
    """Who is there on both sides, and what the package holds; asks for the reciprocal contact (oura-17)."""
    return to_customer(state, "welcome", _welcome(state))


def amended(state: ContractState, key: str) -> Message:
    """Under another plan: who is there now, and what it holds."""
    return to_customer(state, key, replace(_welcome(state), amended=True))


def _welcome(state: ContractState) -> Welcome:
    contract = state.contract
    return Welcome(
        plan_name=contract.plan.name,
        starts_on=contract.starts_on,
        ends_on=state.calendar.last_day,
        vendor_people=tuple(PersonLine(a.role.title, a.person) for a in state.assignments),
        customer_people=tuple(
            PersonLine("your main contact" if c.primary else "contact", c.person) for c in contract.contacts
        ),
        holdings=holdings(contract.plan),
        duties=duties(contract.plan),
    )


def window_warning(state: ContractState, item: AgendaItem, closes_on: date, unused: int, granted: int) -> Message:
    """Unused hours will lapse."""
    title = next((w.title for w in state.contract.plan.windows if w.key == item.plan_key), item.title)
    host = state.assigned(state.role_of_hours)
    contact = host.person if host else state.owner_person
    content = WindowWarning(title, closes_on, item.number, unused, granted, contact)
    return to_customer(state, item.key, content, item.key, item.clause)


def window_closed(
    state: ContractState, item: AgendaItem, lapsed: int, used: int, ended: tuple[Role, ...], contact_before: Person
) -> Message:
    """What lapsed, whose time has ended, and who goes on."""
    title = next((w.title for w in state.contract.plan.windows if w.key == item.plan_key), item.title)
    content = WindowClosed(
        window_title=title,
        closed_on=item.day,
        lapsed_minutes=lapsed,
        used_minutes=used,
        contact=state.owner_person,
        ended=tuple(role.title for role in ended),
        is_new=state.owner_person != contact_before,
    )
    return to_customer(state, item.key, content, item.key, item.clause)


def overage_request(
    state: ContractState, key: str, pending: PendingOverage, left: int, rate: Rate, amount: int | None
) -> Message:
    """Beyond the package: nothing is booked before the customer approves (A2)."""
    about = pending.plan.key
    # Without a token it is a letter of an earlier release, whose address leads nowhere any more.
    url = f"/overage/{rate.token}" if rate.token else f"/contracts/{state.contract.id}/overage/{about}"
    content = OverageRequest(pending.plan.title, pending.minutes, left, rate.amount, amount, rate.currency, url)
    return to_customer(state, key, content, about, pending.plan.clause)


def renewal_notice(state: ContractState, item: AgendaItem) -> Message:
    """To the customer, with the main contact in the same round."""
    content = RenewalNotice(state.contract.plan.name, state.calendar.last_day, item.number, state.owner_person)
    owner = (state.owner.person,) if state.owner else ()
    return _message(state, item.key, (state.contract.primary_contact.person, *owner), content, item.key, item.clause)


def report_due(state: ContractState, item: AgendaItem) -> Message:
    """To the CSM."""
    url = f"/contracts/{state.contract.id}#item-{item.key}"
    content = ReportDue(item.title, state.contract.customer_name, item.period, item.day, url)
    return to_owner(state, item.key, content, item.key, item.clause)


def outcome(state: ContractState, item: AgendaItem, over: MeetingOver, debited: int, left: int) -> Message | None:
    """After a meeting that draws on the hours: what was recorded, and what is left."""
    if over.start is None or over.outcome.value not in ("held", "no-show"):
        return None
    content = OutcomeNotice(
        title=item.title,
        start=over.start,
        outcome="held" if over.outcome.value == "held" else "no-show",
        minutes=over.minutes,
        notes=over.notes,
        debited_minutes=debited,
        hours_left_minutes=left,
    )
    return to_customer(state, f"outcome-{over.key}", content, item.key, item.clause)


def farewell(state: ContractState, reason: str, now: datetime, never_began: bool = False) -> Message:
    """The contract is over: what was delivered. A term ends at 24:00: a second before it is still its last day."""
    ended_at = min(now, state.calendar.ends - timedelta(seconds=1))
    content = Farewell(state.contract.plan.name, ended_at, state.meetings_held, state.minutes_used, reason, never_began)
    return to_customer(state, "farewell", content)


def task(state: ContractState, key: str, title: str, detail: str) -> Message:
    """To the main contact: this needs a person."""
    url = f"/contracts/{state.contract.id}#tasks"
    return to_owner(state, f"task-{key}", TaskNotice(title, state.contract.customer_name, detail, url))


def to_customer(state: ContractState, key: str, content: Content, about: str = "", clause: str = "") -> Message:
    """To the customer's primary contact."""
    return _message(state, key, (state.contract.primary_contact.person,), content, about, clause)


def to_owner(state: ContractState, key: str, content: Content, about: str = "", clause: str = "") -> Message:
    """To the vendor's main contact; to nobody while nobody is assigned."""
    return _message(state, key, (state.owner.person,) if state.owner else (), content, about, clause)


def _message(
    state: ContractState, key: str, to: tuple[Person, ...], content: Content, about: str, clause: str
) -> Message:
    contract = state.contract
    return Message(
        key=key,
        to=to,
        sender_name=state.owner_person.name,
        vendor_name=contract.plan.vendor.name,
        zone=contract.zone,
        language=contract.language,
        content=content,
        contract_id=contract.id,
        clause=clause,
        about=about,
        reply_to=state.owner.person if state.owner else None,
    )
