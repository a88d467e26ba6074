"""Endpoints over HTTP: added with secrets that are shown once, tested, listed, removed; and tickets routed to them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.desk import a_desk, act, reported
from tests.api.stack import Stack, an_order, new_id
from tests.hook_catcher import HookCatcher


def an_endpoint(url: str, key: str = "service-desk", **changes: Any) -> dict[str, Any]:
    """The body that adds Acme's service desk."""
    return {"key": key, "name": "Acme's desk", "kind": "client-service-desk", "url": url, "by": "Maya", **changes}


async def signed(stack: Stack) -> str:
    """A contract, without a worker."""
    contract_id = new_id("acme")
    answer = await stack.post("/api/contracts", an_order(contract_id, plan="ombori/enterprise", prices=PRICES))
    assert answer.status_code == 201, answer.text
    return contract_id


PRICES = {"currency": "EUR", "extra_device": 900}


async def test_secrets_are_made_and_shown_in_the_answer_alone(api: Stack) -> None:
    contract_id = await signed(api)
    added = await api.post(f"/api/contracts/{contract_id}/endpoints", an_endpoint("https://desk.acme.test/hooks"))
    assert added.status_code == 201, added.text
    told = added.json()
    for name in ("secret_out", "secret_in"):
        secret = told.pop(name)
        assert secret.startswith("whsec_")
        assert len(secret) == 50  # 32 bytes
    [listed] = await api.get(f"/api/contracts/{contract_id}/endpoints")
    assert listed == told
    assert (listed["key"], listed["contract"], listed["vendor"], listed["active"], listed["added_by"]) == (
        "service-desk", contract_id, None, True, "Maya"
    )  # fmt: skip
    assert listed["inbound"] == f"{api.settings.base_url}/api/hooks/{contract_id}/service-desk"
    again = await api.post(f"/api/contracts/{contract_id}/endpoints", an_endpoint("https://desk.acme.test/hooks"))
    assert (again.status_code, again.json()["errors"]) == (409, [{"field": "key", "message": "this key is taken"}])
    assert "whsec_" not in again.text


async def test_own_secrets_may_be_brought_along(api: Stack) -> None:
    contract_id = await signed(api)
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = an_endpoint("https://desk.acme.test/", secret_out=secret, secret_in=secret)
    added = await api.post(f"/api/contracts/{contract_id}/endpoints", body)
    assert (added.json()["secret_out"], added.json()["secret_in"]) == (secret, secret)


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        (
            {"url": "http://desk.acme.test/"},
            "url",
            "expected https://…, or http://… of this machine (127.0.0.1, localhost)",
        ),
        ({"secret_in": "hunter2"}, "secret_in", "expected whsec_ and 24 to 64 bytes in base64"),
        (
            {"kind": "pigeon"},
            "kind",
            "should be 'specialist-team', 'onsite-partner' or 'client-service-desk'",
        ),
        ({"key": "Desk!"}, "key", "expected lower-case letters, digits and dashes, such as acme-2026"),
    ],
)
async def test_what_cannot_be_an_endpoint_is_told_by_its_field(
    api: Stack, change: dict[str, str], field: str, message: str
) -> None:
    contract_id = await signed(api)
    answer = await api.post(
        f"/api/contracts/{contract_id}/endpoints", {**an_endpoint("https://desk.acme.test/"), **change}
    )
    assert (answer.status_code, answer.json()["errors"]) == (422, [{"field": field, "message": message}])


