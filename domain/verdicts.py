"""What became of a clock, in words: met, missed by how much, or that an objective was missed (A6)."""

from domain.clock_words import seconds_text
from domain.clocks import Clock, Verdict
from domain.ticket import TicketTerms


def verdict_words(clock: Clock, terms: TicketTerms) -> str:
    """``met, took 12 min``, ``missed by 1 h 5 min``, ``objective missed by 5 min``; empty while nothing is decided.

    The plan words the verdict of a best-effort target (A6): it is never called a breach. Lengths are open time.
    """
    if clock.verdict is None:
        return ""
    took = f"took {seconds_text(clock.took_seconds)}" if clock.took_seconds is not None else ""
    match clock.verdict:
        case Verdict.MET:
            return f"met, {took}"
        case Verdict.MEASURED:
            return f"measured: {took}"
        case Verdict.LAPSED:
            return "nothing owed any more"
        case Verdict.OBJECTIVE_MISSED:
            return terms.best_effort_verdict + _overrun(clock)
        case Verdict.MISSED:
            return "missed" + _overrun(clock)


def _overrun(clock: Clock) -> str:
    return f" by {seconds_text(clock.overrun_seconds)}" if clock.stopped_at is not None else ", not done yet"
