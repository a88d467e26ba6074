"""The activities as workflows know them: names, inputs, results. What they do is in the modules beside this one.

Business time always comes in by the call: an activity never asks the wall clock, so skipped time is true time.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.contract import Assignment, Contract, Person
from domain.contract_news import ContractNews
from domain.facts import Fact
from domain.meeting import MeetingPlan, Slot
from domain.messages import Message
from domain.plan import Role
from domain.support import Who
from domain.ticket_coverage import KeyedCoverage, OpeningHours

RECORD = "record"
DELIVER = "deliver"
RESOLVE_AGENDA = "resolve_agenda"
ASSIGN_ROLES = "assign_roles"
BOOK = "book"
BOOK_TEAM = "book_team"
BRING_IN = "bring_in"
HOURLY_RATE = "hourly_rate"
FIND_PEOPLE = "find_people"
EXPAND_COVERAGE = "expand_coverage"
POST_WEBHOOK = "post_webhook"
TELL_TICKETS = "tell_tickets"

NOTICED_AFTER = timedelta(seconds=10)
"""``record`` and ``deliver`` give signs of life: without one for so long their worker has died, and another begins."""


class DeliveryState(StrEnum):
    SENT = "sent"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WAITING = "waiting"  # the mail server did not take it yet


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one message to one recipient."""

    message_id: str
    key: str
    email: str
    state: DeliveryState
    code: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a closed ticket is taken up from when somebody reopens it, as JSON."""

    number: int
    document: str


@dataclass(frozen=True, slots=True)
class RecordCall:
    """Write facts and their read models in one transaction, record the messages in it, then send those.

    ``shelf`` goes into the same transaction.
    """

    workflow_id: str
    contract_id: str
    facts: tuple[Fact, ...]
    messages: tuple[Message, ...]
    now: datetime
    shelf: Shelf | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """Only what did not simply go out: rejected, expired and waiting messages."""

    deliveries: tuple[Delivery, ...] = ()


@dataclass(frozen=True, slots=True)
class DeliverCall:
    """Send what is still waiting; tried again for as long as the promise lives."""

    message_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgendaCall:
    """Resolve the agenda of a term: holidays and zone rules are looked up here, once, and enter the history."""

    contract: Contract
    term_number: int = 1
    months_before: int = 0


@dataclass(frozen=True, slots=True)
class AssignCall:
    """Choose the least-loaded qualified staff member for each role."""

    contract_id: str
    vendor_id: str
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Assigned:
    assignments: tuple[Assignment, ...]
    unfilled: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class BookCall:
    """Book a slot for the meeting's ``sequence``; an earlier booking of the same meeting is given up in the same step.

    ``exact``: only this start will do; ``in_hours``: of both sides, unless a person has said that they mean it.
    ``keep_staff``: a reschedule keeps the person. ``not_before``: slots from here.
    """

    meeting: MeetingPlan
    sequence: int
    now: datetime
    not_before: datetime
    exact: datetime | None = None
    keep_staff: str | None = None
    in_hours: bool = False


@dataclass(frozen=True, slots=True)
class Booked:
    """The slot with everybody of the vendor who comes, or (slot None) why there is none and what is free instead.

    ``uid`` and ``token`` are fresh at each call; a meeting keeps those of its first booking. ``outside``: why the
    exact start lies outside of somebody's working hours: without a slot the reason, with one what was confirmed.
    ``late``: that the slot begins after the meeting was due, in words, since no workflow may look up a zone's days.
    """

    slot: Slot | None
    team: tuple[Person, ...] = ()
    uid: str = ""
    token: str = ""
    reason: str = ""
    offers: tuple[datetime, ...] = ()
    outside: str = ""
    late: str = ""


@dataclass(frozen=True, slots=True)
class TeamCall:
    """Who comes besides the host to a slot that is booked, as the meeting's roles are filled now."""

    meeting: MeetingPlan
    slot: Slot
    sequence: int


@dataclass(frozen=True, slots=True)
class Team:
    """Those who are free then. Whoever fills no role of the meeting any more has their time back."""

    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class BringInCall:
    """Book the time of one more of the staff for a slot that is booked."""

    meeting: MeetingPlan
    slot: Slot
    sequence: int
    staff_id: str


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """``reason``: why they cannot come, in words; empty: their time is booked."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class RateCall:
    """The hourly rate in force on the local day (in ``zone``) of an instant (A5).

    ``for_question``: the customer is asked to approve it, so the question's address needs a secret.
    """

    vendor_id: str
    at: datetime
    zone: str
    for_question: bool = False


@dataclass(frozen=True, slots=True)
class Rate:
    """``day`` is the local day that was asked for; ``amount`` None: the vendor has no rate on file for it.

    ``token``: for a question, what nobody can guess. It is made here and not in the workflow: a workflow's own
    randomness grows from its run id, which can be read and so foretold, while an activity's result is truly random
    and, being history, the same in every replay. With the rate it costs no event of its own.
    """

    day: date
    amount: int | None
    currency: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class FindCall:
    """Who it is, at that instant, whom a step of a ladder names: who fills the role, who is on call, the owner."""

    contract_id: str
    who: Who
    at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """``person`` None: nobody, and ``reason`` says why. With a person it says who was passed over, and why.

    ``staff_id`` is empty for an address that is nobody's on the staff.
    """

    staff_id: str
    person: Person | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CoverageCall:
    """Expand opening hours for so many ``days`` from the local day of ``since``, with what is known of closed days now.

    ``version``: the least that the result has.
    """

    contract_id: str
    hours: tuple[OpeningHours, ...]
    since: datetime
    days: int
    version: int = 1


@dataclass(frozen=True, slots=True)
class Expanded:
    coverages: tuple[KeyedCoverage, ...]


@dataclass(frozen=True, slots=True)
class TellCall:
    """Tell the open tickets of a contract what became of it. ``contract``: as it is now; ``main``: its main contact."""

    contract: Contract
    main: Assignment | None
    news: ContractNews
    by: str
    reason: str
    now: datetime


@dataclass(frozen=True, slots=True)
class PostCall:
    """Post ``body`` (JSON) to an endpoint of the contract. ``id`` is the same at each attempt (Standard Webhooks)."""

    contract_id: str
    endpoint: str
    id: str
    event: str
    body: str


@dataclass(frozen=True, slots=True)
class Posted:
    """It was taken: the HTTP status."""

    status: int
