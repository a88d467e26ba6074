"""What may be done to a ticket over HTTP: each action's address, its body, and the act that it becomes.

REST and pages both go through here, so an action means the same whichever door it came through.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel

from api import problems
from api import ticket_models as m
from api.files import files_of
from api.house import House
from api.models import By
from api.orders import ANSWER_WITHIN, answered, reaching
from api.problems import FieldError
from domain.contract import Person
from domain.ticket import Act, Actor
from storage.endpoints import find_endpoint
from storage.staff import find_staff
from storage.tickets import StoredTicket, find_ticket, keep_files
from support.acting import act_on_ticket
from support.known import contract_now
from workflows.ticket_messages import ActDone, Attachment, Handler, Route, TicketAct

Make = Callable[[House, StoredTicket, Any], Awaitable[TicketAct]]


@dataclass(frozen=True, slots=True)
class TicketAction:
    """``path``: the last part of its address. ``actor``: whose part it is, where the body does not say so."""

    act: Act
    path: str
    summary: str
    text: str
    body: type[BaseModel]
    make: Make
    actor: Actor = Actor.STAFF


async def act_on(
    house: House, contract_id: str, number: int, action: TicketAction, body: BaseModel, key: str
) -> ActDone:
    """Carry out an action. Raises Problem: 404, 409 with the reason, 413 and 422 with the field, 503."""
    stored = await ticket_or_404(house, contract_id, number)
    if not stored.accepted:
        raise problems.refused("the report became no ticket")
    files = files_of(getattr(body, "attachments", ()), f"{contract_id} {number} {action.path} {key}")
    request = await action.make(house, stored, body)
    request = replace(
        request,
        attachments=tuple(Attachment(f.id, f.name, f.media_type, len(f.content)) for f in files),
        key=f"{action.path}/{key}",
    )
    if files:
        async with house.sessions.begin() as session:
            await keep_files(session, contract_id, number, files)
    with reaching():
        async with answered(field=problems.INVALID):
            return await act_on_ticket(house.desk, contract_id, number, request, key, ANSWER_WITHIN)


async def ticket_or_404(house: House, contract_id: str, number: int) -> StoredTicket:
    """The report as it is stored, accepted or not. Raises Problem 404."""
    async with house.sessions() as session:
        stored = await find_ticket(session, contract_id, number)
    if stored is None:
        raise problems.not_found("ticket", f"{contract_id}/{number}")
    return stored


async def _triage(_house: House, _ticket: StoredTicket, body: m.TriageIn) -> TicketAct:
    return TicketAct(
        Act.TRIAGE, Actor.STAFF, body.by,
        level=body.level, impact=body.impact, inside_boundary=body.inside_boundary,
    )  # fmt: skip


async def _assign(house: House, ticket: StoredTicket, body: m.AssignIn) -> TicketAct:
    async with house.sessions() as session:
        member = await find_staff(session, body.staff_id)
        vendor = (await contract_now(house.desk, session, ticket.contract_id))[0].plan.vendor.id
    if member is None or not member.active:
        raise problems.invalid([FieldError("staff_id", f"there is nobody {body.staff_id!r} at work")])
    if member.vendors and vendor not in member.vendors:
        raise problems.invalid([FieldError("staff_id", f"{member.name} does not work for {vendor}")])
    owner = Handler(member.id, Person(member.name, member.email, zone=member.zone))
    return TicketAct(Act.ASSIGN, Actor.STAFF, body.by, owner=owner)


async def _reply(_house: House, _ticket: StoredTicket, body: m.MessageIn) -> TicketAct:
    return TicketAct(Act.REPLY, Actor.STAFF, body.by, body.text)


async def _hear(_house: House, _ticket: StoredTicket, body: m.HeardIn) -> TicketAct:
    return TicketAct(Act.HEAR, Actor.CUSTOMER, body.by, body.text, email=body.email)


async def _note(_house: House, _ticket: StoredTicket, body: m.MessageIn) -> TicketAct:
    return TicketAct(Act.NOTE, Actor.STAFF, body.by, body.text)


async def _set_level(_house: House, _ticket: StoredTicket, body: m.LevelIn) -> TicketAct:
    return TicketAct(Act.SET_LEVEL, Actor.STAFF, body.by, body.reason, level=body.level)


async def _route(house: House, ticket: StoredTicket, body: m.RouteIn) -> TicketAct:
    if body.endpoint:
        await _usable(house, ticket.contract_id, body)
    route = Route(body.kind, body.to, body.email, body.endpoint)
    return TicketAct(Act.ROUTE, Actor.STAFF, body.by, body.note, route=route)


async def _usable(house: House, contract_id: str, body: m.RouteIn) -> None:
    async with house.sessions() as session:
        endpoint = await find_endpoint(session, contract_id, body.endpoint)
    if endpoint is None or not endpoint.active:
        why = f"is not active: {endpoint.inactive_reason}" if endpoint else "does not exist"
        raise problems.invalid([FieldError("endpoint", f"the endpoint {body.endpoint!r} {why}")])
    if endpoint.kind is not body.kind:
        raise problems.invalid([FieldError("kind", f"{body.endpoint!r} is a {endpoint.kind.value}")])


async def _take_back(_house: House, _ticket: StoredTicket, body: m.NoteIn) -> TicketAct:
    return TicketAct(Act.TAKE_BACK, Actor.STAFF, body.by, body.note)


async def _pause(_house: House, _ticket: StoredTicket, body: m.WhyIn) -> TicketAct:
    return TicketAct(Act.PAUSE, Actor.STAFF, body.by, body.reason)


async def _resume(_house: House, _ticket: StoredTicket, body: m.WhyIn) -> TicketAct:
    return TicketAct(Act.RESUME, Actor.STAFF, body.by, body.reason)


async def _acknowledge(_house: House, _ticket: StoredTicket, body: m.ClockIn) -> TicketAct:
    return TicketAct(Act.ACKNOWLEDGE, Actor.STAFF, body.by, clock=body.clock)


async def _resolve(_house: House, _ticket: StoredTicket, body: m.MessageIn) -> TicketAct:
    return TicketAct(Act.RESOLVE, Actor.STAFF, body.by, body.text)


async def _ask_agreement(_house: House, _ticket: StoredTicket, body: By) -> TicketAct:
    return TicketAct(Act.ASK_AGREEMENT, Actor.STAFF, body.by)


async def _agree(_house: House, _ticket: StoredTicket, body: m.CustomerIn) -> TicketAct:
    return TicketAct(Act.AGREE, Actor.CUSTOMER, body.by, body.text, email=body.email)


async def _close(_house: House, _ticket: StoredTicket, body: m.CloseIn) -> TicketAct:
    return TicketAct(Act.CLOSE, Actor.STAFF, body.by, body.reason)


async def _withdraw(_house: House, _ticket: StoredTicket, body: m.CustomerIn) -> TicketAct:
    return TicketAct(Act.WITHDRAW, Actor.CUSTOMER, body.by, body.text, email=body.email)


async def _reopen(_house: House, _ticket: StoredTicket, body: m.ReopenIn) -> TicketAct:
    return TicketAct(Act.REOPEN, Actor(body.side), body.by, body.text, email=body.email)


TICKET_ACTIONS = {
    action.path: action
    for action in (
        TicketAction(Act.TRIAGE, "triage", "Judge it", "Impact, Service Boundary and level are confirmed (essensys-9).",
                     m.TriageIn, _triage),
        TicketAction(Act.ASSIGN, "assign", "Give it to somebody", "A member of the staff who works for the vendor.",
                     m.AssignIn, _assign),
        TicketAction(Act.REPLY, "reply", "Write to the customer", "The first message answers and stops the response "
                     "clock; each later one is an update, and starts the next update clock (A19).",
                     m.MessageIn, _reply),
        TicketAction(Act.HEAR, "hear", "Write down what the customer says", "It answers nothing, and ends a wait for "
                     "the customer.", m.HeardIn, _hear, Actor.CUSTOMER),
        TicketAction(Act.NOTE, "note", "Note something", "The customer does not see it.", m.MessageIn, _note),
        TicketAction(Act.SET_LEVEL, "level", "Change the level", "Raised: due at the earlier of the old instant and "
                     "now + the new target. Lowered: registration + the new target. A verdict stays.",
                     m.LevelIn, _set_level),
        TicketAction(Act.ROUTE, "route", "Hand it on", "To a specialist team, an onsite partner or the client's own "
                     "service desk. Every clock goes on.", m.RouteIn, _route),
        TicketAction(Act.TAKE_BACK, "take-back", "Take it back", "It is with the vendor's own people again.",
                     m.NoteIn, _take_back),
        TicketAction(Act.PAUSE, "pause", "Wait for the customer", "No clock counts; only where the plan allows it "
                     "(A20).", m.WhyIn, _pause),
        TicketAction(Act.RESUME, "resume", "Wait no longer", "The clocks go on.", m.WhyIn, _resume),
        TicketAction(Act.ACKNOWLEDGE, "acknowledge", "Take notice of a clock", "Nobody else is told of it. Its target "
                     "stands.", m.ClockIn, _acknowledge),
        TicketAction(Act.RESOLVE, "resolve", "Solve it", "The customer is told how, and asked to agree.",
                     m.MessageIn, _resolve),
        TicketAction(Act.ASK_AGREEMENT, "ask-agreement", "Ask the customer again", "To agree that it can be closed.",
                     By, _ask_agreement),
        TicketAction(Act.AGREE, "agree", "The customer agrees", "Which closes it. Only the word of those counts whom "
                     "the plan names (essensys-13), else of whoever reported it.",
                     m.CustomerIn, _agree, Actor.CUSTOMER),
        TicketAction(Act.CLOSE, "close", "Close it", "Without the customer's agreement, where the plan asks for none.",
                     m.CloseIn, _close),
        TicketAction(Act.WITHDRAW, "withdraw", "The customer withdraws it", "Closed, and nothing is owed any more.",
                     m.CustomerIn, _withdraw, Actor.CUSTOMER),
        TicketAction(Act.REOPEN, "reopen", "Open it again", "A closed one too: the same resolution clock goes on "
                     "without the solved time.", m.ReopenIn, _reopen),
    )
}  # fmt: skip
