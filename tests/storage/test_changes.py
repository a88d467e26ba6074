"""What changes in a contract's life, and how the read models follow."""

from typing import Any

from sqlalchemy import text

from domain.happenings import Happening
from storage.facts import write_facts
from storage.queries.contract import Hours, agenda_of, contacts_of, contract_head, hours_of, windows_of
from storage.queries.meetings import find_meeting
from storage.queries.tasks import list_tasks
from storage.session import Sessions
from storage.staff import assign, put_staff
from tests.storage.acme import acme
from tests.storage.story import (
    AGENDA,
    ANNE,
    ANNE_OF_STAFF,
    BOB,
    CARL,
    CONTRACT,
    KICKOFF,
    WINDOWS,
    Teller,
    at,
    chain,
    item,
    signed,
    slot,
)


async def test_other_attendees_for_the_same_slot_keep_their_answers(sessions: Sessions) -> None:
    story = Teller()
    here = ("2026-01-08T15:00", "2026-01-08T16:00", 0)
    story.tell(KICKOFF, "2026-01-05 05:01", Happening.MEETING_BOOKED, "kickoff", **slot(*here, ANNE, BOB))
    story.tell(
        KICKOFF, "2026-01-05 06:00", Happening.MEETING_ANSWERED, "kickoff",
        name="Bob Buyer", email="Bob@acme.example", side="customer", answer="accepted", sequence=0, comment="",
    )  # fmt: skip
    story.tell(KICKOFF, "2026-01-05 07:00", Happening.MEETING_BOOKED, "kickoff", **slot(*here, ANNE, BOB, CARL))
    async with sessions.begin() as session:
        await write_facts(session, story.facts)
        meeting = await find_meeting(session, "acme-2026", "kickoff")
    assert meeting is not None
    assert meeting.status == "confirmed"
    assert [(each.name, each.answer) for each in meeting.attendees] == [
        ("Anne Host", "needs-action"),
        ("Bob Buyer", "accepted"),
        ("Carl Keys", "needs-action"),
    ]


async def test_an_acceptance_that_is_taken_back_leaves_the_meeting_unconfirmed(sessions: Sessions) -> None:
    story = Teller()
    story.tell(
        KICKOFF,
        "2026-01-05 05:01",
        Happening.MEETING_BOOKED,
        "kickoff",
        **slot("2026-01-08T15:00", "2026-01-08T16:00", 0, ANNE, BOB),
    )
    for minute, answer in enumerate(("accepted", "tentative")):
        story.tell(
            KICKOFF, f"2026-01-05 06:0{minute}", Happening.MEETING_ANSWERED, "kickoff",
            name="Bob Buyer", email="Bob@acme.example", side="customer", answer=answer, sequence=0, comment="",
        )  # fmt: skip
    story.tell(
        KICKOFF, "2026-01-05 06:05", Happening.MEETING_ANSWERED, "kickoff",
        name="A stranger", email="stranger@else.example", side="customer", answer="accepted", sequence=0, comment="",
    )  # fmt: skip
    async with sessions.begin() as session:
        await write_facts(session, story.facts)
        meeting = await find_meeting(session, "acme-2026", "kickoff")
    assert meeting is not None
    assert (meeting.status, len(meeting.attendees)) == ("invited", 2)


async def test_a_new_agenda_replaces_what_lies_ahead_and_keeps_what_was_done(sessions: Sessions) -> None:
    story = acme()
    facts = [fact for fact in story.facts if fact.at <= at("2026-01-09 18:00")]
    amended = Teller()
    for fact in chain(facts, CONTRACT):
        amended.retell(fact)
    premium: dict[str, Any] = {
        "plan": "oura/premium",
        "plan_name": "Premium",
        "plan_version": 2,
    }
    amended.tell(
        CONTRACT, "2026-01-10 09:00", Happening.AMENDED, by="anne", reason="upgrade", granted_minutes=120, **premium
    )
    check = item(
        "health-check-01",
        "touchpoint",
        "Health check",
        "2026-01-22T05:00",
        "2026-02-06T05:00",
        "2026-02-05",
        clause="oura-9",
    )
    amended.tell(CONTRACT, "2026-01-10 09:00", Happening.AGENDA_SET, items=[AGENDA[5], check], windows=[])
    async with sessions.begin() as session:
        await write_facts(session, facts)
        await write_facts(session, amended.facts)
        entries = await agenda_of(session, "acme-2026", at("2026-01-10 10:00"))
        head = await contract_head(session, "acme-2026")
        hours = await hours_of(session, "acme-2026")
    assert [(each.key, each.status) for each in entries] == [
        ("kickoff", "done"),
        ("health-check-01", "planned"),
        ("end", "planned"),
    ]
    assert head is not None
    assert (head.plan, head.plan_name, head.plan_version) == ("oura/premium", "Premium", 2)
    assert (hours.granted, hours.left_minutes, hours.used) == (120, 65, 55)


