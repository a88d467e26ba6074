"""What every part of a ticket's workflow works with: its state, its recorder, its lock, how a step becomes facts."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import TypeVar

from pydantic import TypeAdapter
from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.calls import (
        EXPAND_COVERAGE,
        CoverageCall,
        Delivery,
        Expanded,
        Shelf,
    )
    from domain.announcing import still_to_announce
    from domain.clocks import Coverages
    from domain.coverage import CoverageEndsError
    from domain.escalation import IncidentNews, Step, incident_news, next_timer
    from domain.happenings import Happening
    from domain.ticket import Ticket, TicketState
    from domain.ticket_clocks import new_verdicts, resettled
    from domain.ticket_coverage import KeyedCoverage, further
    from workflows import ticket_mail as mail
    from workflows import ticket_staff_mail as staff_mail
    from workflows.asking import ask, until
    from workflows.messages import LEVEL, STAGE
    from workflows.recorder import Recorder
    from workflows.sleeper import Sleeper
    from workflows.ticket_facts import clock_set, clock_verdict, coverage_facts, people
    from workflows.ticket_messages import Carried, TicketOrder
    from workflows.ticket_state import TicketWork, taken_up

T = TypeVar("T")

LONGER_BY = timedelta(days=180)
"""Where the opening hours that were expanded end before an answer, they are expanded this much further."""

_CARRIED: TypeAdapter[Carried] = TypeAdapter(Carried)


class TicketBase(Sleeper):
    """State and means of one ticket.

    ``_upcoming``: what it does next by itself; the loop sleeps until then, and only another one wakes it.
    ``_registered``: the first facts are made, so that people may act.
    """

    def __init__(self, order: TicketOrder) -> None:
        super().__init__()
        self._registered = order.carried is not None and not order.news and order.closed_days is None
        self._work = taken_up(order, order.carried) if order.carried else _fresh(order)
        self._recorder = Recorder(
            order.contract_id, self._work.subject, self._work.chain, self._on_refused, self._shelved
        )
        self._acting = asyncio.Lock()
        self._upcoming: Step | None = None

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """One act at a time, and none before the ticket is registered: a message may come in with the first task."""
        await until(lambda: self._registered)
        async with self._acting:
            yield

    async def _worked_out(self, rule: Callable[[Coverages], T]) -> T:
        """What the rule gives; where its answer lies past the end of the opening hours, those are expanded first."""
        while True:
            try:
                return rule(self._work.by_key)
            except CoverageEndsError:
                await self._expand_further()

    async def _expand_further(self) -> None:
        work = self._work
        first = work.ticket.registered_at
        last = max(each.coverage.until for each in work.coverages)
        days = timedelta(seconds=last - int(first.timestamp())) + LONGER_BY
        version = max(each.coverage.version for each in work.coverages)
        call = CoverageCall(work.order.contract_id, work.hours, first, days.days, version)
        expanded = await ask(EXPAND_COVERAGE, call, Expanded, "opening hours, further ahead")
        longer = further(work.coverages, expanded.coverages)
        if self._recorder.chain.seq:
            self._adopt(longer, by="pledge", reason="further ahead")
        else:  # the registration comes first, and tells of them
            work.adopt(longer)

    def _adopt(self, coverages: tuple[KeyedCoverage, ...], by: str, reason: str) -> None:
        """These opening hours from now on; the fact holds them as they were expanded."""
        self._work.adopt(coverages)
        self._note(Happening.TICKET_COVERAGE, (), **coverage_facts(coverages, by, reason))

    def _step(self, after: Ticket, kind: Happening | None, clauses: tuple[str, ...] = (), /, **data: object) -> None:
        """The ticket after a step: the fact of it, then what it did to the clocks, and who must hear at once."""
        before, self._work.ticket = self._work.ticket, after
        if kind is not None:
            self._note(kind, clauses or (after.current_level.clause,), **data)
        self._note_clocks(before, after)
        self._tell_incident(before, after)

    def _note_clocks(self, before: Ticket | None, after: Ticket) -> None:
        for clock in new_verdicts(before, after):
            self._note(Happening.CLOCK_VERDICT, (clock.clause,), **clock_verdict(clock))
        for clock in resettled(before, after):
            self._note(Happening.CLOCK_SET, (clock.clause,), **clock_set(clock, after.level))

    def _begin_outage(self, since: datetime) -> None:
        """The platform is down, from that instant on (ombori-6)."""
        self._work.outage_since = since
        self._note(
            Happening.OUTAGE_BEGAN, (), key=self._work.order.alert, title=self._work.title, begin=since.isoformat()
        )

    def _end_outage(self, at: datetime | None = None) -> None:
        """It is over, since ``at`` or now; no later than now, and no sooner than it began."""
        since, now = self._work.outage_since, workflow.now()
        if since is None:
            return
        end = max(since, min(at or now, now))
        self._work.outage_since = None
        self._note(Happening.OUTAGE_ENDED, (), key=self._work.order.alert, end=end.isoformat())

    def _tell_incident(self, before: Ticket | None, after: Ticket) -> None:
        """A major incident is told to the customer's contacts at once, at each update and at the end (ombori-17)."""
        news = incident_news(before, after)
        if news is None:
            return
        level = after.current_level if news is not IncidentNews.ENDED or before is None else before.current_level
        to = self._work.order.parties.contacts
        clause = level.major_incident or after.current_level.clause
        self._note(Happening.TICKET_INCIDENT, (clause,), news=news.value, to=people(to))
        self._recorder.say(mail.incident(self._work, news, level, f"incident-{self._recorder.chain.seq}", clause))

    async def _opens_at(self) -> datetime | None:
        """When the desk opens, None while it is open."""
        key, now = self._work.ticket.current_level.coverage, workflow.now()
        opens = await self._worked_out(lambda lines: lines[key].next_open(now))
        return opens if opens > now else None

    async def _look_ahead(self) -> None:
        """What comes next by itself."""
        now = workflow.now()
        self._work.ticket = await self._worked_out(lambda lines: still_to_announce(self._work.ticket, now, lines))
        self._upcoming = await self._worked_out(lambda lines: next_timer(self._work.ticket, lines))

    def _note(self, kind: Happening, clauses: tuple[str, ...] = (), /, **data: object) -> None:
        told = {"state": self._work.ticket.state.value, **data}
        self._recorder.note_data(kind, self._work.subject, clauses, told)

    def _shelved(self) -> Shelf | None:
        """A closed ticket goes on the shelf with its facts: whoever reopens it later takes it from there."""
        if self._work.ticket.state is not TicketState.CLOSED:
            return None
        self._work.chain = self._recorder.chain
        return Shelf(self._work.order.number, _CARRIED.dump_json(self._work.carried()).decode())

    def _on_refused(self, delivery: Delivery) -> None:
        """An address that a server refused is a task for whoever has the ticket; the ticket goes on."""
        detail = f"{delivery.code} {delivery.reason}".strip()
        self._note_task(f"address/{delivery.email}", f"Mail to {delivery.email} is refused", detail)

    def _note_task(self, task: str, title: str, detail: str) -> None:
        """A task on the screens, for whoever has the ticket."""
        who = self._work.owner or self._work.order.parties.main
        self._note(
            Happening.TASK_OPENED,
            task=task,
            title=title,
            detail=detail,
            staff_id=who.staff_id if who else "",
            due=workflow.now().isoformat(),
        )

    def _miss_who_agrees(self) -> None:
        """The plan closes it by an agreement, and nobody is known whose it could be: a task, and a mail about it."""
        asked = self._work.ticket.terms.asked_of or "whoever reported it"
        title = f"Who can agree to the closing of ticket {self._work.order.number}?"
        detail = f"Nobody is known now ({asked} is asked). Name a contact, or close it with a reason."
        self._note_task(f"agree/{self._work.order.number}", title, detail)
        self._recorder.say(staff_mail.task(self._work, self._key("task"), title, detail))

    def _key(self, what: str) -> str:
        """The key of a message of this step: its fact's number makes it one of its kind."""
        return f"{what}-{self._recorder.chain.seq}"

    def _describe(self) -> None:
        """What Temporal's own UI shows, and finds it by."""
        work, step = self._work, self._upcoming
        lines = [
            f"**{work.title}** ({work.order.parties.customer_name}): {work.ticket.state.value}, {work.ticket.level}"
        ]
        if step is not None:
            lines.append(f"next: {step.summary} at {step.at:%Y-%m-%d %H:%M:%S} UTC")
        if work.owner is not None:
            lines.append(f"with {work.owner.person.name}")
        workflow.set_current_details("  \n".join(lines))
        wanted = {STAGE: "closed" if work.ticket.state is TicketState.CLOSED else "open", LEVEL: work.ticket.level}
        have = workflow.info().typed_search_attributes
        changes = [key.value_set(value) for key, value in wanted.items() if have.get(key) != value]
        if changes:
            workflow.upsert_search_attributes(changes)


def _fresh(order: TicketOrder) -> TicketWork:
    """Before the registration is worked out: a ticket that has no clock yet."""
    name = f"{order.contract_id}/{order.number}"
    bare = Ticket(name, order.contract_id, order.terms, order.decision.level, order.registered_at)
    return TicketWork(order, bare, coverages=order.coverages, hours=order.hours)
