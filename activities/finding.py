"""Whom a step of a ladder tells: who fills a role, who is on call, who looks after the contract.

It is looked up when the step is due and enters the history as the result, so a later swap or a new account manager
changes nothing that was told before. Whoever is away is not told: a mail to them would reach nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.calls import FIND_PEOPLE, FindCall, Found
from activities.staffing import person_of
from domain.contract import Person
from domain.plan import Role, WhoKind
from domain.rotation import RotationError, to_call
from domain.wording import joined
from storage.queries.contract import RoleHolder, contract_head, roles_of
from storage.rotations import KeptRotation, find_rotation
from storage.session import Sessions
from storage.staff import StaffMember, find_staff, list_staff, staff_of_address


@dataclass
class Finding:
    """The activity ``find_people``."""

    sessions: Sessions

    @activity.defn(name=FIND_PEOPLE)
    async def find_people(self, call: FindCall) -> Found:
        """One person, or the reason why there is nobody."""
        who, contract_id = call.who, call.contract_id
        async with self.sessions() as session:
            match who.kind:
                case WhoKind.ROLE:
                    return await _in_role(session, contract_id, who.key)
                case WhoKind.ON_CALL:
                    return await _on_call(session, contract_id, who.key, call.at)
                case WhoKind.PERSON:
                    return await _named(session, who.key)
                case WhoKind.OWNER:
                    return await _main_contact(session, contract_id)


def called(kept: KeptRotation, staff: Mapping[str, StaffMember], at: datetime) -> Found:
    """Whom a rotation calls at an instant. ``staff``: those of its people who are known, by id."""
    away = {each for each in kept.people if each not in staff or not staff[each].active}
    try:
        duty = to_call(kept.rotation, at, ZoneInfo, away)
    except RotationError as error:
        return _nobody(str(error))
    passed_over = [staff[each].name if each in staff else each for each in duty.passed_over]
    if duty.member is None:
        if passed_over:
            return _nobody(f"everybody in the rotation {kept.name} is away: {joined(passed_over)}")
        return _nobody(f"the rotation {kept.name} begins on {kept.rotation.first_day:%-d %B %Y}")
    member = staff[duty.member]
    return Found(member.id, person_of(member), _instead_of(passed_over, member.name))


async def _on_call(session: AsyncSession, contract_id: str, key: str, at: datetime) -> Found:
    kept = await find_rotation(session, key, since=at)
    if kept is None:
        return _nobody(f"there is no rotation {key!r}")
    head = await contract_head(session, contract_id)
    if head is None:
        return _nobody(f"there is no contract {contract_id!r}")
    if not kept.serves(head.vendor):
        return _nobody(f"the rotation {kept.name} is not on call for {head.vendor_name}")
    return called(kept, {each.id: each for each in await list_staff(session, kept.people)}, at)


async def _in_role(session: AsyncSession, contract_id: str, key: str) -> Found:
    title = Role(key).title if key in set(Role) else key
    for holder in await roles_of(session, contract_id):
        if holder.role == key and holder.status == "active":
            found = await _holder(session, holder)
            return found or _nobody(f"{holder.name}, the {title} of {contract_id}, is away")
    return _nobody(f"nobody fills the role {title} of {contract_id} now")


async def _main_contact(session: AsyncSession, contract_id: str) -> Found:
    """Whom the contract is listed under; where they are away, somebody else who looks after it."""
    head = await contract_head(session, contract_id)
    if head is None:
        return _nobody(f"there is no contract {contract_id!r}")
    active = [holder for holder in await roles_of(session, contract_id) if holder.status == "active"]
    active.sort(key=lambda holder: holder.staff_id != head.csm_id)
    away: list[str] = []
    for holder in active:
        found = await _holder(session, holder)
        if found is not None and found.person is not None:
            return Found(found.staff_id, found.person, _instead_of(away, found.person.name))
        if holder.name not in away:
            away.append(holder.name)
    return _nobody(
        f"everybody who looks after {contract_id} is away: {joined(away)}" if away else _no_role(contract_id)
    )


async def _named(session: AsyncSession, key: str) -> Found:
    """A member of the staff by id or address, else the address as it stands."""
    member = await find_staff(session, key) or await staff_of_address(session, key)
    if member is not None:
        return Found(member.id, person_of(member)) if member.active else _nobody(f"{member.name} is away")
    if "@" in key:
        return Found("", Person(key, key))
    return _nobody(f"{key!r} is neither somebody on the staff nor an address")


async def _holder(session: AsyncSession, holder: RoleHolder) -> Found | None:
    """Who fills a role, None where they are away. One who is not on the staff list any more is who the facts name."""
    member = await find_staff(session, holder.staff_id or "")
    if member is None:
        return Found(holder.staff_id or "", Person(holder.name, holder.email))
    return Found(member.id, person_of(member)) if member.active else None


def _instead_of(away: list[str], name: str) -> str:
    return f"{joined(away)} {'is' if len(away) == 1 else 'are'} away, so it is {name}" if away else ""


def _no_role(contract_id: str) -> str:
    return f"nobody fills a role of {contract_id} now"


def _nobody(reason: str) -> Found:
    return Found("", None, reason)
