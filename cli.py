"""The command line, `pledge`: one thin function a command; each imports what it needs when it runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands import contracts as contract_commands
from api.commands import rotations as rotation_commands
from api.commands import staff as staff_commands
from plans.commands import app as plan_commands
from simulation.commands import simulate

if TYPE_CHECKING:
    from settings import Settings

app = typer.Typer(
    name="pledge",
    help="Keeps the promises of customer-success and support contracts.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _settings() -> Settings:
    from settings import get_settings

    return get_settings()


@app.command()
def run() -> None:
    """Bring the whole system up on this machine: servers, worker, API, example contracts.

    Everything is kept in the data folder (PLEDGE_DATA_DIR, by default .pledge), so the next run goes on
    where this one stopped. Ctrl-C stops all of it. Ports: PLEDGE_API_PORT, PLEDGE_POSTGRES_PORT,
    PLEDGE_TEMPORAL_PORT, PLEDGE_TEMPORAL_UI_PORT, PLEDGE_SMTP_PORT, PLEDGE_INBOUND_PORT.
    """
    from runtime.everything import run_everything

    raise typer.Exit(run_everything(_settings()))


@app.command("worker")
def work() -> None:
    """Run the workflows and activities against the Temporal server of the environment, until SIGTERM.

    The same as `python worker.py`. TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and their like say which server,
    DATABASE_URL which database.
    """
    from worker import main as work_until_told

    raise typer.Exit(work_until_told())


@app.command()
def api() -> None:
    """Serve the REST API and the screens on PLEDGE_BIND and PLEDGE_API_PORT, until SIGTERM."""
    import signal

    import uvicorn

    settings = _settings()
    # uvicorn sends itself the signal again once it has stopped; a stop that was asked for is no failure.
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: None)
    uvicorn.run(
        "api.app:create_app",
        factory=True,
        host=settings.bind,
        port=settings.api_port,
        log_level="warning",
        # A browser's event stream never ends by itself.
        timeout_graceful_shutdown=3,
        proxy_headers=False,
    )


@app.command()
def inbound(lmtp: Annotated[bool, typer.Option(help="Speak LMTP (RFC 2033) instead of SMTP.")] = False) -> None:
    """Take mail on PLEDGE_INBOUND_PORT until SIGTERM: answers to invitations, reports of problems, words about tickets.

    A mail relay hands it what arrives for PLEDGE_REPLY_DOMAIN. What a machine has sent is never answered.
    """
    import asyncio

    from replies.listener import listen
    from worker import connect, until_signalled

    async def work(settings: Settings, told_to_stop: asyncio.Event) -> None:
        await listen(settings, await connect(settings), told_to_stop, lmtp=lmtp)

    asyncio.run(until_signalled(work, _settings()))


@app.command()
def migrate() -> None:
    """Bring the tables of DATABASE_URL to this version; does nothing when they are."""
    import asyncio

    from sqlalchemy.exc import OperationalError

    from runtime.problem import Problem
    from storage.migrate import upgrade

    try:
        asyncio.run(upgrade(_settings().database_url))
    except OperationalError as error:
        raise Problem(f"cannot reach the database: {str(error.orig).splitlines()[0]}") from None


@app.command(hidden=True)
def mailcatcher(folder: Annotated[Path, typer.Argument(help="Where the messages are kept.")]) -> None:
    """The mail server of `pledge run`."""
    import asyncio

    from runtime.mailcatcher import Mailbox, serve

    settings = _settings()
    served = serve(
        Mailbox(folder),
        host=settings.bind,
        port=settings.smtp_port,
        reply_domain=settings.reply_domain,
        inbound_host=settings.bind,
        inbound_port=settings.inbound_port,
    )
    asyncio.run(served)


# Sub-applications, each a group of thin functions like those above. Their modules import as little as this one.
app.add_typer(plan_commands)
app.add_typer(contract_commands)
app.add_typer(staff_commands)
app.add_typer(rotation_commands)
app.command()(simulate)


def main() -> None:
    """The console script: runs the command and leaves with its status; 1 is a problem, 2 wrong usage."""
    from runtime.exit import run_and_leave

    run_and_leave(_status)


def _status() -> int:
    from runtime.problem import Problem
    from settings import SettingsError

    try:
        app(prog_name="pledge")
    except SystemExit as done:
        if isinstance(done.code, str):
            print(done.code, file=sys.stderr)
            return 1
        return int(done.code or 0)
    except (Problem, SettingsError) as problem:
        print(f"pledge: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    main()
