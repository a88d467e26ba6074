"""The page of a ticket and its forms: each a plain POST that ends in a redirect, or in the page with what is wrong."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ValidationError
from starlette.responses import Response

from api import problems
from api.fields import LARGEST_ID, field_errors
from api.files import served
from api.house import House, TheHouse, now
from api.idempotency import form_claimed
from api.pages import ticket_view as view
from api.pages.acting import acting
from api.pages.contract_view import said
from api.pages.form_files import SentForm, sent_form
from api.pages.forms import Forms, refused_form
from api.pages.portfolio import clause_texts
from api.pages.render import back_to, page
from api.pages.ticket_model import LADDER, escalated, order_now, whole_ticket
from api.problems import FieldError, Problem
from api.ticket_actions import TICKET_ACTIONS, TicketAction, act_on, ticket_or_404
from api.ticket_reading import coverages_of, terms_now
from domain.intake import title_of
from domain.ticket import Act, Actor, RouteKind, allowed_acts, why_not
from storage.endpoints import list_endpoints
from storage.queries.tickets import TicketDetail, ticket_detail
from storage.queries.timeline import timeline
from storage.staff import list_staff
from storage.tickets import StoredTicket, find_file
from support.registering import ORDER
from workflows.ticket_messages import ticket_subject

router = APIRouter(prefix="/tickets/{contract_id}/{number}", include_in_schema=False)
ContractId = Annotated[str, Path(max_length=64)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
FACTS_SHOWN = 25
_WRITTEN = ("reply", "resolve", "note")
_ANCHORS = {"reply": "write", "resolve": "write", "note": "write", "acknowledge": "clocks", "level": "clocks"}


@router.get("")
async def show(
    request: Request,
    house: TheHouse,
    contract_id: ContractId,
    number: Number,
    before: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
) -> Response:
    """The ticket as it stands."""
    return await _shown(request, house, contract_id, number, before=before)


@router.get("/files/{file_id}")
async def as_file(
    house: TheHouse, contract_id: ContractId, number: Number, file_id: Annotated[str, Path(max_length=64)]
) -> Response:
    """A file that came with it, to be kept and never shown by the browser."""
    async with house.sessions() as session:
        file = await find_file(session, contract_id, number, file_id)
    if file is None:
        raise problems.not_found("file", file_id)
    return served(file)


@router.post("/{path}")
async def act(request: Request, house: TheHouse, contract_id: ContractId, number: Number, path: str) -> Response:
    """Anything that the staff do to it. What is written goes to the customer, or stays a note, as the form says."""
    form = await sent_form(request)
    name, typed = path, form.typed
    if path == "write":
        path = typed.get("as", "")
    action = TICKET_ACTIONS.get(path)
    if action is None or action.actor is not Actor.STAFF or (name == "write" and path not in _WRITTEN):
        raise problems.not_found("action", name)
    if "clock" in typed:
        name = f"{name}:{typed['clock']}"
    try:
        body = _body(action, form, typed | {"by": acting(request).signature})
        key = await form_claimed(house, form.key, f"/tickets/{contract_id}/{number}/{path}", body)
        done = await act_on(house, contract_id, number, action, body, key)
    except Problem as problem:
        forms = refused_form(name, typed, problem, form.key)
        return await _shown(request, house, contract_id, number, forms=forms, status=problem.status)
    anchor = _ANCHORS.get(path, "")
    return back_to(f"/tickets/{contract_id}/{number}" + (f"#{anchor}" if anchor else ""), done.summary)


def _body(action: TicketAction, form: SentForm, typed: dict[str, str]) -> BaseModel:
    """The action's checked body. Raises Problem 422 with the fields."""
    values: dict[str, Any] = {each: text for each, text in typed.items() if text.strip() and each != "as"}
    if "attachments" in action.body.model_fields:
        values["attachments"] = form.files()
    if action.act is Act.TRIAGE:
        values["inside_boundary"] = typed.get("inside_boundary") != "no"
    try:
        return action.body.model_validate(values)
    except ValidationError as error:
        raise problems.invalid([FieldError(path, why) for path, why in field_errors(error)]) from None


async def _shown(
    request: Request,
    house: House,
    contract_id: str,
    number: int,
    *,
    before: int | None = None,
    forms: Forms | None = None,
    status: int = 200,
) -> Response:
    stored = await ticket_or_404(house, contract_id, number)
    async with house.sessions() as session:
        detail = await ticket_detail(session, contract_id, number)
        subject = ticket_subject(number)
        facts = await timeline(session, contract_id, subject=subject, before_id=before, limit=FACTS_SHOWN)
        steps = (await timeline(session, contract_id, subject=subject, kinds=LADDER, limit=500)).facts
        staff = [member for member in await list_staff(session) if member.active]
        endpoints = {each.key: each.name for each in await list_endpoints(session, contract_id) if each.active}
    order = await order_now(house, stored)
    if detail is None:
        report = order.decision.report
        title = title_of(report.subject, report.description, number)
        return page(request, "ticket_starting.html", order=order, title=title)
    head = detail.head
    shared: dict[str, Any] = {
        "head": head, "order": order, "token": stored.token,
        "zone": head.zone, "texts": clause_texts(house), "status": status, "forms": forms,
        "said": view.conversation(detail.entries, head.registered_at), "before": before, "older": facts.before,
        "facts": said(facts.facts, (), head.zone),
    }  # fmt: skip
    if not stored.accepted:
        return page(request, "ticket_refused.html", **shared)
    staff = [member for member in staff if not member.vendors or head.vendor in member.vendors]
    return page(
        request, "ticket.html", **shared, **_worked(house, detail, stored, steps),
        staff=sorted(staff, key=lambda member: member.name.casefold()), routes=list(RouteKind),
        endpoints=list(endpoints.items()),
    )  # fmt: skip


def _worked(house: House, detail: TicketDetail, stored: StoredTicket, steps: Any) -> dict[str, Any]:
    """What the rules say of the ticket now: its clocks, its ladder, what may be done."""
    at, zone = now(), detail.head.zone
    terms = terms_now(detail.head, ORDER.validate_python(stored.document).terms, house.plans)
    ticket, coverages = whole_ticket(detail, terms, steps), coverages_of(detail)
    shown, behind = view.clock_lines(ticket, detail.clocks, coverages, at, zone)
    rungs = view.ladder(ticket, coverages, escalated(steps))
    return {
        "clocks": shown,
        "updates_behind": behind,
        "rungs": rungs,
        "drawing": view.picture(ticket, coverages, rungs, at, zone),
        "may": {each.value for each in allowed_acts(ticket, Actor.STAFF)},
        "why_no_close": why_not(ticket, Act.CLOSE, Actor.STAFF),
        "levels": terms.levels,
        "waits": view.waits_text(detail.head.paused),
    }
