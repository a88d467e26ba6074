"""The life of a ticket: what each state allows and to whom, and what each act does to the clocks."""

from dataclasses import replace
from datetime import date

import pytest
from pydantic import TypeAdapter

from domain import ticket_acts as acts
from domain.clocks import PauseCause, Verdict
from domain.coverage import Coverage, always
from domain.ticket import (
    LIFE,
    Act,
    Actor,
    NotAllowedError,
    RouteKind,
    Ticket,
    TicketState,
    allowed_acts,
    why_not,
)
from domain.ticket_clocks import new_verdicts, resettled, terms_of
from tests.domain.coverage_examples import OFFICE, stockholm_2026, utc
from tests.domain.ticket_examples import (
    CLOSED_BY_AGREEMENT,
    CRITICAL,
    DESK,
    KEY,
    MAJOR,
    MAY_PAUSE,
    PLAN,
    clock,
    due,
    ticket,
)

STAFF, CUSTOMER, PARTNER, SYSTEM = Actor
PLAN_TERMS = terms_of(PLAN)


def answered(at: str = "2026-03-02 10:00", by: str = "2026-03-02 10:30") -> Ticket:
    return acts.reply(ticket(at), utc(by), DESK)


def solved() -> Ticket:
    return acts.resolve(answered(), utc("2026-03-02 14:00"), DESK)


def verdicts(of: Ticket) -> dict[str, str | None]:
    return {each.key: each.verdict for each in of.clocks}


def test_response_and_resolution_run_from_the_registration_and_no_update_yet() -> None:
    new = ticket("2026-03-02 10:00")
    assert {each.key: due(new, each.key) for each in new.clocks} == {
        "response-1": "02 11:00",
        "resolution-1": "03 08:00",
    }
    assert (new.state, new.level) == (TicketState.REGISTERED, "l1")


def test_an_unknown_level_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(KeyError, match="x/gold has no level 'l9'; it has l1, l2, l3, l4"):
        ticket("2026-03-02 10:00", "l9")


def test_the_first_visible_message_answers_and_starts_the_update_clock_and_each_later_one_starts_the_next() -> None:
    first = answered()
    assert (first.state, first.replies, first.answered_at) == (TicketState.ANSWERED, 1, utc("2026-03-02 10:30"))
    assert (clock(first, "response-1").verdict, due(first, "update-1")) == (Verdict.MET, "02 12:30")
    second = acts.reply(first, utc("2026-03-02 12:30"), DESK)
    assert (second.state, clock(second, "update-1").verdict) == (TicketState.UPDATED, Verdict.MET)
    assert due(second, "update-2") == "02 14:30"
    third = acts.reply(second, utc("2026-03-02 15:00"), DESK)
    assert clock(third, "update-2").overrun_seconds == 1800
    assert due(third, "update-3") == "02 17:00"
    assert third.answered_at == utc("2026-03-02 10:30")


def test_an_automatic_acknowledgement_is_neither_an_answer_nor_an_update() -> None:
    new = ticket("2026-03-02 10:00")
    assert acts.reply_automatically(new, utc("2026-03-02 10:00"), DESK) == new
    counted = replace(new, terms=replace(new.terms, automatic_counts=True))
    assert acts.reply_automatically(counted, utc("2026-03-02 10:00"), DESK).state is TicketState.ANSWERED


def test_a_plan_may_keep_updates_on_their_grid_instead_of_starting_again() -> None:
    on_grid = replace(answered(), terms=replace(PLAN_TERMS, update_restarts=False))
    early = acts.reply(on_grid, utc("2026-03-02 11:00"), DESK)
    assert due(early, "update-2") == "02 14:30"  # two hours after 12:30Z, when the first one was due
    late = acts.reply(on_grid, utc("2026-03-02 13:00"), DESK)
    assert due(late, "update-2") == "02 15:00"


def test_what_the_customer_writes_answers_nothing() -> None:
    heard = acts.hear(ticket("2026-03-02 10:00"), utc("2026-03-02 10:10"), DESK)
    assert heard == ticket("2026-03-02 10:00")


def test_triage_confirms_the_level_or_changes_it_and_judges_impact_and_boundary() -> None:
    new = ticket("2026-03-02 07:00", "l3")
    now = utc("2026-03-02 09:00")
    same = acts.triage(new, now, DESK, "l3", "one user")
    assert (same.state, same.impact, same.inside_boundary, same.clocks) == (
        TicketState.TRIAGED,
        "one user",
        True,
        new.clocks,
    )
    raised = acts.triage(new, now, DESK, "l1", "everybody", inside_boundary=False)
    assert (due(raised, "response-1"), raised.level, raised.inside_boundary) == ("02 10:00", "l1", False)


