"""The desk: who is on call now and in the next weeks, who stands in, and which channels are down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.datastructures import FormData
from starlette.responses import Response

from api import channels, problems, rotations
from api.fields import LARGEST_ID, field_errors
from api.house import House, TheHouse, now
from api.pages import desk_view as view
from api.pages.acting import acting
from api.pages.forms import Forms, local_instant, refused_form, slug
from api.pages.render import back_to, page
from api.problems import FieldError, Problem
from api.rotations import OverrideIn, RotationIn, RotationKey
from storage.rotations import delete_override, delete_rotation, find_rotation, list_rotations
from storage.staff import list_staff

router = APIRouter(prefix="/desk", include_in_schema=False)
M = TypeVar("M", bound=BaseModel)
Key = Annotated[RotationKey, Path()]
_KEY: TypeAdapter[str] = TypeAdapter(RotationKey)
_PICTURED = timedelta(days=8)
"""The picture begins on Monday, so overrides of the last days are shown too."""


@router.get("")
async def show(request: Request, house: TheHouse) -> Response:
    """Every rotation, every channel."""
    return await _shown(request, house)


@router.post("/rotations")
async def add(request: Request, house: TheHouse) -> Response:
    """Add a rotation; its key is made from its name where none is given."""
    typed = _typed(await request.form())
    try:
        body = _rotation(typed)
        key = _new_key(typed)
        async with house.sessions() as session:
            there = await find_rotation(session, key)
        if there is not None and there.without_overrides() != body.to_domain(key):
            raise Problem(problems.EXISTS, f"there is another rotation {key!r}", (FieldError("key", "it is taken"),))
        await rotations.put_rotation(house, key, body)
    except Problem as problem:
        return await _refused(request, house, "rotation", typed, _in_form(problem, typed))
    return back_to(f"/desk#r-{key}", f"{body.name} is there. A plan's ladder calls it as {key}.")


@router.post("/rotations/{key}")
async def change(request: Request, house: TheHouse, key: Key) -> Response:
    """Change a rotation; who stands in stays."""
    typed = _typed(await request.form())
    try:
        body = _rotation(typed)
        await rotations.put_rotation(house, key, body)
    except Problem as problem:
        return await _refused(request, house, f"rotation:{key}", typed, _in_form(problem, typed))
    return back_to(f"/desk#r-{key}", f"{body.name} is changed.")


@router.post("/rotations/{key}/delete")
async def delete(house: TheHouse, key: Key) -> Response:
    """It is gone; a second press changes nothing."""
    async with house.sessions.begin() as session:
        gone = await delete_rotation(session, key)
    return back_to("/desk", f"The rotation {key} is deleted." if gone else f"The rotation {key} was deleted before.")


@router.post("/rotations/{key}/overrides")
async def swap(request: Request, house: TheHouse, key: Key) -> Response:
    """Let somebody stand in for a span; times are those of the rotation's zone."""
    typed = _typed(await request.form())
    async with house.sessions() as session:
        zone = (await rotations.rotation_or_404(session, key)).rotation.zone
    try:
        values = {name: text for name, text in typed.items() if text}
        values |= {name: local_instant(name, values[name], zone) for name in ("begins", "ends") if name in values}
        made = await rotations.add_override(house, key, _body(OverrideIn, values | {"by": acting(request).signature}))
    except Problem as problem:
        return await _refused(request, house, f"swap:{key}", typed, problem)
    async with house.sessions() as session:
        (member,) = await list_staff(session, [made.member])
    begins, ends = (at.astimezone(ZoneInfo(zone)) for at in (made.begins, made.ends))
    return back_to(
        f"/desk#r-{key}", f"{member.name} stands in from {begins:%a %-d %b, %H:%M} to {ends:%a %-d %b, %H:%M}."
    )


@router.post("/rotations/{key}/overrides/{override_id}/undo")
async def undo(house: TheHouse, key: Key, override_id: Annotated[int, Path(ge=1, le=LARGEST_ID)]) -> Response:
    """Take a swap back; a second press changes nothing."""
    async with house.sessions.begin() as session:
        gone = await delete_override(session, key, override_id)
    return back_to(f"/desk#r-{key}", "The swap is taken back." if gone else "That swap was taken back before.")


@router.post("/channels/{vendor}/{state}")
async def set_channel(
    request: Request, house: TheHouse, vendor: Annotated[str, Path(max_length=64)], state: str
) -> Response:
    """Say that a channel is down, or up again."""
    if state not in ("down", "up"):
        raise problems.not_found("action", state)
    typed = _typed(await request.form())
    try:
        body = _body(channels.ChannelIn, {**typed, "by": acting(request).signature})
        channel = await channels.set_channel(house, vendor, body, down=state == "down")
    except Problem as problem:
        name = f"channel:{vendor}:{typed.get('channel', '')}"
        return await _refused(request, house, name, typed, problem)
    opened = f" Tickets may come by {' and '.join(channel.opens)} now." if channel.down and channel.opens else ""
    return back_to("/desk#channels", f"{channel.name} of {channel.vendor.name} is {state}.{opened}")


async def _refused(request: Request, house: House, name: str, typed: Mapping[str, str], problem: Problem) -> Response:
    return await _shown(request, house, refused_form(name, typed, problem, ""), problem.status)


async def _shown(request: Request, house: House, forms: Forms | None = None, status: int = 200) -> Response:
    at = now()
    async with house.sessions() as session:
        kept = await list_rotations(session, since=at - _PICTURED)
        staff = {each.id: each for each in await list_staff(session)}
    plans = list(house.plans.values())
    return page(
        request, "desk.html", status=status, forms=forms,
        cards=[view.card(each, staff, plans, at) for each in kept], size_of=view.size_of,
        unknown=view.unknown_rotations(plans, [each.key for each in kept]),
        staff=sorted(staff.values(), key=lambda member: member.name.casefold()),
        channels=await channels.list_channels(house), vendors=house.vendors,
        zones=sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")),
        today=at.date(),
    )  # fmt: skip


def _typed(form: FormData) -> dict[str, str]:
    return {name: str(value).strip() for name, value in form.items() if not name.startswith("_")}


def _members(typed: Mapping[str, str]) -> list[tuple[str, str]]:
    """The chosen members in turn, each with the name of its field."""
    fields = sorted((name for name in typed if name.startswith("member_")), key=lambda name: (len(name), name))
    return [(name, typed[name]) for name in fields if typed[name]]


def _rotation(typed: Mapping[str, str]) -> RotationIn:
    names = ("name", "vendor_id", "handover", "handover_at", "first_day", "zone")
    values: dict[str, Any] = {name: typed[name] for name in names if typed.get(name)}
    return _body(RotationIn, values | {"members": [member for _, member in _members(typed)]})


def _new_key(typed: Mapping[str, str]) -> str:
    try:
        return _KEY.validate_python(typed.get("key") or slug(typed.get("name", "")))
    except ValidationError as error:
        raise problems.invalid([FieldError("key", why) for _, why in field_errors(error)]) from None


def _in_form(problem: Problem, typed: Mapping[str, str]) -> Problem:
    """The same problem with the members' places as the names of the form's fields."""
    fields = {f"members.{place}": name for place, (name, _) in enumerate(_members(typed))} | {"members": "member_1"}
    errors = tuple(FieldError(fields.get(each.field, each.field), each.message) for each in problem.errors)
    return Problem(problem.kind, problem.detail, errors, problem.extra)


def _body(model: type[M], values: Mapping[str, Any]) -> M:
    """The body of a form. Raises Problem 422 with the names of the fields."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise problems.invalid([FieldError(path, why) for path, why in field_errors(error)]) from None
