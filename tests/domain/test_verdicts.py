"""What became of a clock, in words. The desk is open from 07:00Z to 17:00Z; 2 March 2026 is a Monday."""

from dataclasses import replace

import pytest

from domain import ticket_acts as acts
from domain.plan import Readings
from domain.ticket import Ticket
from domain.ticket_clocks import expired, terms_of
from domain.verdicts import verdict_words
from tests.domain.coverage_examples import HOUR, utc
from tests.domain.ticket_examples import DESK, EFFORT, PLAN, RESPONSE, clock, target, ticket

OWN_WORDS = terms_of(replace(PLAN, readings=Readings(best_effort_verdict="aim not reached")))
BY_THE_WALL = terms_of(replace(PLAN, levels=(replace(EFFORT, targets=(target(RESPONSE, HOUR, wall_clock=True),)),)))


def answered(of: Ticket, at: str) -> Ticket:
    return acts.reply(of, utc(at), DESK)


@pytest.mark.parametrize(
    ("of", "key", "words"),
    [
        (ticket("2026-03-02 10:00"), "response-1", ""),
        (answered(ticket("2026-03-02 10:00"), "2026-03-02 11:00"), "response-1", "met, took 1 h"),
        (answered(ticket("2026-03-02 10:00"), "2026-03-02 11:00:01"), "response-1", "missed by 1 s"),
        (answered(ticket("2026-03-02 10:00"), "2026-03-02 12:05"), "response-1", "missed by 1 h 5 min"),
        # It was due on Monday at 17:00Z: of the night nothing counts.
        (answered(ticket("2026-03-02 16:00"), "2026-03-03 07:20"), "response-1", "missed by 20 min"),
        (expired(ticket("2026-03-02 10:00"), utc("2026-03-02 11:01")), "response-1", "missed, not done yet"),
        (
            answered(ticket("2026-03-02 10:00", "l4"), "2026-03-02 12:05"),
            "response-1",
            "objective missed by 1 h 5 min",
        ),
        (
            expired(ticket("2026-03-02 10:00", "l4"), utc("2026-03-02 11:01")),
            "response-1",
            "objective missed, not done yet",
        ),
        (
            answered(ticket("2026-03-02 10:00", "l4", OWN_WORDS), "2026-03-02 12:05"),
            "response-1",
            "aim not reached by 1 h 5 min",
        ),
        (
            answered(ticket("2026-03-02 16:30", "l4", BY_THE_WALL), "2026-03-03 07:30"),
            "response-1",
            "objective missed by 14 h",
        ),
        (
            answered(answered(ticket("2026-03-02 10:00", "l3"), "2026-03-02 11:00"), "2026-03-02 14:20"),
            "update-1",
            "measured: took 3 h 20 min",
        ),
        (
            acts.withdraw(ticket("2026-03-02 10:00"), utc("2026-03-02 10:30"), DESK),
            "response-1",
            "nothing owed any more",
        ),
    ],
)
def test_a_verdict_reads(of: Ticket, key: str, words: str) -> None:
    assert verdict_words(clock(of, key), of.terms) == words


def test_a_best_effort_target_that_was_not_reached_is_never_called_breached() -> None:
    late = answered(ticket("2026-03-02 10:00", "l4"), "2026-03-09 12:05")
    told = [verdict_words(each, late.terms) for each in late.clocks]
    assert "breach" not in " ".join(told)
    assert [late.terms.best_effort_verdict, OWN_WORDS.best_effort_verdict] == ["objective missed", "aim not reached"]
