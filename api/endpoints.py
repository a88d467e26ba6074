"""Endpoints over HTTP: the systems of others that tickets are handed to (ombori-7, ombori-24)."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from activities.webhooks import Gone, NotTaken, Webhooks
from api import problems
from api.house import House, now
from api.models import By, Line, Slug
from api.problems import FieldError, Problem
from domain.endpoints import secret_mistake, secret_of, url_mistake
from domain.ticket import RouteKind
from storage.endpoints import (
    Endpoint,
    NewEndpoint,
    add_endpoint,
    endpoint_in,
    find_endpoint,
    list_endpoints,
    remove_endpoint,
    set_active,
)

SECRET_BYTES = 32


def _url(url: str) -> str:
    if mistake := url_mistake(url):
        raise ValueError(mistake)
    return url


def _secret(secret: str) -> str:
    if secret and (mistake := secret_mistake(secret)):
        raise ValueError(mistake)
    return secret


Secret = Annotated[str, AfterValidator(_secret)]


class EndpointIn(By):
    """An endpoint. Without secrets we make them: 32 random bytes each."""

    key: Slug = Field(description="Names it in the routing of a ticket and in the address for its own webhooks")
    name: Line
    kind: RouteKind
    url: Annotated[str, AfterValidator(_url)] = Field(
        description="https, or http of this machine", examples=["https://desk.acme.test/hooks/pledge"]
    )
    secret_out: Secret = Field("", description="Signs what we post there: `whsec_` and base64, or empty")
    secret_in: Secret = Field("", description="Signs what is posted to us from there: `whsec_` and base64, or empty")


class EndpointOut(BaseModel):
    """An endpoint. `contract` null: it serves every contract of the vendor."""

    key: str
    name: str
    kind: RouteKind
    url: str
    contract: str | None
    vendor: str | None
    inbound: str = Field(description="Where its own webhooks go to")
    active: bool = Field(description="False: it answered 410, and nothing is posted there until it takes a test")
    inactive_reason: str
    added_at: datetime
    added_by: str


class AddedOut(EndpointOut):
    """The endpoint with its secrets, which are shown in this answer and nowhere else."""

    secret_out: str
    secret_in: str


class TestedOut(BaseModel):
    """Whether a test event was taken; `status`: the HTTP status, null where there was none, or another than 2xx."""

    taken: bool
    status: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose endpoints: a contract's, or a vendor's."""

    contract_id: str = ""
    vendor_id: str = ""

    @property
    def address(self) -> str:
        return f"contract/{self.contract_id}" if self.contract_id else f"vendor/{self.vendor_id}"


async def listed(house: House, owner: Owner) -> list[EndpointOut]:
    """Those of a contract, its vendor's with them; or those of a vendor."""
    async with house.sessions() as session:
        found = await list_endpoints(session, owner.contract_id, owner.vendor_id)
    return [_shown(house, each, owner) for each in found]


async def added(house: House, owner: Owner, body: EndpointIn) -> AddedOut:
    """Add it. Raises Problem 409 where the key is taken."""
    new = NewEndpoint(
        owner.contract_id, owner.vendor_id, body.key, body.name, body.kind, body.url, body.by,
        secret_out=body.secret_out or secret_of(secrets.token_bytes(SECRET_BYTES)),
        secret_in=body.secret_in or secret_of(secrets.token_bytes(SECRET_BYTES)),
    )  # fmt: skip
    async with house.sessions.begin() as session:
        kept = await add_endpoint(session, new)
    if kept is None:
        # Its secrets are not told to whoever sends the same again: that would be a way to read them.
        reason = f"there is an endpoint {body.key!r} already; to give it other secrets, remove it first"
        raise Problem(problems.EXISTS, reason, (FieldError("key", "this key is taken"),))
    shown = _shown(house, kept, owner)
    return AddedOut(**shown.model_dump(), secret_out=kept.secret_out, secret_in=kept.secret_in)


async def removed(house: House, owner: Owner, key: str) -> None:
    """It is gone, with its secrets. Raises Problem 404."""
    async with house.sessions.begin() as session:
        if not await remove_endpoint(session, owner.contract_id, owner.vendor_id, key):
            raise problems.not_found("endpoint", key)


async def tested(house: House, owner: Owner, key: str, by: str, once: str) -> TestedOut:
    """Post a test event there now, once. One that is taken makes an endpoint active again. Raises Problem 404."""
    async with house.sessions() as session:
        if owner.contract_id:
            endpoint = await find_endpoint(session, owner.contract_id, key)
        else:
            endpoint = await endpoint_in(session, "", owner.vendor_id, key)
    if endpoint is None:
        raise problems.not_found("endpoint", key)
    event = {"type": "endpoint.test", "timestamp": now().isoformat(), "data": {"endpoint": key, "by": by}}
    webhooks = Webhooks()
    try:
        status = await webhooks.post(endpoint, f"test/{owner.address}/{key}/{once}", json.dumps(event))
    except NotTaken as error:
        if isinstance(error, Gone):
            await _set_active(house, endpoint, False, str(error))
        return TestedOut(taken=False, status=None, reason=str(error))
    finally:
        await webhooks.close()
    await _set_active(house, endpoint, True)
    return TestedOut(taken=True, status=status, reason="")


async def _set_active(house: House, endpoint: Endpoint, active: bool, reason: str = "") -> None:
    async with house.sessions.begin() as session:
        await set_active(session, endpoint.id, active, reason)


def _shown(house: House, endpoint: Endpoint, owner: Owner) -> EndpointOut:
    contract_id = owner.contract_id or endpoint.contract_id or "{contract}"
    return EndpointOut(
        key=endpoint.key,
        name=endpoint.name,
        kind=endpoint.kind,
        url=endpoint.url,
        contract=endpoint.contract_id or None,
        vendor=endpoint.vendor_id or None,
        inbound=f"{house.settings.base_url}/api/hooks/{contract_id}/{endpoint.key}",
        active=endpoint.active,
        inactive_reason=endpoint.inactive_reason,
        added_at=endpoint.added_wall,
        added_by=endpoint.added_by,
    )
