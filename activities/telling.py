"""A contract tells its open tickets what became of it, by a signal to each.

Called when the contract's own fact is written. A ticket that does not run then is passed over, and nothing is lost: one
that is still to be started, or closed and on the shelf, is started by somebody who reads the contract as it stands,
and once more when it runs (`support.catching_up`). The fact was there before our signal, so one of the two is heard.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from temporalio import activity
from temporalio.service import RPCError, RPCStatusCode

from activities.calls import TELL_TICKETS, TellCall
from activities.opening import HORIZON_DAYS, expanded
from domain.contract import Contract
from domain.contract_news import CONTRACT_CHANGED, ContractChanged, ContractNews, people_of
from domain.coverage import CoverageError
from domain.ticket import ticket_workflow_id
from domain.ticket_clocks import terms_of
from domain.ticket_coverage import opening_hours
from storage.closed_days import KnownDays, closed_days_of
from storage.session import Sessions
from storage.tickets import OpenTicket, open_tickets

AT_ONCE = 20
"""So many signals are under way at a time."""


@dataclass
class Telling:
    """The activity ``tell_tickets``. It may run twice: a ticket that hears the same again does nothing."""

    sessions: Sessions

    @activity.defn(name=TELL_TICKETS)
    async def tell_tickets(self, call: TellCall) -> int:
        """Signal every ticket that runs; how many were told."""
        contract_id = call.contract.id
        async with self.sessions() as session:
            tickets = await open_tickets(session, contract_id)
            closed = await closed_days_of(session, contract_id)
        alike: dict[tuple[date, bool], list[OpenTicket]] = {}
        for ticket in tickets:
            alike.setdefault((ticket.registered_at.astimezone(UTC).date(), ticket.owed), []).append(ticket)
        told, room = 0, asyncio.Semaphore(AT_ONCE)
        for (day, owed), group in alike.items():
            try:
                news = _news_for(call, day, owed, closed)
            except CoverageError as error:  # they stay under the plan that has opening hours
                activity.logger.error("tickets of %s hear nothing of the new plan: %s", contract_id, error)
                continue
            told += sum(await asyncio.gather(*(_signal(contract_id, each.number, news, room) for each in group)))
        return told


def amendment(
    contract: Contract, owed: bool, registered_at: datetime, now: datetime, closed: KnownDays, by: str, reason: str
) -> ContractChanged:
    """That the contract has another plan, with all that a ticket needs of it: terms, opening hours, expanded ones.

    They begin on the day of the registration, or before it, since a lowered level counts from there.
    """
    terms = terms_of(contract.plan, owed=owed)
    hours = tuple(opening_hours(contract, contract.plan, key.rule, key.key) for key in terms.coverage_keys)
    days = (now - registered_at) // timedelta(days=1) + HORIZON_DAYS
    coverages = expanded(hours, registered_at, days, closed.exceptions, closed.version)
    return ContractChanged(ContractNews.AMENDED, by, reason, terms, hours, coverages)


def _news_for(call: TellCall, day: date, owed: bool, closed: KnownDays) -> ContractChanged:
    """For the tickets that were registered on a day of UTC, which begins before they were."""
    if call.news is ContractNews.AMENDED:
        begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
        amended = amendment(call.contract, owed, begin, call.now, closed, call.by, call.reason)
        return replace(amended, people=people_of(call.contract, call.main))
    people = people_of(call.contract, call.main) if call.news is ContractNews.PEOPLE else None
    return ContractChanged(call.news, call.by, call.reason, people=people)


async def _signal(contract_id: str, number: int, news: ContractChanged, room: asyncio.Semaphore) -> bool:
    handle = activity.client().get_workflow_handle(ticket_workflow_id(contract_id, number))
    try:
        async with room:
            await handle.signal(CONTRACT_CHANGED, news)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return True
