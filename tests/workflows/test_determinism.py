"""A workflow asks nobody but its input, its messages and its activities: checked in its source, module by module."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "workflows").glob("*.py"))
DOMAIN = sorted((ROOT / "domain").glob("*.py"))

FORBIDDEN_MODULES = {
    "babel", "datetime.timezone", "glob", "holidays", "httpx", "io", "locale", "os", "pathlib", "psycopg", "random",
    "requests", "secrets", "shutil", "socket", "sqlalchemy", "subprocess", "tempfile", "threading", "time", "urllib",
    "uuid", "zoneinfo",
}  # fmt: skip
FORBIDDEN_CALLS = {
    "datetime.now", "datetime.today", "datetime.utcnow", "date.today", "open", "input", "print", "exec", "eval",
    "asyncio.sleep", "asyncio.wait", "asyncio.as_completed", "asyncio.to_thread", "hash", "id", "set", "os.getenv",
}  # fmt: skip

CLOCKS = {"now", "today", "utcnow", "time", "monotonic", "perf_counter", "time_ns", "monotonic_ns"}


def imported(tree: ast.AST) -> set[str]:
    found = set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def called(tree: ast.AST) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def clocks(tree: ast.AST) -> set[str]:
    """Whatever is asked for the time, under whatever name it was imported."""
    asked = {name for name in called(tree) if name.rpartition(".")[2] in CLOCKS}
    return asked - {"workflow.now"}


def shared(tree: ast.AST) -> list[int]:
    """Where a module's own variable is set: the workflows of a worker share their modules."""
    return [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Global)]


def sets(tree: ast.AST) -> list[int]:
    """Where a set is made: its order differs from process to process, and must never reach a command."""
    return [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Set | ast.SetComp)]


def test_the_modules_are_found() -> None:
    assert {"contract.py", "meeting.py", "recorder.py"} <= {path.name for path in MODULES}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_workflow_module_imports_and_calls_nothing_that_differs_from_run_to_run(path: Path) -> None:
    tree = ast.parse(path.read_text())
    imports = imported(tree)
    assert {
        name for name in imports if name.partition(".")[0] in FORBIDDEN_MODULES or name in FORBIDDEN_MODULES
    } == set()
    assert called(tree) & FORBIDDEN_CALLS == set()
    assert clocks(tree) == set()
    assert sets(tree) == []
    assert shared(tree) == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_workflow_module_takes_only_names_from_the_activities(path: Path) -> None:
    taken = {name for name in imported(ast.parse(path.read_text())) if name.startswith("activities")}
    assert {name for name in taken if not name.startswith("activities.calls")} == set()


@pytest.mark.parametrize("path", DOMAIN, ids=lambda path: path.name)
def test_a_rule_takes_its_now_and_reads_no_clock(path: Path) -> None:
    calls = called(ast.parse(path.read_text()))
    assert calls & {"datetime.now", "datetime.today", "datetime.utcnow", "date.today", "time.time", "open"} == set()
