"""A table of fix targets beside a vendor's file, imported into a package (A13)."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from domain.plan import ClockKind, Target
from plans.commands import app
from plans.loader import plan_from_json, plan_to_json, read_file
from tests.plans.acme import broken, problems_of, write

IMPORTING = broken("    version: 3\n", "    version: 3\n    fix_targets: fixes.csv\n")


def table(folder: Path, text: str) -> None:
    (folder / "fixes.csv").write_text(text, encoding="utf-8")


def test_a_package_holds_the_fix_targets_of_its_table_and_no_other_package_does(tmp_path: Path) -> None:
    table(tmp_path, "\ufefflevel,target\r\nhigh,1h 30m\r\n\r\n")
    catalogue, problems = read_file(write(tmp_path, IMPORTING))
    assert (problems, catalogue is not None) == ([], True)
    assert catalogue is not None
    (gold,), (basic,) = catalogue.get("acme/gold").levels, catalogue.get("acme/basic").levels
    assert gold.target(ClockKind.RESOLUTION) == Target(ClockKind.RESOLUTION, 5400, "1 h 30 min", "acme-5")
    assert basic.target(ClockKind.RESOLUTION) is None
    plan = catalogue.get("acme/gold")
    assert plan.readings.fix_targets_imported is True
    assert plan_from_json(plan_to_json(plan)) == plan
    (cell,) = (each for each in catalogue.carried["acme"] if (each.clause, each.package) == ("acme-5", "gold"))
    assert cell.by[-1] == "fix_targets: high"


def test_a_target_may_be_in_service_days_or_by_the_wall_clock_and_under_its_own_clause(tmp_path: Path) -> None:
    table(tmp_path, "target,wall,level,clause\n2 service days,no,high,acme-1\n")
    catalogue, _ = read_file(write(tmp_path, IMPORTING))
    assert catalogue is not None
    days = Target(ClockKind.RESOLUTION, 57_600, "2 service days", "acme-1")
    assert catalogue.get("acme/gold").levels[0].target(ClockKind.RESOLUTION) == days
    table(tmp_path, "level,target,wall\nhigh,48h,yes\n")
    catalogue, _ = read_file(write(tmp_path, IMPORTING))
    assert catalogue is not None
    wall = Target(ClockKind.RESOLUTION, 172_800, "48 h by the wall clock", "acme-5", wall_clock=True)
    assert catalogue.get("acme/gold").levels[0].target(ClockKind.RESOLUTION) == wall


COLUMNS = "expected the columns level, target, and where needed clause, wall"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [f"fixes.csv:1: {COLUMNS}; level is missing"]),
        ("level,target\n", ["fixes.csv:1: expected a row for each level that has a fix target"]),
        ("level;target\n", [f"fixes.csv:1: {COLUMNS}; got 'level;target'"]),
        ("level,target,level\n", [f"fixes.csv:1: {COLUMNS}, each once; level stands twice"]),
        ("level,target\nhigh\n", ["fixes.csv:2: expected 2 cells, as the first line has, got 1"]),
        ('level,target\n"high,4h\n', ["fixes.csv:2: expected CSV: unexpected end of data"]),
        (
            "level,target\nhigh,4h\nlow,8h\nhigh,2h\n",
            [
                "fixes.csv:3: level: expected a level of gold (high), got 'low'",
                "fixes.csv:4: level: expected another level than high, which line 2 has",
            ],
        ),
        (
            "level,target,clause,wall\nhigh,5d,acme-9,maybe\n",
            [
                "fixes.csv:2: clause: expected a clause of package gold, got 'acme-9'",
                "fixes.csv:2: target: expected a length of time such as 30m, 4h, 48h or 5 service days, got '5d'",
                "fixes.csv:2: wall: expected yes or no, got 'maybe'",
            ],
        ),
        (
            "level,target,wall\nhigh,2 service days,yes\n",
            ["fixes.csv:2: target: expected hours or minutes by the wall clock, such as 48h (A17)"],
        ),
    ],
)
def test_a_broken_table_names_line_column_and_what_was_expected(tmp_path: Path, text: str, expected: list[str]) -> None:
    table(tmp_path, text)
    assert problems_of(tmp_path, IMPORTING) == expected


def test_a_table_that_is_not_there_or_elsewhere_is_told_at_the_line_that_names_it(tmp_path: Path) -> None:
    here = "acme.yaml:73: packages.gold.fix_targets: expected"
    not_there = "a table beside acme.yaml; fixes.csv cannot be read: No such file or directory"
    assert problems_of(tmp_path, IMPORTING) == [f"{here} {not_there}"]
    elsewhere = IMPORTING.replace("fixes.csv", "../fixes.csv")
    no_name = "the name of a CSV file that lies beside this one, got '../fixes.csv'"
    assert problems_of(tmp_path, elsewhere) == [f"{here} {no_name}"]


def test_a_level_that_states_its_fix_target_takes_none_from_a_table(tmp_path: Path) -> None:
    table(tmp_path, "level,target\nhigh,4h\n")
    stated = IMPORTING.replace("        response: 4h\n", "        response: 4h\n        resolution: 8h\n")
    assert problems_of(tmp_path, stated) == [
        "fixes.csv:2: level: expected a level without a fix target, and acme.yaml:58 has one for high"
    ]


def test_the_commands_tell_of_it(tmp_path: Path) -> None:
    table(tmp_path, "level,target\nhigh,8h\n")
    write(tmp_path, IMPORTING.replace("reads: [A17]", "reads: [A13]"))
    shown = CliRunner().invoke(app, ["show", "acme/gold", "--folder", str(tmp_path)], env={"COLUMNS": "200"})
    assert "High: answer 4 h, fix 8 h. It matters" in shown.output
    assert "A13: Fix targets are imported, since the text holds none" in shown.output
    checked = CliRunner().invoke(app, ["check", "--folder", str(tmp_path)], env={"COLUMNS": "200"})
    assert checked.exit_code == 0, checked.output
    assert "fix_targets: high" in checked.output
