"""Endpoints: of a contract, or of every contract of a vendor."""
# No postponed annotations here: the routes are made in a loop, once for each kind of owner.

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Path, Response

from api import endpoints as e
from api import problems, signing
from api.house import House, TheHouse
from api.idempotency import OnlyOnce
from api.models import By
from api.rest.answers import READS, may_answer

router = APIRouter(tags=["endpoints"])
Key = Annotated[str, Path(max_length=64, examples=["service-desk"])]
_ADDS = may_answer(
    problems.KEY_MISSING, problems.NOT_FOUND, problems.INVALID, problems.EXISTS, problems.KEY_REUSED
)  # fmt: skip
_TESTS = may_answer(problems.KEY_MISSING, problems.NOT_FOUND, problems.INVALID, problems.KEY_REUSED)


async def _contract(house: House, owner_id: str) -> e.Owner:
    await signing.signed_or_404(house, owner_id)
    return e.Owner(contract_id=owner_id)


async def _vendor(house: House, owner_id: str) -> e.Owner:
    if owner_id not in house.catalogue.vendors:
        raise problems.not_found("vendor", owner_id)
    return e.Owner(vendor_id=owner_id)


def _add(owners: str, example: str, whose: Callable[[House, str], Awaitable[e.Owner]]) -> None:
    owner = owners.removesuffix("s")
    OwnerId = Annotated[str, Path(alias=f"{owner}_id", max_length=64, examples=[example])]  # noqa: N806 -- a type
    path = f"/{owners}/{{{owner}_id}}/endpoints"

    @router.get(path, summary=f"List the endpoints of a {owner}", responses=READS)
    async def list_all(house: TheHouse, owner_id: OwnerId) -> list[e.EndpointOut]:
        """By their key. For a contract those of its vendor too; its own counts where both have one of a key."""
        return await e.listed(house, await whose(house, owner_id))

    @router.post(
        path, status_code=201, summary=f"Add an endpoint to a {owner}", response_model=e.AddedOut, responses=_ADDS
    )
    async def add(house: TheHouse, once: OnlyOnce, owner_id: OwnerId, body: e.EndpointIn) -> Response:
        """Tickets can be routed to it by its key. The answer holds the secrets, which are never shown again."""

        async def act() -> e.AddedOut:
            return await e.added(house, await whose(house, owner_id), body)

        return await once(body, act, 201)

    @router.delete(f"{path}/{{key}}", status_code=204, summary="Remove an endpoint", responses=READS)
    async def remove(house: TheHouse, owner_id: OwnerId, key: Key) -> Response:
        """With its secrets. News of tickets that are there is given up, which is told to whoever has them."""
        await e.removed(house, await whose(house, owner_id), key)
        return Response(status_code=204)

    @router.post(f"{path}/{{key}}/test", summary="Send a test event", response_model=e.TestedOut, responses=_TESTS)
    async def test(house: TheHouse, once: OnlyOnce, owner_id: OwnerId, key: Key, body: By) -> Response:
        """An event `endpoint.test`, posted once and now. An endpoint that takes it is active again."""

        async def act() -> e.TestedOut:
            return await e.tested(house, await whose(house, owner_id), key, body.by, once.key)

        return await once(body, act)


_add("contracts", "acme-2026", _contract)
_add("vendors", "ombori", _vendor)
