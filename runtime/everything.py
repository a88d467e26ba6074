"""`pledge run`: the whole system on one machine.

PostgreSQL (and then its tables), Temporal and the mail catcher start side by side; then the worker, the API and
the listener for replies; then the examples are loaded if there is no contract. A signal (Ctrl-C, SIGTERM, SIGHUP)
stops it at any moment; a second one does not wait for the children.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Coroutine
from pathlib import Path

from runtime import folder, ports, postgres, process
from runtime.postgres import Postgres
from runtime.problem import Problem, of_the_system
from runtime.process import Command
from runtime.supervisor import Supervisor, say
from runtime.temporal import Temporal, program
from settings import Settings

_BEGAN = time.monotonic()  # this module is the first thing that `pledge run` loads
_ROOT = Path(__file__).resolve().parent.parent
_EXAMPLES = _ROOT / "examples"
_ORPHAN_GRACE_SECONDS = 10.0
_PROBE_SECONDS = 5.0


def run_everything(settings: Settings) -> int:
    """Run until a signal comes; the exit status. Raises `Problem` for what keeps it from running."""
    try:
        with folder.held(settings.data_dir):
            for name in process.stop_orphans(settings.data_dir, _ORPHAN_GRACE_SECONDS):
                say(f"pledge: stopped {name}, which an earlier run left behind")
            _check(settings)
            return asyncio.run(_Everything(settings).run())
    except OSError as error:
        raise of_the_system(error, "go on") from None


def _check(settings: Settings) -> None:
    postgres.require_programs()
    program("temporal")
    own = (
        ("PostgreSQL", settings.postgres_port, "PLEDGE_POSTGRES_PORT"),
        ("Temporal", settings.temporal_port, "PLEDGE_TEMPORAL_PORT"),
        ("Temporal's screens", settings.temporal_ui_port, "PLEDGE_TEMPORAL_UI_PORT"),
    )
    bound = (
        ("the screens", settings.api_port, "PLEDGE_API_PORT"),
        ("mail", settings.smtp_port, "PLEDGE_SMTP_PORT"),
        ("replies", settings.inbound_port, "PLEDGE_INBOUND_PORT"),
    )
    ports.require_free([(*each, "127.0.0.1") for each in own] + [(*each, settings.bind) for each in bound])


class _Everything:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._data = settings.data_dir
        self._supervisor = Supervisor(self._data)
        self._postgres = Postgres(self._data / "postgres", settings.postgres_port)
        self._temporal = Temporal(settings.temporal_port, settings.temporal_ui_port, self._data / "temporal.db")
        self._told_to_stop = asyncio.Event()

    async def run(self) -> int:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(each, self._on_signal)
        try:
            await _first_of(self._live(), self._told_to_stop.wait())
        finally:
            await self._supervisor.stop_all()
        say("pledge: stopped; the next run goes on from here")
        return 0

    def _on_signal(self) -> None:
        if self._told_to_stop.is_set():
            self._supervisor.hurry()
        else:
            say("pledge: stopping")
            self._told_to_stop.set()

    async def _live(self) -> None:
        self._supervisor.next_floor()
        await _all(self._start_postgres(), self._start_temporal(), self._start_mail_catcher())
        self._supervisor.next_floor()
        self._supervisor.start(self._python("worker", str(_ROOT / "worker.py")))
        inbound = self._supervisor.start(self._python("inbound", "-m", "cli", "inbound"))
        api = self._supervisor.start(self._python("api", "-m", "cli", "api"))
        await self._supervisor.ready(api, self._api_is_ready)
        await self._supervisor.ready(inbound, self._replies_are_taken)
        ready_after = time.monotonic() - _BEGAN
        await _first_of(self._supervisor.watch(), self._welcome(ready_after))

    async def _welcome(self, ready_after_seconds: float) -> None:
        await self._load_examples()
        say(f"\nPledge is ready after {ready_after_seconds:.1f} s. Ctrl-C stops it.\n")
        say(self._addresses())
        await self._told_to_stop.wait()

    async def _start_postgres(self) -> None:
        await asyncio.to_thread(self._postgres.prepare)
        child = self._supervisor.start(self._postgres.command())
        await self._supervisor.ready(child, self._postgres.is_ready)
        await self._supervisor.once(self._python("migrate", "-m", "cli", "migrate"), "update the tables")

    async def _start_temporal(self) -> None:
        child = self._supervisor.start(self._temporal.command())
        await self._supervisor.ready(child, self._temporal.is_ready)
        await asyncio.to_thread(self._temporal.register)

    async def _start_mail_catcher(self) -> None:
        command = self._python("mailcatcher", "-m", "cli", "mailcatcher", str(self._data / "mail"))
        child = self._supervisor.start(command)
        await self._supervisor.ready(child, lambda: ports.is_open(self._settings.smtp_port, self._host()))

    async def _load_examples(self) -> None:
        """The examples, when there is no contract yet. What fails here does not stop the run."""
        if not await asyncio.to_thread(self._has_no_contract):
            return
        say("pledge: loading the example contracts")
        try:
            for kind in ("staff", "rotations", "contracts"):  # the others name the staff, so that it comes first
                words = ("-m", "cli", kind, "import", str(_EXAMPLES / f"{kind}.csv"))
                await self._supervisor.once(self._python("examples", *words), "load the examples")
        except Problem as problem:
            say(f"pledge: {problem}")

    def _python(self, name: str, *words: str) -> Command:
        return Command(name, (sys.executable, *words), self._environment(), _ROOT)

    def _environment(self) -> dict[str, str | None]:
        """What leads the children to the servers of this run, whatever the person's own environment says."""
        foreign = dict.fromkeys(name for name in os.environ if name.startswith("TEMPORAL_"))
        return foreign | {
            "PLEDGE_DATA_DIR": str(self._data),
            "DATABASE_URL": None,  # the settings know the embedded server by the data folder
            "PLEDGE_POSTGRES_PORT": str(self._settings.postgres_port),
            "TEMPORAL_ADDRESS": self._temporal.address,
            "TEMPORAL_CONFIG_FILE": str(self._data / "temporal.toml"),
            "PLEDGE_SMTP_HOST": self._host(),
            "PLEDGE_SMTP_TLS": "none",
            "PLEDGE_SMTP_USER": "",
            "PLEDGE_SMTP_PASSWORD": "",
            "PLEDGE_MAILBOX_DIR": str(self._data / "mail"),
            "PYTHONUNBUFFERED": "1",
        }

    def _host(self) -> str:
        """Where this machine reaches what binds to `PLEDGE_BIND`."""
        own = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
        return own.get(self._settings.bind, self._settings.bind)

    def _get(self, path: str) -> bytes:
        host = f"[{self._host()}]" if ":" in self._host() else self._host()
        address = f"http://{host}:{self._settings.api_port}{path}"
        with urllib.request.urlopen(address, timeout=_PROBE_SECONDS) as answer:
            body: bytes = answer.read()
            return body

    def _api_is_ready(self) -> bool:
        try:
            self._get("/readyz")
        except (OSError, urllib.error.HTTPError):
            return False
        return True

    def _replies_are_taken(self) -> bool:
        return ports.is_open(self._settings.inbound_port, self._host())

    def _has_no_contract(self) -> bool:
        try:
            return not json.loads(self._get("/api/contracts?limit=1&over=true"))["items"]
        except (OSError, ValueError, KeyError, TypeError):
            say("pledge: cannot see whether there are contracts; the examples are not loaded")
            return False

    def _addresses(self) -> str:
        base = self._settings.base_url
        rows = (
            ("Screens", f"{base}/"),
            ("API docs", f"{base}/docs"),
            ("Mailbox", f"{base}/mailbox"),
            ("Temporal", f"http://127.0.0.1:{self._settings.temporal_ui_port}/"),
            ("Logs", str(self._data / "log")),
        )
        return "".join(f"  {name:10}{address}\n" for name, address in rows)


async def _all(*parts: Coroutine[object, object, object]) -> None:
    """All of them side by side; the first that fails ends the others."""
    await _run(parts, asyncio.FIRST_EXCEPTION)


async def _first_of(*parts: Coroutine[object, object, object]) -> None:
    """All of them side by side, until the first one ends."""
    await _run(parts, asyncio.FIRST_COMPLETED)


async def _run(parts: tuple[Coroutine[object, object, object], ...], until: str) -> None:
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=until)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
