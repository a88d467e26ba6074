"""A YAML file as plain data that remembers its lines.

YAML 1.2 as ruamel.yaml composes it; only mappings, lists, text, whole numbers, decimals, dates, true/false
and null are taken. A decimal stays exact (`Decimal`). A mapping is a `SourceMap`, which knows its place and
that of each key.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from plans.problems import Place, Problem

LONGEST_BYTES = 1_000_000
DEEPEST = 20
MOST_NODES = 50_000
"""Bounds that no plan comes near; they keep a file of nested aliases from filling the memory."""

_TAG = "tag:yaml.org,2002:"


class SourceMap(dict[str, Any]):
    """A mapping of the file. ``place`` is its own, ``places`` that of each key."""

    place: Place
    places: dict[str, Place]


class SourceList(list[Any]):
    """A list of the file. ``places`` are those of its items."""

    places: list[Place]


def read(path: Path, file: str) -> tuple[SourceMap | None, list[Problem]]:
    """The file's data and what is wrong with it as YAML; no data where nothing can be read.

    Never raises for what the file holds; an unreadable file is a problem too.
    """
    try:
        raw = path.read_bytes()
        if len(raw) > LONGEST_BYTES:
            return None, [Problem(file, 1, "", f"expected a file of at most {LONGEST_BYTES} bytes")]
        node = YAML(pure=True).compose(raw.decode("utf-8"))
    except OSError as error:
        return None, [Problem(file, 1, "", f"cannot be read: {error.strerror}")]
    except UnicodeDecodeError as error:
        return None, [Problem(file, raw[: error.start].count(b"\n") + 1, "", "expected UTF-8 text")]
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return None, [Problem(file, mark.line + 1 if mark else 1, "", f"expected valid YAML: {error.problem}")]
    except (YAMLError, ValueError, RecursionError) as error:
        return None, [Problem(file, 1, "", f"expected valid YAML: {str(error).splitlines()[0]}")]
    if not isinstance(node, MappingNode):
        return None, [Problem(file, 1, "", "expected a mapping with the keys vendor, clauses and packages")]
    reader = _Reader(file)
    return reader.mapping(node, Place(file, node.start_mark.line + 1, ""), 0), reader.problems


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.nodes = 0

    def value(self, node: Node, place: Place, depth: int) -> Any:
        self.nodes += 1
        if depth > DEEPEST or self.nodes > MOST_NODES:
            if self.nodes <= MOST_NODES + 1:
                self.problems.append(place.at("expected a plan, not data nested this deep or this large"))
            return None
        if isinstance(node, MappingNode):
            return self.mapping(node, place, depth)
        if isinstance(node, SequenceNode):
            return self.sequence(node, place, depth)
        return self.scalar(node, place)

    def mapping(self, node: MappingNode, place: Place, depth: int) -> SourceMap:
        found = SourceMap()
        found.place, found.places = place, {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                self.problems.append(Place(self.file, line, place.field).at("expected a plain word as a key"))
                continue
            key = key_node.value
            here = Place(self.file, line, f"{place.field}.{key}" if place.field else key)
            if key in found:
                first = found.places[key].line
                self.problems.append(here.at(f"the key {key!r} stands twice; it was given at line {first}"))
                continue
            found.places[key] = here
            found[key] = self.value(value_node, here, depth + 1)
        return found

    def sequence(self, node: SequenceNode, place: Place, depth: int) -> SourceList:
        found = SourceList()
        found.places = []
        for number, item in enumerate(node.value):
            here = Place(self.file, item.start_mark.line + 1, f"{place.field}[{number}]")
            found.places.append(here)
            found.append(self.value(item, here, depth + 1))
        return found

    def scalar(self, node: Node, place: Place) -> Any:
        tag, text = str(node.tag), str(node.value)
        try:
            match tag.removeprefix(_TAG):
                case "str":
                    return text
                case "int":
                    return int(text.replace("_", ""), 0)
                case "float":
                    return Decimal(text.replace("_", ""))
                case "bool":
                    return text.lower() == "true"
                case "null":
                    return None
                case "timestamp":
                    return date.fromisoformat(text)
        except (ValueError, ArithmeticError):
            return text  # the field says what it expects, for example a date
        self.problems.append(place.at(f"expected plain text, a number or a date, not the YAML type {tag}"))
        return None
