"""What was promised to a ticket, in words for whoever reported it: each clock with the instant by which it is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from domain import ticket_acts as rules
from domain.clock_words import clock_name
from domain.clocks import Clock, Verdict
from domain.coverage import CoverageEndsError
from domain.support import ClockKind, Level
from domain.ticket import Ticket, TicketTerms
from domain.verdicts import verdict_words
from domain.wording import clock_text
from workflows.ticket_messages import TicketOrder

_SILENT = (Verdict.MEASURED, Verdict.LAPSED)


@dataclass(frozen=True, slots=True)
class Promise:
    """``text``: as sold (``30 min``, ``when done``); ``verdict``: what became of it, empty while it runs."""

    name: str
    text: str
    due: datetime | None
    clause: str
    verdict: str
    late: bool
    running: bool
    objective: bool


def promised(ticket: Ticket) -> list[Promise]:
    """The clocks that run and those that were kept or not; of the status updates the latest one that says something."""
    told_of = [clock for clock in ticket.clocks if clock.kind is not ClockKind.UPDATE or clock.verdict not in _SILENT]
    latest: dict[ClockKind, Clock] = {clock.kind: clock for clock in told_of}
    level = ticket.current_level
    told = [_told(clock, level, ticket.terms) for clock in latest.values()]
    missing = [kind for kind in ClockKind if kind not in latest and ticket.state.working]
    told += [
        Promise(clock_name(kind), clock_text(level, kind), None, level.clause_of(kind), "", False, True, False)
        for kind in missing
        if clock_text(level, kind)
    ]
    order = {clock_name(kind): place for place, kind in enumerate(ClockKind)}
    return sorted(told, key=lambda each: order[each.name])


def at_registration(order: TicketOrder) -> Ticket | None:
    """The ticket as its workflow will begin it; None where it became none, or where that cannot be said yet."""
    if not order.decision.accepted:
        return None
    lines = {each.key: each.coverage for each in order.coverages}
    ticket_id = f"{order.contract_id}/{order.number}"
    try:
        return rules.register(
            ticket_id, order.contract_id, order.terms, order.decision.level, order.registered_at, lines, order.suspended
        )
    except (CoverageEndsError, KeyError):
        return None


def first_promise(order: TicketOrder) -> str:
    """``First response is due Mon 2 Feb, 10:00 (Stockholm).``; the plan's own words where no time is promised."""
    ticket = at_registration(order)
    told = promised(ticket) if ticket else []
    first = next((each for each in told if each.due is not None), None)
    if first is not None and first.due is not None:
        zone = order.parties.zone
        city = zone.split("/")[-1].replace("_", " ")
        return f"{first.name} is due {first.due.astimezone(ZoneInfo(zone)):%a %-d %b, %H:%M} ({city})."
    words: Sequence[str] = [f"{each.name}: {each.text}" for each in told if each.text]
    return f"{words[0]}." if words else ""


def _told(clock: Clock, level: Level, terms: TicketTerms) -> Promise:
    text = clock.bounds[0].text if clock.bounds else clock_text(level, clock.kind)
    late = clock.verdict is not None and clock.verdict.late
    return Promise(
        name=clock_name(clock),
        text=text,
        due=clock.due,
        clause=clock.clause,
        verdict=verdict_words(clock, terms),
        late=late,
        running=clock.running,
        objective=bool(clock.bounds) and clock.bounds[0].best_effort,
    )
