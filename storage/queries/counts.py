"""How much there is to do: the numbers on top of the portfolio."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.queries.portfolio import OVER, is_late
from storage.views import AgendaView, ContractView, TaskView

SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Counts:
    """Items that are late, items due within seven days from now, open tasks, and contracts that are not over."""

    late: int
    soon: int
    tasks: int
    contracts: int


async def counts(session: AsyncSession, now: datetime, csm: str | None = None) -> Counts:
    """Of all contracts, or of those of one CSM. An agenda item that is over counts no more."""
    mine: list[ColumnElement[bool]] = [ContractView.stage.not_in(OVER)]
    if csm:
        mine.append(ContractView.csm_id == csm)
    late, due = is_late(now), and_(AgendaView.due >= now, AgendaView.due < now + SOON)
    items = await session.execute(
        select(func.count().filter(late), func.count().filter(and_(due, ~late)))
        .select_from(AgendaView)
        .join(ContractView, ContractView.contract_id == AgendaView.contract_id)
        .where(~AgendaView.over, *mine)
    )
    overdue, soon = items.one()
    tasks = select(func.count()).select_from(TaskView).where(TaskView.open)
    if csm:
        tasks = tasks.where(TaskView.staff_id == csm)
    contracts = await session.scalar(select(func.count()).select_from(ContractView).where(*mine))
    return Counts(overdue, soon, await session.scalar(tasks) or 0, contracts or 0)
