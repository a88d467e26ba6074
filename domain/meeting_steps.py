"""What a booked meeting does next, and when: the rule behind its one timer. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

REMINDER_HOURS = (24, 1)
NUDGE_AFTER = timedelta(days=3)
NUDGES = 2
NO_NUDGE_WITHIN = timedelta(hours=36)
"""So close to the meeting the reminder speaks; a nudge on top of it would be noise."""

NO_REMINDER_WITHIN = timedelta(hours=6)
"""So soon after the invitation a reminder tells nothing new."""

ASK_OUTCOME_AFTER = timedelta(minutes=30)
ASK_AGAIN_AFTER = (timedelta(days=1), timedelta(days=3), timedelta(days=7))
"""After the first question: a day, three days, a week; then weekly."""

OUTCOME_ASKS = 6
"""Five weeks of questions are enough: from then on the task on the screen says the same."""


class StepKind(StrEnum):
    NUDGE = "nudge"
    REMIND = "remind"
    ASK_OUTCOME = "ask-outcome"


@dataclass(frozen=True, slots=True)
class MeetingStep:
    """One thing to do at an instant; ``hours`` is set for a reminder."""

    at: datetime
    kind: StepKind
    hours: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """What was done already for the invitation of the current sequence.

    ``answered``: somebody of the customer's side has answered. ``declined``: all of them have declined.
    ``reminded``: the hours whose reminder is done with.
    """

    invited_at: datetime
    start: datetime
    end: datetime
    answered: bool
    declined: bool = False
    nudges: int = 0
    reminded: tuple[int, ...] = ()
    outcome_asks: int = 0
    last_asked: datetime | None = None


def next_step(progress: Progress) -> MeetingStep | None:
    """The next thing to do; None where all was said that a meeting without an outcome has to say."""
    return min(_steps(progress), key=lambda step: step.at, default=None)


def reminders_behind(progress: Progress, now: datetime) -> tuple[int, ...]:
    """The hours whose reminder is done with, or came due while nobody was to be reminded."""
    return tuple(
        hours
        for hours in REMINDER_HOURS
        if hours in progress.reminded or progress.start - timedelta(hours=hours) <= now
    )


def _steps(progress: Progress) -> Iterator[MeetingStep]:
    if not progress.declined:
        yield from _steps_before(progress)
    if progress.outcome_asks < OUTCOME_ASKS:
        yield MeetingStep(_ask_outcome_at(progress), StepKind.ASK_OUTCOME)


def _steps_before(progress: Progress) -> Iterator[MeetingStep]:
    nudge_at = progress.invited_at + NUDGE_AFTER * (progress.nudges + 1)
    if not progress.answered and progress.nudges < NUDGES and nudge_at <= progress.start - NO_NUDGE_WITHIN:
        yield MeetingStep(nudge_at, StepKind.NUDGE)
    for hours in REMINDER_HOURS:
        at = progress.start - timedelta(hours=hours)
        if hours not in progress.reminded and at >= progress.invited_at + NO_REMINDER_WITHIN:
            yield MeetingStep(at, StepKind.REMIND, hours)


def _ask_outcome_at(progress: Progress) -> datetime:
    if progress.last_asked is None:
        return progress.end + ASK_OUTCOME_AFTER
    pause = ASK_AGAIN_AFTER[min(progress.outcome_asks, len(ASK_AGAIN_AFTER)) - 1]
    return progress.last_asked + pause
