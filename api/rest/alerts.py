"""Monitoring: alerts that open tickets and resolve them (ombori-5), and outages that a person records (ombori-6)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response
from pydantic import AwareDatetime, BaseModel, Field

from api import problems, signing
from api.house import TheHouse, now
from api.idempotency import OnlyOnce
from api.models import Body, By, Line, OptionalLine, Reason, Text, utc
from api.orders import ANSWER_WITHIN, answered, reaching
from api.problems import FieldError
from api.rest.answers import CHANGES, may_answer
from support import monitoring
from support.monitoring import Alert, Heard, News, NotTakenError, Outage, WrongFieldError

router = APIRouter(prefix="/contracts/{contract_id}", tags=["tickets"])
ContractId = Annotated[str, Path(max_length=64, examples=["acme-2026"])]

CLOCKS_DIFFER = timedelta(minutes=1)
"""By so much another machine's clock may be ahead of ours."""


class AlertIn(Body):
    """An alert of the monitoring, as it fires or as it is over."""

    key: Line = Field(description="Names the trouble: the same each time it fires", examples=["gateway-4/offline"])
    status: Literal["firing", "resolved"]
    title: OptionalLine = Field("", description="Empty: the key")
    description: Text = ""
    device: OptionalLine = ""
    level: OptionalLine = Field(
        "", description="A level's key; empty: the severest for an outage, else the least severe, until triage"
    )
    outage: bool = Field(False, description="The platform is down: it counts against the month's uptime")
    at: AwareDatetime | None = Field(None, description="Since when an outage is there, or over; empty: now")
    by: Line = Field("monitoring", description="Which system says so: stands in the facts")


class OutageIn(By):
    """An outage that nothing but a person has noticed."""

    title: Line
    begin: AwareDatetime
    end: AwareDatetime | None = Field(None, description="Empty: it goes on, until its ticket is resolved")
    reason: Reason
    level: OptionalLine = Field(
        "", description="A level's key; empty: the severest while it goes on, the least severe where it is over"
    )


class HeardOut(BaseModel):
    """What became of it. `number` and `ticket` null: there is no ticket of that alert."""

    news: News = Field(
        description="`opened` a ticket, `known` as an open one, `reopened` or `resolved` it, or `nothing` to be done"
    )
    number: int | None
    ticket: str | None


@router.post(
    "/alerts",
    summary="Post an alert",
    responses=may_answer(problems.NOT_FOUND, problems.REFUSED, problems.INVALID),
)
async def post_alert(house: TheHouse, contract_id: ContractId, body: AlertIn) -> HeardOut:
    """Firing opens a proactive ticket, resolved resolves it; for plans with remote monitoring.

    The alert's key takes the place of an Idempotency-Key: one that fires while its ticket is worked on is that ticket,
    and one that is over twice is over. It reopens its ticket when it fires again within a day after that was resolved,
    and is a new one later, or once that was closed. The ticket's clocks run from now, an outage counts from `at`.
    """
    await signing.signed_or_404(house, contract_id)
    at = _past("at", body.at)
    with _refusals(), reaching():
        async with answered():
            if body.status == "firing":
                heard = await monitoring.fires(house.desk, contract_id, _alert(body, at), now(), ANSWER_WITHIN)
            else:
                heard = await monitoring.clears(house.desk, contract_id, body.key, body.by, now(), at, ANSWER_WITHIN)
    return _shown(contract_id, heard)


@router.post("/outages", status_code=201, summary="Record an outage", response_model=HeardOut, responses=CHANGES)
async def record_outage(house: TheHouse, once: OnlyOnce, contract_id: ContractId, body: OutageIn) -> Response:
    """A proactive ticket, resolved at once where the outage is over; for plans that promise an uptime."""

    async def act() -> HeardOut:
        await signing.signed_or_404(house, contract_id)
        begin, end = _past("begin", body.begin), _past("end", body.end)
        assert begin is not None, "the body has it"
        if end is not None and end <= begin:
            raise problems.invalid([FieldError("end", "expected an instant after begin")])
        outage = Outage(body.title, begin, body.by, body.reason, end, body.level)
        with _refusals(), reaching():
            async with answered():
                heard = await monitoring.record_outage(house.desk, contract_id, outage, once.key, now(), ANSWER_WITHIN)
        return _shown(contract_id, heard)

    return await once(body, act, 201)


def _alert(body: AlertIn, at: datetime | None) -> Alert:
    title = body.title or body.key
    return Alert(body.key, title, body.by, body.description, body.device, body.level, body.outage, at)


def _past(field: str, instant: datetime | None) -> datetime | None:
    """Not later than now, but for a clock that is a little ahead. Raises Problem 422."""
    if instant is None:
        return None
    given, latest = utc(instant), now()
    if given is None or given > latest + CLOCKS_DIFFER:
        raise problems.invalid([FieldError(field, "expected an instant that is not in the future")])
    return min(given, latest)


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except NotTakenError as error:
        raise problems.refused(str(error)) from None
    except WrongFieldError as error:
        raise problems.invalid([FieldError(error.field, str(error))]) from None


def _shown(contract_id: str, heard: Heard) -> HeardOut:
    ticket = f"{contract_id}/{heard.number}" if heard.number else None
    return HeardOut(news=heard.news, number=heard.number, ticket=ticket)
