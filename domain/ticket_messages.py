"""What the mails of a ticket have to say. How they look is in ``mail/`` and ``templates/email``.

Instants are UTC and are shown in the reader's zone and language. ``text`` is what a person wrote, several lines of it;
``url`` is the path of a page (empty where the reader has none), and opening it changes nothing. Lengths, targets and
levels come as texts, since the plan words them (`domain.wording`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.contract import Person


@dataclass(frozen=True, slots=True)
class TargetLine:
    """One promise on a ticket: ``First response``, when it is due, the target as sold (``30 min of open hours``).

    ``due`` is None where nothing is owed by a time (``when done``).
    """

    name: str
    due: datetime | None
    text: str
    clause: str


@dataclass(frozen=True, slots=True)
class TicketReceived:
    """To the reporter at registration: we have it, what is promised and until when. It is no answer yet (A19).

    ``notes`` are what the plan says to this report (the ordinary queue, a device that will be charged). ``opens_at``:
    when the desk opens, None while it is open.
    """

    number: int
    subject: str
    text: str
    level_name: str
    targets: tuple[TargetLine, ...]
    notes: tuple[str, ...]
    opens_at: datetime | None
    url: str
    kind: Literal["ticket-received"] = "ticket-received"


@dataclass(frozen=True, slots=True)
class TicketRefused:
    """To whom the plan gives no ticket: why, what they wrote in full, the ways in that there are, whom to turn to."""

    subject: str
    text: str
    reasons: tuple[str, ...]
    ways: tuple[str, ...]
    contact: Person | None
    kind: Literal["ticket-refused"] = "ticket-refused"


@dataclass(frozen=True, slots=True)
class TicketAnswer:
    """To the customer: what a person of the vendor wrote. ``first``: it is the answer, each later one an update."""

    number: int
    subject: str
    text: str
    author: str
    first: bool
    next_update: datetime | None
    url: str
    kind: Literal["ticket-answer"] = "ticket-answer"


@dataclass(frozen=True, slots=True)
class AgreementAsked:
    """To the customer: it is solved (``text`` is the solution), may it be closed? ``asks`` is 1 for the first question.

    ``asked_of``: whose agreement the plan wants, empty where it names nobody. ``last_day``: the instant at which the
    ticket closes without an answer; None: it never does (A14).
    """

    number: int
    subject: str
    text: str
    author: str
    asks: int
    asked_of: str
    url: str
    last_day: datetime | None
    kind: Literal["agreement-asked"] = "agreement-asked"


@dataclass(frozen=True, slots=True)
class TicketClosed:
    """To the customer: the ticket is closed, ``how`` it came to that, and what became of each promise."""

    number: int
    subject: str
    how: str
    registered_at: datetime
    closed_at: datetime
    verdicts: tuple[str, ...]
    url: str
    kind: Literal["ticket-closed"] = "ticket-closed"


@dataclass(frozen=True, slots=True)
class TicketWarning:
    """To staff: a step of the ladder. ``clock`` is ``first response``, ``left_text`` the open time left or over.

    ``rung`` says which step it is (``at 75 %``). ``passed``: the due instant is over. With ``best_effort`` the target
    is an objective, and is called one (A6).
    """

    number: int
    subject: str
    customer_name: str
    level_name: str
    clock: str
    due: datetime | None
    passed: bool
    best_effort: bool
    left_text: str
    rung: str
    clause: str
    url: str
    kind: Literal["ticket-warning"] = "ticket-warning"


@dataclass(frozen=True, slots=True)
class TicketNew:
    """To whoever has it: it is new. ``door``: how it came; ``reporter``: from whom, and how to reach them; ``files``:
    their names; ``left_out``: what of it was not kept, and why.
    """

    number: int
    subject: str
    text: str
    customer_name: str
    level_name: str
    door: str
    reporter: str
    registered_at: datetime
    targets: tuple[TargetLine, ...]
    url: str
    files: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    kind: Literal["ticket-new"] = "ticket-new"


@dataclass(frozen=True, slots=True)
class TicketAssigned:
    """To the new owner: what the customer wrote, who assigned it, and what is due next (``clock``)."""

    number: int
    subject: str
    text: str
    customer_name: str
    level_name: str
    by: str
    due: datetime | None
    clock: str
    url: str
    kind: Literal["ticket-assigned"] = "ticket-assigned"


@dataclass(frozen=True, slots=True)
class TicketHeard:
    """To the owner: the customer wrote. ``disagrees``: they say that it is not solved. ``answers``: they were asked to
    agree that it is, and wrote this instead; they are not reminded. ``reopens``: a ticket that was over, or that came
    back by itself.
    """

    number: int
    subject: str
    text: str
    author: str
    customer_name: str
    url: str
    disagrees: bool = False
    answers: bool = False
    reopens: bool = False
    kind: Literal["ticket-heard"] = "ticket-heard"


@dataclass(frozen=True, slots=True)
class IncidentNotice:
    """To the customer's contacts: major-incident communication (ombori-17), at once, at each update and at the end."""

    news: Literal["begun", "updated", "ended"]
    number: int
    subject: str
    text: str
    level_name: str
    since: datetime
    next_update: datetime | None
    url: str
    kind: Literal["incident"] = "incident"


@dataclass(frozen=True, slots=True)
class TicketRouted:
    """To a specialist team or an onsite partner. ``contact`` is the customer's person at ``place``."""

    number: int
    subject: str
    text: str
    customer_name: str
    place: str
    contact: Person | None
    note: str
    level_name: str
    by: str
    url: str
    kind: Literal["ticket-routed"] = "ticket-routed"
