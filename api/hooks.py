"""Webhooks in: what another system did to a ticket that is with it, by the Standard Webhooks format (ombori-24)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from standardwebhooks import Webhook, WebhookVerificationError

from api import problems
from api.fields import field_errors
from api.house import House
from api.models import OptionalLine
from api.orders import ANSWER_WITHIN, answered, reaching
from api.problems import FieldError, Problem
from api.ticket_actions import ticket_or_404
from domain.ticket import Act, Actor
from storage.endpoints import Endpoint, came_before, find_endpoint, remember_webhook
from storage.queries.routes import was_routed_to
from storage.queries.tickets import ticket_head
from support.acting import act_on_ticket
from support.registering import within_bounds
from workflows.ticket_messages import TicketAct

MOST_BYTES = 256 * 1024
"""Of one webhook."""

_ACTS = {
    "ticket.updated": Act.REPLY,
    "ticket.noted": Act.NOTE,
    "ticket.resolved": Act.RESOLVE,
    "ticket.taken-back": Act.TAKE_BACK,
}
_ID = re.compile(r"[\x21-\x7e]{1,256}")
_SIGNED = ("webhook-id", "webhook-timestamp", "webhook-signature")


def _without_control_signs(text: str) -> str:
    return "".join(sign for sign in text if sign >= " " or sign in "\n\r\t").strip()


class HookData(BaseModel):
    """What was done, and by whom; what else the sender tells is passed over."""

    ticket: int | str = Field(description="`acme-2026/17`; of an endpoint of one contract also `17`")
    by: OptionalLine = Field("", description="Who did it there; empty: the endpoint's name")
    text: Annotated[str, AfterValidator(_without_control_signs)] = ""


class HookIn(BaseModel):
    """An event: `updated` and `resolved` are seen by the customer, `noted` is not."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "ticket.updated",
                    "timestamp": "2026-11-27T09:20:00Z",
                    "data": {"ticket": "acme-2026/17", "by": "Lena", "text": "A new gateway is on its way."},
                }
            ]
        }
    )

    type: Literal["ticket.updated", "ticket.noted", "ticket.resolved", "ticket.taken-back"]
    data: HookData

    @field_validator("data")
    @classmethod
    def _says_something(cls, data: HookData, info: ValidationInfo) -> HookData:
        if not data.text and info.data.get("type") not in (None, "ticket.taken-back"):
            raise ValueError("expected words under text")
        return data


class HookOut(BaseModel):
    """What it did. `again`: it came before, and nothing was done."""

    ticket: str
    summary: str
    state: str | None
    again: bool


async def took(house: House, contract_id: str, key: str, content: bytes, headers: Mapping[str, str]) -> HookOut:
    """Check it, and do what it says, once. Raises Problem: 401, 404, 409 with the reason, 422 with the field, 503."""
    async with house.sessions() as session:
        endpoint = await find_endpoint(session, contract_id, key)
    if endpoint is None:
        raise problems.not_found("endpoint", f"{contract_id}/{key}")
    webhook_id = _verified(endpoint, content, headers)
    hook = _read(content)
    number = _number(endpoint, contract_id, hook.data.ticket)
    ticket = f"{contract_id}/{number}"
    async with house.sessions() as session:
        if await came_before(session, endpoint.id, webhook_id):
            return HookOut(ticket=ticket, summary="It is known already.", state=None, again=True)
    await _may_be_there(house, contract_id, number, endpoint)
    unique = f"hook/{endpoint.id}/{webhook_id}"
    request = TicketAct(
        _ACTS[hook.type], Actor.PARTNER, _who(hook.data.by, endpoint), within_bounds(hook.data.text),
        endpoint=endpoint.key, key=unique,
    )  # fmt: skip
    with reaching():
        async with answered(field=problems.INVALID):
            done = await act_on_ticket(house.desk, contract_id, number, request, unique, ANSWER_WITHIN)
    async with house.sessions.begin() as session:
        await remember_webhook(session, endpoint.id, webhook_id)
    return HookOut(ticket=ticket, summary=done.summary, state=done.state, again=False)


def _verified(endpoint: Endpoint, content: bytes, headers: Mapping[str, str]) -> str:
    """Its id, if the signature is right and the timestamp is of the last minutes. Raises Problem 401 or 422."""
    given = {name: headers.get(name, "") for name in _SIGNED}
    try:
        Webhook(endpoint.secret_in).verify(content, given, json_parse=False)
    except WebhookVerificationError as error:
        raise Problem(problems.SIGNATURE, str(error)) from None
    except ValueError:  # what the library lets through of headers that are none, and of bytes that are no text
        raise Problem(problems.SIGNATURE, "a header or the body cannot be read") from None
    if not _ID.fullmatch(given["webhook-id"]):
        raise problems.invalid([FieldError("webhook-id", "expected 1 to 256 visible ASCII signs")])
    return given["webhook-id"]


def _read(content: bytes) -> HookIn:
    try:
        return HookIn.model_validate_json(content)
    except ValidationError as error:
        raise problems.invalid([FieldError(path, reason) for path, reason in field_errors(error)]) from None


def _number(endpoint: Endpoint, contract_id: str, ticket: int | str) -> int:
    """The contract stands in the address, which is not signed; what serves several has to name it in what is."""
    before, slash, after = str(ticket).rpartition("/")
    named = before == contract_id if slash else bool(endpoint.contract_id)
    if not named or not re.fullmatch(r"[1-9][0-9]{0,8}", after):
        raise problems.invalid([FieldError("data.ticket", f"expected {contract_id}/ and the number of the ticket")])
    return int(after)


async def _may_be_there(house: House, contract_id: str, number: int, endpoint: Endpoint) -> None:
    """A closed ticket is with nobody, and only who had it can still say something about it: that is known without
    starting its workflow. Raises Problem 404 or 409.
    """
    stored = await ticket_or_404(house, contract_id, number)
    async with house.sessions() as session:
        head = await ticket_head(session, contract_id, number)
        closed = head is not None and not head.open
        had = closed and await was_routed_to(session, contract_id, number, endpoint.key)
    if not stored.accepted or (closed and not had):
        raise problems.refused(f"ticket {number} is not with {endpoint.key}")


def _who(by: str, endpoint: Endpoint) -> str:
    return f"{by} ({endpoint.name})" if by and by != endpoint.name else endpoint.name
