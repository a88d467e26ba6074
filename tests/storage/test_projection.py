"""The read models of a whole contract story, row by row."""

from datetime import date

from sqlalchemy import text

from storage.facts import write_facts
from storage.queries.contract import (
    AgendaEntry,
    ContactLine,
    Hours,
    RoleHolder,
    WindowLine,
    agenda_of,
    contacts_of,
    contract_head,
    contract_page,
    hours_of,
    roles_of,
    windows_of,
)
from storage.queries.meetings import Attending, find_meeting, meeting_by_token
from storage.queries.parts import Charge, Overage, charges_of, hours_entries_of, overage_by_token, overages_of
from storage.queries.tasks import list_tasks
from storage.session import Sessions
from tests.storage.acme import acme
from tests.storage.story import KICKOFF, at


async def tell(sessions: Sessions, until: str) -> None:
    """The story up to an instant, as if nothing had happened since."""
    async with sessions.begin() as session:
        await write_facts(session, [fact for fact in acme().facts if fact.at <= at(until)])


def entry(entries: tuple[AgendaEntry, ...], key: str) -> AgendaEntry:
    return next(each for each in entries if each.key == key)


async def test_a_contract_goes_through_its_stages(sessions: Sessions) -> None:
    stages = [
        ("2026-01-02 12:00", "signed"),
        ("2026-01-05 05:00", "onboarding"),
        ("2026-04-05 04:00", "active"),
        ("2027-01-05 05:00", "ended"),
    ]
    for until, stage in stages:
        await tell(sessions, until)
        async with sessions() as session:
            head = await contract_head(session, "acme-2026")
            assert head is not None
            assert (until, head.stage) == (until, stage)


async def test_the_head_says_what_was_signed_and_what_it_came_to(sessions: Sessions) -> None:
    await tell(sessions, "2027-01-05 05:00")
    async with sessions() as session:
        head = await contract_head(session, "acme-2026")
        assert await contract_head(session, "nobody-2026") is None
    assert head is not None
    assert (head.workflow_id, head.customer, head.plan, head.plan_version) == (
        "contract/acme-2026",
        "Acme Ltd",
        "oura/launch-kit",
        1,
    )
    assert (head.starts_on, head.ends_on, head.ends) == (date(2026, 1, 5), date(2027, 1, 4), at("2027-01-05 05:00"))
    assert head.flags == ("the meetings may take 3 of 4 hours",)
    assert (head.users, head.devices) == (12, 3)
    assert (head.meetings_held, head.minutes_used, head.over_at) == (1, 55, at("2027-01-05 05:00"))
    assert (head.csm_id, head.csm_name) == (None, None)


async def test_people_on_both_sides(sessions: Sessions) -> None:
    await tell(sessions, "2026-01-05 05:00")
    async with sessions() as session:
        head = await contract_head(session, "acme-2026")
        assert head is not None
        assert (head.csm_id, head.csm_name) == ("anne", "Anne Host")
        assert await roles_of(session, "acme-2026") == (
            RoleHolder(
                role="account-manager",
                role_title="Account Manager",
                main=False,
                status="active",
                staff_id="anne",
                name="Anne Host",
                email="anne@vendor.example",
                since=at("2026-01-02 12:01"),
                until=None,
                reason="",
            ),
            RoleHolder(
                role="tds",
                role_title="Training and Development Specialist",
                main=False,
                status="unfilled",
                staff_id=None,
                name="",
                email="",
                since=at("2026-01-02 12:01"),
                until=None,
                reason="nobody fills it",
            ),
        )
        assert await contacts_of(session, "acme-2026") == (
            ContactLine(
                name="Bob Buyer",
                email="Bob@acme.example",
                phone="",
                primary=True,
                set_at=at("2026-01-02 12:01"),
                set_by="order",
                asked_at=at("2026-01-05 05:00"),
                premises=(),
            ),
        )


