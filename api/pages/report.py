"""The form by which a customer reports something, and by which staff write down what came by phone or chat."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from pydantic import ValidationError
from starlette.responses import Response

from api import problems
from api.fields import field_errors
from api.house import House, TheHouse, now
from api.idempotency import form_claimed
from api.orders import reaching
from api.pages import report_view as view
from api.pages.acting import acting
from api.pages.form_files import SentForm, sent_form
from api.pages.forms import Forms, FormState, new_key, refused_form
from api.pages.promises import first_promise
from api.pages.render import back_to, page
from api.problems import FieldError, Problem
from api.reporting import registered
from api.ticket_models import ReportIn
from domain.intake import Decision, Door
from storage.tickets import find_file, ticket_of_token
from support.known import Setting, UnknownContractError, setting_of
from support.registering import ORDER, Registered

router = APIRouter(prefix="/contracts/{contract_id}/report", include_in_schema=False)
ContractId = Annotated[str, Path(max_length=64)]
_LINES = ("subject", "description", "login", "premises", "device", "level", "kind", "receipt_day")
_STAFF_DOORS = (Door.PHONE, Door.CHAT)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A report that became no ticket. ``files``: those that are kept with it, ``token`` leads to them."""

    number: int
    told: str
    decision: Decision
    files: tuple[str, ...]
    token: str


@router.get("")
async def ask(request: Request, house: TheHouse, contract_id: ContractId) -> Response:
    """The empty form, with when the desk opens."""
    return await _form(request, house, contract_id)


@router.post("")
async def report(request: Request, house: TheHouse, contract_id: ContractId) -> Response:
    """Register it; what the plan does not take comes back with every reason, and with all that was written."""
    form = await sent_form(request)
    typed = form.typed
    try:
        door, body = await _body(request, house, contract_id, form)
        key = await form_claimed(house, form.key, request.url.path, body)
        done = await registered(house, contract_id, body, key, door)
    except Problem as problem:
        forms = refused_form("report", typed, _named_as_shown(problem), form.key)
        return await _form(request, house, contract_id, forms, problem.status)
    if done.decision.accepted:
        return await _thanks(request, house, contract_id, done)
    names = tuple(done.decision.report.attachments)
    refusal = Refusal(done.number, done.decision.report.reporter.email, done.decision, names, done.token)
    forms = Forms(FormState("report", typed, {}, "", (), new_key()))
    return await _form(request, house, contract_id, forms, 409, refusal)


async def _thanks(request: Request, house: House, contract_id: str, done: Registered) -> Response:
    """To the ticket: staff to its page, whoever reported it to their own."""
    async with house.sessions() as session:
        stored = await ticket_of_token(session, done.token)
    promised = first_promise(ORDER.validate_python(stored.document)) if stored else ""
    later = "" if done.started else " Pledge writes to you as soon as Temporal is back."
    said = f"Registered as ticket {done.number}. {promised}{later}".strip()
    return back_to(f"/tickets/{contract_id}/{done.number}" if acting(request).id else f"/t/{done.token}", said)


async def _body(request: Request, house: House, contract_id: str, form: SentForm) -> tuple[Door, ReportIn]:
    """The door and the checked body. Raises Problem 422 with the fields."""
    me, typed = acting(request), form.typed
    door, channel = Door.FORM, ""
    if me.id and typed.get("way"):
        given, _, channel = typed["way"].partition("|")
        door = next((each for each in _STAFF_DOORS if each.value == given), Door.FORM)
    values: dict[str, Any] = {name: typed[name] for name in _LINES if typed.get(name, "").strip()}
    values |= {
        "reporter": {name: typed.get(name, "") for name in ("name", "email", "phone")},
        "door": door.value if door in _STAFF_DOORS else "api",
        "by": me.signature if me.id else "",
        "channel": channel,
        "login_asked": bool(me.id and typed.get("login_asked")),
        "attachments": [*await _kept_files(house, contract_id, form), *form.files()],
    }
    wrong = [FieldError("description", "say what is wrong or needed")] if "description" not in values else []
    if door is Door.FORM and not typed.get("email", "").strip():
        wrong.append(FieldError("email", "say where you can be written to"))
    try:
        body = ReportIn.model_validate(values)
    except ValidationError as error:
        wrong += [FieldError(path, why) for path, why in field_errors(error)]
        raise problems.invalid(wrong) from None
    if wrong:
        raise problems.invalid(wrong)
    return door, body


async def _kept_files(house: House, contract_id: str, form: SentForm) -> list[dict[str, Any]]:
    """The files of the refused report that this one is sent in place of, if they are still wanted."""
    token = form.hidden.get("_kept", "")
    if not token or not form.typed.get("kept"):
        return []
    async with house.sessions() as session:
        stored = await ticket_of_token(session, token)
        if stored is None or stored.accepted or stored.contract_id != contract_id:
            return []
        listed = ORDER.validate_python(stored.document).attachments
        files = [await find_file(session, contract_id, stored.number, each.id) for each in listed]
    return [
        {"name": file.name, "media_type": file.media_type, "content": base64.b64encode(file.content).decode()}
        for file in files
        if file is not None
    ]


def _named_as_shown(problem: Problem) -> Problem:
    """The same problem with the fields' names in the form."""
    errors = tuple(FieldError(e.field.removeprefix("reporter."), e.message) for e in problem.errors)
    errors = tuple(FieldError("email" if e.field == "reporter" else e.field, e.message) for e in errors)
    return Problem(problem.kind, problem.detail, errors, problem.extra)


async def _form(
    request: Request,
    house: House,
    contract_id: str,
    forms: Forms | None = None,
    status: int = 200,
    refusal: Refusal | None = None,
) -> Response:
    at = now()
    setting = await _setting(house, contract_id)
    fields = view.asked(setting)
    way = next(iter(fields.ways), None) if acting(request).id else None
    return page(
        request, "report.html", status=status, forms=forms, contract=setting.contract, plan=setting.plan,
        zone=setting.contract.zone, asked=fields, desks=view.desk_hours(setting, at),
        against=() if refusal else view.against(setting, way), contacts=setting.contacts, refusal=refusal,
        texts={clause.id: clause.text for clause in setting.plan.clauses},
    )  # fmt: skip


async def _setting(house: House, contract_id: str) -> Setting:
    try:
        with reaching():
            async with house.sessions() as session:
                return await setting_of(house.desk, session, contract_id, now(), login_asked=False)
    except UnknownContractError:
        raise problems.not_found("contract", contract_id) from None
