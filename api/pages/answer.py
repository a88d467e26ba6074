"""Pages for customers: the answer to an invitation, and the decision on hours beyond the package.

Opening one changes nothing, since mail scanners follow links; only its form does.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import ValidationError
from starlette.responses import Response

from api import problems, signing
from api.actions import CONTRACT_ACTIONS, MEETING_ACTIONS, act_on_contract, act_on_meeting
from api.fields import field_errors
from api.house import House, TheHouse
from api.idempotency import checked_key
from api.models import AnswerIn, OverageIn
from api.pages.forms import Forms, refused_form
from api.pages.render import back_to, page
from api.problems import FieldError, Problem
from domain.meeting import MeetingStatus
from storage.queries.meetings import Meeting, meeting_by_token
from storage.queries.parts import Overage, overages_of
from storage.queries.timeline import timeline

router = APIRouter(include_in_schema=False)
Token = Annotated[str, Path(max_length=200)]
ContractId = Annotated[str, Path(max_length=64)]


@router.get("/answer/{token}")
async def ask(request: Request, house: TheHouse, token: Token) -> Response:
    """The invitation, with the buttons to answer it."""
    return await _asked(request, house, token)


@router.post("/answer/{token}")
async def answer(request: Request, house: TheHouse, token: Token) -> Response:
    """Record the answer."""
    meeting = await _meeting(house, token)
    form = await request.form()
    typed = {name: str(value) for name, value in form.items() if not name.startswith("_")}
    try:
        body = AnswerIn.model_validate(typed)
        key = checked_key(str(form.get("_key", "")) or None)
        await act_on_meeting(house, meeting.contract_id, meeting.key, MEETING_ACTIONS["answer"], body, key)
    except ValidationError as error:
        problem = problems.invalid([FieldError(path, why) for path, why in field_errors(error)])
        return await _asked(request, house, token, refused_form("answer", typed, problem, ""), 422)
    except Problem as problem:
        key = str(form.get("_key", ""))
        return await _asked(request, house, token, refused_form("answer", typed, problem, key), problem.status)
    return back_to(f"/answer/{token}", "Thank you, your answer is recorded.")


@router.get("/contracts/{contract_id}/overage/{key}")
async def ask_overage(request: Request, house: TheHouse, contract_id: ContractId, key: str) -> Response:
    """What it would cost, with the buttons to decide."""
    return await _overage_asked(request, house, contract_id, key)


@router.post("/contracts/{contract_id}/overage/{key}")
async def decide_overage(request: Request, house: TheHouse, contract_id: ContractId, key: str) -> Response:
    """Record the decision."""
    form = await request.form()
    name = str(form.get("by", "")).strip()
    try:
        body = OverageIn.model_validate({"key": key, "approved": form.get("decision") == "approve", "by": name})
        if form.get("decision") not in ("approve", "decline"):
            raise problems.invalid([FieldError("decision", "approve or decline")])
        action = CONTRACT_ACTIONS["decide_overage"]
        await act_on_contract(house, contract_id, action, body, checked_key(str(form.get("_key", "")) or None))
    except ValidationError:
        problem = problems.invalid([FieldError("by", "write your name: it stands in the record")])
        forms = refused_form("overage", {"by": name}, problem, "")
        return await _overage_asked(request, house, contract_id, key, forms, 422)
    except Problem as problem:
        forms = refused_form("overage", {"by": name}, problem, str(form.get("_key", "")))
        return await _overage_asked(request, house, contract_id, key, forms, problem.status)
    return back_to(f"/contracts/{contract_id}/overage/{key}", "Thank you, your decision is recorded.")


async def _asked(request: Request, house: House, token: str, forms: Forms | None = None, status: int = 200) -> Response:
    meeting = await _meeting(house, token)
    theirs = [a for a in meeting.attendees if a.side == "customer"]
    return page(
        request, "answer.html", status=status, forms=forms, meeting=meeting, attendees=theirs, token=token,
        over=MeetingStatus(meeting.status).over,
    )  # fmt: skip


async def _meeting(house: House, token: str) -> Meeting:
    async with house.sessions() as session:
        meeting = await meeting_by_token(session, token)
    if meeting is None:
        raise Problem(problems.NOT_FOUND, "this invitation is not known here")
    return meeting


async def _overage_asked(
    request: Request, house: House, contract_id: str, key: str, forms: Forms | None = None, status: int = 200
) -> Response:
    order = await signing.signed_or_404(house, contract_id)
    overage, meeting = await _overage(house, contract_id, key)
    return page(
        request, "overage.html", status=status, forms=forms, order=order, overage=overage, title=meeting,
        plan=order.plan,
    )  # fmt: skip


async def _overage(house: House, contract_id: str, key: str) -> tuple[Overage, str]:
    """The question, and the title of the meeting that was asked for (it is not booked before the answer)."""
    async with house.sessions() as session:
        found = next((each for each in await overages_of(session, contract_id) if each.key == key), None)
        told = await timeline(session, contract_id, subject=key, limit=500)
    if found is None:
        raise problems.not_found("question about hours", f"{contract_id}/{key}")
    return found, next((str(fact.data["title"]) for fact in told.facts if fact.data.get("title")), key)
