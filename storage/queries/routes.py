"""Where tickets were handed to, as their facts tell."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.happenings import Happening
from domain.ticket import ticket_workflow_id
from storage.fact_table import FactRow


async def was_routed_to(session: AsyncSession, contract_id: str, number: int, endpoint: str) -> bool:
    """Whether that endpoint has the ticket, or had it once."""
    found = await session.scalar(
        select(FactRow.seq)
        .where(
            FactRow.workflow_id == ticket_workflow_id(contract_id, number),
            FactRow.kind == Happening.TICKET_ROUTED.value,
            FactRow.data["endpoint"].astext == endpoint,
        )
        .limit(1)
    )
    return found is not None
