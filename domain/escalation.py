"""What a ticket does by itself, and when: the rule behind its one timer.

Four things wake it: a desk that opens while the ticket is new (`domain.announcing`), a due instant, a step of the
ladder, a reminder that the customer was asked to agree. The ladder is the snapshot taken when the ticket opened. Its
steps lie in open time, so nobody is woken outside of the coverage unless that is open at all hours.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from domain import clocks
from domain.clocks import Clock, Coverages, PauseCause
from domain.coverage import CoverageEndsError
from domain.support import LadderStep
from domain.ticket import Ticket, TicketState

ASK_AGAIN_AFTER = (timedelta(days=2), timedelta(days=5), timedelta(days=7), timedelta(days=28))
"""After the first question: two days, five days, a week; then every four weeks, until the customer answers."""


class StepKind(IntEnum):
    """In the order in which they are taken when they fall on one instant."""

    ANNOUNCE = 1  # whoever has it hears that it is new, before they hear that it is late
    DUE = 2  # the clock's verdict: it was not done in time
    TELL = 3  # a step of the ladder
    LAST_DAY = 4  # the ticket closes without an answer, where the plan says so
    ASK_AGAIN = 5


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do at an instant (UTC). ``clock``: its key; ``rung``: the step's place in the ladder.

    ``due``: the instant is the due instant of the clock.
    """

    at: datetime
    kind: StepKind
    clock: str = ""
    rung: int = 0
    due: bool = False

    @property
    def wakes_at(self) -> datetime:
        """When to take it: a due instant has passed when its own second is over, since an answer in it is in time."""
        return self.at + timedelta(seconds=1) if self.due else self.at

    @property
    def summary(self) -> str:
        """What the timer waits for, as Temporal's own UI shows it."""
        words = {
            StepKind.ANNOUNCE: "the desk opens: tell of the new ticket",
            StepKind.DUE: f"{self.clock} due",
            StepKind.TELL: f"{self.clock}: step {self.rung + 1} of the ladder",
            StepKind.LAST_DAY: "last day to agree",
            StepKind.ASK_AGAIN: "ask again to agree",
        }
        return words[self.kind]


class IncidentNews(StrEnum):
    """What the customer's contacts are told of a major incident (ombori-17)."""

    BEGUN = "begun"
    UPDATED = "updated"
    ENDED = "ended"


def next_timer(ticket: Ticket, coverages: Coverages) -> Step | None:
    """The next thing to do, None when nothing will come by itself. Take it at `Step.wakes_at`, or at once when that
    passed already; then ask again.

    Raises CoverageEndsError where the instant lies past the end of the coverage: hand in a longer one.
    """
    order = _steps(ticket, coverages)
    return min(order, key=lambda step: (step.wakes_at, step.kind, step.clock, step.rung), default=None)


def rungs_ahead(ticket: Ticket, coverages: Coverages) -> tuple[Step, ...]:
    """The steps of the ladder that are still to be taken, as things stand, by their instant.

    For screens: where the known opening hours end before a step, the later ones of its clock are left out.
    """
    ahead: list[Step] = []
    for clock in ticket.clocks:
        if clock.running and clock.bounds and not acknowledged(ticket, clock):
            with suppress(CoverageEndsError):
                ahead.extend(_ladder(ticket, clock, coverages))
    return tuple(sorted(ahead, key=lambda step: (step.at, step.clock, step.rung)))


def told(ticket: Ticket, step: Step) -> Ticket:
    """The ticket after a step of the ladder was taken: it is never taken twice."""
    clock = ticket.clock(step.clock)
    assert clock is not None, "a step is of a clock of this ticket"
    return replace(ticket, told=(*ticket.told, mark(clock.governed_by, step.rung)))


def rung(ticket: Ticket, step: Step) -> LadderStep:
    """Whom and how to tell."""
    return ticket.terms.ladder[step.rung]


def incident_news(before: Ticket | None, after: Ticket) -> IncidentNews | None:
    """What to tell the customer's contacts at once, None for nothing: the plan says so for levels with
    ``major_incident`` only.
    """
    was, is_now = before is not None and _is_major(before), _is_major(after)
    if was != is_now:
        return IncidentNews.BEGUN if is_now else IncidentNews.ENDED
    replied = before is not None and after.replies > before.replies
    return IncidentNews.UPDATED if is_now and replied else None


def announcement(ticket: Ticket) -> Step | None:
    """Telling whoever has it that it is new, None where that is not to be done."""
    return None if ticket.announce_at is None else Step(ticket.announce_at, StepKind.ANNOUNCE)


def _steps(ticket: Ticket, coverages: Coverages) -> Iterator[Step]:
    if (news := announcement(ticket)) is not None:
        yield news
    for clock in ticket.clocks:
        if not clock.running:
            continue
        if clock.open and clock.due is not None:
            yield Step(clock.due, StepKind.DUE, clock.key, due=True)
        if clock.bounds and not acknowledged(ticket, clock):
            yield from _ladder(ticket, clock, coverages)
    yield from _reminders(ticket)


def _ladder(ticket: Ticket, clock: Clock, coverages: Coverages) -> Iterator[Step]:
    for number, step in enumerate(ticket.terms.ladder):
        if step.applies(clock.kind, ticket.level) and mark(clock.governed_by, number) not in ticket.told:
            at = _moment(clock, step, coverages)
            if at is not None:
                yield Step(at, StepKind.TELL, clock.key, number, at == clock.due)


def _moment(clock: Clock, step: LadderStep, coverages: Coverages) -> datetime | None:
    if step.overrun_seconds is not None:
        at = clocks.overrun_at(clock, step.overrun_seconds, coverages)
    else:
        at = clocks.share_at(clock, step.percent or 0, coverages)
    if at is None or not clock.bounds[0].wall_clock:
        return at
    return coverages[clock.coverage].next_open(at)  # a target by the wall clock wakes nobody at night either


def _reminders(ticket: Ticket) -> Iterator[Step]:
    """The last day comes even where nobody is asked any more: after the contract's end, or without anybody to ask."""
    asked = ticket.state is TicketState.AGREEMENT_ASKED
    suspended = PauseCause.SUSPENDED in ticket.paused  # the contract sends nothing until it goes on
    if not asked or suspended or ticket.first_asked is None or ticket.last_asked is None:
        return
    if ticket.agreeable and not ticket.released:
        wait = ASK_AGAIN_AFTER[min(ticket.asks, len(ASK_AGAIN_AFTER)) - 1]
        yield Step(ticket.last_asked + wait, StepKind.ASK_AGAIN)
    if ticket.last_day is not None:
        yield Step(ticket.last_day, StepKind.LAST_DAY)


def acknowledged(ticket: Ticket, clock: Clock) -> bool:
    """Whether somebody has taken notice of the clock under the target that governs it now."""
    return clock.governed_by in ticket.acknowledged


def mark(governed_by: str, number: int) -> str:
    """How `Ticket.told` names a step: a clock and its target (`Clock.governed_by`), a step.

    Another target has a ladder of its own; under the same one nothing is told twice.
    """
    return f"{governed_by}/{number}"


def _is_major(ticket: Ticket) -> bool:
    return ticket.state.working and ticket.current_level.major_incident is not None
