"""The table of facts: once, in order, never changed."""

import dataclasses

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.facts import verify
from domain.happenings import Happening
from storage.facts import FactConflict, facts_after, facts_of_workflow, write_facts
from storage.session import Sessions
from storage.telling import ProjectionError
from tests.storage.acme import acme
from tests.storage.story import CONTRACT, KICKOFF, Teller, signed


async def test_the_same_facts_written_twice_stand_there_once(sessions: Sessions) -> None:
    story = acme()
    async with sessions.begin() as session:
        assert await write_facts(session, story.facts[:5]) == 5
    async with sessions.begin() as session:
        assert await write_facts(session, story.facts[3:8]) == 3
        assert await write_facts(session, []) == 0
    async with sessions() as session:
        assert await session.scalar(text("SELECT count(*) FROM facts")) == 8


async def test_facts_come_back_as_they_were_made_and_their_chain_is_whole(sessions: Sessions) -> None:
    story = acme()
    async with sessions.begin() as session:
        await write_facts(session, story.facts)
    async with sessions() as session:
        stored = await facts_of_workflow(session, KICKOFF)
        assert list(stored) == [fact for fact in story.facts if fact.workflow_id == KICKOFF]
        assert verify(list(stored)) is None
        merged = await facts_after(session, after_id=0, limit=100)
        assert [fact for _, fact in merged] == story.facts
        numbers = [number for number, _ in merged]
        assert await facts_after(session, after_id=numbers[-2], limit=100) == merged[-1:]


async def test_another_digest_under_the_same_number_is_a_conflict(sessions: Sessions) -> None:
    one, other = Teller(), Teller()
    one.tell(CONTRACT, "2026-01-02 12:00", Happening.SIGNED, **signed())
    other.tell(CONTRACT, "2026-01-02 12:00", Happening.SIGNED, **signed(customer="Another Ltd"))
    async with sessions.begin() as session:
        await write_facts(session, one.facts)
    async with sessions.begin() as session:
        with pytest.raises(FactConflict, match="another digest"):
            await write_facts(session, other.facts)


async def test_a_gap_and_a_broken_chain_are_conflicts(sessions: Sessions) -> None:
    story, stranger = acme(), Teller()
    stranger.tell(CONTRACT, "2026-01-02 12:00", Happening.SIGNED, **signed(customer="Another Ltd"))
    stranger.tell(CONTRACT, "2026-01-05 05:00", Happening.STARTED)
    async with sessions.begin() as session:
        await write_facts(session, story.facts[:1])
    for facts in (story.facts[2:3], stranger.facts[1:], [story.facts[1], story.facts[3]]):
        with pytest.raises(FactConflict, match="does not follow"):
            async with sessions.begin() as session:
                await write_facts(session, facts)
    async with sessions() as session:
        assert await session.scalar(text("SELECT count(*) FROM facts")) == 1


async def test_two_facts_under_one_number_in_one_call_are_a_conflict(sessions: Sessions) -> None:
    one, other = Teller(), Teller()
    one.tell(CONTRACT, "2026-01-02 12:00", Happening.SIGNED, **signed())
    other.tell(CONTRACT, "2026-01-02 12:00", Happening.SIGNED, **signed(customer="Another Ltd"))
    with pytest.raises(FactConflict, match="another digest"):
        async with sessions.begin() as session:
            await write_facts(session, [*one.facts, *other.facts])
    async with sessions.begin() as session:
        assert await write_facts(session, [*one.facts, *one.facts]) == 1
        assert await session.scalar(text("SELECT count(*) FROM contract_view")) == 1


async def test_a_digest_that_is_not_that_of_the_content_is_a_conflict(sessions: Sessions) -> None:
    story = acme()
    forged = dataclasses.replace(story.facts[0], subject="forged")
    async with sessions.begin() as session:
        with pytest.raises(FactConflict, match="not that of its content"):
            await write_facts(session, [forged])


async def test_the_table_refuses_update_delete_and_truncate(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await write_facts(session, acme().facts[:2])
    for statement in (
        "UPDATE facts SET kind = 'contract.ended'",
        "DELETE FROM facts",
        "TRUNCATE facts",
        "DELETE FROM facts WHERE false",
    ):
        async with sessions() as session:
            with pytest.raises(DBAPIError, match="facts are immutable") as refused:
                await session.execute(text(statement))
            assert getattr(refused.value.orig, "sqlstate", "") == "PLG01"
    async with sessions() as session:
        assert await session.scalar(text("SELECT count(*) FROM facts")) == 2


async def test_the_table_itself_refuses_a_gap_whoever_writes(sessions: Sessions) -> None:
    async with sessions() as session:
        with pytest.raises(DBAPIError, match="does not follow"):
            await session.execute(
                text(
                    "INSERT INTO facts (workflow_id, seq, at, kind, contract_id, subject, clauses, data, canonical,"
                    " previous, digest) VALUES ('w', 2, now(), 'k', 'c', '', '{}', '{}', '{}',"
                    " repeat('0', 64), repeat('1', 64))"
                )
            )


async def test_an_unknown_kind_is_an_error_and_leaves_nothing_behind(sessions: Sessions) -> None:
    story = Teller()
    story.tell(CONTRACT, "2026-01-02 12:00", Happening.SIGNED, **signed())
    story.chains[CONTRACT], odd = story.chains[CONTRACT].append(
        CONTRACT, "acme-2026", story.facts[0].at, "contract.danced"
    )
    with pytest.raises(ProjectionError, match=r"contract\.danced"):
        async with sessions.begin() as session:
            await write_facts(session, [*story.facts, odd])
    async with sessions() as session:
        assert await session.scalar(text("SELECT count(*) FROM facts")) == 0


async def test_a_nul_character_in_foreign_text_does_not_stop_a_contract(sessions: Sessions) -> None:
    story = Teller()
    story.tell(CONTRACT, "2026-01-02 12:00", Happening.SIGNED, **signed(customer="Ac\0me \\u0000"))
    async with sessions.begin() as session:
        await write_facts(session, story.facts)
    async with sessions() as session:
        assert await session.scalar(text("SELECT customer FROM contract_view")) == "Acme \\u0000"
        assert await facts_of_workflow(session, CONTRACT) == tuple(story.facts)


async def test_a_transaction_of_facts_is_told_once_for_each_contract(sessions: Sessions, database: str) -> None:
    other = Teller("globex-1")
    other.tell("contract/globex-1", "2026-01-02 12:00", Happening.SIGNED, **signed())
    plain = database.replace("postgresql+psycopg://", "postgresql://")
    async with await psycopg.AsyncConnection.connect(plain, autocommit=True) as listener:
        await listener.execute("LISTEN pledge_facts")
        async with sessions.begin() as session:
            await write_facts(session, [*acme().facts[:6], *other.facts])
        told = [n.payload async for n in listener.notifies(timeout=5, stop_after=2)]
        assert told == ["acme-2026", "globex-1"]
        assert [n.payload async for n in listener.notifies(timeout=0.05)] == []
