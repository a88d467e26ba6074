"""The README is true: its commands run as they stand there, and what it points to is there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
RUN_BY_OTHERS = {
    "make": ".ci/run calls `make test`; tests/runtime brings up what `make run` does",
    "pledge contracts import": "tests/api imports the example contracts into running servers",
}


def blocks(language: str) -> list[str]:
    """The fenced blocks of one language, without their indent."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```", README, flags=re.MULTILINE | re.DOTALL)
    return ["\n".join(line.removeprefix(indent) for line in text.splitlines()) for indent, text in found]


def commands() -> list[str]:
    lines = [line.partition("#")[0].strip() for block in blocks("sh") for line in block.splitlines()]
    return [line for line in lines if line and not line.startswith(tuple(RUN_BY_OTHERS))]


@pytest.mark.parametrize("command", commands())
def test_a_command_of_the_readme_runs_as_it_stands_there(command: str, tmp_path: Path) -> None:
    (tmp_path / "north.yaml").write_text(blocks("yaml")[0])
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(  # noqa: S602 -- the line is our own, and a person types it into a shell
        command,
        check=False,
        shell=True,
        cwd=tmp_path,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_readme_names_both_commands_and_every_file_it_points_to_is_there() -> None:
    assert {"make run", "make test"} <= {line.partition("#")[0].strip() for line in blocks("sh")[0].splitlines()}
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).is_file(), target
    for room in re.findall(r"`([a-z]+/|[a-z]+\.py)`", README.split("## The house")[1].split("## In production")[0]):
        assert (ROOT / room).exists(), room
