"""The command line: help that helps, and statuses that scripts can trust."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest


def pledge(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli", *words],
        env={**os.environ, "COLUMNS": "100", **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_help_lists_the_commands_each_with_what_it_does() -> None:
    done = pledge("--help")
    assert done.returncode == 0
    listed = dict(re.findall(r"^  (\w+) {2,}(\w.*)$", done.stdout, re.MULTILINE))
    assert {"run", "worker", "api", "migrate"} <= set(listed)
    assert "mailcatcher" not in listed


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("run", "PLEDGE_DATA_DIR"),
        ("worker", "TEMPORAL_ADDRESS"),
        ("api", "PLEDGE_API_PORT"),
        ("migrate", "DATABASE_URL"),
    ],
)
def test_the_help_of_a_command_names_the_settings_that_matter(command: str, expected: str) -> None:
    done = pledge(command, "--help")
    assert done.returncode == 0
    assert expected in done.stdout


def test_an_unknown_command_is_wrong_usage() -> None:
    done = pledge("frobnicate")
    assert done.returncode == 2
    assert "No such command 'frobnicate'" in done.stderr


def test_a_setting_that_cannot_be_used_is_one_line() -> None:
    done = pledge("api", PLEDGE_API_PORT="eighty")
    assert done.returncode == 1
    assert done.stderr.startswith("pledge: PLEDGE_API_PORT=eighty: expected a port from 1 to 65535")
    assert done.stderr.count("\n") == 1
