"""An answer to an invitation, and the rule that decides what it may change: one attendee's answer, nothing else.

The reply comes from outside and proves nothing but that its writer knows the meeting's address. Source: RFC 5546,
sections 2.1.5 and 3.2.3; DESIGN, Invitations.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.meeting import Answer


@dataclass(frozen=True, slots=True)
class Reply:
    """One METHOD:REPLY as it came. ``stamp`` is the replier's DTSTAMP (UTC); ``attendee`` the address, as written.

    ``token`` is the local part of the address that it was sent to, in lower case. ``automatic``: a machine wrote the
    mail around it, so nobody may be written back to. ``sender`` is the From address, for the record only.
    """

    token: str
    uid: str
    attendee: str
    answer: Answer
    sequence: int
    stamp: datetime
    comment: str = ""
    sender: str = ""
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class Replier:
    """An attendee and the last reply of theirs that counted: its sequence and stamp, None before the first."""

    email: str
    answer: Answer = Answer.NEEDS_ACTION
    sequence: int | None = None
    stamp: datetime | None = None


@dataclass(frozen=True, slots=True)
class MeetingView:
    """What a reply is held against. ``token`` in lower case; ``sequence`` that of the invitation in force."""

    token: str
    uid: str
    sequence: int
    attendees: tuple[Replier, ...]


class WhyIgnored(StrEnum):
    """Why a reply changes nothing and nobody needs to look at it."""

    OTHER_MEETING = "other-meeting"  # the token is that of another one
    OTHER_UID = "other-uid"
    OLDER_SEQUENCE = "older-sequence"  # it answers a time that the meeting no longer has
    UNKNOWN_SEQUENCE = "unknown-sequence"  # it answers an invitation that was never sent
    OLDER_STAMP = "older-stamp"  # the same person answered later, and that answer came first
    REPEATED = "repeated"
    NO_ANSWER = "no-answer"


@dataclass(frozen=True, slots=True)
class Applied:
    """The reply counts: this attendee (as the meeting writes their address) now answers so."""

    email: str
    answer: Answer
    comment: str


@dataclass(frozen=True, slots=True)
class Ignored:
    reason: WhyIgnored


@dataclass(frozen=True, slots=True)
class UnknownReplier:
    """Somebody who was not invited knows the address: for the CSM's queue, and never added to the meeting."""

    attendee: str
    answer: Answer
    comment: str


def match(reply: Reply, meeting: MeetingView) -> Applied | Ignored | UnknownReplier:
    """What the reply may change: matched by token, then UID, then the attendee without regard to case.

    Nothing else of the reply is looked at. An older SEQUENCE, or of the same one an older DTSTAMP, is ignored; the
    same stamp with another answer counts, since stamps are whole seconds.
    """
    if reply.token.casefold() != meeting.token.casefold():
        return Ignored(WhyIgnored.OTHER_MEETING)
    if reply.uid != meeting.uid:
        return Ignored(WhyIgnored.OTHER_UID)
    replier = next((a for a in meeting.attendees if _same_address(a.email, reply.attendee)), None)
    if replier is None:
        return UnknownReplier(reply.attendee, reply.answer, reply.comment)
    if reason := _why_not(reply, meeting, replier):
        return Ignored(reason)
    return Applied(replier.email, reply.answer, reply.comment)


def _why_not(reply: Reply, meeting: MeetingView, replier: Replier) -> WhyIgnored | None:
    if reply.sequence < meeting.sequence:
        return WhyIgnored.OLDER_SEQUENCE
    if reply.sequence > meeting.sequence:
        return WhyIgnored.UNKNOWN_SEQUENCE
    if reply.answer is Answer.NEEDS_ACTION:
        return WhyIgnored.NO_ANSWER
    if replier.sequence != reply.sequence or replier.stamp is None or reply.stamp > replier.stamp:
        return None
    if reply.stamp < replier.stamp:
        return WhyIgnored.OLDER_STAMP
    return WhyIgnored.REPEATED if reply.answer is replier.answer else None


def _same_address(ours: str, theirs: str) -> bool:
    return ours.strip().casefold() == theirs.strip().casefold()