def test_a_raised_level_brings_the_clocks_that_the_old_one_did_not_have() -> None:
    raised = acts.set_level(ticket("2026-03-02 07:00", "l3"), utc("2026-03-02 09:00"), DESK, "l1")
    assert due(raised, "resolution-1") == "02 17:00"  # eight hours from the raising
    late = acts.set_level(acts.reply(ticket("2026-03-02 07:00", "l3"), utc("2026-03-02 08:00"), DESK),
                          utc("2026-03-02 09:00"), DESK, "l1")  # fmt: skip
    assert (due(late, "update-1"), late.clock("response-2")) == ("02 11:00", None)


def test_a_lowered_level_counts_from_the_registration() -> None:
    lowered = acts.set_level(ticket("2026-03-02 10:00"), utc("2026-03-02 10:30"), DESK, "l2")
    assert (due(lowered, "response-1"), due(lowered, "resolution-1")) == ("03 08:00", "never")


def test_a_fix_that_only_the_lower_level_promises_counts_from_the_registration() -> None:
    lowered = acts.set_level(ticket("2026-03-02 07:00", "l2"), utc("2026-03-02 09:00"), DESK, "l4")
    assert due(lowered, "resolution-1") == "02 15:00"


def test_an_amendment_brings_no_clock_to_a_ticket_that_is_solved() -> None:
    done = acts.resolve(ticket("2026-03-02 07:00", "l2"), utc("2026-03-02 09:00"), DESK)
    fixing = terms_of(replace(PLAN, id="x/fixing", levels=(CRITICAL, replace(MAJOR, targets=CRITICAL.targets))))
    coverages = {**DESK, "x/fixing@1/desk": DESK[KEY]}
    amended = acts.amend(done, fixing, utc("2026-03-02 10:00"), coverages)
    assert [each.key for each in amended.clocks] == ["response-1", "update-1"]
    again = acts.amend(ticket("2026-03-02 07:00", "l2"), fixing, utc("2026-03-02 10:00"), coverages)
    assert due(again, "resolution-1") == "03 08:00"


def test_routing_stops_no_clock_and_the_partner_answers_for_the_vendor() -> None:
    routed = acts.route(ticket("2026-03-02 10:00"), RouteKind.ONSITE_PARTNER, "Fixers")
    assert (routed.state, routed.routed, routed.routed_to) == (
        TicketState.ROUTED,
        RouteKind.ONSITE_PARTNER,
        "Fixers",
    )
    assert routed.clocks == ticket("2026-03-02 10:00").clocks
    replied = acts.reply(routed, utc("2026-03-02 10:40"), DESK, PARTNER)
    assert (replied.state, clock(replied, "response-1").verdict) == (TicketState.ROUTED, Verdict.MET)
    back = acts.take_back(replied, PARTNER)
    assert (back.state, back.routed, back.routed_to) == (TicketState.ASSIGNED, None, "")
    assert acts.reply(back, utc("2026-03-02 11:00"), DESK).state is TicketState.UPDATED


def test_a_solution_is_an_update_and_stops_the_resolution_and_updates_go_on_until_the_close() -> None:
    done = solved()
    assert (done.state, done.resolved_at) == (TicketState.RESOLVED, utc("2026-03-02 14:00"))
    assert verdicts(done) == {"response-1": "met", "resolution-1": "met", "update-1": "missed", "update-2": None}
    closed = acts.agree(done, utc("2026-03-02 15:00"), DESK)
    assert (closed.state, closed.closed_at) == (TicketState.CLOSED, utc("2026-03-02 15:00"))
    assert clock(closed, "update-2").verdict is Verdict.LAPSED
    assert not any(each.running for each in closed.clocks)


def test_a_solution_without_an_earlier_answer_is_the_answer() -> None:
    done = acts.resolve(ticket("2026-03-02 10:00"), utc("2026-03-02 10:20"), DESK)
    assert (clock(done, "response-1").verdict, done.answered_at) == (Verdict.MET, utc("2026-03-02 10:20"))


def test_what_went_away_by_itself_owes_no_answer() -> None:
    gone = acts.resolve(ticket("2026-03-02 10:00"), utc("2026-03-02 10:20"), DESK, SYSTEM)
    assert verdicts(gone) == {"response-1": "lapsed", "resolution-1": "met"}
    assert (gone.replies, gone.answered_at) == (0, None)