async def test_a_requested_meeting_gets_its_item_from_its_own_facts(sessions: Sessions) -> None:
    story = Teller()
    story.tell(CONTRACT, "2026-01-02 12:00", Happening.SIGNED, **signed())
    story.tell(
        "meeting/acme-2026/request-1", "2026-01-05 05:00", Happening.MEETING_OPENED, "request-1", "oura-20",
        title="More training", minutes=30, clause="oura-20", earliest="2026-01-06T05:00:00+00:00",
        latest="2026-01-20T05:00:00+00:00", debits_hours=True, requested_by="Bob Buyer",
    )  # fmt: skip
    async with sessions.begin() as session:
        await write_facts(session, story.facts)
        entries = await agenda_of(session, "acme-2026", at("2026-01-05 06:00"))
    assert [(e.key, e.kind, e.status, e.due, e.clause) for e in entries] == [
        ("request-1", "requested", "open", at("2026-01-20 05:00"), "oura-20")
    ]


async def test_suspension_remembers_the_stage_and_drops_what_went_by(sessions: Sessions) -> None:
    story = Teller()
    story.tell(CONTRACT, "2026-01-02 12:00", Happening.SIGNED, **signed())
    story.tell(CONTRACT, "2026-01-02 12:00", Happening.AGENDA_SET, items=AGENDA, windows=[])
    story.tell(CONTRACT, "2026-01-05 05:00", Happening.STARTED)
    story.tell(CONTRACT, "2026-01-06 05:00", Happening.SUSPENDED, reason="unpaid", by="anne")
    async with sessions.begin() as session:
        await write_facts(session, story.facts)
        head = await contract_head(session, "acme-2026")
        assert head is not None
        assert (head.stage, head.reason) == ("suspended", "unpaid")
        assert not any(e.late for e in await agenda_of(session, "acme-2026", at("2026-03-01 00:00")))
    story.tell(CONTRACT, "2026-03-01 05:00", Happening.RESUMED, by="anne", passed=["kickoff", "report-01"])
    async with sessions.begin() as session:
        await write_facts(session, story.facts)
        head = await contract_head(session, "acme-2026")
        assert head is not None
        assert (head.stage, head.reason) == ("onboarding", "")
        entries = await agenda_of(session, "acme-2026", at("2026-03-01 06:00"))
    assert [(e.key, e.status, e.late) for e in entries] == [
        ("kickoff", "dropped", False),
        ("report-01", "dropped", False),
        ("training", "planned", True),
        ("window-60", "planned", False),
        ("window-end", "planned", False),
        ("end", "planned", False),
    ]


async def test_a_terminated_contract_has_nothing_ahead_and_frees_its_people(sessions: Sessions) -> None:
    story = Teller()
    story.tell(CONTRACT, "2026-01-02 12:00", Happening.SIGNED, **signed())
    story.tell(CONTRACT, "2026-01-02 12:00", Happening.AGENDA_SET, items=AGENDA, windows=[])
    story.tell(CONTRACT, "2026-02-01 05:00", Happening.TERMINATED, reason="closed down", by="anne")
    story.tell(CONTRACT, "2026-02-01 05:01", Happening.STARTED)
    async with sessions.begin() as session:
        await put_staff(session, ANNE_OF_STAFF)
        await assign(session, "acme-2026", ANNE_OF_STAFF.roles[0], "oura")
        await write_facts(session, story.facts)
        head = await contract_head(session, "acme-2026")
        entries = await agenda_of(session, "acme-2026", at("2026-02-02 00:00"))
        assert await session.scalar(text("SELECT count(*) FROM assignments WHERE active")) == 0
    assert head is not None
    assert (head.stage, head.reason, head.over_at) == ("terminated", "closed down", at("2026-02-01 05:00"))
    assert {each.status for each in entries} == {"dropped"}
    assert entries[0].note == "the contract was terminated"


