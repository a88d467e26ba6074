"""Bench: thousands of open tickets with running clocks; worker and server are killed; every clock fires once.

`python -m bench.killed 5000` shows how many facts are missing or doubled (zero and zero), and how late they came.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.table import Table
from sqlalchemy import text
from temporalio.client import Client

from bench.house import QUEUE, BenchHouse, cores, open_house
from bench.ticket_orders import Desk, keep, signed_desk
from runtime.exit import run_and_leave
from storage.session import Sessions, open_engine, open_sessions
from workflows.ticket_messages import TICKET_WORKFLOW, TicketOrder, ticket_workflow_id

TICKETS = 5_000
AT_ONCE = 60
TARGET = timedelta(hours=1)  # the first response of level 2
SPREAD = timedelta(minutes=5)
"""The clocks are due within so long, and the servers are killed in the midst of it."""
CHUNK = 250
DEAD_SECONDS = 60
REGISTERED_A_SECOND = 12
"""What a slow machine manages: nothing is due before all are registered."""

_STEPS = """
SELECT kind || coalesce(data ->> 'rung', '') AS step, count(*) AS told, count(DISTINCT workflow_id) AS tickets
FROM facts WHERE contract_id = :contract AND data ->> 'clock' = 'response-1'
    AND kind IN ('ticket.escalated', 'clock.verdict')
GROUP BY 1 ORDER BY 1
"""
"""Each first response that nobody gives is told three times: at 75 %, when it is due, and as a verdict."""

_VERDICTS = """
SELECT at, (data ->> 'due')::timestamptz AS due FROM facts
WHERE contract_id = :contract AND kind = 'clock.verdict' AND data ->> 'clock' = 'response-1'
"""
_REGISTERED = "SELECT count(*) FROM facts WHERE contract_id = :contract AND kind = 'ticket.registered'"
_MISSED = """
SELECT count(*) FROM facts
WHERE contract_id = :contract AND kind = 'clock.verdict' AND data ->> 'clock' = 'response-1'
"""


async def register_all(client: Client, sessions: Sessions, desk: Desk, count: int, due_from: datetime) -> float:
    """Tickets whose first response is due one after the other within `SPREAD`; seconds that it took."""
    began = time.perf_counter()
    for first in range(1, count + 1, CHUNK):
        numbers = range(first, min(first + CHUNK, count + 1))
        orders = [desk.order(n, due_from - TARGET + SPREAD * n / count) for n in numbers]
        await keep(sessions, orders)
        gate = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(_start(client, order, gate) for order in orders))
    return time.perf_counter() - began


async def _start(client: Client, order: TicketOrder, gate: asyncio.Semaphore) -> None:
    async with gate:
        workflow_id = ticket_workflow_id(order.contract_id, order.number)
        await client.start_workflow(TICKET_WORKFLOW, order, id=workflow_id, task_queue=QUEUE)


async def _count(sessions: Sessions, sql: str, contract_id: str) -> int:
    async with sessions() as session:
        return int(await session.scalar(text(sql), {"contract": contract_id}) or 0)


async def until_count(sessions: Sessions, sql: str, contract_id: str, count: int, patience: float) -> int:
    """Until the query gives so many; what it gives in the end."""
    deadline = time.monotonic() + patience
    while (found := await _count(sessions, sql, contract_id)) < count and time.monotonic() < deadline:
        await asyncio.sleep(1)
    return found


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the clocks did: (step, missed, doubled), how late the verdicts were told, and how many of them too early."""

    steps: list[tuple[str, int, int]]
    late_seconds: list[float]
    early: int


async def outcome(sessions: Sessions, contract_id: str, count: int) -> Outcome:
    """Counted in the facts, since those are what an audit reads."""
    async with sessions() as session:
        found = {row.step: row for row in await session.execute(text(_STEPS), {"contract": contract_id})}
        verdicts = (await session.execute(text(_VERDICTS), {"contract": contract_id})).all()
    names = ("ticket.escalated1", "ticket.escalated2", "clock.verdict")
    steps = [
        (name, count - (found[name].tickets if name in found else 0), found[name].told - found[name].tickets)
        for name in names
        if name in found or count
    ]
    late = [(row.at - row.due).total_seconds() for row in verdicts]
    return Outcome(steps, late, sum(each < 0 for each in late))


async def kill_in_the_midst(house: BenchHouse, due_from: datetime) -> float:
    """kill -9 of worker and server when a part of the clocks has fired; both are back a minute later."""
    await asyncio.sleep(max(0.0, (due_from + SPREAD / 5 - datetime.now(UTC)).total_seconds()))
    house.kill("worker")
    house.kill("temporal")
    await asyncio.sleep(DEAD_SECONDS)
    began = time.perf_counter()
    house.start_temporal()
    house.start_worker()
    return time.perf_counter() - began


async def measure(count: int) -> int:
    before = cores()
    async with open_house() as house:
        engine = open_engine(house.database_url)
        sessions = open_sessions(engine)
        try:
            house.start_worker()
            desk = await signed_desk(sessions, "killed")
            due_from = datetime.now(UTC) + timedelta(seconds=60 + count / REGISTERED_A_SECOND)
            took = await register_all(await house.client(), sessions, desk, count, due_from)
            registered = await until_count(sessions, _REGISTERED, desk.contract.id, count, 600)
            slack = (due_from - datetime.now(UTC)).total_seconds()
            back = await kill_in_the_midst(house, due_from)
            returned = datetime.now(UTC)
            await until_count(sessions, _MISSED, desk.contract.id, count, SPREAD.total_seconds() + count / 4)
            drained = (datetime.now(UTC) - returned).total_seconds()
            found = await outcome(sessions, desk.contract.id, count)
        finally:
            await engine.dispose()
    console = Console(width=118)
    table = Table(title=f"{count:,} open tickets, worker and server killed with kill -9 ({before})")
    for name in ("fact", "missed", "doubled"):
        table.add_column(name, justify="left" if name == "fact" else "right")
    for name, missed, doubled in found.steps:
        table.add_row(name, str(missed), str(doubled))
    console.print(table)
    console.print(
        f"{registered:,} were registered in {took:.0f} s, {slack:.0f} s before the first was due; the servers were "
        f"back {back:.1f} s after {DEAD_SECONDS} s of absence, and the last verdict was told {drained:.0f} s later."
    )
    if found.late_seconds:
        ordered = sorted(found.late_seconds)
        console.print(
            f"A verdict was told {statistics.median(ordered):.1f} s after it was due in the median, "
            f"{ordered[-1]:.0f} s at most (it passed while nobody was there), {found.early} too early."
        )
    wrong = sum(missed + doubled for _, missed, doubled in found.steps) + found.early
    return 0 if wrong == 0 and registered == count else 1


def main() -> int:
    return asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS))


if __name__ == "__main__":
    sys.exit(run_and_leave(main))
