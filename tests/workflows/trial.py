"""A contract under test: the real workflows and activities in skipped time, with a hand on the clock.

Unlike a simulation nobody acts here but the test itself. Every history that a trial has made is replayed at its end.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from activities.registry import open_activities
from domain.contract import Contact, Contract, Counts, Person, Prices
from domain.coverage import weekly
from domain.facts import Fact
from domain.plan import Plan, Role
from mail.settings import MailSettings, SmtpSettings
from plans.loader import load_catalogue
from simulation.clock import time_server
from storage.contracts import sign
from storage.fact_table import FactRow
from storage.facts import FACT_COLUMNS, fact_of
from storage.session import Sessions, open_engine, open_sessions
from storage.staff import StaffMember, put_staff
from tests.replay.replaying import replay
from tests.smtp_catcher import SmtpCatcher
from workflows.messages import (
    CONTRACT_UPDATES,
    CONTRACT_WORKFLOW,
    ContractOrder,
    contract_workflow_id,
    meeting_workflow_id,
)
from workflows.registry import WORKFLOWS
from workflows.sandbox import sandbox

QUEUE = "trial"
REPLY_DOMAIN = "reply.pledge.test"
CATALOGUE = load_catalogue()
ADA = Person("Ada Lindqvist", "ada@acme.example")
BO = Person("Bo Ek", "bo@acme.example")
MAIL = MailSettings("pledge@reply.pledge.test", "Pledge", REPLY_DOMAIN, REPLY_DOMAIN, "https://pledge.example")


@dataclass(frozen=True, slots=True)
class TrialSettings:
    """What the activities ask of the environment."""

    database_url: str
    mail: MailSettings
    smtp: SmtpSettings


def utc(text_: str) -> datetime:
    """``2026-02-02 09:00`` as an instant."""
    return datetime.fromisoformat(text_).replace(tzinfo=UTC)


def plan(plan_id: str, **changes: Any) -> Plan:
    """A plan of the catalogue, with a few things otherwise."""
    return replace(CATALOGUE.get(plan_id), **changes)


def contract(of: str | Plan, starts_on: str = "2026-02-02", months: int = 12, **changes: Any) -> Contract:
    """An ordinary order of Acme in Stockholm."""
    holds = plan(of) if isinstance(of, str) else of
    order = Contract(
        id="acme-2026",
        customer_id="acme",
        customer_name="Acme",
        plan=holds,
        starts_on=date.fromisoformat(starts_on),
        term_months=months,
        zone="Europe/Stockholm",
        country="SE",
        business_hours=weekly({"mon-fri": "09:00-17:00"}),
        contacts=(Contact(ADA, primary=True),),
        prices=Prices(holds.vendor.currency, user_tier_base=20_000, custom_monthly=150_000, extra_device=1_500),
        region=next((rule.region for rule in holds.coverage if rule.region), None),
        address="Storgatan 1, Stockholm",
        premises=("Head office",),
        counts=Counts(users=25, devices=2),
    )
    return replace(order, **changes)


def member(staff_id: str, *roles: Role, **changes: Any) -> StaffMember:
    """Somebody in Stockholm who fills these roles for every vendor."""
    somebody = StaffMember(
        staff_id,
        staff_id.title(),
        f"{staff_id}@vendor.example",
        "Europe/Stockholm",
        roles or tuple(Role),
        weekly({"mon-fri": "08:00-18:00"}),
        country="SE",
    )
    return replace(somebody, **changes)


CECILIA = member("cecilia")


@dataclass
class Trial:
    """The hand on the clock. ``now`` is skipped time; updates are answered without it.

    ``runs``: (workflow, run) of runs that others may have followed, since this server lists none.
    """

    environment: Any
    client: Client
    sessions: Sessions
    smtp: SmtpCatcher
    database: str
    contract_id: str = "acme-2026"
    runs: list[tuple[str, str]] = field(default_factory=list)

    async def now(self) -> datetime:
        return datetime.fromtimestamp((await self.environment.get_current_time()).timestamp(), UTC)

    async def to(self, instant: str) -> None:
        """Skip to an instant; everything that is due before it has happened then."""
        while (rest := utc(instant) - await self.now()) > timedelta(0):
            await self.environment.sleep(min(rest, timedelta(days=14)))  # one call may take half a minute at most

    async def hire(self, *members: StaffMember) -> None:
        async with self.sessions.begin() as session:
            for each in members:
                await put_staff(session, each)

    async def sign(self, order: Contract, *staff: StaffMember) -> WorkflowHandle[Any, str]:
        """Store the order and start its workflow."""
        self.contract_id = order.id
        await self.hire(*(staff or (CECILIA,)))
        async with self.sessions.begin() as session:
            await sign(session, order, await self.now())
        return await self.client.start_workflow(
            CONTRACT_WORKFLOW,
            ContractOrder(order),
            id=contract_workflow_id(order.id),
            task_queue=QUEUE,
            result_type=str,
        )

    def contract(self) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(contract_workflow_id(self.contract_id))

    def meeting(self, key: str) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(meeting_workflow_id(self.contract_id, key))

    async def press(self, request: Any) -> Any:
        """An update of the contract, by the type of its request."""
        name = next(name for name, kind in CONTRACT_UPDATES.items() if kind is type(request))
        return await self.contract().execute_update(name, request)

    async def facts(self, subject: str | None = None, *kinds: str) -> list[Fact]:
        """What the contract and its meetings have told, in the order of the table."""
        async with self.sessions() as session:
            rows = await session.execute(select(*FACT_COLUMNS).order_by(FactRow.id))
            found = [fact_of(row) for row in rows]
        return [f for f in found if (subject is None or f.subject == subject) and (not kinds or f.kind in kinds)]

    async def story(self, subject: str | None = None, *kinds: str) -> list[str]:
        """The facts as lines: ``02-03 09:00 meeting.booked kickoff``."""
        return [f"{f.at:%m-%d %H:%M} {f.kind} {f.subject}".rstrip() for f in await self.facts(subject, *kinds)]

    async def kinds(self, subject: str) -> list[str]:
        return [fact.kind for fact in await self.facts(subject)]

    async def letters(self, *kinds: str) -> list[str]:
        """What the outbox has: ``invitation kickoff ada@acme.example sent``, the earliest first."""
        async with self.sessions() as session:
            rows = await session.execute(
                text(
                    "SELECT kind, subject, recipient_email, state FROM messages ORDER BY recorded_at, kind, message_id"
                )
            )
            return sorted(" ".join(row) for row in rows if not kinds or row.kind in kinds)

    async def history(self, workflow_id: str, run_id: str | None = None) -> Any:
        return await self.client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history()

    async def is_running(self, workflow_id: str) -> bool:
        described = await self.client.get_workflow_handle(workflow_id).describe()
        return described.status is WorkflowExecutionStatus.RUNNING

    async def replay_everything(self) -> None:
        """Each history that was made replays under the same code, and gives the same facts."""
        ids: dict[str, list[Fact]] = {}
        for fact in await self.facts():
            ids.setdefault(fact.workflow_id, []).append(fact)
        histories = [await self.history(each) for each in ids]
        latest = {(each.workflow_id, each.run_id) for each in histories}
        histories += [await self.history(*each) for each in dict.fromkeys(self.runs) if each not in latest]
        replayed = await replay(histories)
        for workflow_id, facts in ids.items():
            assert [f.digest for f in replayed[workflow_id]][: len(facts)] == [f.digest for f in facts], workflow_id


async def refusal(update: Any) -> tuple[str, str]:
    """The type and the reason with which an update is refused."""
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await update
    assert isinstance(refused.value.cause, ApplicationError)
    return refused.value.cause.type or "", refused.value.cause.message


@asynccontextmanager
async def open_trial(
    database: str, smtp: SmtpCatcher, begins: str, workflows: Iterable[type] = ()
) -> AsyncIterator[Trial]:
    """A time-skipping server whose clock begins at an instant, with a worker on this database and mail server."""
    engine = open_engine(database)
    settings = TrialSettings(database, MAIL, SmtpSettings(smtp.host, smtp.port, timeout_seconds=5))
    try:
        async with (
            time_server(utc(begins)) as environment,
            open_activities(settings) as activities,
            Worker(
                environment.client,
                task_queue=QUEUE,
                workflows=[*WORKFLOWS, *workflows],
                activities=activities,
                workflow_runner=sandbox(),
                graceful_shutdown_timeout=timedelta(seconds=2),
            ),
        ):
            trial = Trial(environment, environment.client, open_sessions(engine), smtp, database)
            yield trial
            await trial.replay_everything()
    finally:
        await engine.dispose()
