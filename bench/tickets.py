"""Bench: what one ticket costs, and how many a second run on `start-dev`, beside workflows of the same shape.

Two peers (`bench.bare`), with as many updates, timers and activities, which do nothing: the *bare* workflow, whose
history carries nothing, and one *as heavy*, whose history holds as many bytes and words as the ticket's: a ticket's is
the evidence of what was promised and done, so it is no choice of ours to leave that out. Server, workers and whoever
presses the buttons share the machine's cores, so a rate is one over the processor time that a life takes.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

import psutil
from rich.console import Console
from rich.table import Table
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.common import TypedSearchAttributes

from bench.bare.load import Load, as_heavy_as, bare
from bench.bare.workflow import PEER_QUEUE, PEER_WORKFLOW
from bench.house import QUEUE, BenchHouse, cores, open_house
from bench.ticket_orders import STEPS, Desk, keep, signed_desk
from runtime.exit import run_and_leave
from storage.session import Sessions, open_engine, open_sessions
from support.starting import started_with
from workflows.ticket_messages import TICKET_WORKFLOW, ActDone, TicketOrder, ticket_workflow_id

ROUNDS, EACH, AT_ONCE, CONTRACTS = 3, 100, 24, 10
RATIO_LIMIT = 0.8
ACTIVITIES_LIMIT = 1.5
STEPS_TAKEN = len(STEPS) + 1  # the registration is one
_COUNTED = {EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: "activities", EventType.EVENT_TYPE_TIMER_STARTED: "timers"}

TICKET, BARE, HEAVY = "ticket", "bare", "as heavy"

Life = Callable[[], Awaitable[None]]


@dataclass
class Measured:
    """Lives a second, and the processor time of each process, round by round."""

    rates: list[float] = field(default_factory=list)
    milliseconds: list[dict[str, float]] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)

    def share_of(self, peer: Measured) -> float:
        """The median of the rounds, each beside the peer's of the same round."""
        return statistics.median(own / other for own, other in zip(self.rates, peer.rates, strict=True))

    def took(self, *processes: str) -> float:
        """Milliseconds of a processor for one life; of all processes where none is named."""
        return statistics.median(sum(each[name] for name in processes or each) for each in self.milliseconds)


async def live(client: Client, order: TicketOrder) -> None:
    """One ticket, from its registration to its closing."""
    handle = await client.start_workflow(TICKET_WORKFLOW, order, **started_with(QUEUE, order))
    for act in STEPS:
        await handle.execute_update("act", act, result_type=ActDone)
    assert await handle.result() == "closed"


async def live_as_peer(client: Client, name: str, load: Load, search_attributes: TypedSearchAttributes | None) -> None:
    """A peer: as many updates, activities and timers."""
    handle = await client.start_workflow(
        PEER_WORKFLOW,
        load.order,
        id=name,
        task_queue=PEER_QUEUE,
        result_type=int,
        search_attributes=search_attributes,
    )
    for ballast in load.updates:
        await handle.execute_update("act", ballast, result_type=int)
    assert await handle.result() == STEPS_TAKEN


