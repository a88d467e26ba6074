"""What a contract tells its open tickets: it is suspended, goes on, has another plan, is over."""

from dataclasses import dataclass
from enum import StrEnum

from domain.ticket import TicketTerms
from domain.ticket_coverage import KeyedCoverage, OpeningHours

CONTRACT_CHANGED = "contract_changed"
"""The signal of a ticket's workflow."""


class ContractNews(StrEnum):
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    AMENDED = "amended"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class ContractChanged:
    """One piece of news; hearing it twice does nothing. With ``AMENDED`` come the new plan's terms and opening hours.

    What was promised at the registration goes on in the hours of the old plan, which the ticket has.
    """

    news: ContractNews
    by: str
    reason: str = ""
    terms: TicketTerms | None = None
    hours: tuple[OpeningHours, ...] = ()
    coverages: tuple[KeyedCoverage, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """How a contract stands, as far as its tickets go by it."""

    suspended: bool
    over: bool
    plan_id: str
    plan_version: int

    def news_since(self, before: "Standing") -> tuple[ContractNews, ...]:
        """What a ticket has to hear that knows ``before``. An end is final, and ends a suspension's meaning too."""
        if self.over:
            return () if before.over else (ContractNews.OVER,)
        news = []
        if (self.plan_id, self.plan_version) != (before.plan_id, before.plan_version):
            news.append(ContractNews.AMENDED)
        if self.suspended != before.suspended:
            news.append(ContractNews.SUSPENDED if self.suspended else ContractNews.RESUMED)
        return tuple(news)
