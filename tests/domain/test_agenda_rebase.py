"""How a newer agenda replaces one that runs: after an amendment, or when a suspended contract goes on."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.agenda import Agenda, rebase
from domain.agenda_build import build_agenda
from domain.contract import Contract
from tests.domain.any_contract import CONTRACTS
from tests.domain.packages import US_HOLIDAYS, contract, utc


def agenda(package: str) -> Agenda:
    return build_agenda(contract(package), US_HOLIDAYS)


def test_a_resumed_contract_goes_on_and_names_what_went_by() -> None:
    made = agenda("oura/premium")
    acted = {"kickoff", "deployment", "training", "health-check-01", "health-check-02"}
    after = rebase(made, acted, made, utc("2026-06-10T12:00"))
    assert [i.key for i in after.passed] == ["health-check-03", "health-check-04"]
    assert after.ahead[0].key == "health-check-05"
    assert after.ahead[-1].key == "end"
    assert not acted & {i.key for i in after.ahead}


def test_a_meeting_whose_slots_went_by_may_still_be_held_until_it_is_due() -> None:
    made = agenda("oura/premium")
    after = rebase(made, (), made, utc("2026-02-25T12:00"))
    check = next(i for i in after.ahead if i.key == "health-check-01")
    assert (check.latest, check.due) == (utc("2026-02-28T05:00"), utc("2026-02-28T05:00"))


def test_an_onboarding_meeting_whose_day_went_by_is_still_owed_until_the_window_closes() -> None:
    made = agenda("oura/launch-kit")
    after = rebase(made, (), made, utc("2026-03-20T12:00"))
    kickoff = next(i for i in after.ahead if i.key == "kickoff")
    assert kickoff.due == utc("2026-02-14T05:00")
    assert kickoff.latest == utc("2026-05-01T04:00")
    closed = rebase(made, (), made, utc("2026-05-01T04:00"))
    assert [i.key for i in closed.passed][:3] == ["kickoff", "deployment", "training"]


def test_without_a_window_an_onboarding_meeting_is_owed_for_the_whole_term() -> None:
    made = agenda("oura/premium")
    after = rebase(made, (), made, utc("2026-12-01T12:00"))
    assert next(i for i in after.ahead if i.key == "training").latest == utc("2027-01-31T05:00")


def test_the_end_of_a_window_and_of_the_term_never_pass() -> None:
    made = agenda("oura/launch-kit")
    after = rebase(made, (), made, utc("2027-06-01T00:00"))
    assert [i.key for i in after.ahead] == ["first-90-days-end", "end"]


def test_an_amended_plan_brings_its_own_items_and_repeats_no_meeting() -> None:
    kit, premium = agenda("oura/launch-kit"), agenda("oura/premium")
    after = rebase(kit, {"kickoff", "deployment"}, premium, utc("2026-03-02T12:00"))
    assert [i.key for i in after.ahead][:3] == ["training", "health-check-02", "health-check-03"]
    assert "first-90-days-end" not in {i.key for i in after.ahead}
    assert [i.key for i in after.passed] == ["health-check-01"]


def test_another_cadence_does_not_take_the_key_of_a_check_that_was_held() -> None:
    monthly, quarterly = agenda("oura/premium"), agenda("oura/pro-lite")
    held = {"kickoff", "deployment", "training", *(f"health-check-{n:02}" for n in range(1, 8))}
    after = rebase(monthly, held, quarterly, utc("2026-08-20T12:00"))
    assert [(i.key, str(i.day)) for i in after.ahead if i.plan_key == "health-check"] == [
        ("health-check-03-r2", "2026-09-15"),
        ("health-check-04-r2", "2026-12-16"),
    ]


def test_a_second_amendment_still_knows_which_check_each_key_stood_for() -> None:
    monthly, quarterly = agenda("oura/premium"), agenda("oura/pro-lite")
    held = {"kickoff", "deployment", "training", *(f"health-check-{n:02}" for n in range(1, 8))}
    once = rebase(monthly, held, quarterly, utc("2026-08-20T12:00"))
    again = rebase(once.agenda, held, quarterly, utc("2026-08-25T12:00"))
    assert again.ahead == once.ahead
    third = {*held, "health-check-03-r2"}
    after = rebase(again.agenda, third, quarterly, utc("2026-09-01T12:00"))
    assert [i.key for i in after.ahead if i.plan_key == "health-check"] == ["health-check-04-r2"]
    back = rebase(after.agenda, third, monthly, utc("2026-09-01T12:00"))
    assert [i.key for i in back.ahead if i.plan_key == "health-check"] == [f"health-check-{n:02}" for n in range(8, 13)]


def test_a_key_of_a_meeting_offered_again_is_not_used_for_another() -> None:
    monthly, quarterly = agenda("oura/premium"), agenda("oura/pro-lite")
    acted = {"kickoff", "deployment", "training", "health-check-03", "health-check-03-r2"}
    after = rebase(monthly, acted, quarterly, utc("2026-08-20T12:00"))
    assert "health-check-03-r3" in {i.key for i in after.ahead}


def test_the_same_promise_stays_done_when_holidays_move_its_day() -> None:
    of = contract("essensys/engagement-enterprise")
    before, after = build_agenda(of, ()), build_agenda(of, (date(2026, 3, 2),))
    merged = rebase(before, {"monthly-report-2026-02"}, after, utc("2026-03-01T00:00"))
    assert "2026-02" not in {i.period for i in (*merged.ahead, *merged.passed)}


@settings(max_examples=30, deadline=None)
@given(CONTRACTS, st.integers(0, 800), st.sets(st.integers(0, 60)))
def test_rebasing_loses_no_promise_and_repeats_none(signed: Contract, days_in: int, done: set[int]) -> None:
    made = build_agenda(signed, ())
    acted = {made.items[n].key for n in done if n < len(made.items)}
    after = rebase(made, acted, made, made.starts + timedelta(days=days_in))
    remaining = [i.key for i in (*after.ahead, *after.passed)]
    assert sorted([*remaining, *acted]) == sorted(i.key for i in made.items)
