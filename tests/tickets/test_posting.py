"""Tickets with a system of others (ombori-24): what is posted there in skipped time, over real HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from domain.endpoints import secret_of
from domain.ticket import Act, Actor, RouteKind
from storage.endpoints import NewEndpoint, add_endpoint, find_endpoint
from storage.queries.tasks import list_tasks
from tests.hook_catcher import HookCatcher
from tests.tickets.trial_desk import OWNER, Case, TrialDesk, order
from tests.workflows.trial import refusal
from workflows.ticket_messages import Route

SECRET = secret_of(b"a secret of Acme's service desk.")
TO_ACME = Route(RouteKind.CLIENT_DESK, "Acme's desk", endpoint="desk")


@pytest.fixture
async def routed(desk: TrialDesk, hook_catcher: HookCatcher) -> TrialDesk:
    """Ticket 1, which Cecilia has, on Monday 2 February 2026 at 09:00 UTC, and an endpoint that it can go to."""
    await desk.sign(order("ombori/enterprise"))
    await keep(desk, hook_catcher.url)
    await desk.trial.to("2026-02-02 09:00")
    await desk.register()
    await desk.act(Act.ASSIGN, owner=OWNER)
    return desk


async def keep(desk: TrialDesk, url: str, key: str = "desk") -> None:
    new = NewEndpoint("acme-2026", "", key, "Acme's desk", RouteKind.CLIENT_DESK, url, "Maya", SECRET, SECRET)
    async with desk.trial.sessions.begin() as session:
        await add_endpoint(session, new)


async def until_caught(catcher: HookCatcher, count: int) -> None:
    """Posts go out beside whatever goes on."""
    async with asyncio.timeout(10):
        while len(catcher.caught) < count:
            await asyncio.sleep(0.01)


async def told(desk: TrialDesk, *kinds: str) -> list[str]:
    return [
        f"{fact.at:%m-%d %H} {fact.kind} {fact.data.get('event', '')}" for fact in await desk.trial.facts(None, *kinds)
    ]


async def test_what_happens_to_a_routed_ticket_is_posted_signed_and_numbered(
    routed: TrialDesk, hook_catcher: HookCatcher
) -> None:
    await routed.act(Act.ROUTE, route=TO_ACME, text="Please look at the gateway.")
    await routed.act(Act.REPLY, text="Acme's own desk looks at it.")
    await routed.act(Act.HEAR, actor=Actor.CUSTOMER, text="Thank you.")
    await routed.act(Act.SET_LEVEL, level="l2")
    await routed.act(Act.TAKE_BACK, text="We have found it.")
    await routed.act(Act.REPLY, text="This is not theirs any more.")
    await until_caught(hook_catcher, 5)
    for each in hook_catcher.caught:
        each.verify(SECRET)
    assert sorted((each.event["data"]["sequence"], each.event["type"]) for each in hook_catcher.caught) == [
        (1, "ticket.routed"),
        (2, "ticket.updated"),
        (3, "ticket.heard"),
        (4, "ticket.level"),
        (5, "ticket.taken-back"),
    ]
    first = hook_catcher.caught[0]
    assert first.id == "ticket/acme-2026/1/1"
    data = first.event["data"]
    assert data.pop("registered_at")[:16] == "2026-02-02T09:00"
    assert data == {
        "ticket": "acme-2026/1",
        "sequence": 1,
        "state": "routed",
        "by": "Cecilia",
        "text": "Please look at the gateway.",
        "number": 1,
        "subject": "Silent sensors",
        "description": "The sensors of room 4 are silent.",
        "level": "l4",
        "level_name": "Cosmetic",
        "customer": "Acme",
        "premises": "",
        "device": "",
        "reporter": {"name": "Ada Lindqvist", "email": "ada@acme.example", "phone": "+46 8 555 01 00"},
    }


async def test_a_system_that_is_down_for_an_hour_gets_the_hand_over_first_and_then_the_rest(
    routed: TrialDesk, hook_catcher: HookCatcher
) -> None:
    hook_catcher.always(500)
    await routed.act(Act.ROUTE, route=TO_ACME)
    await routed.act(Act.REPLY, text="They look at it.")
    await routed.trial.to("2026-02-02 10:00")
    hook_catcher.always(200)
    await routed.trial.to("2026-02-02 12:00")
    assert set(hook_catcher.events[:-2]) == {"ticket.routed 500"}
    assert hook_catcher.events[-2:] == ["ticket.routed 200", "ticket.updated 200"]
    assert {each.id for each in hook_catcher.caught[:-1]} == {"ticket/acme-2026/1/1"}
    posted = await routed.trial.facts("ticket/1", "webhook.posted")
    assert [(fact.data["event"], fact.data["status"]) for fact in posted] == [
        ("ticket.routed", 200),
        ("ticket.updated", 200),
    ]


async def test_after_three_days_it_is_given_up_and_whoever_has_the_ticket_is_told_once(
    routed: TrialDesk, hook_catcher: HookCatcher
) -> None:
    hook_catcher.always(503, "closed for repairs")
    await routed.act(Act.ROUTE, route=TO_ACME)
    await routed.act(Act.REPLY, text="They look at it.")
    await routed.trial.to("2026-02-05 07:00")
    assert await told(routed, "webhook.posted", "webhook.failed", "task.opened") == []
    await routed.trial.to("2026-02-06 12:00")
    assert await told(routed, "webhook.posted", "webhook.failed", "task.opened") == [
        "02-05 07 webhook.failed ticket.routed",
        "02-05 07 task.opened ",
        "02-05 08 webhook.failed ticket.updated",
        "02-05 08 task.opened ",
    ]
    failed = await routed.trial.facts("ticket/1", "webhook.failed")
    assert failed[0].data["reason"] == "not taken in three days: it answered 503: closed for repairs"
    async with routed.trial.sessions() as session:
        [task] = [each for each in (await list_tasks(session)).items if each.task == "webhook/1"]
    assert (task.title, task.staff_id) == ("desk did not take the news of ticket 1", "cecilia")
    assert len([each for each in await routed.trial.letters() if each.startswith("task ticket/1")]) == 1
    assert 12 <= len(hook_catcher.caught) <= 30


async def test_a_system_that_is_gone_is_posted_to_no_more(routed: TrialDesk, hook_catcher: HookCatcher) -> None:
    hook_catcher.always(410)
    await routed.act(Act.ROUTE, route=TO_ACME)
    await routed.act(Act.REPLY, text="They look at it.")
    await routed.trial.to("2026-02-02 10:00")
    assert hook_catcher.events == ["ticket.routed 410"]
    failed = await routed.trial.facts("ticket/1", "webhook.failed")
    assert [fact.data["reason"] for fact in failed] == [
        "it answered 410; nothing is posted to 'desk' any more",
        "the endpoint 'desk' is not active: it answered 410",
    ]
    async with routed.trial.sessions() as session:
        kept = await find_endpoint(session, "acme-2026", "desk")
    assert kept is not None
    assert (kept.active, kept.inactive_reason) == (False, "it answered 410")


async def test_a_ticket_that_goes_from_one_system_to_another_is_taken_from_the_first(
    routed: TrialDesk, hook_catcher: HookCatcher
) -> None:
    await keep(routed, hook_catcher.url + "/other", "other")
    await routed.act(Act.ROUTE, route=TO_ACME)
    await until_caught(hook_catcher, 1)
    await routed.act(Act.ROUTE, route=Route(RouteKind.ONSITE_PARTNER, "Field AB", endpoint="other"))
    await until_caught(hook_catcher, 3)
    assert sorted(f"{each.path} {each.event['type']}" for each in hook_catcher.caught) == [
        "/hook ticket.routed",
        "/hook ticket.taken-back",
        "/hook/other ticket.routed",
    ]


async def test_only_the_system_that_has_a_ticket_may_act_on_it_and_what_it_does_is_not_sent_back(
    routed: TrialDesk, hook_catcher: HookCatcher
) -> None:
    acting: dict[str, Any] = {"actor": Actor.PARTNER, "by": "Lena"}
    nobody = routed.act(Act.NOTE, **acting, text="Hello", endpoint="desk")
    assert await refusal(nobody) == ("Refused", "ticket 1 is not with desk")
    await routed.act(Act.ROUTE, route=TO_ACME)
    stranger = routed.act(Act.RESOLVE, **acting, text="Done", endpoint="other")
    assert await refusal(stranger) == ("Refused", "ticket 1 is not with other")
    await routed.act(Act.REPLY, **acting, text="We change the gateway.", endpoint="desk", key="hook/1/a")
    again = await routed.act(Act.REPLY, **acting, text="We change the gateway.", endpoint="desk", key="hook/1/a")
    assert again.summary == "It is known already."
    await routed.act(Act.RESOLVE, **acting, text="It is a new gateway.", endpoint="desk")
    twice = routed.act(Act.RESOLVE, **acting, text="It is another gateway.", endpoint="desk")
    assert (await refusal(twice))[0] == "Refused"
    entries = [(each.kind, each.side, each.author) for each in (await routed.detail()).entries]
    assert entries == [
        ("report", "customer", "Ada Lindqvist"),
        ("reply", "partner", "Lena"),
        ("solution", "partner", "Lena"),
    ]
    assert hook_catcher.events == ["ticket.routed 204"]
    heard = await routed.trial.letters("ticket-heard")
    assert heard == ["ticket-heard ticket/1 cecilia@vendor.example sent"] * 2


async def test_what_a_system_says_of_a_ticket_that_it_has_no_more_is_kept_as_a_note_and_its_owner_is_told(
    routed: TrialDesk, hook_catcher: HookCatcher
) -> None:
    acting: dict[str, Any] = {"actor": Actor.PARTNER, "by": "Lena", "endpoint": "desk"}
    await routed.act(Act.ROUTE, route=TO_ACME)
    await routed.act(Act.TAKE_BACK)
    late = await routed.act(Act.REPLY, **acting, text="We have changed the gateway.")
    kept = "Kept as a note: ticket 1 is not with desk any more. Whoever has it is told."
    assert (late.summary, late.state) == (kept, "assigned")
    case = Case(routed, "acme-2026", 1)
    await case.act(Act.WITHDRAW, Actor.CUSTOMER, text="It works again.")
    last = await case.act(Act.REPLY, **acting, text="The old one was wet.")
    assert (last.summary, last.state) == (kept, "closed")
    entries = [(each.kind, each.side, each.text, each.visible) for each in (await routed.detail()).entries]
    assert [each for each in entries if each[1] == "partner"] == [
        ("note", "partner", "We have changed the gateway.", False),
        ("note", "partner", "The old one was wet.", False),
    ]
    assert (await routed.trial.letters("ticket-heard")) == ["ticket-heard ticket/1 cecilia@vendor.example sent"] * 3
    other = routed.act(Act.NOTE, **{**acting, "endpoint": "other"}, text="Hello")
    assert await refusal(other) == ("Refused", "ticket 1 is not with other")


async def test_a_ticket_that_is_reopened_while_its_last_news_waits_has_its_clocks_again(
    routed: TrialDesk, hook_catcher: HookCatcher
) -> None:
    await routed.act(Act.REPLY, text="We look at it.")
    hook_catcher.always(500)
    await routed.act(Act.ROUTE, route=TO_ACME)
    await routed.act(Act.SET_LEVEL, level="l1")
    await routed.act(Act.WITHDRAW, actor=Actor.CUSTOMER, text="It works again.")
    await routed.trial.to("2026-02-02 10:00")
    done = await routed.act(Act.REOPEN, actor=Actor.CUSTOMER, text="It does not.")
    assert done.state == "reopened"
    await routed.trial.to("2026-02-02 11:30")
    assert (await routed.clocks())[-1] == "update-2 due 02-02 11:00 missed"
