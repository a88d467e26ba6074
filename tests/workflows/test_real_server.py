"""On Temporal's real server: long histories, killed processes, restarted servers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.worker import Worker

from activities.registry import open_activities
from domain.contract import Contact
from domain.facts import Fact, verify
from domain.meeting import Answer, Outcome
from domain.replies import Reply
from mail.settings import SmtpSettings
from storage.migrate import upgrade
from tests.replay.replaying import replay
from tests.smtp_catcher import SmtpCatcher
from tests.workflows.servers import Database, Server, WorkerProcess, always_there, real_trial, running, temporal_server
from tests.workflows.trial import ADA, BO, MAIL, QUEUE, Trial, TrialSettings, refusal
from workflows.messages import (
    AnswerInvitation,
    ChangeContact,
    RecordCount,
    RecordOutcome,
    RequestMeeting,
    Reschedule,
    Terminate,
)
from workflows.registry import WORKFLOWS
from workflows.sandbox import sandbox

SOON = "limit.historyCount.suggestContinueAsNew=40"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with temporal_server(tmp_path_factory.mktemp("temporal"), SOON) as started:
        yield started


@pytest.fixture
async def trial(server: Server, database: str, smtp_catcher: SmtpCatcher) -> AsyncIterator[Trial]:
    """A trial beside a worker in this process."""
    client = await server.client()
    settings = TrialSettings(database, MAIL, SmtpSettings(smtp_catcher.host, smtp_catcher.port, timeout_seconds=5))
    async with (
        real_trial(client, database, smtp_catcher) as opened,
        open_activities(settings) as activities,
        Worker(client, task_queue=QUEUE, workflows=WORKFLOWS, activities=activities, workflow_runner=sandbox()),
    ):
        yield opened


async def until(trial: Trial, kind: str, count: int = 1, subject: str | None = None, seconds: float = 30) -> None:
    """Until so many facts of a kind are in the table."""
    deadline = asyncio.get_running_loop().time() + seconds
    while len(await trial.facts(subject, kind)) < count:
        assert asyncio.get_running_loop().time() < deadline, (kind, await trial.story())
        await asyncio.sleep(0.05)


def soon() -> Reschedule:
    """To a second from now, also where that is a holiday."""
    return Reschedule("Ada", start=datetime.now(UTC) + timedelta(seconds=1), outside_hours=True)


async def at_rest(trial: Trial, *workflow_ids: str) -> None:
    """Until these workflows wait for nothing but time and people: a killed activity is noticed only after a while."""
    for workflow_id in workflow_ids:
        handle = trial.client.get_workflow_handle(workflow_id)
        async with asyncio.timeout(30):
            while True:
                described = (await handle.describe()).raw_description
                if not described.pending_activities and not described.HasField("pending_workflow_task"):
                    break
                await asyncio.sleep(0.05)


async def begun(trial: Trial, workflow_id: str) -> None:
    """Until an activity of the workflow is in a worker's hands."""
    handle = trial.client.get_workflow_handle(workflow_id)
    async with asyncio.timeout(30):
        while True:
            pending = (await handle.describe()).raw_description.pending_activities
            if any(each.state == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED for each in pending):
                return
            await asyncio.sleep(0.05)


async def runs_of(trial: Trial, workflow_id: str) -> int:
    query = f"WorkflowId = '{workflow_id}'"
    deadline = asyncio.get_running_loop().time() + 10
    while True:  # the list follows the truth by a moment
        found = [each async for each in trial.client.list_workflows(query)]
        if any(each.status is not None and each.status.name == "COMPLETED" for each in found):
            break
        assert asyncio.get_running_loop().time() < deadline, found
        await asyncio.sleep(0.05)
    await replay(
        [await trial.client.get_workflow_handle(workflow_id, run_id=each.run_id).fetch_history() for each in found]
    )
    return len(found)


async def assert_chains_are_whole(trial: Trial) -> None:
    chains: dict[str, list[Fact]] = {}
    for fact in await trial.facts():
        chains.setdefault(fact.workflow_id, []).append(fact)
    assert {key: verify(facts) for key, facts in chains.items()} == dict.fromkeys(chains)


