"""Alerts of the monitoring and recorded outages, over HTTP. What they do to tickets is in tests/tickets."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.api.desk import a_desk
from tests.api.stack import Stack, an_order, new_id


async def alert(stack: Stack, contract_id: str, status: str = "firing", **changes: Any) -> httpx.Response:
    """As a monitoring system posts it: without an Idempotency-Key."""
    body = {"key": "gateway-4/offline", "status": status, **changes}
    return await stack.http.post(f"/api/contracts/{contract_id}/alerts", json=body)


def ago(**span: float) -> str:
    """An instant of the past, in whole seconds."""
    return (datetime.now(UTC) - timedelta(**span)).replace(microsecond=0).isoformat()


async def test_an_alert_opens_one_ticket_and_resolves_it(whole: Stack) -> None:
    contract_id = await a_desk(whole)
    told = [
        (await alert(whole, contract_id, title="Gateway 4 is offline", device="gateway-4", level="l2")).json(),
        (await alert(whole, contract_id)).json(),
        (await alert(whole, contract_id, "resolved")).json(),
        (await alert(whole, contract_id, "resolved")).json(),
    ]
    assert [(each["news"], each["number"]) for each in told] == [
        ("opened", 1), ("known", 1), ("resolved", 1), ("nothing", 1)
    ]  # fmt: skip
    assert told[0]["ticket"] == f"{contract_id}/1"
    head = (await whole.get(f"/api/tickets/{contract_id}/1"))["head"]
    assert (head["subject"], head["level"], head["device"], head["state"], head["door"]) == (
        "Gateway 4 is offline", "l2", "gateway-4", "resolved", "monitoring"
    )  # fmt: skip
    never = await alert(whole, contract_id, "resolved", key="never")
    assert never.json() == {"news": "nothing", "number": None, "ticket": None}


async def test_of_many_at_once_one_does_it(whole: Stack) -> None:
    contract_id = await a_desk(whole)
    for status, done, others in (
        ("firing", "opened", {"known"}),
        ("resolved", "resolved", {"resolved", "nothing"}),
        ("firing", "reopened", {"reopened", "known"}),
    ):
        answers = await asyncio.gather(*(alert(whole, contract_id, status) for _ in range(6)))
        told = [each.json()["news"] for each in answers]
        assert done in told
        assert {*told} <= {done, *others}
        assert {each.json()["number"] for each in answers} == {1}
    facts = (await whole.get(f"/api/tickets/{contract_id}/1/facts"))["facts"]
    kinds = [fact["kind"] for fact in facts]
    assert [kinds.count(kind) for kind in ("ticket.registered", "ticket.resolved", "ticket.reopened")] == [1, 1, 1]


async def test_outages_count_from_when_they_began_until_they_were_over(whole: Stack) -> None:
    contract_id = await a_desk(whole)
    began, ended = ago(seconds=90), ago(seconds=60)
    await alert(whole, contract_id, key="platform", outage=True, at=began)
    await alert(whole, contract_id, "resolved", key="platform", at=ended)
    path = f"/api/contracts/{contract_id}/outages"
    given = {"title": "Nothing answered", "begin": ago(hours=3), "by": "Maya", "reason": "A disk was full."}
    over = given | {"end": (datetime.fromisoformat(given["begin"]) + timedelta(hours=1)).isoformat()}
    key = new_id("key")
    for _ in range(2):
        recorded = await whole.post(path, over, key=key)
        assert (recorded.status_code, recorded.json()["news"], recorded.json()["number"]) == (201, "opened", 2)
    found = (await whole.get(path))["items"]
    spans = [(each["number"], each["alert"], *(_seconds(each[name]) for name in ("begin", "end"))) for each in found]
    assert spans[1] == (1, "platform", _seconds(began), _seconds(ended))
    assert (spans[0][0], spans[0][3] - spans[0][2]) == (2, 3600)
    state = (await whole.get(f"/api/tickets/{contract_id}/2"))["head"]["state"]
    assert state == "resolved"


def _seconds(instant: str) -> int:
    return int(datetime.fromisoformat(instant).timestamp())


async def test_what_cannot_be_is_told_by_its_field_or_its_reason(api: Stack) -> None:
    contract_id, free = new_id("acme"), new_id("acme")
    for each, plan in ((contract_id, "ombori/enterprise"), (free, "ombori/free")):
        prices = {"currency": "EUR", "extra_device": 900}
        starts_on = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
        answer = await api.post("/api/contracts", an_order(each, plan=plan, prices=prices, starts_on=starts_on))
        assert answer.status_code == 201, answer.text
    later = await alert(api, contract_id, outage=True, at=ago(minutes=-3))
    assert (later.status_code, later.json()["errors"]) == (
        422, [{"field": "at", "message": "expected an instant that is not in the future"}]
    )  # fmt: skip
    assert (await alert(api, contract_id, "burning")).json()["errors"][0]["field"] == "status"
    assert (await alert(api, contract_id, at="2026-11-01T10:00:00")).json()["errors"][0]["field"] == "at"
    assert (await alert(api, "nobody")).status_code == 404
    early = await alert(api, contract_id)
    assert (early.status_code, early.json()["detail"]) == (409, "the contract has not started")
    refused = await alert(api, free)
    assert (refused.status_code, refused.json()["detail"]) == (
        409, "the plan Free has no remote monitoring, so alerts open no tickets"
    )  # fmt: skip
    outage = {"title": "Down", "begin": ago(hours=1), "end": ago(hours=2), "by": "Maya", "reason": "A disk was full."}
    wrong = await api.post(f"/api/contracts/{contract_id}/outages", outage)
    assert wrong.json()["errors"] == [{"field": "end", "message": "expected an instant after begin"}]
