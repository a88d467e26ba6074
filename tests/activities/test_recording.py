"""Facts and messages into a real database, mail to a real server that misbehaves the way real ones do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.calls import DeliverCall, Delivery, DeliveryState, RecordCall, Recorded
from activities.recording import Recording
from domain.contract import Person
from domain.facts import Chain, Fact
from domain.happenings import Happening
from domain.messages import Message, OverageRequest, RenewalNotice
from mail.render import message_id
from mail.send import Smtp
from mail.settings import SmtpSettings
from storage import outbox
from storage.facts import FactConflict
from storage.session import Sessions
from tests.mail.silent import silent_relay
from tests.smtp_catcher import SmtpCatcher
from tests.workflows.trial import ADA, BO, MAIL, utc

WORKFLOW = "contract/acme-2026"
NOW = utc("2026-02-02 08:00")
NOTICE = RenewalNotice("Premium", date(2027, 2, 1), 90, Person("Cecilia", "cecilia@vendor.example"))


def said(key: str, *to: Person, **changes: Any) -> Message:
    message = Message(key, to, "Cecilia", "Oura", "Europe/Stockholm", "en", NOTICE, contract_id="acme-2026")
    return replace(message, **changes)


def facts(count: int) -> tuple[Fact, ...]:
    chain, made = Chain(), list[Fact]()
    for number in range(1, count + 1):
        data = {"users": number, "devices": 0, "by": "cecilia"}
        chain, fact = chain.append(WORKFLOW, "acme-2026", NOW, Happening.COUNTED.value, data=data)
        made.append(fact)
    return tuple(made)


def call(*messages: Message, of: tuple[Fact, ...] = ()) -> RecordCall:
    return RecordCall(WORKFLOW, "acme-2026", of, messages, NOW)


@dataclass
class Bench:
    recording: Recording
    sessions: Sessions
    smtp: SmtpCatcher

    async def record(self, what: RecordCall) -> Recorded:
        return await ActivityEnvironment().run(self.recording.record, what)

    async def deliver(self, recorded: Recorded, at: datetime = NOW) -> Recorded:
        environment = ActivityEnvironment()
        environment.info = replace(environment.info, current_attempt_scheduled_time=at)
        ids = tuple(delivery.message_id for delivery in recorded.deliveries)
        return await environment.run(self.recording.deliver, DeliverCall(ids))

    async def outbox(self) -> list[str]:
        async with self.sessions() as session:
            rows = await session.execute(
                text("SELECT recipient_email, state, attempts, code FROM messages ORDER BY recipient_email, message_id")
            )
            return [" ".join(str(value) for value in row) for row in rows]

    async def count_facts(self) -> int:
        async with self.sessions() as session:
            return int(await session.scalar(text("SELECT count(*) FROM facts")) or 0)


@pytest.fixture
async def bench(sessions: Sessions, smtp_catcher: SmtpCatcher) -> AsyncIterator[Bench]:
    smtp = Smtp(SmtpSettings(smtp_catcher.host, smtp_catcher.port, timeout_seconds=3))
    recording = Recording(sessions, smtp, MAIL)
    yield Bench(recording, sessions, smtp_catcher)
    await recording.close()
    await smtp.close()


def ids(smtp: SmtpCatcher) -> list[str]:
    return [str(caught.message["Message-ID"]) for caught in smtp.caught]


async def test_recorded_twice_facts_and_messages_are_there_once(bench: Bench) -> None:
    what = call(said("renewal-90", ADA), of=facts(2))
    assert await bench.record(what) == Recorded()
    assert await bench.record(what) == Recorded()
    assert await bench.count_facts() == 2
    assert await bench.outbox() == ["ada@acme.example sent 1 250"]
    assert len(bench.smtp.caught) == 1


async def test_each_recipient_gets_a_mail_and_an_id_of_their_own(bench: Bench) -> None:
    await bench.record(call(said("renewal-90", ADA, BO)))
    assert [caught.recipients for caught in bench.smtp.caught] == [("ada@acme.example",), ("bo@acme.example",)]
    assert len(set(ids(bench.smtp))) == 2


async def test_a_fact_that_does_not_follow_the_one_before_writes_and_sends_nothing(bench: Bench) -> None:
    with pytest.raises(FactConflict, match="does not follow"):
        await bench.record(call(said("renewal-90", ADA), of=facts(2)[1:]))
    assert (await bench.count_facts(), await bench.outbox(), bench.smtp.caught) == (0, [], [])


async def test_an_address_that_the_server_refuses_is_rejected_and_the_others_get_theirs(bench: Bench) -> None:
    bench.smtp.reject("ada@acme.example")
    recorded = await bench.record(call(said("renewal-90", ADA, BO)))
    [rejected] = recorded.deliveries
    assert (rejected.email, rejected.state, rejected.code) == ("ada@acme.example", DeliveryState.REJECTED, 550)
    assert "no such mailbox" in rejected.reason
    assert await bench.outbox() == ["ada@acme.example rejected 1 550", "bo@acme.example sent 1 250"]


async def test_a_rejection_is_told_again_to_whoever_asks_again_and_nothing_is_sent(bench: Bench) -> None:
    bench.smtp.reject("ada@acme.example")
    what = call(said("renewal-90", ADA))
    first = await bench.record(what)
    bench.smtp.behave()
    assert await bench.record(what) == first
    assert bench.smtp.caught == []


async def test_an_address_that_nothing_can_be_written_to_is_rejected_without_asking_a_server(bench: Bench) -> None:
    recorded = await bench.record(call(said("renewal-90", Person("Nobody", "not an address"))))
    [rejected] = recorded.deliveries
    assert (rejected.state, rejected.code) == (DeliveryState.REJECTED, 553)
    assert await bench.outbox() == []


async def test_a_mail_that_cannot_be_written_is_rejected_and_the_step_goes_on(bench: Bench) -> None:
    astray = replace(
        said("overage", ADA), content=OverageRequest("Training", 45, 15, 20000, 15000, "USD", "//evil.test")
    )
    recorded = await bench.record(call(astray, said("renewal-90", BO), of=facts(1)))
    [rejected] = recorded.deliveries
    assert (rejected.email, rejected.state, rejected.code) == ("ada@acme.example", DeliveryState.REJECTED, 554)
    assert "'//evil.test' does not lead to" in rejected.reason
    assert await bench.outbox() == ["bo@acme.example sent 1 250"]
    assert await bench.count_facts() == 1


async def test_while_no_server_answers_all_of_it_waits_and_is_delivered_later(bench: Bench) -> None:
    bench.smtp.refuse_connections()
    recorded = await bench.record(call(said("renewal-90", ADA, BO), of=facts(1)))
    assert [(d.email, d.state) for d in recorded.deliveries] == [
        ("ada@acme.example", DeliveryState.WAITING),
        ("bo@acme.example", DeliveryState.WAITING),
    ]
    assert await bench.count_facts() == 1
    with pytest.raises(ApplicationError, match="not taken yet"):
        await bench.deliver(recorded)
    bench.smtp.accept_connections()
    assert await bench.deliver(recorded) == Recorded()
    assert await bench.deliver(recorded) == Recorded()
    assert sorted(caught.recipients[0] for caught in bench.smtp.caught) == ["ada@acme.example", "bo@acme.example"]
    assert [line.split()[1] for line in await bench.outbox()] == ["sent", "sent"]


async def test_a_server_that_says_later_is_asked_later(bench: Bench) -> None:
    bench.smtp.defer_messages()
    recorded = await bench.record(call(said("renewal-90", ADA)))
    assert [d.state for d in recorded.deliveries] == [DeliveryState.WAITING]
    with pytest.raises(ApplicationError, match="451"):
        await bench.deliver(recorded)
    bench.smtp.behave()
    assert await bench.deliver(recorded) == Recorded()
    assert await bench.outbox() == ["ada@acme.example sent 3 250"]


async def test_one_address_that_is_put_off_does_not_hold_up_the_others(bench: Bench) -> None:
    bench.smtp.defer("ada@acme.example")
    recorded = await bench.record(call(said("renewal-90", ADA, BO)))
    assert [d.state for d in recorded.deliveries] == [DeliveryState.WAITING, DeliveryState.WAITING]
    with pytest.raises(ApplicationError, match="not taken yet"):
        await bench.deliver(recorded)
    assert [caught.recipients for caught in bench.smtp.caught] == [("bo@acme.example",)]


async def test_what_turns_useless_while_it_waits_is_not_sent(bench: Bench) -> None:
    bench.smtp.refuse_connections()
    recorded = await bench.record(call(said("reminder-0-1h", ADA, useful_until=utc("2026-02-03 08:30"))))
    bench.smtp.accept_connections()
    [expired] = (await bench.deliver(recorded, at=utc("2026-02-03 08:30"))).deliveries
    assert (expired.state, expired.reason) == (DeliveryState.EXPIRED, "it was of use until 2026-02-03 08:30 UTC")
    assert bench.smtp.caught == []
    assert await bench.outbox() == ["ada@acme.example expired 1 None"]


async def test_what_is_useless_when_it_is_recorded_is_recorded_and_not_sent(bench: Bench) -> None:
    [expired] = (await bench.record(call(said("reminder-0-1h", ADA, useful_until=NOW)))).deliveries
    assert expired.state is DeliveryState.EXPIRED
    assert bench.smtp.caught == []


async def test_after_a_crash_between_the_servers_word_and_ours_the_copy_has_the_same_id(bench: Bench) -> None:
    bench.smtp.lose_answers(1)
    recorded = await bench.record(call(said("renewal-90", ADA)))
    assert [d.state for d in recorded.deliveries] == [DeliveryState.WAITING]
    assert await bench.deliver(recorded) == Recorded()
    first, second = bench.smtp.caught
    assert first.content == second.content
    assert len(set(ids(bench.smtp))) == 1


async def test_what_was_recorded_first_is_what_goes_out(bench: Bench) -> None:
    bench.smtp.refuse_connections()
    recorded = await bench.record(call(said("renewal-90", ADA)))
    bench.smtp.accept_connections()
    await bench.record(replace(call(said("renewal-90", ADA)), now=datetime(2026, 2, 3, 8, 0, tzinfo=UTC)))
    assert str(bench.smtp.caught[0].message["Date"]) == "Mon, 02 Feb 2026 08:00:00 +0000"
    assert await bench.deliver(recorded) == Recorded()
    assert len(bench.smtp.caught) == 1


async def test_two_senders_at_once_send_one_mail(bench: Bench) -> None:
    bench.smtp.refuse_connections()
    recorded = await bench.record(call(said("renewal-90", ADA)))
    bench.smtp.accept_connections()
    await asyncio.gather(bench.deliver(recorded), bench.deliver(recorded), bench.deliver(recorded))
    assert len(bench.smtp.caught) == 1


async def test_a_message_that_was_never_recorded_is_an_error(bench: Bench) -> None:
    with pytest.raises(ApplicationError, match="no message"):
        await ActivityEnvironment().run(bench.recording.deliver, DeliverCall(("<nobody@nowhere>",)))
    async with bench.sessions() as session:
        assert await outbox.find_letter(session, "<nobody@nowhere>") is None


def impatient(bench: Bench) -> Bench:
    """Another worker at the same bench: it would wait a minute for the server, and has little patience."""
    settings = SmtpSettings(bench.smtp.host, bench.smtp.port, timeout_seconds=60, patience_seconds=0.3, rest_seconds=0)
    return Bench(Recording(bench.sessions, Smtp(settings), MAIL), bench.sessions, bench.smtp)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


async def deliver_in_the_end(bench: Bench, recorded: Recorded) -> Recorded:
    """As Temporal does: again and again."""
    while True:
        try:
            return await bench.deliver(recorded)
        except ApplicationError:
            await asyncio.sleep(0.02)


def one_of_many(number: int) -> RecordCall:
    workflow_id, contract_id = f"contract/acme-{number}", f"acme-{number}"
    data = {"users": 1, "devices": 0, "by": "cecilia"}
    _, fact = Chain().append(workflow_id, contract_id, NOW, Happening.COUNTED.value, data=data)
    return RecordCall(workflow_id, contract_id, (fact,), (said("renewal-90", ADA),), NOW)


async def test_a_server_that_hangs_holds_up_nobody_and_no_database_session(bench: Bench) -> None:
    bench.smtp.refuse_connections()
    hasty = impatient(bench)
    pool = bench.sessions.kw["bind"].pool
    async with asyncio.timeout(60), silent_relay(bench.smtp.port) as silent:
        recorded = await asyncio.gather(*(hasty.record(one_of_many(number)) for number in range(30)))
        assert [d.state for each in recorded for d in each.deliveries] == [DeliveryState.WAITING] * 30
        # They came back while the server was still being waited for, and nothing is kept open for that.
        await until(lambda: silent.connections == 4 and not hasty.recording.smtp.answers)
        await until(lambda: pool.checkedout() == 0)
        assert await bench.count_facts() == 30
        assert silent.connections == 4
        late = await hasty.record(one_of_many(30))
        assert [d.reason for d in late.deliveries] == ["the mail server does not answer"]
        assert silent.connections == 4
    bench.smtp.accept_connections()
    async with asyncio.timeout(60):
        sent = await asyncio.gather(*(deliver_in_the_end(hasty, each) for each in [*recorded, late]))
    assert sent == [Recorded()] * 31
    assert len(ids(bench.smtp)) == len(set(ids(bench.smtp))) == 31
    assert {line.split()[1] for line in await bench.outbox()} == {"sent"}
    await hasty.recording.close()
    await hasty.recording.smtp.close()


async def test_a_letter_that_another_worker_is_sending_is_left_to_it(bench: Bench) -> None:
    bench.smtp.refuse_connections()
    hasty = impatient(bench)
    async with asyncio.timeout(60), silent_relay(bench.smtp.port) as silent:
        recorded = await hasty.record(call(said("renewal-90", ADA)))
        with pytest.raises(ApplicationError, match="somebody else is sending it"):
            await bench.deliver(recorded)
        assert silent.connections == 1
        await hasty.recording.close()  # that worker stops: its claim is given up
    bench.smtp.accept_connections()
    assert await bench.deliver(recorded) == Recorded()
    assert len(bench.smtp.caught) == 1
    await hasty.recording.smtp.close()


async def test_a_step_that_is_cut_short_leaves_to_others_what_it_did_not_begin(bench: Bench) -> None:
    bench.smtp.refuse_connections()
    settings = SmtpSettings(bench.smtp.host, bench.smtp.port, timeout_seconds=60, patience_seconds=60)
    patient = Bench(Recording(bench.sessions, Smtp(settings), MAIL), bench.sessions, bench.smtp)
    async with asyncio.timeout(60), silent_relay(bench.smtp.port) as silent:
        step = asyncio.create_task(patient.record(call(said("renewal-90", ADA, BO))))
        await until(lambda: silent.connections == 1)
        with pytest.raises(ApplicationError, match="somebody else is sending it"):
            await bench.deliver(to_be_sent(ADA, BO))
        step.cancel()
        with pytest.raises(asyncio.CancelledError):
            await step
        # The first may be on its way, so it is left alone; nobody sends the second.
        with pytest.raises(ApplicationError, match="somebody else is sending it"):
            await bench.deliver(to_be_sent(ADA))
    bench.smtp.accept_connections()
    assert await bench.deliver(to_be_sent(BO)) == Recorded()
    assert [caught.recipients for caught in bench.smtp.caught] == [("bo@acme.example",)]
    await patient.recording.close()
    await patient.recording.smtp.close()


def to_be_sent(*people: Person) -> Recorded:
    letters = [(message_id(WORKFLOW, "renewal-90", person.email, MAIL), person.email) for person in people]
    return Recorded(tuple(Delivery(each, "renewal-90", to, DeliveryState.WAITING) for each, to in letters))
