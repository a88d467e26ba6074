"""One contract through its whole term in skipped time."""

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle

from domain.contract import Contact, Contract, Counts, Person, Prices
from domain.coverage import weekly
from domain.facts import Fact
from domain.happenings import Happening
from domain.plan import LimitKind, Plan, Role
from simulation.script import Script
from simulation.world import QUEUE, World
from storage.contracts import sign
from storage.facts import facts_after
from storage.staff import StaffMember, put_staff
from workflows.messages import CONTRACT_WORKFLOW, ContractOrder, contract_workflow_id

CUSTOMER = Person("Casey Customer", "casey@customer.example")
STAFF_ZONES = {"europe": "Europe/Stockholm", "america": "America/New_York"}
LEAD = timedelta(days=1)
"""The contract is signed a day before it starts."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """What a term cost: events, activities and timers of the contract's own workflows, and the meetings held."""

    contract_id: str
    stage: str
    events: int
    activities: int
    timers: int
    workflows: int
    meetings_held: int
    mails: int


def contract_of(plan: Plan, starts_on: date, zone: str, months: int = 12) -> Contract:
    """An ordinary customer of this plan, with every input that any plan asks for."""
    regions = [rule.region for rule in plan.coverage if rule.region]
    devices = next((x.amount or 0 for x in plan.limits if x.kind is LimitKind.DEVICES), 0)
    extensible = any(x.extensible for x in plan.limits if x.kind is LimitKind.DEVICES)
    return Contract(
        id=f"sim-{plan.id.replace('/', '-')}",
        customer_id="customer",
        customer_name="Customer Ltd",
        plan=plan,
        starts_on=starts_on,
        term_months=months,
        zone=zone,
        country="US" if zone.startswith("America/") else "SE",
        business_hours=weekly({"mon-fri": "09:00-17:00"}),
        contacts=(Contact(CUSTOMER, primary=True),),
        prices=Prices(plan.vendor.currency, user_tier_base=20_000, custom_monthly=150_000, extra_device=1_500),
        region=regions[0] if regions else None,
        address="1 Main Street",
        premises=("Head office",),
        counts=Counts(users=25, devices=devices + 2 if extensible else devices),
    )


def staff_of(plan: Plan, zone: str) -> tuple[StaffMember, ...]:
    """Two people for each role, who work in the customer's zone."""
    hours = weekly({"mon-fri": "08:00-18:00"})
    return tuple(
        StaffMember(
            f"{role.value}-{number}",
            f"{role.title} {number}",
            f"{role.value}.{number}@vendor.example",
            zone,
            (role,),
            hours,
            (plan.vendor.id,),
            daily_limit=6,
        )
        for role in Role
        for number in (1, 2)
    )


def signing_of(contract: Contract) -> datetime:
    """The noon (UTC) before the start: when the contract is signed, and the simulation begins."""
    return datetime.combine(contract.starts_on, time(12), UTC) - LEAD


async def begin(world: World, contract: Contract, script: Script) -> WorkflowHandle[object, str]:
    """Let the people in, and sign."""
    await world.let_people_in(script, contract.primary_contact.person.email)
    async with world.sessions.begin() as session:
        for member in staff_of(contract.plan, contract.zone):
            await put_staff(session, member)
        await sign(session, contract, await world.now(), str(uuid.uuid4()))
    return await world.client.start_workflow(
        CONTRACT_WORKFLOW,
        ContractOrder(contract),
        id=contract_workflow_id(contract.id),
        task_queue=QUEUE,
        result_type=str,
    )


async def facts_of(world: World) -> tuple[Fact, ...]:
    """Every fact of the world, in the order in which they were written."""
    found: list[Fact] = []
    last = 0
    async with world.sessions() as session:
        while page := await facts_after(session, last, 500):
            last = page[-1][0]
            found.extend(fact for _, fact in page)
    return tuple(found)


async def meetings_held(world: World) -> int:
    """How many meetings took place."""
    return sum(fact.kind == Happening.MEETING_HELD for fact in await facts_of(world))


async def measure(world: World, contract_id: str, stage: str) -> Simulated:
    """Count what the contract and its meetings took, from their histories."""
    kinds: Counter[int] = Counter()
    ids = [contract_workflow_id(contract_id)]
    for workflow_id in ids:
        handle = world.client.get_workflow_handle(workflow_id)
        async for event in handle.fetch_history_events():
            kinds[event.event_type] += 1
            child = event.start_child_workflow_execution_initiated_event_attributes.workflow_id
            if child and child not in ids:
                ids.append(child)
    return Simulated(
        contract_id,
        stage,
        events=sum(kinds.values()),
        activities=kinds[EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED],
        timers=kinds[EventType.EVENT_TYPE_TIMER_STARTED],
        workflows=len(ids),
        meetings_held=await meetings_held(world),
        mails=len(world.mailbox.caught),
    )
