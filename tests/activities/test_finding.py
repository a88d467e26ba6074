"""Whom a step of a ladder tells, against a real database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest
from temporalio import activity
from temporalio.testing import ActivityEnvironment

from activities.calls import FIND_PEOPLE, FindCall, Found
from activities.finding import Finding
from activities.registry import open_activities
from domain.contract import Person
from domain.happenings import Happening
from domain.plan import Role, Who, WhoKind
from domain.rotation import Handover, Override, Rotation
from mail.settings import SmtpSettings
from storage.facts import write_facts
from storage.rotations import KeptRotation, add_override, put_rotation
from storage.session import Sessions
from storage.staff import StaffMember, put_staff
from tests.storage.story import CONTRACT, Teller, signed
from tests.workflows.trial import MAIL, TrialSettings, member, utc

FIRST_LINE = KeptRotation(
    Rotation("first-line", "Europe/Stockholm", Handover.WEEKLY, date(2026, 3, 2), ("ada", "bo", "cy")), "First line"
)
NOON = "2026-03-10 12:00"  # a Tuesday of Bo's week


@dataclass
class Desk:
    sessions: Sessions

    async def hire(self, *members: StaffMember) -> None:
        async with self.sessions.begin() as session:
            for each in members:
                await put_staff(session, each)

    async def keep(self, *kept: KeptRotation) -> None:
        async with self.sessions.begin() as session:
            for each in kept:
                await put_rotation(session, each)

    async def swap(self, begin: str, end: str, who: str) -> None:
        async with self.sessions.begin() as session:
            await add_override(session, "first-line", Override(utc(begin), utc(end), who), "Maya")

    async def find(self, kind: WhoKind, key: str = "", at: str = NOON, contract_id: str = "acme-2026") -> Found:
        call = FindCall(contract_id, Who(kind, key), utc(at))
        return await ActivityEnvironment().run(Finding(self.sessions).find_people, call)

    async def on_call(self, at: str = NOON) -> str:
        found = await self.find(WhoKind.ON_CALL, "first-line", at)
        return found.staff_id or found.reason


@pytest.fixture
async def desk(sessions: Sessions) -> Desk:
    """Ada, Bo and Cy in turn; a contract with an account manager and a CSM, who is the main contact."""
    story = Teller()
    story.tell(CONTRACT, "2026-01-02 12:00", Happening.SIGNED, **signed())
    for role, title, name, main in (
        ("account-manager", "Account Manager", "anne", False), ("csm", "Customer Success Manager", "cecilia", True)
    ):  # fmt: skip
        story.tell(
            CONTRACT, "2026-01-02 12:01", Happening.ROLE_ASSIGNED, role, role=role, role_title=title, staff_id=name,
            name=name.title(), email=f"{name}@vendor.example", by="pledge", main=main,
        )  # fmt: skip
    async with sessions.begin() as session:
        await write_facts(session, story.facts)
    at_work = Desk(sessions)
    await at_work.hire(*(member(name) for name in ("ada", "bo", "cy", "anne", "cecilia")))
    await at_work.keep(FIRST_LINE)
    return at_work


async def test_the_rotation_says_who_is_on_call_at_the_instant(desk: Desk) -> None:
    found = await desk.find(WhoKind.ON_CALL, "first-line")
    assert found == Found("bo", Person("Bo", "bo@vendor.example", zone="Europe/Stockholm"))
    assert await desk.on_call("2026-03-09 07:59") == "ada"
    assert await desk.on_call("2026-03-09 08:00") == "bo"


async def test_after_the_clocks_go_forward_the_handover_stays_at_nine_on_the_wall(desk: Desk) -> None:
    assert await desk.on_call("2026-03-30 06:59") == "ada"
    assert await desk.on_call("2026-03-30 07:00") == "bo"


async def test_who_stands_in_is_called_for_the_span_of_the_swap(desk: Desk) -> None:
    await desk.swap("2026-03-10 08:00", "2026-03-11 08:00", "cy")
    assert await desk.on_call("2026-03-10 07:59") == "bo"
    assert await desk.on_call("2026-03-10 08:00") == "cy"
    assert await desk.on_call("2026-03-11 08:00") == "bo"


async def test_who_is_away_is_passed_over_and_it_is_said(desk: Desk) -> None:
    await desk.hire(replace(member("bo"), active=False))
    found = await desk.find(WhoKind.ON_CALL, "first-line")
    assert (found.staff_id, found.reason) == ("cy", "Bo is away, so it is Cy")
    await desk.hire(*(replace(member(name), active=False) for name in ("ada", "cy")))
    found = await desk.find(WhoKind.ON_CALL, "first-line")
    assert (found.person, found.reason) == (None, "everybody in the rotation First line is away: Bo, Cy and Ada")


async def test_a_rotation_that_cannot_call_anybody_says_why(desk: Desk) -> None:
    assert await desk.on_call("2026-03-02 07:59") == "the rotation First line begins on 2 March 2026"
    assert await desk.find(WhoKind.ON_CALL, "nights") == Found("", None, "there is no rotation 'nights'")
    await desk.keep(replace(FIRST_LINE, vendor_id="caret"))
    assert await desk.on_call() == "the rotation First line is not on call for Oura"
    await desk.keep(replace(FIRST_LINE, vendor_id="oura"))
    assert await desk.on_call() == "bo"
    stranger = await desk.find(WhoKind.ON_CALL, "first-line", contract_id="globex-2026")
    assert stranger == Found("", None, "there is no contract 'globex-2026'")


async def test_a_role_is_whoever_fills_it_now(desk: Desk) -> None:
    found = await desk.find(WhoKind.ROLE, Role.ACCOUNT_MANAGER.value)
    assert found == Found("anne", Person("Anne", "anne@vendor.example", zone="Europe/Stockholm"))
    assert await desk.find(WhoKind.ROLE, Role.TAM.value) == Found(
        "", None, "nobody fills the role Technical Account Manager of acme-2026 now"
    )
    await desk.hire(replace(member("anne"), active=False))
    away = await desk.find(WhoKind.ROLE, Role.ACCOUNT_MANAGER.value)
    assert away == Found("", None, "Anne, the Account Manager of acme-2026, is away")


async def test_the_owner_is_the_main_contact_and_else_somebody_who_looks_after_the_contract(desk: Desk) -> None:
    assert (await desk.find(WhoKind.OWNER)).staff_id == "cecilia"
    await desk.hire(replace(member("cecilia"), active=False))
    found = await desk.find(WhoKind.OWNER)
    assert (found.staff_id, found.reason) == ("anne", "Cecilia is away, so it is Anne")
    await desk.hire(replace(member("anne"), active=False))
    found = await desk.find(WhoKind.OWNER)
    assert found == Found("", None, "everybody who looks after acme-2026 is away: Cecilia and Anne")
    assert (await desk.find(WhoKind.OWNER, contract_id="globex-2026")).reason == "there is no contract 'globex-2026'"


async def test_a_person_is_somebody_on_the_staff_or_the_bare_address(desk: Desk) -> None:
    by_address = await desk.find(WhoKind.PERSON, "Ada@vendor.example")
    assert by_address == Found("ada", Person("Ada", "ada@vendor.example", zone="Europe/Stockholm"))
    assert await desk.find(WhoKind.PERSON, "ada") == by_address
    assert await desk.find(WhoKind.PERSON, "boss@vendor.example") == Found(
        "", Person("boss@vendor.example", "boss@vendor.example")
    )
    assert (await desk.find(WhoKind.PERSON, "the-boss")).reason == (
        "'the-boss' is neither somebody on the staff nor an address"
    )
    await desk.hire(replace(member("ada"), active=False))
    assert await desk.find(WhoKind.PERSON, "ada@vendor.example") == Found("", None, "Ada is away")


async def test_the_worker_offers_it_under_its_name(database: str) -> None:
    async with open_activities(TrialSettings(database, MAIL, SmtpSettings("127.0.0.1", 9))) as offered:
        assert FIND_PEOPLE in [activity._Definition.must_from_callable(each).name for each in offered]
