"""A meeting: one sitting with attendees, a slot and an outcome. The values; the life is in `workflows.meeting`."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.contract import Assignment, Person, Side
from domain.plan import Role


class Answer(StrEnum):
    """An attendee's answer, as RFC 5545 PARTSTAT knows it."""

    NEEDS_ACTION = "needs-action"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TENTATIVE = "tentative"


class MeetingStatus(StrEnum):
    """Where a meeting is in its life."""

    SEEKING = "seeking"  # no slot yet
    INVITED = "invited"  # a slot is held, the customer has not accepted
    CONFIRMED = "confirmed"
    AWAITING_OUTCOME = "awaiting-outcome"
    HELD = "held"
    NO_SHOW = "no-show"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"  # its last day passed before it could be held

    @property
    def over(self) -> bool:
        """Nothing more will happen to it."""
        return self in (MeetingStatus.HELD, MeetingStatus.NO_SHOW, MeetingStatus.CANCELLED, MeetingStatus.LAPSED)


class Outcome(StrEnum):
    HELD = "held"
    NO_SHOW = "no-show"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Slot:
    """A booked span (UTC) with the staff member who hosts it; ``place`` is free text (a link, an address)."""

    start: datetime
    end: datetime
    staff_id: str
    host: Person
    place: str = ""

    @property
    def minutes(self) -> int:
        """The planned length."""
        return int((self.end - self.start).total_seconds()) // 60


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody invited, and what they said to the invitation of the current sequence."""

    person: Person
    side: Side
    answer: Answer = Answer.NEEDS_ACTION


@dataclass(frozen=True, slots=True)
class MeetingPlan:
    """What is to be held: everything a `MeetingWorkflow` needs, resolved by its contract.

    ``earliest`` and ``latest`` bound the slot (UTC). ``roles``: one person for each is invited; the first hosts.
    ``assigned`` are the staff ids that the contract has assigned to roles, tried first. ``owner`` is the vendor's
    main contact: tasks and questions about the meeting go there. ``preferred``: the slot nearest to it is taken; None:
    the first one. ``onsite``: the host comes to the customer, so the customer's hours alone bound the slot. ``due``:
    a slot from there on is late, and a person is told; None: the meeting has no such instant. ``joining``: whom
    somebody has brought in besides; they come wherever they are free.
    """

    contract_id: str
    key: str
    title: str
    purpose: str
    clause: str
    minutes: int
    earliest: datetime
    latest: datetime
    roles: tuple[Role, ...]
    assigned: tuple[tuple[Role, str], ...]
    customer: tuple[Person, ...]
    customer_name: str
    vendor_id: str
    vendor_name: str
    zone: str
    language: str
    debits_hours: bool
    owner_id: str = ""
    owner: Person | None = None
    requested_by: str = ""
    place: str = ""
    onsite: bool = False
    preferred: datetime | None = None
    expenses_paid_by: str | None = None
    due: datetime | None = None
    joining: tuple[Assignment, ...] = ()

    @property
    def workflow_id(self) -> str:
        """``meeting/<contract>/<key>``: the id that people read in Temporal's own UI."""
        return f"meeting/{self.contract_id}/{self.key}"
