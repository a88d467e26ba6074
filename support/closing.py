"""A desk is closed on a day, or has other hours: it is written down once, and every open ticket concerned hears of it.

Who is to hear is worked out anew from what is written down, so telling twice does nothing, and what a crash left
untold is told later.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NoReturn

from pydantic import TypeAdapter
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio.client import WorkflowQueryFailedError
from temporalio.service import RPCError, RPCStatusCode

from activities.opening import HORIZON_DAYS, expanded
from domain.coverage import CoverageError
from domain.ticket_clocks import terms_of
from domain.ticket_coverage import OpeningHours, opening_hours
from storage.closed_days import (
    ClosedDay,
    add_closed_day,
    closed_days_of,
    contracts_behind,
    contracts_concerned,
    list_closed_days,
    remove_closed_day,
)
from storage.facts import lock_contracts
from storage.tickets import OpenTicket, find_ticket, open_tickets
from support.desk import Desk
from support.known import contract_now
from workflows.ticket_messages import COVERAGE_CHANGED, CoverageChanged, ticket_workflow_id

AT_ONCE = 20
"""So many signals are under way at a time."""

_HOURS: TypeAdapter[tuple[OpeningHours, ...]] = TypeAdapter(tuple[OpeningHours, ...])
_log = logging.getLogger("support.closing")


@dataclass(frozen=True, slots=True)
class Closing:
    """What is asked for: `ClosedDay` without what it gets when it is written down."""

    day: date
    spans: str
    reason: str
    by: str
    contract_id: str = ""
    vendor_id: str = ""
    rule: str = ""


async def close_day(desk: Desk, asked: Closing, now: datetime) -> tuple[ClosedDay, int]:
    """Write the day down, and tell the open tickets that it concerns; how many. The very same day is kept once."""
    scope = asked.contract_id or f"vendor {asked.vendor_id}"
    async with desk.sessions.begin() as session:
        await lock_contracts(session, (scope,))
        kept = await _in_force(session, asked)
        if kept is None or not _same(kept, asked):
            await add_closed_day(
                session,
                contract_id=asked.contract_id,
                vendor_id=asked.vendor_id,
                rule=asked.rule,
                day=asked.day,
                spans=asked.spans,
                reason=asked.reason,
                by=asked.by,
            )
            kept = await _in_force(session, asked)
        assert kept is not None, "it was written down just now"
        concerned = await contracts_concerned(session, kept)
    return kept, await tell_tickets(desk, concerned, asked.by, asked.reason, now)


async def open_day(desk: Desk, closed_day_id: int, by: str, now: datetime) -> int | None:
    """The day is as any other again; how many tickets were told. None where no such day is in force."""
    async with desk.sessions.begin() as session:
        day = await remove_closed_day(session, closed_day_id, by)
        if day is None:
            return None
        concerned = await contracts_concerned(session, day)
    return await tell_tickets(desk, concerned, by, f"{day.day} is a day as any other again", now)


async def tell_tickets(desk: Desk, contract_ids: Iterable[str], by: str, reason: str, now: datetime) -> int:
    """Signal the opening hours of today to every open ticket of these contracts; how many run and were told.

    A Temporal server that is away delays it: `keep_telling` comes back to it.
    """
    told = 0
    for contract_id in contract_ids:
        try:
            told += await _tell_contract(desk, contract_id, by, reason, now)
        except WorkflowQueryFailedError as error:
            _log.warning("the open tickets of %s hear of closed days later: %s", contract_id, error)
        except (RPCError, RuntimeError) as error:  # RuntimeError: what the client raises where it could not connect
            _log.warning("open tickets hear of closed days later: %s", error)
            break
    return told


async def tell_the_rest(desk: Desk, now: datetime) -> int:
    """Tell the tickets whose opening hours are older than what is known of closed days; how many."""
    async with desk.sessions() as session:
        behind = await contracts_behind(session)
    return await tell_tickets(desk, behind, "pledge", "closed days became known", now)


async def keep_telling(desk: Desk, clock: Callable[[], datetime], every_seconds: float) -> NoReturn:
    """Heal, again and again, until cancelled."""
    while True:
        try:
            await tell_the_rest(desk, clock())
        except (SQLAlchemyError, OSError) as error:  # the database is away: the next round
            _log.warning("open tickets hear of closed days later: %s", str(error).split("\n")[0])
        await asyncio.sleep(every_seconds)


async def _tell_contract(desk: Desk, contract_id: str, by: str, reason: str, now: datetime) -> int:
    async with desk.sessions() as session:
        tickets = await open_tickets(session, contract_id)
        if not tickets:
            return 0
        contract, _ = await contract_now(desk, session, contract_id)
        known = await closed_days_of(session, contract_id)
    terms = terms_of(contract.plan)
    # After an amendment a ticket's clocks run in the hours of both plans.
    amended = tuple(opening_hours(contract, contract.plan, key.rule, key.key) for key in terms.coverage_keys)
    room = asyncio.Semaphore(AT_ONCE)

    async def tell(ticket: OpenTicket) -> bool:
        async with room:
            days = (now - ticket.registered_at) // timedelta(days=1) + HORIZON_DAYS
            hours = {each.key: each for each in (*amended, *await _hours_of(desk, contract_id, ticket.number))}
            try:
                lines = expanded(hours.values(), ticket.registered_at, days, known.exceptions, known.version)
            except CoverageError as error:  # with every day closed no clock could run: it keeps its hours
                _log.error("ticket %s/%s: %s", contract_id, ticket.number, error)
                return False
            return await _signal(desk, contract_id, ticket.number, CoverageChanged(lines, by, reason))

    return sum(await asyncio.gather(*(tell(ticket) for ticket in tickets)))


async def _hours_of(desk: Desk, contract_id: str, number: int) -> tuple[OpeningHours, ...]:
    """The opening hours in which the ticket was registered."""
    async with desk.sessions() as session:
        stored = await find_ticket(session, contract_id, number)
    return _HOURS.validate_python(stored.document["hours"]) if stored else ()


async def _signal(desk: Desk, contract_id: str, number: int, news: CoverageChanged) -> bool:
    handle = desk.temporal.get_workflow_handle(ticket_workflow_id(contract_id, number))
    try:
        await handle.signal(COVERAGE_CHANGED, news)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False  # it has ended, or is still to be started: whoever starts it tells it (`support.catching_up`)
    return True


async def _in_force(session: AsyncSession, asked: Closing) -> ClosedDay | None:
    """What counts for that day so far: of several the one that was written down last."""
    there = await list_closed_days(session, asked.contract_id, asked.vendor_id)
    fitting = (d for d in there if d.day == asked.day and (d.rule == asked.rule or "" in (d.rule, asked.rule)))
    return max(fitting, key=lambda day: day.id, default=None)


def _same(day: ClosedDay, asked: Closing) -> bool:
    return (day.contract_id, day.vendor_id, day.rule, day.day, day.spans) == (
        asked.contract_id, asked.vendor_id, asked.rule, asked.day, asked.spans,
    )  # fmt: skip
