"""The read models say the same in whatever order a contract's workflows write, and when they are made again."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from domain.happenings import Happening
from storage.bookings import Booking, booked, try_book
from storage.facts import write_facts
from storage.projection import HANDLERS
from storage.queries.meetings import find_meeting
from storage.rebuild import rebuild
from storage.session import Sessions
from storage.staff import put_staff
from storage.views import READ_MODELS
from tests.storage.acme import acme
from tests.storage.rows import everything
from tests.storage.story import ANNE, ANNE_OF_STAFF, BOB, CONTRACT, KICKOFF, TRAINING, Teller, at, chain, slot
from tests.storage.ticket_story import REFUSED, TICKET


def test_every_happening_has_its_handler() -> None:
    assert set(HANDLERS) == set(Happening)


@pytest.mark.parametrize(
    "order",
    [
        (KICKOFF, REFUSED, TRAINING, TICKET, CONTRACT),
        (TICKET, TRAINING, CONTRACT, KICKOFF, REFUSED),
        (CONTRACT, KICKOFF, TICKET, REFUSED, TRAINING),
    ],
)
async def test_any_interleaving_of_workflows_gives_the_same_rows(sessions: Sessions, order: tuple[str, ...]) -> None:
    story = acme().facts
    async with sessions.begin() as session:
        await write_facts(session, story)
    as_it_happened = await everything(sessions)
    async with sessions.begin() as session:
        await session.execute(text("ALTER TABLE facts DISABLE TRIGGER refuse_change_of_facts"))
        await session.execute(text("TRUNCATE facts, " + ", ".join(table.__tablename__ for table in READ_MODELS)))
        await session.execute(text("ALTER TABLE facts ENABLE TRIGGER refuse_change_of_facts"))
        for workflow_id in order:
            await write_facts(session, chain(story, workflow_id))
    assert await everything(sessions) == as_it_happened
    assert [name for name, rows in as_it_happened.items() if not rows] == []


async def test_facts_that_come_one_by_one_give_the_rows_of_those_that_come_in_one_step(sessions: Sessions) -> None:
    story = acme().facts
    async with sessions.begin() as session:
        for fact in story:
            await write_facts(session, [fact])
    one_by_one = await everything(sessions)
    async with sessions.begin() as session:
        await rebuild(session)
    assert await everything(sessions) == one_by_one


async def test_a_rebuild_gives_the_same_rows(sessions: Sessions) -> None:
    story = acme().facts
    async with sessions.begin() as session:
        await write_facts(session, story)
    before = await everything(sessions)
    async with sessions.begin() as session:
        await session.execute(text("UPDATE contract_view SET customer = 'wrong'"))
        await session.execute(text("DELETE FROM agenda_view"))
        assert await rebuild(session) == len(story)
    assert await everything(sessions) == before


async def test_a_rebuild_leaves_bookings_as_they_are(sessions: Sessions) -> None:
    """A no-show that was offered again: replaying the no-show must not touch the slot booked after it."""
    story = Teller()
    story.tell(
        KICKOFF,
        "2026-01-05 05:01",
        Happening.MEETING_BOOKED,
        "kickoff",
        **slot("2026-01-08T15:00", "2026-01-08T16:00", 0, ANNE, BOB),
    )
    story.tell(
        KICKOFF, "2026-01-08 17:00", Happening.MEETING_NO_SHOW, "kickoff", notes="", by="anne", offered_again=True
    )
    story.tell(
        KICKOFF,
        "2026-01-08 17:01",
        Happening.MEETING_BOOKED,
        "kickoff",
        **slot("2026-01-12T15:00", "2026-01-12T16:00", 1, ANNE, BOB),
    )
    first = Booking(f"{KICKOFF}#0", KICKOFF, 0, "anne", at("2026-01-08 15:00"), at("2026-01-08 16:00"))
    second = Booking(f"{KICKOFF}#1", KICKOFF, 1, "anne", at("2026-01-12 15:00"), at("2026-01-12 16:00"))
    async with sessions.begin() as session:
        await put_staff(session, ANNE_OF_STAFF)
        await try_book(session, first)
        await write_facts(session, story.facts[:2])
        await try_book(session, second)
        await write_facts(session, story.facts[2:])
    for again in (False, True):
        async with sessions.begin() as session:
            if again:
                await rebuild(session)
            statuses = [await booked(session, each.key) for each in (first, second)]
            assert [each.status for each in statuses if each] == ["done", "held"]
            meeting = await find_meeting(session, "acme-2026", "kickoff")
            assert meeting is not None
            assert (meeting.status, meeting.no_shows, meeting.sequence) == ("invited", 1, 1)


async def test_facts_move_the_booking_of_their_meeting(sessions: Sessions) -> None:
    facts = acme().facts
    async with sessions.begin() as session:
        await put_staff(session, ANNE_OF_STAFF)
        for sequence, day in enumerate((8, 9)):
            start = at(f"2026-01-0{day} 15:00")
            mine = Booking(f"{KICKOFF}#{sequence}", KICKOFF, sequence, "anne", start, start + timedelta(hours=1))
            await session.execute(text("SELECT 1"))
            assert await try_book(session, mine)
    steps = [
        ("2026-01-06 10:00", "cancelled", "held"),
        ("2026-01-06 11:00", "cancelled", "confirmed"),
        ("2026-01-09 18:00", "cancelled", "done"),
    ]
    for until, first, second in steps:
        async with sessions.begin() as session:
            await write_facts(session, [fact for fact in facts if fact.at <= at(until)])
            found = [await booked(session, f"{KICKOFF}#{sequence}") for sequence in (0, 1)]
            assert (until, [each.status for each in found if each]) == (until, [first, second])
