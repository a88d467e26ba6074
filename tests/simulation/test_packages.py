"""All twelve packages, each through a whole term with a customer who accepts. Every figure is worked out by hand."""

from __future__ import annotations

from collections import Counter

import pytest

from domain.happenings import Happening
from plans.loader import load_catalogue
from simulation.story import broken_chains
from tests.simulation.conftest import Simulate
from tests.simulation.reading import data, mails, of_kind, slots, times

CASEY = "casey@customer.example"

# Meetings held, reports written, monthly charge lines.
TERMS = {
    "oura/launch-kit": (3, 0, 0),
    "oura/pro-lite": (3 + 4, 0, 0),
    "oura/premium": (3 + 12, 0, 0),
    "caret/premium-support": (26 + 1, 0, 0),
    "caret/tam": (26 + 1, 0, 0),
    "caret/support-24-7": (0, 0, 12),
    "essensys/inbound": (0, 0, 0),
    "essensys/engagement-enterprise": (5, 13, 0),
    "ombori/free": (0, 0, 0),
    "ombori/pilot": (0, 0, 12),
    "ombori/production": (0, 13, 12),
    "ombori/enterprise": (0, 13, 12),
}
ANCHOR_DAYS = [
    "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30", "2026-07-31", "2026-08-31",
    "2026-09-30", "2026-10-31", "2026-11-30", "2026-12-31",
]  # fmt: skip


def test_every_package_of_the_catalogue_is_simulated() -> None:
    assert set(TERMS) == set(load_catalogue().plans)


@pytest.mark.parametrize("package", TERMS)
def test_a_whole_term_keeps_every_promise(simulate: Simulate, package: str) -> None:
    record = simulate(package, "accepts")
    meetings, reports, charges = TERMS[package]
    monthly = [str(f.data["day"]) for f in of_kind(record, Happening.CHARGED) if "charges-" in f.subject]
    assert record.cost.stage == "ended"
    assert record.cost.meetings_held == meetings
    assert [len(of_kind(record, Happening.REPORT_OPENED)), len(mails(record, "report-due"))] == [reports, reports]
    assert monthly == ANCHOR_DAYS[:charges]
    assert of_kind(record, Happening.ITEM_LATE) == []
    assert of_kind(record, Happening.ITEM_DROPPED) == []
    assert of_kind(record, Happening.TASK_OPENED) == []
    assert times(record, Happening.STARTED) == ["2026-01-31T05:00"]
    assert times(record, Happening.ENDED) == ["2027-01-31T05:00"]
    assert data(record, Happening.RENEWAL_NOTICED, "days") == [90, 60, 30]
    assert {item.status for item in record.page.agenda if item.key != "end"} == {"done"}


@pytest.mark.parametrize("package", TERMS)
def test_the_facts_chain_and_each_mail_goes_out_once(simulate: Simulate, package: str) -> None:
    record = simulate(package, "accepts")
    assert broken_chains(record.facts) == ()
    assert Counter(m.message_id for m in record.messages).most_common(1)[0][1] == 1
    assert record.refused == ()
    assert [m.recipient for m in mails(record, "welcome")] == [CASEY]
    assert [m.recipient for m in mails(record, "farewell")] == [CASEY]


def test_a_held_meeting_takes_eight_activities_at_most(simulate: Simulate) -> None:
    cost = simulate("oura/premium", "accepts").cost
    assert cost.activities <= 8 * cost.meetings_held
    assert cost.workflows == 16


def test_the_three_onboarding_meetings_follow_one_another_with_a_days_notice(simulate: Simulate) -> None:
    record = simulate("oura/premium", "accepts")
    assert slots(record, "kickoff") == ["2026-02-02T14:00"]  # Monday 09:00, since it was asked for on a Saturday
    assert times(record, Happening.MEETING_HELD, "kickoff") == ["2026-02-02T15:15"]
    assert slots(record, "deployment") == ["2026-02-03T15:30"]
    assert times(record, Happening.OVERAGE_ASKED, "training") == ["2026-02-03T16:45"]
    assert times(record, Happening.OVERAGE_APPROVED, "training") == ["2026-02-03T18:45"]
    assert slots(record, "training") == ["2026-02-04T19:00"]
    assert times(record, Happening.ONBOARDED) == ["2026-02-04T20:15"]


def test_the_third_hour_of_premium_is_billed_at_the_rate_of_its_day(simulate: Simulate) -> None:
    record = simulate("oura/premium", "accepts")
    (charge,) = of_kind(record, Happening.CHARGED)
    assert (charge.subject, charge.clauses) == ("training", ("oura-21",))
    assert (charge.data["day"], charge.data["amount"], charge.data["currency"]) == ("2026-02-04", 22_000, "USD")
    hours = record.page.hours
    assert (hours.granted, hours.used, hours.overage, hours.lapsed, hours.left_minutes) == (120, 120, 60, 0, 0)


