"""What a meeting says, and to whom: messages made from its state. Pure; the recorder sends them."""

from dataclasses import replace
from datetime import datetime
from typing import Literal

from domain.contract import Person, Side
from domain.meeting import Answer, Attendee, MeetingPlan, MeetingStatus
from domain.messages import InviteMethod, MeetingNotice, Message, OutcomeMissing, OutcomeNotice, TaskNotice
from domain.plan import Role
from workflows.meeting_state import FIRST_INVITATION, MeetingState

NoticeKind = Literal["invitation", "update", "cancellation", "reminder", "nudge"]


def invitation(state: MeetingState, now: datetime) -> Message:
    """The first invitation, to everybody."""
    return state.message(FIRST_INVITATION, _notice(state, "invitation"), invite=state.invite(InviteMethod.REQUEST, now))


def update(state: MeetingState, previous_start: datetime, reason: str, now: datetime) -> Message:
    """The same meeting at another time: same UID, a higher sequence, everybody is asked again."""
    notice = replace(_notice(state, "update"), previous_start=previous_start, reason=reason)
    return state.message(f"update-{state.sequence}", notice, invite=state.invite(InviteMethod.REQUEST, now))


def cancellation(state: MeetingState, reason: str, now: datetime) -> Message:
    """To everybody invited: it does not happen."""
    notice = replace(_notice(state, "cancellation"), reason=reason)
    return state.message(f"cancellation-{state.sequence}", notice, invite=state.invite(InviteMethod.CANCEL, now))


def dropped(state: MeetingState, leaving: Attendee, change: int, now: datetime) -> Message:
    """A cancellation to the one who left, and to nobody else; the meeting itself goes on."""
    notice = replace(_notice(state, "cancellation"), reason="you are no longer asked to attend")
    return state.message(
        f"dropped-{state.sequence}-{change}",
        notice,
        to=(leaving.person,),
        invite=state.invite(InviteMethod.CANCEL, now, attendees=(leaving,)),
    )


def joined(state: MeetingState, person: Person, change: int, now: datetime) -> Message:
    """The invitation as it stands, to the one who joins."""
    return state.message(
        f"joined-{state.sequence}-{change}",
        _notice(state, "invitation"),
        to=(person,),
        invite=state.invite(InviteMethod.REQUEST, now),
    )


def nudge(state: MeetingState) -> Message:
    """To the customer's people who have not answered."""
    silent = tuple(a.person for a in state.attendees if a.side is Side.CUSTOMER and a.answer is Answer.NEEDS_ACTION)
    key = f"nudge-{state.sequence}-{state.nudges}"
    return state.message(key, _notice(state, "nudge"), to=silent, useful_until=state.booked.start)


def reminder(state: MeetingState, hours: int) -> Message:
    """To everybody who has not declined; useless once the meeting has begun."""
    coming = tuple(a.person for a in state.attendees if a.answer is not Answer.DECLINED)
    notice = replace(_notice(state, "reminder"), hours_before=hours)
    key = f"reminder-{state.sequence}-{hours}h"
    return state.message(key, notice, to=coming, useful_until=state.booked.start)


def outcome(state: MeetingState) -> Message:
    """To the customer, for a meeting that draws on no hours (the contract writes the others: it knows what is left)."""
    held = state.status is MeetingStatus.HELD
    content = OutcomeNotice(
        title=state.plan.title,
        start=state.booked.start,
        outcome="held" if held else "no-show",
        minutes=state.minutes,
        notes=state.notes,
        debited_minutes=0,
        hours_left_minutes=None,
    )
    customer = tuple(a.person for a in state.attendees if a.side is Side.CUSTOMER)
    return _plain(state, "outcome", customer, content)


def outcome_missing(state: MeetingState) -> Message:
    """To the host: what became of it?"""
    content = OutcomeMissing(
        title=state.plan.title,
        customer_name=state.plan.customer_name,
        start=state.booked.start,
        asked_times=state.outcome_asks,
        url=f"/contracts/{state.plan.contract_id}#meeting-{state.plan.key}",
    )
    return _plain(state, f"outcome-missing-{state.sequence}-{state.outcome_asks}", (state.booked.host,), content)


def task(state: MeetingState, owner: Person, key: str, title: str, detail: str) -> Message:
    """To the vendor's main contact: this needs a person."""
    url = f"/contracts/{state.plan.contract_id}#tasks"
    return _plain(state, key, (owner,), TaskNotice(title, state.plan.customer_name, detail, url))


def with_assigned(plan: MeetingPlan, role: Role, staff_id: str, person: Person) -> MeetingPlan:
    """The plan with somebody else in a role; whoever follows its main contact becomes that one."""
    before = dict(plan.assigned).get(role)
    assigned = (*((r, staff) for r, staff in plan.assigned if r is not role), (role, staff_id))
    if plan.owner is None or (before is not None and before == plan.owner_id):
        plan = replace(plan, owner_id=staff_id, owner=person)
    return replace(plan, assigned=assigned)


def with_customer(plan: MeetingPlan, join: Person | None, leave: str | None) -> MeetingPlan:
    """The plan with somebody else of the customer's."""
    leaving = leave.casefold() if leave else None
    staying = tuple(p for p in plan.customer if p.email.casefold() != leaving)
    known = join is None or any(p.email.casefold() == join.email.casefold() for p in staying)
    return replace(plan, customer=staying if known or join is None else (*staying, join))


def _plain(
    state: MeetingState,
    key: str,
    to: tuple[Person, ...],
    content: OutcomeNotice | OutcomeMissing | TaskNotice,
) -> Message:
    sender = state.slot.host.name if state.slot else state.plan.vendor_name
    return Message(
        key=key,
        to=to,
        sender_name=sender,
        vendor_name=state.plan.vendor_name,
        zone=state.plan.zone,
        language=state.plan.language,
        content=content,
        in_reply_to=FIRST_INVITATION if state.slot else None,
        contract_id=state.plan.contract_id,
        clause=state.plan.clause,
        about=state.plan.key,
        reply_to=state.slot.host if state.slot else state.plan.owner,
    )


def _notice(state: MeetingState, kind: NoticeKind) -> MeetingNotice:
    slot = state.booked
    return MeetingNotice(
        kind=kind,
        title=state.plan.title,
        purpose=state.plan.purpose,
        start=slot.start,
        end=slot.end,
        host=slot.host,
        attendees=state.attendees,
        place=slot.place,
        reserved_minutes=state.plan.minutes if state.plan.debits_hours else 0,
        expenses_paid_by=state.plan.expenses_paid_by,
        answer_url=f"/answer/{state.token}",
    )
