"""When whoever has a new ticket hears of it: at once while the desk is open, else when it opens next.

It is told once in a ticket's life, and only where nobody of the staff has done anything to the ticket before; also
under a suspended contract, since the customer is answered that it came in.
"""

from dataclasses import replace
from datetime import datetime

from domain.clocks import Coverages
from domain.ticket import Ticket


def to_announce(ticket: Ticket, now: datetime, coverages: Coverages) -> Ticket:
    """The ticket is to be told of, in the open hours of its level: ``announce_at`` is now, or the next opening.

    Raises CoverageEndsError where that lies past the end of the coverage: hand in a longer one.
    """
    return replace(ticket, announce_at=coverages[ticket.current_level.coverage].next_open(now))


def still_to_announce(ticket: Ticket, now: datetime, coverages: Coverages) -> Ticket:
    """The same after something happened, by the opening hours and the level of now. What fell due while nobody was
    there is told at once. Nothing is left to tell of where nobody works on the ticket (one that comes back is told as
    such) or nothing is owed any more.
    """
    if ticket.announce_at is None:
        return ticket
    if ticket.released or not ticket.state.working:
        return announced(ticket)
    return ticket if ticket.announce_at <= now else to_announce(ticket, now, coverages)


def announced(ticket: Ticket) -> Ticket:
    """Whoever has it knows of it."""
    return replace(ticket, announce_at=None)
