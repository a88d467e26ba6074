"""A worker that dies by kill -9 between two acts, on Temporal's real server: every clock still speaks, and once."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from domain.plan import ClockKind, LadderStep, Target, Who, WhoKind
from domain.ticket import Act
from tests.smtp_catcher import SmtpCatcher
from tests.tickets.trial_desk import TrialDesk, order
from tests.workflows.servers import ALWAYS, WorkerProcess, always_there, real_trial, temporal_server
from tests.workflows.test_real_server import assert_chains_are_whole, until
from tests.workflows.trial import plan

ENTERPRISE = plan("ombori/enterprise", touchpoints=())
HASTY = replace(
    ENTERPRISE,
    ladder=tuple(LadderStep(Who(WhoKind.OWNER), percent=percent) for percent in (50, 75, 100)),
    levels=tuple(
        replace(each, targets=(Target(ClockKind.RESPONSE, 8, "8 s", "ombori-20"), *each.targets[1:]))
        for each in ENTERPRISE.levels
    ),
)


async def test_clocks_that_fell_due_without_a_worker_speak_once_when_there_is_one(
    tmp_path: Path, database: str, smtp_catcher: SmtpCatcher
) -> None:
    with temporal_server(tmp_path) as server:
        client = await server.client()
        async with asyncio.timeout(90), real_trial(client, database, smtp_catcher) as trial:
            desk = TrialDesk(trial)
            yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
            await trial.sign(order(HASTY, starts_on=yesterday, business_hours=ALWAYS), always_there())
            worker = WorkerProcess(server, database, smtp_catcher)
            try:
                await until(trial, "contract.started")
                case = await desk.open(level="l1")
                await case.act(Act.NOTE, text="The first")
                worker.kill()
                said = asyncio.create_task(case.act(Act.NOTE, text="The second"))  # nobody is there to hear it
                [response] = (await case.detail()).clocks
                assert response.due is not None
                await asyncio.sleep((response.due - datetime.now(UTC)).total_seconds() + 0.2)
                assert await case.facts("clock.verdict") == []
                worker = WorkerProcess(server, database, smtp_catcher)
                await said
                await until(trial, "ticket.escalated", 3)
                await case.reply()
            finally:
                worker.kill()
            assert Counter(await case.kinds()) == {
                "registered": 1,
                "coverage": 1,
                "incident": 2,
                "announced": 1,
                "clock.set": 2,
                "noted": 2,
                "clock.verdict": 2,  # missed, and by how much in the end
                "escalated": 3,
                "replied": 1,
            }
            at = [datetime.fromisoformat(str(f.data["at"])) for f in await case.facts("ticket.escalated")]
            assert [(response.due - each).total_seconds() for each in at] == [4, 2, 0]
            await assert_chains_are_whole(trial)
            ids = [str(caught.message["Message-ID"]) for caught in smtp_catcher.caught]
            assert len(ids) == len(set(ids))
