"""A ticket: its states, what is allowed in each and to whom, and the value that a `TicketWorkflow` carries.

The acts that change it are in `domain.ticket_acts`, what they do to its clocks in `domain.ticket_clocks`, when it must
do something by itself in `domain.escalation`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.clocks import Clock, PauseCause
from domain.support import LadderStep, Level


class TicketState(StrEnum):
    """Where a ticket is in its life."""

    REGISTERED = "registered"
    TRIAGED = "triaged"  # impact, service boundary and level are confirmed (essensys-9)
    ASSIGNED = "assigned"
    ANSWERED = "answered"
    UPDATED = "updated"
    ROUTED = "routed"  # with a specialist team, an onsite partner or the client's own service desk
    RESOLVED = "resolved"
    AGREEMENT_ASKED = "agreement-asked"
    CLOSED = "closed"
    REOPENED = "reopened"

    @property
    def working(self) -> bool:
        """Somebody has to find the solution."""
        return self not in (TicketState.RESOLVED, TicketState.AGREEMENT_ASKED, TicketState.CLOSED)


class Act(StrEnum):
    """What can be done to a ticket."""

    TRIAGE = "triage"
    ASSIGN = "assign"
    REPLY = "reply"  # a message that the customer sees: the first one is the answer, each later one an update
    HEAR = "hear"  # the customer writes
    NOTE = "note"  # the customer does not see it
    SET_LEVEL = "set-level"
    ROUTE = "route"
    TAKE_BACK = "take-back"
    PAUSE = "pause"
    RESUME = "resume"
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"
    ASK_AGREEMENT = "ask-agreement"
    AGREE = "agree"
    CLOSE = "close"  # without the customer's agreement
    WITHDRAW = "withdraw"  # the customer does not need it any more
    REOPEN = "reopen"


class Actor(StrEnum):
    STAFF = "staff"
    CUSTOMER = "customer"
    PARTNER = "partner"  # to whom the ticket is routed
    SYSTEM = "system"  # monitoring, a day that has come


class RouteKind(StrEnum):
    SPECIALIST = "specialist-team"  # essensys-10
    ONSITE_PARTNER = "onsite-partner"  # ombori-7
    CLIENT_DESK = "client-service-desk"  # ombori-24


class NotAllowedError(ValueError):
    """The state of the ticket, its plan or the actor's part forbids the act; the text says why."""


_S, _C, _P, _Y = Actor.STAFF, Actor.CUSTOMER, Actor.PARTNER, Actor.SYSTEM
_NEW = (TicketState.REGISTERED, TicketState.TRIAGED, TicketState.ASSIGNED)
_WORKING = tuple(state for state in TicketState if state.working)
_SOLVED = (TicketState.RESOLVED, TicketState.AGREEMENT_ASKED)
_NOT_CLOSED = (*_WORKING, *_SOLVED)

