"""What is wrong with which field, in a person's words: from pydantic's errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

MONTH = r"^20[0-9]{2}-(?:0[1-9]|1[0-2])$"
_PATTERNS = {
    MONTH: "expected a month such as 2026-11",
    r"^[A-Z]{2}$": "expected the two capital letters of a country, such as SE",
    r"^[A-Z]{3}$": "expected the three capital letters of a currency, such as EUR",
    r"^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$": "expected lower-case letters, digits and dashes, such as acme-2026",
    r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$": "expected a time of day, such as 09:00",
    r"^[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$": "expected a language, such as en or sv",
}
LARGEST_ID = 2**63 - 1
"""What PostgreSQL's bigint holds."""

_REQUIRED, _UNKNOWN = "this field is required", "this field is not known"


def field_errors(error: ValidationError) -> list[tuple[str, str]]:
    """The mistakes as (path with dots, reason)."""
    return told(error.errors(include_url=False))


def told(errors: Sequence[Any], leave_out: int = 0) -> list[tuple[str, str]]:
    """The same for a list of error details; ``leave_out``: the first parts of each path.

    A list that counts as too short only since its parts are wrong is not told besides them.
    """
    found: dict[str, str] = {}
    for detail in errors:
        path = ".".join(str(part) for part in detail["loc"][leave_out:] if not str(part).startswith("literal["))
        found.setdefault(path, _reason(detail))
    paths = list(found)
    return [(path, why) for path, why in found.items() if not any(other.startswith(f"{path}.") for other in paths)]


def _reason(detail: Mapping[str, Any]) -> str:
    kind, text = detail["type"], str(detail["msg"])
    if kind == "string_pattern_mismatch":
        pattern = str(detail.get("ctx", {}).get("pattern"))
        return _PATTERNS.get(pattern, f"expected the form {pattern}")
    if kind == "missing" or (kind == "string_too_short" and not detail.get("input")):
        return _REQUIRED
    if kind == "extra_forbidden":
        return _UNKNOWN
    text = text.removeprefix("Value error, ").removeprefix("Input ").removeprefix("String ")
    return text[:1].lower() + text[1:]
