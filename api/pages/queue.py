"""The queue: the tickets of all contracts, the soonest due first; and the reports that became no ticket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.house import House, TheHouse, now
from api.pages.acting import acting
from api.pages.countdown import Countdown, countdown
from api.pages.portfolio import clause_texts
from api.pages.render import page
from api.pages.ticket_view import waits_text
from api.ticket_reading import next_clock
from domain.clock_words import clock_name
from domain.support import ClockKind, Level
from domain.ticket import TicketState
from domain.wording import clock_text
from storage.queries.portfolio import choices
from storage.queries.reports import WrittenReport, reports_of
from storage.queries.ticket_counts import queue_counts
from storage.queries.tickets import TicketFilter, TicketLine, ticket_queue
from storage.staff import find_staff

router = APIRouter(include_in_schema=False)
PER_PAGE = 40
SHOWN = ("open", "closed", "refused")
_UNANSWERED = (TicketState.REGISTERED, TicketState.TRIAGED, TicketState.ASSIGNED)
_A_DAY = timedelta(days=1)
Word = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the queue. ``clock``: the name of the clock that is due next, or of the one that is only measured;
    ``promise``: what the plan says of that one. ``clause``: of the clock, else of the level.
    """

    line: TicketLine
    zone: str
    group: str
    clock: str
    promise: str
    clause: str
    countdown: Countdown | None
    waits: str
    report: WrittenReport | None

    @property
    def key(self) -> str:
        return f"{self.line.contract_id}-{self.line.number}"


@router.get("/tickets")
async def show(
    request: Request,
    house: TheHouse,
    shown: Word = "open",
    mine: bool = False,
    unassigned: bool = False,
    late: bool = False,
    csm: Word = "",
    vendor: Word = "",
    level: Word = "",
    state: Word = "",
    contract: Word = "",
    words: Word = "",
    number: Annotated[int, Query(alias="page", ge=1, le=10_000)] = 1,
) -> Response:
    """One page of the queue."""
    me, at = acting(request), now()
    shown = shown if shown in SHOWN else "open"
    wanted = TicketFilter(
        contract_id=contract or None,
        owner=(me.id or "nobody") if mine else None,
        unassigned=unassigned,
        csm=csm or None,
        vendor=vendor or None,
        level=level or None,
        state=state if state in set(TicketState) else None,
        shown=shown,
        late=late,
        words=words.strip(),
    )
    async with house.sessions() as session:
        found = await ticket_queue(session, wanted, at, PER_PAGE, (number - 1) * PER_PAGE)
        numbers = await queue_counts(session, at, me.id)
        offered = await choices(session)
        refused = [(line.contract_id, line.number) for line in found.items if line.state == "refused"]
        reports = await reports_of(session, refused)
        member = await find_staff(session, me.id) if me.id else None
    given = {
        "shown": "" if shown == "open" else shown, "mine": "true" if mine else "", "csm": csm, "vendor": vendor,
        "unassigned": "true" if unassigned else "", "late": "true" if late else "", "level": level, "state": state,
        "contract": contract, "words": words.strip(),
    }  # fmt: skip
    rows = [_row(line, house, at, member.zone if member else line.zone, reports) for line in found.items]
    return page(
        request, "tickets.html", rows=rows, total=found.total, zone=member.zone if member else "",
        numbers=numbers, offered=offered, given=given, shown=shown, number=number,
        pages=max(1, -(-found.total // PER_PAGE)), filtered=any(v for k, v in given.items() if k != "shown"),
        levels=_levels(house, level), states=[each.value for each in TicketState if each is not TicketState.CLOSED],
        texts=clause_texts(house),
    )  # fmt: skip


def _row(line: TicketLine, house: House, at: datetime, zone: str, reports: dict[tuple[str, int], WrittenReport]) -> Row:
    counted = next_clock(line)
    level = _level(house, line)
    clock, promise, clause = "", "", line.clause or (level.clause if level else "")
    if line.kind:
        clock = clock_name(ClockKind(line.kind))
    elif level and line.owed and line.state in _UNANSWERED and not line.paused:
        clock, promise = clock_name(ClockKind.RESPONSE), clock_text(level, ClockKind.RESPONSE)
    return Row(
        line=line,
        zone=zone,
        group=_group(line, at),
        clock=clock,
        promise=promise,
        clause=clause,
        countdown=countdown(*counted, at, zone) if counted and line.open else None,
        waits=waits_text(line.paused),
        report=reports.get((line.contract_id, line.number)),
    )


def _level(house: House, line: TicketLine) -> Level | None:
    """The level as the package on offer has it: what a ticket without a target is told by."""
    plan = house.plans.get(line.plan)
    return next((level for level in plan.levels if level.key == line.level), None) if plan else None


def _group(line: TicketLine, at: datetime) -> str:
    if line.due is None:
        return "none"
    if line.late:
        return "late"
    return "soon" if line.due - at <= _A_DAY else "ahead"


def _levels(house: House, chosen: str) -> list[tuple[str, str]]:
    """The levels of the packages on offer by their key, and the chosen one if it is of an older plan."""
    names: dict[str, list[str]] = {}
    for plan in house.plans.values():
        for level in plan.levels:
            known = names.setdefault(level.key, [])
            if level.name not in known:
                known.append(level.name)
    if chosen and chosen not in names:
        names[chosen] = [chosen]
    return [(key, " / ".join(texts)) for key, texts in names.items()]
