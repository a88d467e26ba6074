"""The page for customers on which an invitation is answered.

Opening it changes nothing, since mail scanners follow links; only its form does.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import ValidationError
from starlette.responses import Response

from api import problems
from api.actions import MEETING_ACTIONS, act_on_meeting
from api.fields import field_errors
from api.house import House, TheHouse
from api.idempotency import form_claimed
from api.models import AnswerIn
from api.pages.forms import Forms, refused_form
from api.pages.render import back_to, page
from api.problems import FieldError, Problem
from domain.meeting import MeetingStatus
from storage.queries.meetings import Meeting, meeting_by_token

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
        key = await form_claimed(house, str(form.get("_key", "")), request.url.path, body)
        await act_on_meeting(house, meeting.contract_id, meeting.key, MEETING_ACTIONS["answer"], body, key)
    except ValidationError as error:
        problem = problems.invalid([FieldError(path, why) for path, why in field_errors(error)])
        return await _asked(request, house, token, refused_form("answer", typed, problem, ""), 422)
    except Problem as problem:
        key = str(form.get("_key", ""))
        return await _asked(request, house, token, refused_form("answer", typed, problem, key), problem.status)
    return back_to(f"/answer/{token}", "Thank you, your answer is recorded.")


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
