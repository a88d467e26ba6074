"""The service desk's settings of a contract: designated users, closed days, the systems that tickets are handed to.

Each form does what its REST address does, through the same functions.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ValidationError
from starlette.responses import Response

from api import endpoints, problems
from api.actions import CONTRACT_ACTIONS, act_on_contract
from api.fields import LARGEST_ID, field_errors
from api.house import House, TheHouse, now
from api.idempotency import form_claimed, form_once
from api.models import By
from api.pages.acting import acting
from api.pages.contract import contract_shown
from api.pages.form_files import SentForm, sent_form
from api.pages.forms import refused_form, slug
from api.pages.render import back_to
from api.problems import FieldError, Problem
from api.rest.closed_days import day_closed
from api.ticket_models import ClosedDayIn, DesignateIn, UserIn
from storage.closed_days import list_closed_days
from storage.queries.tickets import designated_users
from support.closing import open_day

router = APIRouter(prefix="/contracts/{contract_id}", include_in_schema=False)
ContractId = Annotated[str, Path(max_length=64)]
Key = Annotated[str, Path(max_length=64)]
_B = TypeVar("_B", bound=BaseModel)


@router.post("/designated")
async def designate(request: Request, house: TheHouse, contract_id: ContractId) -> Response:
    """One more designated user, the last in their order."""

    async def act(form: SentForm) -> Response:
        user = _body(UserIn, form.typed)
        key = await form_claimed(house, form.key, request.url.path, user)
        others = [each for each in await _designated(house, contract_id) if not _same(each, user.email)]
        await _designate(request, house, contract_id, [*others, user], key)
        return back_to(f"/contracts/{contract_id}#desk-users", f"{user.name} is a designated user.")

    return await _form(request, house, contract_id, "designate", act)


@router.post("/designated/remove")
async def take_back_user(request: Request, house: TheHouse, contract_id: ContractId) -> Response:
    """A designated user less; the others move up."""

    async def act(form: SentForm) -> Response:
        email = form.typed.get("email", "")
        key = await form_claimed(house, form.key, f"{request.url.path} {email}", By(by=acting(request).signature))
        left = [each for each in await _designated(house, contract_id) if not _same(each, email)]
        await _designate(request, house, contract_id, left, key)
        return back_to(f"/contracts/{contract_id}#desk-users", f"{email} is no designated user any more.")

    return await _form(request, house, contract_id, "undesignate", act)


@router.post("/closed-days")
async def close_day(request: Request, house: TheHouse, contract_id: ContractId) -> Response:
    """A day on which the desk is closed for this contract, or has other hours."""

    async def act(form: SentForm) -> Response:
        given = {"contract": contract_id, "by": acting(request).signature}
        body = _body(ClosedDayIn, form.typed | given)
        await form_claimed(house, form.key, request.url.path, body)
        closed = await day_closed(house, body)
        hours = f"open {closed.spans}" if closed.spans else "closed"
        said = f"{closed.day:%a %-d %b %Y}: {hours}. Open tickets that were told: {closed.told}."
        return back_to(f"/contracts/{contract_id}#desk-days", said)

    return await _form(request, house, contract_id, "closed-day", act)


@router.post("/closed-days/{day_id}/remove")
async def take_back_day(
    request: Request, house: TheHouse, contract_id: ContractId, day_id: Annotated[int, Path(ge=1, le=LARGEST_ID)]
) -> Response:
    """The day is as any other again. One of the whole vendor is no matter of this contract."""

    async def act(_form: SentForm) -> Response:
        async with house.sessions() as session:
            days = await list_closed_days(session, contract_id=contract_id)
        own = any(each.id == day_id and each.contract_id == contract_id for each in days)
        if not own or await open_day(house.desk, day_id, acting(request).signature, now()) is None:
            raise problems.not_found("closed day", str(day_id))
        return back_to(f"/contracts/{contract_id}#desk-days", "The day is as any other again.")

    return await _form(request, house, contract_id, f"open-day:{day_id}", act)


@router.post("/endpoints")
async def add_endpoint(request: Request, house: TheHouse, contract_id: ContractId) -> Response:
    """Add a system. The page that comes back shows its secrets, and no other page ever does."""

    async def act(form: SentForm) -> Response:
        key = form.typed.get("key", "").strip() or slug(form.typed.get("name", ""))
        body = _body(endpoints.EndpointIn, form.typed | {"key": key, "by": acting(request).signature})
        kept = await form_once(
            house, form.key, request.url.path, body, lambda: endpoints.added(house, _owner(contract_id), body)
        )
        added = endpoints.AddedOut.model_validate_json(kept)
        return await contract_shown(request, house, contract_id, added=added, status=201)

    return await _form(request, house, contract_id, "endpoint", act)


@router.post("/endpoints/{key}/test")
async def test_endpoint(request: Request, house: TheHouse, contract_id: ContractId, key: Key) -> Response:
    """Post a test event there now."""

    async def act(form: SentForm) -> Response:
        by = By(by=acting(request).signature)
        once = await form_claimed(house, form.key, request.url.path, by)
        told = await endpoints.tested(house, _owner(contract_id), key, by.by, once)
        said = f"{key} has taken the test event (HTTP {told.status})." if told.taken else f"{key}: {told.reason}."
        return back_to(f"/contracts/{contract_id}#desk-systems", said, "" if told.taken else "bad")

    return await _form(request, house, contract_id, f"endpoint-test:{key}", act)


@router.post("/endpoints/{key}/remove")
async def remove_endpoint(request: Request, house: TheHouse, contract_id: ContractId, key: Key) -> Response:
    """Remove it with its secrets."""

    async def act(_form: SentForm) -> Response:
        await endpoints.removed(house, _owner(contract_id), key)
        return back_to(f"/contracts/{contract_id}#desk-systems", f"{key} is removed, with its secrets.")

    return await _form(request, house, contract_id, f"endpoint-remove:{key}", act)


async def _form(
    request: Request, house: House, contract_id: str, name: str, act: Callable[[SentForm], Awaitable[Response]]
) -> Response:
    """What the form is answered; what is wrong comes back in the page, in the form of that name."""
    form = await sent_form(request)
    try:
        return await act(form)
    except Problem as problem:
        forms = refused_form(name, form.typed, problem, form.key)
        return await contract_shown(request, house, contract_id, forms=forms, status=problem.status)


def _body(model: type[_B], typed: dict[str, Any]) -> _B:
    known = {name: value for name, value in typed.items() if name in model.model_fields and str(value).strip()}
    try:
        return model.model_validate(known)
    except ValidationError as error:
        raise problems.invalid([FieldError(path, why) for path, why in field_errors(error)]) from None


async def _designated(house: House, contract_id: str) -> list[UserIn]:
    async with house.sessions() as session:
        # As they are kept: a name or an address was checked when it came in.
        return [
            UserIn.model_construct(name=u.name, email=u.email) for u in await designated_users(session, contract_id)
        ]


async def _designate(request: Request, house: House, contract_id: str, users: list[UserIn], key: str) -> None:
    body = DesignateIn.model_construct(users=tuple(users), by=acting(request).signature)
    await act_on_contract(house, contract_id, CONTRACT_ACTIONS["designate"], body, key)


def _same(user: UserIn, email: str) -> bool:
    return user.email.casefold() == email.strip().casefold()


def _owner(contract_id: str) -> endpoints.Owner:
    return endpoints.Owner(contract_id=contract_id)
