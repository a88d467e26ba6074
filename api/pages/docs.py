"""The API's documentation as a plain page of ours: no foreign script, readable offline."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response

from api import problems
from api.pages.render import page

router = APIRouter(include_in_schema=False)
_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    place: str
    kind: str
    required: bool
    text: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One route as the page shows it; ``example`` is JSON to send."""

    method: str
    path: str
    summary: str
    text: str
    parameters: tuple[Parameter, ...]
    body: tuple[Parameter, ...]
    example: str
    answers: tuple[tuple[str, str], ...]

    @property
    def anchor(self) -> str:
        """Its place in the page."""
        return f"{self.method}-{self.path.strip('/').replace('/', '-').replace('{', '').replace('}', '')}"


@router.get("/docs")
def docs(request: Request) -> Response:
    """Every route of the API, with what goes in and what comes out."""
    groups = _groups(request.app)
    described = request.app.openapi()["info"]["description"]
    bullets = [line.removeprefix("- ") for line in described.splitlines() if line.startswith("- ")]
    return page(request, "docs.html", groups=groups, bullets=bullets, kinds=problems.KINDS)


@router.get("/problems/{name}")
def problem_kind(request: Request, name: str) -> Response:
    """What a kind of problem means: the address that stands as its `type`."""
    kind = next((kind for kind in problems.KINDS if kind.name == name), None)
    if kind is None:
        raise problems.not_found("kind of problem", name)
    return page(
        request, "problem.html", title=kind.title, detail=kind.meaning.rstrip("."),
        hint="", again="",
    )  # fmt: skip


@lru_cache(maxsize=4)
def _groups(app: FastAPI) -> list[tuple[str, str, list[Operation]]]:
    schema = app.openapi()
    groups: dict[str, list[Operation]] = {tag["name"]: [] for tag in schema["tags"]}
    for path, item in schema["paths"].items():
        for method in _METHODS:
            if method in item:
                groups[item[method]["tags"][0]].append(_operation(method, path, item[method], schema))
    texts = {tag["name"]: tag["description"] for tag in schema["tags"]}
    return [(name, texts[name], operations) for name, operations in groups.items() if operations]


def _operation(method: str, path: str, said: Mapping[str, Any], schema: Mapping[str, Any]) -> Operation:
    parameters = tuple(
        Parameter(
            each["name"], each["in"], _kind(each["schema"]),
            each.get("required", False) or each["name"].lower() == "idempotency-key",
            each.get("description", each["schema"].get("description", "")),
        )
        for each in said.get("parameters", ())
    )  # fmt: skip
    content = said.get("requestBody", {}).get("content", {}).get("application/json", {})
    model = _resolved(content.get("schema", {}), schema)
    needed = model.get("required", ())
    body = tuple(
        Parameter(name, "body", _kind(part), name in needed, part.get("description", ""))
        for name, part in model.get("properties", {}).items()
    )
    examples = model.get("examples") or []
    example = json.dumps(examples[0], indent=2, ensure_ascii=False) if examples else ""
    answers = tuple((status, answer["description"].split("\n")[0]) for status, answer in said["responses"].items())
    return Operation(method, path, said["summary"], said.get("description", ""), parameters, body, example, answers)


def _resolved(part: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = part.get("$ref")
    if not reference:
        return part
    resolved: Mapping[str, Any] = schema["components"]["schemas"][reference.rsplit("/", 1)[1]]
    return resolved


def _kind(part: Mapping[str, Any]) -> str:
    """A schema in a word or two."""
    if "$ref" in part:
        return str(part["$ref"]).rsplit("/", 1)[1]
    if "enum" in part:
        return " | ".join(str(each) for each in part["enum"])
    if "const" in part:
        return repr(part["const"])
    if "anyOf" in part:
        return " or ".join(dict.fromkeys(_kind(each) for each in part["anyOf"] if each.get("type") != "null"))
    kind = str(part.get("format") or part.get("type") or "any")
    if kind == "array":
        return f"list of {_kind(part.get('items', {}))}"
    return {"date-time": "instant", "date": "day", "integer": "whole number", "string": "text", "object": "object"}.get(
        kind, kind
    )
