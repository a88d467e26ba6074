"""Tickets for a bench: orders as the registration makes them, and what people then do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from domain.contract import Contract, ContractStage, Person
from domain.intake import Door, Known, Report
from domain.plan import Role
from domain.ticket import Act, Actor
from plans.loader import load_catalogue
from simulation.order import CUSTOMER, contract_of
from storage.closed_days import KnownDays
from storage.contracts import sign
from storage.session import Sessions
from storage.tickets import StoredTicket, keep_ticket
from support.known import Setting
from support.registering import ORDER, Extra, order_of
from workflows.ticket_messages import Handler, TicketAct, TicketOrder

PLAN = "ombori/enterprise"  # open at all hours, so its clocks run whenever the bench does
LEAD = Handler("lena", Person("Lena Lead", "lena@vendor.example"))
STEPS = (
    TicketAct(Act.REPLY, Actor.STAFF, "Lena Lead", "We look at it."),
    *(TicketAct(Act.REPLY, Actor.STAFF, "Lena Lead", f"News, number {n}.") for n in (1, 2, 3)),
    TicketAct(Act.RESOLVE, Actor.STAFF, "Lena Lead", "The gateway was off; it is on again."),
    TicketAct(Act.AGREE, Actor.CUSTOMER, CUSTOMER.name, email=CUSTOMER.email),
)
"""What people do after the registration: an answer, three updates, the solution, the agreement that closes it."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A contract whose tickets are made here."""

    contract: Contract

    def order(self, number: int, now: datetime, level: str = "l2") -> TicketOrder:
        """An ordinary report, accepted by the plan."""
        known = Known(ContractStage.ACTIVE, now.date())
        setting = Setting(self.contract, None, (), known, KnownDays(1, ()), LEAD)
        report = Report(
            Door.FORM, CUSTOMER, "The sensors of room 4 are silent.", f"bench-{number}", "Silent sensors", level=level
        )
        return order_of(setting, report, now, number, Extra())


async def signed_desk(sessions: Sessions, name: str) -> Desk:
    """A contract in the database, for tickets to belong to."""
    contract = contract_of(load_catalogue().get(PLAN), datetime.now(UTC).date(), "Europe/Stockholm", name=name)
    async with sessions.begin() as session:
        await sign(session, contract, datetime.now(UTC))
    assert Role.SUPPORT_LEAD in {grant.role for grant in contract.plan.roles}
    return Desk(contract)


async def keep(sessions: Sessions, orders: list[TicketOrder]) -> None:
    """The reports as the registration stores them."""
    async with sessions.begin() as session:
        for order in orders:
            stored = StoredTicket(
                contract_id=order.contract_id,
                number=order.number,
                key=order.decision.report.key,
                accepted=True,
                token=order.token,
                alert="",
                document=ORDER.dump_python(order, mode="json"),
                registered_at=order.registered_at,
                workflow_started=True,
                shelf=None,
            )
            await keep_ticket(session, stored, "")
