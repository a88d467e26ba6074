"""What every door holds: settings, catalogue, the ways to PostgreSQL and to Temporal. One for each process.

Nothing is connected when it is made: the API comes up while Temporal or PostgreSQL is down, says so, and goes on when
they are back.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request
from temporalio.client import Client, RetryConfig

from domain.plan import Plan, Vendor
from plans.catalogue import Catalogue
from plans.loader import load_catalogue
from settings import Settings
from storage.session import Sessions, open_engine, open_sessions
from support.desk import Desk
from workflows.payloads import data_converter

RPC_PATIENCE = timedelta(seconds=10)
"""How long one call may wait for the Temporal server."""

_QUICK_TO_GIVE_UP = RetryConfig(
    initial_interval_millis=100, randomization_factor=0.2, multiplier=1.5, max_interval_millis=1_000,
    max_elapsed_time_millis=4_000, max_retries=6,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class House:
    """What the doors share. ``catalogue``: the packages on offer now."""

    settings: Settings
    sessions: Sessions
    temporal: Client
    catalogue: Catalogue

    @property
    def vendors(self) -> list[Vendor]:
        """The vendors of the catalogue, by name."""
        return sorted(self.catalogue.vendors.values(), key=lambda vendor: vendor.name.casefold())

    @property
    def desk(self) -> Desk:
        """What registers and handles tickets."""
        return Desk(self.sessions, self.temporal, self.settings.task_queue, self.catalogue)

    @property
    def plans(self) -> Mapping[str, Plan]:
        """The packages on offer, by their id."""
        return self.catalogue.plans


@asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """A house for the time of the block. Neither server needs to be there."""
    engine = open_engine(settings.database_url)
    connection = settings.temporal_connection()
    temporal = await Client.connect(
        data_converter=data_converter, lazy=True, retry_config=_QUICK_TO_GIVE_UP, **connection
    )
    try:
        yield House(settings, open_sessions(engine), temporal, load_catalogue())
    finally:
        await engine.dispose()


def now() -> datetime:
    """The wall clock, in UTC. The doors are the only place that asks it."""
    return datetime.now(UTC)


def _house_of(request: Request) -> House:
    house: House = request.app.state.house
    return house


TheHouse = Annotated[House, Depends(_house_of)]
