"""The contract page and its forms: each a plain POST that ends in a redirect, or in the page with what is wrong."""

from __future__ import annotations

from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path, Query, Request
from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.responses import Response

from api import problems, signing
from api.actions import CONTRACT_ACTIONS, MEETING_ACTIONS, Action, act_on_contract, act_on_meeting
from api.endpoints import AddedOut, Owner, listed
from api.fields import LARGEST_ID, field_errors
from api.house import House, TheHouse, now
from api.idempotency import form_claimed
from api.pages import contract_view as view
from api.pages.acting import acting
from api.pages.contract_support import support_of
from api.pages.forms import Forms, local_instant, refused_form
from api.pages.render import back_to, page
from api.problems import FieldError, Problem
from api.rest.feeds import opened, read_feed, revoked
from api.rest.meetings import meeting_or_404
from domain.agenda import ItemKind
from domain.plan import Role
from domain.ticket import RouteKind
from storage.inbox import stray_letters
from storage.queries.contract import contract_page
from storage.queries.parts import messages_of
from storage.queries.timeline import timeline
from storage.staff import list_staff
from workflows.messages import Done, MeetingRequested, Rescheduled

router = APIRouter(prefix="/contracts/{contract_id}", include_in_schema=False)
ContractId = Annotated[str, Path(max_length=64)]
_BY_PATH = {action.path: action for action in CONTRACT_ACTIONS.values()}
_MEETING_BY_PATH = {action.path: action for action in MEETING_ACTIONS.values()}
_ANCHORS = {
    "request_meeting": "meetings", "decide_overage": "hours", "change_contact": "people", "change_role": "people",
    "complete_item": "tasks", "record_count": "charges",
}  # fmt: skip
MESSAGES_SHOWN, FACTS_SHOWN = 20, 25


