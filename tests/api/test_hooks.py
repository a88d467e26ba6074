"""Webhooks in: another system acts on the tickets that are with it, and on nothing else."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from tests.api.desk import a_desk, act, reported
from tests.api.stack import Stack, new_id
from tests.api.test_endpoints import an_endpoint, signed
from tests.hook_catcher import HookCatcher


@dataclass
class Partner:
    """The other side: ticket `number` of the contract is with it, or not."""

    stack: Stack
    contract_id: str
    number: int
    secret: str
    key: str = "service-desk"

    async def send(
        self, event: str, text: str = "", id_: str | None = None, at: datetime | None = None, **changes: Any
    ) -> httpx.Response:
        """An event, signed as the format says."""
        ticket = f"{self.contract_id}/{self.number}"
        body = json.dumps({"type": event, "data": {"ticket": ticket, "by": "Lena", "text": text, **changes}})
        return await self.post(body, id_ or new_id("msg"), at or datetime.now(UTC))

    async def post(self, body: str, id_: str, at: datetime, **headers: str) -> httpx.Response:
        signature = Webhook(self.secret).sign(id_, at, body)
        signed = {"webhook-id": id_, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}
        return await self.stack.http.post(
            f"/api/hooks/{self.contract_id}/{self.key}", content=body.encode(), headers={**signed, **headers}
        )

    async def head(self) -> Any:
        return (await self.stack.get(f"/api/tickets/{self.contract_id}/{self.number}"))["head"]

    async def entries(self) -> list[tuple[str, str, str]]:
        found = (await self.stack.get(f"/api/tickets/{self.contract_id}/{self.number}"))["conversation"]
        return [(each["kind"], each["author"], each["text"]) for each in found]


async def a_signer(stack: Stack, hook_url: str = "https://desk.acme.test/") -> Partner:
    """The other side of a contract that has no ticket yet, and no worker."""
    contract_id = await signed(stack)
    added = await stack.post(f"/api/contracts/{contract_id}/endpoints", an_endpoint(hook_url))
    return Partner(stack, contract_id, 1, added.json()["secret_in"])


async def a_partner(stack: Stack, url: str, route: bool = True) -> Partner:
    contract_id = await a_desk(stack)
    added = await stack.post(f"/api/contracts/{contract_id}/endpoints", an_endpoint(url))
    number = await reported(stack, contract_id)
    if route:
        to = {"kind": "client-service-desk", "to": "Acme's desk", "endpoint": "service-desk", "by": "Maya"}
        await act(stack, contract_id, number, "route", **to)
    return Partner(stack, contract_id, number, added.json()["secret_in"])


@pytest.fixture
async def partner(whole: Stack, hook_catcher: HookCatcher) -> Partner:
    return await a_partner(whole, hook_catcher.url)


def problem(answer: httpx.Response) -> tuple[int, str, str]:
    return answer.status_code, answer.json()["type"].rsplit("/", 1)[1], answer.json()["detail"]


async def test_what_the_other_system_does_is_done_here(partner: Partner) -> None:
    answer = await partner.send("ticket.updated", "A new gateway is on its way.", id_="msg-1")
    assert answer.status_code == 200, answer.text
    ticket = f"{partner.contract_id}/{partner.number}"
    assert answer.json() == {
        "ticket": ticket, "summary": "Answered; the customer is told.", "state": "routed", "again": False
    }  # fmt: skip
    again = await partner.send("ticket.updated", "A new gateway is on its way.", id_="msg-1")
    assert again.json() == {"ticket": ticket, "summary": "It is known already.", "state": None, "again": True}
    await partner.send("ticket.noted", "The old one was wet.", ticket=partner.number, by="")
    await partner.send("ticket.noted", "x" * 30_000)
    await partner.send("ticket.resolved", "It is changed.")
    assert await partner.entries() == [
        ("report", "Lee Park", "Room 4 is silent."),
        ("reply", "Lena (Acme's desk)", "A new gateway is on its way."),
        ("note", "Acme's desk", "The old one was wet."),
        ("note", "Lena (Acme's desk)", "x" * 20_000 + "\n[cut at 20,000 characters]"),
        ("solution", "Lena (Acme's desk)", "It is changed."),
    ]
    assert (await partner.head())["state"] == "agreement-asked"
    late = await partner.send("ticket.updated", "One more thing.")
    kept = f"Kept as a note: ticket {partner.number} is not with service-desk any more. Whoever has it is told."
    assert (late.status_code, late.json()["summary"], late.json()["state"]) == (200, kept, "agreement-asked")
    assert (await partner.entries())[-1] == ("note", "Lena (Acme's desk)", "One more thing.")
    assert problem(await partner.send("ticket.resolved", "It is changed again."))[:2] == (409, "refused")


async def test_a_ticket_that_is_taken_back_is_with_our_own_people(partner: Partner) -> None:
    answer = await partner.send("ticket.taken-back")
    assert (answer.json()["state"], (await partner.head())["routed_to"]) == ("assigned", "")
    assert problem(await partner.send("ticket.taken-back"))[:2] == (409, "refused")
    await act(
        partner.stack, partner.contract_id, partner.number, "withdraw", text="It works", by="Lee", email="lee@acme.test"
    )
    late = await partner.send("ticket.noted", "The old one was wet.")
    assert (late.status_code, late.json()["state"]) == (200, "closed")
    assert (await partner.entries())[-1] == ("note", "Lena (Acme's desk)", "The old one was wet.")


async def test_a_ticket_that_is_not_with_it_and_one_that_is_closed_are_refused(
    whole: Stack, hook_catcher: HookCatcher
) -> None:
    partner = await a_partner(whole, hook_catcher.url, route=False)
    reason = f"ticket {partner.number} is not with service-desk"
    assert problem(await partner.send("ticket.noted", "Hello?")) == (409, "refused", reason)
    await act(
        whole, partner.contract_id, partner.number, "withdraw", text="Never mind", by="Lee", email="lee@acme.test"
    )
    assert problem(await partner.send("ticket.noted", "Hello?")) == (409, "refused", reason)
    assert problem(await partner.send("ticket.noted", "Hello?", ticket=99))[0] == 404
    assert len(await partner.entries()) == 2


async def test_without_the_right_signature_nothing_happens(api: Stack) -> None:
    partner = await a_signer(api)
    now = datetime.now(UTC)
    body = json.dumps({"type": "ticket.resolved", "data": {"ticket": partner.number, "text": "Done"}})
    right = Webhook(partner.secret).sign("msg-9", now, body)
    wrong: list[tuple[dict[str, str], str]] = [
        ({"webhook-signature": "v1,AAAA"}, "No matching signature found"),
        ({"webhook-signature": right.replace("v1,", "v2,")}, "No matching signature found"),
        ({"webhook-signature": "nothing"}, "a header or the body cannot be read"),
        ({"webhook-signature": "v1,A"}, "a header or the body cannot be read"),
        ({"webhook-signature": ""}, "Missing required headers"),
        ({"webhook-id": "msg-10"}, "No matching signature found"),
        ({"webhook-timestamp": "yesterday"}, "Invalid Signature Headers"),
        ({"webhook-timestamp": "nan"}, "Invalid Signature Headers"),
        ({"webhook-timestamp": str(int(now.timestamp()) + 1)}, "No matching signature found"),
    ]
    for headers, detail in wrong:
        assert problem(await partner.post(body, "msg-9", now, **headers)) == (401, "signature", detail), headers
    old, new = now - timedelta(minutes=6), now + timedelta(minutes=6)
    assert problem(await partner.post(body, "msg-9", old))[2] == "Message timestamp too old"
    assert problem(await partner.post(body, "msg-9", new))[2] == "Message timestamp too new"
    partner.secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert problem(await partner.post(body, "msg-9", now))[2] == "No matching signature found"


async def test_what_cannot_be_read_is_told_by_its_field(api: Stack) -> None:
    partner = await a_signer(api)
    expected = f"expected {partner.contract_id}/ and the number of the ticket"
    for body, field, message in (
        ("[]", "", "should be an object"),
        ("{", "", "invalid JSON: EOF while parsing an object at line 1 column 1"),
        ('{"type": "ticket.updated"}', "data", "this field is required"),
        ('{"type": "ticket.exploded", "data": {"ticket": 1, "text": "Boom"}}', "type", "should be 'ticket.updated', "),
        ('{"type": "ticket.updated", "data": {"ticket": 1}}', "data", "expected words under text"),
        ('{"type": "ticket.updated", "data": {"ticket": 1, "text": "\\u0000 "}}', "data", "expected words under text"),
        ('{"type": "ticket.noted", "data": {"ticket": "other/1", "text": "x"}}', "data.ticket", expected),
        ('{"type": "ticket.noted", "data": {"ticket": "1/", "text": "x"}}', "data.ticket", expected),
        ('{"type": "ticket.noted", "data": {"ticket": "١", "text": "x"}}', "data.ticket", expected),
    ):
        answer = await partner.post(body, new_id("msg"), datetime.now(UTC))
        assert answer.status_code == 422, answer.text
        [error] = answer.json()["errors"]
        assert (error["field"], error["message"][: len(message)]) == (field, message)
    unknown = await partner.send("ticket.noted", "Hello?")
    assert problem(unknown) == (404, "not-found", f"there is no ticket '{partner.contract_id}/1'")
    partner.key = "nobody"
    assert problem(await partner.send("x"))[2] == f"there is no endpoint '{partner.contract_id}/nobody'"


async def test_bytes_that_are_no_text_and_too_many_of_them_are_refused(api: Stack) -> None:
    partner = await a_signer(api)
    address = f"/api/hooks/{partner.contract_id}/service-desk"
    headers = {"webhook-id": "1", "webhook-timestamp": str(int(datetime.now(UTC).timestamp()))}
    answer = await partner.stack.http.post(
        address, content=b"\xff\xfe", headers={**headers, "webhook-signature": "v1,AAAA"}
    )
    assert problem(answer) == (401, "signature", "a header or the body cannot be read")
    large = await partner.stack.http.post(address, content=b"x" * (256 * 1024 + 1))
    assert problem(large) == (413, "too-large", "a webhook has at most 256 KiB")


async def test_an_endpoint_of_a_vendor_names_the_contract_in_what_it_signs(partner: Partner) -> None:
    key = new_id("field")
    body = an_endpoint("https://field.test/", key, kind="onsite-partner")
    shared = await partner.stack.post("/api/vendors/ombori/endpoints", body)
    field = Partner(partner.stack, partner.contract_id, partner.number, shared.json()["secret_in"], key)
    await act(
        partner.stack, partner.contract_id, partner.number, "route",
        kind="onsite-partner", to="Field AB", endpoint=key, by="Maya",
    )  # fmt: skip
    bare = await field.send("ticket.noted", "We are there.", ticket=partner.number)
    assert bare.json()["errors"] == [
        {"field": "data.ticket", "message": f"expected {partner.contract_id}/ and the number of the ticket"}
    ]
    assert (await field.send("ticket.noted", "We are there.")).status_code == 200
    late = await partner.send("ticket.noted", "And we?")  # it had the ticket before
    assert late.json()["summary"][:15] == "Kept as a note:"
