"""Who is brought in to a meeting: one of the staff whose role may join it, or somebody of the customer."""

from __future__ import annotations

from collections.abc import Iterable

from api import models as m
from api import problems, signing
from api.house import House
from api.problems import FieldError
from domain.contract import Assignment, Person
from domain.joining import roles_welcome
from domain.plan import Plan, Role
from storage.queries.meetings import plan_of_meeting
from storage.staff import StaffMember, find_staff
from workflows import messages as w


async def bring_in(house: House, contract_id: str, key: str, body: m.BringInIn) -> w.BringIn:
    """The order for the meeting. Raises Problem 422 with the field."""
    if body.staff_id is not None:
        if body.name or body.email:
            raise problems.invalid(
                [FieldError("staff_id", "expected one of the staff or a name and address, not both")]
            )
        return w.BringIn(body.by, staff=await _of_the_staff(house, contract_id, key, body.staff_id))
    missing = [name for name, text in (("name", body.name), ("email", body.email)) if not text]
    if missing:
        expected = "expected one of the staff, or the name and the address of somebody of the customer"
        raise problems.invalid([FieldError("staff_id" if len(missing) == 2 else missing[0], expected)])
    return w.BringIn(body.by, contact=Person(body.name, body.email))


async def let_go(_house: House, _contract: str, _key: str, body: m.LetGoIn) -> w.LetGo:
    """The order for the meeting."""
    return w.LetGo(body.by, body.email)


async def _of_the_staff(house: House, contract_id: str, key: str, staff_id: str) -> Assignment:
    signed = (await signing.signed_or_404(house, contract_id)).plan
    async with house.sessions() as session:
        member = await find_staff(session, staff_id)
        plan_id, plan_key = await plan_of_meeting(session, contract_id, key)
    if member is None or not member.active:
        raise problems.invalid([FieldError("staff_id", f"there is nobody {staff_id!r} at work")])
    plan = house.plans.get(plan_id, signed)
    role = role_of(member, plan, roles_welcome(plan, plan_key))
    if role is None:
        vendor, welcome = plan.vendor, " or ".join(each.title for each in roles_welcome(plan, plan_key))
        if member.vendors and vendor.id not in member.vendors:
            raise problems.invalid([FieldError("staff_id", f"{member.name} does not work for {vendor.name}")])
        raise problems.invalid([FieldError("staff_id", f"{member.name} is no {welcome}: nobody else may join it")])
    return Assignment(role, member.id, Person(member.name, member.email, zone=member.zone))


def role_of(member: StaffMember, plan: Plan, welcome: Iterable[Role]) -> Role | None:
    """In which of the roles somebody of the staff can join a meeting of this plan; None: in none of them."""
    if not member.active or (member.vendors and plan.vendor.id not in member.vendors):
        return None
    return next((role for role in welcome if role in member.roles), None)
