"""One contract through its whole term in skipped time."""

import asyncio
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle

from domain.contract import Contract
from domain.facts import Fact
from domain.happenings import Happening
from simulation.order import staff_of
from simulation.script import Script
from simulation.world import QUEUE, Caught, World
from storage.contracts import sign
from storage.facts import facts_after
from storage.queries.contract import ContractPage, contract_page
from storage.staff import put_staff
from workflows.messages import CONTRACT_WORKFLOW, ContractOrder, contract_workflow_id

LOOK_EVERY_SECONDS = 0.25


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


@dataclass(frozen=True, slots=True)
class Record:
    """All that came of a run. ``page``: the read models at its end, as the screens show them.

    ``refused``: what the product said no to. ``began`` and ``ended`` are skipped time (UTC); it ends with
    its last fact.
    """

    contract: Contract
    script: Script
    began: datetime
    ended: datetime
    facts: tuple[Fact, ...]
    messages: tuple[Caught, ...]
    page: ContractPage
    cost: Simulated
    refused: tuple[str, ...]


async def run_term(
    world: World, contract: Contract, script: Script, on_time: Callable[[datetime], None] | None = None
) -> Record:
    """Sign the contract and let it live until its books are closed. ``on_time`` hears the skipped time meanwhile."""
    began = await world.now()
    handle = await begin(world, contract, script)
    watching = asyncio.create_task(_watch(world, on_time)) if on_time else None
    try:
        stage = await handle.result()
    finally:
        if watching:
            watching.cancel()
    facts = await facts_of(world)
    # Not the world's clock: with nothing left to wait for it has run on, by years.
    ended = facts[-1].at
    async with world.sessions() as session:
        page = await contract_page(session, contract.id, ended)
    if page is None:
        raise RuntimeError(f"the contract {contract.id} has left no trace")
    cost = await measure(world, contract.id, stage, facts)
    messages = tuple(world.mailbox.caught)
    return Record(contract, script, began, ended, facts, messages, page, cost, tuple(world.hands.refused))


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


async def measure(world: World, contract_id: str, stage: str, facts: tuple[Fact, ...]) -> Simulated:
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
        meetings_held=sum(fact.kind == Happening.MEETING_HELD for fact in facts),
        mails=len(world.mailbox.caught),
    )


async def _watch(world: World, on_time: Callable[[datetime], None]) -> None:
    while True:
        await asyncio.sleep(LOOK_EVERY_SECONDS)
        on_time(await world.now())
