"""What is known of a contract when a report comes in: its plan as it is now, its people, its devices, closed days."""

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from domain.contract import Contact, Contract, ContractStage, Person
from domain.contract_news import people_of
from domain.intake import Door, Known
from domain.plan import Plan
from storage.closed_days import KnownDays, closed_days_of
from storage.contracts import find_contract
from storage.downtimes import down_channels
from storage.queries.contract import ContactLine, ContractHead, contacts_of, contract_head
from storage.queries.tickets import designated_of
from storage.staff import find_staff
from storage.tickets import devices_of
from support.desk import Desk
from workflows.messages import contract_workflow_id
from workflows.ticket_messages import Handler, Parties, TicketOrder

CONTACT_QUERY = "contract"
"""The query that a contract's workflow answers with the contract as it is now."""


class UnknownContractError(LookupError):
    """There is no contract of that id."""


class NoSupportError(LookupError):
    """The plan of that contract has no level, so it promises nothing to a ticket."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A contract as a report finds it. ``head`` None: it was signed just now, and has told nothing yet."""

    contract: Contract
    head: ContractHead | None
    contacts: tuple[ContactLine, ...]
    known: Known
    closed: KnownDays
    main: Handler | None

    @property
    def plan(self) -> Plan:
        return self.contract.plan


async def contract_now(desk: Desk, session: AsyncSession, contract_id: str) -> tuple[Contract, ContractHead | None]:
    """The contract under the plan that it has now. Raises UnknownContractError; RPCError where nobody can say.

    An amendment changes the plan in the contract's workflow. What was signed, or the catalogue, has it nearly always;
    where neither does, the workflow itself is asked.
    """
    signed = await find_contract(session, contract_id)
    if signed is None:
        raise UnknownContractError(contract_id)
    contract, head = signed.contract, await contract_head(session, contract_id)
    if head is None or _is(contract.plan, head):
        return contract, head
    offered = desk.catalogue.plans.get(head.plan)
    if offered is not None and _is(offered, head):
        return replace(contract, plan=offered), head
    handle = desk.temporal.get_workflow_handle(contract_workflow_id(contract_id))
    return await handle.query(CONTACT_QUERY, result_type=Contract), head


async def setting_of(desk: Desk, session: AsyncSession, contract_id: str, now: datetime, login_asked: bool) -> Setting:
    """All that the rules ask about a contract. Raises UnknownContractError."""
    contract, head = await contract_now(desk, session, contract_id)
    contacts = await contacts_of(session, contract_id) if head else ()
    known = Known(
        stage=ContractStage(head.stage) if head else ContractStage.SIGNED,
        today=now.astimezone(ZoneInfo(contract.zone)).date(),
        designated=await designated_of(session, contract_id),
        representatives=tuple((line.email, place) for line in contacts for place in line.premises),
        devices=await devices_of(session, contract_id),
        down=await down_channels(session, contract.plan.vendor.id),
        login_asked=login_asked,
    )
    main = await find_staff(session, head.csm_id) if head and head.csm_id else None
    return Setting(
        contract,
        head,
        contacts,
        known,
        await closed_days_of(session, contract_id),
        Handler(main.id, Person(main.name, main.email, zone=main.zone)) if main else None,
    )


def parties_of(setting: Setting, reporter: Person, premises: str, proactive: bool) -> Parties:
    """Who is concerned: whose agreement closes it (essensys-13), and whom a major incident is told to (ombori-17)."""
    contract = setting.contract
    told = tuple(
        Contact(Person(line.name, line.email, line.phone), line.primary, line.premises)
        for line in setting.contacts
        if line.set_at is not None
    )
    people = people_of(replace(contract, contacts=told or contract.contacts), None)
    return Parties(
        customer_name=contract.customer_name,
        vendor_name=contract.plan.vendor.name,
        zone=contract.zone,
        language=contract.language,
        contacts=tuple(each.person for each in people.contacts),
        agree=() if proactive else people.agreeing(reporter, premises),
        main=setting.main,
        ways=tuple(channel.name for channel in contract.plan.channels),
    )


async def parties_now(desk: Desk, session: AsyncSession, order: TicketOrder, now: datetime) -> Parties:
    """Who is concerned by a registered ticket now: contacts come and go. Raises RPCError where nobody can say."""
    report = order.decision.report
    setting = await setting_of(desk, session, order.contract_id, now, login_asked=False)
    return parties_of(setting, report.reporter, report.premises, report.door is Door.MONITORING)


def _is(plan: Plan, head: ContractHead) -> bool:
    return (plan.id, plan.version) == (head.plan, head.plan_version)
