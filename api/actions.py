"""What people may do to contracts and meetings: from a checked body to an update of the workflow.

REST and pages both go through here, so an action means the same whichever door it came through.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from api import models as m
from api import problems, signing
from api import ticket_models as t
from api.bringing_in import bring_in, let_go
from api.house import House
from api.orders import order
from api.problems import FieldError
from domain.contract import Assignment, Person
from domain.meeting import Outcome
from storage.queries.tasks import was_opened
from storage.staff import find_staff
from workflows import messages as w

Make = Callable[[House, str, Any], Awaitable[object]]
MakeOfMeeting = Callable[[House, str, str, Any], Awaitable[object]]
"""From the contract, the meeting's key and the body."""

M = TypeVar("M")


@dataclass(frozen=True)  # no slots: a frozen generic that has them cannot be made through its alias
class Action(Generic[M]):
    """``name`` is the workflow's update; ``path`` the last part of its address; ``answer`` what it gives back."""

    name: str
    path: str
    summary: str
    text: str
    body: type[BaseModel]
    make: M
    answer: type[Any] = w.Done


OnContract = Action[Make]
OnMeeting = Action[MakeOfMeeting]


async def act_on_contract(house: House, contract_id: str, action: OnContract, body: BaseModel, key: str) -> object:
    """Carry out an action. Raises Problem: 404, 409 with the reason, 422 with the field, 503."""
    await signing.signed_or_404(house, contract_id)
    request = await action.make(house, contract_id, body)
    return await order(house.temporal, w.contract_workflow_id(contract_id), action.name, request, key, action.answer)


async def act_on_meeting(
    house: House, contract_id: str, meeting_key: str, action: OnMeeting, body: BaseModel, key: str
) -> object:
    """Carry out an action on a meeting that is known to exist. Raises Problem: 404, 409 with the reason, 503."""
    request = await action.make(house, contract_id, meeting_key, body)
    workflow_id = w.meeting_workflow_id(contract_id, meeting_key)
    return await order(house.temporal, workflow_id, action.name, request, key, action.answer)


async def _request_meeting(_house: House, _contract: str, body: m.RequestMeetingIn) -> object:
    return w.RequestMeeting(body.title, body.minutes, body.by, body.purpose, m.utc(body.earliest), m.utc(body.latest))


async def _decide_overage(_house: House, _contract: str, body: m.OverageIn) -> object:
    return w.DecideOverage(body.key, body.approved, body.by)


async def _record_count(_house: House, _contract: str, body: m.CountIn) -> object:
    if body.users is None and body.devices is None:
        raise problems.invalid([FieldError("users", "expected the number of users, of devices, or both")])
    return w.RecordCount(body.by, body.users, body.devices)


async def _change_contact(_house: House, _contract: str, body: m.ChangeContactIn) -> object:
    return w.ChangeContact(body.by, body.contact.to_domain() if body.contact else None, body.replaces)


async def _designate(_house: House, _contract: str, body: t.DesignateIn) -> object:
    return w.Designate(tuple(Person(user.name, user.email) for user in body.users), body.by)


async def _change_role(house: House, contract_id: str, body: m.ChangeRoleIn) -> object:
    vendor = (await signing.signed_or_404(house, contract_id)).plan.vendor.id
    async with house.sessions() as session:
        member = await find_staff(session, body.staff_id)
    if member is None or not member.active:
        raise problems.invalid([FieldError("staff_id", f"there is nobody {body.staff_id!r} at work")])
    if body.role not in member.roles or (member.vendors and vendor not in member.vendors):
        raise problems.invalid([FieldError("staff_id", f"{member.name} is not a {body.role.title} for {vendor}")])
    person = Person(member.name, member.email, zone=member.zone)
    return w.ChangeRole(Assignment(body.role, member.id, person), body.by, body.reason)


async def _amend_plan(house: House, _contract: str, body: m.AmendIn) -> object:
    return w.AmendPlan(signing.plan_of(house, body.plan), body.by, body.reason)


async def _suspend(_house: House, _contract: str, body: m.ReasonIn) -> object:
    return w.Suspend(body.by, body.reason)


async def _resume(_house: House, _contract: str, body: m.By) -> object:
    return w.Resume(body.by)


async def _terminate(_house: House, _contract: str, body: m.ReasonIn) -> object:
    return w.Terminate(body.by, body.reason)


async def _renew(_house: House, _contract: str, body: m.RenewIn) -> object:
    return w.Renew(body.by, body.term_months)


async def _complete_item(house: House, contract_id: str, body: m.CompleteIn) -> object:
    """A task must have been opened; whether it is open still, the workflow says, so that an order can be repeated."""
    if "/" in body.key:
        async with house.sessions() as session:
            if not await was_opened(session, contract_id, body.key):
                raise problems.refused(f"there is no open item or task {body.key!r}")
    return w.CompleteItem(body.key, body.by, body.note)


