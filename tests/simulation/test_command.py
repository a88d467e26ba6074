"""``pledge simulate`` as people run it: a process of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import icalendar
import psutil
import pytest
from typer.testing import CliRunner

from cli import app
from domain.facts import Fact, verify

TERM = ("--start", "2026-01-31", "--zone", "America/New_York")


def command(root: Path, folder: Path, *words: str) -> subprocess.Popen[str]:
    """Started, with a folder of its own for whatever is temporary."""
    (folder / "tmp").mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-m", "cli", "simulate", *words],
        cwd=root,
        env={**os.environ, "TMPDIR": str(folder / "tmp"), "COLUMNS": "120"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(root: Path, folder: Path, *words: str) -> tuple[int, str, str]:
    child = command(root, folder, *words)
    out, err = child.communicate(timeout=110)
    return child.returncode, out, err


def refused(*words: str) -> tuple[int, str, str]:
    """What needs no process of its own: it ends before anything is started."""
    done = CliRunner().invoke(app, ["simulate", *words])
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture(scope="module")
def launch_kit(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a simulated term, and what was printed."""
    folder = tmp_path_factory.mktemp("simulated")
    status, out, err = run(root, folder, "oura/launch-kit", *TERM, "--months", "4", "--out", str(folder / "out"))
    assert status == 0, err
    assert list((folder / "tmp").iterdir()) == []
    return folder / "out", out


def test_it_prints_the_timeline_in_the_customers_time(launch_kit: tuple[Path, str]) -> None:
    _, out = launch_kit
    assert "America/New_York" in out
    assert re.search(r"Mon 2026-02-02 08:00 +Reminded of Kick Off Meeting, 1 h before +oura-10", out)
    assert re.search(r"Tue 2026-03-31 09:00 +Warned on day 60: 1 h unused", out)
    assert "3 meetings held, " in out


def test_the_folder_holds_messages_invitations_facts_and_the_report(launch_kit: tuple[Path, str]) -> None:
    folder, _ = launch_kit
    assert sorted(p.name for p in folder.iterdir()) == ["facts.jsonl", "invites", "messages", "report.html"]
    assert sorted(p.name for p in (folder / "invites").iterdir()) == [
        "deployment-0-request.ics",
        "kickoff-0-request.ics",
        "training-0-request.ics",
    ]
    first = min((folder / "messages").iterdir())
    assert first.name == "0001-2026-01-31-0000-welcome-casey@customer.example.eml"
    assert first.read_bytes().startswith(b"Message-ID: <")


def test_the_invitation_in_the_folder_is_the_one_in_the_mail(launch_kit: tuple[Path, str]) -> None:
    folder, _ = launch_kit
    calendar = (folder / "invites" / "kickoff-0-request.ics").read_bytes()
    assert b"\r\nBEGIN:VEVENT\r\n" in calendar
    event: Any = icalendar.Calendar.from_ical(calendar).walk("VEVENT")[0]
    assert f"{event['dtstart'].dt:%Y-%m-%dT%H:%M}" == "2026-02-02T14:00"


def test_the_facts_can_be_checked_by_anybody(launch_kit: tuple[Path, str]) -> None:
    folder, _ = launch_kit
    chains: dict[str, list[Fact]] = {}
    for line in (folder / "facts.jsonl").read_text().splitlines():
        told = json.loads(line)
        fact = Fact(**{**told, "at": datetime.fromisoformat(told["at"]), "clauses": tuple(told["clauses"])})
        chains.setdefault(fact.workflow_id, []).append(fact)
    assert len(chains) == 4
    assert [verify(chain) for chain in chains.values()] == [None] * 4


