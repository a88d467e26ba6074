"""What the screens read of a ticket, after each of its facts."""

from datetime import UTC, datetime

from storage.facts import write_facts
from storage.queries.tickets import (
    DesignatedUser,
    OutageLine,
    TicketFilter,
    count_tickets,
    designated_users,
    outages_of,
    ticket_detail,
    ticket_queue,
)
from storage.session import Sessions
from tests.storage.acme import acme
from tests.storage.story import chain
from tests.storage.ticket_story import TICKET


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-02-02T{clock}:00").replace(tzinfo=UTC)


async def told(sessions: Sessions, until: str = "23:59") -> None:
    """The contract's facts, and the ticket's up to a time of 2 February."""
    facts = [fact for fact in acme().facts if fact.workflow_id != TICKET or fact.at <= at(until)]
    async with sessions.begin() as session:
        await write_facts(session, facts)


async def test_a_ticket_in_the_midst_of_its_life_is_shown_as_it_stands(sessions: Sessions) -> None:
    await told(sessions, "12:10")
    async with sessions() as session:
        detail = await ticket_detail(session, "acme-2026", 1)
    assert detail is not None
    head = detail.head
    assert (head.state, head.level, head.level_name, head.owner_name) == ("routed", "l2", "Major", "Anne Host")
    assert (head.impact, head.inside_boundary, head.routed_kind, head.routed_to) == (
        "One bed", True, "onsite-partner", "Fixers",
    )  # fmt: skip
    assert head.answered_at == at("10:05")
    assert head.paused == ()  # the customer wrote
    assert [(c.clock, c.due, c.verdict, c.stopped, c.overrun_seconds) for c in detail.clocks] == [
        ("response-1", at("10:00"), "missed", at("10:05"), 300),
        ("update-1", at("15:00"), None, None, 0),
    ]
    assert [c.acknowledged_by for c in detail.clocks] == ["Anne", ""]
    assert detail.clocks[1].pauses == (["2026-02-02T11:00:00+00:00", "2026-02-02T12:00:00+00:00", "customer"],)
    assert [(e.kind, e.author, e.text, e.visible) for e in detail.entries] == [
        ("report", "Bob Buyer", "The ring of bed 4 is silent.", True),
        ("reply", "Anne", "We look.", True),
        ("heard", "Bob", "It blinks.", True),
        ("note", "Anne", "Odd.", False),
        ("routed", "Anne", "Go.", False),
    ]
    assert detail.entries[0].attachments == ({"id": "f1", "name": "ring.png", "media_type": "image/png", "size": 12},)
    assert [(c.zone, c.version, c.starts, c.ends) for c in detail.coverages] == [
        ("America/New_York", 2, (200, 600), (400, 800))
    ]


async def test_a_closed_ticket_says_who_agreed_and_what_became_of_each_clock(sessions: Sessions) -> None:
    await told(sessions)
    async with sessions() as session:
        detail = await ticket_detail(session, "acme-2026", 1)
        assert await outages_of(session, "acme-2026") == (OutageLine(1, "db", "Down", at("08:55"), at("13:00")),)
    assert detail is not None
    head = detail.head
    assert (head.state, head.open, head.closed_by, head.closed_at) == ("closed", False, "Bob", at("13:50"))
    assert (head.plan, head.plan_version, head.released, head.routed_to) == ("oura/pro-lite", 2, True, "")
    assert (head.resolved_at, head.asks, head.coverage_version) == (at("13:40"), 1, 2)
    assert [(c.clock, c.verdict, c.took_seconds) for c in detail.clocks] == [
        ("response-1", "missed", 3900),
        ("update-1", "lapsed", 9900),
    ]
    assert [(e.kind, e.text) for e in detail.entries][5:] == [
        ("note", "Not theirs."),
        ("solution", "Charged it."),
        ("reopened", "No."),
        ("solution", "A new one."),
        ("closed", "Thanks."),
    ]


async def test_the_queue_shows_the_clock_that_is_due_next_and_whether_it_is_late(sessions: Sessions) -> None:
    await told(sessions, "10:00")
    async with sessions() as session:
        [line] = (await ticket_queue(session, TicketFilter(), at("09:59"))).items
        assert (line.number, line.clock, line.due, line.late) == (1, "response-1", at("10:00"), False)
        assert (line.starts, line.ends, line.customer) == ((200, 600), (400, 800), "Acme Ltd")
        assert (await ticket_queue(session, TicketFilter(late=True), at("09:59"))).total == 0
        assert (await ticket_queue(session, TicketFilter(late=True), at("10:00"))).total == 1
        assert await count_tickets(session, at("10:00")) == (1, 1)


async def test_the_queue_is_filtered(sessions: Sessions) -> None:
    await told(sessions)
    wanted = {
        "all": TicketFilter(shown="all"), "open": TicketFilter(), "closed": TicketFilter(shown="closed"),
        "refused": TicketFilter(shown="refused"), "anne's": TicketFilter(shown="all", owner="anne"),
        "nobody's": TicketFilter(shown="all", unassigned=True), "silent": TicketFilter(shown="all", words="SILENT"),
        "a percent": TicketFilter(shown="all", words="%"), "l2": TicketFilter(shown="all", level="l2"),
        "vendor": TicketFilter(shown="all", vendor="caret"),
    }  # fmt: skip
    async with sessions() as session:
        found = {
            name: [line.number for line in (await ticket_queue(session, each, at("12:00"))).items]
            for name, each in wanted.items()
        }
    assert found == {
        "all": [1, 2], "open": [], "closed": [1], "refused": [2], "anne's": [1], "nobody's": [2], "silent": [1, 2],
        "a percent": [], "l2": [1, 2], "vendor": [],
    }  # fmt: skip


async def test_the_designated_users_are_a_whole_list_in_its_order(sessions: Sessions) -> None:
    await told(sessions)
    async with sessions() as session:
        assert await designated_users(session, "acme-2026") == (
            DesignatedUser("Bob@acme.example", "Bob Buyer", 1),
            DesignatedUser("carl@acme.example", "", 2),
        )


def test_the_story_tells_each_kind_of_fact_of_tickets() -> None:
    kinds = {fact.kind for fact in chain(acme().facts, TICKET)}
    assert {kind.split(".")[0] for kind in kinds} == {"ticket", "clock", "outage", "webhook"}
    assert len(kinds) == 28
