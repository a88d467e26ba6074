"""A step that is written in one round trip is written as statement by statement: all of it once, or nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from domain.facts import Fact
from domain.happenings import Happening
from storage.facts import FactConflict, lock_contracts
from storage.outbox import Letter
from storage.pipeline import Pipeline
from storage.rebuild import rebuild
from storage.session import Sessions
from storage.steps import Step, write_step
from tests.storage.acme import acme
from tests.storage.rows import everything, statements
from tests.storage.story import LETTER, Teller, chain
from tests.storage.ticket_story import TICKET, registered

OTHER = replace(LETTER, message_id="<other@reply.example>", recipient_email="bo@acme.example")
Writer = Callable[..., Coroutine[Any, Any, set[str]]]


@pytest.fixture
async def write(sessions: Sessions) -> AsyncIterator[Writer]:
    pipeline = Pipeline(sessions)

    async def step(facts: Sequence[Fact], *letters: Letter) -> set[str]:
        return await write_step(sessions, pipeline, Step(facts, letters, claim_seconds=60))

    yield step
    await pipeline.close()


async def ask(sessions: Sessions, query: str) -> object:
    async with sessions() as session:
        return await session.scalar(text(query))


async def count_of_all(sessions: Sessions) -> object:
    return await ask(
        sessions,
        "SELECT (SELECT count(*) FROM facts) || ' facts, ' || (SELECT count(*) FROM ticket_view) || ' tickets, '"
        " || (SELECT count(*) FROM messages) || ' letters'",
    )


@asynccontextmanager
async def contract_held(sessions: Sessions) -> AsyncIterator[None]:
    """Somebody else writes about the contract for as long as the block."""
    async with sessions.begin() as session:
        await lock_contracts(session, ["acme-2026"])
        yield


WAITERS = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname = current_database()"


async def one_waits(sessions: Sessions) -> object:
    """The process of the step that waits for the contract."""
    async with asyncio.timeout(20):
        while (pid := await ask(sessions, WAITERS)) is None:
            await asyncio.sleep(0.01)
    return pid


async def test_what_goes_out_together_is_what_the_facts_say_one_after_the_other(
    sessions: Sessions, write: Writer
) -> None:
    story = chain(acme().facts, TICKET)
    with statements(sessions) as sent_one_by_one:
        for first in range(0, len(story), 3):
            await write(story[first : first + 3])
    assert sent_one_by_one == []
    together = await everything(sessions)
    async with sessions.begin() as session:
        assert await rebuild(session) == len(story)
    assert await everything(sessions) == together
    assert await ask(sessions, "SELECT count(*) FROM ticket_view WHERE state = 'closed'") == 1


async def test_a_step_that_needs_to_read_is_written_too(sessions: Sessions, write: Writer) -> None:
    story = acme().facts
    assert await write(story, LETTER) == {LETTER.message_id}
    assert await ask(sessions, "SELECT count(*) FROM facts") == len(story)


async def test_a_step_written_again_is_there_once_and_adds_what_is_new(sessions: Sessions, write: Writer) -> None:
    story = chain(acme().facts, TICKET)
    assert await write(story[:2], LETTER) == {LETTER.message_id}
    assert await write(story[:2], LETTER) == set()
    assert await write(story[:3], LETTER, OTHER) == {OTHER.message_id}
    assert await count_of_all(sessions) == "3 facts, 1 tickets, 2 letters"


async def test_letters_alone_are_a_step(sessions: Sessions, write: Writer) -> None:
    assert await write([], LETTER, OTHER) == {LETTER.message_id, OTHER.message_id}
    assert await write([], LETTER) == set()
    assert await write([]) == set()


async def test_a_conflict_in_the_middle_leaves_nothing_of_the_step_behind(sessions: Sessions, write: Writer) -> None:
    story, other = chain(acme().facts, TICKET), Teller()
    other.tell_data(TICKET, "2026-02-02 09:00", Happening.TICKET_REGISTERED, "ticket/1", (), registered(state="new"))
    with pytest.raises(FactConflict, match="does not follow"):
        await write([story[0], story[2]], LETTER)
    assert await count_of_all(sessions) == "0 facts, 0 tickets, 0 letters"
    await write(story[:1])
    with pytest.raises(FactConflict, match="another digest"):
        await write(other.facts, LETTER)
    with pytest.raises(FactConflict, match="not that of its content"):
        await write([replace(story[1], subject="ticket/9")], LETTER)
    assert await count_of_all(sessions) == "1 facts, 1 tickets, 0 letters"
    await write(story[1:3], LETTER)  # the connections are as good as before
    assert await count_of_all(sessions) == "3 facts, 1 tickets, 1 letters"


async def test_a_connection_that_breaks_in_the_middle_is_tried_again_on_another(
    sessions: Sessions, write: Writer
) -> None:
    story = chain(acme().facts, TICKET)
    async with contract_held(sessions):
        step = asyncio.create_task(write(story[:3], LETTER))
        await ask(sessions, f"SELECT pg_terminate_backend({await one_waits(sessions)})")
    assert await step == {LETTER.message_id}
    assert await count_of_all(sessions) == "3 facts, 1 tickets, 1 letters"


async def test_a_connection_that_broke_while_nobody_used_it_costs_no_step(sessions: Sessions, write: Writer) -> None:
    story = chain(acme().facts, TICKET)
    await write(story[:1])
    await ask(
        sessions,
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    assert await write(story[1:3], LETTER) == {LETTER.message_id}
    assert await count_of_all(sessions) == "3 facts, 1 tickets, 1 letters"


async def test_a_step_that_is_cut_short_writes_nothing_and_holds_up_nobody(sessions: Sessions, write: Writer) -> None:
    story = chain(acme().facts, TICKET)
    async with contract_held(sessions):
        step = asyncio.create_task(write(story[:3], LETTER))
        await one_waits(sessions)
        step.cancel()
        with pytest.raises(asyncio.CancelledError):
            await step
        assert await ask(sessions, WAITERS) is None
    assert await count_of_all(sessions) == "0 facts, 0 tickets, 0 letters"
    await write(story[:3], LETTER)
    assert await count_of_all(sessions) == "3 facts, 1 tickets, 1 letters"


async def test_steps_of_one_contract_wait_for_each_other(sessions: Sessions, write: Writer) -> None:
    story = chain(acme().facts, TICKET)
    async with contract_held(sessions):
        step = asyncio.create_task(write(story[:3]))
        await one_waits(sessions)
        assert await count_of_all(sessions) == "0 facts, 0 tickets, 0 letters"
    await step
    assert await count_of_all(sessions) == "3 facts, 1 tickets, 0 letters"
