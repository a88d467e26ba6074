"""Contracts with a service desk, and reports to it, as the tests of tickets send them."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from tests.api.stack import Stack, a_member, an_order, new_id

LEE = {"name": "Lee Park", "email": "lee@acme.test", "phone": "+1 555 0100"}


async def a_desk(stack: Stack, plan: str = "ombori/enterprise", **changes: Any) -> str:
    """A contract that began five days ago, at work; ombori/enterprise is open around the clock."""
    contract_id = new_id("acme")
    starts_on = (datetime.now(UTC) - timedelta(days=5)).date().isoformat()
    given = {"prices": {"currency": "EUR", "extra_device": 900}, "starts_on": starts_on, **changes}
    await stack.post("/api/staff", a_member(new_id("maya"), ("support-lead", "csm")))
    answer = await stack.post("/api/contracts", an_order(contract_id, plan=plan, **given))
    assert answer.status_code == 201, answer.text
    await stack.until(f"/api/contracts/{contract_id}", lambda c: c["head"] and c["head"]["stage"] != "signed")
    return contract_id


async def signed(stack: Stack, plan: str = "ombori/production") -> str:
    """A contract that no worker has begun to keep."""
    prices = {"currency": "EUR", "extra_device": 900}
    order = an_order(contract_id := new_id("acme"), plan=plan, prices=prices)
    assert (await stack.post("/api/contracts", order)).status_code == 201
    return contract_id


def a_report(**changes: Any) -> dict[str, Any]:
    """What Lee reports."""
    return {"reporter": LEE, "subject": "Silent sensors", "description": "Room 4 is silent.", "level": "l2", **changes}


async def reported(stack: Stack, contract_id: str, **changes: Any) -> int:
    """The number of a ticket whose workflow has told of it."""
    answer = await stack.post(f"/api/contracts/{contract_id}/tickets", a_report(**changes))
    assert answer.status_code == 201, answer.text
    assert answer.json()["accepted"], answer.text
    number: int = answer.json()["number"]
    await stack.until(f"/api/tickets/{contract_id}/{number}", lambda ticket: ticket["head"] is not None)
    return number


async def act(stack: Stack, contract_id: str, number: int, path: str, **body: Any) -> dict[str, Any]:
    """An act that is carried out: its answer."""
    answer = await stack.post(f"/api/tickets/{contract_id}/{number}/{path}", body)
    assert answer.status_code == 200, answer.text
    done: dict[str, Any] = answer.json()
    return done


def a_file(name: str, content: bytes, media_type: str = "text/plain") -> dict[str, str]:
    """A file as a body holds it."""
    return {"name": name, "media_type": media_type, "content": base64.b64encode(content).decode()}


def their_page(ticket: dict[str, Any]) -> str:
    """The path of the customer's own page, as staff read it to pass it on."""
    return urlsplit(str(ticket["url"])).path
