"""What a ticket does by itself: one timer, over targets, the ladder and reminders."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain import ticket_acts as acts
from domain.clocks import Verdict
from domain.coverage import CoverageEndsError, always
from domain.escalation import IncidentNews, Step, StepKind, incident_news, next_timer, rung, told
from domain.plan import ClockKind, LadderStep, Way, Who, WhoKind
from domain.ticket import Actor, Ticket, TicketState
from domain.ticket_clocks import expired, terms_of
from tests.domain.coverage_examples import HOUR, utc
from tests.domain.ticket_examples import DESK, KEY, PLAN, clock, target, ticket, when

OWNER = Who(WhoKind.OWNER)
LADDER = (
    LadderStep(Who(WhoKind.ON_CALL, "first-line"), percent=0, levels=("l1",)),
    LadderStep(OWNER, percent=50, clocks=(ClockKind.RESPONSE,)),
    LadderStep(OWNER, percent=90),
    LadderStep(Who(WhoKind.ROLE, "support-lead"), overrun_seconds=30 * 60),
    LadderStep(Who(WhoKind.PERSON, "boss@x.example"), overrun_seconds=3 * HOUR, levels=("l1",)),
)
STEEP = terms_of(replace(PLAN, ladder=LADDER))


def life(of: Ticket, until: str) -> list[str]:
    """What happens by itself until an instant: the ticket is taken from step to step as its workflow does."""
    happened = []
    while (step := next_timer(of, DESK)) is not None and step.wakes_at <= utc(until):
        happened.append(f"{when(step.at)} {step.summary}")
        of = after(of, step)
    return happened


def after(of: Ticket, step: Step) -> Ticket:
    if step.kind is StepKind.DUE:
        return expired(of, step.wakes_at)
    if step.kind is StepKind.TELL:
        return told(of, step)
    if step.kind is StepKind.ASK_AGAIN:
        return acts.ask_agreement(of, step.at)
    return acts.close(of, step.at, DESK, Actor.SYSTEM)


def asked(last_day: int | None = None) -> Ticket:
    of = ticket("2026-03-02 10:00", "l2", replace(terms_of(PLAN), last_day_after_days=last_day))
    solved = acts.resolve(of, utc("2026-03-02 12:00"), DESK)
    return replace(acts.ask_agreement(solved, utc("2026-03-02 12:00")), clocks=())


def test_a_plan_without_a_ladder_warns_at_three_quarters_and_tells_at_the_due_instant() -> None:
    assert life(ticket("2026-03-02 10:00", "l2"), "2026-03-31 00:00") == [
        "02 16:00 response-1: step 1 of the ladder",
        "03 08:00 response-1 due",
        "03 08:00 response-1: step 2 of the ladder",
    ]


def test_a_ladder_is_climbed_along_the_coverage_each_step_once() -> None:
    # Registered at 21:30 in Stockholm: nobody is woken, the first step comes when the desk opens.
    assert life(ticket("2026-03-02 20:30", terms=STEEP), "2026-03-03 12:00") == [
        "03 07:00 resolution-1: step 1 of the ladder",
        "03 07:00 response-1: step 1 of the ladder",
        "03 07:30 response-1: step 2 of the ladder",
        "03 07:54 response-1: step 3 of the ladder",
        "03 08:00 response-1 due",
        "03 08:30 response-1: step 4 of the ladder",
        "03 11:00 response-1: step 5 of the ladder",
    ]


def test_steps_are_for_their_clocks_and_levels_only() -> None:
    first = acts.reply(ticket("2026-03-02 07:00", "l2", STEEP), utc("2026-03-02 08:00"), DESK)
    assert life(first, "2026-03-03 17:00") == [
        "02 15:12 update-1: step 3 of the ladder",
        "02 16:00 update-1 due",
        "02 16:30 update-1: step 4 of the ladder",
    ]


def test_an_overrun_step_after_closing_time_waits_for_the_next_opening() -> None:
    late = life(ticket("2026-03-02 15:45", "l1", STEEP), "2026-03-03 12:00")
    assert late[-2:] == ["03 07:15 response-1: step 4 of the ladder", "03 09:45 response-1: step 5 of the ladder"]


def test_a_step_says_whom_to_tell_and_how() -> None:
    step = Step(utc("2026-03-02 10:00"), StepKind.TELL, "response-1", 3)
    assert rung(ticket("2026-03-02 10:00", terms=STEEP), step) == LadderStep(
        Who(WhoKind.ROLE, "support-lead"), None, 1800, Way.MAIL
    )


def test_acknowledging_stops_the_ladder_of_that_clock_and_no_verdict() -> None:
    of = acts.acknowledge(ticket("2026-03-02 10:00", terms=STEEP), "response-1")
    assert life(of, "2026-03-02 13:00") == [
        "02 10:00 resolution-1: step 1 of the ladder",
        "02 11:00 response-1 due",
    ]


def test_a_raised_level_warns_again_after_the_clock_was_acknowledged_under_its_old_target() -> None:
    of = acts.acknowledge(ticket("2026-03-02 07:00", "l2"), "response-1")
    assert life(of, "2026-03-02 15:01") == ["02 15:00 response-1 due"]
    raised = acts.set_level(of, utc("2026-03-02 08:00"), DESK, "l1")
    assert [step for step in life(raised, "2026-03-02 09:01") if "response" in step] == [
        "02 08:45 response-1: step 1 of the ladder",
        "02 09:00 response-1 due",
        "02 09:00 response-1: step 2 of the ladder",
    ]


def test_a_lowered_level_tells_the_steps_of_its_own_target() -> None:
    of = ticket("2026-03-02 07:00")
    warned = next_timer(of, DESK)
    assert warned == Step(utc("2026-03-02 07:45"), StepKind.TELL, "response-1", 0)
    lowered = acts.set_level(told(of, warned), utc("2026-03-02 07:50"), DESK, "l2")
    assert life(lowered, "2026-03-02 15:01") == [
        "02 13:00 response-1: step 1 of the ladder",
        "02 15:00 response-1 due",
        "02 15:00 response-1: step 2 of the ladder",
    ]


def test_an_answer_in_the_very_second_of_the_due_instant_is_before_its_timer() -> None:
    of = told(ticket("2026-03-02 10:00", "l2"), Step(utc("2026-03-02 16:00"), StepKind.TELL, "response-1", 0))
    step = next_timer(of, DESK)
    assert step == Step(utc("2026-03-03 08:00"), StepKind.DUE, "response-1", due=True)
    assert step.wakes_at == utc("2026-03-03 08:00") + timedelta(seconds=1)
    at_due = acts.reply(of, utc("2026-03-03 08:00") + timedelta(milliseconds=900), DESK)
    assert clock(at_due, "response-1").verdict is Verdict.MET


def test_an_answer_in_time_takes_the_steps_of_its_clock_away() -> None:
    of = acts.reply(ticket("2026-03-02 10:00", "l2"), utc("2026-03-02 10:10"), DESK)
    step = next_timer(of, DESK)
    assert step == Step(utc("2026-03-02 16:10"), StepKind.TELL, "update-1", 0)


def test_the_ladder_is_the_one_of_the_opening_whatever_the_plan_becomes() -> None:
    new = replace(PLAN, id="x/new", ladder=(LadderStep(OWNER, percent=10),))
    of = acts.amend(
        ticket("2026-03-02 10:00", "l2"), terms_of(new), utc("2026-03-02 10:01"), {**DESK, "x/new@1/desk": DESK[KEY]}
    )
    assert of.terms.ladder == PLAN.ladder


def test_a_raised_level_climbs_its_ladder_anew_and_a_lowered_one_does_not_warn_twice() -> None:
    of = ticket("2026-03-02 07:00", "l3", STEEP)
    half = next_timer(of, DESK)
    assert half == Step(utc("2026-03-02 17:00"), StepKind.TELL, "response-1", 1)
    of = told(of, half)
    raised = acts.set_level(of, utc("2026-03-03 08:00"), DESK, "l1")
    assert life(raised, "2026-03-03 09:01") == [
        "03 08:00 resolution-1: step 1 of the ladder",
        "03 08:00 response-1: step 1 of the ladder",
        "03 08:30 response-1: step 2 of the ladder",
        "03 08:54 response-1: step 3 of the ladder",
        "03 09:00 response-1 due",
    ]
    lowered = acts.set_level(of, utc("2026-03-03 08:00"), DESK, "l2")
    again = acts.set_level(lowered, utc("2026-03-03 08:01"), DESK, "l3")
    assert [step for step in life(again, "2026-03-03 12:00") if "step 2" in step] == []


def test_a_paused_ticket_sleeps_without_a_timer() -> None:
    of = acts.suspend(ticket("2026-03-02 10:00", "l2"), utc("2026-03-02 10:10"), DESK)
    assert next_timer(of, DESK) is None


def test_a_measured_clock_has_no_timer() -> None:
    assert next_timer(ticket("2026-03-02 10:00", terms=terms_of(PLAN, owed=False)), DESK) is None


def test_what_passed_while_nobody_ran_comes_in_its_order_at_once() -> None:
    step = next_timer(ticket("2026-03-02 10:00"), DESK)
    assert step == Step(utc("2026-03-02 10:45"), StepKind.TELL, "response-1", 0)
    missed = expired(ticket("2026-03-02 10:00"), utc("2026-03-20 10:00"))
    assert clock(missed, "response-1").verdict is Verdict.MISSED
    assert clock(missed, "response-1").due == utc("2026-03-02 11:00")


def test_a_target_by_the_wall_clock_is_judged_at_night_and_wakes_nobody_before_the_morning() -> None:
    wall = replace(PLAN.levels[0], targets=(target(ClockKind.RESPONSE, 4 * HOUR, wall_clock=True),))
    terms = terms_of(replace(PLAN, levels=(wall,)))
    assert life(ticket("2026-03-02 16:00", terms=terms), "2026-03-31 00:00") == [
        "02 20:00 response-1 due",
        "03 07:00 response-1: step 1 of the ladder",
        "03 07:00 response-1: step 2 of the ladder",
    ]


def test_the_customer_is_asked_again_after_two_days_then_five_then_a_week_then_every_four_weeks() -> None:
    of, days = asked(), []
    for _ in range(6):
        step = next_timer(of, DESK)
        assert step is not None
        assert (step.kind, step.summary) == (StepKind.ASK_AGAIN, "ask again to agree")
        days.append((step.at - utc("2026-03-02 12:00")).days)
        of = acts.ask_agreement(of, step.at)
    assert days == [2, 7, 14, 42, 70, 98]


def test_a_ticket_closes_by_itself_on_the_last_day_where_the_plan_sets_one() -> None:
    assert life(asked(last_day=7), "2026-06-01 00:00") == [
        "04 12:00 ask again to agree",
        "09 12:00 last day to agree",
    ]
    assert len(life(asked(), "2026-06-01 00:00")) == 5


def test_a_ticket_that_is_closed_or_whose_contract_is_over_needs_no_timer() -> None:
    of = asked(last_day=7)
    assert next_timer(acts.agree(of, utc("2026-03-03 12:00"), DESK), DESK) is None
    assert next_timer(acts.release(asked(), utc("2026-03-03 12:00"), DESK), DESK) is None
    assert of.state is TicketState.AGREEMENT_ASKED


def test_after_the_contracts_end_nobody_is_reminded_and_the_last_day_still_comes() -> None:
    over = acts.release(asked(last_day=7), utc("2026-03-03 12:00"), DESK)
    assert life(over, "2026-06-01 00:00") == ["09 12:00 last day to agree"]
    held = acts.suspend(asked(last_day=7), utc("2026-03-03 12:00"), DESK)
    over = acts.release(held, utc("2026-03-20 09:00"), DESK)
    assert life(over, "2026-06-01 00:00") == ["27 09:00 last day to agree"]


def test_where_nobody_is_left_to_agree_nobody_is_reminded() -> None:
    assert next_timer(acts.meet(asked(), agreeable=False), DESK) is None
    assert life(acts.meet(asked(last_day=7), agreeable=False), "2026-06-01 00:00") == ["09 12:00 last day to agree"]


def test_a_customer_who_writes_instead_of_agreeing_is_waited_for_only_after_the_staff_has_acted() -> None:
    heard = acts.hear(asked(last_day=7), utc("2026-03-05 09:00"), DESK)
    assert (heard.state, next_timer(heard, DESK)) == (TicketState.AGREEMENT_ASKED, None)
    anew = acts.ask_agreement(heard, utc("2026-03-20 09:00"), Actor.STAFF)
    assert anew.asks == 1
    begins = ["22 09:00 ask again to agree", "27 09:00 last day to agree"]
    assert life(anew, "2026-06-01 00:00") == begins
    answered = acts.reply(heard, utc("2026-03-20 09:00"), DESK)
    assert life(replace(answered, clocks=()), "2026-06-01 00:00") == begins
    assert acts.reply(asked(), utc("2026-03-03 09:00"), DESK).first_asked == utc("2026-03-02 12:00")


def test_nobody_is_asked_while_the_contract_is_suspended_and_the_last_day_counts_anew_after_it() -> None:
    held = acts.suspend(asked(last_day=7), utc("2026-03-03 12:00"), DESK)
    assert next_timer(held, DESK) is None
    assert life(acts.go_on(held, utc("2026-03-20 09:00"), DESK), "2026-06-01 00:00") == [
        "04 12:00 ask again to agree",  # it is late, so it comes at once
        "09 12:00 ask again to agree",
        "16 12:00 ask again to agree",
        "27 09:00 last day to agree",
    ]


def test_a_step_past_the_end_of_the_coverage_asks_for_a_longer_one() -> None:
    of = ticket("2026-03-02 10:00", terms=STEEP)
    short = {KEY: always(utc("2026-03-02 00:00"), utc("2026-03-02 13:00"))}
    with pytest.raises(CoverageEndsError):
        next_timer(of, short)


def test_a_major_incident_is_told_at_once_at_each_update_and_at_the_end() -> None:
    new = ticket("2026-03-02 22:00")
    first = acts.reply(new, utc("2026-03-03 07:10"), DESK)
    noted = acts.assign(first, "ada")
    done = acts.resolve(noted, utc("2026-03-03 08:00"), DESK)
    again = acts.reopen(done, utc("2026-03-03 09:00"), DESK, Actor.CUSTOMER)
    lowered = acts.set_level(again, utc("2026-03-03 09:10"), DESK, "l3")
    told_of = [
        incident_news(before, now)
        for before, now in ((None, new), (new, first), (first, noted), (noted, done), (done, again), (again, lowered))
    ]
    assert told_of == [
        IncidentNews.BEGUN,
        IncidentNews.UPDATED,
        None,
        IncidentNews.ENDED,
        IncidentNews.BEGUN,
        IncidentNews.ENDED,
    ]


def test_a_ticket_that_becomes_critical_begins_a_major_incident_and_others_tell_nothing() -> None:
    small = ticket("2026-03-02 10:00", "l2")
    assert incident_news(None, small) is None
    assert incident_news(small, acts.reply(small, utc("2026-03-02 10:10"), DESK)) is None
    raised = acts.set_level(small, utc("2026-03-02 10:20"), DESK, "l1")
    assert incident_news(small, raised) is IncidentNews.BEGUN


def test_there_is_never_more_than_one_timer_and_it_always_comes_to_rest() -> None:
    of, steps = ticket("2026-03-02 10:00", terms=STEEP), 0
    while (step := next_timer(of, DESK)) is not None:
        of, steps = after(of, step), steps + 1
        assert steps < 50
    assert steps == 6 + 5  # response: five steps and the verdict; resolution: four and the verdict