@router.get("")
async def show(
    request: Request,
    house: TheHouse,
    contract_id: ContractId,
    before: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
    mails: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """The contract as it stands."""
    return await contract_shown(request, house, contract_id, before=before, mails=mails)


@router.get("/terminate")
async def ask_to_terminate(request: Request, house: TheHouse, contract_id: ContractId) -> Response:
    """What terminating means, and the form for it."""
    return await _termination(request, house, contract_id)


@router.post("/feed")
async def change_feed(request: Request, house: TheHouse, contract_id: ContractId) -> Response:
    """Give the contract a calendar feed, or revoke the one it has."""
    form = await request.form()
    if form.get("do") == "revoke":
        await revoked(house, contract_id)
        return back_to(f"/contracts/{contract_id}#people", "The feed is revoked: its address gives nothing any more.")
    await opened(house, contract_id)
    return back_to(f"/contracts/{contract_id}#people", "The feed is there: subscribe to its address in any calendar.")


@router.post("/meetings/{key}/{path}")
async def on_meeting(request: Request, house: TheHouse, contract_id: ContractId, key: str, path: str) -> Response:
    """Reschedule, cancel, answer, or record an outcome."""
    action = _MEETING_BY_PATH.get(path)
    if action is None:
        raise problems.not_found("action", path)
    meeting = await meeting_or_404(house, contract_id, key)
    form = await request.form()
    try:
        body = _body(action, _values(form, meeting.zone or "UTC", plain=True) | {"by": acting(request).signature})
        once = await form_claimed(house, _key(form), request.url.path, body)
        done = await act_on_meeting(house, contract_id, key, action, body, once)
    except Problem as problem:
        forms = refused_form(f"{path}:{key}", _typed(form), problem, _key(form))
        return await contract_shown(request, house, contract_id, forms=forms, status=problem.status)
    return back_to(f"/contracts/{contract_id}#meeting-{key}", _summary(done, meeting.zone or "UTC"))


@router.post("/{path}")
async def on_contract(request: Request, house: TheHouse, contract_id: ContractId, path: str) -> Response:
    """Any action on the contract itself."""
    action = _BY_PATH.get(path)
    if action is None:
        raise problems.not_found("action", path)
    contract = await signing.signed_or_404(house, contract_id)
    form = await request.form()
    name = f"{path}:{form['replaces']}" if path == "change-contact" and form.get("replaces") else path
    try:
        if path == "terminate" and str(form.get("confirm", "")).strip() != contract_id:
            raise problems.invalid([FieldError("confirm", f"write {contract_id} here to say that you mean it")])
        body = _body(action, _values(form, contract.zone) | {"by": acting(request).signature})
        key = await form_claimed(house, _key(form), request.url.path, body)
        done = await act_on_contract(house, contract_id, action, body, key)
    except Problem as problem:
        forms = refused_form(name, _typed(form), problem, _key(form))
        if path == "terminate":
            return await _termination(request, house, contract_id, forms=forms, status=problem.status)
        return await contract_shown(request, house, contract_id, forms=forms, status=problem.status)
    anchor = _ANCHORS.get(action.name, "")
    address = "/" if form.get("_back") == "/" else f"/contracts/{contract_id}" + (f"#{anchor}" if anchor else "")
    return back_to(address, _summary(done, contract.zone))


async def contract_shown(
    request: Request,
    house: House,
    contract_id: str,
    *,
    before: int | None = None,
    mails: int = 1,
    forms: Forms | None = None,
    status: int = 200,
    added: AddedOut | None = None,
) -> Response:
    """The page of the contract; ``added``: an endpoint whose secrets are shown now and never again."""
    order = await signing.signed_or_404(house, contract_id)
    at = now()
    async with house.sessions() as session:
        contract = await contract_page(session, contract_id, at)
        if contract is None:
            return page(request, "contract_starting.html", order=order)
        facts = await timeline(session, contract_id, before_id=before, limit=FACTS_SHOWN)
        messages = await messages_of(session, contract_id, MESSAGES_SHOWN, (mails - 1) * MESSAGES_SHOWN)
        letters = await stray_letters(session, contract_id=contract_id)
        staff = [
            m for m in await list_staff(session) if m.active and (not m.vendors or contract.head.vendor in m.vendors)
        ]
        plan = house.plans.get(contract.head.plan, order.plan)
        support = await support_of(session, contract.head, plan, at)
    waiting, done = view.meeting_cards(contract.meetings, at)
    waiting = view.with_joiners(waiting, contract.agenda, plan, staff)
    behind, near, ahead = view.agenda_parts(contract.agenda, at)
    return page(
        request, "contract.html", status=status, forms=forms,
        c=contract, head=contract.head, order=order, plan=plan, zone=contract.head.zone,
        drawing=view.drawing(contract, at), legend=view.LEGEND, looks=view.LOOKS, progress=view.progress(contract, at),
        hours=contract.hours, bar=view.hours_bar(contract.hours),
        waiting=waiting, held=done, behind=behind, near=near, ahead=ahead,
        approvals=[overage for overage in contract.overages if overage.waits],
        facts=view.said(facts.facts, contract.agenda, contract.head.zone), older=facts.before, before=before,
        messages=messages, mails=mails, mail_pages=max(1, -(-messages.total // MESSAGES_SHOWN)),
        texts={clause.id: clause.text for p in (order.plan, plan) for clause in p.clauses},
        feed=(await read_feed(house, contract_id)).url,
        staff=sorted(staff, key=lambda member: member.name.casefold()), roles=list(Role),
        offers=[p for p in house.plans.values() if p.vendor.id == contract.head.vendor],
        support=support,
        open_tasks=[task for task in contract.tasks if task.open], letters=letters,
        changeable=view.may_change(contract.head.stage),
        endpoints=await listed(house, Owner(contract_id=contract_id)), routes=list(RouteKind), added=added,
    )  # fmt: skip


async def _termination(
    request: Request, house: House, contract_id: str, *, forms: Forms | None = None, status: int = 200
) -> Response:
    order = await signing.signed_or_404(house, contract_id)
    async with house.sessions() as session:
        contract = await contract_page(session, contract_id, now())
    if contract is None:
        return page(request, "contract_starting.html", order=order)
    coming = [item for item in contract.agenda if not item.over and item.kind != ItemKind.END.value]
    return page(
        request, "terminate.html", status=status, forms=forms, head=contract.head, coming=coming,
        meetings=[m for m in contract.meetings if m.status in ("invited", "confirmed")], hours=contract.hours,
    )  # fmt: skip


def _key(form: FormData) -> str:
    return str(form.get("_key", ""))


def _typed(form: FormData) -> dict[str, str]:
    return {name: str(value) for name, value in form.items() if not name.startswith("_")}


def _body(action: Action[Any], values: dict[str, Any]) -> Any:
    """The body of an action from a form. Raises Problem 422 with the names of the form's fields."""
    known = action.body.model_fields
    try:
        return action.body.model_validate({name: value for name, value in values.items() if name in known})
    except ValidationError as error:
        raise problems.invalid(
            [FieldError(path.removeprefix("contact."), why) for path, why in field_errors(error)]
        ) from None


def _values(form: FormData, zone: str, plain: bool = False) -> dict[str, Any]:
    """The fields of a form as the API's bodies have them: an empty one is not given, a local time is in ``zone``.

    ``plain``: an address is one field of the body, and not a contact's.
    """
    values: dict[str, Any] = {name: text for name, text in _typed(form).items() if text.strip()}
    if "outside_hours" in values:  # said of the time that was warned of, and of no other
        values["outside_hours"] = values["outside_hours"] == values.get("start")
    for name in ("start", "earliest", "latest"):
        if name in values:
            values[name] = local_instant(name, values[name], zone)
    if "email" in values and not plain:
        contact = {name: values.pop(name) for name in ("name", "email", "phone", "zone") if name in values}
        values["contact"] = contact | {"primary": "primary" in values}
    return values


def _summary(done: object, zone: str) -> str:
    match done:
        case Done(summary):
            return summary
        case Rescheduled(start):
            return f"Moved to {start.astimezone(ZoneInfo(zone)):%a %-d %b %Y, %H:%M}. Everybody invited is told."
        case MeetingRequested(_, overage) if overage:
            return f"Asked for. It exceeds the hours by {overage} min, so the customer is asked to approve that first."
        case MeetingRequested():
            return "Asked for. A slot is being looked for, and invitations follow."
    return "Done."
