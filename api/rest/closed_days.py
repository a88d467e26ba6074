"""Days on which a desk is closed or has other hours: list, add, take back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field

from api import problems
from api.fields import LARGEST_ID
from api.house import House, TheHouse, now
from api.idempotency import OnlyOnce
from api.problems import FieldError
from api.rest.answers import LISTS, READS, Page, Paging, may_answer, paged
from api.ticket_models import ClosedDayIn
from domain.plan import Plan
from storage.closed_days import ClosedDay, list_closed_days
from support.closing import Closing, close_day, open_day
from support.known import UnknownContractError, contract_now

router = APIRouter(prefix="/closed-days", tags=["closed days"])


class ClosedDayOut(BaseModel):
    """A day. `contract` null: for all contracts of the vendor; `rule` empty: for all opening hours."""

    id: int
    contract: str | None
    vendor: str | None
    rule: str
    day: date
    spans: str = Field(description="The hours of that day; empty: closed")
    reason: str
    added_by: str
    added_at: datetime


class ClosedOut(ClosedDayOut):
    """A day that is in force now. `told`: so many open tickets have heard of it; one that could not, hears later."""

    told: int


@router.get("", summary="List closed days", responses=LISTS)
async def list_days(
    house: TheHouse,
    paging: Paging,
    contract: Annotated[str, Query(max_length=64, description="A contract's id: with the days of its vendor")] = "",
    vendor: Annotated[str, Query(max_length=64)] = "",
) -> Page[ClosedDayOut]:
    """By their day. Public holidays are not among them: those come with the contract's country (A12)."""
    async with house.sessions() as session:
        days = await list_closed_days(session, contract, vendor)
    shown = [_shown(day) for day in days[paging.offset : paging.offset + paging.limit]]
    return paged(shown, len(days), paging)


@router.post(
    "",
    status_code=201,
    summary="Close a day, or give it other hours",
    response_model=ClosedOut,
    responses=may_answer(problems.KEY_MISSING, problems.INVALID, problems.KEY_REUSED),
)
async def add_day(house: TheHouse, once: OnlyOnce, body: ClosedDayIn) -> Response:
    """Of several for one day the last one counts. What is still to come in open tickets is due by it; a verdict once
    given stays.
    """

    return await once(body, lambda: day_closed(house, body), 201)


@router.delete("/{closed_day_id}", summary="Take a closed day back", status_code=204, responses=READS)
async def remove_day(
    house: TheHouse,
    closed_day_id: Annotated[int, Path(ge=1, le=LARGEST_ID)],
    by: Annotated[str, Query(min_length=1, max_length=200, description="Who does it: stands in the facts")] = "api",
) -> None:
    """The day is as any other again, for open tickets too; that it was closed stays on record."""
    if await open_day(house.desk, closed_day_id, by, now()) is None:
        raise problems.not_found("closed day", str(closed_day_id))


async def day_closed(house: House, body: ClosedDayIn) -> ClosedOut:
    """Close it, for every door. Raises Problem 422 with the field."""
    plans = await _plans_of(house, body)
    rules = list(dict.fromkeys(rule.key for plan in plans for rule in plan.coverage))
    if body.rule and body.rule not in rules:
        raise problems.invalid([FieldError("rule", f"expected one of {', '.join(rules) or 'none'}, or nothing")])
    asked = Closing(body.day, body.spans, body.reason, body.by, body.contract or "", body.vendor or "", body.rule)
    kept, told = await close_day(house.desk, asked, now())
    return ClosedOut(**_shown(kept).model_dump(), told=told)


async def _plans_of(house: House, body: ClosedDayIn) -> list[Plan]:
    """The plans whose opening hours it may concern. Raises Problem 422 where there is no such contract or vendor."""
    if body.contract is not None:
        try:
            async with house.sessions() as session:
                return [(await contract_now(house.desk, session, body.contract))[0].plan]
        except UnknownContractError:
            raise problems.invalid([FieldError("contract", f"there is no contract {body.contract!r}")]) from None
    vendors = house.catalogue.vendors
    if body.vendor not in vendors:
        message = f"there is no vendor {body.vendor!r}; there are {', '.join(sorted(vendors))}"
        raise problems.invalid([FieldError("vendor", message)])
    return [plan for plan in house.plans.values() if plan.vendor.id == body.vendor]


def _shown(day: ClosedDay) -> ClosedDayOut:
    return ClosedDayOut(
        id=day.id,
        contract=day.contract_id or None,
        vendor=day.vendor_id or None,
        rule=day.rule,
        day=day.day,
        spans=day.spans,
        reason=day.reason,
        added_by=day.added_by,
        added_at=day.added_wall,
    )