_ROWS: tuple[tuple[Act, tuple[TicketState, ...], TicketState | None, tuple[Actor, ...]], ...] = (
    # act, from, to (None: the state stays), by whom
    (Act.TRIAGE, (TicketState.REGISTERED,), TicketState.TRIAGED, (_S,)),
    (Act.TRIAGE, tuple(s for s in _WORKING if s is not TicketState.REGISTERED), None, (_S,)),
    (Act.ASSIGN, (TicketState.REGISTERED, TicketState.TRIAGED), TicketState.ASSIGNED, (_S,)),
    (Act.ASSIGN, tuple(s for s in _NOT_CLOSED if s not in _NEW[:2]), None, (_S,)),
    (Act.REPLY, _NEW, TicketState.ANSWERED, (_S,)),
    (Act.REPLY, (TicketState.ANSWERED, TicketState.UPDATED, TicketState.REOPENED), TicketState.UPDATED, (_S,)),
    (Act.REPLY, (TicketState.ROUTED,), None, (_S, _P)),
    (Act.REPLY, (*_SOLVED, TicketState.CLOSED), None, (_S,)),
    (Act.HEAR, tuple(TicketState), None, (_C,)),
    (Act.NOTE, tuple(TicketState), None, (_S, _P, _Y)),
    (Act.SET_LEVEL, _WORKING, None, (_S,)),
    (Act.ROUTE, _WORKING, TicketState.ROUTED, (_S,)),
    (Act.TAKE_BACK, (TicketState.ROUTED,), TicketState.ASSIGNED, (_S, _P)),
    (Act.PAUSE, _WORKING, None, (_S,)),
    (Act.RESUME, _WORKING, None, (_S,)),
    (Act.ACKNOWLEDGE, _NOT_CLOSED, None, (_S,)),
    (Act.RESOLVE, (TicketState.ROUTED,), TicketState.RESOLVED, (_S, _P, _Y)),
    (Act.RESOLVE, tuple(s for s in _WORKING if s is not TicketState.ROUTED), TicketState.RESOLVED, (_S, _Y)),
    (Act.ASK_AGREEMENT, _SOLVED, TicketState.AGREEMENT_ASKED, (_S, _Y)),
    (Act.AGREE, _SOLVED, TicketState.CLOSED, (_C,)),
    (Act.CLOSE, _SOLVED, TicketState.CLOSED, (_S, _Y)),
    (Act.WITHDRAW, _WORKING, TicketState.CLOSED, (_C,)),
    (Act.REOPEN, (*_SOLVED, TicketState.CLOSED), TicketState.REOPENED, (_S, _C, _Y)),
)

LIFE: dict[tuple[TicketState, Act], tuple[TicketState, tuple[Actor, ...]]] = {
    (state, act): (to or state, actors) for act, states, to, actors in _ROWS for state in states
}
"""What each state allows: the state that an act leads to, and who may do it."""


@dataclass(frozen=True, slots=True)
class CoverageKey:
    """Which opening hours of which plan a ticket's clocks run in.

    ``key`` names them in the ticket, ``rule`` among the plan's coverage. An amendment adds those of the new plan: what
    was promised at registration goes on in the hours in which it was promised.
    """

    key: str
    plan_id: str
    plan_version: int
    rule: str


