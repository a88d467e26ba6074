"""Bench: what the term of each package costs, and how long it takes in skipped time."""

import asyncio
import sys
import time
from datetime import date

import psycopg
from rich.console import Console
from rich.table import Table

from domain.plan import Plan
from plans.loader import load_catalogue
from runtime.exit import run_and_leave
from simulation.order import contract_of, signing_of
from simulation.run import Simulated, run_term
from simulation.script import SCRIPTS
from simulation.world import open_world, prepare_process, private_database

YEAR_LIMIT_SECONDS = 5.0
ACTIVITIES_LIMIT = 8
MEASURED = "oura/premium"
"""The package that the limits are stated for."""


def fresh_database(url: str, name: str) -> str:
    """A copy of the private, migrated database."""
    server, _, template = url.rpartition("/")
    with psycopg.connect(f"{server}/postgres".replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
    return f"{server}/{name}"


async def year_of(plan: Plan, url: str) -> tuple[float, float, Simulated]:
    """From signing to the end of the term, the servers being up: seconds, seconds of our own CPU, what it took."""
    contract = contract_of(plan, date(2026, 1, 31), "America/New_York")
    async with open_world(url, signing_of(contract)) as world:
        began, working = time.perf_counter(), time.process_time()
        record = await run_term(world, contract, SCRIPTS["accepts"])
        return time.perf_counter() - began, time.process_time() - working, record.cost


def main(packages: list[str]) -> int:
    plans = load_catalogue().plans
    prepare_process()
    table = Table(title="A year of each package, in skipped time, with a customer who accepts")
    table.add_column("package")
    names = ("seconds", "own CPU", "events", "activities", "timers", "workflows", "held", "per meeting", "mails")
    for name in names:
        table.add_column(name, justify="right")
    seconds, activities = 0.0, 0.0
    with private_database() as url:
        # The first one meets cold caches; it is not counted.
        for number, package in enumerate((MEASURED, *(packages or sorted(plans)))):
            took, cpu, cost = asyncio.run(year_of(plans[package], fresh_database(url, f"bench_{number}")))
            each = cost.activities / cost.meetings_held if cost.meetings_held else None
            if package == MEASURED:
                seconds, activities = took, each or 0.0
            if number == 0:
                continue
            table.add_row(
                package,
                f"{took:.1f}",
                f"{cpu:.1f}",
                *(str(n) for n in (cost.events, cost.activities, cost.timers, cost.workflows, cost.meetings_held)),
                f"{each:.1f}" if each else "",
                str(cost.mails),
            )
    Console(width=118).print(table)
    print(f"A year of {MEASURED} takes {seconds:.1f} s; the limit is {YEAR_LIMIT_SECONDS:.0f} s on two idle cores.")
    print(f"A meeting that is held takes {activities:.1f} activities; the limit is {ACTIVITIES_LIMIT}.")
    return 0 if activities <= ACTIVITIES_LIMIT and seconds <= YEAR_LIMIT_SECONDS else 1


if __name__ == "__main__":
    run_and_leave(lambda: main(sys.argv[1:]))
