"""What needs a person: the tasks of a staff member, of a contract, or all."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.queries.page import Page, columns_for, read_page
from storage.views import ContractView, TaskView


@dataclass(frozen=True, slots=True)
class Task:
    """``task`` is its key in the contract, ``subject`` the agenda key it is about (or empty)."""

    contract_id: str
    task: str
    subject: str
    title: str
    detail: str
    staff_id: str | None
    due: datetime | None
    opened_at: datetime | None
    done_at: datetime | None
    done_by: str
    open: bool
    customer: str | None


async def list_tasks(
    session: AsyncSession,
    *,
    staff_id: str | None = None,
    contract_id: str | None = None,
    done: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> Page[Task]:
    """Open tasks, the one due first leads; with ``done`` also those that are done, after them."""
    statement = (
        select(*columns_for(Task, TaskView, ContractView))
        .select_from(TaskView)
        .outerjoin(ContractView, ContractView.contract_id == TaskView.contract_id)
        .where(TaskView.opened_at.is_not(None))
    )
    if staff_id is not None:
        statement = statement.where(TaskView.staff_id == staff_id)
    if contract_id is not None:
        statement = statement.where(TaskView.contract_id == contract_id)
    if not done:
        statement = statement.where(TaskView.open)
    ordered = statement.order_by(
        TaskView.open.desc(), TaskView.due.nulls_last(), TaskView.opened_at, TaskView.contract_id, TaskView.task
    )
    return await read_page(session, ordered, Task, limit, offset)


async def was_opened(session: AsyncSession, contract_id: str, task: str) -> bool:
    """Whether a contract or one of its meetings has ever opened a task of this key."""
    found = select(TaskView.task).where(
        TaskView.contract_id == contract_id, TaskView.task == task, TaskView.opened_at.is_not(None)
    )
    return await session.scalar(found) is not None
