"""``pledge plans``, as it is typed."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from plans.commands import app
from tests.plans.acme import ACME, broken, write


def run(*words: str, columns: str = "160") -> Result:
    return CliRunner().invoke(app, words, env={"COLUMNS": columns, "TERM": "dumb"})


def test_list_shows_every_package_and_the_edition_that_grants_nothing() -> None:
    result = run("list")
    assert result.exit_code == 0
    listed = [line.split()[0] for line in result.stdout.splitlines() if "/" in (line.split() or [""])[0]]
    assert len(listed) == 13
    assert "oura/premium" in listed
    assert "essensys/engagement-other" in listed


def test_show_prints_a_package_as_a_customer_reads_it_with_the_clause_of_each_line() -> None:
    result = run("show", "oura/premium", columns="100")
    assert result.exit_code == 0
    lines = [line.rstrip() for line in result.stdout.splitlines()]
    assert lines[0] == "Premium Success Package  oura/premium, version 1"
    headings = [line for line in lines if line and not line.startswith("•")]
    for heading in ("People", "Hours", "Meetings", "Check-ups and reports", "Support levels", "Limits", "Charges",
                    "Your duties", "Terms", "How open texts are read", "Before signing for 12 months"):  # fmt: skip
        assert heading in headings
    hours = next(line for line in lines if line.startswith("• Up to 2 h"))
    assert hours.startswith("• Up to 2 h of training and advice, within the whole term  ")
    assert hours.endswith(" oura-8")
    overrun = "• The 3 listed meetings take 3 h, and the package holds 2 h: 1 h more"
    assert any(line.startswith(overrun) for line in lines)


def test_show_prints_the_notices_of_the_window_and_of_the_renewal() -> None:
    lines = [line.split("  ")[0] for line in run("show", "oura/launch-kit").stdout.splitlines()]
    start = lines.index("Notices")
    assert lines[start + 1 : start + 3] == [
        "• The first 90 days: hours still unused are told on days 60, 75 and 85",
        "• Renewal notice 90, 60 and 30 days before the end of the term",
    ]


def test_show_tells_for_the_term_that_is_asked_about() -> None:
    assert "the term has 24 months, not 12" in " ".join(run("show", "oura/premium", "--term", "24").stdout.split())


def test_show_gives_the_whole_plan_as_json() -> None:
    shown = json.loads(run("show", "caret/tam", "--json").stdout)
    assert (shown["id"], shown["version"], shown["roles"][0]["role"]) == ("caret/tam", 1, "tam")


def test_show_explains_an_edition() -> None:
    shown = " ".join(run("show", "essensys/engagement-other").stdout.split())
    assert "It holds essensys/inbound, and goes without essensys-19, essensys-20, essensys-21, essensys-22." in shown


def test_show_of_an_unknown_plan_names_the_nearest_and_fails() -> None:
    result = run("show", "ombori/pilots")
    assert result.exit_code == 1
    assert (
        result.stderr
        == "there is no plan 'ombori/pilots'; did you mean ombori/pilot, ombori/production, ombori/enterprise?\n"
    )


def test_check_prints_what_carries_each_clause_and_counts_them() -> None:
    result = run("check", columns="220")
    assert result.exit_code == 0
    rows = {line.split()[0]: line for line in result.stdout.splitlines() if line.strip()}
    assert "coverage: first-90-days" not in result.stdout
    assert rows["oura-3"].split() == ["oura-3", "hours:", "account-manager", "–", "–"]
    assert rows["essensys-13"].split() == ["essensys-13", "closing", "closing"]
    assert rows["ombori-20"].split() == ["ombori-20", "–", "–", "levels:", "Critical", "levels:", "Critical"]
    assert result.stdout.splitlines()[-1] == "92 clauses in 12 packages: each one is carried."


def test_check_prints_every_mistake_with_its_line_and_fails(tmp_path: Path) -> None:
    text = broken("amount: 2h", "amount: 2").replace("zone: Europe/Stockholm", "zone: Mars")
    result = run("check", str(write(tmp_path, text)))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        "acme.yaml:50: shared.basics.coverage[0].zone: expected an IANA time zone such as Europe/Stockholm, got 'Mars'",
        "acme.yaml:77: packages.gold.hours.amount: expected a length of time such as 30m, 4h or 1h 30m, got 2",
        "2 mistakes",
    ]


def test_check_of_a_file_of_ones_own(tmp_path: Path) -> None:
    result = run("check", str(write(tmp_path, ACME)))
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "6 clauses in 2 packages: each one is carried."


def test_check_of_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    result = run("check", str(tmp_path / "none.yaml"))
    assert result.exit_code == 1
    assert result.stderr.splitlines() == ["none.yaml:1: cannot be read: No such file or directory", "1 mistake"]


def test_words_in_brackets_are_shown_as_they_stand(tmp_path: Path) -> None:
    write(tmp_path, broken("summary: To go on.", "summary: To go on [bold]with it[/bold]."))
    assert "To go on [bold]with it[/bold]." in run("show", "acme/gold", "--folder", str(tmp_path)).stdout


@pytest.mark.parametrize("command", ["list", "show", "check"])
def test_each_command_explains_itself(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "Usage:" in result.stdout
