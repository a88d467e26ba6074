"""What goes into and between ticket workflows: ids, the order, the acts, what a contract tells its tickets.

Clients (the doors, the postman, the tests) import from here.
"""

from dataclasses import dataclass
from datetime import datetime

from activities.calls import PostCall
from domain.contract import Person
from domain.contract_news import ContractChanged
from domain.facts import Chain
from domain.intake import Decision
from domain.ticket import Act, Actor, RouteKind, Ticket, TicketTerms, ticket_workflow_id
from domain.ticket_coverage import KeyedCoverage, OpeningHours

__all__ = [
    "COVERAGE_CHANGED",
    "LONGEST_TEXT",
    "TICKET_WORKFLOW",
    "ActDone",
    "Attachment",
    "Carried",
    "CoverageChanged",
    "Handler",
    "Parties",
    "Route",
    "TicketAct",
    "TicketOrder",
    "ticket_subject",
    "ticket_workflow_id",
]

TICKET_WORKFLOW = "TicketWorkflow"
COVERAGE_CHANGED = "coverage_changed"

LONGEST_TEXT = 20_000
"""Characters of one message of a conversation; a door cuts what is longer, and says so."""


def ticket_subject(number: int) -> str:
    """What facts and messages of a ticket are about, inside its contract: ``ticket/17``."""
    return f"ticket/{number}"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message. Its bytes are in the database under ``id``."""

    id: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Handler:
    """A staff member who has a ticket, or looks after the contract."""

    staff_id: str
    person: Person


@dataclass(frozen=True, slots=True)
class Parties:
    """Who is concerned, as known at the registration, and as the contract tells later.

    ``agree``: whose agreement closes the ticket; ``contacts``: whom a major incident is told to (ombori-17); ``main``:
    the vendor's main contact, who stands in while nobody has the ticket. ``ways``: the plan's ways in, for a refusal.
    ``reporter_left``: whoever reported it was a contact, and is none any more.
    """

    customer_name: str
    vendor_name: str
    zone: str
    language: str
    contacts: tuple[Person, ...]
    agree: tuple[Person, ...]
    main: Handler | None
    ways: tuple[str, ...] = ()
    reporter_left: bool = False


@dataclass(frozen=True, slots=True)
class Unposted:
    """News for the system that has the ticket, made at ``since``, which it has not taken yet."""

    call: PostCall
    since: datetime


@dataclass(frozen=True, slots=True)
class Carried:
    """What a ticket carries from one run to the next: over continue-as-new, and over the time in which it is closed.

    ``waiting``: Message-IDs that are still to be sent. ``seen``: keys of what came from outside, the latest last.
    ``outage_since``: the platform is down since then. ``had``: the endpoints that it was handed to, now or before.
    """

    ticket: Ticket
    chain: Chain
    coverages: tuple[KeyedCoverage, ...]
    hours: tuple[OpeningHours, ...]
    owner: Handler | None = None
    waiting: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    last_reply: str = ""
    solution: str = ""
    author: str = ""
    route: "Route | None" = None
    posts: int = 0
    unposted: tuple[Unposted, ...] = ()
    outage_since: datetime | None = None
    had: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CoverageChanged:
    """Signal ``coverage_changed``: a holiday or an exception was added; what is still to come is due by it."""

    coverages: tuple[KeyedCoverage, ...]
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class TicketOrder:
    """What a ticket workflow is started with. ``carried`` is set where an earlier run of it exists.

    ``registered_at``: when the report came in, the anchor of its clocks. ``token``: the unguessable part of the
    customer's page. ``coverages``: the opening hours as expanded at the registration. ``alert``: the key of the
    monitoring alert that it is about; ``outage``: the platform was down, from ``outage_since`` on where that was before
    the registration. ``news``, ``closed_days``: what a ticket that is taken from the shelf has to hear before anything
    else. ``announce``: whoever has the ticket hears that it is new, once; an order without it is of an earlier release.
    """

    contract_id: str
    number: int
    decision: Decision
    terms: TicketTerms
    parties: Parties
    registered_at: datetime
    token: str
    hours: tuple[OpeningHours, ...] = ()
    coverages: tuple[KeyedCoverage, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    suspended: bool = False
    alert: str = ""
    outage: bool = False
    left_out: tuple[str, ...] = ()
    carried: Carried | None = None
    outage_since: datetime | None = None
    news: tuple[ContractChanged, ...] = ()
    closed_days: CoverageChanged | None = None
    announce: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """Where a ticket is handed to. ``email``: told by mail; ``endpoint``: by a signed webhook."""

    kind: RouteKind
    to: str
    email: str = ""
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class TicketAct:
    """Update ``act``: something that is done to a ticket.

    ``by`` is the name that facts give; ``email`` the address of a customer or partner. ``key``: of a mail or a webhook,
    so that a second delivery does nothing. ``text`` is a message, a note, a solution or a reason. ``endpoint``: through
    which a partner acts; the ticket must be with that one. ``at``: when the outage of the ticket really began or ended.
    Which of the other fields are needed depends on the act.
    """

    act: Act
    actor: Actor
    by: str
    text: str = ""
    email: str = ""
    level: str = ""
    impact: str = ""
    inside_boundary: bool = True
    owner: Handler | None = None
    route: Route | None = None
    clock: str = ""
    attachments: tuple[Attachment, ...] = ()
    message_id: str = ""
    key: str = ""
    endpoint: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ActDone:
    """The answer: one line for a person, and the state after it."""

    summary: str
    state: str
