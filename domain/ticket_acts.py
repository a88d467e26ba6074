"""The acts on a ticket: each checks what `domain.ticket` allows, and gives the ticket after it.

An act gives the verdicts that its clocks have reached by ``now``, so that a timer that fires late changes nothing.
Raises NotAllowedError, with the reason, for what the state, the plan or the actor's part forbids.
"""

from dataclasses import replace
from datetime import datetime

from domain import ticket_clocks as rules
from domain.clocks import Coverages, PauseCause
from domain.ticket import Act, Actor, NotAllowedError, RouteKind, Ticket, TicketState, TicketTerms, next_state


def register(
    ticket_id: str,
    contract_id: str,
    terms: TicketTerms,
    level: str,
    at: datetime,
    coverages: Coverages,
    suspended: bool = False,
) -> Ticket:
    """A new ticket with its first clocks; ``suspended``: the contract is, so nothing counts yet.

    Raises KeyError for a level that the plan does not have.
    """
    terms.level(level)
    held = (PauseCause.SUSPENDED,) if suspended else ()
    return rules.started(Ticket(ticket_id, contract_id, terms, level, at, paused=held), coverages)


def triage(
    ticket: Ticket, now: datetime, coverages: Coverages, level: str, impact: str = "", inside_boundary: bool = True
) -> Ticket:
    """Impact and Service Boundary are judged, and the level confirmed or changed (essensys-9, ombori-27)."""
    state = next_state(ticket, Act.TRIAGE, Actor.STAFF)
    judged = replace(ticket, state=state, impact=impact, inside_boundary=inside_boundary)
    return _at_level(judged, level, now, coverages)


def set_level(ticket: Ticket, now: datetime, coverages: Coverages, level: str) -> Ticket:
    """Another level. KeyError where the plan has none of that key."""
    return _at_level(_after(ticket, Act.SET_LEVEL, Actor.STAFF), level, now, coverages)


def assign(ticket: Ticket, owner: str) -> Ticket:
    """Somebody (a staff id) owns it from now on."""
    return replace(_after(ticket, Act.ASSIGN, Actor.STAFF), owner=owner)


def reply(ticket: Ticket, now: datetime, coverages: Coverages, actor: Actor = Actor.STAFF) -> Ticket:
    """A person writes what the customer sees. On a closed ticket it moves no clock; where the customer had written
    instead of agreeing, their agreement is waited for from now on.
    """
    after = _after(ticket, Act.REPLY, actor)
    if after.state is TicketState.ANSWERED and ticket.answered_at is not None:  # it was routed and taken back
        after = replace(after, state=TicketState.UPDATED)
    after = replace(after, replies=ticket.replies + 1, answered_at=ticket.answered_at or now)
    if ticket.state is TicketState.AGREEMENT_ASKED and ticket.first_asked is None:
        after = replace(after, asks=1, first_asked=now, last_asked=now)
    return after if ticket.state is TicketState.CLOSED else rules.after_reply(after, now, coverages)


def reply_automatically(ticket: Ticket, now: datetime, coverages: Coverages) -> Ticket:
    """An automatic acknowledgement is neither a response nor an update, unless the plan says so (A19)."""
    unanswered = ticket.answered_at is None and ticket.state.working
    return reply(ticket, now, coverages) if ticket.terms.automatic_counts and unanswered else ticket


def hear(ticket: Ticket, now: datetime, coverages: Coverages) -> Ticket:
    """The customer writes: whoever waited for them waits no longer. It answers nothing and closes nothing; who was
    asked to agree has answered so, and is neither reminded nor overtaken by a last day until the staff acts again.
    """
    after = replace(_after(ticket, Act.HEAR, Actor.CUSTOMER), asks=0, first_asked=None, last_asked=None)
    return rules.resumed(after, PauseCause.CUSTOMER, now, coverages)


def route(ticket: Ticket, kind: RouteKind, to: str) -> Ticket:
    """To a specialist team, an onsite partner or the client's own service desk; every clock goes on."""
    return replace(_after(ticket, Act.ROUTE, Actor.STAFF), routed=kind, routed_to=to)


def take_back(ticket: Ticket, actor: Actor = Actor.STAFF) -> Ticket:
    """The ticket is with the vendor's own people again."""
    return replace(_after(ticket, Act.TAKE_BACK, actor), routed=None, routed_to="")


def pause(ticket: Ticket, now: datetime, coverages: Coverages) -> Ticket:
    """The customer is waited for, where the plan allows that to pause clocks (A20)."""
    return rules.paused(_after(ticket, Act.PAUSE, Actor.STAFF), PauseCause.CUSTOMER, now, coverages)


def resume(ticket: Ticket, now: datetime, coverages: Coverages) -> Ticket:
    """The customer is waited for no longer."""
    return rules.resumed(_after(ticket, Act.RESUME, Actor.STAFF), PauseCause.CUSTOMER, now, coverages)


def acknowledge(ticket: Ticket, clock: str) -> Ticket:
    """Somebody has taken notice: the ladder tells nobody more of that clock under its target. The target stands."""
    after = _after(ticket, Act.ACKNOWLEDGE, Actor.STAFF)
    found = ticket.clock(clock)
    if found is None:
        raise NotAllowedError(f"this ticket has no clock {clock}")
    return replace(after, acknowledged=tuple(dict.fromkeys((*ticket.acknowledged, found.governed_by))))


