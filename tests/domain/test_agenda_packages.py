"""The agenda of each package for a term from Saturday 31 January 2026 in New York: every date by hand."""

import pytest

from domain.agenda import Agenda, ItemKind
from domain.agenda_build import build_agenda
from tests.domain.packages import PLANS, US_HOLIDAYS, contract, days, utc


def agenda(package: str) -> Agenda:
    return build_agenda(contract(package), US_HOLIDAYS)


RENEWALS_AND_END = ["renewal-90 2026-11-01", "renewal-60 2026-12-01", "renewal-30 2026-12-31", "end 2027-01-30"]

KICKOFF = "kickoff 2026-02-13"
DEPLOYMENT = "deployment 2026-02-27"  # day 30 is Sunday, 1 March
TRAINING = "training 2026-03-16"

CHARGES = """charges-2026-01-31 2026-01-31, charges-2026-02-28 2026-02-28, charges-2026-03-31 2026-03-31,
    charges-2026-04-30 2026-04-30, charges-2026-05-31 2026-05-31, charges-2026-06-30 2026-06-30,
    charges-2026-07-31 2026-07-31, charges-2026-08-31 2026-08-31, charges-2026-09-30 2026-09-30,
    charges-2026-10-31 2026-10-31, renewal-90 2026-11-01, charges-2026-11-30 2026-11-30, renewal-60 2026-12-01,
    charges-2026-12-31 2026-12-31, renewal-30 2026-12-31, end 2027-01-30"""

# In the order in which the contract acts: a meeting's invitation goes out before its day.
TABLE = {
    "oura/launch-kit": f"""{KICKOFF}, {DEPLOYMENT}, {TRAINING}, first-90-days-day-60 2026-03-31,
        first-90-days-day-75 2026-04-15, first-90-days-day-85 2026-04-25, first-90-days-end 2026-04-30,
        renewal-90 2026-11-01, renewal-60 2026-12-01, renewal-30 2026-12-31, end 2027-01-30""",
    "oura/pro-lite": f"""{KICKOFF}, {DEPLOYMENT}, {TRAINING}, health-check-01 2026-03-16,
        health-check-02 2026-06-15, health-check-03 2026-09-15, renewal-90 2026-11-01, renewal-60 2026-12-01,
        health-check-04 2026-12-16, renewal-30 2026-12-31, end 2027-01-30""",
    "oura/premium": f"""{KICKOFF}, {DEPLOYMENT}, {TRAINING}, health-check-01 2026-02-17,
        health-check-02 2026-03-16, health-check-03 2026-04-15, health-check-04 2026-05-15,
        health-check-05 2026-06-15, health-check-06 2026-07-15, health-check-07 2026-08-17,
        health-check-08 2026-09-15, health-check-09 2026-10-15, renewal-90 2026-11-01,
        health-check-10 2026-11-16, renewal-60 2026-12-01, health-check-11 2026-12-15, renewal-30 2026-12-31,
        health-check-12 2027-01-15, end 2027-01-30""",
    "caret/support-24-7": CHARGES,
    "essensys/inbound": ", ".join(RENEWALS_AND_END),
    "essensys/engagement-enterprise": """monthly-report-2026-01 2026-02-06, monthly-report-2026-02 2026-03-06,
        business-review-2026-q1 2026-04-03, monthly-report-2026-03 2026-04-07, monthly-report-2026-04 2026-05-07,
        monthly-report-2026-05 2026-06-05, business-review-2026-q2 2026-07-06, monthly-report-2026-06 2026-07-08,
        monthly-report-2026-07 2026-08-07, monthly-report-2026-08 2026-09-08, business-review-2026-q3 2026-10-05,
        monthly-report-2026-09 2026-10-07, renewal-90 2026-11-01, monthly-report-2026-10 2026-11-06,
        renewal-60 2026-12-01, monthly-report-2026-11 2026-12-07, business-review-2026-q4 2027-01-06,
        renewal-30 2026-12-31, monthly-report-2026-12 2027-01-08, business-review-2027-q1 2027-01-27,
        monthly-report-2027-01 2027-02-05, end 2027-01-30""",
    "ombori/free": ", ".join(RENEWALS_AND_END),
    "ombori/pilot": CHARGES,
}


def listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]


@pytest.mark.parametrize("package", TABLE)
def test_each_package_has_the_dates_that_were_worked_out_by_hand(package: str) -> None:
    assert days(agenda(package)) == listed(TABLE[package])


CASE_SCRUBS = """2026-02-09, 2026-02-23, 2026-03-09, 2026-03-23, 2026-04-06, 2026-04-20, 2026-05-04, 2026-05-18,
    2026-06-01, 2026-06-15, 2026-06-29, 2026-07-13, 2026-07-27, 2026-08-10, 2026-08-24, 2026-09-08, 2026-09-21,
    2026-10-05, 2026-10-19, 2026-11-02, 2026-11-16, 2026-11-30, 2026-12-14, 2026-12-28, 2027-01-11, 2027-01-25"""


