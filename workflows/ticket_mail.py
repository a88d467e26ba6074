"""What a ticket says to the customer and to partners: messages made from its state. Pure; the recorder sends them."""

from datetime import datetime

from domain.clock_words import clock_name
from domain.clocks import Clock
from domain.contract import Person
from domain.escalation import IncidentNews
from domain.messages import Content, Message
from domain.support import ClockKind, Level
from domain.ticket import TicketState
from domain.ticket_messages import (
    AgreementAsked,
    IncidentNotice,
    TargetLine,
    TicketAnswer,
    TicketClosed,
    TicketReceived,
    TicketRefused,
    TicketRouted,
)
from domain.verdicts import verdict_words
from workflows.ticket_messages import TicketAct
from workflows.ticket_state import TicketWork

RECEIVED = "received"
"""The key of the first message to the reporter: every later one of the ticket stands in its thread."""


def received(work: TicketWork, opens_at: datetime | None) -> Message:
    """We have it; what is promised, and until when. It is no answer yet (A19)."""
    decision = work.order.decision
    level = work.ticket.current_level
    content = TicketReceived(
        number=work.order.number,
        subject=work.title,
        text=decision.report.description,
        level_name=level.name,
        targets=tuple(targets(work)),
        notes=(*(reason.text for reason in decision.reasons), *_held(work), *work.order.left_out),
        opens_at=opens_at,
        url=work.customer_page,
    )
    return _to_customer(work, RECEIVED, work.reporter, content, level.clause)


def _held(work: TicketWork) -> tuple[str, ...]:
    return ("The contract is suspended: no time runs until it goes on.",) if work.order.suspended else ()


def refused(work: TicketWork) -> Message:
    """Why it became no ticket, with all that was written."""
    order, report = work.order, work.order.decision.report
    content = TicketRefused(
        subject=work.title,
        text=report.description,
        reasons=tuple(reason.text for reason in order.decision.reasons),
        ways=order.parties.ways,
        contact=order.parties.main.person if order.parties.main else None,
    )
    clause = next((reason.clause for reason in order.decision.reasons if reason.clause), "")
    return _to_customer(work, "refused", work.reporter, content, clause)


def answer(work: TicketWork, key: str, act: TicketAct, first: bool) -> Message:
    """A person's words; when the next ones are due stands with them."""
    update = _running(work, ClockKind.UPDATE)
    content = TicketAnswer(
        number=work.order.number,
        subject=work.title,
        text=act.text,
        author=act.by,
        first=first,
        next_update=update.due if update else None,
        url=work.customer_page,
    )
    clause = work.ticket.current_level.clause_of(ClockKind.RESPONSE if first else ClockKind.UPDATE)
    return _to_customer(work, key, work.reporter, content, clause, by_person=True)


def agreement(work: TicketWork, key: str, to: tuple[Person, ...]) -> Message:
    """Solved: do you agree that it can be closed? (essensys-13)"""
    ticket = work.ticket
    content = AgreementAsked(
        number=work.order.number,
        subject=work.title,
        text=work.solution,
        author=work.author,
        asks=ticket.asks,
        asked_of=ticket.terms.asked_of,
        url=work.customer_page,
        last_day=ticket.last_day,
    )
    return _to_customer(work, key, to, content, ticket.terms.closing_clause)


def closed(work: TicketWork, key: str, how: str) -> Message:
    """It is closed, and what became of each clock."""
    ticket = work.ticket
    content = TicketClosed(
        number=work.order.number,
        subject=work.title,
        how=how,
        registered_at=ticket.registered_at,
        closed_at=ticket.closed_at or ticket.registered_at,
        verdicts=tuple(
            f"{clock_name(clock)}: {verdict_words(clock, ticket.terms)}" for clock in ticket.clocks if clock.verdict
        ),
        url=work.customer_page,
    )
    to = {person.email.casefold(): person for person in (*work.order.parties.agree, *work.reporter)}
    return _to_customer(work, key, tuple(to.values()), content, ticket.terms.closing_clause)


def incident(work: TicketWork, news: IncidentNews, level: Level, key: str, clause: str) -> Message:
    """To the customer's contacts (ombori-17)."""
    update = _running(work, ClockKind.UPDATE)
    report = work.order.decision.report
    words = {
        IncidentNews.BEGUN: report.description,
        IncidentNews.UPDATED: work.last_reply,
        IncidentNews.ENDED: _how_it_ended(work),
    }
    content = IncidentNotice(
        news=news.value,
        number=work.order.number,
        subject=work.title,
        text=words[news],
        level_name=level.name,
        since=work.order.registered_at,
        next_update=update.due if update and news is not IncidentNews.ENDED else None,
        url=work.customer_page,
    )
    return _to_customer(work, key, work.order.parties.contacts, content, clause, thread=False)


def _how_it_ended(work: TicketWork) -> str:
    ticket = work.ticket
    if ticket.state.working:
        return f"The ticket goes on; its level is {ticket.current_level.name} now."
    return "The ticket is closed." if ticket.state is TicketState.CLOSED else work.solution


def routed(work: TicketWork, key: str, act: TicketAct) -> Message:
    """To a specialist team, an onsite partner or the client's own desk."""
    report, route = work.order.decision.report, act.route
    assert route is not None, "a routing says where to"
    content = TicketRouted(
        number=work.order.number,
        subject=work.title,
        text=report.description,
        customer_name=work.order.parties.customer_name,
        place=report.premises,
        contact=report.reporter if report.reporter.email or report.reporter.name else None,
        note=act.text,
        level_name=work.ticket.current_level.name,
        by=act.by,
        url="",
    )
    to = (Person(route.to, route.email),)
    return _to_customer(work, key, to, content, work.ticket.current_level.clause, thread=False)


def targets(work: TicketWork) -> list[TargetLine]:
    """What the level promises: running clocks with their due instants, and those that are held or only begin later."""
    ticket, lines = work.ticket, []
    for kind in ClockKind:
        clock, level = _running(work, kind), ticket.current_level
        target = level.target(kind)
        measured = next((each.text for each in level.measured if each.clock is kind), "")
        if target is not None or measured:
            text = target.text if target else measured
            due = clock.due if clock and not ticket.paused else None
            lines.append(TargetLine(clock_name(kind), due, text, level.clause_of(kind)))
    return lines


def _running(work: TicketWork, kind: ClockKind) -> Clock | None:
    return next((clock for clock in reversed(work.ticket.clocks) if clock.kind is kind and clock.running), None)


def _to_customer(
    work: TicketWork,
    key: str,
    to: tuple[Person, ...],
    content: Content,
    clause: str,
    *,
    by_person: bool = False,
    thread: bool = True,
) -> Message:
    """From the contract's support address, so that a plain reply comes back to the ticket; to partners too."""
    return Message(
        key=key,
        to=to,
        sender_name=work.sender_name,
        vendor_name=work.order.parties.vendor_name,
        zone=work.order.parties.zone,
        language=work.order.parties.language,
        content=content,
        in_reply_to=RECEIVED if thread and key != RECEIVED else None,
        contract_id=work.order.contract_id,
        clause=clause,
        about=work.subject,
        support_address=True,
        answers=_answers(work) if thread and to == work.reporter else "",
        by_person=by_person,
    )


def _answers(work: TicketWork) -> str:
    """The Message-ID of the mail by which the report came."""
    report = work.order.decision.report
    return report.key if report.key.startswith("<") else ""