async def test_an_item_follows_its_meeting(sessions: Sessions) -> None:
    steps = [
        ("2026-01-02 12:01", "planned", None),
        ("2026-01-05 05:00", "open", None),
        ("2026-01-05 05:01", "booked", at("2026-01-08 15:00")),
        ("2026-01-06 10:00", "booked", at("2026-01-09 15:00")),
        ("2026-01-06 11:00", "confirmed", at("2026-01-09 15:00")),
        ("2026-01-09 17:00", "awaiting-outcome", at("2026-01-09 15:00")),
        ("2026-01-09 18:00", "done", at("2026-01-09 15:00")),
    ]
    for until, status, start in steps:
        await tell(sessions, until)
        async with sessions() as session:
            item = entry(await agenda_of(session, "acme-2026", at(until)), "kickoff")
        assert (until, item.status, item.start, item.over) == (until, status, start, status == "done")


async def test_the_agenda_after_the_term(sessions: Sessions) -> None:
    await tell(sessions, "2027-01-05 05:00")
    async with sessions() as session:
        entries = await agenda_of(session, "acme-2026", at("2027-02-01 00:00"))
    assert [(e.key, e.status, e.late, e.settled_at) for e in entries] == [
        ("kickoff", "done", False, at("2026-01-09 18:00")),
        ("report-01", "done", False, at("2026-02-08 09:00")),
        ("training", "cancelled", False, at("2026-02-18 09:00")),
        ("window-60", "done", False, at("2026-03-05 05:00")),
        ("window-end", "done", False, at("2026-04-05 04:00")),
        ("end", "done", False, at("2027-01-05 05:00")),
    ]
    report = entry(entries, "report-01")
    assert (report.late_at, report.settled_by, report.note) == (at("2026-02-07 05:00"), "anne", "sent")
    assert (report.clause, report.period, report.day) == ("oura-10", "January 2026", date(2026, 2, 6))


async def test_an_item_past_its_due_instant_is_late_until_it_is_over(sessions: Sessions) -> None:
    await tell(sessions, "2026-02-02 05:00")
    async with sessions() as session:
        before = entry(await agenda_of(session, "acme-2026", at("2026-02-07 04:59")), "report-01")
        after = entry(await agenda_of(session, "acme-2026", at("2026-02-07 05:01")), "report-01")
    assert (before.status, before.late, after.late) == ("open", False, True)


async def test_a_meeting_knows_its_slot_and_everybodys_answer(sessions: Sessions) -> None:
    await tell(sessions, "2026-01-06 11:00")
    async with sessions() as session:
        meeting = await find_meeting(session, "acme-2026", "kickoff")
        assert meeting is not None
        assert await meeting_by_token(session, "token-1") == meeting
        assert (meeting.id, meeting.uid) == (KICKOFF, "uid-1@pledge.example")
        assert await meeting_by_token(session, "token-2") is None
    assert (meeting.status, meeting.sequence, meeting.reason, meeting.by) == ("confirmed", 1, "a clash", "Bob Buyer")
    assert (meeting.customer, meeting.zone, meeting.minutes) == ("Acme Ltd", "America/New_York", 60)
    assert meeting.attendees == (
        Attending("Anne Host", "anne@vendor.example", "vendor", "needs-action", "", None),
        Attending("Bob Buyer", "Bob@acme.example", "customer", "accepted", "Gladly", at("2026-01-06 11:00")),
        Attending("Carl Keys", "carl@acme.example", "customer", "needs-action", "", None),
    )


