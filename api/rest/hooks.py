"""Webhooks of other systems. Their own id makes a second delivery known, so they carry no Idempotency-Key."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request

from api import hooks, problems
from api.hooks import HookIn, HookOut
from api.house import TheHouse
from api.problems import Problem
from api.rest.answers import may_answer

router = APIRouter(prefix="/hooks", tags=["endpoints"])


def _schema() -> dict[str, Any]:
    """The body's schema in one piece: it is read from the raw bytes, since those are what is signed."""
    schema = HookIn.model_json_schema()
    schema["properties"]["data"] = schema.pop("$defs")["HookData"]
    return schema


@router.post(
    "/{contract_id}/{endpoint}",
    summary="Take a webhook",
    responses=may_answer(
        problems.SIGNATURE, problems.NOT_FOUND, problems.REFUSED, problems.INVALID, problems.TOO_LARGE
    ),
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": _schema()}}}},
)
async def take(
    request: Request,
    house: TheHouse,
    contract_id: Annotated[str, Path(max_length=64, examples=["acme-2026"])],
    endpoint: Annotated[str, Path(max_length=64, description="The endpoint's key", examples=["service-desk"])],
    _webhook_id: Annotated[str, Header(alias="webhook-id", description="The same at each attempt")] = "",
    _timestamp: Annotated[
        str, Header(alias="webhook-timestamp", description="Seconds since 1970, of the last five minutes")
    ] = "",
    _signature: Annotated[
        str, Header(alias="webhook-signature", description="`v1,` and base64 (Standard Webhooks)")
    ] = "",
) -> HookOut:
    """What another system did to a ticket that is routed to it: `ticket.updated`, `ticket.noted`, `ticket.resolved` or
    `ticket.taken-back`, signed with the endpoint's `secret_in`. At most 256 KiB. A second delivery does nothing. Words
    (`updated`, `noted`) about a ticket that was routed to it and is no more are kept as a note; the summary says so.
    """
    return await hooks.took(house, contract_id, endpoint, await _content(request), request.headers)


async def _content(request: Request) -> bytes:
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > hooks.MOST_BYTES:
            raise Problem(problems.TOO_LARGE, f"a webhook has at most {hooks.MOST_BYTES // 1024} KiB")
    return bytes(content)
