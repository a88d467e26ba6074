"""Roles and slots against a real database. Everybody works in Stockholm, an hour ahead of UTC in winter."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from temporalio.testing import ActivityEnvironment

from activities.calls import AssignCall, BookCall, Booked, TeamCall
from activities.staffing import Staffing
from domain.coverage import weekly
from domain.meeting import MeetingPlan
from domain.plan import Role
from storage.contracts import sign
from storage.session import Sessions
from storage.staff import StaffMember, put_staff
from tests.workflows.trial import ADA, contract, member, utc

NOW = utc("2026-02-02 06:00")  # Monday, 07:00 in Stockholm


def meeting(key: str = "kickoff", minutes: int = 60, **changes: Any) -> MeetingPlan:
    planned = MeetingPlan(
        contract_id="acme-2026",
        key=key,
        title="Kick Off Meeting",
        purpose="Begin.",
        clause="oura-10",
        minutes=minutes,
        earliest=NOW,
        latest=utc("2026-02-14 00:00"),
        roles=(Role.CSM,),
        assigned=((Role.CSM, "cecilia"),),
        customer=(ADA,),
        customer_name="Acme",
        vendor_id="oura",
        vendor_name="Oura",
        zone="Europe/Stockholm",
        language="en",
        debits_hours=True,
    )
    return replace(planned, **changes)


@dataclass
class Desk:
    staffing: Staffing
    sessions: Sessions

    async def hire(self, *members: StaffMember) -> None:
        async with self.sessions.begin() as session:
            for each in members:
                await put_staff(session, each)

    async def book(self, plan: MeetingPlan, sequence: int = 0, **changes: Any) -> Booked:
        call = replace(BookCall(plan, sequence, NOW, NOW), **changes)
        return await ActivityEnvironment().run(self.staffing.book, call)

    async def assign(self, contract_id: str, *roles: Role) -> tuple[dict[Role, str], tuple[Role, ...]]:
        call = AssignCall(contract_id, "oura", roles)
        assigned = await ActivityEnvironment().run(self.staffing.assign_roles, call)
        return {a.role: a.staff_id for a in assigned.assignments}, assigned.unfilled

    async def team(self, plan: MeetingPlan, booked: Booked, sequence: int = 0) -> list[str]:
        assert booked.slot is not None
        call = TeamCall(plan, booked.slot, sequence)
        return [each.name for each in (await ActivityEnvironment().run(self.staffing.book_team, call)).people]

    async def held(self) -> list[str]:
        async with self.sessions() as session:
            rows = await session.execute(text("SELECT key, staff_id, status FROM bookings ORDER BY key"))
            return [" ".join(row) for row in rows]


@pytest.fixture
async def desk(sessions: Sessions) -> Desk:
    at_work = Desk(Staffing(sessions), sessions)
    async with sessions.begin() as session:
        await sign(session, contract("oura/premium"), NOW)
    await at_work.hire(member("cecilia", Role.CSM))
    return at_work


def start(booked: Booked) -> str:
    assert booked.slot is not None, booked.reason
    return f"{booked.slot.staff_id} {booked.slot.start:%m-%d %H:%M}"


async def test_the_first_slot_honours_the_notice_and_both_sides_hours(desk: Desk) -> None:
    # A day's notice from Monday 07:00 is Tuesday 07:00; Cecilia begins at 8, Acme at 9.
    booked = await desk.book(meeting())
    assert start(booked) == "cecilia 02-03 08:00"
    assert booked.slot is not None
    assert booked.slot.end == utc("2026-02-03 09:00")
    assert (len(booked.uid), len(booked.token)) == (36, 32)


async def test_the_same_call_again_gives_the_same_slot(desk: Desk) -> None:
    first = await desk.book(meeting())
    again = await desk.book(meeting())
    assert (again.slot, await desk.held()) == (first.slot, ["meeting/acme-2026/kickoff#0 cecilia held"])


async def test_the_next_meeting_takes_the_next_slot_behind_the_buffers(desk: Desk) -> None:
    await desk.book(meeting())
    assert start(await desk.book(meeting("deployment"))) == "cecilia 02-03 09:30"


async def test_two_meetings_race_for_one_person_and_get_two_slots(desk: Desk) -> None:
    plans = [meeting(f"consultation-{number:02d}") for number in range(6)]
    booked = await asyncio.gather(*(desk.book(plan) for plan in plans))
    assert sorted(start(each) for each in booked) == [
        "cecilia 02-03 08:00",
        "cecilia 02-03 09:30",
        "cecilia 02-03 11:00",
        "cecilia 02-03 12:30",
        "cecilia 02-03 14:00",
        "cecilia 02-04 08:00",
    ]


async def test_two_meetings_race_for_one_exact_start_and_one_gets_it(desk: Desk) -> None:
    exact = utc("2026-02-04 10:00")
    booked = await asyncio.gather(
        desk.book(meeting("consultation-01"), exact=exact), desk.book(meeting("consultation-02"), exact=exact)
    )
    won, lost = sorted(booked, key=lambda each: each.slot is None)
    assert start(won) == "cecilia 02-04 10:00"
    assert (lost.slot, lost.reason) == (None, "Cecilia is not free at 2026-02-04 10:00 UTC")


async def test_a_start_that_is_taken_is_answered_with_what_is_free(desk: Desk) -> None:
    await desk.book(meeting())
    refused = await desk.book(meeting("deployment"), exact=utc("2026-02-03 08:30"))
    assert refused.slot is None
    assert [f"{offer:%m-%d %H:%M}" for offer in refused.offers] == [
        "02-03 09:30",
        "02-03 10:00",
        "02-03 10:30",
        "02-03 11:00",
        "02-03 11:30",
    ]
    assert await desk.held() == ["meeting/acme-2026/kickoff#0 cecilia held"]


async def test_a_start_outside_of_working_hours_is_booked_only_where_that_is_meant(desk: Desk) -> None:
    sunday = utc("2026-02-08 10:00")
    why = "Sun 8 Feb 2026, 11:00 to 12:00 (Europe/Stockholm) lies outside the working hours of Cecilia and Acme"
    refused = await desk.book(meeting(), exact=sunday, in_hours=True)
    assert (refused.slot, refused.reason, refused.outside) == (None, why, why)
    assert [f"{offer:%m-%d %H:%M}" for offer in refused.offers] == [
        "02-09 08:00",
        "02-09 08:30",
        "02-09 09:00",
        "02-09 09:30",
        "02-09 10:00",
    ]
    meant = await desk.book(meeting(), exact=sunday)
    assert (start(meant), meant.outside) == ("cecilia 02-08 10:00", why)
    inside = await desk.book(meeting("deployment"), exact=utc("2026-02-09 15:00"), in_hours=True)
    assert (start(inside), inside.outside) == ("cecilia 02-09 15:00", "")
    beyond = await desk.book(meeting("training"), exact=utc("2026-02-10 15:30"), in_hours=True)
    assert beyond.outside.startswith("Tue 10 Feb 2026, 16:30 to 17:30 (Europe/Stockholm)")  # Acme ends at 17:00


async def test_which_side_a_start_does_not_suit_and_which_holiday_it_is_are_told_in_words(desk: Desk) -> None:
    await desk.hire(member("cecilia", Role.CSM, country="DE"))  # Epiphany is a holiday in all of Sweden alone
    plan = meeting(latest=utc("2027-02-01 00:00"))
    refused = await desk.book(plan, exact=utc("2027-01-06 09:00"), in_hours=True)
    assert refused.outside == "Wed 6 Jan 2027 is a holiday of Acme (Epiphany)"
    early = await desk.book(plan, exact=utc("2027-01-07 07:00"), in_hours=True)
    assert early.outside == ("Thu 7 Jan 2027, 08:00 to 09:00 (Europe/Stockholm) lies outside the working hours of Acme")
    visit = await desk.book(replace(plan, onsite=True), exact=utc("2027-01-06 09:00"), in_hours=True)
    assert visit.outside == "Wed 6 Jan 2027 is a holiday of Acme (Epiphany)"


async def test_beyond_the_last_day_the_next_times_are_offered_and_on_it_those_before(desk: Desk) -> None:
    late = await desk.book(meeting(), exact=utc("2026-02-15 10:00"), in_hours=True)
    assert [f"{offer:%m-%d %H:%M}" for offer in late.offers][:2] == ["02-16 08:00", "02-16 08:30"]
    evening = await desk.book(meeting(), exact=utc("2026-02-13 19:00"), in_hours=True)
    assert [f"{offer:%m-%d %H:%M}" for offer in evening.offers] == [
        "02-13 13:00",
        "02-13 13:30",
        "02-13 14:00",
        "02-13 14:30",
        "02-13 15:00",
    ]


async def test_the_time_that_a_meeting_has_is_not_offered_instead(desk: Desk) -> None:
    await desk.book(meeting(), exact=utc("2026-02-04 08:30"))
    early = await desk.book(meeting(), 1, exact=utc("2026-02-04 07:30"), keep_staff="cecilia", in_hours=True)
    assert [f"{offer:%m-%d %H:%M}" for offer in early.offers] == [
        "02-04 08:00",
        "02-04 09:00",
        "02-04 09:30",
        "02-04 10:00",
        "02-04 10:30",
    ]


async def test_a_confirmed_start_that_is_taken_is_refused_as_taken(desk: Desk) -> None:
    sunday = utc("2026-02-08 10:00")
    await desk.book(meeting(), exact=sunday)
    refused = await desk.book(meeting("deployment"), exact=sunday)
    assert (refused.reason, refused.outside) == ("Cecilia is not free at 2026-02-08 10:00 UTC", "")


async def test_a_daily_limit_moves_the_rest_to_the_next_day(desk: Desk) -> None:
    await desk.hire(member("cecilia", Role.CSM, daily_limit=2))
    starts = [start(await desk.book(meeting(f"consultation-{number:02d}"))) for number in range(4)]
    assert starts == ["cecilia 02-03 08:00", "cecilia 02-03 09:30", "cecilia 02-04 08:00", "cecilia 02-04 09:30"]


async def test_the_daily_limit_counts_days_of_the_host(desk: Desk) -> None:
    # In Auckland Tuesday begins at 11:00 UTC on Monday: these two are on its Tuesday and on its Wednesday.
    everywhere = weekly({"mon-sun": "00:00-24:00"})
    await desk.hire(member("cecilia", Role.CSM, zone="Pacific/Auckland", hours=everywhere, country="NZ", daily_limit=1))
    evening = contract("oura/premium", id="nz-2026", business_hours=everywhere)
    async with desk.sessions.begin() as session:
        await sign(session, evening, NOW)
    plan = meeting(contract_id="nz-2026")
    assert start(await desk.book(plan, exact=utc("2026-02-03 10:00"))) == "cecilia 02-03 10:00"
    other = replace(plan, key="deployment")
    assert start(await desk.book(other, not_before=utc("2026-02-03 10:00"))) == "cecilia 02-03 11:30"


@pytest.mark.parametrize(
    ("ours", "theirs", "begins", "expected"),
    [
        # Monday 6 April 2026 is Easter Monday in Sweden and a working day in the United States.
        ("SE", "SE", "2026-04-02 06:00", "cecilia 04-07 07:00"),
        ("US", "SE", "2026-04-02 06:00", "cecilia 04-07 07:00"),
        ("SE", "US", "2026-04-02 06:00", "cecilia 04-07 07:00"),
        ("US", "US", "2026-04-02 06:00", "cecilia 04-03 07:00"),
    ],
)
async def test_a_holiday_on_either_side_is_no_day_for_a_meeting(
    desk: Desk, ours: str, theirs: str, begins: str, expected: str
) -> None:
    await desk.hire(member("cecilia", Role.CSM, country=ours))
    async with desk.sessions.begin() as session:
        await sign(session, contract("oura/premium", id="easter", country=theirs), NOW)
    plan = meeting(contract_id="easter", latest=utc("2026-05-01 00:00"))
    assert start(await desk.book(plan, now=utc(begins), not_before=utc(begins))) == expected


async def test_a_reschedule_keeps_the_person_and_frees_the_old_slot(desk: Desk) -> None:
    await desk.book(meeting())
    await desk.hire(member("anton", Role.CSM))
    moved = await desk.book(meeting(), 1, not_before=utc("2026-02-04 08:00"), keep_staff="cecilia")
    assert start(moved) == "cecilia 02-04 08:00"
    assert await desk.held() == [
        "meeting/acme-2026/kickoff#0 cecilia cancelled",
        "meeting/acme-2026/kickoff#1 cecilia held",
    ]
    assert start(await desk.book(meeting("deployment"))) == "cecilia 02-03 08:00"


async def test_a_reschedule_may_overlap_its_own_old_slot(desk: Desk) -> None:
    await desk.book(meeting())
    moved = await desk.book(meeting(), 1, exact=utc("2026-02-03 08:30"), keep_staff="cecilia")
    assert start(moved) == "cecilia 02-03 08:30"


async def test_a_reschedule_that_finds_nothing_keeps_the_old_slot(desk: Desk) -> None:
    await desk.book(meeting())
    await desk.book(meeting("deployment"), exact=utc("2026-02-04 08:00"))
    refused = await desk.book(meeting(), 1, exact=utc("2026-02-04 08:00"), keep_staff="cecilia")
    assert refused.slot is None
    assert (await desk.held())[1] == "meeting/acme-2026/kickoff#0 cecilia held"


async def test_when_no_time_suits_both_the_reason_names_them(desk: Desk) -> None:
    await desk.hire(member("cecilia", Role.CSM, hours=weekly({"sat": "08:00-12:00"})))
    booked = await desk.book(meeting())
    assert (booked.slot, booked.offers) == (None, ())
    assert booked.reason == "no time suits both Cecilia and Acme until 2026-02-14"


async def test_when_nobody_fills_the_role_that_is_the_reason(desk: Desk) -> None:
    booked = await desk.book(meeting(roles=(Role.TDS,), assigned=()))
    assert booked.reason == "nobody on the staff can host it (Training and Development Specialist)"


async def test_an_assigned_host_who_has_left_is_replaced_by_the_least_loaded(desk: Desk) -> None:
    await desk.hire(member("cecilia", Role.CSM, active=False), member("anton", Role.CSM), member("berta", Role.CSM))
    assert start(await desk.book(meeting("consultation-01"))) == "anton 02-03 08:00"
    assert start(await desk.book(meeting("consultation-02"))) == "berta 02-03 08:00"


async def test_the_others_come_too_where_they_are_free(desk: Desk) -> None:
    await desk.hire(member("tore", Role.TDS))
    both = meeting(roles=(Role.CSM, Role.TDS), assigned=((Role.CSM, "cecilia"), (Role.TDS, "tore")))
    booked = await desk.book(both)
    assert [person.name for person in booked.team] == ["Tore"]
    await desk.hire(member("anton", Role.CSM))
    same_time = replace(both, key="deployment", assigned=((Role.CSM, "anton"), (Role.TDS, "tore")))
    alone = await desk.book(same_time)
    assert (start(alone), alone.team) == ("anton 02-03 08:00", ())


async def test_who_would_join_in_their_night_does_not_come_and_whose_time_is_taken_stays(desk: Desk) -> None:
    both = meeting(roles=(Role.CSM, Role.TDS), assigned=((Role.CSM, "cecilia"), (Role.TDS, "tore")))
    night, day = member("tore", Role.TDS, hours=weekly({"mon-fri": "20:00-24:00"})), member("tore", Role.TDS)
    await desk.hire(night)
    booked = await desk.book(both)
    assert (start(booked), booked.team) == ("cecilia 02-03 08:00", ())
    await desk.hire(day)
    assert await desk.team(both, booked) == ["Tore"]
    await desk.hire(night)
    assert await desk.team(both, booked) == ["Tore"]


async def test_when_a_role_that_joins_changes_hands_the_new_one_is_booked_and_the_old_one_is_free(desk: Desk) -> None:
    await desk.hire(member("tore", Role.TDS), member("tilda", Role.TDS))
    both = meeting(roles=(Role.CSM, Role.TDS), assigned=((Role.CSM, "cecilia"), (Role.TDS, "tore")))
    booked = await desk.book(both)
    tildas = replace(both, assigned=((Role.CSM, "cecilia"), (Role.TDS, "tilda")))
    for _ in range(2):  # an activity may run twice
        assert await desk.team(tildas, booked) == ["Tilda"]
        assert await desk.held() == [
            "meeting/acme-2026/kickoff#0 cecilia held",
            "meeting/acme-2026/kickoff#0#tilda tilda held",
        ]
    assert await desk.team(both, booked) == ["Tore"]  # and back again
    assert [line.split()[1] for line in await desk.held()] == ["cecilia", "tore"]
    other = await desk.book(meeting("deployment", roles=(Role.TDS,), assigned=((Role.TDS, "tilda"),)))
    assert start(other) == "tilda 02-03 08:00"
    assert await desk.team(tildas, booked) == []  # she has another meeting by now, and nobody is booked twice
    assert [line.split()[1] for line in await desk.held()] == ["tilda", "cecilia"]
    hosts_alone = replace(both, assigned=((Role.CSM, "cecilia"), (Role.TDS, "cecilia")))
    assert await desk.team(hosts_alone, booked) == []


async def test_a_span_that_is_over_has_no_slot(desk: Desk) -> None:
    booked = await desk.book(meeting(latest=NOW - timedelta(hours=1)))
    assert booked.slot is None


async def test_roles_are_spread_over_the_qualified_and_decided_once(desk: Desk) -> None:
    await desk.hire(member("anton", Role.CSM, Role.CSE), member("berta", Role.CSM))
    chosen = [(await desk.assign(f"c-{number}", Role.CSM))[0][Role.CSM] for number in range(6)]
    assert chosen == ["anton", "berta", "cecilia", "anton", "berta", "cecilia"]
    assert await desk.assign("c-4", Role.CSM) == ({Role.CSM: "berta"}, ())


async def test_roles_assigned_at_once_are_spread_too(desk: Desk) -> None:
    await desk.hire(member("anton", Role.CSM), member("berta", Role.CSM))
    found = await asyncio.gather(*(desk.assign(f"c-{number}", Role.CSM) for number in range(6)))
    chosen = sorted(assigned[Role.CSM] for assigned, _ in found)
    assert chosen == ["anton", "anton", "berta", "berta", "cecilia", "cecilia"]


async def test_a_role_that_nobody_fills_is_told(desk: Desk) -> None:
    assert await desk.assign("c-1", Role.CSM, Role.TAM) == ({Role.CSM: "cecilia"}, (Role.TAM,))
    await desk.hire(member("tim", Role.TAM, vendors=("caret",)))
    assert await desk.assign("c-1", Role.TAM) == ({}, (Role.TAM,))


async def test_an_onsite_visit_asks_for_the_customers_hours_alone_and_for_two_weeks_to_travel(desk: Desk) -> None:
    """The host's day in Los Angeles begins when the customer's in Stockholm ends: no video call would ever fit."""
    await desk.hire(replace(member("cecilia"), zone="America/Los_Angeles", country="US"))
    plan = meeting("visit", 240, latest=utc("2026-03-14 00:00"), place="Storgatan 1")
    assert (await desk.book(plan)).slot is None
    visit = await desk.book(replace(plan, onsite=True))
    assert visit.slot is not None
    assert (visit.slot.start, visit.slot.place) == (utc("2026-02-16 08:00"), "Storgatan 1")


async def test_a_touchpoint_takes_the_slot_nearest_to_its_morning(desk: Desk) -> None:
    booked = await desk.book(meeting("health-check-01", 45, preferred=utc("2026-02-05 09:00")))
    assert booked.slot is not None
    assert booked.slot.start == utc("2026-02-05 09:00")


LOU = replace(
    member("lou", Role.CSM), zone="America/Los_Angeles", country="US", hours=weekly({"mon-fri": "09:00-17:00"})
)


async def test_a_customer_in_stockholm_gets_somebody_who_is_awake_then(desk: Desk) -> None:
    await desk.hire(LOU)
    assert [(await desk.assign(f"c-{number}", Role.CSM))[0][Role.CSM] for number in range(2)] == ["cecilia", "lou"]
    # Both have one contract, and Lou has less to do from here on; the customer in Stockholm gets Cecilia all the same.
    await desk.assign("c-0", Role.CSM)
    async with desk.sessions.begin() as session:
        await session.execute(text("UPDATE assignments SET active = false WHERE staff_id = 'lou'"))
    assert await desk.assign("acme-2026", Role.CSM) == ({Role.CSM: "cecilia"}, ())


async def test_a_customer_in_los_angeles_gets_the_one_there(desk: Desk) -> None:
    await desk.hire(LOU)
    there = contract("oura/premium", id="la-2026", zone="America/Los_Angeles", country="US")
    async with desk.sessions.begin() as session:
        await sign(session, there, NOW)
    assert await desk.assign("la-2026", Role.CSM) == ({Role.CSM: "lou"}, ())


async def test_when_everybody_is_asleep_then_somebody_is_assigned_all_the_same(desk: Desk) -> None:
    await desk.hire(LOU, member("cecilia", active=False))
    assert await desk.assign("acme-2026", Role.CSM) == ({Role.CSM: "lou"}, ())


async def test_when_the_assigned_host_has_no_slot_another_one_hosts(desk: Desk) -> None:
    await desk.hire(LOU, member("anton", Role.CSM))
    plan = meeting(assigned=((Role.CSM, "lou"),))
    booked = await desk.book(plan)
    assert start(booked) == "anton 02-03 08:00"
    # The activity may run twice, and meanwhile the assigned one may have found the time.
    await desk.hire(member("lou", Role.CSM))
    assert (await desk.book(plan)).slot == booked.slot
    assert await desk.held() == ["meeting/acme-2026/kickoff#0 anton held"]


async def test_a_host_who_is_to_be_kept_or_whose_time_was_chosen_is_not_exchanged(desk: Desk) -> None:
    await desk.hire(LOU)
    plan = meeting(assigned=((Role.CSM, "lou"),))
    kept = await desk.book(plan, keep_staff="lou")
    assert kept.reason == "no time suits both Lou and Acme until 2026-02-14"
    assert start(await desk.book(plan, exact=utc("2026-02-04 10:00"))) == "lou 02-04 10:00"
    refused = await desk.book(replace(plan, key="deployment"), exact=utc("2026-02-04 10:00"))
    assert (refused.slot, refused.reason) == (None, "Lou is not free at 2026-02-04 10:00 UTC")


async def test_when_none_of_several_has_a_slot_the_reason_says_so(desk: Desk) -> None:
    await desk.hire(LOU, member("cecilia", Role.CSM, hours=weekly({"sat": "08:00-12:00"})))
    refused = await desk.book(meeting())
    assert refused.reason == "no time suits both Cecilia (or 1 other who could host) and Acme until 2026-02-14"


@pytest.mark.parametrize("beyond", [timedelta(seconds=7), timedelta(seconds=59), timedelta(microseconds=1)])
async def test_of_a_chosen_start_the_seconds_are_dropped(desk: Desk, beyond: timedelta) -> None:
    booked = await desk.book(meeting(), exact=utc("2026-02-04 10:00") + beyond)
    assert booked.slot is not None
    assert (booked.slot.start, booked.slot.end) == (utc("2026-02-04 10:00"), utc("2026-02-04 11:00"))
