"""Forms that come back: what was typed, what is wrong with it, and a key that makes sending one twice harmless."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from api.problems import UNAVAILABLE, FieldError, Problem, invalid


@dataclass(frozen=True, slots=True)
class FormState:
    """One form of a page as it was sent and refused; a fresh one is empty. ``kind`` is that of the problem."""

    name: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    offers: tuple[datetime, ...] = ()
    key: str = ""
    kind: str = ""

    @property
    def sent(self) -> bool:
        """Whether this form is the one that was refused: it is shown open."""
        return bool(self.name)

    def value(self, name: str, default: object = "") -> str:
        """What was typed, or the default."""
        return self.values[name] if name in self.values else str(default)

    def error(self, name: str) -> str:
        """What is wrong with a field, or nothing."""
        return self.errors.get(name, "")

    @property
    def other_errors(self) -> dict[str, str]:
        """Errors of fields that the form does not show: told above it."""
        return {name: text for name, text in self.errors.items() if name not in self.values}


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of a page: at most one of them was refused."""

    refused: FormState | None = None

    def state(self, name: str) -> FormState:
        """The state of the form of that name, with a fresh key."""
        if self.refused and self.refused.name == name:
            return self.refused
        return FormState(key=new_key())


def new_key() -> str:
    """A key for one action."""
    return secrets.token_urlsafe(18)


def refused_form(name: str, values: Mapping[str, str], problem: Problem, key: str) -> Forms:
    """The page's forms after ``problem``.

    A refusal is an answer that is kept under its key, so what is corrected gets a new one. Where a server did not
    answer, nobody knows whether it was done: the same key makes sending it again harmless.
    """
    errors: dict[str, str] = {}
    for error in problem.errors:
        errors.setdefault(error.field, error.message)
    raw = problem.extra.get("offers")
    offers = tuple(datetime.fromisoformat(str(each)) for each in raw) if isinstance(raw, list) else ()
    next_key = key if problem.kind is UNAVAILABLE else new_key()
    return Forms(FormState(name, dict(values), errors, str(problem), offers, next_key, problem.kind.name))


def local_instant(name: str, text: str, zone: str) -> str:
    """What a field for a day and a time says, in ``zone``, as the API's bodies have it. Raises Problem 422."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).isoformat()
    except ValueError:
        raise invalid([FieldError(name, "expected a day and a time")]) from None


def slug(name: str) -> str:
    """A short id made from a name: lower-case letters, digits and dashes; empty where the name holds none."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")
