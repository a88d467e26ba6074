"""A file's data against the schema: every mistake with its place, and as much of the file as is sound."""

from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from plans.problems import Place, Problem
from plans.schema import Section, VendorFile
from plans.source import SourceList, SourceMap
from plans.units import shown

Path = tuple[int | str, ...]
MOST_ROUNDS = 12
_STAND_INS: dict[str, Any] = {
    "vendor": {"id": "unknown", "name": "unknown", "currency": "EUR"},
    "clauses": {},
    "packages": {},
    "version": 1,
    "in": "all",
    **dict.fromkeys(("name", "title", "summary", "purpose", "means", "text"), "unknown"),
}
"""In place of what is missing or mistaken, so that what it belongs to can be checked."""

_EXPECTED: dict[str, str] = {
    "string_type": "text",
    "string_too_short": "text that is not empty",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "date_type": "a date such as 2026-01-31",
}
_PATTERNS: dict[str, str] = {
    r"^[a-z0-9]+(-[a-z0-9]+)*$": "a key of lower-case letters, digits and dashes such as health-check",
    r"^[a-z0-9]+(-[a-z0-9]+)*-[0-9]+$": "a clause id such as oura-12",
    r"^A([1-9]|1[0-9]|20)$": "a reading from A1 to A20",
    r"^[^@\s]+@[^@\s]+$": "an e-mail address",
    r"^[A-Za-z0-9][A-Za-z0-9._-]*\.csv$": "the name of a CSV file that lies beside this one",
    r"^[A-Z]{3}$": "an ISO 4217 currency such as EUR",
    r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$": "a language tag such as en or sv",
}
_BOUNDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "greater_than_equal": lambda context: f"a number of at least {context['ge']}",
    "less_than_equal": lambda context: f"a number of at most {context['le']}",
    "string_too_long": lambda context: f"text of at most {context['max_length']} characters",
    "enum": lambda context: f"one of {_plain(context['expected'])}",
    "literal_error": lambda context: f"one of {_plain(context['expected'])}",
    "string_pattern_mismatch": lambda context: _PATTERNS[context["pattern"]],
}


def validate(data: SourceMap) -> tuple[VendorFile | None, list[Problem]]:
    """The sound part of a file, and all mistakes of form.

    A part with a mistake is left out, so that the references among the others can be checked in the same go.
    The file is None where what is left is no vendor's file at all.
    """
    problems: list[Problem] = []
    left: Any = data
    for attempt in range(MOST_ROUNDS):
        try:
            return VendorFile.model_validate(left), problems
        except ValidationError as error:
            details = error.errors(include_url=False)
            if attempt == 0:  # what later rounds miss is only what the earlier ones left out
                problems = [_problem(data, detail) for detail in _one_each(details)]
            missing = {_field_path(detail["loc"]) for detail in details if detail["type"] == "missing"}
            filled = {path for path in missing if path[-1] in _STAND_INS}
            left = _mended(left, {_to_drop(each) for each in details if _field_path(each["loc"]) not in filled}, filled)
    return None, problems


def _one_each(details: list[ErrorDetails]) -> Iterator[ErrorDetails]:
    """One error for each field: a union reports one for each of its members."""
    seen: set[Path] = set()
    for detail in details:
        path = _field_path(detail["loc"])
        if path not in seen:
            seen.add(path)
            yield detail


def _problem(data: SourceMap, detail: ErrorDetails) -> Problem:
    path = _field_path(detail["loc"])
    place = _place(data, path)
    return Problem(place.file, place.line, _dotted(path), _message(detail, path))


def _message(detail: ErrorDetails, path: Path) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "missing":
        return f"expected the key {path[-1]!r} here, and it is missing"
    if kind == "extra_forbidden":
        return _unknown_key(str(path[-1]), known_keys(path[:-1]))
    if kind == "value_error":
        return str(context["error"])
    if path and path[-1] == "in":
        return f"expected all, or a list of packages such as [premium], got {shown(detail['input'])}"
    bound = _BOUNDS.get(kind)
    expected = _EXPECTED.get(kind) or (bound(context) if bound else detail["msg"])
    return f"expected {expected}, got {shown(detail['input'])}"


def _unknown_key(key: str, known: Sequence[str]) -> str:
    near = get_close_matches(key, known, 1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"unknown key {key!r}; expected one of {', '.join(known)}{hint}"


def known_keys(path: Path) -> list[str]:
    """The keys that a mapping at this path may have."""
    section = _section_at(VendorFile, path)
    return [field.alias or name for name, field in section.model_fields.items()]


def _section_at(section: type[Section], path: Path) -> type[Section]:
    annotation: Any = section
    for step in path:
        inner = _inner_section(annotation)
        if inner is None:  # inside of a dict or a list: the step is its key or its number
            annotation = get_args(_bare(annotation))[-1 if isinstance(step, str) else 0]
            continue
        field = next((f for n, f in inner.model_fields.items() if (f.alias or n) == step), None)
        if field is None:
            break
        annotation = field.annotation
    return _inner_section(annotation) or section


def _bare(annotation: Any) -> Any:
    """An annotation without None and without Annotated."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (UnionType, Union):
        return _bare(next(arg for arg in get_args(annotation) if arg is not type(None)))
    return annotation


def _inner_section(annotation: Any) -> type[Section] | None:
    bare = _bare(annotation)
    return bare if isinstance(bare, type) and get_origin(bare) is None and issubclass(bare, Section) else None


def _field_path(loc: Path) -> Path:
    """The path in the file: pydantic adds the member of a union, and ``[key]`` for a key of a mapping."""
    path = tuple(loc)
    while path and (path[-1] == "[key]" or str(path[-1]).startswith(("literal[", "tuple["))):
        path = path[:-1]
    return tuple(step for step in path if not str(step).startswith(("literal[", "tuple[")))


def _to_drop(detail: ErrorDetails) -> Path:
    path = _field_path(detail["loc"])
    return path[:-1] if detail["type"] == "missing" else path


def _place(data: Any, path: Path) -> Place:
    """Where the path stands; for what is missing, where its mapping does."""
    place: Place = data.place
    for step in path:
        if isinstance(data, SourceMap) and step in data:
            place, data = data.places[str(step)], data[str(step)]
        elif isinstance(data, SourceList) and isinstance(step, int):
            place, data = data.places[step], data[step]
        else:
            break
    return place


def _mended(data: Any, dropped: set[Path], filled: set[Path], path: Path = ()) -> Any:
    """A copy without the dropped paths, and with stand-ins at the filled ones."""
    if isinstance(data, SourceMap):
        kept = SourceMap()
        kept.place, kept.places = data.place, data.places
        for key, value in data.items():
            if (*path, key) not in dropped:
                kept[key] = _mended(value, dropped, filled, (*path, key))
        kept.update({key: stand_in for key, stand_in in _STAND_INS.items() if (*path, key) in filled})
        return kept
    if isinstance(data, SourceList):
        listed = SourceList()
        listed.places = []
        for number, value in enumerate(data):
            if (*path, number) not in dropped:
                listed.places.append(data.places[number])
                listed.append(_mended(value, dropped, filled, (*path, number)))
        return listed
    return data


def _dotted(path: Path) -> str:
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text


def _plain(expected: str) -> str:
    return expected.replace("'", "").replace(" or ", ", ")
