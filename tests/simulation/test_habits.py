"""Scripts from YAML files: what they say, and what is told about a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.meeting import Answer
from simulation.habits import ScriptError, read_script, script_of
from simulation.script import SCRIPTS, MeetingHabits


def script(folder: Path, text: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def mistakes(folder: Path, text: str) -> list[str]:
    with pytest.raises(ScriptError) as caught:
        read_script(script(folder, text))
    return [mistake.removeprefix(f"{folder}/") for mistake in caught.value.mistakes]


def test_the_four_habits_have_names() -> None:
    assert sorted(SCRIPTS) == ["accepts", "no-show", "reschedules", "silent"]
    assert script_of("silent").habits.answer is None
    assert script_of("silent").approves_overage is None
    assert script_of("reschedules").habits.reschedules == 1
    assert script_of("no-show").habits.no_shows == 1


def test_an_empty_file_accepts_everything(tmp_path: Path) -> None:
    read = read_script(script(tmp_path, ""))
    assert read.name == "mine"
    assert read.habits == MeetingHabits()
    assert read.approves_overage is True


def test_a_meeting_takes_the_file_s_habits_where_it_states_none(tmp_path: Path) -> None:
    read = read_script(
        script(tmp_path, "answer: none\nheld_percent: 50\nmeetings:\n  kickoff: {answer: declined, no_shows: 2}\n")
    )
    assert read.habits == MeetingHabits(answer=None, held_percent=50)
    assert read.habits_for("kickoff") == MeetingHabits(answer=Answer.DECLINED, held_percent=50, no_shows=2)
    assert read.habits_for("training") == read.habits


def test_an_unanswered_overage_is_not_a_declined_one(tmp_path: Path) -> None:
    assert read_script(script(tmp_path, "approves_overage: none")).approves_overage is None
    assert read_script(script(tmp_path, "approves_overage: false")).approves_overage is False


PER_MEETING = "answer, answer_after_hours, reschedules, no_shows, held_percent, records_outcome, outcome_after_minutes"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("answer: maybe", ":1: answer: expected accepted, declined, tentative or none, got 'maybe'"),
        ("\nno_shows: -1", ":2: no_shows: expected 0 or more, got -1"),
        ("no_shows: 21", ":1: no_shows: expected 20 or less, got 21"),
        ("no_shows: 1.5", ":1: no_shows: expected a whole number, got 1.5"),
        ("no_shows: true", ":1: no_shows: expected a whole number, got True"),
        ("approves_overage: perhaps", ":1: approves_overage: expected true, false or none, got 'perhaps'"),
        ("meetings:\n  a: 3", ":2: meetings.a: expected the keys of meetings, each with its habits, got 3"),
        ("meetings:\n  a:\n    answers: x", f":3: meetings.a.answers: expected one of {PER_MEETING}"),
    ],
)
def test_a_mistake_is_told_with_line_field_and_what_was_expected(tmp_path: Path, text: str, told: str) -> None:
    assert mistakes(tmp_path, text) == [f"mine.yaml{told}"]


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    told = mistakes(tmp_path, "answer: maybe\nreschedules: x\n")
    assert [mistake.split(": ")[1] for mistake in told] == ["answer", "reschedules"]


def test_what_is_no_script_is_told_in_one_line(tmp_path: Path) -> None:
    assert mistakes(tmp_path, "- a\n- b\n") == ["mine.yaml:1: expected keys such as `answer: accepted`"]
    (told,) = mistakes(tmp_path, "answer: [1\nx: 2")
    assert told.startswith("mine.yaml:2: not readable as YAML: ")
    assert mistakes(tmp_path, "answer: accepted\nanswer: none\n")[0].startswith("mine.yaml:2: not readable as YAML: ")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ScriptError, match="cannot be read: No such file or directory"):
        script_of(str(tmp_path / "none.yaml"))
    with pytest.raises(ScriptError, match="expected accepts, silent, reschedules, no-show or a YAML file, got 'eager'"):
        script_of("eager")
