"""A world of its own for a simulation: skipped time, a private database, a mail server in both directions.

The workflows and activities in it are the real ones; only people are played.
"""

import asyncio
import re
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import icalendar
from aiosmtpd.smtp import SMTP, Envelope, Session
from temporalio.client import Client
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.registry import open_activities
from mail.inbound import InboundHandler, serve_inbound
from mail.send import Smtp
from mail.settings import MailSettings, SmtpSettings
from plans.loader import load_catalogue
from replies.postman import Postman
from runtime import process
from runtime.garbage import collect_rarely
from runtime.ports import free_ports
from runtime.postgres import Postgres
from runtime.problem import Problem
from simulation.clock import time_server
from simulation.hands import Hands
from simulation.people import PEOPLE_ID, PEOPLE_WORKFLOW, PeopleOrder, PeopleWorkflow
from simulation.script import MEETING_MAIL, REACTED_TO, Script, Seen
from storage.migrate import upgrade
from storage.outbox import find_letter
from storage.session import Sessions, one_by_one, open_engine, open_sessions
from support.desk import Desk
from workflows.registry import WORKFLOWS
from workflows.sandbox import sandbox

QUEUE = "simulation"
REPLY_DOMAIN = "reply.pledge.test"
START_WITHIN_SECONDS = 60
_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>\r\n]+>)", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SimulationSettings:
    """What the activities ask of the environment, for this world."""

    database_url: str
    mail: MailSettings
    smtp: SmtpSettings


@dataclass(frozen=True, slots=True)
class Caught:
    """A message as it came over the wire. ``at``: when it was written, in skipped time (UTC).

    ``kind``: that of `domain.messages`; ``key``: the agenda key that it is about, or empty.
    """

    message_id: str
    at: datetime
    recipient: str
    kind: str
    key: str
    subject_line: str
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        """The message, parsed."""
        parsed = message_from_bytes(self.raw, policy=policy.SMTP)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def invite(self) -> bytes | None:
        """The calendar in it, byte for byte; None where it carries none."""
        # The older policy reads a header only when it is asked for, which is several times as quick.
        for part in message_from_bytes(self.raw, policy=policy.compat32).walk():
            if part.get_content_type() == "text/calendar":
                payload = part.get_payload(decode=True)
                return payload if isinstance(payload, bytes) else None
        return None


@dataclass
class Mailbox:
    """Everybody's mailbox: keeps each message, and lets the people know of those they react to.

    ``customer``: the address whose invitations are answered; the host's copy of an invitation is only kept.
    """

    client: Client
    sessions: Sessions
    customer: str = ""
    caught: list[Caught] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        raw = envelope.original_content or b""
        message_id = _MESSAGE_ID.search(raw)
        async with self.sessions() as session:
            stored = await find_letter(session, message_id[1].decode()) if message_id else None
        if stored is None:
            return "554 5.6.0 A message that nobody has recorded"
        letter = stored.letter
        for recipient in envelope.rcpt_tos:
            caught = Caught(
                letter.message_id, letter.recorded_at, recipient, letter.kind, letter.subject, letter.subject_line, raw
            )
            self.caught.append(caught)
            if letter.kind in REACTED_TO and (letter.kind not in MEETING_MAIL or recipient == self.customer):
                seen = Seen(letter.kind, letter.contract_id, letter.subject, letter.workflow_id, recipient, letter.key)
                await self.client.get_workflow_handle(PEOPLE_ID).signal("mail_came", _with_invitation(seen, caught))
        return "250 2.0.0 kept"


@dataclass
class World:
    """What a run works with. ``now`` is skipped time."""

    environment: WorkflowEnvironment
    client: Client
    sessions: Sessions
    mailbox: Mailbox
    hands: Hands

    async def now(self) -> datetime:
        """The world's clock."""
        return (await self.environment.get_current_time()).astimezone(UTC)

    async def let_people_in(self, script: Script, customer: str) -> None:
        """From here on mail is read and answered by these habits; ``customer``: who gets the invitations."""
        self.mailbox.customer = customer
        await self.client.start_workflow(PEOPLE_WORKFLOW, PeopleOrder(script), id=PEOPLE_ID, task_queue=QUEUE)


