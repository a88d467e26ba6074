"""On-call rotations from the doors' side: the bodies, what is checked of them, and who is on call.

REST, the page and the CSV import all go through here, so a rule about a rotation stands in one place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, ValidationInfo, field_validator
from sqlalchemy.ext.asyncio import AsyncSession

from activities.calls import Found
from activities.finding import called
from api import problems
from api.house import House, now
from api.models import Body, By, Line, OptionalLine, Slug, Zone
from api.problems import FieldError
from domain.rotation import Handover, Override, Rotation, Shift, shifts
from storage import rotations as kept_rotations
from storage.rotations import KeptOverride, KeptRotation
from storage.staff import StaffMember, list_staff

LOOK_AHEAD = timedelta(days=35)
"""How far ahead the next handover is looked for."""


def _near(day: date) -> date:
    if not 2000 <= day.year < 2100:
        raise ValueError("expected a day of the years 2000 to 2099")
    return day


RotationKey = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$", min_length=1, max_length=40)
]
Instant = Annotated[AwareDatetime, AfterValidator(_near)]
ClockTime = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$")]


class RotationIn(Body):
    """A rotation: whose turn it is to be called, one after the other."""

    name: Line
    vendor_id: OptionalLine = Field("", description="Only tickets of this vendor call it; empty: of every vendor")
    members: tuple[Slug, ...] = Field(description="Ids of the staff, in turn", examples=[["maya", "tom"]])
    handover: Handover = Handover.WEEKLY
    handover_at: ClockTime = Field("09:00", description="The local time of each handover, in `zone`")
    first_day: Annotated[date, AfterValidator(_near)] = Field(
        description="The first member's first day; a weekly handover falls on its weekday"
    )
    zone: Zone

    @field_validator("members")
    @classmethod
    def _somebody(cls, members: tuple[str, ...]) -> tuple[str, ...]:
        if not 1 <= len(members) <= 50:
            raise ValueError("expected 1 to 50 members of the staff, in turn")
        return members

    def to_domain(self, key: str) -> KeptRotation:
        """The rotation as the database knows it."""
        minute = int(self.handover_at[:2]) * 60 + int(self.handover_at[3:])
        rotation = Rotation(key, self.zone, self.handover, self.first_day, self.members, minute)
        return KeptRotation(rotation, self.name, self.vendor_id)


class OverrideIn(By):
    """Somebody else has the duty for a span: a swap, a holiday."""

    member: Slug = Field(description="Who has it instead: an id of the staff")
    begins: Instant
    ends: Instant
    reason: OptionalLine = ""

    @field_validator("ends")
    @classmethod
    def _after_the_beginning(cls, ends: datetime, info: ValidationInfo) -> datetime:
        begins = info.data.get("begins")
        if begins and ends <= begins:
            raise ValueError("expected an instant after the beginning")
        return ends

    def to_domain(self) -> Override:
        """The override as the rules know it."""
        return Override(self.begins.astimezone(UTC), self.ends.astimezone(UTC), self.member)


@dataclass(frozen=True, slots=True)
class OnCall:
    """Who is called at an instant, by which shift, and which shift follows with whom (None: not in `LOOK_AHEAD`)."""

    found: Found
    shift: Shift | None
    following: Shift | None
    next_found: Found | None


def on_call_at(kept: KeptRotation, staff: Mapping[str, StaffMember], at: datetime) -> OnCall:
    """Who is on call at an instant. ``staff``: the rotation's people who are known, by id."""
    ahead = shifts(kept.rotation, at, at + LOOK_AHEAD, ZoneInfo)
    current = next((shift for shift in ahead if shift.begin <= at), None)
    following = next((shift for shift in ahead if shift.begin > at), None)
    next_found = called(kept, staff, following.begin) if following else None
    return OnCall(called(kept, staff, at), current, following, next_found)


def clock_time(rotation: Rotation) -> str:
    """The local time of its handovers: ``09:00``."""
    return f"{rotation.handover_minute // 60:02}:{rotation.handover_minute % 60:02}"


async def rotation_or_404(session: AsyncSession, key: str, since: datetime | None = None) -> KeptRotation:
    """The rotation, with the overrides that end after ``since``. Raises Problem 404."""
    kept = await kept_rotations.find_rotation(session, key, since)
    if kept is None:
        raise problems.not_found("rotation", key)
    return kept


async def put_rotation(house: House, key: str, body: RotationIn) -> tuple[KeptRotation, bool]:
    """Add or change it; whether it is new. Raises Problem 422 with the field."""
    kept = body.to_domain(key)
    async with house.sessions.begin() as session:
        staff = await staff_of(session, kept)
        if wrong := mistakes(kept, staff, house.catalogue.vendors):
            raise problems.invalid(wrong)
        added = await kept_rotations.put_rotation(session, kept)
        return await rotation_or_404(session, key, since=now()), added


def mistakes(kept: KeptRotation, staff: Mapping[str, StaffMember], vendors: Mapping[str, object]) -> list[FieldError]:
    """What is wrong with it that the body alone does not show: its vendor, and each member by place."""
    if kept.vendor_id and kept.vendor_id not in vendors:
        return [
            FieldError("vendor_id", f"there is no vendor {kept.vendor_id!r}; there are {', '.join(sorted(vendors))}")
        ]
    told = [(f"members.{i}", _why_not(each, staff, kept.vendor_id)) for i, each in enumerate(kept.rotation.members)]
    return [FieldError(field, why) for field, why in told if why]


async def add_override(house: House, key: str, body: OverrideIn) -> KeptOverride:
    """Somebody else has the duty for a span. Raises Problem 404 for the rotation, 422 with the field."""
    if body.ends <= now():
        raise problems.invalid([FieldError("ends", "expected an end that lies ahead: what is over is not changed")])
    async with house.sessions.begin() as session:
        kept = await rotation_or_404(session, key)
        staff = {each.id: each for each in await list_staff(session, [body.member])}
        why = _why_not(body.member, staff, kept.vendor_id)
        if why or not staff[body.member].active:
            raise problems.invalid([FieldError("member", why or f"{staff[body.member].name} is away")])
        made = await kept_rotations.add_override(session, key, body.to_domain(), body.by, body.reason)
    if made is None:  # somebody has just deleted the rotation
        raise problems.not_found("rotation", key)
    return made


async def staff_of(session: AsyncSession, *kept: KeptRotation) -> dict[str, StaffMember]:
    """Everybody who is known of those whom the rotations name, by id."""
    people = {each for rotation in kept for each in rotation.people}
    return {each.id: each for each in await list_staff(session, people)}


def _why_not(staff_id: str, staff: Mapping[str, StaffMember], vendor_id: str) -> str:
    member = staff.get(staff_id)
    if member is None:
        return f"there is nobody {staff_id!r} on the staff"
    if vendor_id and member.vendors and vendor_id not in member.vendors:
        return f"{member.name} does not work for {vendor_id}"
    return ""
