"""What goes out over HTTP about tickets: each with its clocks as they stand at the instant of the question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from pydantic import BaseModel, Field

from api.ticket_reading import clock_of, counted, counts_now, coverages_of, next_clock
from domain.clock_words import clock_name
from domain.clocks import Coverages, elapsed_seconds, remaining_seconds
from domain.intake import Decision
from domain.ticket import TicketTerms
from domain.verdicts import verdict_words
from storage.queries.tickets import TicketClock, TicketCoverage, TicketDetail, TicketEntry, TicketHead, TicketLine

_LEFT = (
    "Seconds of open time until it is due, negative after it; null: nothing is owed, or the opening hours are not "
    "known that far"
)
_TITLE = "What it is called: its subject, else its first words"
_COUNTS = "Its time runs now: neither paused nor outside of the opening hours"


class ReasonOut(BaseModel):
    """One thing that the plan says to a report; `clause` is empty where it is the contract itself."""

    code: str
    clause: str
    text: str


class RegisteredOut(BaseModel):
    """What became of a report. `accepted` false: it became no ticket, `reasons` say why, and it is kept whole."""

    contract_id: str
    number: int
    accepted: bool
    queue: str = Field(description="`regular`: the plan's targets run; `ordinary`: no target (caret-2)")
    level: str
    reasons: list[ReasonOut]
    token: str
    url: str = Field(description="The customer's own page of it: whoever has the address may read and answer")
    started: bool = Field(description="False: its workflow begins when Temporal is back; the clocks count from now")


class TicketLineOut(BaseModel):
    """A ticket in the queue, with the clock that is due next; `due` is null where nothing is owed, or all is paused."""

    contract_id: str
    number: int
    subject: str
    title: str = Field(description=_TITLE)
    customer: str
    vendor: str
    zone: str
    level: str
    level_name: str
    state: str
    open: bool
    owed: bool
    door: str
    reporter_name: str
    reporter_email: str
    owner_id: str | None
    owner_name: str
    routed_to: str
    paused: list[str]
    alert: str
    outage: bool
    registered_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    clock: str | None
    clause: str | None
    due: datetime | None
    late: bool
    best_effort: bool
    remaining_seconds: int | None = Field(description=_LEFT)
    counts_now: bool = Field(description=_COUNTS)


class ClockOut(BaseModel):
    """A clock. `seconds`: the length of its target, null where it is only measured; lengths are open time."""

    clock: str
    name: str
    kind: str
    ordinal: int
    clause: str
    level: str
    text: str = Field(description="The target as it was sold")
    coverage: str
    wall_clock: bool
    best_effort: bool
    seconds: int | None
    started: datetime
    due: datetime | None
    stopped: datetime | None
    pauses: list[list[str | None]] = Field(description="[begin, end or null, cause]")
    verdict: str | None
    verdict_text: str
    elapsed_seconds: int | None
    remaining_seconds: int | None = Field(description=_LEFT)
    overrun_seconds: int
    counts_now: bool = Field(description=_COUNTS)
    acknowledged_by: str
    acknowledged_at: datetime | None


class TicketOut(BaseModel):
    """A ticket whole. `head` is null for the moment between its registration and the workflow's first facts.

    `can`: what may be done to it now, as the last parts of the addresses.
    """

    contract_id: str
    number: int
    accepted: bool
    title: str = Field(description=_TITLE)
    url: str
    head: TicketHead | None
    clocks: list[ClockOut]
    conversation: list[TicketEntry]
    coverage: list[TicketCoverage] = Field(description="Opening hours, in seconds since 1970 (UTC)")
    can: list[str]


def registered_out(decision: Decision, where: Mapping[str, object]) -> RegisteredOut:
    """The answer to a report; ``where``: its number, its address, and whether it runs."""
    return RegisteredOut.model_validate(
        {
            "accepted": decision.accepted,
            "queue": decision.queue.value,
            "level": decision.level,
            "reasons": [{"code": r.code.value, "clause": r.clause, "text": r.text} for r in decision.reasons],
            **where,
        }
    )


def line_out(line: TicketLine, now: datetime) -> TicketLineOut:
    """A line of the queue."""
    left, runs = None, False
    if (found := next_clock(line)) is not None:
        clock, lines = found
        left, runs = counted(remaining_seconds, clock, now, lines), counts_now(clock, now, lines)
    return TicketLineOut.model_validate(
        {**asdict(line), "title": line.title, "remaining_seconds": left, "counts_now": runs}
    )


def clock_out(told: TicketClock, terms: TicketTerms, now: datetime, lines: Coverages) -> ClockOut:
    """A clock as it stands now."""
    clock = clock_of(told)
    return ClockOut.model_validate(
        {
            **asdict(told),
            "name": clock_name(clock),
            "verdict_text": verdict_words(clock, terms),
            "elapsed_seconds": counted(elapsed_seconds, clock, now, lines),
            "remaining_seconds": counted(remaining_seconds, clock, now, lines) if clock.running else None,
            "counts_now": counts_now(clock, now, lines),
        }
    )


def clocks_out(detail: TicketDetail, terms: TicketTerms, now: datetime) -> list[ClockOut]:
    """Every clock of a ticket, in the order in which they began."""
    lines = coverages_of(detail)
    return [clock_out(told, terms, now, lines) for told in detail.clocks]
