"""The catalogue, to read."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from api import problems
from api.house import House, TheHouse
from api.rest.answers import LISTS, READS, Page, Paging, paged
from domain.plan import Plan

router = APIRouter(prefix="/plans", tags=["plans"])


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A package on offer."""

    id: str
    version: int
    name: str
    summary: str
    vendor: str
    vendor_name: str
    clauses: int


@router.get("", summary="List the packages on offer", responses=LISTS)
def list_plans(house: TheHouse, paging: Paging, vendor: str = "") -> Page[PlanLine]:
    """Every package of the catalogue, by vendor; `vendor` keeps those of one."""
    lines = [
        PlanLine(p.id, p.version, p.name, p.summary, p.vendor.id, p.vendor.name, len(p.clauses))
        for p in house.plans.values()
        if vendor in ("", p.vendor.id)
    ]
    chosen = lines[paging.offset : paging.offset + paging.limit]
    return paged(chosen, len(lines), paging)


@router.get("/{vendor}/{package}", summary="Read a package with every promise in it", responses=READS)
def read_plan(house: TheHouse, vendor: str, package: str) -> Plan:
    """The whole package: clauses, roles, hours, meetings, touchpoints, coverage, levels, limits, charges, duties."""
    return find_plan(house, f"{vendor}/{package}")


def find_plan(house: House, plan_id: str) -> Plan:
    """The package of that id. Raises Problem 404."""
    try:
        return house.plans[plan_id]
    except KeyError:
        raise problems.not_found("plan", plan_id) from None
