"""What goes into and between workflows: ids, queue, inputs, updates, signals. One typed input per call.

Clients (the API, the command line, the tests) import from here and from nowhere else in ``workflows/``.
"""

from dataclasses import dataclass
from datetime import datetime

from temporalio.common import SearchAttributeKey

from domain.contract import Assignment, Contact, Contract, Person, Side
from domain.meeting import Answer, Outcome
from domain.plan import Plan, Role
from workflows.contract_state import ContractState

TASK_QUEUE = "pledge"

CONTRACT_WORKFLOW = "ContractWorkflow"
MEETING_WORKFLOW = "MeetingWorkflow"

CUSTOMER = SearchAttributeKey.for_keyword("PledgeCustomer")
VENDOR = SearchAttributeKey.for_keyword("PledgeVendor")
PLAN = SearchAttributeKey.for_keyword("PledgePlan")
CONTRACT = SearchAttributeKey.for_keyword("PledgeContract")
STAGE = SearchAttributeKey.for_keyword("PledgeStage")
CSM = SearchAttributeKey.for_keyword("PledgeCsm")
NEXT_DUE = SearchAttributeKey.for_datetime("PledgeNextDue")
LEVEL = SearchAttributeKey.for_keyword("PledgeLevel")
SEARCH_ATTRIBUTES = (CUSTOMER, VENDOR, PLAN, CONTRACT, STAGE, CSM, NEXT_DUE, LEVEL)


def contract_workflow_id(contract_id: str) -> str:
    """``contract/acme-2026``."""
    return f"contract/{contract_id}"


def meeting_workflow_id(contract_id: str, key: str) -> str:
    """``meeting/acme-2026/kickoff``."""
    return f"meeting/{contract_id}/{key}"


# Updates of a contract. A refusal is an ApplicationError of type REFUSED whose message is the reason: the state
# forbids it, nothing was done.
REFUSED = "Refused"
SLOT_TAKEN = "SlotTaken"
"""The asked slot is not free; the error's details are a list of free starts (ISO 8601)."""
OUTSIDE_HOURS = "OutsideHours"
"""The asked slot lies outside of somebody's working hours, and nobody has said that this is meant; details as above."""


@dataclass(frozen=True, slots=True)
class RequestMeeting:
    """Update ``request_meeting``: more training or consultation (oura-20). Drawn from the hours, if the plan has any.

    ``earliest``/``latest`` bound the slot; None: from now, to the end of the hours' window or the term.
    """

    title: str
    minutes: int
    by: str
    purpose: str = ""
    earliest: datetime | None = None
    latest: datetime | None = None


@dataclass(frozen=True, slots=True)
class MeetingRequested:
    """The answer: the new meeting's key; ``overage_minutes`` > 0 means that it waits for the customer's approval."""

    key: str
    overage_minutes: int


@dataclass(frozen=True, slots=True)
class DecideOverage:
    """Update ``decide_overage``: the customer approves or declines the overage asked for the meeting ``key``."""

    key: str
    approved: bool
    by: str


@dataclass(frozen=True, slots=True)
class RecordCount:
    """Update ``record_count``: the numbers in use from now on; None leaves the one recorded before."""

    by: str
    users: int | None = None
    devices: int | None = None


@dataclass(frozen=True, slots=True)
class ChangeContact:
    """Update ``change_contact``: adds a customer contact, or replaces the one with the address ``replaces``.

    ``contact`` None removes ``replaces`` (never the primary one).
    """

    by: str
    contact: Contact | None = None
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class Designate:
    """Update ``designate``: who may use the priority queue from now on, in place of those before (caret-2)."""

    users: tuple[Person, ...]
    by: str


@dataclass(frozen=True, slots=True)
class ChangeRole:
    """Update ``change_role``: this staff member fills the role from now on. The door has checked the qualification."""

    assignment: Assignment
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AmendPlan:
    """Update ``amend_plan``: the contract goes on under another plan or another version of it."""

    plan: Plan
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Suspend:
    """Update ``suspend``: until resumed nothing of the agenda is booked or sent and the clocks of tickets wait;
    meetings not yet begun are cancelled.
    """

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Resume:
    """Update ``resume``: the agenda goes on; the term is not extended, and what went by is listed."""

    by: str


