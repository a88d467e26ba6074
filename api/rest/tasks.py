"""What needs a person."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.house import TheHouse
from api.rest.answers import LISTS, Page, Paging, paged
from storage.queries.tasks import Task, list_tasks

router = APIRouter(prefix="/tasks", tags=["tasks"])


@router.get("", summary="List tasks, the one due first leads", responses=LISTS)
async def list_all(
    house: TheHouse,
    paging: Paging,
    contract: Annotated[str | None, Query(description="A contract's id")] = None,
    staff: Annotated[str | None, Query(description="A staff id")] = None,
    done: Annotated[bool, Query(description="Those that are done too, after the open ones")] = False,
) -> Page[Task]:
    """A task is done by the contract's action `complete-item` with the task's key."""
    async with house.sessions() as session:
        found = await list_tasks(
            session, staff_id=staff, contract_id=contract, done=done, limit=paging.limit, offset=paging.offset
        )
    return paged(found.items, found.total, paging)
