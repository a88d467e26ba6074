"""Who fills a role."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from domain.assigning import Candidate, choose, shared_minutes_a_week
from domain.coverage import WeeklyHours, weekly
from domain.plan import Role

ANA = Candidate("ana", (Role.CSM, Role.TAM), 3, "oura")
BEN = Candidate("ben", (Role.CSM,), 2, "oura")
CEM = Candidate("cem", (Role.CSM,), 2)
DEE = Candidate("dee", (Role.TAM,), 0, "caret")


def test_the_qualified_person_with_the_least_to_do_is_chosen() -> None:
    assert choose(Role.CSM, (ANA, BEN)) is BEN
    assert choose(Role.TAM, (ANA, BEN, DEE)) is DEE


def test_among_equals_the_staff_id_decides_in_whatever_order_they_come() -> None:
    assert choose(Role.CSM, (CEM, BEN)) is BEN
    assert choose(Role.CSM, (BEN, CEM)) is BEN


def test_only_people_of_the_vendor_or_of_all_vendors_are_chosen() -> None:
    assert choose(Role.TAM, (ANA, DEE), "oura") is ANA
    assert choose(Role.CSM, (ANA, BEN, CEM), "caret") is CEM


def test_nobody_is_chosen_where_nobody_is_qualified() -> None:
    assert choose(Role.SUPPORT_LEAD, (ANA, BEN, CEM, DEE)) is None
    assert choose(Role.TAM, (), "oura") is None


def sharing(staff_id: str, load: int, shared_minutes: int) -> Candidate:
    return Candidate(staff_id, (Role.CSM,), load, shared_minutes=shared_minutes)


def test_who_shares_no_hour_with_the_customer_is_passed_over_however_little_they_have_to_do() -> None:
    los_angeles, busy_stockholm = sharing("lou", 0, 0), sharing("siv", 9, 2400)
    assert choose(Role.CSM, (los_angeles, busy_stockholm)) is busy_stockholm


def test_five_shared_hours_a_week_are_enough_and_more_are_no_better() -> None:
    enough, plenty, not_quite = sharing("eva", 1, 300), sharing("pia", 2, 2400), sharing("nan", 0, 299)
    assert choose(Role.CSM, (plenty, not_quite, enough)) is enough


def test_where_nobody_shares_enough_the_one_who_shares_most_is_chosen() -> None:
    most = sharing("b", 5, 240)
    assert choose(Role.CSM, (sharing("a", 0, 0), most, sharing("c", 1, 150))) is most


OFFICE, EARLY, NEVER = weekly({"mon-fri": "09:00-17:00"}), weekly({"mon-fri": "06:00-15:00"}), WeeklyHours(((),) * 7)


@pytest.mark.parametrize(
    ("ours", "our_zone", "minutes"),
    [
        (OFFICE, "Europe/Stockholm", 5 * 480),
        (OFFICE, "Europe/London", 5 * 420),
        (OFFICE, "America/New_York", 5 * 120),
        (OFFICE, "America/Los_Angeles", 0),  # nine in the morning there is six in the evening here
        (EARLY, "America/Los_Angeles", 5 * 120),
        (weekly({"sat": "09:00-17:00"}), "Europe/Stockholm", 0),
        (NEVER, "Europe/Stockholm", 0),
    ],
)
def test_the_hours_shared_with_a_customer_in_stockholm(ours: WeeklyHours, our_zone: str, minutes: int) -> None:
    # Two whole weeks from 12 February 2026, a Thursday, without a change of the clocks.
    shared = shared_minutes_a_week(ours, our_zone, OFFICE, "Europe/Stockholm", date(2026, 2, 11), ZoneInfo)
    assert shared == minutes
