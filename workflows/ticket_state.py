"""What a ticket's workflow knows while it runs: one dataclass, and the questions its life asks of it."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from domain.announcing import announced
from domain.clocks import Coverages
from domain.contract import Person
from domain.coverage import Coverage
from domain.facts import Chain
from domain.intake import Door, title_of
from domain.ticket import Act, Actor, Ticket
from domain.ticket_coverage import KeyedCoverage, OpeningHours
from workflows.ticket_messages import Carried, Handler, Route, TicketAct, TicketOrder, Unposted, ticket_subject

REMEMBERED = 200
"""So many keys of mails and webhooks are remembered: a second delivery comes within days, not years."""


@dataclass
class TicketWork:
    """The state of one ticket. ``posts`` numbers the webhooks that were sent. ``outage_since``: down since then.

    ``had``: the endpoints that it was handed to, now or before.
    """

    order: TicketOrder
    ticket: Ticket
    chain: Chain = field(default_factory=Chain)
    coverages: tuple[KeyedCoverage, ...] = ()
    hours: tuple[OpeningHours, ...] = ()
    owner: Handler | None = None
    seen: tuple[str, ...] = ()
    last_reply: str = ""
    solution: str = ""
    author: str = ""
    route: Route | None = None
    posts: int = 0
    outage_since: datetime | None = None
    had: tuple[str, ...] = ()
    lines: dict[str, Coverage] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lines = {each.key: each.coverage for each in self.coverages}

    @property
    def by_key(self) -> Coverages:
        """The expanded opening hours by their key, as the rules for clocks take them."""
        return self.lines

    @property
    def subject(self) -> str:
        """What its facts are about."""
        return ticket_subject(self.order.number)

    @property
    def title(self) -> str:
        """What it is called."""
        report = self.order.decision.report
        return title_of(report.subject, report.description, self.order.number)

    @property
    def page(self) -> str:
        """The path of its page for the staff."""
        return f"/tickets/{self.order.contract_id}/{self.order.number}"

    @property
    def customer_page(self) -> str:
        """The path of the customer's own page, behind the unguessable token."""
        return f"/t/{self.order.token}"

    @property
    def reporter(self) -> tuple[Person, ...]:
        """Who is written to about it: nobody, where a machine reported it or the reporter left no address; whoever may
        agree, else a contact of today, where the reporter was a contact and is none any more.
        """
        person, parties = self.order.decision.report.reporter, self.order.parties
        if parties.reporter_left:
            return parties.agree or parties.contacts[:1]
        return (person,) if person.email and not self.order.alert else ()

    @property
    def handler(self) -> tuple[Person, ...]:
        """Who has it; while nobody has, the vendor's main contact, as the contract last told."""
        who = self.owner or self.order.parties.main
        return (who.person,) if who else ()

    @property
    def hears_of_it(self) -> tuple[Person, ...]:
        """Who is told that it is new: whoever has it, unless they put it in themselves."""
        report = self.order.decision.report
        author = report.by or (report.reporter.name if report.door is Door.MONITORING else "")
        return tuple(each for each in self.handler if each.name.casefold() != author.strip().casefold())

    @property
    def sender_name(self) -> str:
        """Under whose name the customer is written to."""
        return self.owner.person.name if self.owner else self.order.parties.vendor_name

    def adopt(self, newer: tuple[KeyedCoverage, ...]) -> None:
        """These opening hours take the place of those of the same key."""
        keys = tuple(each.key for each in newer)
        self.coverages = (*(each for each in self.coverages if each.key not in keys), *newer)
        self.lines = {each.key: each.coverage for each in self.coverages}

    def remember(self, act: TicketAct) -> None:
        """So that a second delivery of it is known as such. Where the staff act, they know of the ticket."""
        if act.actor is Actor.STAFF:
            self.ticket = announced(self.ticket)
        if act.key:
            self.seen = (*self.seen, act.key)[-REMEMBERED:]
        if act.act in (Act.REPLY, Act.RESOLVE) and act.text:
            self.last_reply = act.text

    def agreeing(self, email: str) -> bool:
        """Whether that address is one whose agreement closes the ticket."""
        return any(person.email.casefold() == email.strip().casefold() for person in self.order.parties.agree)

    def carried(self, waiting: tuple[str, ...] = (), unposted: tuple[Unposted, ...] = ()) -> Carried:
        """What the next run goes on from."""
        return Carried(
            ticket=self.ticket,
            chain=self.chain,
            coverages=self.coverages,
            hours=self.hours,
            owner=self.owner,
            waiting=waiting,
            seen=self.seen,
            last_reply=self.last_reply,
            solution=self.solution,
            author=self.author,
            route=self.route,
            posts=self.posts,
            unposted=unposted,
            outage_since=self.outage_since,
            had=self.had,
        )


def taken_up(order: TicketOrder, carried: Carried) -> TicketWork:
    """The state with which a run begins that an earlier one came before."""
    return TicketWork(
        order=replace(order, carried=None, news=(), closed_days=None),
        ticket=carried.ticket,
        chain=carried.chain,
        coverages=carried.coverages,
        hours=carried.hours,
        owner=carried.owner,
        seen=carried.seen,
        last_reply=carried.last_reply,
        solution=carried.solution,
        author=carried.author,
        route=carried.route,
        posts=carried.posts,
        outage_since=carried.outage_since,
        had=carried.had,
    )
