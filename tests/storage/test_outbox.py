"""The outbox: recorded before it is sent, settled once."""

from dataclasses import replace

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from storage.outbox import (
    claim_letter,
    find_letter,
    mark_expired,
    mark_rejected,
    mark_sent,
    note_attempt,
    record_letters,
    release_letters,
)
from storage.pipeline import write_in
from storage.session import Sessions
from tests.storage.story import LETTER, at


async def test_a_letter_recorded_twice_keeps_its_first_bytes(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        assert await record_letters(session, [LETTER]) == {LETTER.message_id}
    async with sessions.begin() as session:
        assert await record_letters(session, [replace(LETTER, eml=b"rendered otherwise")]) == set()
        again = await find_letter(session, LETTER.message_id)
    assert again is not None
    assert again.letter == LETTER
    assert (again.state, again.attempts, again.settled_at) == ("recorded", 0, None)


async def test_a_sent_letter_stays_sent(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await record_letters(session, [LETTER])
        assert await write_in(session, note_attempt(LETTER.message_id, 451, "greylisted, try later"))
        assert await write_in(session, mark_sent(LETTER.message_id, at("2026-01-05 05:02")))
        assert not await write_in(session, mark_sent(LETTER.message_id, at("2026-01-05 05:03")))
        assert not await write_in(
            session, mark_rejected(LETTER.message_id, at("2026-01-05 05:03"), 550, "no such user")
        )
        assert not await write_in(session, mark_expired(LETTER.message_id, at("2026-01-05 05:03"), "too late"))
        assert not await write_in(session, note_attempt(LETTER.message_id, 451, "again"))
        stored = await find_letter(session, LETTER.message_id)
    assert stored is not None
    assert (stored.state, stored.attempts, stored.code, stored.reason) == ("sent", 2, 250, "")
    assert stored.settled_at == at("2026-01-05 05:02")


async def test_a_rejected_letter_keeps_the_servers_words_within_bounds(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await record_letters(session, [LETTER])
        assert await write_in(
            session, mark_rejected(LETTER.message_id, at("2026-01-05 05:02"), 550, "no\0 " + "x" * 5000)
        )
        stored = await find_letter(session, LETTER.message_id)
    assert stored is not None
    assert (stored.state, stored.code, stored.reason[:5], len(stored.reason)) == ("rejected", 550, "no xx", 1000)


async def test_a_letter_claimed_by_one_sender_is_not_claimed_by_another(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await record_letters(session, [LETTER])
    async with sessions.begin() as first:
        claimed = await claim_letter(first, LETTER.message_id, 60)
    async with sessions.begin() as second:
        assert await claim_letter(second, LETTER.message_id, 60) is None
        # The server did not take it: whoever comes next may try.
        assert await write_in(second, note_attempt(LETTER.message_id, 451, "not now"))
        again = await claim_letter(second, LETTER.message_id, 60)
        await write_in(second, mark_sent(LETTER.message_id, at("2026-01-05 05:02")))
        assert await claim_letter(second, LETTER.message_id, 60) is None
    assert claimed is not None
    assert again is not None
    assert (claimed.letter, again.attempts) == (LETTER, 1)


async def test_letters_recorded_for_one_sender_are_never_free_for_another(sessions: Sessions) -> None:
    other = replace(LETTER, message_id="<other@reply.example>", recipient_email="bo@acme.example")
    async with sessions.begin() as session:
        assert await record_letters(session, [LETTER]) == {LETTER.message_id}
        # The first stood there before: whoever sends it has claimed it, or will.
        assert await record_letters(session, [LETTER, other, other], claim_seconds=60) == {other.message_id}
        assert await claim_letter(session, other.message_id, 60) is None
        assert await claim_letter(session, LETTER.message_id, 60) is not None
        await release_letters(session, [other.message_id])
        assert await claim_letter(session, other.message_id, 60) is not None


async def test_the_claim_of_a_sender_who_died_runs_out(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await record_letters(session, [LETTER])
        await claim_letter(session, LETTER.message_id, 60)
        await session.execute(text("UPDATE messages SET claimed_until = clock_timestamp() - interval '1 second'"))
        assert await claim_letter(session, LETTER.message_id, 60) is not None


async def test_an_unknown_state_is_refused_by_the_table(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await record_letters(session, [LETTER])
    async with sessions() as session:
        with pytest.raises(IntegrityError):
            await session.execute(text("UPDATE messages SET state = 'lost'"))


async def test_a_settled_letter_is_told_to_the_live_screens(sessions: Sessions, database: str) -> None:
    async with sessions.begin() as session:
        await record_letters(session, [LETTER])
    plain = database.replace("postgresql+psycopg://", "postgresql://")
    async with await psycopg.AsyncConnection.connect(plain, autocommit=True) as listener:
        await listener.execute("LISTEN pledge_facts")
        async with sessions.begin() as session:
            await write_in(session, mark_sent(LETTER.message_id, at("2026-01-05 05:02")))
        told = [n.payload async for n in listener.notifies(timeout=5, stop_after=1)]
    assert told == ["acme-2026"]
