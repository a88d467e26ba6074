"""Availability by the month, from recorded outages (ombori-6)."""

from __future__ import annotations

from datetime import UTC, datetime

from domain.facts import Chain
from domain.happenings import Happening
from storage.facts import write_facts
from storage.session import open_engine, open_sessions
from tests.api.desk import signed
from tests.api.stack import Stack


async def an_outage(stack: Stack, contract_id: str, begin: datetime, end: datetime) -> None:
    """As a ticket tells of it."""
    chain, began = Chain().append(
        f"ticket/{contract_id}/1", contract_id, begin, Happening.OUTAGE_BEGAN, "ticket/1", (),
        {"key": "gateway", "title": "The gateway is down", "begin": begin.isoformat(), "state": "registered"},
    )  # fmt: skip
    _, ended = chain.append(
        f"ticket/{contract_id}/1", contract_id, end, Happening.OUTAGE_ENDED, "ticket/1", (),
        {"key": "gateway", "end": end.isoformat(), "state": "resolved"},
    )  # fmt: skip
    engine = open_engine(stack.settings.database_url)
    async with open_sessions(engine).begin() as session:
        await write_facts(session, (began, ended))
    await engine.dispose()


async def test_forty_seconds_in_a_month_are_more_than_was_promised(api: Stack) -> None:
    contract_id = await signed(api)
    begin, end = datetime(2026, 1, 10, 10, 0, 0, tzinfo=UTC), datetime(2026, 1, 10, 10, 0, 40, tzinfo=UTC)
    await an_outage(api, contract_id, begin, end)
    january = await api.get(f"/api/contracts/{contract_id}/uptime", month="2026-01")
    outage = {
        "number": 1,
        "alert": "gateway",
        "title": "The gateway is down",
        "begin": "2026-01-10T10:00:00Z",
        "end": "2026-01-10T10:00:40Z",
    }
    assert january == {
        "month": "2026-01",
        "zone": "America/New_York",
        "clause": "ombori-6",
        "begin": "2026-01-01T05:00:00Z",
        "end": "2026-02-01T05:00:00Z",
        "percent": "99.99851",
        "promised": "99.999",
        "kept": False,
        "enforced": False,
        "down_seconds": 40,
        "allowed_seconds": 27,
        "total_seconds": 2678400,
        "outages": [outage],
    }
    february = await api.get(f"/api/contracts/{contract_id}/uptime", month="2026-02")
    assert (february["percent"], february["kept"], february["outages"]) == ("100.00000", True, [])
    assert (await api.get(f"/api/contracts/{contract_id}/outages"))["items"] == [outage]


async def test_a_month_must_have_begun_and_the_plan_must_promise_something(api: Stack) -> None:
    path = f"/api/contracts/{await signed(api)}/uptime"
    for month in ("2026-13", "26-11", "2099-01"):
        answer = await api.http.get(path, params={"month": month})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "month"), month
    assert (await api.http.get("/api/contracts/nobody/uptime?month=2026-01")).status_code == 404
    free = await api.http.get(f"/api/contracts/{await signed(api, 'ombori/free')}/uptime?month=2026-01")
    assert free.status_code == 404
    assert free.json()["detail"] == "there is no availability promised by the plan 'ombori/free'"