@dataclass(frozen=True, slots=True)
class TicketTerms:
    """What the plan promises to one ticket: the snapshot taken when it was opened.

    ``levels``: the severest first, their ``coverage`` a key of ``coverage_keys``. ``owed`` false: the ordinary queue,
    where every clock is measured (caret-2). ``asked_of``: whose agreement closes a ticket, empty where the plan names
    nobody. ``last_day_after_days``: so many times 24 h after the first question the ticket closes without an answer;
    None: never (A14). ``automatic_counts``, ``update_restarts``: the plan's reading of A19.
    ``best_effort_verdict``: how a missed objective is worded (A6).
    """

    plan_id: str
    plan_version: int
    levels: tuple[Level, ...]
    ladder: tuple[LadderStep, ...]
    coverage_keys: tuple[CoverageKey, ...]
    owed: bool = True
    may_pause: bool = False
    closing_clause: str = ""
    asked_of: str = ""
    last_day_after_days: int | None = None
    automatic_counts: bool = False
    update_restarts: bool = True
    best_effort_verdict: str = "objective missed"

    def level(self, key: str) -> Level:
        """The level of that key. KeyError where the plan has none."""
        for level in self.levels:
            if level.key == key:
                return level
        raise KeyError(f"{self.plan_id} has no level {key!r}; it has {', '.join(each.key for each in self.levels)}")

    def severer(self, one: str, other: str) -> bool:
        """Whether a level is severer than another: it stands before it in the plan."""
        keys = [level.key for level in self.levels]
        return keys.index(one) < keys.index(other)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as its workflow carries it. ``id`` reads ``acme-2026/17``.

    ``replies``: messages of a person that the customer has seen. ``told``: the steps of the ladder that were taken, as
    `domain.escalation` names them. ``acknowledged``: the clocks whose ladder somebody has stopped, each under its
    target (`Clock.governed_by`). ``paused``: what holds the clocks now. ``agreeable``: somebody is known who may agree
    to the closing. ``asks``: how often the customer was asked to since it was last resolved or they last wrote;
    ``first_asked``, ``last_asked``: when, None where nobody waits for their agreement. ``announce_at``: when whoever
    has it is to hear that it is new; None: they know, or are told no more.
    """

    id: str
    contract_id: str
    terms: TicketTerms
    level: str
    registered_at: datetime
    state: TicketState = TicketState.REGISTERED
    clocks: tuple[Clock, ...] = ()
    owner: str = ""
    impact: str = ""
    inside_boundary: bool | None = None
    replies: int = 0
    answered_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    routed: RouteKind | None = None
    routed_to: str = ""
    paused: tuple[PauseCause, ...] = ()
    told: tuple[str, ...] = ()
    acknowledged: tuple[str, ...] = ()
    agreeable: bool = True
    asks: int = 0
    first_asked: datetime | None = None
    last_asked: datetime | None = None
    released: bool = False  # the contract is over: nothing is owed any more
    announce_at: datetime | None = None

    @property
    def current_level(self) -> Level:
        """The level that it has now."""
        return self.terms.level(self.level)

    @property
    def last_day(self) -> datetime | None:
        """When it closes without an answer; None: never (A14), or nobody was asked yet."""
        days = self.terms.last_day_after_days
        return self.first_asked + timedelta(days=days) if days is not None and self.first_asked else None

    def clock(self, key: str) -> Clock | None:
        """The clock of that key (``update-3``), None where there is none."""
        return next((clock for clock in self.clocks if clock.key == key), None)


def ticket_workflow_id(contract_id: str, number: int) -> str:
    """Under which its facts stand: ``ticket/acme-2026/17``."""
    return f"ticket/{contract_id}/{number}"


def why_not(ticket: Ticket, act: Act, actor: Actor) -> str | None:
    """Why an actor may not do that now, in words for a person; None: they may."""
    rule = LIFE.get((ticket.state, act))
    if rule is None:
        state = _STATE_WORDS.get(ticket.state, f"is {ticket.state}")
        return f"a ticket that {state} cannot be changed so ({_words(act)})"
    if actor not in rule[1]:
        return f"{_words(act)} is for {', '.join(rule[1])}, not for {actor}"
    if act in (Act.PAUSE, Act.RESUME):
        return _why_not_wait(ticket, act)
    if act in (Act.AGREE, Act.ASK_AGREEMENT) and not ticket.agreeable:
        return "nobody is known who could agree"
    return _why_not_close(ticket, actor) if act is Act.CLOSE else None


def allowed_acts(ticket: Ticket, actor: Actor) -> tuple[Act, ...]:
    """What an actor may do now: the buttons of the ticket's page."""
    return tuple(act for act in Act if why_not(ticket, act, actor) is None)


def next_state(ticket: Ticket, act: Act, actor: Actor) -> TicketState:
    """The state that the act leads to. NotAllowedError, with the reason, where it is not allowed."""
    reason = why_not(ticket, act, actor)
    if reason is not None:
        raise NotAllowedError(reason)
    return LIFE[ticket.state, act][0]


def _why_not_wait(ticket: Ticket, act: Act) -> str | None:
    waiting = PauseCause.CUSTOMER in ticket.paused
    if act is Act.RESUME:
        return None if waiting else "nobody waits for the customer"
    if not ticket.terms.may_pause:
        return "the plan does not let clocks pause while the customer is waited for (A20)"
    return "the customer is waited for already" if waiting else None


def _why_not_close(ticket: Ticket, actor: Actor) -> str | None:
    if actor is Actor.SYSTEM and ticket.terms.last_day_after_days is None:
        return "a ticket never closes by itself, since the plan sets no last day (A14)"
    promised = ticket.terms.closing_clause and ticket.agreeable and not ticket.released
    if actor is Actor.STAFF and promised:
        return f"only the agreement of {ticket.terms.asked_of} closes it ({ticket.terms.closing_clause})"
    return None


_STATE_WORDS = {
    TicketState.ROUTED: "is handed to others",
    TicketState.RESOLVED: "is solved",
    TicketState.AGREEMENT_ASKED: "waits for agreement",
}


def _words(key: str) -> str:
    return key.replace("-", " ")
