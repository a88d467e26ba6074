"""What is wrong with a body about tickets is told by its field, before anything is kept: no worker is needed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from tests.api.desk import LEE, a_file, a_report, signed
from tests.api.stack import Stack

MIB = 2**20


async def fields(stack: Stack, path: str, body: dict[str, Any]) -> list[str]:
    """The fields that are refused."""
    answer = await stack.post(path, body)
    assert answer.status_code == 422, answer.text
    return [error["field"] for error in answer.json()["errors"]]


async def test_what_is_wrong_with_a_report_is_told_by_field(api: Stack) -> None:
    path = f"/api/contracts/{await signed(api)}/tickets"
    cases: tuple[tuple[dict[str, Any], list[str]], ...] = (
        ({"reporter": {}}, ["reporter"]),
        ({"reporter": {**LEE, "email": "lee"}}, ["reporter.email"]),
        ({"subject": "", "description": " "}, ["description"]),
        ({"description": "x" * 20_001}, ["description"]),
        ({"door": "phone"}, ["by"]),
        ({"door": "e-mail"}, ["door"]),
        ({"kind": "return", "receipt_day": "2026-02-30"}, ["receipt_day"]),
        ({"subject": "two\nlines"}, ["subject"]),
        ({"attachments": [{"name": "a", "content": "%"}]}, ["attachments.0.content"]),
        ({"attachments": [{"name": "", "content": ""}]}, ["attachments.0.name"]),
        ({"attachments": [{"name": "a", "content": "", "media_type": "html"}]}, ["attachments.0.media_type"]),
        ({"attachments": [a_file("a", b"")] * 21}, ["attachments"]),
        ({"urgent": True}, ["urgent"]),
    )
    for changes, wrong in cases:
        assert await fields(api, path, a_report(level="", **changes)) == wrong, changes
    answer = await api.post(path, a_report(level="urgent"))
    assert answer.json()["errors"] == [{"field": "level", "message": "expected one of l1, l2, l3, l4"}]


async def _in_pieces(mib: int) -> AsyncIterator[bytes]:
    for _ in range(mib):
        yield bytes(MIB)


async def test_files_have_a_largest_size_each_and_together(api: Stack) -> None:
    contract_id = await signed(api)
    path = f"/api/contracts/{contract_id}/tickets"
    answer = await api.post(path, a_report(attachments=[a_file("a", b"a"), a_file("b", bytes(10 * MIB + 1))]))
    assert answer.status_code == 413
    assert answer.json()["errors"] == [
        {"field": "attachments.1.content", "message": "expected at most 10 MiB, got 10,485,761 bytes"}
    ]
    answer = await api.post(path, a_report(attachments=[a_file("a", bytes(7 * MIB))] * 3))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (413, "attachments")
    for body in (bytes(33 * MIB), _in_pieces(33)):
        answer = await api.http.post(path, content=body, headers={"Idempotency-Key": "a-very-large-one"})
        assert (answer.status_code, answer.json()["detail"]) == (413, "a request has at most 32 MiB")
    assert (await api.http.get(f"/api/tickets/{contract_id}/1")).status_code == 404


async def test_what_is_wrong_with_an_act_is_told_by_field(api: Stack) -> None:
    cases: tuple[tuple[str, dict[str, Any], list[str]], ...] = (
        ("triage", {}, ["level"]),
        ("assign", {"staff_id": "Not An Id"}, ["staff_id"]),
        ("reply", {}, ["text"]),
        ("hear", {"text": "x"}, ["by"]),
        ("note", {"text": " "}, ["text"]),
        ("level", {"level": ""}, ["level"]),
        ("route", {"kind": "moon", "email": "nobody"}, ["email", "kind", "to"]),
        ("take-back", {"note": "\a"}, ["note"]),
        ("pause", {"reason": "a\nb"}, ["reason"]),
        ("resume", {"by": ""}, ["by"]),
        ("acknowledge", {}, ["clock"]),
        ("resolve", {"attachments": "all"}, ["attachments"]),
        ("ask-agreement", {"to": "Lee"}, ["to"]),
        ("agree", {"by": "Lee"}, ["email"]),
        ("close", {}, ["reason"]),
        ("withdraw", {"email": "lee@acme.test"}, ["by"]),
        ("reopen", {"side": "partner"}, ["side"]),
    )
    for act, body, wrong in cases:
        assert sorted(await fields(api, f"/api/tickets/acme-2026/1/{act}", body)) == wrong, act


async def test_a_contract_or_a_ticket_that_is_not_there_is_404(api: Stack) -> None:
    assert (await api.post("/api/contracts/nobody/tickets", a_report())).status_code == 404
    assert (await api.post("/api/tickets/nobody/1/note", {"text": "x"})).status_code == 404
    for path in ("", "/facts", "/attachments/abc"):
        assert (await api.http.get(f"/api/tickets/nobody/1{path}")).status_code == 404
    for number in (0, 99999999999):
        assert (await api.http.get(f"/api/tickets/nobody/{number}")).status_code == 422


async def test_a_report_before_the_contract_starts_is_kept_and_refused(api: Stack) -> None:
    contract_id = await signed(api)
    answer = await api.post(f"/api/contracts/{contract_id}/tickets", a_report())
    assert answer.status_code == 201
    assert answer.json()["reasons"] == [{"code": "not-started", "clause": "", "text": "the contract has not started"}]
    ticket = await api.get(f"/api/tickets/{contract_id}/1")
    assert (ticket["accepted"], ticket["head"], ticket["can"]) == (False, None, [])


async def test_what_is_wrong_with_a_closed_day_is_told_by_field(api: Stack) -> None:
    contract_id = await signed(api)
    cases: tuple[tuple[dict[str, Any], list[str]], ...] = (
        ({"contract": None}, ["vendor"]),
        ({"vendor": "ombori"}, ["vendor"]),
        ({"contract": "nobody"}, ["contract"]),
        ({"contract": None, "vendor": "nobody"}, ["vendor"]),
        ({"rule": "kitchen"}, ["rule"]),
        ({"day": "2026-02-30"}, ["day"]),
        ({"spans": "9 to 5"}, ["spans"]),
        ({"spans": "09:00-12:00 11:00-13:00"}, ["spans"]),
        ({"reason": ""}, ["reason"]),
    )
    for changes, wrong in cases:
        body = {"contract": contract_id, "day": "2026-12-24", "reason": "Christmas Eve", **changes}
        assert await fields(api, "/api/closed-days", body) == wrong, changes


async def test_closed_days_are_listed_and_taken_back(api: Stack) -> None:
    contract_id = await signed(api)
    body = {"contract": contract_id, "day": "2026-12-24", "spans": "09:00-12:00", "reason": "Christmas Eve"}
    added, again = await api.post("/api/closed-days", body), await api.post("/api/closed-days", body)
    assert (added.status_code, added.json()) == (201, again.json())
    of_vendor = {"vendor": "ombori", "rule": "service-desk", "day": "2026-12-28", "reason": "Stocktaking", "by": "Maya"}
    await api.post("/api/closed-days", of_vendor)
    listed = await api.get("/api/closed-days", contract=contract_id)
    assert [(day["day"], day["contract"], day["vendor"], day["spans"]) for day in listed["items"]] == [
        ("2026-12-24", contract_id, None, "09:00-12:00"),
        ("2026-12-28", None, "ombori", ""),
    ]
    address = f"/api/closed-days/{added.json()['id']}"
    assert (await api.http.delete(address, params={"by": "Maya"})).status_code == 204
    assert (await api.http.delete(address)).status_code == 404
    assert (await api.get("/api/closed-days", vendor="ombori"))["total"] == 1
    assert (await api.get("/api/closed-days"))["total"] == 1