def test_a_reopened_ticket_goes_on_with_its_resolution_clock_and_starts_a_new_update_clock() -> None:
    again = acts.reopen(solved(), utc("2026-03-04 08:00"), DESK, CUSTOMER)
    assert (again.state, again.resolved_at) == (TicketState.REOPENED, None)
    # 4 of 8 hours were used at the solution on Monday 14:00Z.
    assert (due(again, "resolution-1"), due(again, "update-3")) == ("04 12:00", "04 10:00")
    assert again.clock("response-2") is None
    assert acts.reply(again, utc("2026-03-04 09:00"), DESK).state is TicketState.UPDATED


def test_a_ticket_withdrawn_and_reopened_before_any_answer_is_still_owed_one() -> None:
    gone = acts.withdraw(ticket("2026-03-02 10:00"), utc("2026-03-02 10:30"), DESK)
    assert verdicts(gone) == {"response-1": "lapsed", "resolution-1": "lapsed"}
    again = acts.reopen(gone, utc("2026-03-02 13:00"), DESK, CUSTOMER)
    assert (due(again, "response-1"), again.clock("update-1")) == ("02 13:30", None)


def test_each_question_to_agree_is_counted_from_the_last_solution() -> None:
    asked = acts.ask_agreement(solved(), utc("2026-03-02 14:00"))
    twice = acts.ask_agreement(asked, utc("2026-03-04 14:00"))
    assert (twice.state, twice.asks) == (TicketState.AGREEMENT_ASKED, 2)
    assert (twice.first_asked, twice.last_asked) == (utc("2026-03-02 14:00"), utc("2026-03-04 14:00"))
    again = acts.reopen(twice, utc("2026-03-05 08:00"), DESK, CUSTOMER)
    assert acts.resolve(again, utc("2026-03-05 09:00"), DESK).asks == 0


def test_a_pause_is_refused_unless_the_plan_allows_it() -> None:
    with pytest.raises(NotAllowedError, match=r"does not let clocks pause .* \(A20\)"):
        acts.pause(answered(), utc("2026-03-02 11:00"), DESK)


def test_where_the_plan_allows_it_a_pause_lasts_until_the_customer_writes() -> None:
    first = acts.reply(ticket("2026-03-02 10:00", terms=terms_of(MAY_PAUSE)), utc("2026-03-02 10:30"), DESK)
    held = acts.pause(first, utc("2026-03-02 11:00"), DESK)
    assert (due(held, "update-1"), due(held, "resolution-1"), held.paused) == ("never", "never", (PauseCause.CUSTOMER,))
    heard = acts.hear(held, utc("2026-03-02 13:00"), DESK)
    assert (due(heard, "update-1"), due(heard, "resolution-1"), heard.paused) == ("02 14:30", "03 10:00", ())
    assert why_not(held, Act.PAUSE, STAFF) == "the customer is waited for already"
    assert why_not(heard, Act.RESUME, STAFF) == "nobody waits for the customer"
    asked = acts.reply(held, utc("2026-03-02 12:00"), DESK)
    assert due(asked, "update-2") == "never"  # still waiting for the customer
    assert due(acts.resume(asked, utc("2026-03-02 13:00"), DESK), "update-2") == "02 15:00"


def test_a_suspended_contract_holds_every_clock_whatever_the_plan_says_of_pauses() -> None:
    held = acts.suspend(ticket("2026-03-02 10:00"), utc("2026-03-02 10:30"), DESK)
    assert due(held, "response-1") == "never"
    on = acts.go_on(held, utc("2026-03-10 08:00"), DESK)
    assert due(on, "response-1") == "10 08:30"
    terms = terms_of(PLAN)
    new = acts.register("a/2", "a", terms, "l1", utc("2026-03-02 10:00"), DESK, suspended=True)
    assert due(new, "response-1") == "never"
    assert due(acts.go_on(new, utc("2026-03-02 12:00"), DESK), "response-1") == "02 13:00"


def test_a_ticket_reopened_while_the_contract_is_suspended_waits_for_it() -> None:
    held = acts.suspend(solved(), utc("2026-03-02 15:00"), DESK)
    again = acts.reopen(held, utc("2026-03-03 08:00"), DESK, CUSTOMER)
    assert (due(again, "resolution-1"), due(again, "update-3")) == ("never", "never")
    on = acts.go_on(again, utc("2026-03-04 08:00"), DESK)
    assert (due(on, "resolution-1"), due(on, "update-3")) == ("04 12:00", "04 10:00")


