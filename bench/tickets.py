"""Bench: what one ticket costs, and how many a minute run on `start-dev`, beside a bare workflow of the same shape."""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from bench.bare import BARE_QUEUE, BARE_WORKFLOW
from bench.house import QUEUE, BenchHouse, cores, open_house
from bench.ticket_orders import STEPS, Desk, keep, signed_desk
from runtime.exit import run_and_leave
from storage.session import open_engine, open_sessions
from support.starting import started_with
from workflows.ticket_messages import TICKET_WORKFLOW, ActDone, TicketOrder, ticket_workflow_id

ROUNDS, EACH, AT_ONCE = 3, 100, 24
RATIO_LIMIT = 0.8
ACTIVITIES_LIMIT = 1.5
_COUNTED = {EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: "activities", EventType.EVENT_TYPE_TIMER_STARTED: "timers"}


async def live(client: Client, order: TicketOrder) -> None:
    """One ticket, from its registration to its closing."""
    handle = await client.start_workflow(TICKET_WORKFLOW, order, **started_with(QUEUE, order))
    for act in STEPS:
        await handle.execute_update("act", act, result_type=ActDone)
    assert await handle.result() == "closed"


async def live_bare(client: Client, name: str) -> None:
    """The bare peer: as many updates, activities and timers."""
    handle = await client.start_workflow(BARE_WORKFLOW, len(STEPS) + 1, id=name, task_queue=BARE_QUEUE, result_type=int)
    for step in range(len(STEPS)):
        await handle.execute_update("act", step, result_type=int)
    assert await handle.result() == len(STEPS) + 1


async def rate(lives: list[Callable[[], Awaitable[None]]]) -> float:
    """Lives a second, so many at once."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(each: Callable[[], Awaitable[None]]) -> None:
        async with gate:
            await each()

    began = time.perf_counter()
    await asyncio.gather(*(one(each) for each in lives))
    return len(lives) / (time.perf_counter() - began)


async def cost(client: Client, workflow_id: str) -> Counter[str]:
    """Events, activities and timers of a history."""
    history = await client.get_workflow_handle(workflow_id).fetch_history()
    counted: Counter[str] = Counter(events=len(history.events))
    for event in history.events:
        if event.event_type in _COUNTED:
            counted[_COUNTED[event.event_type]] += 1
    return counted


async def rounds(house: BenchHouse, client: Client, desk: Desk) -> tuple[list[float], list[float]]:
    """Ours and the bare one in turn, so that both meet the same machine."""
    engine = open_engine(house.database_url)
    ours, bare = [], []
    try:
        sessions = open_sessions(engine)
        for number in range(ROUNDS + 1):  # the first one warms up, and is not counted
            first = 1 + number * EACH
            orders = [desk.order(first + n, datetime.now(UTC)) for n in range(EACH)]
            await keep(sessions, orders)
            own = await rate([lambda order=order: live(client, order) for order in orders])  # type: ignore[misc]
            names = [f"bare/{first + n}" for n in range(EACH)]
            other = await rate([lambda name=name: live_bare(client, name) for name in names])  # type: ignore[misc]
            if number:
                ours.append(own)
                bare.append(other)
    finally:
        await engine.dispose()
    return ours, bare


async def measure() -> int:
    before = cores()
    async with open_house() as house:
        house.start_worker()
        house.start_bare_worker()
        client = await house.client()
        engine = open_engine(house.database_url)
        desk = await signed_desk(open_sessions(engine), "throughput")
        await engine.dispose()
        ours, bare = await rounds(house, client, desk)
        one = await cost(client, ticket_workflow_id(desk.contract.id, 1))
        other = await cost(client, "bare/1")
        mails = house.relay.taken / (EACH * (ROUNDS + 1))
    steps = len(STEPS) + 1
    table = Table(title=f"A ticket registered, answered, updated three times, solved and agreed ({before})")
    for name in ("", "events", "activities", "a step", "timers", "mails", "tickets a second", "median"):
        table.add_column(name, justify="right" if name else "left")
    for name, counted, rates in (("ticket", one, ours), ("bare workflow", other, bare)):
        table.add_row(
            name,
            str(counted["events"]),
            str(counted["activities"]),
            f"{counted['activities'] / steps:.2f}",
            str(counted["timers"]),
            f"{mails:.0f}" if name == "ticket" else "0",
            ", ".join(f"{each:.1f}" for each in rates),
            f"{statistics.median(rates):.1f}",
        )
    ratio = statistics.median(own / peer for own, peer in zip(ours, bare, strict=True))
    console = Console(width=118)
    console.print(table)
    console.print(f"A ticket runs at {ratio:.2f} of the bare workflow's rate; the limit is {RATIO_LIMIT}.")
    each = one["activities"] / steps
    console.print(f"A step that a person takes costs {each:.2f} activities; the limit is {ACTIVITIES_LIMIT}.")
    return 0 if ratio >= RATIO_LIMIT and each <= ACTIVITIES_LIMIT else 1


def main() -> int:
    return asyncio.run(measure())


if __name__ == "__main__":
    sys.exit(run_and_leave(main))
