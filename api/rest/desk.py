"""Who is on call, who stands in for whom, and which channels are down."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field

from api import channels, problems, rotations
from api.fields import LARGEST_ID
from api.house import TheHouse, now
from api.idempotency import OnlyOnce
from api.rest.answers import LISTS, READS, Page, Paging, may_answer, paged
from api.rotations import Instant, OverrideIn, RotationIn
from domain.rotation import Handover
from storage.rotations import (
    KeptOverride,
    KeptRotation,
    delete_override,
    delete_rotation,
    list_overrides,
    list_rotations,
)

router = APIRouter(tags=["desk"])
Key = Annotated[rotations.RotationKey, Path(description="The rotation's key, as a plan's ladder names it")]
VendorId = Annotated[str, Path(max_length=64)]
_PUTS = may_answer(problems.INVALID)
_POSTS = may_answer(problems.KEY_MISSING, problems.NOT_FOUND, problems.INVALID, problems.KEY_REUSED)


class OverrideOut(BaseModel):
    """Somebody else has the duty for a span. Of several that overlap the one with the highest id counts."""

    id: int
    member: str
    begins: datetime
    ends: datetime
    by: str
    reason: str


class RotationOut(BaseModel):
    """A rotation, with the overrides that are not over."""

    key: str
    name: str
    vendor_id: str
    members: tuple[str, ...]
    handover: Handover
    handover_at: str
    first_day: date
    zone: str
    overrides: list[OverrideOut]


class OnCallOut(BaseModel):
    """Who is called at an instant; `staff_id` null: nobody, and `reason` says why."""

    rotation: str
    at: datetime
    staff_id: str | None
    name: str
    email: str
    reason: str = Field(description="Who was passed over since they are away, or why there is nobody")
    overridden: bool = Field(description="Whoever has the duty stands in for somebody")
    until: datetime | None = Field(description="The next handover; null: none within five weeks")
    next_staff_id: str | None = Field(description="Who is called from then on")


class ChannelOut(BaseModel):
    """A way in, and whether it is down. `since` null: it never was down."""

    vendor: str
    channel: str
    plans: tuple[str, ...]
    opens: tuple[str, ...] = Field(description="The channels that are a way in only while this one is down")
    down: bool
    since: datetime | None
    by: str
    reason: str


@router.get("/rotations", summary="List the rotations", responses=LISTS)
async def list_all(
    house: TheHouse,
    paging: Paging,
    vendor: Annotated[str, Query(max_length=64, description="Those that this vendor's tickets may call")] = "",
) -> Page[RotationOut]:
    """Every rotation, by name."""
    async with house.sessions() as session:
        found = [each for each in await list_rotations(session, now()) if not vendor or each.serves(vendor)]
    shown = [_shown(each) for each in found[paging.offset : paging.offset + paging.limit]]
    return paged(shown, len(found), paging)


@router.get("/rotations/{key}", summary="Read a rotation", responses=READS)
async def read_one(house: TheHouse, key: Key) -> RotationOut:
    """One rotation, with the overrides that are not over."""
    async with house.sessions() as session:
        return _shown(await rotations.rotation_or_404(session, key, now()))


@router.put(
    "/rotations/{key}", summary="Add or change a rotation",
    responses=_PUTS | {201: {"description": "It is new", "model": RotationOut}},
)  # fmt: skip
async def put_one(house: TheHouse, response: Response, key: Key, body: RotationIn) -> RotationOut:
    """The whole rotation, as it should be from now on; its overrides stay."""
    kept, added = await rotations.put_rotation(house, key, body)
    response.status_code = 201 if added else 200
    return _shown(kept)


@router.delete("/rotations/{key}", summary="Delete a rotation", status_code=204, responses=READS)
async def delete_one(house: TheHouse, key: Key) -> None:
    """It is gone with its overrides. A ladder that names it calls nobody from now on."""
    async with house.sessions.begin() as session:
        if not await delete_rotation(session, key):
            raise problems.not_found("rotation", key)


@router.get("/rotations/{key}/on-call", summary="See who is on call", responses=may_answer(problems.NOT_FOUND))
async def on_call(
    house: TheHouse,
    key: Key,
    at: Annotated[Instant | None, Query(description="An instant with its offset; now, where it is not given")] = None,
) -> OnCallOut:
    """Who is called at an instant: whoever has the duty, or the next one in turn who is not away."""
    moment = at or now()
    async with house.sessions() as session:
        kept = await rotations.rotation_or_404(session, key, moment)
        staff = await rotations.staff_of(session, kept)
    told = rotations.on_call_at(kept, staff, moment)
    person = told.found.person
    return OnCallOut(
        rotation=key, at=moment, staff_id=told.found.staff_id or None, name=person.name if person else "",
        email=person.email if person else "", reason=told.found.reason,
        overridden=bool(told.shift and told.shift.overridden),
        until=told.following.begin if told.following else None,
        next_staff_id=(told.next_found.staff_id or None) if told.next_found else None,
    )  # fmt: skip


@router.get("/rotations/{key}/overrides", summary="List the overrides of a rotation", responses=LISTS | READS)
async def list_all_overrides(house: TheHouse, paging: Paging, key: Key) -> Page[OverrideOut]:
    """All that nobody took back, those that are over too; the last to end comes first."""
    async with house.sessions() as session:
        await rotations.rotation_or_404(session, key)
        found = await list_overrides(session, key, paging.limit, paging.offset)
    return paged([_override(each) for each in found.items], found.total, paging)


@router.post(
    "/rotations/{key}/overrides", status_code=201, summary="Let somebody stand in", response_model=OverrideOut,
    responses=_POSTS,
)  # fmt: skip
async def add_override(house: TheHouse, once: OnlyOnce, key: Key, body: OverrideIn) -> Response:
    """For a span somebody else has the duty: a swap, a holiday. It wins over those that were made before."""

    async def act() -> OverrideOut:
        return _override(await rotations.add_override(house, key, body))

    return await once(body, act, 201)


@router.delete(
    "/rotations/{key}/overrides/{override_id}", summary="Take an override back", status_code=204, responses=READS
)
async def take_back(house: TheHouse, key: Key, override_id: Annotated[int, Path(ge=1, le=LARGEST_ID)]) -> None:
    """Whose turn it is has the duty again."""
    async with house.sessions.begin() as session:
        if await delete_override(session, key, override_id) is None:
            raise problems.not_found("override", str(override_id))


@router.get("/channels", summary="List the channels", responses=LISTS)
async def list_channels(
    house: TheHouse, paging: Paging, vendor: Annotated[str, Query(max_length=64)] = "", down: bool | None = None
) -> Page[ChannelOut]:
    """Each way in of each vendor's packages, and whether it is down; `vendor` and `down` keep those that fit."""
    found = [
        _channel(each)
        for each in await channels.list_channels(house)
        if (not vendor or each.vendor.id == vendor) and (down is None or each.down is down)
    ]
    return paged(found[paging.offset : paging.offset + paging.limit], len(found), paging)


