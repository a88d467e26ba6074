"""What a contract tells its open tickets: it is suspended, goes on, has another plan or other people, is over."""

from dataclasses import dataclass
from enum import StrEnum

from domain.contract import Assignment, Contact, Contract, Person
from domain.support import LimitKind
from domain.ticket import TicketTerms
from domain.ticket_coverage import KeyedCoverage, OpeningHours

CONTRACT_CHANGED = "contract_changed"
"""The signal of a ticket's workflow."""


class ContractNews(StrEnum):
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    AMENDED = "amended"
    OVER = "over"
    PEOPLE = "people"  # somebody else is a contact, a representative, the main contact


@dataclass(frozen=True, slots=True)
class People:
    """Who is on both sides of a contract now. ``main``: the vendor's main contact.

    ``by_representatives``: only the agreement of an Authorized Representative closes a ticket (essensys-13).
    """

    contacts: tuple[Contact, ...]
    main: Assignment | None
    by_representatives: bool

    def agreeing(self, reporter: Person, premises: str) -> tuple[Person, ...]:
        """Whose agreement closes a ticket: the Authorized Representatives of the premises (of any, where the ticket
        names none) where the plan has them; else
        whoever reported it, or the primary contact for a reporter who left no address.
        """
        if self.by_representatives:
            return tuple(each.person for each in self.contacts if _represents(each, premises))
        if reporter.email:
            return (reporter,)
        return tuple(each.person for each in sorted(self.contacts, key=lambda each: not each.primary)[:1])


def people_of(contract: Contract, main: Assignment | None) -> People:
    """The people of a contract as it is now."""
    by_representatives = any(limit.kind is LimitKind.REPRESENTATIVES for limit in contract.plan.limits)
    return People(contract.contacts, main, by_representatives)


def _represents(contact: Contact, premises: str) -> bool:
    """As at the intake: of a ticket that names no premises, each who represents any."""
    return any(not premises or place.casefold() in ("", premises.casefold()) for place in contact.representative_of)


@dataclass(frozen=True, slots=True)
class ContractChanged:
    """One piece of news; hearing it twice does nothing. With ``AMENDED`` come the new plan's terms and opening hours.

    What was promised at the registration goes on in the hours of the old plan, which the ticket has. ``people``: as
    they are now, None where they have not changed.
    """

    news: ContractNews
    by: str
    reason: str = ""
    terms: TicketTerms | None = None
    hours: tuple[OpeningHours, ...] = ()
    coverages: tuple[KeyedCoverage, ...] = ()
    people: People | None = None


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
