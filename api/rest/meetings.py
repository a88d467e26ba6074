"""Meetings: list, read, and act on them."""
# No postponed annotations here: the routes of the actions are made in a loop, each with its own body.

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import AwareDatetime

from api import problems
from api.actions import MEETING_ACTIONS, OnMeeting, act_on_meeting
from api.house import House, TheHouse
from api.idempotency import OnlyOnce
from api.models import utc
from api.rest.answers import CHANGES, LISTS, READS, Page, Paging, paged
from domain.meeting import MeetingStatus
from storage.queries.meetings import Meeting, MeetingFilter, find_meeting, list_meetings

router = APIRouter(prefix="/meetings", tags=["meetings"])
ContractId = Annotated[str, Path(max_length=64, examples=["acme-2026"])]
Key = Annotated[str, Path(max_length=120, description="The agenda key", examples=["kickoff"])]


@router.get("", summary="List meetings by their start", responses=LISTS)
async def list_all(
    house: TheHouse,
    paging: Paging,
    contract: Annotated[str | None, Query(description="A contract's id")] = None,
    staff: Annotated[str | None, Query(description="The host's staff id")] = None,
    status: Annotated[list[MeetingStatus], Query(description="May be given more than once")] = [],  # noqa: B006
    customer: Annotated[str, Query(max_length=200, description="A part of the name")] = "",
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
) -> Page[Meeting]:
    """Those without a slot come last; `since` and `until` bound the start, and so leave them out."""
    statuses = tuple(each.value for each in status)
    wanted = MeetingFilter(contract, staff, statuses, customer, utc(since), utc(until))
    async with house.sessions() as session:
        found = await list_meetings(session, wanted, paging.limit, paging.offset)
    return paged(found.items, found.total, paging)


@router.get("/{contract_id}/{key}", summary="Read a meeting", responses=READS)
async def read_meeting(house: TheHouse, contract_id: ContractId, key: Key) -> Meeting:
    """A meeting with its slot, its attendees and their answers."""
    return await meeting_or_404(house, contract_id, key)


async def meeting_or_404(house: House, contract_id: str, key: str) -> Meeting:
    """The meeting. Raises Problem 404."""
    async with house.sessions() as session:
        meeting = await find_meeting(session, contract_id, key)
    if meeting is None:
        raise problems.not_found("meeting", f"{contract_id}/{key}")
    return meeting


def _add(action: OnMeeting) -> None:
    body_model: Any = action.body

    async def endpoint(
        house: TheHouse, once: OnlyOnce, contract_id: ContractId, key: Key, body: body_model
    ) -> Response:
        async def act() -> object:
            await meeting_or_404(house, contract_id, key)
            return await act_on_meeting(house, contract_id, key, action, body, once.key)

        return await once(body, act)

    router.add_api_route(
        f"/{{contract_id}}/{{key}}/{action.path}",
        endpoint,
        methods=["POST"],
        name=action.name,
        summary=action.summary,
        description=action.text,
        response_model=action.answer,
        responses=CHANGES,
    )


for _action in MEETING_ACTIONS.values():
    _add(_action)