@pytest.mark.parametrize("package", ["caret/premium-support", "caret/tam"])
def test_a_tam_calls_every_two_weeks_and_visits_once(package: str) -> None:
    made = agenda(package)
    assert [str(i.day) for i in made.items if i.plan_key == "case-scrub"] == listed(CASE_SCRUBS)
    assert days(made, "case-scrub")[15] == "case-scrub-16 2026-09-08"  # the 7th is Labor Day
    assert days(made, "onsite") == ["onsite-visit-01 2026-08-03"]
    assert sorted(days(made, "r") + days(made, "end")) == sorted(RENEWALS_AND_END)


def test_production_and_enterprise_have_a_report_and_charges_each_month() -> None:
    for package in ("ombori/production", "ombori/enterprise"):
        made = agenda(package)
        assert len(days(made, "charges-")) == 12
        assert days(made, "analytics-report-")[0] == "analytics-report-2026-01 2026-02-06"
        assert days(made, "analytics-report-")[12] == "analytics-report-2027-01 2027-02-05"


def test_every_package_is_in_these_tests() -> None:
    others = {"caret/premium-support", "caret/tam", "ombori/production", "ombori/enterprise"}
    assert len(PLANS) == 12
    assert set(TABLE) | others == set(PLANS)


def test_the_first_health_check_has_every_instant_of_its_month() -> None:
    item = agenda("oura/premium").item("health-check-01")
    assert item is not None
    assert item.kind is ItemKind.TOUCHPOINT
    assert (item.title, item.clause) == ("Project Health Check 1 of 12", "oura-9")
    assert item.at == utc("2026-02-03T14:00")  # 09:00, two weeks before
    assert item.earliest == utc("2026-02-11T05:00")  # three working days before
    assert item.latest == utc("2026-02-21T05:00")  # three after, to the end of the day
    assert item.due == utc("2026-02-28T05:00")  # the month ends on the 27th


def test_onboarding_meetings_come_in_order_each_until_its_own_last_day() -> None:
    made = agenda("oura/launch-kit")
    first = [item for item in made.items if item.kind is ItemKind.ONBOARDING]
    assert [(i.key, i.after) for i in first] == [
        ("kickoff", None),
        ("deployment", "kickoff"),
        ("training", "deployment"),
    ]
    assert {i.at for i in first} == {utc("2026-01-31T14:00")}
    assert {i.earliest for i in first} == {utc("2026-01-31T05:00")}
    assert [i.due for i in first] == [utc("2026-02-14T05:00"), utc("2026-03-02T05:00"), utc("2026-03-17T04:00")]
    assert [i.latest for i in first] == [i.due for i in first]


def test_the_90_days_close_at_24_00_of_day_90_and_warn_at_nine() -> None:
    made = agenda("oura/launch-kit")
    (window,) = made.windows
    assert (window.opens, window.closes) == (utc("2026-01-31T05:00"), utc("2026-05-01T04:00"))
    assert str(window.last_day) == "2026-04-30"
    ends, warns = made.item("first-90-days-end"), made.item("first-90-days-day-60")
    assert ends is not None
    assert warns is not None
    assert (ends.at, ends.due, ends.kind) == (window.closes, window.closes, ItemKind.WINDOW_END)
    assert (warns.at, warns.number, warns.clause) == (utc("2026-03-31T13:00"), 60, "oura-3")


def test_a_quarterly_review_is_held_within_five_business_days_after_the_quarter() -> None:
    item = agenda("essensys/engagement-enterprise").item("business-review-2026-q2")
    assert item is not None
    assert (item.title, item.period) == ("Quarterly Business Review, Q2 2026", "2026-q2")
    assert item.at == utc("2026-06-22T13:00")
    assert item.earliest == utc("2026-07-01T04:00")
    assert item.due == item.latest == utc("2026-07-09T04:00")  # the 3rd is a holiday, so the 8th is the fifth


def test_the_last_review_is_held_before_the_term_ends() -> None:
    item = agenda("essensys/engagement-enterprise").item("business-review-2027-q1")
    assert item is not None
    assert (item.earliest, item.latest) == (utc("2027-01-25T05:00"), utc("2027-01-30T05:00"))


def test_a_report_is_told_on_the_first_business_day_and_due_at_the_end_of_the_fifth() -> None:
    made = agenda("essensys/engagement-enterprise")
    item = made.item("monthly-report-2026-06")
    assert item is not None
    assert (item.kind, item.title) == (ItemKind.REPORT, "Monthly report, June 2026")
    assert (item.at, item.due) == (utc("2026-07-01T13:00"), utc("2026-07-09T04:00"))
    assert item.earliest is None


def test_the_last_report_is_told_inside_the_term_and_due_after_it() -> None:
    item = agenda("essensys/engagement-enterprise").item("monthly-report-2027-01")
    assert item is not None
    assert (item.at, item.due) == (utc("2027-01-29T14:00"), utc("2027-02-06T05:00"))


def test_the_yearly_visit_is_prepared_two_months_ahead() -> None:
    item = agenda("caret/tam").item("onsite-visit-01")
    assert item is not None
    assert (item.title, item.at) == ("Onsite visit", utc("2026-06-04T13:00"))
    assert (item.earliest, item.latest) == (utc("2026-07-20T04:00"), utc("2026-08-18T04:00"))


def test_the_end_is_the_last_item_to_the_second() -> None:
    for package in PLANS:
        made = agenda(package)
        assert made.items[-1].key == "end"
        assert made.items[-1].at == made.ends == utc("2027-01-31T05:00")
