"""The packages on offer, as a customer reads them."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import problems
from api.house import TheHouse, now
from api.pages.render import page
from domain.describe import notices, sections

router = APIRouter(include_in_schema=False)


@router.get("/plans")
def plans(request: Request, house: TheHouse) -> Response:
    """Every package, by vendor."""
    offers = [
        (
            vendor,
            [plan for plan in house.plans.values() if plan.vendor.id == vendor.id],
            [edition for edition in house.catalogue.editions.values() if edition.id.split("/")[0] == vendor.id],
        )
        for vendor in house.vendors
    ]
    return page(request, "plans.html", offers=offers)


@router.get("/plans/{vendor}/{package}")
def one(request: Request, house: TheHouse, vendor: str, package: str) -> Response:
    """One package with every promise, limit and duty in it."""
    plan = house.plans.get(f"{vendor}/{package}")
    if plan is None:
        raise problems.not_found("plan", f"{vendor}/{package}")
    rate = house.catalogue.hourly_rate(vendor, now().date())
    texts = {clause.id: clause.text for clause in plan.clauses}
    return page(
        request, "plan.html", plan=plan, sections=sections(plan), notices=notices(plan, 12), rate=rate, texts=texts
    )
