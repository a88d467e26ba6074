"""Problem details (RFC 9457): the one form in which every door says no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field: its path in the body (``contacts.0.email``), and why."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: the last part of its ``type`` address, its title and the status that goes with it."""

    name: str
    title: str
    status: HTTPStatus
    meaning: str


INVALID = Kind(
    "invalid",
    "The input is not valid",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "Each field that is wrong stands in `errors` with its path and the reason. Nothing was done.",
)
NOT_FOUND = Kind(
    "not-found",
    "There is no such thing",
    HTTPStatus.NOT_FOUND,
    "The id in the address is not known here.",
)
REFUSED = Kind(
    "refused",
    "The state does not allow it",
    HTTPStatus.CONFLICT,
    "The contract, meeting or ticket is in a state that forbids the action; `detail` says why. Nothing was done.",
)
SLOT_TAKEN = Kind(
    "slot-taken",
    "The slot is not free",
    HTTPStatus.CONFLICT,
    "Somebody else has the time; `offers` lists free starts (ISO 8601, UTC).",
)
OUTSIDE_HOURS = Kind(
    "outside-hours",
    "The time lies outside of working hours",
    HTTPStatus.CONFLICT,
    "`errors` says whose hours, or which holiday; `offers` lists the next free starts in everybody's hours (ISO 8601, "
    "UTC). Where the time is meant all the same, send it again with `outside_hours: true` and a new key.",
)
EXISTS = Kind(
    "exists",
    "It exists already, with other content",
    HTTPStatus.CONFLICT,
    "The id is taken. Choose another one, or read what is there.",
)
KEY_MISSING = Kind(
    "idempotency-key-missing",
    "The request needs an Idempotency-Key",
    HTTPStatus.BAD_REQUEST,
    "Every POST carries a header `Idempotency-Key`, 8 to 200 visible signs, new for each action and the "
    "same when the action is sent again.",
)
KEY_REUSED = Kind(
    "idempotency-key-reused",
    "The Idempotency-Key belongs to another request",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "The key came to this address before, with another body. Use a new key for a new action.",
)
TOO_LARGE = Kind(
    "too-large",
    "It is too large",
    HTTPStatus(413),  # its name changed with Python 3.13
    "A file, the files together or the whole request exceed what is taken; `errors` names which. Nothing was done.",
)
SIGNATURE = Kind(
    "signature",
    "The signature is not right",
    HTTPStatus.UNAUTHORIZED,
    "A webhook carries `webhook-id`, `webhook-timestamp` (of the last five minutes) and `webhook-signature`, made with "
    "the endpoint's `secret_in` by the Standard Webhooks format. Nothing was done.",
)
FORBIDDEN = Kind(
    "forbidden",
    "The request comes from another site",
    HTTPStatus.FORBIDDEN,
    "A browser sent it for a page that is not Pledge's own. Nothing was done.",
)
UNAVAILABLE = Kind(
    "unavailable",
    "A part of the system is not there",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "Temporal or PostgreSQL does not answer now. Send the request again with the same Idempotency-Key.",
)
KINDS = (
    INVALID, NOT_FOUND, REFUSED, SLOT_TAKEN, OUTSIDE_HOURS, EXISTS, KEY_MISSING, KEY_REUSED, TOO_LARGE, SIGNATURE,
    FORBIDDEN, UNAVAILABLE,
)  # fmt: skip


class Problem(Exception):
    """A refusal on its way to whoever asked. ``extra`` are further members of the problem object."""

    def __init__(
        self,
        kind: Kind,
        detail: str,
        errors: tuple[FieldError, ...] = (),
        extra: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind, self.detail, self.errors = kind, detail, errors
        self.extra: Mapping[str, object] = extra or {}

    @property
    def status(self) -> int:
        return int(self.kind.status)

    def as_json(self, base_url: str = "") -> dict[str, object]:
        """The problem object of RFC 9457, section 3; ``type`` is the address of a page that explains the kind."""
        body: dict[str, object] = {
            "type": f"{base_url}/problems/{self.kind.name}",
            "title": self.kind.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            body["errors"] = [{"field": e.field, "message": e.message} for e in self.errors]
        return {**body, **self.extra}


def invalid(errors: Sequence[FieldError]) -> Problem:
    """422: these fields are wrong."""
    count = "one field is" if len(errors) == 1 else f"{len(errors)} fields are"
    return Problem(INVALID, f"{count} not right", tuple(errors))


def not_found(what: str, which: str) -> Problem:
    """404: there is no ``what`` (a contract, a meeting) of that id."""
    return Problem(NOT_FOUND, f"there is no {what} {which!r}")


def refused(reason: str) -> Problem:
    """409: the state forbids it."""
    return Problem(REFUSED, reason)


def unavailable(part: str) -> Problem:
    """503: ``part`` (Temporal, PostgreSQL, the worker) does not answer."""
    return Problem(UNAVAILABLE, f"{part} does not answer now; try again in a moment", extra={"part": part})
