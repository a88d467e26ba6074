"""What the API says while a part of the system is away, and that it goes on when it is back."""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path

import psycopg
import pytest

from runtime.ports import free_ports
from runtime.temporal import Temporal
from tests.api.stack import Stack, an_order, new_id, serving, settings_for, working


async def test_without_any_server_it_comes_up_and_says_what_is_missing(tmp_path: Path) -> None:
    nowhere = f"postgresql://pledge@127.0.0.1:{free_ports(1)[0]}/pledge"
    async with serving(settings_for(nowhere, free_ports(1)[0], 9)) as stack:
        assert (await stack.http.get("/healthz")).status_code == 200
        ready = await stack.http.get("/readyz")
        assert ready.status_code == 503
        assert [ready.json()[part]["ok"] for part in ("postgres", "temporal", "worker")] == [False, False, False]
        problem = await stack.http.get("/api/contracts")
        assert problem.status_code == 503
        assert problem.headers["content-type"] == "application/problem+json"
        assert problem.headers["Retry-After"] == "5"
        assert problem.json()["part"] == "PostgreSQL"
        page = await stack.http.get("/")
        assert page.status_code == 503
        assert "PostgreSQL does not answer" in page.text
        assert (await stack.http.get("/plans")).status_code == 200


async def test_it_is_not_ready_without_a_worker(api: Stack) -> None:
    ready = await api.http.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["temporal"]["ok"] is True
    assert ready.json()["worker"]["ok"] is False
    assert api.settings.task_queue in ready.json()["worker"]["detail"]


async def test_it_is_ready_with_a_worker(whole: Stack) -> None:
    ready = await whole.until("/readyz", lambda health: health["status"] == "ready")
    assert ready["worker"] == {"ok": True, "detail": ""}


async def test_a_worker_that_was_killed_is_missed_although_temporal_still_remembers_its_poll(
    database: str, dev_server: Temporal
) -> None:
    settings = settings_for(database, dev_server.port, 9)
    async with serving(settings) as stack:
        with working(settings):
            await stack.until("/readyz", lambda health: health["status"] == "ready")
        async with asyncio.timeout(30):
            while (await stack.http.get("/readyz")).status_code != 503:
                await asyncio.sleep(0.2)
        health = (await stack.http.get("/readyz")).json()
    assert [health[part]["ok"] for part in ("postgres", "temporal", "worker")] == [True, True, False]


async def test_it_is_not_ready_without_our_tables(empty_database: str, dev_server: Temporal) -> None:
    async with serving(settings_for(empty_database, dev_server.port, 9)) as stack:
        assert "tables" in (await stack.http.get("/readyz")).json()["postgres"]["detail"]
        assert (await stack.http.get("/api/contracts")).status_code == 503


async def test_what_was_signed_while_temporal_was_away_starts_when_it_is_back(
    database: str, dev_server: Temporal
) -> None:
    contract_id = new_id("acme")
    away = settings_for(database, free_ports(1)[0], 9)
    async with serving(away) as stack:
        answer = await stack.post("/api/contracts", an_order(contract_id), key="signed-in-the-dark")
        assert answer.status_code == 201
        assert answer.json()["started"] is False
        assert (await stack.get(f"/api/contracts/{contract_id}"))["workflow_started"] is False
    back = settings_for(database, dev_server.port, 9)
    async with serving(back) as stack:
        contract = await stack.until(f"/api/contracts/{contract_id}", lambda c: c["workflow_started"])
        assert contract["head"] is None
        with working(back):
            contract = await stack.until(f"/api/contracts/{contract_id}", lambda c: c["head"])
            assert contract["head"]["customer"] == "Acme Sleep Lab"


async def test_an_order_that_nobody_works_on_is_503_and_the_same_key_finishes_it(
    database: str, dev_server: Temporal
) -> None:
    settings = settings_for(database, dev_server.port, 9)
    contract_id = new_id("acme")
    async with serving(settings) as stack:
        await stack.post("/api/contracts", an_order(contract_id, starts_on="2026-11-01"))
        path, key = f"/api/contracts/{contract_id}/record-count", secrets.token_hex(8)
        answer = await stack.post(path, {"users": 7}, key)
        assert answer.status_code == 503
        assert answer.json()["part"] == "the worker"
        with working(settings):
            assert (await stack.post(path, {"users": 7}, key)).status_code == 200
        facts = (await stack.get(f"/api/contracts/{contract_id}/timeline"))["facts"]
        assert [fact["kind"] for fact in facts].count("count.recorded") == 1


@pytest.mark.parametrize("path", ["/api/contracts", "/"])
async def test_a_restart_of_the_database_costs_no_request(api: Stack, postgres_url: str, path: str) -> None:
    assert (await api.http.get(path)).status_code == 200
    plain = postgres_url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(plain, autocommit=True) as connection:
        name = api.settings.database.rsplit("/", 1)[1]
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
    assert (await api.http.get(path)).status_code == 200
