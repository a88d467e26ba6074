from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import text
from temporalio.client import Client, RetryConfig

from domain.contract import Contact
from storage.contracts import sign
from storage.session import open_engine, open_sessions
from support.desk import Desk
from tests.replies.post import PostOffice, open_post_office
from tests.replies.support_post import SupportOffice, open_support_office
from tests.smtp_catcher import SmtpCatcher
from tests.tickets.trial_desk import TrialDesk
from tests.workflows.trial import ADA, BO, CATALOGUE, QUEUE, Trial, contract, open_trial, plan, utc
from workflows.payloads import data_converter


@pytest.fixture
async def trial(database: str, smtp_catcher: SmtpCatcher) -> AsyncIterator[Trial]:
    async with open_trial(database, smtp_catcher, "2026-01-30 12:00") as opened:
        yield opened


@pytest.fixture
async def post(trial: Trial) -> AsyncIterator[PostOffice]:
    """A booked kick-off, and the listener for its answers; it is noon of Monday 2 February 2026 in UTC."""
    async with open_post_office(trial) as office:
        yield office


@pytest.fixture
async def support(trial: Trial) -> TrialDesk:
    """ombori/enterprise is signed, with Ada and Bo as its contacts; it is 9:00 of Monday 2 February 2026 in UTC."""
    desk = TrialDesk(trial)
    await desk.sign(contract("ombori/enterprise", contacts=(Contact(ADA, primary=True), Contact(BO))))
    await trial.to("2026-02-02 09:00")
    return desk


@pytest.fixture
async def office(support: TrialDesk) -> AsyncIterator[SupportOffice]:
    async with open_support_office(support.desk, utc("2026-02-02 09:00"), support.trial) as opened:
        yield opened


@pytest.fixture
async def nowhere() -> Client:
    """A Temporal server that is away."""
    never = RetryConfig(max_retries=0)
    return await Client.connect("127.0.0.1:9", lazy=True, data_converter=data_converter, retry_config=never)


@pytest.fixture
async def alone(module_database: str, nowhere: Client) -> AsyncIterator[SupportOffice]:
    """The listener with a database and no Temporal: three contracts were signed and none has started, so a report is
    kept and its workflow begins later. It is 9:00 of Monday 2 February 2026 in UTC.
    """
    engine = open_engine(module_database)
    desk = Desk(open_sessions(engine), nowhere, QUEUE, CATALOGUE)
    offered = contract("ombori/enterprise")
    bare = plan("ombori/enterprise", levels=())
    try:
        async with desk.sessions.begin() as session:
            await session.execute(text("TRUNCATE customers, tickets, ticket_mails, attachments, inbox CASCADE"))
            for each in (offered, replace(offered, id="globex-2026"), replace(offered, id="bare-2026", plan=bare)):
                await sign(session, each, utc("2026-01-30 12:00"))
        async with open_support_office(desk, utc("2026-02-02 09:00")) as office:
            yield office
    finally:
        await engine.dispose()
