"""A ticket whose workflow did not run while its contract changed: it is told when it is started.

A contract tells its tickets when its own fact is written, and passes over those that do not run. So what a ticket goes
by is compared with how the contract stands: before a closed one is taken from the shelf, and again when it runs. No
fact slips between the two looks: one that the second does not see was written when the ticket ran, and is told to it.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from activities.opening import expanded
from activities.telling import amendment
from domain.clocks import PauseCause
from domain.contract import ContractStage
from domain.contract_news import CONTRACT_CHANGED, ContractChanged, ContractNews, Standing
from domain.ticket_coverage import KeyedCoverage, OpeningHours
from storage.closed_days import KnownDays, closed_days_of
from storage.queries.contract import contract_head
from support.desk import Desk
from support.known import contract_now
from workflows.ticket_messages import COVERAGE_CHANGED, CoverageChanged, TicketOrder

_BY = "pledge"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Knows:
    """What a ticket goes by: how its contract stood when it last heard of it, and its opening hours."""

    contract_id: str
    standing: Standing
    owed: bool
    registered_at: datetime
    hours: tuple[OpeningHours, ...]
    coverages: tuple[KeyedCoverage, ...]
    version: int


@dataclass(frozen=True, slots=True)
class Missed:
    """What it has to hear; ``knows``: what it goes by then."""

    knows: Knows
    news: tuple[ContractChanged, ...] = ()
    closed_days: CoverageChanged | None = None

    def __bool__(self) -> bool:
        return bool(self.news or self.closed_days)


def known_by(order: TicketOrder) -> Knows:
    """What the ticket of an order goes by: as it was registered, or as it was put on the shelf."""
    carried = order.carried
    terms = carried.ticket.terms if carried else order.terms
    coverages = carried.coverages if carried else order.coverages
    return Knows(
        contract_id=order.contract_id,
        standing=Standing(
            suspended=PauseCause.SUSPENDED in carried.ticket.paused if carried else order.suspended,
            over=carried.ticket.released if carried else False,
            plan_id=terms.plan_id,
            plan_version=terms.plan_version,
        ),
        owed=terms.owed,
        registered_at=order.registered_at,
        hours=carried.hours if carried else order.hours,
        coverages=coverages,
        version=max((each.coverage.version for each in coverages), default=0),
    )


async def missed_by(desk: Desk, session: AsyncSession, knows: Knows) -> Missed:
    """What has become of the contract and its closed days since."""
    head = await contract_head(session, knows.contract_id)
    closed = await closed_days_of(session, knows.contract_id)
    if head is None:  # it has told nothing yet
        return Missed(knows)
    stage = ContractStage(head.stage)
    standing = Standing(stage is ContractStage.SUSPENDED, stage.over, head.plan, head.plan_version)
    news = tuple([await _news(desk, session, knows, closed, each) for each in standing.news_since(knows.standing)])
    return Missed(
        replace(knows, standing=standing, version=max(knows.version, closed.version)),
        news,
        _closed_days(knows, closed) if closed.version > knows.version else None,
    )


async def tell_what_it_missed(desk: Desk, handle: WorkflowHandle[object, object], knows: Knows) -> None:
    """Signal it to a ticket that runs now, again and again until there is nothing new.

    Raises RPCError where Temporal is away; a ticket that has ended meanwhile is on the shelf, and hears it later.
    """
    while True:
        async with desk.sessions() as session:
            missed = await missed_by(desk, session, knows)
        if not missed:
            return
        try:
            for each in missed.news:
                await handle.signal(CONTRACT_CHANGED, each)
            if missed.closed_days is not None:
                await handle.signal(COVERAGE_CHANGED, missed.closed_days)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return
        knows = missed.knows


async def _news(
    desk: Desk, session: AsyncSession, knows: Knows, closed: KnownDays, news: ContractNews
) -> ContractChanged:
    reason = "the contract changed while the ticket did not run"
    if news is not ContractNews.AMENDED:
        return ContractChanged(news, _BY, reason)
    contract, _ = await contract_now(desk, session, knows.contract_id)
    # So far ahead as at a registration: the ticket expands them further where it has to.
    return amendment(contract, knows.owed, knows.registered_at, knows.registered_at, closed, _BY, reason)


def _closed_days(knows: Knows, closed: KnownDays) -> CoverageChanged:
    """The opening hours that the ticket has, as far ahead as it has them, with the closed days that are known now."""
    until = max(each.coverage.until for each in knows.coverages)
    days = -((knows.registered_at - datetime.fromtimestamp(until, UTC)) // _DAY)
    coverages = expanded(knows.hours, knows.registered_at, days, closed.exceptions, closed.version)
    return CoverageChanged(coverages, _BY, "closed days became known")
