"""Who keeps the promises."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession

from api import problems
from api.house import TheHouse
from api.idempotency import OnlyOnce
from api.models import StaffIn
from api.problems import FieldError, Problem
from api.rest.answers import CHANGES, LISTS, READS, Page, Paging, may_answer, paged
from domain.coverage import WeeklyHours
from domain.plan import Role
from storage.staff import StaffMember, find_staff, list_staff, put_staff

router = APIRouter(prefix="/staff", tags=["staff"])
StaffId = Annotated[str, StringConstraints(max_length=64)]
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class StaffOut(BaseModel):
    """A member of the staff; `vendors` empty: works for all of them."""

    id: str
    name: str
    email: str
    zone: str
    country: str
    roles: tuple[Role, ...]
    vendors: tuple[str, ...]
    working_hours: str
    daily_limit: int
    buffer_minutes: int
    active: bool


@router.get("", summary="List the staff", responses=LISTS)
async def list_members(
    house: TheHouse, paging: Paging, role: Role | None = None, vendor: str = "", active: bool | None = None
) -> Page[StaffOut]:
    """Everybody, by id; `role`, `vendor` and `active` keep those to whom it applies."""
    async with house.sessions() as session:
        members = [
            shown(member)
            for member in await list_staff(session)
            if (role is None or role in member.roles)
            and (not vendor or not member.vendors or vendor in member.vendors)
            and (active is None or member.active is active)
        ]
    return paged(members[paging.offset : paging.offset + paging.limit], len(members), paging)


@router.post(
    "", status_code=201, summary="Add somebody", response_model=StaffOut, responses=may_answer(
        problems.EXISTS, problems.INVALID, problems.KEY_MISSING
    )
)  # fmt: skip
async def add_member(house: TheHouse, once: OnlyOnce, body: StaffIn) -> Response:
    """Add a member of the staff. The very same one again is no mistake; another one of the same id is."""

    async def act() -> StaffOut:
        member = known_vendors(house.catalogue.vendors, body).to_domain()
        async with house.sessions.begin() as session:
            there = await find_staff(session, member.id)
            if there is not None and there != member:
                raise Problem(
                    problems.EXISTS,
                    f"there is another member {member.id!r} already",
                    (FieldError("id", "this id is taken"),),
                )
            await put_staff(session, member)
        return shown(member)

    return await once(body, act, 201)


@router.get("/{staff_id}", summary="Read somebody", responses=READS)
async def read_member(house: TheHouse, staff_id: StaffId) -> StaffOut:
    """One member of the staff."""
    async with house.sessions() as session:
        return shown(await member_or_404(session, staff_id))


@router.put("/{staff_id}", summary="Change somebody", responses=CHANGES)
async def change_member(house: TheHouse, staff_id: StaffId, body: StaffIn) -> StaffOut:
    """The whole member, as it should be from now on. Inactive ones are not given anything new."""
    if body.id != staff_id:
        raise problems.invalid([FieldError("id", f"expected {staff_id}, as in the address")])
    member = known_vendors(house.catalogue.vendors, body).to_domain()
    async with house.sessions.begin() as session:
        await member_or_404(session, staff_id)
        await put_staff(session, member)
    return shown(member)


async def member_or_404(session: AsyncSession, staff_id: str) -> StaffMember:
    """The member. Raises Problem 404."""
    member = await find_staff(session, staff_id)
    if member is None:
        raise problems.not_found("member of the staff", staff_id)
    return member


def known_vendors(vendors: Collection[str], body: StaffIn) -> StaffIn:
    """The body, if its vendors are in the catalogue. Raises Problem 422."""
    known = set(vendors)
    if wrong := [
        FieldError(f"vendors.{i}", f"there is no vendor {each!r}; there are {', '.join(sorted(known))}")
        for i, each in enumerate(body.vendors)
        if each not in known
    ]:
        raise problems.invalid(wrong)
    return body


def shown(member: StaffMember) -> StaffOut:
    """The member as an answer."""
    return StaffOut(
        id=member.id, name=member.name, email=member.email, zone=member.zone, country=member.country,
        roles=member.roles, vendors=member.vendors, working_hours=hours_text(member.hours),
        daily_limit=member.daily_limit, buffer_minutes=member.buffer_minutes, active=member.active,
    )  # fmt: skip


def hours_text(hours: WeeklyHours) -> str:
    """Weekly hours as `api.models.parse_hours` reads them: ``mon-fri 09:00-17:00; sat 10:00-12:00``."""
    parts: list[str] = []
    start = 0
    while start < 7:
        end = start
        while end + 1 < 7 and hours.days[end + 1] == hours.days[start]:
            end += 1
        if hours.days[start]:
            days = _DAYS[start] if start == end else f"{_DAYS[start]}-{_DAYS[end]}"
            parts.append(f"{days} {' '.join(str(span) for span in hours.days[start])}")
        start = end + 1
    return "; ".join(parts)