async def test_a_contract_continues_as_new_and_loses_no_message_and_no_mail(trial: Trial) -> None:
    trial.smtp.refuse_connections()
    handle = await trial.sign(running(id="long-1"), always_there())
    await until(trial, "contract.started")
    requested = await trial.press(RequestMeeting("A question", 30, "Ada"))
    await until(trial, "meeting.booked")

    async def count(number: int) -> None:
        await handle.execute_update("record_count", RecordCount("Ada", users=number))

    for begin in range(0, 36, 6):
        await asyncio.gather(*(count(number) for number in range(begin, begin + 6)))
    await trial.press(ChangeContact("Ada", Contact(BO), replaces=ADA.email))
    meeting = trial.meeting(requested["key"])
    await meeting.execute_update("reschedule", soon())
    await asyncio.sleep(1.5)
    trial.smtp.accept_connections()
    held = RecordOutcome(Outcome.HELD, "Cecilia", 30)
    await asyncio.gather(meeting.execute_update("record_outcome", held), *(count(number) for number in range(36, 42)))
    await until(trial, "hours.debited")
    await trial.press(Terminate("Ada", "the end"))
    assert await handle.result() == "terminated"
    recorded = [str(fact.data["users"]) for fact in await trial.facts(None, "count.recorded")]
    assert sorted(recorded) == sorted(str(number) for number in range(42))
    # The meeting's own may wait for its next attempt; those of the contract were taken over by each of its runs.
    assert await trial.letters("welcome", "farewell") == [
        "farewell  bo@acme.example sent",
        "welcome  ada@acme.example sent",
    ]
    ids = [str(caught.message["Message-ID"]) for caught in trial.smtp.caught]
    assert len(ids) == len(set(ids))
    await assert_chains_are_whole(trial)
    assert await runs_of(trial, handle.id) >= 4


async def test_a_meeting_that_is_ended_by_hand_is_settled_at_once(trial: Trial) -> None:
    await trial.sign(running(id="hand-1"), always_there())
    await until(trial, "contract.started")
    requested = await trial.press(RequestMeeting("A question", 30, "Ada"))
    await until(trial, "meeting.booked")
    await trial.meeting(requested["key"]).terminate("a slip of the hand")
    await until(trial, "hours.released")
    assert (await trial.kinds(requested["key"]))[-2:] == ["meeting.cancelled", "hours.released"]
    await trial.press(Terminate("Ada", "the end"))
    assert await trial.contract().result() == "terminated"


async def test_a_refusal_leaves_no_trace_in_the_history(trial: Trial) -> None:
    await trial.sign(running(id="no-1"), always_there())
    await until(trial, "contract.started")
    requested = await trial.press(RequestMeeting("A question", 30, "Ada"))
    await until(trial, "meeting.booked")
    meeting = trial.meeting(requested["key"])
    await at_rest(trial, meeting.id)
    events = len((await meeting.fetch_history()).events)
    for update, request, reason in (
        (
            "answer",
            AnswerInvitation("eve@evil.example", Answer.ACCEPTED),
            "email: eve@evil.example is not invited to this meeting",
        ),
        ("answer", AnswerInvitation(ADA.email, Answer.NEEDS_ACTION), "answer: accepted, declined or tentative"),
        ("record_outcome", RecordOutcome(Outcome.LAPSED, "Cecilia"), "outcome: held, no-show or cancelled"),
        (
            "reschedule",
            Reschedule("Ada", start=datetime(2020, 1, 1, tzinfo=UTC)),
            "start: a meeting can only be moved to a time that lies ahead",
        ),
    ):
        assert await refusal(meeting.execute_update(update, request)) == ("Refused", reason)
    assert (await refusal(meeting.execute_update("record_outcome", RecordOutcome(Outcome.HELD, "Cecilia", 30))))[
        1
    ].startswith("the meeting begins at")
    assert len((await meeting.fetch_history()).events) == events
    await meeting.execute_update("reschedule", soon())
    await asyncio.sleep(1.5)
    for minutes in (0, 1441):
        too_much = RecordOutcome(Outcome.HELD, "Cecilia", minutes)
        assert await refusal(meeting.execute_update("record_outcome", too_much)) == (
            "Refused",
            "minutes: a held meeting took between 1 and 1440 minutes",
        )
    await meeting.execute_update("record_outcome", RecordOutcome(Outcome.HELD, "Cecilia", 30))


async def test_a_start_that_is_taken_is_answered_with_free_ones(trial: Trial) -> None:
    await trial.sign(running(id="taken-1"), always_there())
    await until(trial, "contract.started")
    for title in ("First", "Second"):
        await trial.press(RequestMeeting(title, 30, "Ada"))
    await until(trial, "meeting.booked", 2)
    first, second = [str(fact.data["start"]) for fact in await trial.facts(None, "meeting.booked")]
    other = trial.meeting("consultation-02")
    from temporalio.client import WorkflowUpdateFailedError
    from temporalio.exceptions import ApplicationError

    with pytest.raises(WorkflowUpdateFailedError) as taken:
        await other.execute_update("reschedule", Reschedule("Ada", start=datetime.fromisoformat(first)))
    assert isinstance(taken.value.cause, ApplicationError)
    assert taken.value.cause.type == "SlotTaken"
    offers = [datetime.fromisoformat(each) for each in taken.value.cause.details]
    assert len(offers) == 5
    assert first not in [offer.isoformat() for offer in offers]
    moved = await other.execute_update("reschedule", Reschedule("Ada", start=offers[0]))
    assert datetime.fromisoformat(moved["start"]) == offers[0] != datetime.fromisoformat(second)


