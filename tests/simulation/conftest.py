"""Each term is simulated once in a test run, and several tests look at what came of it."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest

from plans.loader import load_catalogue
from simulation.habits import script_of
from simulation.order import contract_of, signing_of
from simulation.run import Record, run_term
from simulation.world import open_world
from storage.migrate import upgrade

Simulate = Callable[[str, str], Record]

NOT_LONGER_THAN_SECONDS = 120


class Simulations:
    """Worlds on one PostgreSQL; each gets a database of its own, copied from a migrated one."""

    def __init__(self, postgres_url: str) -> None:
        self._server = postgres_url
        self._records: dict[tuple[str, str], Record] = {}
        self._administer("CREATE DATABASE simulation_template")
        asyncio.run(upgrade(self._url("simulation_template")))

    def simulate(self, plan: str, customer: str) -> Record:
        """The term from 31 January 2026 in New York; ``customer`` names a script or its file."""
        if (plan, customer) not in self._records:
            self._records[plan, customer] = self._run(plan, customer)
        return self._records[plan, customer]

    def _run(self, plan: str, customer: str) -> Record:
        database = f"simulation_{len(self._records) + 1}"
        self._administer(f"CREATE DATABASE {database} TEMPLATE simulation_template")
        contract = contract_of(load_catalogue().get(plan), date(2026, 1, 31), "America/New_York")

        async def go() -> Record:
            async with open_world(self._url(database), signing_of(contract)) as world:
                term = run_term(world, contract, script_of(customer))
                return await asyncio.wait_for(term, NOT_LONGER_THAN_SECONDS)

        try:
            return asyncio.run(go())
        finally:
            self._administer(f"DROP DATABASE {database} WITH (FORCE)")

    def _url(self, database: str) -> str:
        return f"{self._server.rsplit('/', 1)[0]}/{database}"

    def _administer(self, statement: str) -> None:
        plain = self._server.replace("postgresql+psycopg://", "postgresql://")
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(statement.encode())

    def close(self) -> None:
        self._administer("DROP DATABASE simulation_template WITH (FORCE)")


@pytest.fixture(scope="session")
def simulate(postgres_url: str) -> Iterator[Simulate]:
    """``simulate(plan, customer)``: the record of a whole term, run once however often it is asked for."""
    simulations = Simulations(postgres_url)
    # As the command does: what is loaded by now is not looked through for garbage again and again.
    gc.freeze()
    yield simulations.simulate
    gc.unfreeze()
    simulations.close()


@pytest.fixture(scope="session")
def root() -> Path:
    return Path(__file__).resolve().parents[2]
