"""What a ticket says to the staff: messages made from its state. Pure; the recorder sends them."""

from dataclasses import dataclass
from datetime import datetime

from domain.clock_words import clock_name, left_text, rung_text
from domain.clocks import Clock
from domain.contract import Person
from domain.messages import Content, Message, TaskNotice
from domain.support import LadderStep
from domain.ticket_messages import TicketAssigned, TicketHeard, TicketNew, TicketWarning
from workflows.ticket_mail import targets
from workflows.ticket_messages import TicketAct
from workflows.ticket_state import TicketWork


def new(work: TicketWork, key: str, to: tuple[Person, ...]) -> Message:
    """To whoever has it: it is new; what is promised, and until when."""
    report = work.order.decision.report
    who = report.reporter
    content = TicketNew(
        number=work.order.number,
        subject=work.title,
        text=report.description,
        customer_name=work.order.parties.customer_name,
        level_name=work.ticket.current_level.name,
        door=report.door.value + (f", written down by {report.by}" if report.by else ""),
        reporter=", ".join(each for each in (who.name, who.email, who.phone) if each),
        registered_at=work.order.registered_at,
        targets=tuple(targets(work)),
        url=work.page,
        files=tuple(each.name for each in work.order.attachments),
        left_out=work.order.left_out,
    )
    return _to_staff(work, key, to, content, work.ticket.current_level.clause)


@dataclass(frozen=True, slots=True)
class Warned:
    """A step of the ladder as it is told: ``left``: seconds of open time until the due instant, negative after it."""

    clock: Clock
    step: LadderStep
    left: int


def warning(work: TicketWork, key: str, warned: Warned, to: tuple[Person, ...]) -> Message:
    """To the staff: this clock needs somebody now."""
    clock = warned.clock
    content = TicketWarning(
        number=work.order.number,
        subject=work.title,
        customer_name=work.order.parties.customer_name,
        level_name=work.ticket.current_level.name,
        clock=clock_name(clock).lower(),
        due=clock.due,
        passed=warned.left <= 0 or clock.verdict is not None,
        best_effort=bool(clock.bounds) and clock.bounds[0].best_effort,
        left_text=left_text(warned.left),
        rung=rung_text(warned.step),
        clause=clock.clause,
        url=work.page,
    )
    return _to_staff(work, key, to, content, clock.clause)


def assigned(work: TicketWork, key: str, by: str) -> Message:
    """To the new owner."""
    due = min((clock for clock in work.ticket.clocks if clock.open and clock.due), key=_due, default=None)
    content = TicketAssigned(
        number=work.order.number,
        subject=work.title,
        text=work.order.decision.report.description,
        customer_name=work.order.parties.customer_name,
        level_name=work.ticket.current_level.name,
        by=by,
        due=due.due if due else None,
        clock=clock_name(due).lower() if due else "",
        url=work.page,
    )
    return _to_staff(work, key, work.handler, content, work.ticket.current_level.clause)


def heard(
    work: TicketWork, key: str, act: TicketAct, *, answers: bool = False, disagrees: bool = False, reopens: bool = False
) -> Message:
    """To whoever has it: the customer wrote, answered the question whether they agree, does not agree, or it is open
    again.
    """
    content = TicketHeard(
        number=work.order.number,
        subject=work.title,
        text=act.text,
        author=act.by,
        customer_name=work.order.parties.customer_name,
        url=work.page,
        disagrees=disagrees,
        answers=answers,
        reopens=reopens,
    )
    return _to_staff(work, key, work.handler, content, work.ticket.current_level.clause)


def task(work: TicketWork, key: str, title: str, detail: str) -> Message:
    """To whoever has it: this needs a person."""
    content = TaskNotice(title, work.order.parties.customer_name, detail, work.page)
    return _to_staff(work, key, work.handler, content, "")


def _due(clock: Clock) -> datetime:
    assert clock.due is not None, "only clocks with a due instant are compared"
    return clock.due


def _to_staff(work: TicketWork, key: str, to: tuple[Person, ...], content: Content, clause: str) -> Message:
    """From Pledge itself: an answer of the staff is given on the page, so that its clock stops."""
    return Message(
        key=key,
        to=to,
        sender_name="",
        vendor_name=work.order.parties.vendor_name,
        zone=work.order.parties.zone,
        language="en",
        content=content,
        contract_id=work.order.contract_id,
        clause=clause,
        about=work.subject,
    )