async def test_a_vendors_endpoint_serves_each_of_its_contracts(api: Stack) -> None:
    contract_id = await signed(api)
    added = await api.post("/api/vendors/ombori/endpoints", an_endpoint("https://field.test/", "field"))
    assert added.status_code == 201, added.text
    assert added.json()["inbound"].endswith("/api/hooks/{contract}/field")
    [listed] = await api.get(f"/api/contracts/{contract_id}/endpoints")
    assert (listed["key"], listed["contract"], listed["vendor"]) == ("field", None, "ombori")
    assert await api.get("/api/vendors/oura/endpoints") == []
    assert (await api.http.delete(f"/api/contracts/{contract_id}/endpoints/field")).status_code == 404
    assert (await api.http.delete("/api/vendors/ombori/endpoints/field")).status_code == 204
    assert await api.get(f"/api/contracts/{contract_id}/endpoints") == []
    for path in ("/api/vendors/nobody/endpoints", "/api/contracts/nobody/endpoints"):
        assert (await api.http.get(path)).status_code == 404
        assert (await api.post(path, an_endpoint("https://field.test/"))).status_code == 404


async def test_a_test_event_is_signed_posted_once_and_says_what_came_back(
    api: Stack, hook_catcher: HookCatcher
) -> None:
    contract_id = await signed(api)
    path = f"/api/contracts/{contract_id}/endpoints"
    secret = (await api.post(path, an_endpoint(hook_catcher.url))).json()["secret_out"]
    key = new_id("key")
    for _ in range(2):
        answer = await api.post(f"{path}/service-desk/test", {"by": "Maya"}, key=key)
        assert (answer.status_code, answer.json()) == (200, {"taken": True, "status": 204, "reason": ""})
    [caught] = hook_catcher.caught
    caught.verify(secret)
    assert caught.event["type"] == "endpoint.test"
    assert caught.event["data"] == {"endpoint": "service-desk", "by": "Maya"}
    hook_catcher.answer(500)
    answer = await api.post(f"{path}/service-desk/test", {"by": "Maya"})
    assert answer.json() == {"taken": False, "status": None, "reason": "it answered 500"}
    assert (await api.post(f"{path}/other/test", {"by": "Maya"})).status_code == 404


async def test_an_endpoint_that_is_gone_is_active_again_once_it_takes_a_test(
    api: Stack, hook_catcher: HookCatcher
) -> None:
    contract_id = await signed(api)
    path = f"/api/contracts/{contract_id}/endpoints"
    await api.post(path, an_endpoint(hook_catcher.url))
    hook_catcher.answer(410)
    await api.post(f"{path}/service-desk/test")
    [listed] = await api.get(path)
    assert (listed["active"], listed["inactive_reason"]) == (False, "it answered 410")
    await api.post(f"{path}/service-desk/test")
    [listed] = await api.get(path)
    assert (listed["active"], listed["inactive_reason"]) == (True, "")


async def test_a_ticket_is_routed_only_to_an_endpoint_that_is_there_and_gets_it_from_the_worker(
    whole: Stack, hook_catcher: HookCatcher
) -> None:
    contract_id = await a_desk(whole)
    added = await whole.post(f"/api/contracts/{contract_id}/endpoints", an_endpoint(hook_catcher.url))
    number = await reported(whole, contract_id)
    path = f"/api/tickets/{contract_id}/{number}/route"
    route = {"kind": "client-service-desk", "to": "Acme's desk", "endpoint": "service-desk", "by": "Maya"}
    for change, message in (
        ({"endpoint": "nobody"}, "the endpoint 'nobody' does not exist"),
        ({"kind": "onsite-partner"}, "'service-desk' is a client-service-desk"),
    ):
        refused = await whole.post(path, {**route, **change})
        assert refused.status_code == 422
        assert refused.json()["errors"] == [{"field": next(iter(change)), "message": message}]
    await act(whole, contract_id, number, "route", **route)
    facts = f"/api/tickets/{contract_id}/{number}/facts"
    await whole.until(facts, lambda told: told["facts"][0]["kind"] == "webhook.posted")
    [caught] = hook_catcher.caught
    caught.verify(added.json()["secret_out"])
    assert (caught.event["type"], caught.event["data"]["ticket"]) == ("ticket.routed", f"{contract_id}/{number}")
