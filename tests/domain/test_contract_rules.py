"""What a contract must state before it is signed."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.contract import Contact, Contract, Counts, Person, Prices
from domain.contract_rules import Problem, is_email, is_zone, validate_contract
from domain.coverage import WeeklyHours, weekly
from domain.plan import (
    Cadence,
    Charge,
    ChargeKind,
    CoverageRule,
    Limit,
    LimitKind,
    Plan,
    Touchpoint,
    TouchpointKind,
    Vendor,
)

OFFICE = weekly({"mon-fri": "09:00-17:00"})
PLAN = Plan("x/gold", 1, "Gold", "All.", Vendor("x", "X", "USD"), ())
LEE = Contact(Person("Lee Park", "lee@acme.test"), primary=True)
SOUND = Contract(
    id="acme-2026",
    customer_id="acme",
    customer_name="Acme Sleep Lab",
    plan=PLAN,
    starts_on=date(2026, 1, 31),
    term_months=12,
    zone="America/New_York",
    country="US",
    business_hours=OFFICE,
    contacts=(LEE,),
    prices=Prices("USD"),
)


def problems(**changes: Any) -> list[tuple[str, str]]:
    return [(problem.field, problem.message) for problem in validate_contract(replace(SOUND, **changes))]


def with_plan(**parts: Any) -> Plan:
    return replace(PLAN, **parts)


def test_a_sound_contract_has_no_problem() -> None:
    assert validate_contract(SOUND) == ()


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        (
            {"id": "Acme 2026"},
            "id",
            "expected lower-case letters, digits and dashes such as acme-2026, got 'Acme 2026'",
        ),
        ({"id": "-acme"}, "id", "expected lower-case letters, digits and dashes such as acme-2026, got '-acme'"),
        ({"id": "a" * 57}, "id", "expected at most 56 characters, got 57"),
        ({"id": ""}, "id", "expected lower-case letters, digits and dashes such as acme-2026, got ''"),
        (
            {"customer_id": "a/b"},
            "customer_id",
            "expected lower-case letters, digits and dashes such as acme-2026, got 'a/b'",
        ),
        ({"customer_name": "A\nB"}, "customer_name", "expected the customer's name, on one line"),
        ({"language": "English"}, "language", "expected a language tag such as en or sv, got 'English'"),
        ({"term_months": 0}, "term_months", "expected 1 to 120 months, got 0"),
        ({"term_months": 121}, "term_months", "expected 1 to 120 months, got 121"),
        ({"starts_on": date(1999, 12, 31)}, "starts_on", "expected a day of the years 2000 to 2100, got 1999-12-31"),
        ({"zone": "EST5"}, "zone", "expected an IANA time zone such as Europe/Stockholm, got 'EST5'"),
        ({"zone": ""}, "zone", "expected an IANA time zone such as Europe/Stockholm, got ''"),
        ({"country": "USA"}, "country", "expected an ISO 3166 country such as SE, got 'USA'"),
        (
            {"business_hours": WeeklyHours(((),) * 7)},
            "business_hours",
            "expected the customer's regular business hours (A8), and no day is open",
        ),
        ({"contacts": ()}, "contacts", "expected at least one contact"),
        ({"contacts": (replace(LEE, primary=False),)}, "contacts", "expected exactly one primary contact, got 0"),
        (
            {"contacts": (LEE, Contact(Person("Ana", "ana@acme.test"), primary=True))},
            "contacts",
            "expected exactly one primary contact, got 2",
        ),
        (
            {"contacts": (LEE, Contact(Person("Lee", "LEE@acme.test")))},
            "contacts[1].email",
            "expected another address than lee@acme.test, which a contact before has",
        ),
        (
            {"contacts": (Contact(Person("Lee", "lee at acme"), primary=True),)},
            "contacts[0].email",
            "expected an e-mail address such as lee@acme.test, got 'lee at acme'",
        ),
        (
            {"contacts": (Contact(Person(" ", "lee@acme.test"), primary=True),)},
            "contacts[0].name",
            "expected a name, on one line",
        ),
        (
            {"contacts": (Contact(Person("Lee", "lee@acme.test", zone="Mars/One"), primary=True),)},
            "contacts[0].zone",
            "expected an IANA time zone such as Europe/Stockholm, got 'Mars/One'",
        ),
        (
            {"contacts": (replace(LEE, representative_of=("Pier 9",)),)},
            "contacts[0].representative_of",
            "expected one of the premises, got 'Pier 9'",
        ),
        ({"prices": Prices("dollars")}, "prices.currency", "expected an ISO 4217 currency such as EUR, got 'dollars'"),
        ({"prices": Prices("USD", extra_device=-1)}, "prices.extra_device", "expected an amount of 0 or more, got -1"),
        ({"counts": Counts(users=-1)}, "counts.users", "expected 0 or more, got -1"),
        ({"cadences": (("calls", Cadence.WEEKLY),)}, "cadences.calls", "expected a touchpoint of x/gold (it has none)"),
    ],
)
def test_a_field_that_no_plan_takes_is_refused(changes: dict[str, Any], field: str, message: str) -> None:
    assert problems(**changes) == [(field, message)]


def test_every_problem_is_told_at_once() -> None:
    found = [field for field, _ in problems(id="A", zone="X", term_months=0, contacts=())]
    assert found == ["id", "term_months", "zone", "contacts"]


def test_a_plan_with_user_tiers_needs_the_base_price() -> None:
    plan = with_plan(charges=(Charge(ChargeKind.USER_TIERS, "caret-17", 10, 10_000, 100),))
    missing = ("prices.user_tier_base", "expected the monthly base price of the users (caret-17, A10)")
    assert problems(plan=plan) == [missing]
    assert problems(plan=plan, prices=Prices("USD", user_tier_base=0), counts=Counts(users=99)) == []
    assert problems(plan=plan, prices=Prices("USD", user_tier_base=0), counts=Counts(users=100)) == [
        ("prices.custom_monthly", "expected the monthly price that was agreed for 100 users (caret-17, A10)")
    ]
    assert problems(plan=plan, prices=Prices("USD", 0, custom_monthly=500_000), counts=Counts(users=100)) == []


def test_a_plan_with_regions_needs_one_of_them() -> None:
    plan = with_plan(
        coverage=(
            CoverageRule("chat", "essensys-4", OFFICE, region="uk-eu"),
            CoverageRule("chat", "essensys-5", OFFICE, region="us-est"),
        )
    )
    expected = "expected one of uk-eu, us-est, which choose the hours (essensys-4, essensys-5), got "
    assert problems(plan=plan) == [("region", expected + "nothing")]
    assert problems(plan=plan, region="mars") == [("region", expected + "'mars'")]
    assert problems(plan=plan, region="us-est") == []


def test_devices_beyond_a_fixed_limit_are_refused_and_beyond_an_open_one_need_a_price() -> None:
    fixed = with_plan(limits=(Limit(LimitKind.DEVICES, "ombori-3", 3),))
    assert problems(plan=fixed, counts=Counts(devices=3)) == []
    assert problems(plan=fixed, counts=Counts(devices=4)) == [
        ("counts.devices", "expected at most 3 devices (ombori-3), got 4")
    ]
    billed = with_plan(
        limits=(Limit(LimitKind.DEVICES, "ombori-9", 3, extensible=True),),
        charges=(Charge(ChargeKind.EXTRA_DEVICES, "ombori-9"),),
    )
    assert problems(plan=billed, counts=Counts(devices=3)) == []
    assert problems(plan=billed, counts=Counts(devices=4)) == [
        ("prices.extra_device", "expected the monthly price of each device beyond 3 (ombori-9)")
    ]
    assert problems(plan=billed, counts=Counts(devices=4), prices=Prices("EUR", extra_device=900)) == []


def test_the_order_may_choose_only_a_cadence_that_the_plan_offers() -> None:
    calls = Touchpoint(
        "calls", TouchpointKind.CASE_SCRUB, "Calls", "caret-11", Cadence.BIWEEKLY, "Talk.", minutes=30,
        cadence_choices=(Cadence.WEEKLY,),
    )  # fmt: skip
    plan = with_plan(touchpoints=(calls,))
    assert problems(plan=plan, cadences=(("calls", Cadence.WEEKLY),)) == []
    assert problems(plan=plan, cadences=(("calls", Cadence.BIWEEKLY),)) == []
    assert problems(plan=plan, cadences=(("calls", Cadence.YEARLY),)) == [
        ("cadences.calls", "expected one of biweekly, weekly, got yearly")
    ]
    assert problems(plan=plan, cadences=(("talks", Cadence.WEEKLY),)) == [
        ("cadences.talks", "expected a touchpoint of x/gold (calls)")
    ]
    assert problems(plan=plan, cadences=(("calls", Cadence.WEEKLY), ("calls", Cadence.BIWEEKLY))) == [
        ("cadences.calls", "expected one cadence, got two")
    ]


def test_each_of_the_premises_has_a_representative_where_the_plan_asks_for_one() -> None:
    plan = with_plan(limits=(Limit(LimitKind.REPRESENTATIVES, "essensys-6"),))
    assert problems(plan=plan) == []
    assert problems(plan=plan, premises=("Pier 9",)) == [
        ("premises[0]", "expected a contact who is the Authorized Representative of 'Pier 9' (essensys-6)")
    ]
    named = (replace(LEE, representative_of=("Pier 9",)),)
    assert problems(plan=plan, premises=("Pier 9",), contacts=named) == []


@pytest.mark.parametrize("address", ["lee@acme.test", "lee.park+x@mail.acme.co.uk", "o'neil@acme.test", "a@b.c"])
def test_a_plain_address_is_an_address(address: str) -> None:
    assert is_email(address)


@pytest.mark.parametrize(
    "address",
    [
        "", "lee", "@acme.test", "lee@", "lee@acme", "lee@acme.", "lee@.acme.test", "lee@acme..test", ".lee@acme.test",
        "lee.@acme.test", "l..e@acme.test", "lee@-acme.test", "lee@acme-.test", "lee park@acme.test", "lee@acme.test\n",
        "lee@acme.test\r\nBcc: all@acme.test", "lee@acme.test, ana@acme.test", "Lee <lee@acme.test>", "a@b@acme.test",
        "lée@acme.test", f"{'a' * 65}@acme.test", f"a@{'b' * 64}.test", f"a@{'b.' * 130}test", f"a@{'a' * 240}!",
    ],
)  # fmt: skip
def test_anything_else_is_not(address: str) -> None:
    assert not is_email(address)


def test_a_zone_is_an_iana_name() -> None:
    assert is_zone("Europe/Stockholm")
    assert is_zone("UTC")
    assert not any(is_zone(name) for name in ("", "Europe", "europe/mars", "../UTC", "/etc/localtime", "CEST", "a\0b"))


def test_a_problem_is_a_field_and_a_message() -> None:
    assert validate_contract(replace(SOUND, term_months=0)) == (
        Problem("term_months", "expected 1 to 120 months, got 0"),
    )
