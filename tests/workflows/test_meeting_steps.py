"""The rule behind a meeting's one timer, as a table. The meeting is on Tuesday 20 January 2026, 10:00 to 11:00 UTC."""

from dataclasses import replace

import pytest

from domain.meeting_steps import MeetingStep, Progress, StepKind, next_step, reminders_behind
from tests.workflows.trial import utc

INVITED_EARLY = Progress(utc("2026-01-05 09:00"), utc("2026-01-20 10:00"), utc("2026-01-20 11:00"), answered=False)


def steps_of(progress: Progress, count: int) -> list[str]:
    """The next steps, each taken when it is due."""
    taken = []
    for _ in range(count):
        step = next_step(progress)
        if step is None:
            break
        taken.append(f"{step.at:%m-%d %H:%M} {step.kind.value}" + (f" {step.hours} h" if step.hours else ""))
        progress = after(progress, step)
    return taken


def after(progress: Progress, step: MeetingStep) -> Progress:
    if step.kind is StepKind.NUDGE:
        return replace(progress, nudges=progress.nudges + 1)
    if step.kind is StepKind.REMIND:
        return replace(progress, reminded=(*progress.reminded, step.hours))
    return replace(progress, outcome_asks=progress.outcome_asks + 1, last_asked=step.at)


def test_the_whole_life_of_an_invitation_that_nobody_answers_ends_with_the_sixth_question() -> None:
    assert steps_of(INVITED_EARLY, 99) == [
        "01-08 09:00 nudge",
        "01-11 09:00 nudge",
        "01-19 10:00 remind 24 h",
        "01-20 09:00 remind 1 h",
        "01-20 11:30 ask-outcome",
        "01-21 11:30 ask-outcome",
        "01-24 11:30 ask-outcome",
        "01-31 11:30 ask-outcome",
        "02-07 11:30 ask-outcome",
        "02-14 11:30 ask-outcome",
    ]


def test_who_has_answered_is_not_nudged() -> None:
    assert steps_of(replace(INVITED_EARLY, answered=True), 2) == ["01-19 10:00 remind 24 h", "01-20 09:00 remind 1 h"]


def test_where_all_have_declined_nobody_is_reminded_and_the_outcome_is_still_asked_for() -> None:
    assert steps_of(replace(INVITED_EARLY, answered=True, declined=True), 2) == [
        "01-20 11:30 ask-outcome",
        "01-21 11:30 ask-outcome",
    ]


def test_who_comes_after_all_is_not_reminded_of_yesterday() -> None:
    declined = replace(INVITED_EARLY, answered=True, declined=True)
    assert reminders_behind(declined, utc("2026-01-19 09:59")) == ()
    assert reminders_behind(declined, utc("2026-01-19 10:00")) == (24,)
    assert reminders_behind(replace(declined, reminded=(24,)), utc("2026-01-20 09:30")) == (24, 1)


@pytest.mark.parametrize(
    ("invited", "first"),
    [
        ("2026-01-15 22:00", "01-18 22:00 nudge"),  # three days later is exactly 36 hours before
        ("2026-01-15 22:01", "01-19 10:00 remind 24 h"),  # one minute less, and the reminder speaks
        ("2026-01-19 04:00", "01-19 10:00 remind 24 h"),  # six hours after the invitation is late enough
        ("2026-01-19 04:01", "01-20 09:00 remind 1 h"),
        ("2026-01-20 03:00", "01-20 09:00 remind 1 h"),
        ("2026-01-20 03:01", "01-20 11:30 ask-outcome"),
    ],
)
def test_an_invitation_close_to_the_meeting_is_not_followed_by_noise(invited: str, first: str) -> None:
    assert steps_of(replace(INVITED_EARLY, invited_at=utc(invited)), 1) == [first]


def test_what_fell_due_while_nobody_was_there_is_taken_in_its_order() -> None:
    assert next_step(INVITED_EARLY) == MeetingStep(utc("2026-01-08 09:00"), StepKind.NUDGE)
    late = replace(INVITED_EARLY, nudges=2, reminded=(24, 1))
    assert next_step(late) == MeetingStep(utc("2026-01-20 11:30"), StepKind.ASK_OUTCOME)
