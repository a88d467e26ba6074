"""What the people outside do in a simulation: the customer's and the CSM's habits, as data. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.meeting import Answer


@dataclass(frozen=True, slots=True)
class MeetingHabits:
    """What people do about one meeting.

    ``answer`` None: the customer never answers its invitation. ``reschedules``: so many times the customer moves it.
    ``no_shows``: so many times nobody comes before it is held. ``held_percent``: how much of the planned length it
    takes. ``records_outcome`` false: the CSM never says what became of it.
    """

    answer: Answer | None = Answer.ACCEPTED
    answer_after_hours: int = 2
    reschedules: int = 0
    no_shows: int = 0
    held_percent: int = 100
    records_outcome: bool = True
    outcome_after_minutes: int = 15


@dataclass(frozen=True, slots=True)
class Script:
    """One set of habits. ``meetings``: those of single meetings, by their agenda keys, in place of ``habits``.

    ``approves_overage`` None: that question stays unanswered. ``reply_after_hours``: how long people take with
    everything that is not an invitation.
    """

    name: str
    habits: MeetingHabits = MeetingHabits()
    approves_overage: bool | None = True
    reports_in_time: bool = True
    reply_after_hours: int = 2
    meetings: tuple[tuple[str, MeetingHabits], ...] = ()

    def habits_for(self, key: str) -> MeetingHabits:
        """What people do about the meeting of that key."""
        return dict(self.meetings).get(key, self.habits)


SCRIPTS = {
    script.name: script
    for script in (
        Script("accepts"),
        Script("silent", MeetingHabits(answer=None), approves_overage=None),
        Script("reschedules", MeetingHabits(reschedules=1)),
        Script("no-show", MeetingHabits(no_shows=1)),
    )
}


class ActKind(StrEnum):
    ANSWER = "answer"
    RESCHEDULE = "reschedule"
    OUTCOME = "outcome"
    NO_SHOW = "no-show"
    CANCEL = "cancel"
    DECIDE_OVERAGE = "decide-overage"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class Seen:
    """A mail that reached somebody: what it is about, and its invitation, if it has one.

    ``key``: its own, which says what a task is for.
    """

    kind: str
    contract_id: str
    subject: str
    workflow_id: str
    recipient: str
    key: str = ""
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


INVITING = ("invitation", "update")
MEETING_MAIL = (*INVITING, "cancellation")
REACTED_TO = (*MEETING_MAIL, "overage-request", "report-due", "task")
"""The kinds of mail that lead to anything; the others are read and put away."""

CALL_AFTER_DECLINES = "task-declined"


def reactions(script: Script, mail: Seen, now: datetime, moved: int, missed: int) -> tuple[Act, ...]:
    """What a mail leads to. ``moved`` and ``missed``: how often this meeting was moved by the customer, or missed."""
    if mail.kind in INVITING and mail.start is not None and mail.end is not None:
        return _reactions_to_invitation(script.habits_for(mail.subject), mail, mail.start, mail.end, now, moved, missed)
    later = now + timedelta(hours=script.reply_after_hours)
    if mail.kind == "overage-request" and script.approves_overage is not None:
        return (Act(later, ActKind.DECIDE_OVERAGE, mail, approved=script.approves_overage),)
    if mail.kind == "report-due" and script.reports_in_time:
        return (Act(later, ActKind.COMPLETE, mail),)
    if mail.kind == "task" and mail.key.startswith(CALL_AFTER_DECLINES):
        # The CSM calls, hears that nobody wants this meeting, and says so.
        return (Act(later, ActKind.CANCEL, mail),) if script.habits_for(mail.subject).records_outcome else ()
    return ()


def _reactions_to_invitation(
    habits: MeetingHabits, mail: Seen, start: datetime, end: datetime, now: datetime, moved: int, missed: int
) -> tuple[Act, ...]:
    later = now + timedelta(hours=habits.answer_after_hours)
    if moved < habits.reschedules and later < start:
        return (Act(later, ActKind.RESCHEDULE, mail),)
    acts = []
    if habits.answer is not None and later < start:
        acts.append(Act(later, ActKind.ANSWER, mail, answer=habits.answer))
    if habits.answer is Answer.DECLINED:
        return tuple(acts)
    after = end + timedelta(minutes=habits.outcome_after_minutes)
    if missed < habits.no_shows:
        acts.append(Act(after, ActKind.NO_SHOW, mail))
    elif habits.records_outcome:
        planned = int((end - start).total_seconds()) // 60
        acts.append(Act(after, ActKind.OUTCOME, mail, minutes=max(1, planned * habits.held_percent // 100)))
    return tuple(acts)


def due_first(acts: tuple[Act, ...]) -> tuple[Act, ...]:
    """In the order in which they happen."""
    return tuple(sorted(acts, key=lambda act: (act.at, act.about.subject, act.kind)))


def without_plans_for(acts: tuple[Act, ...], mail: Seen) -> tuple[Act, ...]:
    """A new time, or a cancellation, makes what was planned for the meeting's old time void."""
    if mail.kind not in MEETING_MAIL:
        return acts
    return tuple(act for act in acts if act.about.workflow_id != mail.workflow_id)