async def test_a_task_opened_again_is_open_again(sessions: Sessions) -> None:
    story = Teller()
    opened = {
        "task": "outcome/kickoff",
        "title": "Record it",
        "detail": "",
        "staff_id": "anne",
        "due": "2026-01-09T17:00:00+00:00",
    }
    story.tell(KICKOFF, "2026-01-09 17:00", Happening.TASK_OPENED, "kickoff", **opened)
    story.tell(CONTRACT, "2026-01-10 09:00", Happening.SIGNED, **signed())
    story.tell(CONTRACT, "2026-01-10 09:00", Happening.TASK_DONE, "kickoff", task="outcome/kickoff", by="anne")
    story.tell(KICKOFF, "2026-01-12 17:00", Happening.TASK_OPENED, "kickoff", **opened)
    meeting, contract = chain(story.facts, KICKOFF), chain(story.facts, CONTRACT)
    async with sessions.begin() as session:
        await write_facts(session, contract)
        await write_facts(session, meeting[:1])
        assert (await list_tasks(session, contract_id="acme-2026")).total == 0
        await write_facts(session, meeting[1:])
        assert (await list_tasks(session, contract_id="acme-2026")).total == 1


async def test_a_request_that_waits_for_approval_is_open_and_then_dropped_or_held(sessions: Sessions) -> None:
    request = {
        "title": "More training", "minutes": 30, "clause": "oura-20", "earliest": "2026-01-06T05:00:00+00:00",
        "latest": "2026-01-20T05:00:00+00:00", "debits_hours": True, "requested_by": "Bob Buyer",
    }  # fmt: skip
    story = Teller()
    story.tell(CONTRACT, "2026-01-02 12:00", Happening.SIGNED, **signed())
    for key in ("request-1", "request-2"):
        story.tell(CONTRACT, "2026-01-05 05:00", Happening.MEETING_OPENED, key, "oura-20", **request)
    story.tell(CONTRACT, "2026-01-06 05:00", Happening.ITEM_DROPPED, "request-1", reason="declined")
    meeting = "meeting/acme-2026/request-2"
    story.tell(meeting, "2026-01-06 05:00", Happening.MEETING_OPENED, "request-2", "oura-20", **request)
    story.tell(meeting, "2026-01-09 05:00", Happening.MEETING_HELD, "request-2", minutes=30, notes="", by="anne")
    async with sessions.begin() as session:
        await write_facts(session, chain(story.facts, meeting)[:1])
        await write_facts(session, chain(story.facts, CONTRACT)[:3])
        before = await agenda_of(session, "acme-2026", at("2026-01-05 06:00"))
        await write_facts(session, story.facts)
        after = await agenda_of(session, "acme-2026", at("2026-01-09 06:00"))
        assert await find_meeting(session, "acme-2026", "request-1") is None
    assert [(e.key, e.status, e.at) for e in before] == [
        ("request-1", "open", at("2026-01-05 05:00")),
        ("request-2", "open", at("2026-01-05 05:00")),
    ]
    assert [(e.key, e.status, e.note) for e in after] == [
        ("request-1", "dropped", "declined"),
        ("request-2", "done", ""),
    ]


async def test_a_plan_without_onboarding_is_active_from_its_start(sessions: Sessions) -> None:
    story = Teller()
    story.tell(CONTRACT, "2026-01-02 12:00", Happening.SIGNED, **signed())
    story.tell(CONTRACT, "2026-01-02 12:00", Happening.AGENDA_SET, items=AGENDA[2:], windows=[])
    story.tell(CONTRACT, "2026-01-05 05:00", Happening.STARTED)
    async with sessions.begin() as session:
        await write_facts(session, story.facts)
        head = await contract_head(session, "acme-2026")
    assert head is not None
    assert head.stage == "active"


