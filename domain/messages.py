"""Messages that leave: what each kind of mail has to say. How it looks is in ``mail/`` and ``templates/email``.

A workflow orders a `Message`; the activity renders it in the reader's zone and language, records it under a
Message-ID made from the workflow's id and ``key``, and sends it. Instants are UTC, days are local to the contract.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, get_args, get_type_hints

from domain.contract import Person
from domain.meeting import Attendee
from domain.ticket_messages import (
    AgreementAsked,
    IncidentNotice,
    TicketAnswer,
    TicketAssigned,
    TicketClosed,
    TicketHeard,
    TicketNew,
    TicketReceived,
    TicketRefused,
    TicketRouted,
    TicketWarning,
)


class InviteMethod(StrEnum):
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class Invite:
    """The iCalendar part of a message: one VEVENT with a permanent UID (RFC 5545, RFC 5546).

    ``token`` is the unguessable local part of the organizer's reply address; ``stamp`` the DTSTAMP (business time).
    """

    method: InviteMethod
    uid: str
    sequence: int
    stamp: datetime
    start: datetime
    end: datetime
    title: str
    description: str
    place: str
    token: str
    organizer_name: str
    attendees: tuple[Attendee, ...]


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person as a message lists them: ``part`` is a role's title or "your contact"."""

    part: str
    person: Person


@dataclass(frozen=True, slots=True)
class Welcome:
    """To the customer's primary contact when the contract starts; asks to confirm or name the reciprocal contact.

    ``amended``: the contract goes on under another plan, and nothing is asked.
    """

    plan_name: str
    starts_on: date
    ends_on: date
    vendor_people: tuple[PersonLine, ...]
    customer_people: tuple[PersonLine, ...]
    holdings: tuple[str, ...]
    duties: tuple[str, ...]
    amended: bool = False
    kind: Literal["welcome"] = "welcome"


@dataclass(frozen=True, slots=True)
class MeetingNotice:
    """Invitation, update, cancellation, reminder (``hours_before``) and nudge of one meeting.

    ``previous_start`` is set in an update; ``reason`` where somebody gave one; ``reserved_minutes`` where the
    meeting draws on the package's hours; ``expenses_paid_by`` names a party ("client") for an onsite visit.
    ``answer_url``: the page on which a customer without a calendar program answers; opening it changes nothing.
    """

    kind: Literal["invitation", "update", "cancellation", "reminder", "nudge"]
    title: str
    purpose: str
    start: datetime
    end: datetime
    host: Person
    attendees: tuple[Attendee, ...]
    place: str = ""
    reason: str = ""
    previous_start: datetime | None = None
    hours_before: int | None = None
    reserved_minutes: int = 0
    expenses_paid_by: str | None = None
    answer_url: str = ""


@dataclass(frozen=True, slots=True)
class OutcomeNotice:
    """To the customer after a meeting: what was recorded, and the hours left (None: the meeting draws on none)."""

    title: str
    start: datetime
    outcome: Literal["held", "no-show"]
    minutes: int
    notes: str
    debited_minutes: int
    hours_left_minutes: int | None
    offered_again: bool = False
    kind: Literal["outcome"] = "outcome"


@dataclass(frozen=True, slots=True)
class OutcomeMissing:
    """To the host: a meeting is over and nobody has recorded what became of it. ``url`` leads to the form."""

    title: str
    customer_name: str
    start: datetime
    asked_times: int
    url: str
    kind: Literal["outcome-missing"] = "outcome-missing"


@dataclass(frozen=True, slots=True)
class WindowWarning:
    """To the customer: unused hours will lapse when the window closes."""

    window_title: str
    closes_on: date
    day: int
    unused_minutes: int
    granted_minutes: int
    contact: Person
    kind: Literal["window-warning"] = "window-warning"


@dataclass(frozen=True, slots=True)
class WindowClosed:
    """To the customer: the window is closed, what lapsed, and who goes on as the main contact (A1).

    ``ended``: titles of the roles whose time is over. ``is_new``: the main contact was somebody else before.
    """

    window_title: str
    closed_on: date
    lapsed_minutes: int
    used_minutes: int
    contact: Person
    ended: tuple[str, ...] = ()
    is_new: bool = False
    kind: Literal["window-closed"] = "window-closed"


