"""The support side of a contract's page: its tickets, who may use the priority queue, closed days, uptime."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from api.pages.countdown import Countdown, countdown
from api.pages.ticket_view import waits_text
from api.ticket_reading import next_clock
from domain.clock_words import clock_name
from domain.plan import Plan
from domain.support import ClockKind, Limit, LimitKind, Uptime
from domain.uptime import Availability, Outage, availability
from storage.closed_days import ClosedDay, list_closed_days
from storage.queries.contract import ContractHead
from storage.queries.tickets import (
    DesignatedUser,
    OutageLine,
    TicketFilter,
    TicketLine,
    designated_users,
    outages_of,
    ticket_queue,
)

SHOWN = 6


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket of the contract. ``clock``: the name of the one that is due next."""

    line: TicketLine
    clock: str
    countdown: Countdown | None
    waits: str


@dataclass(frozen=True, slots=True)
class MonthOfUptime:
    """A month's availability, ``name`` reads ``November 2026``; ``outages``: those that lie in it."""

    name: str
    measured: Availability
    outages: tuple[OutageLine, ...]


@dataclass(frozen=True, slots=True)
class Support:
    """``designated_limit`` None: the plan has no priority queue. ``uptime`` empty: it states none."""

    tickets: tuple[TicketRow, ...]
    total: int
    open: int
    designated: tuple[DesignatedUser, ...]
    designated_limit: Limit | None
    closed_days: tuple[ClosedDay, ...]
    uptime: tuple[MonthOfUptime, ...]

    @property
    def has_more(self) -> bool:
        """Whether there is anything to show besides the tickets."""
        return bool(self.designated_limit or self.closed_days or self.uptime)


async def support_of(session: AsyncSession, head: ContractHead, plan: Plan, now: datetime) -> Support:
    """As it stands."""
    found = await ticket_queue(session, TicketFilter(contract_id=head.contract_id, shown="all"), now, SHOWN)
    opened = await ticket_queue(session, TicketFilter(contract_id=head.contract_id), now, 1)
    limit = next((each for each in plan.limits if each.kind is LimitKind.DESIGNATED_USERS), None)
    today = now.astimezone(ZoneInfo(head.zone)).date()
    days = await list_closed_days(session, contract_id=head.contract_id)
    outages = await outages_of(session, head.contract_id) if plan.uptime else ()
    return Support(
        tickets=tuple(_row(line, now, head.zone) for line in found.items),
        total=found.total,
        open=opened.total,
        designated=await designated_users(session, head.contract_id) if limit else (),
        designated_limit=limit,
        closed_days=tuple(day for day in days if day.day >= today),
        uptime=tuple(months_of_uptime(plan.uptime, outages, (head.starts, head.ends), head.zone, now)),
    )


def months_of_uptime(
    promised: Uptime | None,
    outages: tuple[OutageLine, ...],
    term: tuple[datetime, datetime],
    zone_name: str,
    now: datetime,
) -> list[MonthOfUptime]:
    """This local month and the last one, as far as the term covers them (ombori-6, A16)."""
    if promised is None:
        return []
    zone = ZoneInfo(zone_name)
    this = now.astimezone(zone).date().replace(day=1)
    last = (this - timedelta(days=1)).replace(day=1)
    after = (this + timedelta(days=32)).replace(day=1)
    found = []
    for first, end in ((this, after), (last, this)):
        begin, until = max(_midnight(first, zone), term[0]), min(_midnight(end, zone), term[1])
        if begin >= min(until, now):
            continue
        told = [Outage(f"{each.number}", each.begin, each.end) for each in outages]
        measured = availability(promised, told, begin, until, now)
        inside = tuple(each for each in outages if each.begin < until and (each.end is None or each.end > begin))
        found.append(MonthOfUptime(f"{first:%B %Y}", measured, inside))
    return found


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _row(line: TicketLine, now: datetime, zone: str) -> TicketRow:
    counted = next_clock(line)
    return TicketRow(
        line=line,
        clock=clock_name(ClockKind(line.kind)) if line.kind else "",
        countdown=countdown(*counted, now, zone) if counted and line.open else None,
        waits=waits_text(line.paused),
    )
