"""What the people outside do in a simulation: the customer's and the CSM's habits, as data. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.meeting import Answer


@dataclass(frozen=True, slots=True)
class Script:
    """One set of habits.

    ``answer`` None: the customer never answers an invitation. ``reschedules``: so many times each meeting is moved
    by the customer. ``no_shows``: so many times nobody comes to a meeting before it is held. ``held_percent``: how
    much of the planned length a held meeting takes. ``approves_overage`` None: that mail stays unanswered too.
    """

    name: str
    answer: Answer | None = Answer.ACCEPTED
    answer_after_hours: int = 2
    reschedules: int = 0
    no_shows: int = 0
    held_percent: int = 100
    approves_overage: bool | None = True
    reports_in_time: bool = True
    outcome_after_minutes: int = 15


SCRIPTS = {
    script.name: script
    for script in (
        Script("accepts"),
        Script("silent", answer=None, approves_overage=None),
        Script("reschedules", reschedules=1),
        Script("no-show", no_shows=1),
    )
}


class ActKind(StrEnum):
    ANSWER = "answer"
    RESCHEDULE = "reschedule"
    OUTCOME = "outcome"
    NO_SHOW = "no-show"
    DECIDE_OVERAGE = "decide-overage"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class Seen:
    """A mail that reached somebody: what it is about, and its invitation, if it has one."""

    kind: str
    contract_id: str
    subject: str
    workflow_id: str
    recipient: str
    uid: str = ""
    token: str = ""
    sequence: int = 0
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """Something that somebody does at an instant. ``about`` is the mail that it follows from."""

    at: datetime
    kind: ActKind
    about: Seen
    minutes: int = 0
    answer: Answer | None = None
    approved: bool = True


def reactions(script: Script, mail: Seen, now: datetime, moved: int, missed: int) -> tuple[Act, ...]:
    """What a mail leads to. ``moved`` and ``missed``: how often this meeting was moved by the customer, or missed."""
    later = now + timedelta(hours=script.answer_after_hours)
    if mail.kind in ("invitation", "update") and mail.start is not None and mail.end is not None:
        return _reactions_to_invitation(script, mail, mail.start, mail.end, later, moved, missed)
    if mail.kind == "overage-request" and script.approves_overage is not None:
        return (Act(later, ActKind.DECIDE_OVERAGE, mail, approved=script.approves_overage),)
    if mail.kind == "report-due" and script.reports_in_time:
        return (Act(later, ActKind.COMPLETE, mail),)
    return ()


def _reactions_to_invitation(
    script: Script, mail: Seen, start: datetime, end: datetime, later: datetime, moved: int, missed: int
) -> tuple[Act, ...]:
    if moved < script.reschedules and later < start:
        return (Act(later, ActKind.RESCHEDULE, mail),)
    acts = []
    if script.answer is not None and later < start:
        acts.append(Act(later, ActKind.ANSWER, mail, answer=script.answer))
    if script.answer is Answer.DECLINED:
        return tuple(acts)
    planned = int((end - start).total_seconds()) // 60
    after = end + timedelta(minutes=script.outcome_after_minutes)
    if missed < script.no_shows:
        acts.append(Act(after, ActKind.NO_SHOW, mail))
    else:
        acts.append(Act(after, ActKind.OUTCOME, mail, minutes=max(1, planned * script.held_percent // 100)))
    return tuple(acts)


def due_first(acts: tuple[Act, ...]) -> tuple[Act, ...]:
    """In the order in which they happen."""
    return tuple(sorted(acts, key=lambda act: (act.at, act.about.subject, act.kind)))


def without_plans_for(acts: tuple[Act, ...], mail: Seen) -> tuple[Act, ...]:
    """A new time, or a cancellation, makes what was planned for the meeting's old time void."""
    if mail.kind not in ("invitation", "update", "cancellation"):
        return acts
    return tuple(act for act in acts if act.about.workflow_id != mail.workflow_id)
