"""Who bought the promises."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.house import TheHouse
from api.rest.answers import LISTS, Page, Paging, paged
from storage.queries.people import Customer, list_customers

router = APIRouter(prefix="/customers", tags=["customers"])


@router.get("", summary="List customers by name", responses=LISTS)
async def list_all(
    house: TheHouse, paging: Paging, q: Annotated[str, Query(max_length=200, description="A part of name or id")] = ""
) -> Page[Customer]:
    """Customers with how many contracts they have. A customer comes into being with its first contract."""
    async with house.sessions() as session:
        found = await list_customers(session, q, paging.limit, paging.offset)
    return paged(found.items, found.total, paging)