async def test_a_renewed_term_has_its_hours_and_its_window_anew(sessions: Sessions) -> None:
    story = Teller()
    story.tell(CONTRACT, "2026-01-02 12:00", Happening.SIGNED, **signed())
    story.tell(CONTRACT, "2026-01-02 12:00", Happening.AGENDA_SET, items=AGENDA, windows=WINDOWS)
    story.tell(CONTRACT, "2026-01-09 18:00", Happening.HOURS_DEBITED, "kickoff", minutes=55, reserved=0,
               overage_minutes=10, left=185)  # fmt: skip
    story.tell(CONTRACT, "2026-04-05 04:00", Happening.HOURS_LAPSED, "", minutes=185, window="first-90-days", left=0)
    story.tell(
        CONTRACT, "2026-04-05 04:00", Happening.WINDOW_CLOSED, "window-end", window="first-90-days", lapsed_minutes=185
    )
    story.tell(CONTRACT, "2026-12-01 09:00", Happening.RENEWED, ends_on="2027-07-04", ends="2027-07-05T04:00:00+00:00",
               term_months=6, by="anne", term=2)  # fmt: skip
    async with sessions.begin() as session:
        await write_facts(session, story.facts)
        assert await hours_of(session, "acme-2026") == Hours(240, 0, 0, 55, 10, 185)
        before = await contract_head(session, "acme-2026")
    assert before is not None
    assert (before.term, before.ends) == (1, at("2027-07-05 04:00"))  # the second one has not begun
    story.tell(CONTRACT, "2027-01-05 05:00", Happening.HOURS_GRANTED, "", "oura-3", minutes=240, left=240)
    again = [{**WINDOWS[0], "closes": "2027-04-05T04:00:00+00:00", "last_day": "2027-04-04"}]
    story.tell(CONTRACT, "2027-01-05 05:00", Happening.AGENDA_SET, term=2, items=[], windows=again)
    async with sessions.begin() as session:
        await write_facts(session, story.facts)
        head = await contract_head(session, "acme-2026")
        assert await hours_of(session, "acme-2026") == Hours(240, 240, 0, 0, 0, 0)
        windows = await windows_of(session, "acme-2026")
    assert head is not None
    assert (head.term, head.term_months, head.ends) == (2, 6, at("2027-07-05 04:00"))
    assert [(each.closes, each.closed_at, each.lapsed_minutes) for each in windows] == [
        (at("2027-04-05 04:00"), None, 0)
    ]


async def test_contacts_are_replaced_and_removed_whatever_their_letter_case(sessions: Sessions) -> None:
    story = Teller()
    for name, email, primary, replaces in (
        ("Bob", "Bob@acme.example", True, None),
        ("Carl", "carl@acme.example", False, None),
        ("Dora", "dora@acme.example", True, "BOB@acme.example"),
    ):
        story.tell(CONTRACT, "2026-01-02 12:00", Happening.CONTACT_SET, email, name=name, email=email, phone="",
                   primary=primary, by="order", replaces=replaces)  # fmt: skip
    story.tell(CONTRACT, "2026-01-03 12:00", Happening.CONTACT_REMOVED, "CARL@acme.example", by="anne")
    async with sessions.begin() as session:
        await write_facts(session, story.facts)
        assert [(each.name, each.primary) for each in await contacts_of(session, "acme-2026")] == [("Dora", True)]


async def test_a_contract_is_listed_under_its_main_contact(sessions: Sessions) -> None:
    story = Teller()
    story.tell(CONTRACT, "2026-01-02 12:00", Happening.SIGNED, **signed())
    for role, staff_id, main in (("csm", "anne", False), ("tam", "berta", True)):
        who = {"staff_id": staff_id, "name": staff_id.title(), "email": f"{staff_id}@vendor.example", "by": "pledge"}
        assigned = {"role": role, "role_title": role.upper(), "main": main, **who}
        story.tell(CONTRACT, "2026-01-02 12:01", Happening.ROLE_ASSIGNED, role, **assigned)
    story.tell(CONTRACT, "2026-03-02 12:01", Happening.ROLE_ENDED, "tam", role="tam", reason="over")
    for until, name in ((3, "Berta"), (4, "Anne")):
        async with sessions.begin() as session:
            await write_facts(session, story.facts[:until])
            head = await contract_head(session, "acme-2026")
            assert head is not None
            assert head.csm_name == name