async def test_updates_before_the_first_task_are_handled_after_the_signing(
    server: Server, database: str, smtp_catcher: SmtpCatcher
) -> None:
    client = await server.client()
    async with real_trial(client, database, smtp_catcher) as trial:
        handle = await trial.sign(running(id="early-1"), always_there())
        early = asyncio.create_task(trial.press(Terminate("Ada", "a mistake")))
        await asyncio.sleep(0.5)
        settings = TrialSettings(database, MAIL, SmtpSettings(smtp_catcher.host, smtp_catcher.port))
        async with (
            open_activities(settings) as activities,
            Worker(client, task_queue=QUEUE, workflows=WORKFLOWS, activities=activities, workflow_runner=sandbox()),
        ):
            await early
            assert await handle.result() == "terminated"
        kinds = [fact.kind for fact in await trial.facts()]
        assert (kinds[0], kinds.count("contract.signed"), kinds.count("contract.terminated")) == (
            "contract.signed",
            1,
            1,
        )
        assert "contract.started" not in kinds


async def test_a_killed_worker_server_and_database_cost_time_and_nothing_else(
    tmp_path: Path, smtp_catcher: SmtpCatcher
) -> None:
    database = Database(tmp_path)
    await upgrade(database.url)
    with temporal_server(tmp_path) as server:
        client = await server.client()
        async with asyncio.timeout(90), real_trial(client, database.url, smtp_catcher) as trial:
            await trial.sign(running(id="kill-1"), always_there())
            worker = WorkerProcess(server, database.url, smtp_catcher)
            try:
                await until(trial, "contract.started")
                requested = await trial.press(RequestMeeting("A question", 30, "Ada"))
                await until(trial, "meeting.booked")
                meeting = trial.meeting(requested["key"])
                booked = (await trial.facts(requested["key"], "meeting.booked"))[0].data
                await at_rest(trial, "contract/kill-1", meeting.id)
                worker.kill()
                said = datetime.now(UTC)
                answer = Reply(str(booked["token"]), str(booked["uid"]), ADA.email, Answer.ACCEPTED, 0, said)
                for _ in range(2):
                    await meeting.signal("reply", answer)  # nobody is there to hear it
                server.kill()
                server.start()
                worker = WorkerProcess(server, database.url, smtp_catcher)
                await until(trial, "meeting.answered")
                await at_rest(trial, "contract/kill-1", meeting.id)
                database.kill()
                counted = asyncio.create_task(trial.press(RecordCount("Ada", users=7)))
                await asyncio.sleep(1)
                database.start()
                await counted
                await meeting.execute_update("reschedule", soon())
                await asyncio.sleep(1.5)
                await meeting.execute_update("record_outcome", RecordOutcome(Outcome.HELD, "Cecilia", 30))
                await until(trial, "hours.debited")
            finally:
                worker.kill()
            kinds = [fact.kind for fact in await trial.facts()]
            assert {kind: kinds.count(kind) for kind in ONCE} == dict.fromkeys(ONCE, 1)
            await assert_chains_are_whole(trial)
            ids = [str(caught.message["Message-ID"]) for caught in smtp_catcher.caught]
            assert len(ids) == len(set(ids))
    database.stop()


async def test_a_worker_that_is_killed_inside_an_activity_is_noticed_by_its_silence(
    server: Server, database: str, smtp_catcher: SmtpCatcher
) -> None:
    """Without signs of life it would be after one whole attempt, a minute and a half."""
    async with asyncio.timeout(60), real_trial(await server.client(), database, smtp_catcher) as trial:
        await trial.sign(running(id="silence-1"), always_there())
        worker = WorkerProcess(server, database, smtp_catcher)
        try:
            await until(trial, "contract.started")
            await at_rest(trial, "contract/silence-1")
            async with trial.sessions.begin() as session:
                await session.execute(text("LOCK TABLE facts"))  # the activity waits here
                counted = asyncio.create_task(trial.press(RecordCount("Ada", users=7)))
                await begun(trial, "contract/silence-1")
                worker.kill()
                killed = asyncio.get_running_loop().time()
            worker = WorkerProcess(server, database, smtp_catcher)
            await counted
            assert asyncio.get_running_loop().time() - killed < 30
        finally:
            worker.kill()
        assert len(await trial.facts(None, "count.recorded")) == 1


ONCE = (
    "contract.signed",
    "count.recorded",
    "meeting.booked",
    "meeting.moved",
    "meeting.answered",
    "meeting.held",
    "hours.debited",
)