@dataclass(frozen=True, slots=True)
class OverageRequest:
    """To the customer: this needs more hours than the package holds; nothing is booked before they approve (A2).

    ``minutes`` are those beyond the package, ``hours_left_minutes`` what the package still holds. ``rate`` is the
    hourly rate in minor units as of today, None where the vendor has none on file; the price is that of the delivery
    day (A5). ``url`` leads to a page with the question; opening it changes nothing.
    """

    title: str
    minutes: int
    hours_left_minutes: int
    rate: int | None
    amount: int | None
    currency: str
    url: str
    kind: Literal["overage-request"] = "overage-request"


@dataclass(frozen=True, slots=True)
class RenewalNotice:
    """To the customer and the main contact: the term ends in so many days."""

    plan_name: str
    ends_on: date
    days: int
    contact: Person
    kind: Literal["renewal-notice"] = "renewal-notice"


@dataclass(frozen=True, slots=True)
class ReportDue:
    """To the CSM: a report is due (A15)."""

    title: str
    customer_name: str
    period: str
    due_on: date
    url: str
    kind: Literal["report-due"] = "report-due"


@dataclass(frozen=True, slots=True)
class TaskNotice:
    """To the CSM: something needs a person (a rejected address, no free slot, an unknown replier)."""

    title: str
    customer_name: str
    detail: str
    url: str
    kind: Literal["task"] = "task"


@dataclass(frozen=True, slots=True)
class Farewell:
    """To the customer: the contract has ended or was terminated, with what was delivered.

    ``ended_at``: the last instant at which it ran. ``never_began``: it was terminated before its first day.
    """

    plan_name: str
    ended_at: datetime
    meetings_held: int
    minutes_used: int
    reason: str
    never_began: bool = False
    kind: Literal["farewell"] = "farewell"


Content = (
    Welcome
    | MeetingNotice
    | OutcomeNotice
    | OutcomeMissing
    | WindowWarning
    | WindowClosed
    | OverageRequest
    | RenewalNotice
    | ReportDue
    | TaskNotice
    | Farewell
    | TicketReceived
    | TicketRefused
    | TicketAnswer
    | AgreementAsked
    | TicketClosed
    | TicketWarning
    | TicketNew
    | TicketAssigned
    | TicketHeard
    | IncidentNotice
    | TicketRouted
)


class _ByKind:
    """Whoever reads a message from JSON goes by its content's ``kind``, and does not try one content after the other:
    that takes ten times as long. Written in the words of the reader (pydantic), so that nothing is imported for it.
    """

    def __get_pydantic_core_schema__(self, contents: Any, read: Callable[[Any], Any]) -> dict[str, Any]:
        each = zip(get_args(contents), read(contents)["choices"], strict=True)
        choices = {kind: choice for content, choice in each for kind in get_args(get_type_hints(content)["kind"])}
        return {"type": "tagged-union", "discriminator": "kind", "choices": choices}


@dataclass(frozen=True, slots=True)
class Message:
    """One mail to be sent once.

    ``key`` is unique in its workflow and makes the Message-ID. ``to`` each get the same mail (one envelope each).
    ``zone`` and ``language`` are those of the contract; a person's own win. ``useful_until``: after it (business
    time) the message is not sent any more (a reminder of a meeting that has begun). ``in_reply_to`` is the key of
    the message that this one follows, so that a mail program shows one thread. ``contract_id`` and ``clause`` stand
    in the footer. ``reply_token``: the meeting's token in a message that carries no invite (a reminder), so that an
    answer to it finds its meeting; with an invite its own token is used. ``about``: the agenda key that it concerns.
    ``reply_to``: who reads an answer to a message that belongs to no meeting's address; not the reader themselves.
    ``support_address``: it comes from the contract's support address, so that a plain answer finds its ticket.
    ``answers``: the Message-ID of the mail from outside that this one answers. ``by_person``: a person wrote it, so
    it does not say that a machine did.
    """

    key: str
    to: tuple[Person, ...]
    sender_name: str
    vendor_name: str
    zone: str
    language: str
    content: Annotated[Content, _ByKind()]
    invite: Invite | None = None
    useful_until: datetime | None = None
    in_reply_to: str | None = None
    contract_id: str = ""
    clause: str = ""
    reply_token: str = ""
    about: str = ""
    reply_to: Person | None = None
    support_address: bool = False
    answers: str = ""
    by_person: bool = False
