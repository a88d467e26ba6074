"""Meetings over HTTP: asked for, moved, answered, recorded."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tests.api.stack import Stack, kicked_off


@pytest.fixture
async def contract_id(whole: Stack) -> str:
    """A contract with 240 minutes, of which the kick-off has reserved 60."""
    return await kicked_off(whole)


async def _asked_for(stack: Stack, contract_id: str, minutes: int = 60) -> str:
    body = {"title": "Refresher", "minutes": minutes, "by": "Maya"}
    answer = await stack.post(f"/api/contracts/{contract_id}/request-meeting", body)
    assert answer.status_code == 200, answer.text
    key = answer.json()["key"]
    assert isinstance(key, str)
    if answer.json()["overage_minutes"] == 0:
        await stack.until(f"/api/meetings/{contract_id}/{key}", lambda m: m["status"] == "invited")
    return key


async def _begun(stack: Stack, contract_id: str, key: str) -> None:
    start = datetime.now(UTC) + timedelta(seconds=2)
    move = {"start": start.isoformat(), "outside_hours": True}  # today may be a holiday
    answer = await stack.post(f"/api/meetings/{contract_id}/{key}/reschedule", move)
    assert answer.status_code == 200, answer.text
    await asyncio.sleep((start - datetime.now(UTC)).total_seconds() + 0.1)


async def test_a_meeting_that_is_asked_for_gets_a_slot_and_reserves_hours(whole: Stack, contract_id: str) -> None:
    key = await _asked_for(whole, contract_id)
    meeting = await whole.get(f"/api/meetings/{contract_id}/{key}")
    assert meeting["title"] == "Refresher"
    assert meeting["host"] == "Maya Lindqvist"
    assert [a["email"] for a in meeting["attendees"] if a["side"] == "customer"] == ["lee@acme.test"]
    hours = (await whole.get(f"/api/contracts/{contract_id}/hours"))["hours"]
    assert (hours["granted"], hours["reserved"], hours["left_minutes"]) == (240, 120, 120)
    assert (await whole.get("/api/meetings", contract=contract_id, status="invited"))["total"] >= 1


async def test_an_outcome_before_the_meeting_is_refused_with_the_reason(whole: Stack, contract_id: str) -> None:
    key = await _asked_for(whole, contract_id)
    answer = await whole.post(f"/api/meetings/{contract_id}/{key}/outcome", {"outcome": "held", "minutes": 50})
    assert answer.status_code == 409
    assert "begins at" in answer.json()["detail"]


async def test_a_meeting_that_was_held_pays_with_its_actual_minutes(whole: Stack, contract_id: str) -> None:
    key = await _asked_for(whole, contract_id)
    await _begun(whole, contract_id, key)
    body = {"outcome": "held", "minutes": 45, "notes": "Went well.", "by": "Maya Lindqvist"}
    assert (await whole.post(f"/api/meetings/{contract_id}/{key}/outcome", {"outcome": "held"})).status_code == 422
    answer = await whole.post(f"/api/meetings/{contract_id}/{key}/outcome", body)
    assert answer.status_code == 200, answer.text
    meeting = await whole.get(f"/api/meetings/{contract_id}/{key}")
    assert (meeting["status"], meeting["held_minutes"], meeting["by"]) == ("held", 45, "Maya Lindqvist")
    told = await whole.until(f"/api/contracts/{contract_id}/hours", lambda h: h["hours"]["used"] == 45)
    assert (told["hours"]["reserved"], told["hours"]["left_minutes"]) == (60, 135)


async def test_the_same_outcome_sent_again_with_its_key_is_recorded_once(whole: Stack, contract_id: str) -> None:
    key = await _asked_for(whole, contract_id)
    await _begun(whole, contract_id, key)
    body = {"outcome": "held", "minutes": 45}
    path = f"/api/meetings/{contract_id}/{key}/outcome"
    answers = await asyncio.gather(*(whole.post(path, body, key="outcome-once") for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}, [a.text for a in answers]
    await whole.until(f"/api/contracts/{contract_id}/hours", lambda h: h["hours"]["used"] == 45)
    facts = (await whole.get(f"/api/contracts/{contract_id}/timeline", subject=key))["facts"]
    assert [fact["kind"] for fact in facts].count("meeting.held") == 1


async def test_an_answer_is_recorded_and_a_stranger_is_refused(whole: Stack, contract_id: str) -> None:
    key = await _asked_for(whole, contract_id)
    stranger = {"email": "eve@acme.test", "answer": "accepted"}
    refusal = await whole.post(f"/api/meetings/{contract_id}/{key}/answer", stranger)
    assert refusal.status_code == 409
    assert refusal.json()["errors"] == [{"field": "email", "message": "eve@acme.test is not invited to this meeting"}]
    body = {"email": "lee@acme.test", "answer": "accepted", "comment": "see you"}
    assert (await whole.post(f"/api/meetings/{contract_id}/{key}/answer", body)).status_code == 200
    meeting = await whole.until(f"/api/meetings/{contract_id}/{key}", lambda m: m["status"] == "confirmed")
    assert [a["answer"] for a in meeting["attendees"] if a["email"] == "lee@acme.test"] == ["accepted"]


async def test_a_taken_slot_is_refused_with_free_ones(whole: Stack, contract_id: str) -> None:
    first = await _asked_for(whole, contract_id)
    second = await _asked_for(whole, contract_id)
    taken = (await whole.get(f"/api/meetings/{contract_id}/{first}"))["start"]
    answer = await whole.post(f"/api/meetings/{contract_id}/{second}/reschedule", {"start": taken})
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("/problems/slot-taken")
    assert answer.json()["errors"][0]["field"] == "start"
    assert answer.json()["offers"]
    assert taken not in answer.json()["offers"]


async def test_a_start_on_a_holiday_is_refused_with_the_next_times_unless_it_is_meant(
    whole: Stack, contract_id: str
) -> None:
    path, christmas = f"/api/meetings/{contract_id}/kickoff/reschedule", datetime.now(UTC).year + 1
    there = f"{christmas}-12-25T15:00:00Z"
    answer = await whole.post(path, {"start": there})
    refusal = answer.json()
    assert (answer.status_code, refusal["type"].rsplit("/", 1)[-1]) == (409, "outside-hours")
    assert refusal["errors"] == [{"field": "start", "message": refusal["detail"]}]
    assert refusal["detail"].endswith(
        f"25 Dec {christmas} is a holiday of Maya Lindqvist and Acme Sleep Lab (Christmas Day)"
    )
    assert len(refusal["offers"]) == 5
    assert min(refusal["offers"]) > there
    assert (await whole.post(path, {"start": refusal["offers"][0]})).status_code == 200
    assert (await whole.post(path, {"start": there, "outside_hours": True, "by": "Maya"})).status_code == 200
    facts = (await whole.get(f"/api/contracts/{contract_id}/timeline", subject="kickoff"))["facts"]
    moves = [fact["data"].get("outside") for fact in facts if fact["kind"] == "meeting.moved"]
    assert moves == [refusal["detail"], None]


async def test_what_exceeds_the_hours_waits_for_the_customer(whole: Stack, contract_id: str) -> None:
    await _asked_for(whole, contract_id, minutes=150)
    body = {"title": "One more", "minutes": 60, "by": "Maya"}
    asked = (await whole.post(f"/api/contracts/{contract_id}/request-meeting", body)).json()
    assert asked["overage_minutes"] == 30
    overages = (await whole.get(f"/api/contracts/{contract_id}/hours"))["overages"]
    assert [(o["key"], o["minutes"], o["status"]) for o in overages] == [(asked["key"], 30, "asked")]
    decision = {"key": asked["key"], "approved": True, "by": "Lee Park"}
    assert (await whole.post(f"/api/contracts/{contract_id}/decide-overage", decision)).status_code == 200
    await whole.until(f"/api/meetings/{contract_id}/{asked['key']}", lambda m: m["status"] == "invited")
    again = await whole.post(f"/api/contracts/{contract_id}/decide-overage", decision)
    assert again.status_code == 409


async def test_a_cancelled_meeting_gives_its_hours_back(whole: Stack, contract_id: str) -> None:
    key = await _asked_for(whole, contract_id)
    answer = await whole.post(f"/api/meetings/{contract_id}/{key}/cancel", {"reason": "not needed", "by": "Maya"})
    assert answer.status_code == 200
    await whole.until(f"/api/contracts/{contract_id}/hours", lambda h: h["hours"]["left_minutes"] == 180)
    assert (await whole.post(f"/api/meetings/{contract_id}/{key}/cancel", {"reason": "again"})).status_code == 409