@router.post("/channels/{vendor}/down", summary="Say that it is down", response_model=ChannelOut, responses=_POSTS)
async def set_down(house: TheHouse, once: OnlyOnce, vendor: VendorId, body: channels.ChannelIn) -> Response:
    """From now on tickets may come by the channels that it opens. One that is down already stays as it is."""

    async def act() -> ChannelOut:
        return _channel(await channels.set_channel(house, vendor, body, down=True))

    return await once(body, act)


@router.post("/channels/{vendor}/up", summary="Say that it is up again", response_model=ChannelOut, responses=_POSTS)
async def set_up(house: TheHouse, once: OnlyOnce, vendor: VendorId, body: channels.ChannelIn) -> Response:
    """What it opened is shut again. One that is up already stays as it is."""

    async def act() -> ChannelOut:
        return _channel(await channels.set_channel(house, vendor, body, down=False))

    return await once(body, act)


def _shown(kept: KeptRotation) -> RotationOut:
    rotation = kept.rotation
    return RotationOut(
        key=rotation.key, name=kept.name, vendor_id=kept.vendor_id, members=rotation.members,
        handover=rotation.handover, handover_at=rotations.clock_time(rotation), first_day=rotation.first_day,
        zone=rotation.zone, overrides=[_override(each) for each in kept.overrides],
    )  # fmt: skip


def _override(kept: KeptOverride) -> OverrideOut:
    return OverrideOut(
        id=kept.id, member=kept.member, begins=kept.begins, ends=kept.ends, by=kept.by, reason=kept.reason
    )


def _channel(channel: channels.Channel) -> ChannelOut:
    last = channel.last
    return ChannelOut(
        vendor=channel.vendor.id, channel=channel.name, plans=channel.plans, opens=channel.opens, down=channel.down,
        since=(last.until or last.since) if last else None,
        by=(last.by if channel.down else last.ended_by) if last else "",
        reason=(last.reason if channel.down else last.ended_reason) if last else "",
    )  # fmt: skip