def resolve(ticket: Ticket, now: datetime, coverages: Coverages, actor: Actor = Actor.STAFF) -> Ticket:
    """Solved. By a person the customer is told, which is an answer or an update; by the system it went by itself."""
    after = rules.resumed(_after(ticket, Act.RESOLVE, actor), PauseCause.CUSTOMER, now, coverages)
    after = replace(after, resolved_at=now, routed=None, routed_to="", asks=0, first_asked=None, last_asked=None)
    if actor is Actor.SYSTEM:
        return rules.after_recovery(after, now, coverages)
    after = replace(after, replies=ticket.replies + 1, answered_at=ticket.answered_at or now)
    return rules.after_reply(rules.after_solution(after, now, coverages), now, coverages)


def ask_agreement(ticket: Ticket, now: datetime, actor: Actor = Actor.SYSTEM) -> Ticket:
    """The customer is asked, once more, to agree that the ticket can be closed (essensys-13)."""
    after = _after(ticket, Act.ASK_AGREEMENT, actor)
    return replace(after, asks=ticket.asks + 1, first_asked=ticket.first_asked or now, last_asked=now)


def agree(ticket: Ticket, now: datetime, coverages: Coverages) -> Ticket:
    """The customer agrees, and the ticket is closed."""
    return _closed(ticket, Act.AGREE, Actor.CUSTOMER, now, coverages)


def withdraw(ticket: Ticket, now: datetime, coverages: Coverages) -> Ticket:
    """The customer does not need it any more."""
    return _closed(ticket, Act.WITHDRAW, Actor.CUSTOMER, now, coverages)


def close(ticket: Ticket, now: datetime, coverages: Coverages, actor: Actor) -> Ticket:
    """Closed without an agreement: by staff where the plan promises none, by the system on the plan's last day."""
    return _closed(ticket, Act.CLOSE, actor, now, coverages)


def reopen(ticket: Ticket, now: datetime, coverages: Coverages, actor: Actor) -> Ticket:
    """It is not solved: the customer does not agree, or it came back."""
    after = replace(_after(ticket, Act.REOPEN, actor), resolved_at=None, closed_at=None)
    if ticket.released:
        return after
    return rules.after_reopening(after, now, coverages)


def meet(ticket: Ticket, agreeable: bool) -> Ticket:
    """Somebody is known who may agree to the closing, or nobody is any more."""
    return replace(ticket, agreeable=agreeable)


def suspend(ticket: Ticket, now: datetime, coverages: Coverages) -> Ticket:
    """The contract is suspended: nothing counts until it goes on."""
    return rules.paused(ticket, PauseCause.SUSPENDED, now, coverages)


def go_on(ticket: Ticket, now: datetime, coverages: Coverages) -> Ticket:
    """The contract is suspended no longer; the days until a ticket closes without an answer begin anew."""
    asked = replace(ticket, first_asked=now) if ticket.first_asked else ticket
    return rules.resumed(asked, PauseCause.SUSPENDED, now, coverages)


def amend(ticket: Ticket, terms: TicketTerms, now: datetime, coverages: Coverages) -> Ticket:
    """The contract has another plan; ``coverages`` must hold the keys of both."""
    return rules.after_amendment(rules.expired(ticket, now), terms, now, coverages)


def release(ticket: Ticket, now: datetime, coverages: Coverages) -> Ticket:
    """The contract is over: the ticket can still be worked on, and no clock is owed. The days until it closes without
    an answer go on, or begin anew where the contract was suspended.
    """
    held = tuple(cause for cause in ticket.paused if cause is not PauseCause.SUSPENDED)
    if held != ticket.paused and ticket.first_asked:
        ticket = replace(ticket, first_asked=now)
    return replace(rules.after_closing(ticket, now, coverages), released=True, paused=held)


def call_off(ticket: Ticket, now: datetime, coverages: Coverages) -> Ticket:
    """Ended from outside of its life, by whoever runs the engine: closed, and nothing is owed any more."""
    ended = rules.resumed(replace(ticket, state=TicketState.CLOSED, closed_at=now), PauseCause.CUSTOMER, now, coverages)
    return rules.after_closing(ended, now, coverages)


def move(ticket: Ticket, now: datetime, coverages: Coverages) -> Ticket:
    """The coverage has a new version: what is still to come is due by it."""
    return rules.moved(rules.expired(ticket, now), coverages)


def _after(ticket: Ticket, act: Act, actor: Actor) -> Ticket:
    return replace(ticket, state=next_state(ticket, act, actor))


def _at_level(ticket: Ticket, level: str, now: datetime, coverages: Coverages) -> Ticket:
    ticket.terms.level(level)
    if level == ticket.level:
        return ticket
    return rules.after_level(replace(ticket, level=level), ticket.level, now, coverages)


def _closed(ticket: Ticket, act: Act, actor: Actor, now: datetime, coverages: Coverages) -> Ticket:
    after = rules.resumed(_after(ticket, act, actor), PauseCause.CUSTOMER, now, coverages)
    return rules.after_closing(replace(after, closed_at=now), now, coverages)
