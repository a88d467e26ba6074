"""What the page of a ticket shows: read models turned into the parts of the page. No request, no template."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from api.pages.countdown import Countdown, countdown
from api.pages.ticket_drawing import Drawing, draw
from api.pages.ticket_drawing import Rung as DrawnRung
from domain.clock_words import clock_name, rung_text
from domain.clocks import Clock, Coverages, PauseCause, Verdict
from domain.escalation import Step, acknowledged, rung, rungs_ahead
from domain.support import ClockKind, LadderStep, Who, WhoKind
from domain.ticket import Act, Actor, Ticket, why_not
from domain.verdicts import verdict_words
from domain.wording import clock_text, who_text
from mail.quoted import unquoted
from storage.queries.tickets import TicketClock, TicketEntry
from storage.queries.timeline import FactLine

_TONES = {Verdict.MET: "done", Verdict.MISSED: "late", Verdict.OBJECTIVE_MISSED: "late"}
_LABELS = {
    "report": "reported", "heard": "wrote", "note": "noted; the customer does not see it", "solution": "solved it",
    "closed": "closed it", "reopened": "reopened it", "routed": "handed it on; the customer does not see it",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A clock in words. ``target``: as sold; ``verdict``: what became of it, empty while nothing is decided."""

    told: TicketClock
    name: str
    target: str
    verdict: str
    tone: str
    countdown: Countdown | None
    acknowledged_by: str
    may_acknowledge: bool


@dataclass(frozen=True, slots=True)
class Said:
    """Something that was written. ``quoted``: the tail of a mail that repeats what was written before."""

    entry: TicketEntry
    label: str
    text: str
    quoted: str


@dataclass(frozen=True, slots=True)
class RungLine:
    """A step of the ladder. ``who``: whom it tells, or has told; ``reason``: why somebody else was told."""

    at: datetime
    taken: bool
    kind: ClockKind
    clock: str
    when: str
    who: str
    reason: str


def clock_lines(
    ticket: Ticket, told: Sequence[TicketClock], coverages: Coverages, now: datetime, zone: str
) -> tuple[list[ClockLine], list[ClockLine]]:
    """The clocks that matter now, and the status updates that are behind."""
    by_key = {each.clock: each for each in told}
    lines = [_line(ticket, clock, by_key[clock.key], coverages, now, zone) for clock in ticket.clocks]
    behind = [line for line in lines if line.told.kind == ClockKind.UPDATE.value and line.told.stopped is not None]
    if behind:
        behind.pop()  # the latest one is told
    shown = [line for line in lines if line not in behind]
    order = {kind.value: place for place, kind in enumerate(ClockKind)}
    shown.sort(key=lambda line: (line.told.stopped is not None, order[line.told.kind], line.told.ordinal))
    return shown, behind


def _line(ticket: Ticket, clock: Clock, told: TicketClock, coverages: Coverages, now: datetime, zone: str) -> ClockLine:
    level = next((level for level in ticket.terms.levels if level.key == told.level), None)
    may = clock.running and bool(clock.bounds) and not acknowledged(ticket, clock)
    return ClockLine(
        told=told,
        name=_clock_words(clock.key),
        target=told.text or (clock_text(level, clock.kind) if level else ""),
        verdict=verdict_words(clock, ticket.terms),
        tone=_TONES.get(clock.verdict, "off") if clock.verdict else "",
        countdown=countdown(clock, coverages, now, zone),
        acknowledged_by=told.acknowledged_by if acknowledged(ticket, clock) else "",
        may_acknowledge=may and why_not(ticket, Act.ACKNOWLEDGE, Actor.STAFF) is None,
    )


def conversation(entries: Iterable[TicketEntry], registered_at: datetime) -> list[Said]:
    """What was written, in its order, with the quoted tails apart. A report stands at its registration."""
    said, answered = [], False
    for each in entries:
        entry = replace(each, at=registered_at) if each.kind == "report" else each
        label = _LABELS.get(entry.kind, "")
        if entry.kind == "reply":
            label = "wrote an update" if answered else "answered"
        answered = answered or entry.kind in ("reply", "solution")
        new, quoted = unquoted(entry.text)
        said.append(Said(entry, label, new, quoted))
    return said


def ladder(ticket: Ticket, coverages: Coverages, escalated: Iterable[FactLine]) -> list[RungLine]:
    """The steps that were taken, whom they told, and those that are ahead as things stand now."""
    taken = [_taken(fact) for fact in sorted(escalated, key=lambda fact: fact.id)]
    return [*taken, *(_ahead(ticket, step) for step in rungs_ahead(ticket, coverages))]


def _taken(fact: FactLine) -> RungLine:
    data: dict[str, Any] = fact.data
    key, percent, overrun = str(data["clock"]), data.get("percent"), data.get("overrun_seconds")
    told = [str(each["name"] or each["email"]) for each in data["to"]]
    step = LadderStep(Who(WhoKind.OWNER), percent=percent, overrun_seconds=overrun)
    kind = ClockKind(key.rpartition("-")[0])
    return RungLine(
        fact.at, True, kind, _clock_words(key), rung_text(step), ", ".join(told) or "nobody", str(data["reason"])
    )


def _ahead(ticket: Ticket, step: Step) -> RungLine:
    planned = rung(ticket, step)
    kind = ClockKind(step.clock.rpartition("-")[0])
    return RungLine(step.at, False, kind, _clock_words(step.clock), rung_text(planned), who_text(planned), "")


def _clock_words(key: str) -> str:
    kind, _, number = key.rpartition("-")
    name = clock_name(ClockKind(kind))
    return f"{name} {number}" if kind == ClockKind.UPDATE.value else name


def picture(
    ticket: Ticket, coverages: Coverages, lines: Iterable[RungLine], now: datetime, zone: str
) -> Drawing | None:
    """The clocks on a time axis."""
    rungs = [DrawnRung(each.kind, each.at, each.taken, f"{each.clock}, {each.when}: {each.who}") for each in lines]
    return draw(ticket.clocks, coverages, ticket.registered_at, now, zone, rungs, ticket.closed_at)


def waits_text(causes: Iterable[str]) -> str:
    """What holds the clocks, in words; empty where nothing does."""
    if PauseCause.SUSPENDED.value in causes:
        return "clocks wait: the contract is suspended"
    return "clocks wait for the customer" if PauseCause.CUSTOMER.value in causes else ""
