"""Webhooks out over real HTTP: to a server that takes them, refuses them, hangs, or leads elsewhere."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from standardwebhooks import WebhookVerificationError
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.calls import PostCall, Posted
from activities.posting import Posting
from activities.webhooks import Gone, NotTaken, Webhooks
from domain.endpoints import secret_of
from domain.ticket import RouteKind
from storage.contracts import sign
from storage.endpoints import Endpoint, NewEndpoint, add_endpoint, find_endpoint, list_endpoints, remove_endpoint
from storage.session import Sessions
from tests.hook_catcher import HookCatcher
from tests.workflows.trial import contract, utc

SECRET = secret_of(b"our secret, thirty bytes long..")
BODY = json.dumps({"type": "ticket.updated", "data": {"text": "Räksmörgås"}}, ensure_ascii=False)


def endpoint(url: str) -> Endpoint:
    since = datetime(2026, 2, 2, tzinfo=UTC)
    return Endpoint(
        1, "acme-2026", "", "desk", "Acme's desk", RouteKind.CLIENT_DESK, url, True, "", since, "Maya", SECRET, SECRET
    )


@pytest.fixture
async def webhooks() -> AsyncIterator[Webhooks]:
    opened = Webhooks(patience_seconds=0.4)
    yield opened
    await opened.close()


async def test_a_post_is_json_under_its_id_with_a_signature_that_the_other_side_can_check(
    webhooks: Webhooks, hook_catcher: HookCatcher
) -> None:
    assert await webhooks.post(endpoint(hook_catcher.url), "ticket/acme-2026/17/1", BODY) == 204
    [caught] = hook_catcher.caught
    assert (caught.id, caught.body, caught.headers["content-type"]) == (
        "ticket/acme-2026/17/1", BODY.encode(), "application/json"
    )  # fmt: skip
    caught.verify(SECRET)
    with pytest.raises(WebhookVerificationError):
        caught.verify(secret_of(b"another secret of thirty bytes."))


async def test_what_is_not_taken_says_what_came_instead(webhooks: Webhooks, hook_catcher: HookCatcher) -> None:
    hook_catcher.always(503, "closed for\x1b[31m lunch\nsecond line")
    with pytest.raises(NotTaken, match=r"^it answered 503: closed for\[31m lunch$"):
        await webhooks.post(endpoint(hook_catcher.url), "1", BODY)


async def test_of_a_long_answer_only_the_first_words_are_read(webhooks: Webhooks, hook_catcher: HookCatcher) -> None:
    hook_catcher.always(500, "x" * 3_000_000)
    with pytest.raises(NotTaken) as refused:
        await webhooks.post(endpoint(hook_catcher.url), "1", BODY)
    assert str(refused.value) == "it answered 500: " + "x" * 200


async def test_a_redirect_is_not_followed(webhooks: Webhooks, hook_catcher: HookCatcher) -> None:
    hook_catcher.always(307, location=hook_catcher.url.replace("/hook", "/elsewhere"))
    with pytest.raises(NotTaken, match=r"^it answered 307$"):
        await webhooks.post(endpoint(hook_catcher.url), "1", BODY)
    assert [each.path for each in hook_catcher.caught] == ["/hook"]


async def test_a_server_that_hangs_costs_the_patience(webhooks: Webhooks, hook_catcher: HookCatcher) -> None:
    hook_catcher.hang()
    with pytest.raises(NotTaken, match=r"^no answer within 0\.4 s$"):
        await webhooks.post(endpoint(hook_catcher.url), "1", BODY)


async def test_nobody_there_is_not_taken(webhooks: Webhooks, hook_catcher: HookCatcher) -> None:
    hook_catcher.close()
    with pytest.raises(NotTaken, match="ConnectError"):
        await webhooks.post(endpoint(hook_catcher.url), "1", BODY)


async def test_an_address_that_cannot_be_one_is_not_taken(webhooks: Webhooks) -> None:
    with pytest.raises(NotTaken):
        await webhooks.post(endpoint("https://" + "a" * 300 + ".example/"), "1", BODY)


async def test_gone_is_told_apart(webhooks: Webhooks, hook_catcher: HookCatcher) -> None:
    hook_catcher.always(410)
    with pytest.raises(Gone, match=r"^it answered 410$"):
        await webhooks.post(endpoint(hook_catcher.url), "1", BODY)


@pytest.fixture
async def signed(sessions: Sessions) -> Sessions:
    """A database with a contract of Ombori."""
    async with sessions.begin() as session:
        await sign(session, contract("ombori/enterprise"), utc("2026-01-30 12:00"))
    return sessions


async def keep(sessions: Sessions, url: str, contract_id: str = "acme-2026", vendor_id: str = "") -> None:
    new = NewEndpoint(contract_id, vendor_id, "desk", "Acme's desk", RouteKind.CLIENT_DESK, url, "Maya", SECRET, SECRET)
    async with sessions.begin() as session:
        assert await add_endpoint(session, new) is not None


async def post(sessions: Sessions, webhooks: Webhooks, key: str = "desk") -> Posted:
    call = PostCall("acme-2026", key, "ticket/acme-2026/17/1", "ticket.updated", BODY)
    found: Posted = await ActivityEnvironment().run(Posting(sessions, webhooks).post_webhook, call)
    return found


async def refusal(sessions: Sessions, webhooks: Webhooks, key: str = "desk") -> tuple[str, bool]:
    with pytest.raises(ApplicationError) as refused:
        await post(sessions, webhooks, key)
    return refused.value.message, refused.value.non_retryable


async def test_news_goes_to_the_contracts_own_endpoint_before_its_vendors(
    signed: Sessions, webhooks: Webhooks, hook_catcher: HookCatcher
) -> None:
    await keep(signed, "http://127.0.0.1:9/", "", "ombori")
    await keep(signed, hook_catcher.url)
    assert await post(signed, webhooks) == Posted(204)
    async with signed() as session:
        assert [each.contract_id for each in await list_endpoints(session, "acme-2026")] == ["acme-2026", ""]
        assert [each.url for each in await list_endpoints(session, vendor_id="ombori")] == ["http://127.0.0.1:9/"]


async def test_a_vendors_endpoint_serves_its_contracts_and_no_other_vendors(
    signed: Sessions, webhooks: Webhooks, hook_catcher: HookCatcher
) -> None:
    await keep(signed, "http://127.0.0.1:9/", "", "oura")
    assert await refusal(signed, webhooks) == ("there is no endpoint 'desk'", True)
    await keep(signed, hook_catcher.url, "", "ombori")
    assert await post(signed, webhooks) == Posted(204)


async def test_a_refusal_is_tried_again_and_says_why(
    signed: Sessions, webhooks: Webhooks, hook_catcher: HookCatcher
) -> None:
    await keep(signed, hook_catcher.url)
    hook_catcher.answer(500)
    assert await refusal(signed, webhooks) == ("it answered 500", False)
    assert await post(signed, webhooks) == Posted(204)


async def test_an_endpoint_that_is_gone_gets_nothing_more(
    signed: Sessions, webhooks: Webhooks, hook_catcher: HookCatcher
) -> None:
    await keep(signed, hook_catcher.url)
    hook_catcher.answer(410)
    assert await refusal(signed, webhooks) == ("it answered 410; nothing is posted to 'desk' any more", True)
    assert await refusal(signed, webhooks) == ("the endpoint 'desk' is not active: it answered 410", True)
    assert len(hook_catcher.caught) == 1


async def test_a_removed_endpoint_is_unknown(signed: Sessions, webhooks: Webhooks, hook_catcher: HookCatcher) -> None:
    await keep(signed, hook_catcher.url)
    async with signed.begin() as session:
        assert await remove_endpoint(session, "acme-2026", "", "desk") is True
        assert await remove_endpoint(session, "acme-2026", "", "desk") is False
        assert await find_endpoint(session, "acme-2026", "desk") is None
    assert await refusal(signed, webhooks) == ("there is no endpoint 'desk'", True)
    assert "whsec" not in repr(endpoint("https://desk.acme.example/"))