def test_a_health_check_is_held_in_each_month(simulate: Simulate) -> None:
    record = simulate("oura/premium", "accepts")
    held = [f for f in of_kind(record, Happening.MEETING_HELD) if f.subject.startswith("health-check-")]
    months = ["2026-02", "2026-03", "2026-04", "2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10"]
    assert [f"{f.at:%Y-%m}" for f in held] == [*months, "2026-11", "2026-12", "2027-01"]
    assert {f.data["minutes"] for f in held} == {45}
    assert {f.clauses for f in held} == {("oura-9",)}


def test_the_launch_kit_warns_of_the_unused_hour_three_times(simulate: Simulate) -> None:
    record = simulate("oura/launch-kit", "accepts")
    # 09:00 in New York is 14:00 UTC in winter and 13:00 from 8 March on. Of four hours three were used.
    assert times(record, Happening.WINDOW_WARNED) == ["2026-03-31T13:00", "2026-04-15T13:00", "2026-04-25T13:00"]
    assert data(record, Happening.WINDOW_WARNED, "day") == [60, 75, 85]
    assert data(record, Happening.WINDOW_WARNED, "unused_minutes") == [60, 60, 60]
    assert len(mails(record, "window-warning", to=CASEY)) == 3


def test_the_launch_kit_hands_over_at_the_end_of_day_90(simulate: Simulate) -> None:
    record = simulate("oura/launch-kit", "accepts")
    assert times(record, Happening.WINDOW_CLOSED) == ["2026-05-01T04:00"]  # 24:00 of 30 April
    assert data(record, Happening.WINDOW_CLOSED, "lapsed_minutes") == [60]
    assert data(record, Happening.HOURS_LAPSED, "minutes") == [60]
    assert data(record, Happening.ROLE_ENDED, "role") == ["account-manager"]
    (handover,) = mails(record, "window-closed", to=CASEY)
    body = handover.message.get_body(("plain",))
    assert body is not None
    assert "Support Lead 1" in body.get_content()


def test_support_24_7_charges_the_base_and_three_tiers_of_users_each_month(simulate: Simulate) -> None:
    record = simulate("caret/support-24-7", "accepts")
    # 25 users begin three tiers of ten: 200 + 3 x 100 dollars (caret-17).
    assert data(record, Happening.CHARGED, "amount") == [50_000] * 12
    assert data(record, Happening.CHARGED, "day") == ANCHOR_DAYS
    assert data(record, Happening.CHARGED, "quantity") == [3] * 12
    assert {f.clauses for f in of_kind(record, Happening.CHARGED)} == {("caret-17",)}


def test_two_devices_beyond_the_pilot_are_charged_each_month(simulate: Simulate) -> None:
    record = simulate("ombori/pilot", "accepts")
    assert data(record, Happening.CHARGED, "amount") == [3_000] * 12
    assert set(data(record, Happening.CHARGED, "currency")) == {"EUR"}


def test_a_tam_calls_26_times_and_visits_once(simulate: Simulate) -> None:
    record = simulate("caret/tam", "accepts")
    held = Counter(f.subject.rsplit("-", 1)[0] for f in of_kind(record, Happening.MEETING_HELD))
    assert held == {"case-scrub": 26, "onsite-visit": 1}
    (visit,) = of_kind(record, Happening.MEETING_BOOKED, "onsite-visit-01")
    assert visit.data["place"] == "1 Main Street"


def test_quarterly_reviews_are_held_in_the_five_working_days_after_their_quarter(simulate: Simulate) -> None:
    record = simulate("essensys/engagement-enterprise", "accepts")
    booked = {f.subject: str(f.data["start"])[:16] for f in of_kind(record, Happening.MEETING_BOOKED)}
    assert booked == {
        "business-review-2026-q1": "2026-04-03T14:00",
        "business-review-2026-q2": "2026-07-06T14:00",
        "business-review-2026-q3": "2026-10-05T14:00",
        "business-review-2026-q4": "2027-01-06T15:00",  # the third working day: the 1st is a holiday
        "business-review-2027-q1": "2027-01-27T15:00",  # in the last five working days of the term
    }


def test_monthly_reports_are_told_on_the_first_working_day_and_due_on_the_fifth(simulate: Simulate) -> None:
    record = simulate("essensys/engagement-enterprise", "accepts")
    told = [f"{f.at:%Y-%m-%d}" for f in of_kind(record, Happening.REPORT_OPENED)]
    due = [str(f.data["due"])[:16] for f in of_kind(record, Happening.REPORT_OPENED)]
    assert told[:3] == ["2026-02-02", "2026-03-02", "2026-04-01"]
    assert told[-2:] == ["2027-01-04", "2027-01-29"]
    assert due[:3] == ["2026-02-07T05:00", "2026-03-07T05:00", "2026-04-08T04:00"]
    assert due[-1] == "2027-02-06T05:00"
    done = [f for f in of_kind(record, Happening.ITEM_DONE) if f.subject.startswith("monthly-report-")]
    assert len(done) == 13
    assert {f.data["by"] for f in done} == {"the CSM"}
