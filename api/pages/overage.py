"""The page for customers on which hours beyond the package are approved or declined.

Its address holds a secret that the letter alone tells: who knows the contract's id can decide nothing. Opening it
changes nothing, since mail scanners follow links; only its form does.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import ValidationError
from starlette.responses import Response

from api import problems, signing
from api.actions import CONTRACT_ACTIONS, act_on_contract
from api.house import House, TheHouse
from api.idempotency import checked_key
from api.models import OverageIn
from api.pages.forms import Forms, refused_form
from api.pages.render import back_to, page
from api.problems import FieldError, Problem
from storage.queries.parts import Overage, overage_by_token

router = APIRouter(include_in_schema=False)
Token = Annotated[str, Path(max_length=200)]


@router.get("/overage/{token}")
async def ask(request: Request, house: TheHouse, token: Token) -> Response:
    """What it would cost, with the buttons to decide."""
    return await _asked(request, house, token)


@router.post("/overage/{token}")
async def decide(request: Request, house: TheHouse, token: Token) -> Response:
    """Record the decision."""
    overage = await _overage(house, token)
    form = await request.form()
    name = str(form.get("by", "")).strip()
    try:
        body = OverageIn.model_validate({"key": overage.key, "approved": form.get("decision") == "approve", "by": name})
        if form.get("decision") not in ("approve", "decline"):
            raise problems.invalid([FieldError("decision", "approve or decline")])
        action = CONTRACT_ACTIONS["decide_overage"]
        key = checked_key(str(form.get("_key", "")) or None)
        await act_on_contract(house, overage.contract_id, action, body, key)
    except ValidationError:
        problem = problems.invalid([FieldError("by", "write your name: it stands in the record")])
        return await _asked(request, house, token, refused_form("overage", {"by": name}, problem, ""), 422)
    except Problem as problem:
        forms = refused_form("overage", {"by": name}, problem, str(form.get("_key", "")))
        return await _asked(request, house, token, forms, problem.status)
    return back_to(f"/overage/{token}", "Thank you, your decision is recorded.")


@router.get("/contracts/{contract_id}/overage/{key}")
@router.post("/contracts/{contract_id}/overage/{key}")
async def old_address(contract_id: str, key: str) -> Response:  # noqa: ARG001 -- it says the same of every one
    """Letters of an earlier release lead here. It tells nobody which contracts there are."""
    raise Problem(
        problems.NOT_FOUND,
        "this address is not used any more, since it could be guessed. Please answer the letter that it came in: "
        "a person reads that and records your decision",
    )


async def _asked(request: Request, house: House, token: str, forms: Forms | None = None, status: int = 200) -> Response:
    overage = await _overage(house, token)
    order = await signing.signed_or_404(house, overage.contract_id)
    return page(
        request, "overage.html", status=status, forms=forms, order=order, overage=overage, token=token, plan=order.plan
    )


async def _overage(house: House, token: str) -> Overage:
    async with house.sessions() as session:
        found = await overage_by_token(session, token)
    if found is None:
        raise Problem(problems.NOT_FOUND, "this question is not known here; a newer letter may hold its address")
    return found
