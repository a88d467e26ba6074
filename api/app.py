"""The HTTP door: `create_app` makes the whole of it, REST under `/api` and the pages."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from fastapi import Depends, FastAPI

from api import answering, live, signing
from api.bounds import BoundedBodies
from api.house import now, open_house
from api.openapi import describe
from api.pages import (
    answer,
    contract,
    contract_desk,
    customer_ticket,
    desk,
    docs,
    inbox,
    mailbox,
    me,
    overage,
    plans,
    portfolio,
    queue,
    report,
    sign,
    static,
    ticket,
)
from api.pages.frame import count_waiting
from api.rest import (
    alerts,
    closed_days,
    contracts,
    customers,
    endpoints,
    events,
    feeds,
    health,
    hooks,
    meetings,
    staff,
    tasks,
    tickets,
    uptime,
)
from api.rest import desk as rest_desk
from api.rest import inbox as rest_inbox
from api.rest import plans as rest_plans
from api.security import OwnSiteOnly, host_names
from settings import Settings, get_settings
from support import closing
from support.starting import keep_starting_tickets

_DESCRIPTION = """\
Pledge keeps the promises of support contracts: a signed contract is a durable workflow, and this is its door.

- Every POST carries an `Idempotency-Key`: the same key with the same body is the same action, however often it is sent.
- Alerts and webhooks, which machines send, bring a key of their own in its place.
- What goes wrong is told as a problem (RFC 9457); `errors` names the fields.
- Instants are ISO 8601 with an offset, answers in UTC; money is in minor units (cents); lengths are whole minutes.
- Lists come in parts: `limit` and `offset`; `total` counts all, and the `Link` header leads on.
"""
_TAGS = [
    {"name": "contracts", "description": "Sign a contract, read it, and act on it."},
    {"name": "meetings", "description": "Sittings with attendees, a slot and an outcome."},
    {"name": "tickets", "description": "Reports, their clocks, and what is done to them."},
    {"name": "endpoints", "description": "Systems of others that tickets go to, and what they send back."},
    {"name": "closed days", "description": "When a desk is closed or has other hours than its plan says."},
    {"name": "tasks", "description": "What needs a person."},
    {"name": "inbox", "description": "Mail that no rule can act on, for a person to read."},
    {"name": "desk", "description": "Who is on call, and which channels are down."},
    {"name": "staff", "description": "Who keeps the promises."},
    {"name": "customers", "description": "Who bought them."},
    {"name": "plans", "description": "The packages on offer."},
    {"name": "feeds", "description": "Calendar feeds behind a revocable address."},
    {"name": "system", "description": "Whether it works."},
]


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application; without ``settings`` those of the environment. Raises SettingsError."""
    settings = settings or get_settings()

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        conninfo = settings.database_url.replace("postgresql+psycopg://", "postgresql://", 1)
        async with open_house(settings) as house, live.listening(conninfo) as news:
            app.state.house, app.state.news = house, news
            healing = (
                asyncio.create_task(signing.keep_starting(house), name="start what was signed"),
                asyncio.create_task(
                    keep_starting_tickets(house.desk, signing.LOOK_AGAIN_SECONDS), name="start what was reported"
                ),
                asyncio.create_task(
                    closing.keep_telling(house.desk, now, signing.LOOK_AGAIN_SECONDS), name="tell of closed days"
                ),
            )
            try:
                yield
            finally:
                for each in healing:
                    each.cancel()
                await asyncio.gather(*healing, return_exceptions=True)

    app = FastAPI(
        title="Pledge",
        version="1",
        description=_DESCRIPTION,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        openapi_tags=_TAGS,
        lifespan=lifespan,
        dependencies=[Depends(answering.refuse_nul)],
    )
    hosts = host_names(settings.base_url, settings.bind, settings.allow_remote)
    app.add_middleware(BoundedBodies, base_url=settings.base_url)
    app.add_middleware(OwnSiteOnly, hosts=hosts, base_url=settings.base_url)
    answering.install(app, settings.base_url)
    _add_routes(app)
    describe(app)
    return app


def _add_routes(app: FastAPI) -> None:
    for part in (
        contracts, meetings, feeds, tickets, uptime, alerts, endpoints, hooks, closed_days, tasks, rest_inbox,
        rest_desk, staff, customers, rest_plans,
    ):  # fmt: skip
        app.include_router(part.router, prefix="/api")
    app.include_router(tickets.reports, prefix="/api")
    for door in (health, events, static, answer, overage, customer_ticket):
        app.include_router(door.router)
    for page in (
        docs, me, sign, queue, ticket, report, contract_desk, contract, plans, desk, mailbox, inbox, portfolio,
    ):  # fmt: skip
        app.include_router(page.router, dependencies=[Depends(count_waiting)])
    app.include_router(feeds.public)
