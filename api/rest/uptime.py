"""Uptime: the recorded outages of a contract, and how much of a month its platform was available (ombori-6)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from api import problems, signing
from api.fields import MONTH
from api.house import TheHouse, now
from api.problems import FieldError
from api.rest.answers import READS, Page, Paging, paged
from domain.terms import start_of_day
from domain.uptime import Availability, Outage, availability
from storage.queries.contract import ContractHead
from storage.queries.tickets import OutageLine, outages_of
from support.known import UnknownContractError, contract_now

router = APIRouter(prefix="/contracts/{contract_id}", tags=["tickets"])
ContractId = Annotated[str, Path(max_length=64, examples=["acme-2026"])]


class UptimeOut(BaseModel):
    """The availability of a month, as far as it has passed and the contract ran in it. `enforced` false: it is reported
    only (A16).
    """

    month: str
    zone: str
    clause: str
    begin: datetime
    end: datetime
    percent: str = Field(description="To five decimals, so that single seconds are seen", examples=["99.99884"])
    promised: str = Field(examples=["99.999"])
    kept: bool
    enforced: bool
    down_seconds: int
    allowed_seconds: int
    total_seconds: int
    outages: list[OutageLine]


@router.get("/outages", summary="List outages, the earliest first", responses=READS)
async def list_outages(house: TheHouse, contract_id: ContractId, paging: Paging) -> Page[OutageLine]:
    """Each with the ticket that tells of it; `end` null: it goes on."""
    await signing.signed_or_404(house, contract_id)
    async with house.sessions() as session:
        found = await outages_of(session, contract_id)
    return paged(found[paging.offset : paging.offset + paging.limit], len(found), paging)


@router.get("/uptime", summary="Read the availability of a month", responses=READS)
async def read_uptime(
    house: TheHouse,
    contract_id: ContractId,
    month: Annotated[str, Query(pattern=MONTH, examples=["2026-11"])],
) -> UptimeOut:
    """A month in the contract's zone. 404 where the plan promises no availability, 422 for a month without the
    contract.
    """
    try:
        async with house.sessions() as session:
            contract, head = await contract_now(house.desk, session, contract_id)
            outages = await outages_of(session, contract_id)
    except UnknownContractError:
        raise problems.not_found("contract", contract_id) from None
    promise = contract.plan.uptime
    if promise is None:
        raise problems.not_found("availability promised by the plan", contract.plan.id)
    begin, end = _span(month, contract.zone, head)
    try:
        found = availability(promise, [Outage(o.alert, o.begin, o.end) for o in outages], begin, end, now())
    except ValueError:
        reason = "expected a month that has begun, and in which the contract ran"
        raise problems.invalid([FieldError("month", reason)]) from None
    return _shown(found, month, contract.zone, promise.parts_per_100_000, outages)


def _span(month: str, zone: str, head: ContractHead | None) -> tuple[datetime, datetime]:
    """The local month in UTC, cut to the time in which the contract runs."""
    year, number = map(int, month.split("-"))
    begin = start_of_day(date(year, number, 1), zone)
    end = start_of_day(date(year + number // 12, number % 12 + 1, 1), zone)
    if head is None:
        return begin, end
    return max(begin, head.starts), min(end, head.ends, head.over_at or head.ends)


def _shown(found: Availability, month: str, zone: str, promised: int, outages: tuple[OutageLine, ...]) -> UptimeOut:
    inside = [o for o in outages if o.begin < found.end and (o.end is None or o.end > found.begin)]
    return UptimeOut(
        month=month,
        zone=zone,
        clause=found.clause,
        begin=found.begin,
        end=found.end,
        percent=found.percent_text,
        promised=f"{promised // 1000}.{promised % 1000:03}",
        kept=found.kept,
        enforced=found.enforced,
        down_seconds=found.down_seconds,
        allowed_seconds=found.allowed_seconds,
        total_seconds=found.total_seconds,
        outages=inside,
    )
