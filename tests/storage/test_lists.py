"""Lists of meetings, messages and facts, page by page."""

from storage.facts import write_facts
from storage.outbox import mark_sent, record_letters
from storage.pipeline import write_in
from storage.queries.meetings import MeetingFilter, list_meetings
from storage.queries.parts import messages_of
from storage.queries.timeline import timeline
from storage.session import Sessions
from tests.storage.acme import acme
from tests.storage.story import LETTER, at

FILTERS = [
    (MeetingFilter(), ["kickoff", "training"]),
    (MeetingFilter(contract_id="acme-2026", statuses=("held", "no-show")), ["kickoff"]),
    (MeetingFilter(staff_id="anne"), ["kickoff"]),
    (MeetingFilter(customer="acme"), ["kickoff", "training"]),
    (MeetingFilter(customer="globex"), []),
    (MeetingFilter(since=at("2026-01-09 15:00"), until=at("2026-01-09 15:01")), ["kickoff"]),
    (MeetingFilter(since=at("2026-01-09 15:01")), []),
    (MeetingFilter(until=at("2026-01-09 15:00")), []),
]


async def test_meetings_are_found_by_what_is_asked(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await write_facts(session, acme().facts)
        pages = [(wanted, await list_meetings(session, wanted)) for wanted, _ in FILTERS]
    assert [(wanted, [meeting.key for meeting in page.items]) for wanted, page in pages] == FILTERS
    assert [page.total for _, page in pages] == [2, 1, 1, 2, 0, 1, 0, 0]
    assert [len(meeting.attendees) for meeting in pages[0][1].items] == [3, 0]


async def test_the_timeline_is_read_backwards_page_by_page(sessions: Sessions) -> None:
    story = acme().facts
    async with sessions.begin() as session:
        await write_facts(session, story)
        seen: list[tuple[str, int]] = []
        before = None
        while True:
            page = await timeline(session, "acme-2026", before_id=before, limit=10)
            seen.extend((line.workflow_id, line.seq) for line in page.facts)
            before = page.before
            if before is None:
                break
        newest = (await timeline(session, limit=2)).facts
        assert (await timeline(session, after_id=newest[1].id)).facts == newest[:1]
        assert (await timeline(session, "globex-1")).facts == ()
        training = (await timeline(session, "acme-2026", subject="training")).facts
    assert seen == [(fact.workflow_id, fact.seq) for fact in reversed(story)]
    assert [line.kind for line in training] == [
        "hours.released",
        "meeting.cancelled",
        "task.opened",
        "meeting.unbookable",
        "meeting.opened",
        "hours.reserved",
    ]
    assert (training[0].clauses, training[0].data) == (("oura-3",), {"minutes": 60, "left": 185})


async def test_messages_are_listed_with_what_became_of_them(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await record_letters(session, [LETTER])
        await write_in(session, mark_sent(LETTER.message_id, at("2026-01-05 05:02")))
        page = await messages_of(session, "acme-2026")
        assert (await messages_of(session, "globex-1")).total == 0
    assert page.total == 1
    line = page.items[0]
    assert (line.kind, line.recipient_email, line.state) == ("invitation", "bob@acme.example", "sent")
    assert (line.recorded_at, line.settled_at) == (at("2026-01-05 05:01"), at("2026-01-05 05:02"))
