"""Staff: who works for which vendor in which roles, and who is assigned to a contract."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from pydantic import TypeAdapter
from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.assigning import ENOUGH_MINUTES, Candidate, choose
from domain.coverage import WeeklyHours
from domain.plan import Role
from storage.locks import lock
from storage.models import AssignmentRow, StaffRow

_HOURS = TypeAdapter(WeeklyHours)


@dataclass(frozen=True, slots=True)
class StaffMember:
    """``vendors`` empty: works for every vendor. ``hours`` are in ``zone``; ``daily_limit``: meetings a day there."""

    id: str
    name: str
    email: str
    zone: str
    roles: tuple[Role, ...]
    hours: WeeklyHours
    vendors: tuple[str, ...] = ()
    country: str = ""
    daily_limit: int = 6
    buffer_minutes: int = 10
    active: bool = True


async def put_staff(session: AsyncSession, member: StaffMember) -> None:
    """Add somebody, or change what is known of them."""
    values = {
        "name": member.name,
        "email": member.email,
        "zone": member.zone,
        "roles": [role.value for role in member.roles],
        "vendors": list(member.vendors),
        "working_hours": _HOURS.dump_python(member.hours, mode="json"),
        "country": member.country,
        "daily_limit": member.daily_limit,
        "buffer_minutes": member.buffer_minutes,
        "active": member.active,
    }
    row = insert(StaffRow).values(id=member.id, **values)
    await session.execute(row.on_conflict_do_update(index_elements=["id"], set_=values))


async def find_staff(session: AsyncSession, staff_id: str) -> StaffMember | None:
    """The staff member of that id, active or not."""
    row = await session.get(StaffRow, staff_id, populate_existing=True)
    return _member(row) if row else None


async def staff_of_address(session: AsyncSession, email: str) -> StaffMember | None:
    """The staff member with that address, whatever its case; of several an active one, then the first by id."""
    row = await session.scalar(
        select(StaffRow)
        .where(func.lower(StaffRow.email) == email.lower())
        .order_by(StaffRow.active.desc(), StaffRow.id)
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return _member(row) if row else None


async def list_staff(session: AsyncSession, staff_ids: Collection[str] | None = None) -> tuple[StaffMember, ...]:
    """Everybody (or those with these ids), by id."""
    statement = select(StaffRow).order_by(StaffRow.id).execution_options(populate_existing=True)
    if staff_ids is not None:
        statement = statement.where(StaffRow.id.in_(staff_ids))
    return tuple(_member(row) for row in await session.scalars(statement))


async def qualified(session: AsyncSession, role: Role, vendor_id: str) -> tuple[StaffMember, ...]:
    """The active ones who fill this role for this vendor, by id."""
    rows = await session.scalars(
        select(StaffRow)
        .where(
            StaffRow.active,
            StaffRow.roles.any_() == role.value,
            or_(func.cardinality(StaffRow.vendors) == 0, StaffRow.vendors.any_() == vendor_id),
        )
        .order_by(StaffRow.id)
        .execution_options(populate_existing=True)
    )
    return tuple(_member(row) for row in rows)


async def assign(
    session: AsyncSession,
    contract_id: str,
    role: Role,
    vendor_id: str,
    exclude: Collection[str] = (),
    shared_minutes: Callable[[StaffMember], int] | None = None,
) -> StaffMember | None:
    """The person for a contract's role, by the rule of `domain.assigning`; None where nobody is qualified.

    ``shared_minutes``: the working time a week that somebody shares with the customer; None: enough for everybody.
    Decided once: the same contract and role give the same person again, as long as that one is active and qualified.
    The load is the number of active assignments, ties go by id. Assigners wait for each other until their
    transaction ends, so that many contracts signed at once are spread.
    """
    await lock(session, "assign roles")
    candidates = {each.id: each for each in await qualified(session, role, vendor_id) if each.id not in exclude}
    if not candidates:
        return None
    before = await session.scalar(
        select(AssignmentRow.staff_id).where(
            AssignmentRow.contract_id == contract_id, AssignmentRow.role == role.value, AssignmentRow.active
        )
    )
    if before in candidates:
        return candidates[before]
    counts = await session.execute(
        select(AssignmentRow.staff_id, func.count().label("number"))
        .where(AssignmentRow.active)
        .group_by(AssignmentRow.staff_id)
    )
    loads = {row.staff_id: row.number for row in counts}
    best = choose(role, [_candidate(each, loads.get(each.id, 0), shared_minutes) for each in candidates.values()])
    if best is None:
        return None
    chosen = best.staff_id
    await session.execute(
        insert(AssignmentRow)
        .values(contract_id=contract_id, role=role.value, staff_id=chosen)
        .on_conflict_do_update(index_elements=["contract_id", "role"], set_={"staff_id": chosen, "active": True})
    )
    return candidates[chosen]


def _candidate(member: StaffMember, load: int, shared_minutes: Callable[[StaffMember], int] | None) -> Candidate:
    shared = ENOUGH_MINUTES if shared_minutes is None else shared_minutes(member)
    return Candidate(member.id, member.roles, load, shared_minutes=shared)


def _member(row: StaffRow) -> StaffMember:
    return StaffMember(
        id=row.id,
        name=row.name,
        email=row.email,
        zone=row.zone,
        roles=tuple(Role(role) for role in row.roles),
        hours=_HOURS.validate_python(row.working_hours),
        vendors=tuple(row.vendors),
        country=row.country,
        daily_limit=row.daily_limit,
        buffer_minutes=row.buffer_minutes,
        active=row.active,
    )
