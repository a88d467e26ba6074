"""Children: started, watched, started again, stopped in order, never left behind."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from runtime import process
from runtime.problem import Problem
from runtime.process import Command
from runtime.supervisor import Supervisor
from tests.runtime.waiting import until, until_async

_NEVER_ENDS = "import time; print('up', flush=True); time.sleep(600)"
_DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"


def python(name: str, code: str, **more: str) -> Command:
    return Command(name, (sys.executable, "-c", code), more)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "log").mkdir()
    (tmp_path / "run").mkdir()
    return tmp_path


def log_of(folder: Path, name: str) -> str:
    return (folder / "log" / f"{name}.log").read_text()


def is_up(folder: Path, name: str) -> bool:
    return "up" in log_of(folder, name)


async def test_a_child_that_ends_is_started_again_and_that_is_said(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    supervisor = Supervisor(folder)
    supervisor.next_floor()
    supervisor.start(python("worker", "import sys; print('out of luck', flush=True); sys.exit(3)"))
    watching = asyncio.create_task(supervisor.watch())
    await until_async(lambda: log_of(folder, "worker").count("out of luck") == 2, "a second start")
    watching.cancel()
    await supervisor.stop_all()
    assert "pledge: worker ended (status 3): out of luck; starting it again in 1 s\n" in capsys.readouterr().out
    assert not list((folder / "run").iterdir())


async def said_of_the_end_of(code: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    supervisor = Supervisor(folder)
    supervisor.next_floor()
    supervisor.start(python("worker", code))
    watching = asyncio.create_task(supervisor.watch())
    said = ""

    def told() -> bool:
        nonlocal said
        said += capsys.readouterr().out
        return "starting it again" in said

    await until_async(told, "the line of its end")
    watching.cancel()
    await supervisor.stop_all()
    return said


async def test_the_last_words_are_told_without_their_colours(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = r"import sys; print('\x1b[2m09:00\x1b[0m \x1b[1;31mERROR\x1b[m no room', flush=True); sys.exit(3)"
    said = await said_of_the_end_of(code, folder, capsys)
    assert said == "pledge: worker ended (status 3): 09:00 ERROR no room; starting it again in 1 s\n"


async def test_the_last_words_are_those_of_this_start(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "log" / "worker.log").write_text("RuntimeError: of yesterday\n")
    said = await said_of_the_end_of("raise SystemExit(3)", folder, capsys)
    assert said == "pledge: worker ended (status 3): it wrote nothing; starting it again in 1 s\n"


async def test_a_child_that_was_killed_has_no_last_words(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = "import os, signal; print('an Error of before', flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    said = await said_of_the_end_of(code, folder, capsys)
    assert said == "pledge: worker ended (signal 9); starting it again in 1 s\n"


async def test_the_pause_doubles_while_a_child_keeps_ending(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    supervisor = Supervisor(folder)
    supervisor.next_floor()
    supervisor.start(python("worker", "raise SystemExit(3)"))
    watching = asyncio.create_task(supervisor.watch())
    said = ""

    def twice() -> bool:
        nonlocal said
        said += capsys.readouterr().out
        return said.count("starting it again") == 2

    await until_async(twice, "a second end")
    watching.cancel()
    await supervisor.stop_all()
    assert [line.split("again ")[1] for line in said.splitlines()] == ["in 1 s", "in 2 s"]


async def test_floors_stop_in_reverse_order(folder: Path) -> None:
    ending = (
        "import signal, sys, time\n"
        "def end(*_):\n"
        "    open({path!r}, 'a').write({name!r} + ' ')\n"
        "    sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "print('up', flush=True)\n"
        "time.sleep(600)\n"
    )
    ended = folder / "ended"
    supervisor = Supervisor(folder)
    for name in ("database", "worker", "roof"):
        supervisor.next_floor()
        supervisor.start(python(name, ending.format(path=str(ended), name=name)))
        await until_async(lambda name=name: is_up(folder, name), f"{name} is up")  # type: ignore[misc]
    await supervisor.stop_all()
    assert ended.read_text() == "roof worker database "


async def test_in_a_hurry_a_deaf_child_is_killed_with_what_it_started(folder: Path) -> None:
    supervisor = Supervisor(folder)
    supervisor.next_floor()
    code = f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {_DEAF!r}])\nexec({_DEAF!r})\n"
    child = supervisor.start(python("deaf", code))
    await until_async(lambda: log_of(folder, "deaf").count("up") == 2, "both are up")
    family = [psutil.Process(child.pid), *psutil.Process(child.pid).children()]
    supervisor.hurry()
    await supervisor.stop_all()
    assert len(family) == 2
    assert not process.wait_until_gone(family, 5)


async def test_a_child_that_ends_before_it_is_ready_is_a_problem_with_its_last_words(folder: Path) -> None:
    supervisor = Supervisor(folder)
    supervisor.next_floor()
    child = supervisor.start(python("api", "raise ValueError('no such table')"))
    with pytest.raises(Problem, match=r"^api did not start: ValueError: no such table \(see .*/log/api.log\)$"):
        await supervisor.ready(child, lambda: False)
    await supervisor.stop_all()


async def test_a_command_that_fails_is_a_problem_that_says_what_for(folder: Path) -> None:
    supervisor = Supervisor(folder)
    supervisor.next_floor()
    with pytest.raises(Problem, match=r"^cannot update the tables: no room \(see .*/log/migrate.log\)$"):
        await supervisor.once(python("migrate", "raise SystemExit('no room')"), "update the tables")


def test_a_program_that_is_missing_is_a_problem(folder: Path) -> None:
    with pytest.raises(Problem, match=r"^cannot start temporal: /nowhere/temporal is missing; run make venv$"):
        process.start(Command("temporal", ("/nowhere/temporal",)), folder)


def test_a_variable_can_be_set_and_taken_away_for_a_child(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_API_KEY", "of somebody")
    code = "import os; print('up', os.environ.get('TEMPORAL_API_KEY'), os.environ['ZONE'], flush=True)"
    child = process.start(
        Command("env", (sys.executable, "-c", code), {"TEMPORAL_API_KEY": None, "ZONE": "UTC"}), folder
    )
    until(lambda: child.status == 0, "it has ended")
    assert log_of(folder, "env") == "up None UTC\n"


_LEAVES_A_CHILD = (
    "import os, signal, sys\n"
    "from pathlib import Path\n"
    "from runtime import process\n"
    f"command = process.Command('worker', (sys.executable, '-c', {_NEVER_ENDS!r}),\n"
    # A death signal that is ignored: the first two nets fail, the third one is under test.
    "    death_signal=signal.SIGCHLD)\n"
    "print(process.start(command, Path(sys.argv[1])).pid, flush=True)\n"
    "os.kill(os.getpid(), 9)\n"
)


def test_the_next_run_finds_and_stops_what_an_earlier_one_left(folder: Path) -> None:
    left = subprocess.run(
        [sys.executable, "-c", _LEAVES_A_CHILD, str(folder)], capture_output=True, text=True, check=False
    )
    orphan = psutil.Process(int(left.stdout))
    assert orphan.is_running()
    assert process.stop_orphans(folder, 5) == ["worker"]
    assert not process.wait_until_gone([orphan], 0)
    assert process.stop_orphans(folder, 5) == []


def test_a_pid_that_is_somebody_elses_by_now_is_left_alone(folder: Path) -> None:
    child = process.start(python("worker", _NEVER_ENDS), folder)
    pid_file = folder / "run" / "worker.json"
    note = json.loads(pid_file.read_text())
    pid_file.write_text(json.dumps({**note, "born": note["born"] - 3600}))
    assert process.stop_orphans(folder, 5) == []
    assert child.status is None
    child.stop(5)
    assert child.status == -signal.SIGTERM
