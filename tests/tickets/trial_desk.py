"""A desk under test: reports are registered by the real rules, and tickets run as real workflows in skipped time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from itertools import count
from typing import Any

from sqlalchemy import insert, text

from domain.contract import Contact, Contract, Person
from domain.facts import Fact
from domain.intake import Door, Report
from domain.plan import Plan
from domain.ticket import Act, Actor
from plans.catalogue import Catalogue
from storage.queries.tickets import TicketClock, TicketDetail, ticket_detail
from storage.staff import StaffMember
from storage.ticket_views import DesignatedView
from support.acting import act_on_ticket
from support.desk import Desk
from support.registering import Extra, Registered, register
from tests.workflows.trial import ADA, CATALOGUE, CECILIA, QUEUE, Trial, contract, refusal
from workflows.ticket_messages import ActDone, Handler, TicketAct, ticket_workflow_id

OWNER = Handler("cecilia", Person("Cecilia", "cecilia@vendor.example"))
PATIENCE = timedelta(seconds=20)
_numbers = count(1)


def report(**changes: Any) -> Report:
    """What Ada reports by the form."""
    given = Report(
        Door.FORM, replace(ADA, phone="+46 8 555 01 00"), "The sensors of room 4 are silent.", f"form-{next(_numbers)}"
    )
    return replace(given, **{"subject": "Silent sensors", **changes})


def order(of: str | Plan, **changes: Any) -> Contract:
    """An order whose contact is an Authorized Representative of the head office."""
    contacts = (Contact(ADA, primary=True, representative_of=("Head office",)),)
    return contract(of, **{"contacts": contacts, **changes})


@dataclass
class Case:
    """One ticket, and what can be done to it and asked of it."""

    desk: TrialDesk
    contract_id: str
    number: int

    @property
    def handle(self) -> Any:
        return self.desk.trial.client.get_workflow_handle(self.workflow_id)

    @property
    def workflow_id(self) -> str:
        return ticket_workflow_id(self.contract_id, self.number)

    async def act(self, act: Act, actor: Actor = Actor.STAFF, **fields: Any) -> ActDone:
        """Somebody does something: Cecilia for the staff, Ada for the customer."""
        by = {"by": "Ada Lindqvist", "email": ADA.email} if actor is Actor.CUSTOMER else {"by": "Cecilia"}
        request = TicketAct(act, actor, **{**by, **fields})
        key = f"key-{next(_numbers)}"
        done = await act_on_ticket(self.desk.desk, self.contract_id, self.number, request, key, PATIENCE)
        if done.state == "closed":
            await self.remember_run()
        return done

    async def remember_run(self) -> None:
        """Another run may follow this one: both are to be replayed."""
        self.desk.trial.runs.append((self.workflow_id, (await self.handle.describe()).run_id))

    async def refused(self, act: Act, actor: Actor = Actor.STAFF, **fields: Any) -> str:
        """The reason for which it is refused."""
        _, reason = await refusal(self.act(act, actor, **fields))
        return reason

    async def reply(self, text: str = "We look at it.") -> ActDone:
        return await self.act(Act.REPLY, text=text)

    async def detail(self) -> TicketDetail:
        """The ticket as the screens show it."""
        async with self.desk.trial.sessions() as session:
            found = await ticket_detail(session, self.contract_id, self.number)
        assert found is not None
        return found

    async def state(self) -> str:
        return (await self.detail()).head.state

    async def clocks(self) -> list[str]:
        """``response-1 due 02-02 08:30 met``: every clock, with its verdict."""
        return [_line(each) for each in (await self.detail()).clocks]

    async def clock(self, key: str) -> str:
        """The line of that clock."""
        return next(line for line in await self.clocks() if line.startswith(f"{key} "))

    async def facts(self, *kinds: str) -> list[Fact]:
        """What its workflow has told, in all of its runs."""
        return [f for f in await self.desk.trial.facts(None, *kinds) if f.workflow_id == self.workflow_id]

    async def kinds(self) -> list[str]:
        return [fact.kind.removeprefix("ticket.") for fact in await self.facts()]

    async def told(self) -> list[str]:
        """``02-02 08:22 response-1 at 75 % to Cecilia``: each step of the ladder, and each verdict."""
        return [f"{f.at:%m-%d %H:%M} {_told(f)}" for f in await self.facts("ticket.escalated", "clock.verdict")]

    async def letters(self, *kinds: str) -> list[str]:
        """``ticket-answer ada@acme.example``: its mails that went out, in their order."""
        async with self.desk.trial.sessions() as session:
            rows = await session.execute(
                text(
                    "SELECT kind, recipient_email FROM messages WHERE workflow_id = :id AND state = 'sent'"
                    " ORDER BY recorded_at, kind, message_id"
                ),
                {"id": self.workflow_id},
            )
            return [" ".join(row) for row in rows if not kinds or row.kind in kinds]


class TrialDesk:
    """Registers and acts, as a door does, with the trial's clock."""

    def __init__(self, trial: Trial, catalogue: Catalogue = CATALOGUE) -> None:
        self.trial = trial
        self.desk = Desk(trial.sessions, trial.client, QUEUE, catalogue)

    async def sign(self, agreed: Contract, *staff: StaffMember) -> None:
        """The contract runs, and has told so."""
        await self.trial.sign(agreed, *(staff or (CECILIA,)))
        await self.trial.to("2026-02-02 06:00")

    async def register(self, report_: Report | None = None, extra: Extra | None = None) -> Registered:
        """A report comes in now."""
        now = await self.trial.now()
        found = await register(self.desk, self.trial.contract_id, report_ or report(), now, extra)
        if found.decision.accepted:
            await self.settled(found.number)
        return found

    async def open(self, contract_id: str | None = None, extra: Extra | None = None, **changes: Any) -> Case:
        """A report comes in now, and is a ticket when this returns."""
        if contract_id is not None:
            self.trial.contract_id = contract_id
        found = await self.register(report(**changes), extra)
        assert found.decision.accepted, found.decision.reasons
        return Case(self, self.trial.contract_id, found.number)

    async def designate(self, contract_id: str, *addresses: str) -> None:
        """These may use the priority queue from now on (caret-2)."""
        async with self.trial.sessions.begin() as session:
            for place, each in enumerate(addresses):
                values = {"address": each.casefold(), "email": each, "name": each, "place": place}
                await session.execute(insert(DesignatedView).values(contract_id=contract_id, **values))

    def mails(self, address: str) -> list[str]:
        """The text of every mail that an address got, in its order; the subject is its first line."""
        caught = [each for each in self.trial.smtp.caught if address in each.recipients]
        return [f"{each.message['Subject']}\n{_plain(each.message)}" for each in caught]

    async def register_only(self, **changes: Any) -> Registered:
        """A report comes in now, and nobody waits for its workflow."""
        return await register(self.desk, self.trial.contract_id, report(**changes), await self.trial.now())

    async def settled(self, number: int = 1) -> None:
        """The workflow has done what it does at once: its query is answered after its first task."""
        await self.handle(number).query("owner")
        while await self.detail_or_none(number) is None:
            await self.handle(number).query("owner")

    def handle(self, number: int = 1) -> Any:
        return self.trial.client.get_workflow_handle(ticket_workflow_id(self.trial.contract_id, number))

    async def act(self, act: Act, number: int = 1, actor: Actor = Actor.STAFF, **fields: Any) -> ActDone:
        """Somebody does something: Cecilia for the staff, Ada for the customer."""
        by = {"by": "Cecilia"} if actor is Actor.STAFF else {"by": "Ada Lindqvist", "email": ADA.email}
        request = TicketAct(act, actor, **{**by, **fields})
        return await act_on_ticket(
            self.desk, self.trial.contract_id, number, request, f"key-{next(_numbers)}", PATIENCE
        )

    async def detail(self, number: int = 1) -> TicketDetail:
        """The ticket as the screens show it."""
        found = await self.detail_or_none(number)
        assert found is not None
        return found

    async def detail_or_none(self, number: int = 1) -> TicketDetail | None:
        async with self.trial.sessions() as session:
            return await ticket_detail(session, self.trial.contract_id, number)

    async def clocks(self, number: int = 1) -> list[str]:
        """``response-1 due 02-02 08:30 met``: every clock, with its verdict."""
        return [_line(each) for each in (await self.detail(number)).clocks]


def minutes(seconds: object) -> int:
    """A length to the minute: skipped time runs on by a few seconds while people act."""
    assert isinstance(seconds, int)
    return round(seconds / 60)


def _line(clock: TicketClock) -> str:
    due = f"due {clock.due:%m-%d %H:%M}" if clock.due else "never due"
    return " ".join(each for each in (clock.clock, due, clock.verdict or "") if each)


def _plain(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


def _told(fact: Fact) -> str:
    data: Any = fact.data
    if fact.kind == "clock.verdict":
        return f"{data['clock']} {data['verdict']}"
    late = data["overrun_seconds"]
    when = f"at {data['percent']} %" if late is None else f"{late // 60} min late"
    names = ", ".join(each["name"] for each in data["to"]) or "nobody"
    return f"{data['clock']} {when} to {names}" + (f" ({data['reason']})" if data["reason"] else "")