def test_after_the_contracts_end_a_ticket_can_be_worked_on_and_nothing_is_owed() -> None:
    free = acts.release(answered(), utc("2026-03-02 11:00"), DESK)
    assert verdicts(free) == {"response-1": "met", "resolution-1": "lapsed", "update-1": "lapsed"}
    replied = acts.reply(free, utc("2026-03-05 11:00"), DESK)
    assert verdicts(replied) == verdicts(free)
    done = acts.resolve(replied, utc("2026-03-05 12:00"), DESK)
    assert verdicts(acts.reopen(done, utc("2026-03-05 13:00"), DESK, CUSTOMER)) == verdicts(free)


def test_an_amendment_keeps_what_was_promised_unless_the_new_plan_is_quicker() -> None:
    slow = replace(PLAN, id="x/slow", levels=(replace(CRITICAL, targets=MAJOR.targets),))
    quick = replace(PLAN, id="x/quick", levels=(CRITICAL, replace(MAJOR, targets=CRITICAL.targets)))
    both = {
        **DESK,
        "x/slow@1/desk": stockholm_2026(OFFICE),
        "x/quick@1/desk": always(utc("2026-01-01 00:00"), utc("2026-12-31 00:00")),
    }
    now = utc("2026-03-02 10:30")
    slower = acts.amend(ticket("2026-03-02 10:00"), terms_of(slow), now, both)
    assert due(slower, "response-1") == "02 11:00"
    after_reply = acts.reply(slower, utc("2026-03-02 10:45"), both)
    assert due(after_reply, "update-1") == "03 08:45"  # a clock that begins later runs under the new plan
    quicker = acts.amend(ticket("2026-03-02 16:40", "l2"), terms_of(quick), utc("2026-03-02 16:50"), both)
    assert due(quicker, "response-1") == "02 17:50"  # an hour, at any hour of the day
    assert [key.key for key in quicker.terms.coverage_keys] == ["x/quick@1/desk", KEY]
    assert acts.amend(ticket("2026-03-02 10:00", "l3"), terms_of(slow), now, both) == ticket("2026-03-02 10:00", "l3")


def test_a_holiday_that_is_added_moves_an_open_ticket_by_an_explicit_act() -> None:
    with_holiday = {KEY: stockholm_2026(OFFICE, holidays=(date(2026, 3, 3),))}
    moved = acts.move(ticket("2026-03-02 16:30"), utc("2026-03-02 17:00"), with_holiday)
    assert (due(moved, "response-1"), due(moved, "resolution-1")) == ("04 07:30", "04 14:30")


def test_the_ordinary_queue_measures_and_promises_nothing() -> None:
    plain = terms_of(PLAN, owed=False)
    new = ticket("2026-03-02 10:00", terms=plain)
    assert due(new, "response-1") == "never"
    late = clock(acts.reply(new, utc("2026-03-02 15:00"), DESK), "response-1")
    assert (late.verdict, late.took_seconds, late.clause) == (Verdict.MEASURED, 18_000, "x-1")


def test_a_ticket_is_closed_by_agreement_alone_where_the_plan_promises_that() -> None:
    done = replace(solved(), terms=terms_of(CLOSED_BY_AGREEMENT))
    reason = why_not(done, Act.CLOSE, STAFF)
    assert reason == "only the agreement of a representative closes it (x-3)"
    assert why_not(done, Act.AGREE, CUSTOMER) is None
    assert acts.close(solved(), utc("2026-03-02 15:00"), DESK, STAFF).state is TicketState.CLOSED


def test_where_nobody_can_agree_or_the_contract_is_over_staff_closes_what_the_plan_closes_by_agreement() -> None:
    done = acts.ask_agreement(
        replace(solved(), terms=terms_of(CLOSED_BY_AGREEMENT)), utc("2026-03-02 14:00"), Actor.STAFF
    )
    assert why_not(done, Act.CLOSE, STAFF) == "only the agreement of a representative closes it (x-3)"
    alone = acts.meet(done, agreeable=False)
    over = acts.release(done, utc("2026-03-02 15:00"), DESK)
    for each in (alone, over):
        assert acts.close(each, utc("2026-03-02 16:00"), DESK, STAFF).state is TicketState.CLOSED
    assert why_not(alone, Act.ASK_AGREEMENT, STAFF) == "nobody is known who could agree"
    assert Act.AGREE not in allowed_acts(alone, CUSTOMER)
    assert Act.AGREE in allowed_acts(over, CUSTOMER)
    assert Act.AGREE in allowed_acts(acts.meet(alone, agreeable=True), CUSTOMER)


