"""Signing, reading and acting on contracts, with the real worker behind."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.api.stack import Stack, a_member, an_order, new_id


async def _signed(stack: Stack, **changes: Any) -> str:
    """A contract that has begun, with a CSM."""
    contract_id = new_id("acme")
    assert (await stack.post("/api/staff", a_member(new_id("maya")))).status_code == 201
    answer = await stack.post("/api/contracts", an_order(contract_id, **changes))
    assert answer.status_code == 201, answer.text
    await stack.until(f"/api/contracts/{contract_id}", lambda c: c["head"] and c["head"]["stage"] != "signed")
    return contract_id


async def test_signing_starts_a_workflow_that_writes_the_first_facts(whole: Stack) -> None:
    contract_id = await _signed(whole)
    contract = await whole.get(f"/api/contracts/{contract_id}")
    assert contract["workflow_started"] is True
    assert contract["head"]["customer"] == "Acme Sleep Lab"
    assert contract["head"]["plan"] == "oura/premium"
    assert contract["head"]["ends_on"] == "2027-10-31"
    assert [(r["role"], r["status"]) for r in contract["roles"] if r["role"] == "csm"] == [("csm", "active")]
    facts = (await whole.get(f"/api/contracts/{contract_id}/timeline"))["facts"]
    assert facts[-1]["kind"] == "contract.signed"
    assert "oura-7" in facts[-1]["clauses"]
    agenda = await whole.get(f"/api/contracts/{contract_id}/agenda", limit=200)
    assert "renewal-90" in [item["key"] for item in agenda["items"]]
    described = await whole.get(f"/api/contracts/{contract_id}/hours")
    assert described["hours"]["granted"] == 120


async def test_the_answer_to_signing_says_what_both_sides_should_know(whole: Stack) -> None:
    answer = await whole.post("/api/contracts", an_order(contract_id := new_id("acme")))
    assert answer.json()["id"] == contract_id
    assert answer.json()["workflow_id"] == f"contract/{contract_id}"
    assert answer.json()["started"] is True
    assert any("oura-8" in flag for flag in answer.json()["flags"])


async def test_the_same_key_signs_once_and_answers_the_same(whole: Stack) -> None:
    body = an_order(new_id("acme"))
    first = await whole.post("/api/contracts", body, key="signing-number-one")
    again = await whole.post("/api/contracts", body, key="signing-number-one")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"


async def test_ten_at_once_with_one_key_are_one_signature(whole: Stack) -> None:
    body = an_order(new_id("acme"), customer_name="Ten At Once")
    answers = await asyncio.gather(*(whole.post("/api/contracts", body, key="ten-at-once") for _ in range(10)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    listed = await whole.until("/api/contracts?customer=Ten+At", lambda page: page["total"] > 0)
    assert listed["total"] == 1


async def test_a_key_that_came_with_another_body_is_refused(whole: Stack) -> None:
    await whole.post("/api/contracts", an_order(new_id("acme")), key="used-already")
    answer = await whole.post("/api/contracts", an_order(new_id("acme")), key="used-already")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"].endswith("/problems/idempotency-key-reused")


async def test_an_id_that_belongs_to_another_order_is_refused(whole: Stack) -> None:
    contract_id = new_id("acme")
    await whole.post("/api/contracts", an_order(contract_id))
    answer = await whole.post("/api/contracts", an_order(contract_id, term_months=24))
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["field"] == "id"


async def test_what_a_plan_needs_of_the_order_is_told_by_field(api: Stack) -> None:
    body = an_order(new_id("acme"), plan="caret/support-24-7", zone="Mars/Phobos")
    answer = await api.post("/api/contracts", body)
    assert answer.status_code == 422
    assert [e["field"] for e in answer.json()["errors"]] == ["zone"]
    body = an_order(new_id("acme"), plan="caret/support-24-7", country="XX")
    assert [e["field"] for e in (await api.post("/api/contracts", body)).json()["errors"]] == ["prices.user_tier_base"]
    body = an_order(new_id("acme"), country="XX", subdivision=None)
    assert [e["field"] for e in (await api.post("/api/contracts", body)).json()["errors"]] == ["country"]


async def test_nothing_is_stored_of_an_order_that_is_refused(api: Stack) -> None:
    contract_id = new_id("acme")
    assert (await api.post("/api/contracts", an_order(contract_id, plan="oura/gold"))).status_code == 422
    assert (await api.http.get(f"/api/contracts/{contract_id}")).status_code == 404
    assert (await api.get("/api/customers"))["total"] == 0


async def test_an_action_that_the_state_forbids_is_409_with_the_reason(whole: Stack) -> None:
    contract_id = await _signed(whole)
    answer = await whole.post(f"/api/contracts/{contract_id}/resume")
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("/problems/refused")
    assert "not suspended" in answer.json()["detail"]


async def test_suspend_and_resume_change_the_stage(whole: Stack) -> None:
    contract_id = await _signed(whole)
    answer = await whole.post(f"/api/contracts/{contract_id}/suspend", {"reason": "the invoice is open", "by": "Maya"})
    assert answer.status_code == 200, answer.text
    assert (await whole.get(f"/api/contracts/{contract_id}"))["head"]["stage"] == "suspended"
    assert (await whole.post(f"/api/contracts/{contract_id}/resume", {"by": "Maya"})).status_code == 200
    assert (await whole.get(f"/api/contracts/{contract_id}"))["head"]["stage"] != "suspended"


async def test_a_key_belongs_to_its_address(whole: Stack) -> None:
    contract_id, key = await _signed(whole), new_id("both-ways")
    suspended = await whole.post(f"/api/contracts/{contract_id}/suspend", {"reason": "the invoice is open"}, key=key)
    resumed = await whole.post(f"/api/contracts/{contract_id}/resume", key=key)
    assert (suspended.status_code, resumed.status_code) == (200, 200)
    assert (await whole.get(f"/api/contracts/{contract_id}"))["head"]["stage"] != "suspended"
    again = await whole.post(f"/api/contracts/{contract_id}/suspend", {"reason": "another one"}, key=key)
    assert again.json()["detail"] == "this Idempotency-Key came to this address before, with another body"


async def test_a_terminated_contract_takes_no_action_any_more(whole: Stack) -> None:
    contract_id = await _signed(whole, customer_name="Moving Ltd")
    assert (await whole.post(f"/api/contracts/{contract_id}/terminate", {"reason": "moved on"})).status_code == 200
    answer = await whole.post(f"/api/contracts/{contract_id}/renew", {"term_months": 12})
    assert answer.status_code == 409
    assert (await whole.get("/api/contracts", customer="moving"))["total"] == 0
    assert (await whole.get("/api/contracts", customer="moving", over=True))["total"] == 1
    assert (await whole.get("/api/contracts", customer="moving", stage="terminated"))["total"] == 1


async def test_an_unknown_contract_is_404_at_every_address(api: Stack) -> None:
    for part in ("", "/agenda", "/timeline", "/hours", "/messages", "/feed"):
        answer = await api.http.get(f"/api/contracts/nobody-2026{part}")
        assert answer.status_code == 404, part
        assert answer.json()["title"] == "There is no such thing"
    assert (await api.post("/api/contracts/nobody-2026/resume")).status_code == 404
    assert (await api.post("/api/meetings/nobody-2026/kickoff/cancel", {"reason": "x"})).status_code == 404


async def test_a_post_without_a_key_is_400_and_a_bad_one_too(api: Stack) -> None:
    for headers in ({}, {"Idempotency-Key": "short"}, {"Idempotency-Key": "with a space in it"}):
        answer = await api.http.post("/api/contracts", json=an_order("acme-2026"), headers=headers)
        assert answer.status_code == 400, headers
        assert answer.json()["type"].endswith("/problems/idempotency-key-missing")


async def test_an_unknown_field_is_told(api: Stack) -> None:
    answer = await api.post("/api/contracts/acme/renew", {"term_month": 12})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": "term_month", "message": "this field is not known"}]


async def test_the_role_goes_only_to_somebody_who_is_qualified(whole: Stack) -> None:
    contract_id = await _signed(whole)
    await whole.post("/api/staff", a_member(tom := new_id("tom"), ("cse",), name="Tom Becker"))
    await whole.post("/api/staff", a_member(rosa := new_id("rosa"), ("csm",), name="Rosa Delgado"))
    answer = await whole.post(f"/api/contracts/{contract_id}/change-role", {"role": "csm", "staff_id": tom})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "staff_id"
    answer = await whole.post(f"/api/contracts/{contract_id}/change-role", {"role": "csm", "staff_id": rosa})
    assert answer.status_code == 200, answer.text
    contract = await whole.get(f"/api/contracts/{contract_id}")
    assert [r["name"] for r in contract["roles"] if r["status"] == "active" and r["role"] == "csm"] == ["Rosa Delgado"]
    assert (await whole.get("/api/contracts", csm=rosa))["total"] == 1


async def test_counts_and_contacts_are_recorded(whole: Stack) -> None:
    contract_id = await _signed(whole)
    assert (await whole.post(f"/api/contracts/{contract_id}/record-count", {})).status_code == 422
    await whole.post(f"/api/contracts/{contract_id}/record-count", {"users": 12})
    ana = {"contact": {"name": "Ana Ruiz", "email": "ana@acme.test"}}
    assert (await whole.post(f"/api/contracts/{contract_id}/change-contact", ana)).status_code == 200
    again = await whole.post(f"/api/contracts/{contract_id}/change-contact", ana)
    assert again.status_code == 409
    contract = await whole.get(f"/api/contracts/{contract_id}")
    assert contract["head"]["users"] == 12
    assert [c["email"] for c in contract["contacts"]] == ["lee@acme.test", "ana@acme.test"]
