"""The projection: each kind of fact has one small function that changes the read models. Nothing else writes them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from domain.facts import Fact
from domain.happenings import Happening
from storage import (
    projection_agenda as agenda,
)
from storage import (
    projection_contract as contract,
)
from storage import (
    projection_meeting as meeting,
)
from storage import (
    projection_money as money,
)
from storage import (
    projection_people as people,
)
from storage import (
    projection_ticket as ticket,
)
from storage.telling import ProjectionError, Told
from storage.together import Together

Handler = Callable[[AsyncSession, Told], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Gathering:
    """A handler whose rows nobody reads in between: what it changes is gathered over all facts of a step."""

    gather: Callable[[Together, Told], None]


def _nothing(_rows: Together, _fact: Told) -> None:
    """The fact itself is all there is to show."""


_only_in_the_timeline = Gathering(_nothing)


HANDLERS: dict[Happening, Handler | Gathering] = {
    Happening.SIGNED: contract.signed,
    Happening.AGENDA_SET: agenda.agenda_set,
    Happening.STARTED: contract.started,
    Happening.ONBOARDED: contract.onboarded,
    Happening.SUSPENDED: contract.suspended,
    Happening.RESUMED: contract.resumed,
    Happening.AMENDED: contract.amended,
    Happening.RENEWED: contract.renewed,
    Happening.TERMINATED: contract.terminated,
    Happening.ENDED: contract.ended,
    Happening.ROLE_ASSIGNED: people.role_assigned,
    Happening.ROLE_UNFILLED: people.role_unfilled,
    Happening.ROLE_ENDED: people.role_ended,
    Happening.CONTACT_ASKED: people.contact_asked,
    Happening.CONTACT_SET: people.contact_set,
    Happening.CONTACT_REMOVED: people.contact_removed,
    Happening.ITEM_DONE: agenda.item_done,
    Happening.ITEM_LATE: agenda.item_late,
    Happening.ITEM_DROPPED: agenda.item_dropped,
    Happening.WINDOW_WARNED: agenda.noticed,
    Happening.WINDOW_CLOSED: agenda.window_closed,
    Happening.RENEWAL_NOTICED: agenda.noticed,
    Happening.REPORT_OPENED: agenda.report_opened,
    Happening.COUNTED: contract.counted,
    Happening.DESIGNATED: people.designated,
    Happening.HOURS_GRANTED: money.hours_granted,
    Happening.HOURS_RESERVED: money.hours_reserved,
    Happening.HOURS_RELEASED: money.hours_released,
    Happening.HOURS_DEBITED: money.hours_debited,
    Happening.HOURS_LAPSED: money.hours_lapsed,
    Happening.OVERAGE_ASKED: money.overage_asked,
    Happening.OVERAGE_APPROVED: money.overage_approved,
    Happening.OVERAGE_DECLINED: money.overage_declined,
    Happening.CHARGED: money.charged,
    Happening.MEETING_OPENED: meeting.opened,
    Happening.MEETING_BOOKED: meeting.booked,
    Happening.MEETING_UNBOOKABLE: meeting.unbookable,
    Happening.MEETING_MOVED: meeting.booked,
    Happening.MEETING_ANSWERED: meeting.answered,
    Happening.MEETING_NUDGED: meeting.nudged,
    Happening.MEETING_REMINDED: _only_in_the_timeline,
    Happening.OUTCOME_ASKED: meeting.outcome_asked,
    Happening.MEETING_HELD: meeting.held,
    Happening.MEETING_NO_SHOW: meeting.no_show,
    Happening.MEETING_CANCELLED: meeting.cancelled,
    Happening.MEETING_LAPSED: meeting.lapsed,
    Happening.TASK_OPENED: people.task_opened,
    Happening.TASK_DONE: people.task_done,
    Happening.MESSAGE_REJECTED: _only_in_the_timeline,
    Happening.MESSAGE_LATE: _only_in_the_timeline,
    Happening.TICKET_REGISTERED: Gathering(ticket.registered),
    Happening.TICKET_REFUSED: Gathering(ticket.registered),
    Happening.TICKET_ANNOUNCED: _only_in_the_timeline,
    Happening.TICKET_COVERAGE: Gathering(ticket.coverage_set),
    Happening.CLOCK_SET: Gathering(ticket.clock_set),
    Happening.CLOCK_VERDICT: Gathering(ticket.clock_verdict),
    Happening.TICKET_TRIAGED: Gathering(ticket.triaged),
    Happening.TICKET_LEVEL: Gathering(ticket.level_set),
    Happening.TICKET_ASSIGNED: Gathering(ticket.assigned),
    Happening.TICKET_REPLIED: Gathering(ticket.replied),
    Happening.TICKET_HEARD: Gathering(ticket.heard),
    Happening.TICKET_NOTED: Gathering(ticket.noted),
    Happening.TICKET_ROUTED: Gathering(ticket.routed),
    Happening.TICKET_TAKEN_BACK: Gathering(ticket.taken_back),
    Happening.TICKET_PAUSED: Gathering(ticket.paused),
    Happening.TICKET_RESUMED: Gathering(ticket.resumed),
    Happening.TICKET_ACKNOWLEDGED: Gathering(ticket.acknowledged),
    Happening.TICKET_ESCALATED: _only_in_the_timeline,
    Happening.TICKET_INCIDENT: _only_in_the_timeline,
    Happening.TICKET_RESOLVED: Gathering(ticket.resolved),
    Happening.TICKET_ASKED: Gathering(ticket.asked),
    Happening.TICKET_AGREED: Gathering(ticket.closed),
    Happening.TICKET_CLOSED: Gathering(ticket.closed),
    Happening.TICKET_WITHDRAWN: Gathering(ticket.closed),
    Happening.TICKET_REOPENED: Gathering(ticket.reopened),
    Happening.TICKET_AMENDED: Gathering(ticket.amended),
    Happening.TICKET_RELEASED: Gathering(ticket.released),
    Happening.TICKET_AGREEING: Gathering(ticket.agreeing),
    Happening.WEBHOOK_POSTED: _only_in_the_timeline,
    Happening.WEBHOOK_FAILED: _only_in_the_timeline,
    Happening.OUTAGE_BEGAN: Gathering(ticket.outage_began),
    Happening.OUTAGE_ENDED: Gathering(ticket.outage_ended),
}


async def project(session: AsyncSession, facts: Sequence[Told]) -> None:
    """Bring the read models up to these facts, in their order.

    Raises ProjectionError for an unknown kind or data it cannot read.
    """
    rows = Together()
    for fact in facts:
        handler = _handler(fact.fact)
        if isinstance(handler, Gathering):
            handler.gather(rows, fact)
        else:
            await handler(session, fact)
    await rows.write(session)


def is_gathered(facts: Sequence[Fact]) -> bool:
    """Whether `gathered` can tell what all of these facts change: for no one of them has a row to be read first."""
    return all(isinstance(_handler(fact), Gathering) for fact in facts)


def gathered(facts: Sequence[Told]) -> Together:
    """What these facts change, for facts that `is_gathered` says it of. Raises ProjectionError as `project` does."""
    rows = Together()
    for fact in facts:
        handler = _handler(fact.fact)
        assert isinstance(handler, Gathering)
        handler.gather(rows, fact)
    return rows


def _handler(fact: Fact) -> Handler | Gathering:
    try:
        return HANDLERS[Happening(fact.kind)]
    except (ValueError, KeyError):
        raise ProjectionError(f"{fact.kind!r} is no kind of fact that the read models know") from None