async def test_hours_are_reserved_debited_released_and_lapse(sessions: Sessions) -> None:
    steps = [
        ("2026-01-02 12:00", Hours(granted=240, left_minutes=240, reserved=0, used=0, overage=0, lapsed=0)),
        ("2026-01-05 05:00", Hours(granted=240, left_minutes=180, reserved=60, used=0, overage=0, lapsed=0)),
        ("2026-01-09 18:00", Hours(granted=240, left_minutes=185, reserved=0, used=55, overage=0, lapsed=0)),
        ("2026-01-20 05:00", Hours(granted=240, left_minutes=125, reserved=60, used=55, overage=0, lapsed=0)),
        ("2026-02-18 09:00", Hours(granted=240, left_minutes=185, reserved=0, used=55, overage=0, lapsed=0)),
        ("2026-04-05 04:00", Hours(granted=240, left_minutes=0, reserved=0, used=55, overage=0, lapsed=185)),
    ]
    for until, hours in steps:
        await tell(sessions, until)
        async with sessions() as session:
            assert (until, await hours_of(session, "acme-2026")) == (until, hours)
    async with sessions() as session:
        lines = await hours_entries_of(session, "acme-2026")
    assert [(line.kind, line.subject, line.minutes, line.left_minutes) for line in lines] == [
        ("granted", "", 240, 240),
        ("reserved", "kickoff", 60, 180),
        ("debited", "kickoff", 55, 185),
        ("reserved", "training", 60, 125),
        ("released", "training", 60, 185),
        ("lapsed", "first-90-days", 185, 0),
    ]


async def test_windows_overages_and_charges(sessions: Sessions) -> None:
    await tell(sessions, "2026-04-05 04:00")
    async with sessions() as session:
        assert await windows_of(session, "acme-2026") == (
            WindowLine(
                key="first-90-days",
                title="First 90 days",
                opens=at("2026-01-05 05:00"),
                closes=at("2026-04-05 04:00"),
                last_day=date(2026, 4, 4),
                closed_at=at("2026-04-05 04:00"),
                lapsed_minutes=185,
            ),
        )
        assert await overages_of(session, "acme-2026") == (
            Overage(
                contract_id="acme-2026",
                key="meeting-1",
                title="meeting-1",
                clause="",
                minutes=90,
                rate=20000,
                amount=30000,
                currency="USD",
                status="declined",
                asked_at=at("2026-03-06 05:00"),
                answered_at=at("2026-03-07 05:00"),
                by="Bob Buyer",
                token="0a1b2c",
                waits=False,
            ),
        )
        assert await overage_by_token(session, "0a1b2c") == (await overages_of(session, "acme-2026"))[0]
        assert await overage_by_token(session, "acme-2026") is None
        assert await charges_of(session, "acme-2026") == (
            Charge("devices-2026-03", "", ("oura-21",), date(2026, 3, 8), None, "USD", "by hand", 2, None),
        )


async def test_a_task_is_open_until_it_is_done(sessions: Sessions) -> None:
    await tell(sessions, "2026-01-09 17:00")
    async with sessions() as session:
        assert [task.task for task in (await list_tasks(session, staff_id="anne")).items] == ["outcome/kickoff"]
    await tell(sessions, "2026-01-20 05:00")
    async with sessions() as session:
        assert [task.task for task in (await list_tasks(session, staff_id="anne")).items] == ["slot/training"]
        both = await list_tasks(session, contract_id="acme-2026", done=True)
        assert [(task.task, task.open, task.done_by, task.customer) for task in both.items] == [
            ("slot/training", True, "", "Acme Ltd"),
            ("outcome/kickoff", False, "anne", "Acme Ltd"),
        ]
        assert (await list_tasks(session, staff_id="berta")).total == 0


async def test_the_page_of_a_contract_has_all_of_it(sessions: Sessions) -> None:
    await tell(sessions, "2027-01-05 05:00")
    async with sessions() as session:
        page = await contract_page(session, "acme-2026", at("2027-02-01 00:00"))
        assert await contract_page(session, "nobody-2026", at("2027-02-01 00:00")) is None
        facts = await session.scalar(text("SELECT count(*) FROM facts"))
    assert page is not None
    assert page.head.customer == "Acme Ltd"
    assert [meeting.key for meeting in page.meetings] == ["kickoff", "training"]
    assert (len(page.agenda), len(page.roles), len(page.contacts), len(page.windows)) == (6, 2, 1, 1)
    assert (len(page.timeline.facts), facts) == (50, 76)  # the newest ones
    assert page.timeline.facts[0].kind == "contract.ended"
    assert page.timeline.before == 27
