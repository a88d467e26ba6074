"""Staff with their load, and customers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.bookings import loads
from storage.models import ContractRow, CustomerRow
from storage.queries.page import Page, read_page
from storage.queries.portfolio import OVER
from storage.staff import StaffMember, list_staff
from storage.views import ContractView, TaskView

LOAD_DAYS = 14


@dataclass(frozen=True, slots=True)
class StaffLoad:
    """A staff member with the active roles in contracts, the open tasks, and what is booked in the coming days."""

    member: StaffMember
    contracts: int
    open_tasks: int
    meetings: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Customer:
    """``contracts`` counts all that were signed, ``open_contracts`` those that are not over."""

    id: str
    name: str
    contracts: int
    open_contracts: int


async def staff_with_load(session: AsyncSession, now: datetime, days: int = LOAD_DAYS) -> tuple[StaffLoad, ...]:
    """Everybody by name, with the meetings of the next ``days`` days."""
    members = await list_staff(session)
    found = await loads(session, [member.id for member in members], now, now + timedelta(days=days))
    by_id = {load.staff_id: load for load in found}
    counts = await session.execute(
        select(TaskView.staff_id, func.count().label("number")).where(TaskView.open).group_by(TaskView.staff_id)
    )
    tasks = {row.staff_id: row.number for row in counts}
    ordered = sorted(members, key=lambda member: (member.name.casefold(), member.id))
    return tuple(
        StaffLoad(
            member,
            by_id[member.id].contracts,
            tasks.get(member.id, 0),
            by_id[member.id].meetings,
            by_id[member.id].minutes,
        )
        for member in ordered
    )


async def list_customers(session: AsyncSession, text: str = "", limit: int = 50, offset: int = 0) -> Page[Customer]:
    """Customers by name; ``text``: a part of the name or the id."""
    statement = (
        select(
            CustomerRow.id,
            CustomerRow.name,
            func.count(ContractRow.id).label("contracts"),
            func.count(ContractView.contract_id).filter(ContractView.stage.not_in(OVER)).label("open_contracts"),
        )
        .outerjoin(ContractRow, ContractRow.customer_id == CustomerRow.id)
        .outerjoin(ContractView, ContractView.contract_id == ContractRow.id)
        .group_by(CustomerRow.id, CustomerRow.name)
        .order_by(CustomerRow.name, CustomerRow.id)
    )
    if text:
        statement = statement.where(
            or_(CustomerRow.name.icontains(text, autoescape=True), CustomerRow.id.icontains(text, autoescape=True))
        )
    return await read_page(session, statement, Customer, limit, offset)