def test_the_report_needs_nothing_but_the_folder(launch_kit: tuple[Path, str]) -> None:
    folder, _ = launch_kit
    page = (folder / "report.html").read_text()
    links = re.findall(r'(?:href|src)="([^"#]+)"', page)
    assert {link.partition("/")[0] for link in links} == {"messages", "invites", "facts.jsonl"}
    assert all((folder / link).is_file() for link in links)
    assert "<svg" in page
    assert page.count('<div class="scrollx"') == page.count('<div class="scrollx" tabindex="0" role="region"') > 0
    assert not re.search(r"https?://", page)


def test_a_folder_in_use_is_refused_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("keep me")
    status, out, err = refused("ombori/free", *TERM, "--out", str(tmp_path / "out"))
    assert (status, out) == (2, "")
    said = f"{tmp_path}/out is not empty: choose another folder, or say --force to write over it"
    assert err == f"pledge simulate: {said}\n"


def test_force_replaces_an_earlier_simulation_and_nothing_else(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    (folder / "messages").mkdir(parents=True)
    (folder / "messages" / "old.eml").write_text("old")
    (folder / "mine.txt").write_text("keep me")
    status, out, err = run(root, tmp_path, "ombori/free", *TERM, "--out", str(folder), "--months", "1", "--force")
    assert status == 0, err
    assert (folder / "mine.txt").read_text() == "keep me"
    assert not (folder / "messages" / "old.eml").exists()
    assert "0 meetings held" in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["oura/premum"], "there is no plan 'oura/premum'; did you mean oura/premium"),
        (["oura/premium", "--zone", "Mars/Base"], "--zone: expected an IANA time zone such as Europe/Stockholm"),
        (["oura/premium", "--zone", "UTC"], "--country: UTC is the zone of no country; say whose holidays count"),
        (["oura/premium", "--country", "XX"], "--country: the holidays of XX are not known"),
        (["oura/premium", "--start", "tomorrow"], "--start: expected a day such as 2026-01-31, got 'tomorrow'"),
        (["oura/premium", "--customer", "eager"], "--customer: expected accepts, silent, reschedules, no-show or a"),
    ],
)  # fmt: skip
def test_what_cannot_be_simulated_is_told_in_one_line(tmp_path: Path, words: list[str], told: str) -> None:
    status, out, err = refused(*words, "--out", str(tmp_path / "out"))
    assert (status, out) == (2, "")
    assert err.startswith(f"pledge simulate: {told}")
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_script_about_a_meeting_that_the_term_does_not_have_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("meetings:\n  kick-off: {answer: declined}\n  kickof: {}\n")
    words = ("oura/premium", *TERM, "--customer", str(tmp_path / "mine.yaml"), "--out", str(tmp_path / "out"))
    status, _, err = refused(*words)
    assert status == 2
    assert err == "".join(
        f"pledge simulate: {tmp_path}/mine.yaml:{line}: meetings.{key}: the term has no such meeting; it has kickoff\n"
        for line, key in ((2, "kick-off"), (3, "kickof"))
    )


def family_of(pid: int) -> dict[psutil.Process, str]:
    """The children of a process with their names; PostgreSQL has some that are gone before they are asked."""
    family = {}
    for each in psutil.Process(pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            family[each] = each.name()
    return family


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_simulation_leaves_no_process_and_no_file(root: Path, tmp_path: Path, stop: signal.Signals) -> None:
    child = command(root, tmp_path, "oura/premium", *TERM, "--out", str(tmp_path / "out"))
    deadline = time.monotonic() + 60
    family: dict[psutil.Process, str] = {}
    while not any("temporal" in name for name in family.values()):
        assert child.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
        family = family_of(child.pid)
    child.send_signal(stop)
    child.communicate(timeout=30)
    _, alive = psutil.wait_procs(family, timeout=10)
    assert child.returncode != 0
    assert alive == []
    assert list((tmp_path / "tmp").iterdir()) == []
    shared = [path.name for path in Path("/dev/shm").glob("*faketime*")]  # noqa: S108 - libfaketime's own place
    assert not [name for name in shared if int(name.rpartition("_")[2]) in {p.pid for p in family}]