def test_a_ticket_that_is_called_off_while_the_customer_is_waited_for_waits_for_nobody() -> None:
    held = acts.pause(ticket("2026-03-02 10:00", terms=terms_of(MAY_PAUSE)), utc("2026-03-02 10:10"), DESK)
    ended = acts.call_off(held, utc("2026-03-02 10:20"), DESK)
    assert (ended.state, ended.paused, ended.closed_at) == (TicketState.CLOSED, (), utc("2026-03-02 10:20"))


def test_a_ticket_never_closes_by_itself_unless_the_plan_sets_a_last_day() -> None:
    with pytest.raises(NotAllowedError, match="never closes by itself"):
        acts.close(solved(), utc("2026-03-02 15:00"), DESK, SYSTEM)
    with_last_day = replace(solved(), terms=replace(PLAN_TERMS, last_day_after_days=14))
    assert acts.close(with_last_day, utc("2026-03-16 15:00"), DESK, SYSTEM).state is TicketState.CLOSED


def test_on_a_closed_ticket_people_can_still_write_and_no_clock_moves() -> None:
    closed = acts.agree(solved(), utc("2026-03-02 15:00"), DESK)
    assert acts.hear(closed, utc("2026-03-09 10:00"), DESK) == closed
    replied = acts.reply(closed, utc("2026-03-09 11:00"), DESK)
    assert (replied.state, replied.clocks) == (TicketState.CLOSED, closed.clocks)


@pytest.mark.parametrize(
    ("actor", "registered", "resolved", "closed"),
    [
        (
            STAFF,
            "triage assign reply note set-level route acknowledge resolve",
            "assign reply note acknowledge ask-agreement close reopen",
            "reply note reopen",
        ),
        (CUSTOMER, "hear withdraw", "hear agree reopen", "hear reopen"),
        (PARTNER, "note", "note", "note"),
        (SYSTEM, "note resolve", "note ask-agreement reopen", "note reopen"),
    ],
)
def test_who_may_do_what_when(actor: Actor, registered: str, resolved: str, closed: str) -> None:
    new, done = ticket("2026-03-02 10:00"), solved()
    shut = acts.agree(done, utc("2026-03-02 15:00"), DESK)
    can = [" ".join(allowed_acts(each, actor)) for each in (new, done, shut)]
    assert can == [registered, resolved, closed]


def test_a_refusal_says_why() -> None:
    closed = acts.agree(solved(), utc("2026-03-02 15:00"), DESK)
    assert why_not(closed, Act.ROUTE, STAFF) == "a ticket that is closed cannot be changed so (route)"
    asked = acts.ask_agreement(solved(), utc("2026-03-02 14:00"))
    assert why_not(asked, Act.WITHDRAW, CUSTOMER) == "a ticket that waits for agreement cannot be changed so (withdraw)"
    assert why_not(solved(), Act.AGREE, STAFF) == "agree is for customer, not for staff"
    with pytest.raises(NotAllowedError, match="has no clock update-9"):
        acts.acknowledge(answered(), "update-9")


def test_every_state_can_be_reached_and_left() -> None:
    reached = {to for to, _ in LIFE.values()} | {TicketState.REGISTERED}
    left = {state for (state, _), (to, _) in LIFE.items() if to is not state}
    assert reached == left == set(TicketState)


def test_the_difference_of_two_tickets_names_each_new_verdict_and_due_instant_once() -> None:
    new, first, done = ticket("2026-03-02 10:00"), answered(), solved()
    assert [each.key for each in resettled(None, new)] == ["response-1", "resolution-1"]
    assert [each.key for each in new_verdicts(new, first)] == ["response-1"]
    assert [each.key for each in resettled(new, first)] == ["update-1"]
    assert [each.key for each in new_verdicts(first, done)] == ["resolution-1", "update-1"]
    assert new_verdicts(done, done) == resettled(done, done) == ()


def test_a_ticket_with_all_that_happened_to_it_survives_being_carried_over_whole() -> None:
    held = acts.suspend(acts.acknowledge(solved(), "update-2"), utc("2026-03-02 15:00"), DESK)
    carried = TypeAdapter(Ticket)
    assert carried.validate_json(carried.dump_json(held)) == held
    coverage = TypeAdapter(Coverage)
    again = coverage.validate_json(coverage.dump_json(DESK[KEY]))
    assert again == DESK[KEY]
    assert acts.move(held, utc("2026-03-02 15:00"), {KEY: again}) == held
