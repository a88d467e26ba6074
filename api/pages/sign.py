"""The form for a new contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import problems, sheets, signing
from api.house import House, TheHouse, now
from api.idempotency import checked_key
from api.importing import contract_body
from api.models import ContractIn
from api.pages.forms import Forms, refused_form, slug
from api.pages.render import back_to, page
from api.problems import FieldError, Problem
from api.sheets import RowMistakes

router = APIRouter(prefix="/contracts", include_in_schema=False)

# The names of the body's fields as the form shows them.
_SHOWN = {"starts_on": "starts", "prices": "currency", "contacts.0": "contact", "contacts": "contact_email"}


@router.get("/new")
async def new(request: Request, house: TheHouse) -> Response:
    """An empty form, or one for the plan that the address names."""
    return _form(request, house, plan=request.query_params.get("plan", ""))


@router.post("/new")
async def sign(request: Request, house: TheHouse) -> Response:
    """Sign it, and show the contract."""
    form = await request.form()
    typed = {name: str(value).strip() for name, value in form.items() if not name.startswith("_")}
    key = str(form.get("_key", ""))
    try:
        order = signing.order_of(house, _body(typed))
        signed = await signing.sign_contract(house, order, checked_key(key or None))
    except Problem as problem:
        return _form(request, house, refused_form("sign", typed, _shown(problem), key), problem.status)
    later = "" if signed.started else " It starts as soon as Temporal is back."
    return back_to(f"/contracts/{signed.id}", f"Signed.{later}")


def _form(request: Request, house: House, forms: Forms | None = None, status: int = 200, plan: str = "") -> Response:
    regions = sorted({rule.region for p in house.plans.values() for rule in p.coverage if rule.region})
    return page(
        request, "sign.html", status=status, forms=forms, vendors=house.vendors, plans=list(house.plans.values()),
        chosen=plan, regions=regions,
        zones=sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")),
        today=now().date(),
    )  # fmt: skip


def _body(typed: Mapping[str, str]) -> ContractIn:
    """The order of a filled form. Raises Problem 422 with the names of the form's fields."""
    values: dict[str, Any] = dict(typed)
    values["customer_id"] = typed.get("customer_id") or slug(typed.get("customer_name", ""))
    year = typed.get("starts", "")[:4]
    values["id"] = typed.get("id") or f"{values['customer_id']}-{year}".strip("-")
    for name in ("country", "currency", "subdivision"):
        values[name] = typed.get(name, "").upper()
    contact = {
        "name": typed.get("contact_name", ""), "email": typed.get("contact_email", ""),
        "phone": typed.get("contact_phone", ""), "primary": True,
        "representative_of": sheets.list_cell(typed.get("premises", "")),
    }  # fmt: skip
    try:
        return contract_body(values, now().date(), [contact])
    except RowMistakes as error:
        raise problems.invalid([FieldError(path, why) for path, why in error.mistakes]) from None


def _shown(problem: Problem) -> Problem:
    """The same problem with the fields' names in the form."""
    errors = tuple(FieldError(_name(error.field), error.message) for error in problem.errors)
    return Problem(problem.kind, problem.detail, errors, problem.extra)


def _name(path: str) -> str:
    first, _, rest = path.partition(".")
    if path.startswith("contacts.0."):
        return f"contact_{path.rsplit('.', 1)[1]}" if path.rsplit(".", 1)[1] != "representative_of" else "premises"
    if first == "prices" and rest:
        return rest
    return _SHOWN.get(first, first)
