"""Bookings: nobody is booked twice, whoever races whom."""

import asyncio
from dataclasses import replace

from sqlalchemy import text

from domain.plan import Role
from storage.bookings import Booking, Load, booked, busy, loads, settle_bookings, try_book
from storage.session import Sessions
from storage.staff import assign, put_staff
from tests.storage.story import ANNE_OF_STAFF, at

FIRST = Booking("m/1#0", "m/1", 0, "anne", at("2026-01-08 15:00"), at("2026-01-08 16:00"), buffer_minutes=10)


async def hire(sessions: Sessions, *ids: str) -> None:
    async with sessions.begin() as session:
        for staff_id in ids:
            await put_staff(session, replace(ANNE_OF_STAFF, id=staff_id))


async def test_a_slot_is_blocked_with_its_buffers(sessions: Sessions) -> None:
    await hire(sessions, "anne", "berta")
    async with sessions.begin() as session:
        assert await try_book(session, FIRST)
        in_the_buffer = Booking("m/2#0", "m/2", 0, "anne", at("2026-01-08 16:05"), at("2026-01-08 17:00"))
        assert not await try_book(session, in_the_buffer)
        assert await try_book(session, replace(in_the_buffer, start=at("2026-01-08 16:10")))
        assert await try_book(session, replace(FIRST, key="m/3#0", meeting_id="m/3", staff_id="berta"))


async def test_a_refused_booking_leaves_the_transaction_usable(sessions: Sessions) -> None:
    await hire(sessions, "anne")
    async with sessions.begin() as session:
        assert await try_book(session, FIRST)
        assert not await try_book(session, replace(FIRST, key="m/2#0", meeting_id="m/2"))
    async with sessions() as session:
        assert await booked(session, "m/1#0") is not None
        assert await booked(session, "m/2#0") is None


async def test_the_same_booking_twice_is_one(sessions: Sessions) -> None:
    await hire(sessions, "anne")
    for _ in range(2):
        async with sessions.begin() as session:
            assert await try_book(session, FIRST)
    async with sessions.begin() as session:
        assert not await try_book(session, replace(FIRST, end=at("2026-01-08 15:30")))
        assert await session.scalar(text("SELECT count(*) FROM bookings")) == 1


async def test_two_connections_race_for_one_slot_and_one_wins(sessions: Sessions) -> None:
    await hire(sessions, "anne")

    async def race(number: int) -> bool:
        async with sessions.begin() as session:
            mine = replace(FIRST, key=f"m/{number}#0", meeting_id=f"m/{number}")
            return await try_book(session, mine)

    for day in (9, 10, 11):
        async with sessions.begin() as session:
            await session.execute(text("DELETE FROM bookings"))
        won = await asyncio.gather(*(race(number) for number in range(day, day + 5)))
        assert sorted(won) == [False, False, False, False, True]


async def test_the_constraint_itself_lets_only_one_of_two_open_transactions_in(sessions: Sessions) -> None:
    """Without our lock: both insert while the other's transaction is open."""
    await hire(sessions, "anne")
    insert = text(
        "INSERT INTO bookings (key, meeting_id, sequence, staff_id, slot, blocked, status)"
        " VALUES (:key, :key, 0, 'anne', '[2026-01-08 15:00Z,2026-01-08 16:00Z)',"
        " '[2026-01-08 15:00Z,2026-01-08 16:00Z)', 'held')"
    )
    both_are_open = asyncio.Barrier(2)

    async def race(key: str) -> str:
        try:
            async with sessions.begin() as session:
                await session.execute(text("SELECT 1"))
                await both_are_open.wait()
                await session.execute(insert, {"key": key})
        except Exception as error:  # noqa: BLE001 (the loser's error is what is looked at)
            return str(getattr(getattr(error, "orig", None), "sqlstate", error))
        return "in"

    outcomes = sorted(await asyncio.gather(race("a"), race("b")))
    assert outcomes[1] == "in"
    assert outcomes[0] in ("23P01", "40P01")  # exclusion violation, or the deadlock that try_book's lock prevents


async def test_a_reschedule_may_overlap_the_slot_it_gives_up(sessions: Sessions) -> None:
    await hire(sessions, "anne")
    moved = replace(FIRST, key="m/1#1", sequence=1, start=at("2026-01-08 15:30"), end=at("2026-01-08 16:30"))
    async with sessions.begin() as session:
        assert await try_book(session, FIRST)
        assert await try_book(session, moved)
        first, second = await booked(session, "m/1#0"), await booked(session, "m/1#1")
    assert first is not None
    assert second is not None
    assert (first.status, second.status) == ("cancelled", "held")


async def test_a_reschedule_that_finds_the_slot_taken_keeps_the_old_one(sessions: Sessions) -> None:
    await hire(sessions, "anne")
    later = Booking("m/2#0", "m/2", 0, "anne", at("2026-01-08 18:00"), at("2026-01-08 19:00"))
    async with sessions.begin() as session:
        assert await try_book(session, FIRST)
        assert await try_book(session, later)
        assert not await try_book(session, replace(later, key="m/1#1", meeting_id="m/1", sequence=1))
        kept = await booked(session, "m/1#0")
    assert kept is not None
    assert kept.status == "held"


async def test_busy_lists_what_is_taken_and_leaves_the_moved_meeting_out(sessions: Sessions) -> None:
    await hire(sessions, "anne", "berta")
    other = Booking("m/2#0", "m/2", 0, "anne", at("2026-01-08 18:00"), at("2026-01-08 19:00"))
    async with sessions.begin() as session:
        await try_book(session, FIRST)
        await try_book(session, other)
        await try_book(session, replace(other, key="m/3#0", meeting_id="m/3", staff_id="berta"))
        await settle_bookings(session, "m/3", "cancelled")
        day = (at("2026-01-08 00:00"), at("2026-01-09 00:00"))
        taken = await busy(session, ["anne", "berta"], *day)
        assert [(each.staff_id, each.start, each.blocked_start, each.blocked_end) for each in taken] == [
            ("anne", at("2026-01-08 15:00"), at("2026-01-08 14:50"), at("2026-01-08 16:10")),
            ("anne", at("2026-01-08 18:00"), at("2026-01-08 18:00"), at("2026-01-08 19:00")),
        ]
        assert [each.key for each in await busy(session, ["anne"], *day, except_meeting="m/1")] == ["m/2#0"]
        assert await busy(session, ["anne"], at("2026-01-08 16:10"), at("2026-01-08 18:00")) == ()


async def test_a_load_counts_contracts_and_booked_minutes(sessions: Sessions) -> None:
    await hire(sessions, "anne", "berta")
    async with sessions.begin() as session:
        await try_book(session, FIRST)
        await assign(session, "acme-2026", Role.CSM, "oura")
        found = await loads(session, ["anne", "berta"], at("2026-01-08 00:00"), at("2026-01-09 00:00"))
    assert found == (Load("berta", 0, 0, 0), Load("anne", 1, 1, 60))


async def test_a_booking_only_moves_forward(sessions: Sessions) -> None:
    await hire(sessions, "anne")
    async with sessions.begin() as session:
        await try_book(session, FIRST)
        for status, expected in [
            ("confirmed", "confirmed"),
            ("done", "done"),
            ("cancelled", "done"),
            ("confirmed", "done"),
        ]:
            await settle_bookings(session, "m/1", status)
            now = await booked(session, "m/1#0")
            assert now is not None
            assert now.status == expected