@dataclass(frozen=True, slots=True)
class Terminate:
    """Update ``terminate``: ends the contract now. It cannot be undone."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Renew:
    """Update ``renew``: another term follows this one."""

    by: str
    term_months: int


@dataclass(frozen=True, slots=True)
class CompleteItem:
    """Update ``complete_item``: an agenda item or a task that a person keeps (a report, a task) is done.

    ``key`` is the agenda key or the task's key.
    """

    key: str
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """The answer of the updates that have nothing more to say; ``summary`` is one line for a person."""

    summary: str


# Updates of a meeting.


@dataclass(frozen=True, slots=True)
class Reschedule:
    """Update ``reschedule``: to ``start``, or (None) to the next slot that suits both sides.

    ``outside_hours``: ``start`` is meant also where it lies outside of the working hours of host or customer.
    """

    by: str
    reason: str = ""
    start: datetime | None = None
    outside_hours: bool = False


@dataclass(frozen=True, slots=True)
class CancelMeeting:
    """Update ``cancel``."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class RecordOutcome:
    """Update ``record_outcome``: held (with the actual minutes), no-show or cancelled, after the slot has begun."""

    outcome: Outcome
    by: str
    minutes: int = 0
    notes: str = ""


@dataclass(frozen=True, slots=True)
class AnswerInvitation:
    """Update ``answer``, from a page or the API. A mail's answer is the signal ``reply`` with a `Reply`."""

    email: str
    answer: Answer
    comment: str = ""


@dataclass(frozen=True, slots=True)
class BringIn:
    """Update ``bring_in``: one more comes to a meeting that lies ahead, of the staff or of the customer's people.

    ``staff``: in which role they join; whether the plan lets that role join is the door's to check.
    """

    by: str
    staff: Assignment | None = None
    contact: Person | None = None


@dataclass(frozen=True, slots=True)
class LetGo:
    """Update ``let_go``: who was brought in, or one of several of the customer's people, need not come."""

    by: str
    email: str


@dataclass(frozen=True, slots=True)
class Rescheduled:
    """The answer of ``reschedule``: the new slot."""

    start: datetime
    end: datetime
    sequence: int


# Signals between a contract and its meetings.


@dataclass(frozen=True, slots=True)
class MeetingOver:
    """Signal ``meeting_over`` to the contract: how a meeting ended, and what is to be debited.

    ``withdrawn``: the contract itself called it off.
    """

    key: str
    outcome: Outcome
    minutes: int
    notes: str
    start: datetime | None
    by: str
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Signal ``withdraw`` to a meeting: its contract was suspended, terminated or has ended.

    A meeting that has begun still waits for its outcome, unless the withdrawal is ``final``.
    """

    reason: str
    by: str
    final: bool = False


@dataclass(frozen=True, slots=True)
class ChangeAttendees:
    """Signal ``change_attendees`` to a meeting: somebody joins or leaves one of the sides."""

    side: Side
    join: Person | None = None
    leave: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeHost:
    """Signal ``change_host`` to a meeting: a role, that of its host or of one who joins, is filled by another now."""

    role: Role
    staff_id: str
    person: Person


@dataclass(frozen=True, slots=True)
class ContractOrder:
    """What a contract workflow is started with; ``state`` is set only by the workflow that continues as new."""

    contract: Contract
    state: ContractState | None = None


CONTRACT_UPDATES: dict[str, type] = {
    "request_meeting": RequestMeeting,
    "decide_overage": DecideOverage,
    "record_count": RecordCount,
    "change_contact": ChangeContact,
    "designate": Designate,
    "change_role": ChangeRole,
    "amend_plan": AmendPlan,
    "suspend": Suspend,
    "resume": Resume,
    "terminate": Terminate,
    "renew": Renew,
    "complete_item": CompleteItem,
}
MEETING_UPDATES: dict[str, type] = {
    "reschedule": Reschedule,
    "cancel": CancelMeeting,
    "record_outcome": RecordOutcome,
    "answer": AnswerInvitation,
    "bring_in": BringIn,
    "let_go": LetGo,
}
