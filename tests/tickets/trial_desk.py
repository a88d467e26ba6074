"""A desk under test: reports are registered by the real rules, and tickets run as real workflows in skipped time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

from domain.contract import Contact, Contract, Person
from domain.intake import Door, Report
from domain.plan import Plan
from domain.ticket import Act, Actor
from plans.catalogue import Catalogue
from storage.queries.tickets import TicketDetail, ticket_detail
from support.acting import act_on_ticket
from support.desk import Desk
from support.registering import Extra, Registered, register
from tests.workflows.trial import ADA, CATALOGUE, CECILIA, QUEUE, Trial, contract
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
    return contract(of, contacts=(Contact(ADA, primary=True, representative_of=("Head office",)),), **changes)


class TrialDesk:
    """Registers and acts, as a door does, with the trial's clock."""

    def __init__(self, trial: Trial, catalogue: Catalogue = CATALOGUE) -> None:
        self.trial = trial
        self.desk = Desk(trial.sessions, trial.client, QUEUE, catalogue)

    async def sign(self, agreed: Contract) -> None:
        """The contract runs, and has told so."""
        await self.trial.sign(agreed, CECILIA)
        await self.trial.to("2026-02-02 06:00")

    async def register(self, report_: Report | None = None, extra: Extra | None = None) -> Registered:
        """A report comes in now."""
        now = await self.trial.now()
        found = await register(self.desk, self.trial.contract_id, report_ or report(), now, extra)
        if found.decision.accepted:
            await self.settled(found.number)
        return found

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
        found = (await self.detail(number)).clocks
        return [
            " ".join(
                each
                for each in (
                    clock.clock,
                    f"due {clock.due:%m-%d %H:%M}" if clock.due else "never due",
                    clock.verdict or "",
                )
                if each
            )
            for clock in found
        ]
