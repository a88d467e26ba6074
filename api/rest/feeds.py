"""Calendar feeds: a contract's meetings behind an unguessable address that can be revoked."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel

from api import problems, signing
from api.house import House, TheHouse, now
from api.idempotency import OnlyOnce
from api.rest.answers import CHANGES, READS
from domain.meeting import MeetingStatus
from mail.feed import MEDIA_TYPE, Feed, FeedMeeting, contract_feed
from storage.contracts import contract_of_feed, feed_of_contract, open_feed, revoke_feed
from storage.queries.contract import contract_head
from storage.queries.meetings import Meeting, meetings_of

router = APIRouter(prefix="/contracts/{contract_id}/feed", tags=["feeds"])
public = APIRouter()
ContractId = Annotated[str, Path(max_length=64, examples=["acme-2026"])]
_TENTATIVE = (MeetingStatus.SEEKING.value, MeetingStatus.INVITED.value)
_GONE = (MeetingStatus.CANCELLED.value, MeetingStatus.LAPSED.value)


class FeedOut(BaseModel):
    """The address to subscribe to; null where there is none in force."""

    url: str | None


@router.get("", summary="Read the feed's address", responses=READS)
async def read_feed(house: TheHouse, contract_id: ContractId) -> FeedOut:
    """Whoever has the address sees the contract's meetings, so hand it out with care."""
    await signing.signed_or_404(house, contract_id)
    async with house.sessions() as session:
        return _shown(house, await feed_of_contract(session, contract_id))


@router.post("", summary="Give the contract a feed", response_model=FeedOut, responses=CHANGES)
async def open_one(house: TheHouse, once: OnlyOnce, contract_id: ContractId) -> Response:
    """An address that is in force is kept; revoke it first to get another one."""
    return await once(None, lambda: opened(house, contract_id))


@router.delete("", summary="Revoke the feed", status_code=204, responses=READS)
async def revoke(house: TheHouse, contract_id: ContractId) -> None:
    """The address gives nothing from now on."""
    await revoked(house, contract_id)


async def opened(house: House, contract_id: str) -> FeedOut:
    """The contract's feed, made now where it had none. Raises Problem 404."""
    await signing.signed_or_404(house, contract_id)
    async with house.sessions.begin() as session:
        token = await feed_of_contract(session, contract_id)
        if token is None:
            token = secrets.token_urlsafe(32)
            await open_feed(session, contract_id, token)
    return _shown(house, token)


async def revoked(house: House, contract_id: str) -> None:
    """Revoke whatever address the contract's feed has. Raises Problem 404."""
    await signing.signed_or_404(house, contract_id)
    async with house.sessions.begin() as session:
        while (token := await feed_of_contract(session, contract_id)) is not None:
            await revoke_feed(session, token, now())


@public.get("/feeds/{token}.ics", include_in_schema=False)
async def feed(request: Request, house: TheHouse, token: Annotated[str, Path(max_length=128)]) -> Response:
    """The calendar (METHOD:PUBLISH). 304: the subscriber has it already, 404: the address is not in force."""
    async with house.sessions() as session:
        contract_id = await contract_of_feed(session, token)
        if contract_id is None:
            raise problems.Problem(problems.NOT_FOUND, "there is no such feed, or it was revoked")
        head = await contract_head(session, contract_id)
        meetings = await meetings_of(session, contract_id)
    order = await signing.signed_or_404(house, contract_id)
    vendor = head.vendor_name if head else order.plan.vendor.name
    made = contract_feed(
        f"{vendor} with {order.customer_name}", [_event(m) for m in meetings if m.uid and m.start],
        vendor_name=vendor, settings=house.settings.mail,
    )  # fmt: skip
    headers = {
        "ETag": made.etag,
        "Last-Modified": format_datetime(made.last_modified.astimezone(UTC), usegmt=True),
        "Cache-Control": "private, max-age=300",
    }
    if _is_known(request, made):
        return Response(status_code=304, headers=headers)
    return Response(made.body, media_type=MEDIA_TYPE, headers=headers)


def _is_known(request: Request, made: Feed) -> bool:
    """RFC 9110, 13.2.2: the date counts only where no entity tag was sent."""
    if (tags := request.headers.get("if-none-match")) is not None:
        known = [tag.strip().removeprefix("W/") for tag in tags.split(",")]
        return "*" in known or made.etag in known
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except ValueError:
        return False
    since = since if since.tzinfo else since.replace(tzinfo=UTC)
    return made.last_modified.replace(microsecond=0) <= since


def _event(meeting: Meeting) -> FeedMeeting:
    assert meeting.uid
    assert meeting.start
    end = meeting.end or meeting.start
    return FeedMeeting(
        uid=meeting.uid,
        sequence=meeting.sequence or 0,
        changed_at=_utc(meeting.changed_at),
        start=_utc(meeting.start),
        end=_utc(end),
        title=meeting.title,
        description=f"{meeting.customer or ''} ({meeting.clause})".strip(),
        place=meeting.place,
        status="tentative" if meeting.status in _TENTATIVE else "cancelled" if meeting.status in _GONE else "confirmed",
    )


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


def _shown(house: House, token: str | None) -> FeedOut:
    return FeedOut(url=f"{house.settings.base_url}/feeds/{token}.ics" if token else None)
