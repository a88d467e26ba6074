"""A ticket on a real server that continues as new while posts, mails and clocks of it are on their way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.worker import Worker

from activities.registry import open_activities
from domain.ticket import Act, Actor
from mail.settings import SmtpSettings
from tests.hook_catcher import HookCatcher
from tests.smtp_catcher import SmtpCatcher
from tests.tickets.test_posting import SECRET, TO_ACME, keep, until_caught
from tests.tickets.trial_desk import TrialDesk, order
from tests.workflows.servers import ALWAYS, Server, always_there, real_trial, temporal_server
from tests.workflows.test_real_server import SOON, assert_chains_are_whole, runs_of, until
from tests.workflows.trial import MAIL, QUEUE, TrialSettings, plan
from workflows.registry import WORKFLOWS
from workflows.sandbox import sandbox


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with temporal_server(tmp_path_factory.mktemp("temporal"), SOON) as started:
        yield started


@pytest.fixture
async def desk(server: Server, database: str, smtp_catcher: SmtpCatcher) -> AsyncIterator[TrialDesk]:
    client = await server.client()
    settings = TrialSettings(database, MAIL, SmtpSettings(smtp_catcher.host, smtp_catcher.port, timeout_seconds=5))
    async with (
        real_trial(client, database, smtp_catcher) as opened,
        open_activities(settings) as activities,
        Worker(client, task_queue=QUEUE, workflows=WORKFLOWS, activities=activities, workflow_runner=sandbox()),
    ):
        yield TrialDesk(opened)


async def take_notes(desk: TrialDesk, count: int) -> None:
    """So many events that runs come and go."""
    for _ in range(0, count, 6):
        await asyncio.gather(*(desk.act(Act.NOTE, text="A note") for _ in range(6)))


async def sign(desk: TrialDesk, contract_id: str) -> None:
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    of = plan("ombori/enterprise", touchpoints=())
    agreed = order(of, id=contract_id, starts_on=yesterday, business_hours=ALWAYS)
    await desk.trial.sign(agreed, always_there())
    await until(desk.trial, "contract.started")


async def test_what_is_not_taken_yet_is_posted_by_the_next_run(desk: TrialDesk, hook_catcher: HookCatcher) -> None:
    await sign(desk, "acme-2026")
    await keep(desk, hook_catcher.url)
    hook_catcher.always(500)
    await desk.register()
    await desk.act(Act.ROUTE, route=TO_ACME)
    await desk.act(Act.REPLY, text="They look at it.")
    await take_notes(desk, 24)
    assert "ticket.updated" not in {each.event["type"] for each in hook_catcher.caught}
    hook_catcher.always(204)
    tried = len(hook_catcher.caught)
    await take_notes(desk, 24)
    await desk.act(Act.TAKE_BACK)
    await until_caught(hook_catcher, tried + 3)
    taken = [each for each in hook_catcher.caught if each.status == 204]
    assert (taken[0].id, taken[0].event["type"]) == ("ticket/acme-2026/1/1", "ticket.routed")
    assert sorted(each.event["data"]["sequence"] for each in taken) == [1, 2, 3]
    for each in taken:
        each.verify(SECRET)
    await desk.act(Act.RESOLVE, text="It was a cable.")
    await desk.act(Act.CLOSE, text="They said so on the phone.")
    assert await desk.handle().result() == "closed"
    assert len(await desk.trial.facts("ticket/1", "webhook.posted")) == 3
    assert len(await desk.trial.facts("ticket/1", "ticket.noted")) == 48
    await assert_chains_are_whole(desk.trial)
    assert await runs_of(desk.trial, "ticket/acme-2026/1") >= 3


async def test_clocks_and_waiting_mails_go_on_in_the_next_run_and_later_from_the_shelf(desk: TrialDesk) -> None:
    await sign(desk, "acme-2027")
    desk.trial.smtp.refuse_connections()
    case = await desk.open(level="l3", key="<report@acme.example>")
    [due] = await case.clocks()
    await take_notes(desk, 12)

    async def hear() -> str:
        done = await case.act(Act.HEAR, actor=Actor.CUSTOMER, text="Room 5 too.", key="<answer@acme.example>")
        return done.summary

    assert await hear() == "Thank you, it is written down."
    await take_notes(desk, 12)
    assert await hear() == "It is known already."
    assert (await case.clocks(), (await case.detail()).head.state) == ([due], "registered")
    assert await case.letters() == []
    desk.trial.smtp.accept_connections()
    await take_notes(desk, 12)  # the next run tries at once, where this one would wait for half a minute
    await case.act(Act.RESOLVE, text="It was a cable.")
    await case.act(Act.AGREE, actor=Actor.CUSTOMER)
    assert await case.handle.result() == "closed"
    assert sorted(await case.letters()) == [
        "agreement-asked ada@acme.example",
        "ticket-closed ada@acme.example",
        "ticket-heard cecilia@vendor.example",
        "ticket-new cecilia@vendor.example",
        "ticket-received ada@acme.example",
    ]
    ids = [str(caught.message["Message-ID"]) for caught in desk.trial.smtp.caught]
    assert len(ids) == len(set(ids))
    assert (await case.act(Act.REOPEN, actor=Actor.CUSTOMER, text="It is silent again.")).state == "reopened"
    assert (await case.act(Act.WITHDRAW, actor=Actor.CUSTOMER, text="Never mind.")).state == "closed"
    assert await case.handle.result() == "closed"
    assert len(await case.facts("ticket.noted")) == 36
    await assert_chains_are_whole(desk.trial)
    assert await runs_of(desk.trial, case.workflow_id) >= 4
