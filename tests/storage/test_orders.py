"""Orders, staff, feeds, stray mail and repeated answers."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.contract import Contact, Contract, Counts, Person, Prices
from domain.coverage import weekly
from domain.plan import Cadence, Clause, HoursGrant, Plan, Role, RoleGrant, Vendor
from storage.contracts import (
    ContractTaken,
    contract_of_feed,
    feed_of_contract,
    find_contract,
    mark_started,
    not_started,
    open_feed,
    revoke_feed,
    sign,
)
from storage.idempotency import GivenAnswer, KeyReused, claim_key, forget_answers, keep_answer
from storage.inbox import keep_letter, mark_handled, stray_bytes, stray_letters
from storage.queries.people import Customer, list_customers, staff_with_load
from storage.session import Sessions
from storage.staff import assign, find_staff, list_staff, put_staff, qualified
from tests.storage.story import ANNE_OF_STAFF, at

SIGNED_AT = at("2026-01-02 12:00")
PLAN = Plan(
    id="oura/launch-kit",
    version=1,
    name="Launch Kit",
    summary="To begin with",
    vendor=Vendor("oura", "Oura", "USD"),
    clauses=(Clause("oura-1", "An Account Manager for 90 days", ("A1",)),),
    roles=(RoleGrant(Role.ACCOUNT_MANAGER, "oura-1", main_contact=True),),
    hours=HoursGrant(240, "oura-3"),
)
ORDER = Contract(
    id="acme-2026",
    customer_id="acme",
    customer_name="Acme Ltd",
    plan=PLAN,
    starts_on=date(2026, 1, 5),
    term_months=12,
    zone="America/New_York",
    country="US",
    business_hours=weekly({"mon-fri": "09:00-17:00", "sat": ["22:00-02:00"]}),
    contacts=(Contact(Person("Bob Buyer", "bob@acme.example", "+1 212 555 0140"), primary=True),),
    prices=Prices("USD", extra_device=500),
    premises=("Oslo", "Bergen"),
    counts=Counts(users=12),
    cadences=(("case-scrub", Cadence.WEEKLY),),
)


async def test_an_order_comes_back_as_it_was_signed(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        assert await sign(session, ORDER, SIGNED_AT, "key-1")
    async with sessions() as session:
        stored = await find_contract(session, "acme-2026")
        assert stored is not None
        assert (stored.contract, stored.signed_at, stored.workflow_started) == (ORDER, SIGNED_AT, False)
        assert await find_contract(session, "globex-1") is None


async def test_the_same_order_twice_is_one_and_another_is_refused(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        assert await sign(session, ORDER, SIGNED_AT, "key-1")
        assert not await sign(session, ORDER, at("2026-01-03 12:00"), "key-1")
        with pytest.raises(ContractTaken, match="acme-2026"):
            await sign(session, replace(ORDER, term_months=24), SIGNED_AT, "key-2")
        with pytest.raises(ContractTaken, match="key-1"):
            await sign(session, replace(ORDER, id="acme-2027"), SIGNED_AT, "key-1")
        assert await find_contract(session, "acme-2027") is None


async def test_orders_whose_workflow_is_not_known_to_run_are_found(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await sign(session, replace(ORDER, id="second"), at("2026-01-03 12:00"))
        await sign(session, replace(ORDER, id="first"), SIGNED_AT)
        await sign(session, replace(ORDER, id="third"), SIGNED_AT)
        await mark_started(session, "third")
        assert [each.contract.id for each in await not_started(session)] == ["first", "second"]


async def test_a_feeds_address_can_be_revoked(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await sign(session, ORDER, SIGNED_AT)
        await open_feed(session, "acme-2026", "secret")
        await open_feed(session, "acme-2026", "secret")
        assert await contract_of_feed(session, "secret") == "acme-2026"
        assert await feed_of_contract(session, "acme-2026") == "secret"
        assert await revoke_feed(session, "secret", SIGNED_AT)
        assert not await revoke_feed(session, "secret", SIGNED_AT)
        assert await contract_of_feed(session, "secret") is None
        assert await feed_of_contract(session, "acme-2026") is None


async def test_staff_come_back_as_they_were_put_and_can_be_changed(sessions: Sessions) -> None:
    night = replace(ANNE_OF_STAFF, hours=weekly({"mon": "22:00-06:00"}), vendors=("oura",), country="US", daily_limit=3)
    async with sessions.begin() as session:
        await put_staff(session, ANNE_OF_STAFF)
        await put_staff(session, night)
        assert await find_staff(session, "anne") == night
        assert await list_staff(session) == (night,)
        assert await list_staff(session, ["berta"]) == ()


async def test_only_active_staff_of_the_role_and_vendor_are_qualified(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        for staff_id, vendors, roles, active in [
            ("all-vendors", (), (Role.CSM, Role.TAM), True),
            ("away", (), (Role.CSM,), False),
            ("of-caret", ("caret",), (Role.CSM,), True),
            ("of-oura", ("caret", "oura"), (Role.CSM,), True),
            ("trainer", (), (Role.TDS,), True),
        ]:
            member = replace(ANNE_OF_STAFF, id=staff_id, vendors=vendors, roles=roles, active=active)
            await put_staff(session, member)
        assert [each.id for each in await qualified(session, Role.CSM, "oura")] == ["all-vendors", "of-oura"]
        assert [each.id for each in await qualified(session, Role.TAM, "caret")] == ["all-vendors"]
        assert await assign(session, "acme-2026", Role.SUPPORT_LEAD, "oura") is None


async def test_contracts_signed_at_once_are_spread_over_the_staff(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        for staff_id in ("anne", "berta"):
            await put_staff(session, replace(ANNE_OF_STAFF, id=staff_id))

    async def choose(number: int) -> str:
        async with sessions.begin() as session:
            member = await assign(session, f"contract-{number}", Role.CSM, "oura")
            assert member is not None
            return member.id

    chosen = await asyncio.gather(*(choose(number) for number in range(4)))
    assert sorted(chosen) == ["anne", "anne", "berta", "berta"]
    assert [await choose(number) for number in range(4)] == chosen
    async with sessions.begin() as session:
        other = await assign(session, "contract-9", Role.CSM, "oura", exclude=["anne"])
        assert other is not None
        assert other.id == "berta"
        assert [(each.member.id, each.contracts) for each in await staff_with_load(session, SIGNED_AT)] == [
            ("anne", 2),
            ("berta", 3),
        ]


async def test_customers_are_listed_with_their_contracts(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await sign(session, ORDER, SIGNED_AT)
        await sign(session, replace(ORDER, id="acme-2027", customer_name="Acme Inc"), SIGNED_AT)
        await sign(session, replace(ORDER, id="globex-1", customer_id="globex", customer_name="Globex"), SIGNED_AT)
        assert (await list_customers(session)).items == (
            Customer("acme", "Acme Inc", 2, 0),
            Customer("globex", "Globex", 1, 0),
        )
        assert [each.id for each in (await list_customers(session, "LOBE")).items] == ["globex"]
        first = await list_customers(session, limit=1)
        assert ([each.id for each in first.items], first.total) == (["acme"], 2)


async def test_stray_mail_is_kept_once_within_bounds_until_it_is_handled(sessions: Sessions) -> None:
    raw = b"From: a stranger\r\n\r\n" + b"x" * 32_000_000
    async with sessions.begin() as session:
        sender, subject = "a\0@else.example" + "x" * 500, "Re: \0" + "y" * 2000
        assert await keep_letter(session, raw, sender, subject, "unknown", SIGNED_AT, "acme-2026")
        assert not await keep_letter(session, raw, "a@else.example", "", "unknown", SIGNED_AT, None)
        assert await keep_letter(session, b"other", "b@else.example", "", "unreadable", at("2026-01-03 12:00"), None)
        newest, letter = (await stray_letters(session)).items
        assert (newest.sender, newest.contract_id, newest.reason) == ("b@else.example", None, "unreadable")
        assert (len(letter.sender), letter.sender[:3], len(letter.subject_line)) == (320, "a@e", 998)
        assert [each.id for each in (await stray_letters(session, contract_id="acme-2026")).items] == [letter.id]
        assert len(await stray_bytes(session, letter.id) or b"") == 31_457_280
        assert await mark_handled(session, letter.id, SIGNED_AT)
        assert not await mark_handled(session, letter.id, SIGNED_AT)
        assert [each.id for each in (await stray_letters(session)).items] == [newest.id]
        assert [each.id for each in (await stray_letters(session, handled=True)).items] == [letter.id]


async def test_the_answer_that_is_kept_first_is_the_answer_of_every_repetition(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        assert await claim_key(session, "key-1", "POST /api/contracts", "digest") is None
        assert await claim_key(session, "key-1", "POST /api/contracts", "digest") is None
        assert await claim_key(session, "key-1", "POST /api/staff", "another") is None
        first = GivenAnswer(201, b'{"id": 1}')
        assert await keep_answer(session, "key-1", "POST /api/contracts", 201, b'{"id": 1}') == first
        assert await keep_answer(session, "key-1", "POST /api/contracts", 500, b"{}") == first
        assert await claim_key(session, "key-1", "POST /api/contracts", "digest") == first
        with pytest.raises(KeyReused):
            await claim_key(session, "key-1", "POST /api/contracts", "another")
        await forget_answers(session, datetime.now(UTC) + timedelta(hours=1))
        assert await claim_key(session, "key-1", "POST /api/contracts", "another") is None
        assert await keep_answer(session, "forgotten", "POST /api/contracts", 201, b"{}") == GivenAnswer(201, b"{}")
