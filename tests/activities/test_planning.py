"""What can change under a running contract is looked up once, and with the right day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from temporalio.testing import ActivityEnvironment

from activities.calls import AgendaCall, Rate, RateCall
from activities.planning import Planning, UnknownCountryError, holidays_in
from plans.catalogue import Catalogue
from plans.catalogue import Rate as CardRate
from tests.workflows.trial import CATALOGUE, contract, utc

CARD = Catalogue(
    plans={},
    vendors=CATALOGUE.vendors,
    rate_cards={
        "oura": (CardRate(date(2026, 1, 1), 15_000, "USD"), CardRate(date(2026, 7, 1), 18_000, "USD")),
    },
)


@pytest.mark.parametrize(
    ("zone", "at", "rate"),
    [
        # The new rate is in force from the first of July of the customer's own calendar.
        ("America/New_York", "2026-07-01 03:59", Rate(date(2026, 6, 30), 15_000, "USD")),
        ("America/New_York", "2026-07-01 04:00", Rate(date(2026, 7, 1), 18_000, "USD")),
        ("Europe/Stockholm", "2026-06-30 21:59", Rate(date(2026, 6, 30), 15_000, "USD")),
        ("Europe/Stockholm", "2026-06-30 22:00", Rate(date(2026, 7, 1), 18_000, "USD")),
        ("Pacific/Kiritimati", "2026-06-30 10:00", Rate(date(2026, 7, 1), 18_000, "USD")),
        ("Europe/Stockholm", "2025-12-31 12:00", Rate(date(2025, 12, 31), None, "")),
    ],
)
async def test_the_rate_is_that_of_the_local_day(zone: str, at: str, rate: Rate) -> None:
    planning = Planning(CARD)
    assert await ActivityEnvironment().run(planning.hourly_rate, RateCall("oura", utc(at), zone)) == rate


async def test_a_question_gets_a_secret_that_is_another_each_time() -> None:
    call = RateCall("oura", utc("2026-07-01 12:00"), "UTC", for_question=True)
    rates = [await ActivityEnvironment().run(Planning(CARD).hourly_rate, call) for _ in range(2)]
    assert [len(rate.token) for rate in rates] == [32, 32]
    assert rates[0].token != rates[1].token
    assert rates[0].amount == 18_000


async def test_a_vendor_without_a_card_has_no_rate() -> None:
    rate = await ActivityEnvironment().run(
        Planning(CARD).hourly_rate, RateCall("caret", utc("2026-07-01 12:00"), "UTC")
    )
    assert rate == Rate(date(2026, 7, 1), None, "")


async def test_an_agenda_moves_touchpoints_off_the_holidays_of_the_customers_country() -> None:
    # The first one is planned on 6 January 2026, Epiphany: a holiday in Sweden and not in Denmark.
    days = {}
    for country in ("SE", "DK"):
        order = contract("oura/premium", "2025-12-22", country=country)
        agenda = await ActivityEnvironment().run(Planning(CATALOGUE).resolve_agenda, AgendaCall(order))
        days[country] = next(item.day for item in agenda.items if item.key == "health-check-01")
    assert days == {"SE": date(2026, 1, 7), "DK": date(2026, 1, 6)}


async def test_the_second_term_begins_where_the_first_ends() -> None:
    call = AgendaCall(contract("oura/premium", "2026-01-31"), term_number=2, months_before=12)
    agenda = await ActivityEnvironment().run(Planning(CATALOGUE).resolve_agenda, call)
    assert (agenda.starts, agenda.last_day) == (datetime(2027, 1, 30, 23, tzinfo=UTC), date(2028, 1, 30))
    assert {item.key.partition("-")[0] for item in agenda.items} == {"t2"}


def test_holidays_are_those_of_the_span() -> None:
    assert holidays_in("US", None, date(2026, 6, 1), date(2026, 9, 30)) == (
        date(2026, 6, 19),
        date(2026, 7, 3),
        date(2026, 7, 4),
        date(2026, 9, 7),
    )
    with pytest.raises(UnknownCountryError, match="XX"):
        holidays_in("XX", None, date(2026, 1, 1), date(2026, 1, 2))
