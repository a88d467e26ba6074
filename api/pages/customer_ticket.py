"""The customer's own page of a ticket. Whoever has its address may read and write there: the token is the secret.

Opening it changes nothing, since mail scanners follow links; only its forms do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ValidationError
from starlette.responses import Response

from api import problems
from api.fields import field_errors
from api.files import served
from api.house import House, TheHouse, now
from api.idempotency import form_claimed
from api.pages import ticket_view as view
from api.pages.form_files import SentForm, sent_form
from api.pages.forms import Forms, refused_form
from api.pages.promises import at_registration, promised
from api.pages.render import back_to, page
from api.pages.ticket_model import order_now, whole_ticket
from api.problems import FieldError, Problem
from api.ticket_actions import TICKET_ACTIONS, act_on
from api.ticket_reading import coverages_of, terms_now
from domain.contract import Person
from domain.coverage import CoverageEndsError
from domain.intake import title_of
from domain.ticket import Actor, Ticket, allowed_acts
from storage.queries.tickets import TicketDetail, ticket_detail, ticket_head
from storage.tickets import StoredTicket, find_file, ticket_of_token
from workflows.ticket_messages import TicketOrder

router = APIRouter(prefix="/t/{token}", include_in_schema=False)
Token = Annotated[str, Path(max_length=100)]
_ACTS = {"write": "hear", "agree": "agree", "disagree": "reopen", "withdraw": "withdraw"}


@router.get("")
async def show(request: Request, house: TheHouse, token: Token) -> Response:
    """The ticket as the customer may see it."""
    stored = await _stored(house, token)
    return await _shown(request, house, stored) if stored else _unknown(request)


@router.get("/files/{file_id}")
async def as_file(
    request: Request, house: TheHouse, token: Token, file_id: Annotated[str, Path(max_length=64)]
) -> Response:
    """A file of a message that the customer may see."""
    stored = await _stored(house, token)
    if stored is None:
        return _unknown(request)
    async with house.sessions() as session:
        detail = await ticket_detail(session, stored.contract_id, stored.number)
        seen = [f["id"] for e in (detail.entries if detail else ()) if e.visible for f in e.attachments]
        file = await find_file(session, stored.contract_id, stored.number, file_id) if file_id in seen else None
    return served(file) if file else _unknown(request)


@router.post("/{path}")
async def act(request: Request, house: TheHouse, token: Token, path: str) -> Response:
    """Write, agree, say that it is not solved, or withdraw it."""
    stored = await _stored(house, token)
    if stored is None or path not in _ACTS:
        return _unknown(request)
    form = await sent_form(request)
    try:
        body = _body(await order_now(house, stored), await _agreeing(house, stored), path, form)
        action = TICKET_ACTIONS[_ACTS[path]]
        key = await form_claimed(house, form.key, request.url.path, body)
        done = await act_on(house, stored.contract_id, stored.number, action, body, key)
    except Problem as problem:
        forms = refused_form(path, form.typed, problem, form.key)
        return await _shown(request, house, stored, forms, problem.status)
    return back_to(f"/t/{token}", done.summary)


async def _stored(house: House, token: str) -> StoredTicket | None:
    async with house.sessions() as session:
        return await ticket_of_token(session, token)


def _unknown(request: Request) -> Response:
    """Nothing is there: said without a way to the pages of the staff."""
    return page(request, "customer_unknown.html", status=404)


async def _agreeing(house: House, stored: StoredTicket) -> list[Person]:
    """Whose agreement closes it now."""
    async with house.sessions() as session:
        head = await ticket_head(session, stored.contract_id, stored.number)
    return _persons(head.agree if head else ())


def _persons(told: Iterable[Mapping[str, str]]) -> list[Person]:
    """People from the read model."""
    return [Person(each["name"], each["email"]) for each in told]


def _body(order: TicketOrder, agreeing: list[Person], path: str, form: SentForm) -> BaseModel:
    """The checked body; who speaks is one of those whom the page offers. Raises Problem 422 with the fields."""
    typed = form.typed
    who = next(
        (p for p in _people(order, agreeing, path) if p.email.casefold() == typed.get("email", "").casefold()), None
    )
    if who is None:
        raise problems.invalid([FieldError("email", "choose who you are")])
    values: dict[str, Any] = {"by": who.name or who.email, "email": who.email, "text": typed.get("text", "")}
    if path == "write":
        values["attachments"] = form.files()
    if path == "disagree":
        values["side"] = "customer"
        if not values["text"].strip():
            raise problems.invalid([FieldError("text", "say what is not solved yet")])
    try:
        return TICKET_ACTIONS[_ACTS[path]].body.model_validate(values)
    except ValidationError as error:
        raise problems.invalid([FieldError(name, why) for name, why in field_errors(error)]) from None


def _people(order: TicketOrder, agreeing: list[Person], path: str) -> list[Person]:
    """Who may do that here: to agree, those whose agreement counts; the rest, whoever reported it and contacts too.

    All as they are now: contacts come and go.
    """
    parties, reporter = order.parties, order.decision.report.reporter
    named = agreeing if path == "agree" else (reporter, *agreeing, *parties.contacts)
    found: dict[str, Person] = {}
    for person in named:
        if person.email:
            found.setdefault(person.email.casefold(), person)
    return list(found.values())


async def _shown(
    request: Request, house: House, stored: StoredTicket, forms: Forms | None = None, status: int = 200
) -> Response:
    order = await order_now(house, stored)
    report = order.decision.report
    async with house.sessions() as session:
        detail = await ticket_detail(session, stored.contract_id, stored.number)
    agreeing = _persons(detail.head.agree if detail else ())
    response = page(
        request, "customer_ticket.html", status=status, forms=forms, order=order, token=stored.token,
        report=report, title=title_of(report.subject, report.description, order.number),
        zone=order.parties.zone, vendor=order.parties.vendor_name,
        people=_people(order, agreeing, "write"), agreeing=_people(order, agreeing, "agree"),
        head=detail.head if detail else None,
        **_told(house, order, detail),
    )  # fmt: skip
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _told(house: House, order: TicketOrder, detail: TicketDetail | None) -> dict[str, Any]:
    """What is promised, what was said, and what the customer may do now."""
    if detail is None or not order.decision.accepted:
        ticket = at_registration(order)
        said = view.conversation(detail.entries, order.registered_at) if detail else []
        promises = promised(ticket) if ticket else []
        return {"promises": promises, "said": said, "may": set(), "opens_at": None, "solution": ""}
    ticket = whole_ticket(detail, terms_now(detail.head, order.terms, house.plans), ())
    entries = [entry for entry in detail.entries if entry.visible]
    return {
        "promises": promised(ticket),
        "said": view.conversation(entries, order.registered_at),
        "may": {each.value for each in allowed_acts(ticket, Actor.CUSTOMER)},
        "opens_at": _opens_at(ticket, detail),
        "solution": next((entry.text for entry in reversed(entries) if entry.kind == "solution"), ""),
    }


def _opens_at(ticket: Ticket, detail: TicketDetail) -> datetime | None:
    """When the desk opens, None while it is open or where that is not known."""
    at = now()
    try:
        opens = coverages_of(detail)[ticket.current_level.coverage].next_open(at)
    except (CoverageEndsError, KeyError):
        return None
    return opens if opens > at else None
