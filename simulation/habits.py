"""A script from a YAML file: the habits of the people in a simulation.

    answer: accepted            # accepted, declined, tentative, or none: never answers
    answer_after_hours: 2
    reschedules: 0              # how often the customer moves each meeting
    no_shows: 0                 # how often nobody comes before it is held
    held_percent: 100           # of the planned length
    records_outcome: true       # whether the CSM says what became of a meeting
    outcome_after_minutes: 15
    approves_overage: true      # true, false, or none: never answers
    reports_in_time: true
    reply_after_hours: 2        # to everything that is not an invitation
    meetings:                   # what is different for single meetings, by their agenda keys
      kickoff: {answer: declined}
      health-check-03: {no_shows: 2}

Each key may be left out. Every mistake is told at once, with its line and what was expected.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from domain.meeting import Answer
from simulation.script import SCRIPTS, MeetingHabits, Script

ANSWERS = ("accepted", "declined", "tentative", "none")
_LARGEST = 100_000
_USUAL = MeetingHabits()


class ScriptError(ValueError):
    """A script that cannot be used. ``mistakes``: one line each."""

    def __init__(self, mistakes: tuple[str, ...]) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(mistakes))


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Meeting(_Strict):
    answer: Literal["accepted", "declined", "tentative", "none"] = "accepted"
    answer_after_hours: int = Field(_USUAL.answer_after_hours, ge=0, le=1000)
    reschedules: int = Field(0, ge=0, le=20)
    no_shows: int = Field(0, ge=0, le=20)
    held_percent: int = Field(100, ge=1, le=300)
    records_outcome: bool = True
    outcome_after_minutes: int = Field(_USUAL.outcome_after_minutes, ge=0, le=100_000)

    def habits(self, otherwise: MeetingHabits) -> MeetingHabits:
        """What is stated here, and the rest as it is otherwise."""
        stated: dict[str, Any] = {name: getattr(self, name) for name in self.model_fields_set & _HABITS}
        if "answer" in stated:
            stated["answer"] = None if stated["answer"] == "none" else Answer(stated["answer"])
        return MeetingHabits(**{name: stated.get(name, getattr(otherwise, name)) for name in _HABITS})


class _Script(_Meeting):
    approves_overage: bool | Literal["none"] = True
    reports_in_time: bool = True
    reply_after_hours: int = Field(2, ge=0, le=1000)
    meetings: dict[str, _Meeting] = Field(default_factory=dict)

    @field_validator("meetings", mode="before")
    @classmethod
    def _as_words(cls, given: object) -> object:
        return {str(key): value for key, value in given.items()} if isinstance(given, dict) else given


_HABITS = frozenset(MeetingHabits.__dataclass_fields__)
_EXPECTED = {
    "answer": "accepted, declined, tentative or none",
    "approves_overage": "true, false or none",
    "records_outcome": "true or false",
    "reports_in_time": "true or false",
    "meetings": "the keys of meetings, each with its habits",
}


def script_of(name: str) -> Script:
    """A script by its name (`SCRIPTS`), or from a file. Raises ScriptError with every mistake."""
    if name in SCRIPTS:
        return SCRIPTS[name]
    path = Path(name)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        return read_script(path)
    raise ScriptError((f"--customer: expected {', '.join(SCRIPTS)} or a YAML file, got {name!r}",))


def read_script(path: Path) -> Script:
    """The script of a file. Raises ScriptError with every mistake in it."""
    tree = _tree(path)
    try:
        # A round-trip tree is made of subclasses, which strict validation would not take for what they are.
        given = _Script.model_validate(_plain(tree))
    except ValidationError as error:
        raise ScriptError(tuple(_mistakes(path, tree, error))) from None
    habits = given.habits(_USUAL)
    return Script(
        path.stem,
        habits,
        approves_overage=None if given.approves_overage == "none" else given.approves_overage,
        reports_in_time=given.reports_in_time,
        reply_after_hours=given.reply_after_hours,
        meetings=tuple((key, meeting.habits(habits)) for key, meeting in given.meetings.items()),
    )


def line_of_meeting(path: Path, key: str) -> int:
    """Where a script tells the habits of a meeting. Raises ScriptError where the file is not readable any more."""
    return _line(_tree(path), ["meetings", key])


def _tree(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ScriptError((f"{path}: cannot be read: {reason}",)) from None
    if len(text) > _LARGEST:
        raise ScriptError((f"{path}: expected a script of at most {_LARGEST} characters",))
    try:
        tree = YAML(typ="rt", pure=True).load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ScriptError((f"{path}:{line}: not readable as YAML: {error.problem or error.context}",)) from None
    except YAMLError as error:
        raise ScriptError((f"{path}: not readable as YAML: {str(error).splitlines()[0]}",)) from None
    if tree is None:
        return {}
    if not isinstance(tree, dict):
        raise ScriptError((f"{path}:1: expected keys such as `answer: accepted`",))
    return tree


def _plain(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: _plain(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_plain(value) for value in tree]
    kind = next((kind for kind in (bool, int, float, str) if isinstance(tree, kind)), None)
    return kind(tree) if kind else tree


def _mistakes(path: Path, tree: Any, error: ValidationError) -> Iterator[str]:
    told = set()
    for each in error.errors():
        names = [str(part) for part in each["loc"] if str(part) not in ("bool", "literal['none']")]
        mistake = f"{path}:{_line(tree, names)}: {'.'.join(names)}: expected {_expected(names, each)}"
        if mistake not in told:
            told.add(mistake)
            yield mistake


def _expected(names: list[str], error: Any) -> str:
    name, limits, got = names[-1], error.get("ctx", {}), f", got {error['input']!r}"
    if error["type"] == "extra_forbidden":
        known = _Meeting if names[0] == "meetings" else _Script
        return f"one of {', '.join(known.model_fields)}"
    if names[0] == "meetings" and len(names) < 3:
        return f"{_EXPECTED['meetings']}{got}"
    if name in _EXPECTED:
        return _EXPECTED[name] + got
    if "ge" in limits:
        return f"{limits['ge']} or more{got}"
    if "le" in limits:
        return f"{limits['le']} or less{got}"
    return f"a whole number{got}"


def _line(tree: Any, names: list[str]) -> int:
    """The line of the innermost key that the file has."""
    line, node = 1, tree
    for name in names:
        key = next((key for key in node if str(key) == name), None) if isinstance(node, dict) else None
        if key is None:
            break
        line, node = node.lc.key(key)[0] + 1, node[key]
    return line
