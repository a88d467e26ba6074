"""The service desk's settings on the page of a contract, as plain HTTP: users, closed days, systems."""

from __future__ import annotations

import html
import re
import secrets
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.api.desk import a_desk
from tests.api.stack import Stack
from tests.hook_catcher import HookCatcher


@pytest.fixture
def hooks() -> Iterator[HookCatcher]:
    catcher = HookCatcher()
    yield catcher
    catcher.close()


async def _send(stack: Stack, path: str, **fields: Any) -> httpx.Response:
    return await stack.http.post(path, data={"_key": secrets.token_hex(12), **fields})


async def _settings(stack: Stack, path: str) -> str:
    """The card, as a person reads it."""
    return _card((await stack.http.get(path)).text)


def _card(page: str) -> str:
    return html.unescape(" ".join(page.split('id="desk-settings"')[1].split("</section>", maxsplit=1)[0].split()))


async def test_designated_users_are_named_and_taken_back_one_by_one(whole: Stack) -> None:
    contract_id = await a_desk(whole, "caret/premium-support", prices={"currency": "USD"})
    path = f"/contracts/{contract_id}"

    async def named() -> list[str]:
        return [user["email"] for user in (await whole.get(f"/api{path}"))["designated"]]

    for name, email in (("Lee Park", "lee@acme.test"), ("Bo Ek", "bo@acme.test"), ("Lee P.", "LEE@acme.test")):
        answer = await _send(whole, f"{path}/designated", name=name, email=email)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{path}#desk-users"), answer.text
    assert await named() == ["bo@acme.test", "LEE@acme.test"]
    assert 'Designated users <span class="soft small num">2 of 10</span>' in await _settings(whole, path)
    answer = await _send(whole, f"{path}/designated", name="", email="cy@")
    assert answer.status_code == 422
    assert 'value="cy@"' in (card := _card(answer.text))
    assert 'id="du-email-wrong"' in card
    assert (await _send(whole, f"{path}/designated/remove", email="lee@acme.test")).status_code == 303
    assert await named() == ["bo@acme.test"]


async def test_a_day_is_closed_with_its_reason_and_taken_back(whole: Stack) -> None:
    contract_id, other = await a_desk(whole), await a_desk(whole)
    path = f"/contracts/{contract_id}"
    answer = await _send(whole, f"{path}/closed-days", day="2030-06-21", spans="nine to five", reason="Midsummer Eve")
    assert answer.status_code == 422
    assert 'id="cd-spans-wrong"' in _card(answer.text)
    sent = {"_key": secrets.token_hex(12), "day": "2030-06-21", "spans": "09:00-12:00", "reason": "Midsummer Eve"}
    for _ in range(2):
        assert (await whole.http.post(f"{path}/closed-days", data=sent)).status_code == 303
    [day] = (await whole.get("/api/closed-days", contract=contract_id))["items"]
    assert (day["day"], day["spans"], day["reason"]) == ("2030-06-21", "09:00-12:00", "Midsummer Eve")
    assert (await _send(whole, f"{path}/closed-days", **(sent | {"reason": "Another"}))).status_code == 422
    card = await _settings(whole, path)
    assert '>Fri 21 Jun 2030</time></span> Midsummer Eve <span class="soft num">open 09:00-12:00</span>' in card
    assert f'action="{path}/closed-days/{day["id"]}/remove"' in card
    assert (await _send(whole, f"/contracts/{other}/closed-days/{day['id']}/remove")).status_code == 404
    assert (await _send(whole, f"{path}/closed-days/{day['id']}/remove")).status_code == 303
    assert (await whole.get("/api/closed-days", contract=contract_id))["items"] == []


async def test_a_system_is_added_with_secrets_shown_once_tested_and_removed(whole: Stack, hooks: HookCatcher) -> None:
    contract_id = await a_desk(whole)
    path = f"/contracts/{contract_id}"
    bad = await _send(whole, f"{path}/endpoints", name="Acme's desk", kind="client-service-desk", url="ftp://acme")
    assert bad.status_code == 422
    assert 'id="en-url-wrong"' in _card(bad.text)
    sent = {"_key": secrets.token_hex(12), "name": "Acme's desk", "kind": "client-service-desk", "url": hooks.url}
    first, again = [await whole.http.post(f"{path}/endpoints", data=sent) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 201)
    shown = re.findall(r'value="(whsec_[^"]{44})"', _card(first.text))
    assert len(shown) == 2
    assert re.findall(r'value="(whsec_[^"]{44})"', _card(again.text)) == shown
    card = await _settings(whole, path)
    assert "whsec_" not in card
    assert "<b>Acme's desk</b>" in card
    answer = await _send(whole, f"{path}/endpoints/acme-s-desk/test")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{path}#desk-systems")
    assert hooks.events == ["endpoint.test 204"]
    hooks.caught[0].verify(shown[0])
    assert "acme-s-desk has taken the test event (HTTP 204)." in (await whole.http.get(path)).text
    assert (await _send(whole, f"{path}/endpoints/acme-s-desk/remove")).status_code == 303
    assert await whole.get(f"/api{path}/endpoints") == []
    assert (await _send(whole, f"{path}/endpoints/acme-s-desk/remove")).status_code == 404