async def _reschedule(_house: House, _contract: str, _key: str, body: m.RescheduleIn) -> object:
    return w.Reschedule(body.by, body.reason, m.utc(body.start), body.outside_hours)


async def _cancel(_house: House, _contract: str, _key: str, body: m.ReasonIn) -> object:
    return w.CancelMeeting(body.by, body.reason)


async def _record_outcome(_house: House, _contract: str, _key: str, body: m.OutcomeIn) -> object:
    if body.outcome is Outcome.HELD and body.minutes < 1:
        raise problems.invalid([FieldError("minutes", "expected how long the meeting took, 1 to 1440 minutes")])
    return w.RecordOutcome(body.outcome, body.by, body.minutes, body.notes)


async def _answer(_house: House, _contract: str, _key: str, body: m.AnswerIn) -> object:
    return w.AnswerInvitation(body.email, body.answer, body.comment)


CONTRACT_ACTIONS = {
    action.name: action
    for action in (
        OnContract("request_meeting", "request-meeting", "Ask for a meeting",
                   "More training or consultation (oura-20). What exceeds the hours waits for the customer's approval: "
                   "`overage_minutes` says so.", m.RequestMeetingIn, _request_meeting, w.MeetingRequested),
        OnContract("decide_overage", "decide-overage", "Approve or decline an overage",
                   "The customer's decision on hours beyond the package.", m.OverageIn, _decide_overage),
        OnContract("record_count", "record-count", "Record the numbers in use",
                   "Users and devices from now on; charges follow.", m.CountIn, _record_count),
        OnContract("change_contact", "change-contact", "Add, replace or remove a contact",
                   "On the customer's side. The primary contact can only be replaced.", m.ChangeContactIn,
                   _change_contact),
        OnContract("designate", "designate", "Name the designated users",
               "All who may use the priority queue (caret-2), in place of those before. A report of anybody else goes "
                   "to the ordinary queue, without a target.", t.DesignateIn, _designate),
        OnContract("change_role", "change-role", "Give a role to somebody else",
                   "On the vendor's side. Coming meetings get the new one, as their host or to join.", m.ChangeRoleIn,
                   _change_role),
        OnContract("amend_plan", "amend-plan", "Amend the plan",
                   "The contract goes on under another package, or the newest version of its own.", m.AmendIn,
                   _amend_plan),
        OnContract("suspend", "suspend", "Suspend", "Until it is resumed no meeting is booked, and the clocks of its "
                   "tickets wait; coming meetings are cancelled. The term is not extended.", m.ReasonIn, _suspend),
        OnContract("resume", "resume", "Resume", "A suspended contract goes on.", m.By, _resume),
        OnContract("terminate", "terminate", "Terminate", "Ends the contract now. It cannot be undone.", m.ReasonIn,
                   _terminate),
        OnContract("renew", "renew", "Renew", "Another term follows this one.", m.RenewIn, _renew),
        OnContract("complete_item", "complete-item", "Say that an item or a task is done",
                   "For what a person keeps: a report, a task. A meeting takes an outcome instead.", m.CompleteIn,
                   _complete_item),
    )
}  # fmt: skip

MEETING_ACTIONS = {
    action.name: action
    for action in (
        OnMeeting("reschedule", "reschedule", "Move a meeting",
                  "To `start`, or to the next slot that suits both sides. A slot that is taken answers 409 with "
                  "`offers`, and so does one outside of working hours, unless `outside_hours` says that it is meant.",
                  m.RescheduleIn, _reschedule, w.Rescheduled),
        OnMeeting("cancel", "cancel", "Cancel a meeting", "Everybody invited gets the cancellation.", m.ReasonIn,
                  _cancel),
        OnMeeting("record_outcome", "outcome", "Record the outcome",
                  "Held with the actual minutes, a no-show, or cancelled; possible as soon as the slot has begun.",
                  m.OutcomeIn, _record_outcome),
        OnMeeting("answer", "answer", "Answer an invitation", "On behalf of somebody who is invited.", m.AnswerIn,
                  _answer),
        OnMeeting("bring_in", "bring-in", "Bring somebody in",
                  "One of the staff whose role may join it (oura-9), or another person of the customer (oura-14). They "
                  "alone are invited. Who is not free or not at work then is refused.",
                  m.BringInIn, bring_in),
        OnMeeting("let_go", "let-go", "Let somebody go",
                  "Who was brought in, or one of several of the customer's people, need not come; they alone are told.",
                  m.LetGoIn, let_go),
    )
}  # fmt: skip
