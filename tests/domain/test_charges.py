"""Charges as dated lines, with amounts by hand. All amounts are in cents."""

from dataclasses import replace
from datetime import date

import pytest

from domain.charges import billed_minutes, monthly_lines, overage_amount, overage_line
from domain.contract import Counts, Prices
from domain.plan import ChargeKind
from tests.domain.packages import PLANS, contract

DAY = date(2026, 2, 28)
KEY = "charges-2026-02-28"


@pytest.mark.parametrize(
    ("users", "tiers", "amount"),
    [
        (0, 0, 50_000),
        (1, 1, 60_000),
        (10, 1, 60_000),
        (11, 2, 70_000),
        (55, 6, 110_000),
        (90, 9, 140_000),
        (99, 10, 150_000),
    ],
)
def test_each_further_ten_users_cost_a_hundred_dollars(users: int, tiers: int, amount: int) -> None:
    (line,) = monthly_lines(contract("caret/support-24-7"), Counts(users=users), KEY, DAY)
    assert (line.amount, line.quantity, line.unit_amount) == (amount, tiers, 10_000)
    assert (line.clause, line.currency, line.day) == ("caret-17", "USD", DAY)
    assert line.key == "acme-2026/charges-2026-02-28/user-tiers"


def test_a_hundred_users_are_priced_by_hand() -> None:
    of = contract("caret/support-24-7", prices=Prices("USD", user_tier_base=50_000))
    (line,) = monthly_lines(of, Counts(users=100), KEY, DAY)
    assert line.amount is None
    agreed = contract("caret/support-24-7", prices=Prices("USD", user_tier_base=50_000, custom_monthly=123_456))
    (line,) = monthly_lines(agreed, Counts(users=140), KEY, DAY)
    assert (line.amount, line.quantity, line.unit_amount) == (123_456, 1, 123_456)
    assert line.text == "Month from 2026-02-28: 140 users, custom price"


def test_without_a_base_the_amount_is_left_to_a_person() -> None:
    of = contract("caret/support-24-7", prices=Prices("USD"))
    (line,) = monthly_lines(of, Counts(users=11), KEY, DAY)
    assert line.amount is None


@pytest.mark.parametrize(
    ("package", "devices", "amount"),
    [
        ("ombori/pilot", 4, 2_500),
        ("ombori/pilot", 10, 17_500),
        ("ombori/production", 61, 2_500),
        ("ombori/enterprise", 512, 30_000),
    ],
)
def test_devices_above_the_limit_are_billed_at_the_orders_price(package: str, devices: int, amount: int) -> None:
    (line,) = monthly_lines(contract(package), Counts(devices=devices), KEY, DAY)
    assert line.amount == amount
    assert line.key == "acme-2026/charges-2026-02-28/extra-devices"


@pytest.mark.parametrize(
    ("package", "devices"),
    [("ombori/pilot", 3), ("ombori/pilot", 0), ("ombori/production", 60), ("ombori/free", 9), ("oura/premium", 9)],
)
def test_devices_within_the_limit_or_not_for_sale_make_no_line(package: str, devices: int) -> None:
    assert monthly_lines(contract(package), Counts(devices=devices), KEY, DAY) == ()


def test_devices_without_a_price_are_left_to_a_person() -> None:
    of = contract("ombori/pilot", prices=Prices("EUR"))
    (line,) = monthly_lines(of, Counts(devices=5), KEY, DAY)
    assert (line.amount, line.quantity, line.unit_amount, line.currency) == (None, 2, None, "EUR")
    assert line.text == "Month from 2026-02-28: 2 devices above the 3 of the package"


def test_devices_without_a_limit_make_no_line() -> None:
    unlimited = replace(PLANS["ombori/pilot"], limits=())
    assert monthly_lines(contract(unlimited), Counts(devices=5000), KEY, DAY) == ()


@pytest.mark.parametrize(("minutes", "billed"), [(0, 0), (1, 15), (14, 15), (15, 15), (16, 30), (60, 60), (61, 75)])
def test_minutes_are_rounded_up_to_a_quarter_of_an_hour(minutes: int, billed: int) -> None:
    assert billed_minutes(minutes, 15) == billed


@pytest.mark.parametrize(
    ("minutes", "rate", "amount"),
    [
        (60, 22_000, 22_000),
        (61, 22_000, 27_500),
        (10, 22_000, 5_500),
        (15, 9_999, 2_500),  # 2,499.75
        (15, 10_001, 2_500),  # 2,500.25
        (15, 10_002, 2_501),  # 2,500.50: half a cent goes up
        (60, 1, 1),
        (0, 22_000, 0),
    ],
)
def test_overage_costs_the_hourly_rate_of_the_billed_minutes(minutes: int, rate: int, amount: int) -> None:
    assert overage_amount(minutes, rate) == amount


def test_an_overage_line_names_the_meeting_and_the_day_of_delivery() -> None:
    line = overage_line(contract("oura/premium"), "training", date(2026, 3, 16), 50, 22_000)
    assert line is not None
    assert line.key == "acme-2026/training/overage-hours"
    assert (line.kind, line.day, line.clause) == (ChargeKind.OVERAGE_HOURS, date(2026, 3, 16), "oura-21")
    assert (line.amount, line.quantity, line.unit_amount) == (22_000, 60, 22_000)
    assert line.text == "50 minutes beyond the package, billed as 60"


def test_an_overage_is_in_the_currency_of_the_rate_and_without_one_in_that_of_the_contract() -> None:
    in_kronor = contract("oura/premium", prices=Prices("SEK"))
    lines = [overage_line(in_kronor, "training", DAY, 50, *rate) for rate in ((22_000, "USD"), (None, ""))]
    assert [line.currency for line in lines if line] == ["USD", "SEK"]


def test_an_overage_without_a_rate_is_left_to_a_person() -> None:
    line = overage_line(contract("oura/premium"), "training", DAY, 50, None)
    assert line is not None
    assert (line.amount, line.quantity) == (None, 60)


def test_no_overage_and_no_such_charge_make_no_line() -> None:
    assert overage_line(contract("oura/premium"), "training", DAY, 0, 22_000) is None
    assert overage_line(contract("caret/tam"), "case-scrub-01", DAY, 50, 22_000) is None