@asynccontextmanager
async def open_world(database_url: str, begins: datetime) -> AsyncIterator[World]:
    """A world on a migrated, empty database: time server, mail both ways, a worker. All of it ends with the block.

    ``begins``: the first instant of its clock. ClockError where this machine cannot begin in the past.
    """
    engine = open_engine(database_url, tested=False)
    sessions = open_sessions(engine)
    try:
        async with time_server(begins) as environment, _inhabited(environment, database_url, sessions) as world:
            yield world
    finally:
        await engine.dispose()


@asynccontextmanager
async def _inhabited(environment: WorkflowEnvironment, database_url: str, sessions: Sessions) -> AsyncIterator[World]:
    client = environment.client
    mailbox = Mailbox(client, one_by_one(sessions))
    smtp_port, inbound_port = free_ports(2)
    loop = asyncio.get_running_loop()
    postman = Postman(Desk(sessions, client, QUEUE, load_catalogue()), lambda: datetime.now(UTC), REPLY_DOMAIN)
    outbound = await loop.create_server(lambda: SMTP(mailbox, loop=loop, hostname="mail"), "127.0.0.1", smtp_port)
    inbound = await serve_inbound("127.0.0.1", inbound_port, InboundHandler(postman.take, REPLY_DOMAIN))
    post = Smtp(SmtpSettings("127.0.0.1", inbound_port))
    hands = Hands(client, post, REPLY_DOMAIN, [])
    settings = SimulationSettings(
        database_url,
        MailSettings("pledge@reply.pledge.test", "Pledge", REPLY_DOMAIN, REPLY_DOMAIN, "https://pledge.example"),
        SmtpSettings("127.0.0.1", smtp_port),
    )
    try:
        async with (
            open_activities(settings) as activities,
            Worker(
                client,
                task_queue=QUEUE,
                workflows=[*WORKFLOWS, PeopleWorkflow],
                activities=[*activities, hands.do],
                workflow_runner=sandbox("simulation"),
                # Without it the worker reads the code of every module to name its build: 0.4 s.
                build_id="simulation",
            ),
        ):
            yield World(environment, client, sessions, mailbox, hands)
    finally:
        await post.close()
        for server in (outbound, inbound):
            server.close()


def prepare_process() -> None:
    """For a process that only simulates; call it before the first world.

    The SDK's native part prints no warnings into the timeline.
    """
    collect_rarely()
    logging = LoggingConfig(TelemetryFilter(core_level="ERROR", other_level="ERROR"))
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=logging)), error_if_already_set=False)


@contextmanager
def private_database() -> Iterator[str]:
    """The URL of a fresh, migrated database on a PostgreSQL that lives as long as the block."""
    folder = Path(tempfile.mkdtemp(prefix="pledge-simulation-"))
    try:
        server = Postgres(folder / "postgres", free_ports(1)[0], lossy=True)
        server.prepare()
        for each in ("log", "run"):
            (folder / each).mkdir()
        child = process.start(server.command(), folder)
        try:
            deadline = time.monotonic() + START_WITHIN_SECONDS
            while not server.is_ready():
                if child.status is not None or time.monotonic() > deadline:
                    raise Problem(f"the private database does not start: {child.last_words()}")
                time.sleep(0.02)
            asyncio.run(upgrade(server.url()))
            yield server.url()
        finally:
            child.stop(grace_seconds=10)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _with_invitation(seen: Seen, caught: Caught) -> Seen:
    """What the customer's calendar reads in the mail."""
    calendar = caught.invite if seen.kind in MEETING_MAIL else None
    if calendar is None:
        return seen
    event: Any = icalendar.Calendar.from_ical(calendar).walk("VEVENT")[0]
    return replace(
        seen,
        uid=str(event["uid"]),
        token=str(event["organizer"]).removeprefix("mailto:").partition("@")[0],
        sequence=int(event.get("sequence", 0)),
        start=event["dtstart"].dt,
        end=event["dtend"].dt,
    )