async def rate(lives: list[Life]) -> float:
    """Lives a second, so many at once."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(each: Life) -> None:
        async with gate:
            await each()

    began = time.perf_counter()
    await asyncio.gather(*(one(each) for each in lives))
    return len(lives) / (time.perf_counter() - began)


async def measured(house: BenchHouse, lives: list[Life], into: Measured | None) -> None:
    """One round. ``into`` None: it warms up, and does not count."""
    before = _processor_seconds(house)
    lives_a_second = await rate(lives)
    after = _processor_seconds(house)
    if into is not None:
        into.rates.append(lives_a_second)
        into.milliseconds.append({name: 1000 * (after[name] - before[name]) / len(lives) for name in before})


def _processor_seconds(house: BenchHouse) -> dict[str, float]:
    """What each process has used, with its own children; ``driver`` is this one: the people, and the relay."""
    used = {name: _used(psutil.Process(child.pid)) for name, child in house.children.items()}
    return used | {"driver": sum(os.times()[:2])}


def _used(process: psutil.Process) -> float:
    times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    return float(sum(each.user + each.system for each in times))


async def cost(client: Client, workflow_id: str) -> Counter[str]:
    """Events, bytes, activities and timers of a history."""
    history = await client.get_workflow_handle(workflow_id).fetch_history()
    counted: Counter[str] = Counter(events=len(history.events), bytes=sum(e.ByteSize() for e in history.events))
    for event in history.events:
        if event.event_type in _COUNTED:
            counted[_COUNTED[event.event_type]] += 1
    return counted


async def rounds(house: BenchHouse, client: Client, sessions: Sessions, desks: list[Desk]) -> dict[str, Measured]:
    """Ours and the peers in turn, so that all meet the same machine."""
    found = {name: Measured() for name in (TICKET, BARE, HEAVY)}
    for number in range(ROUNDS + 1):  # the first one warms up, and is not counted
        numbers = range(1 + number * EACH, 1 + (number + 1) * EACH)
        orders = [desks[n % CONTRACTS].order(n, datetime.now(UTC)) for n in numbers]
        await keep(sessions, orders)
        await measured(house, [partial(live, client, order) for order in orders], found[TICKET] if number else None)
        history = await client.get_workflow_handle(ticket_workflow_id(orders[0].contract_id, 1)).fetch_history()
        attributes = started_with(QUEUE, orders[0])["search_attributes"]
        for peer, load, also in ((BARE, bare(STEPS_TAKEN), None), (HEAVY, as_heavy_as(history), attributes)):
            lives: list[Life] = [partial(live_as_peer, client, f"{peer}/{n}", load, also) for n in numbers]
            await measured(house, lives, found[peer] if number else None)
    return found


async def measure() -> int:
    before = cores()
    async with open_house() as house:
        house.start_worker()
        house.start_peer_worker()
        client = await house.client()
        engine = open_engine(house.database_url)
        sessions = open_sessions(engine)
        desks = [await signed_desk(sessions, f"throughput-{n}") for n in range(CONTRACTS)]
        found = await rounds(house, client, sessions, desks)
        await engine.dispose()
        costs = {TICKET: await cost(client, ticket_workflow_id(desks[1].contract.id, 1))}
        costs |= {peer: await cost(client, f"{peer}/1") for peer in (BARE, HEAVY)}
    console = Console(width=118)
    console.print(_table(found, costs, f"A ticket registered, answered, updated three times, solved, agreed; {before}"))
    beside_bare, each = found[TICKET].share_of(found[BARE]), costs[TICKET]["activities"] / STEPS_TAKEN
    beside_heavy = found[TICKET].share_of(found[HEAVY])
    console.print(f"A ticket runs at {beside_bare:.2f} of the bare workflow's rate; the limit is {RATIO_LIMIT}.")
    console.print(_where_it_goes(found))
    console.print(f"It runs at {beside_heavy:.2f} of the rate of one whose history is as heavy.")
    console.print(f"A step that a person takes costs {each:.2f} activities; the limit is {ACTIVITIES_LIMIT}.")
    return 0 if beside_bare >= RATIO_LIMIT and each <= ACTIVITIES_LIMIT else 1


def _where_it_goes(found: dict[str, Measured]) -> str:
    ticket, bare_one, heavy = (found[name] for name in (TICKET, BARE, HEAVY))
    left = bare_one.took() * (1 / RATIO_LIMIT - 1)
    return (
        f"The limit leaves {left:.0f} ms beyond the bare workflow's {bare_one.took():.0f}. To carry the evidence takes "
        f"{heavy.took() - bare_one.took():.0f} of them, the database {ticket.took('postgres'):.0f}, the relay and the "
        f"people {ticket.took('driver') - bare_one.took('driver'):.0f}, our worker "
        f"{ticket.took('worker') - heavy.took('peers'):.0f}."
    )


def _table(found: dict[str, Measured], costs: dict[str, Counter[str]], title: str) -> Table:
    table = Table(title=title)
    counts = ("events", "bytes", "activities", "timers")
    for name in ("", *counts, "a second", "median", "server", "worker", "database", "driver", "ms"):
        table.add_column(name, justify="right" if name else "left")
    for name, seen in found.items():
        used = [seen.took(*each) for each in (("temporal",), ("worker", "peers"), ("postgres",), ("driver",))]
        table.add_row(
            name,
            *(str(costs[name][what]) for what in counts),
            ", ".join(f"{each:.1f}" for each in seen.rates),
            f"{seen.rate:.1f}",
            *(f"{each:.0f}" for each in used),
            f"{seen.took():.0f}",
        )
    return table


def main() -> int:
    return asyncio.run(measure())


if __name__ == "__main__":
    sys.exit(run_and_leave(main))
