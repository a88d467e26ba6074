"""What comes in over HTTP about tickets: one closed model for each body. Which action takes which: `ticket_actions`."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator

from api.models import Address, Body, By, Line, OptionalAddress, OptionalLine, Reason, Slug, no_control_signs
from domain.coverage import DatedException, parse_span
from domain.intake import RequestKind
from domain.ticket import RouteKind
from workflows.ticket_messages import LONGEST_TEXT

MOST_FILES = 20
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")


def _media_type(text: str) -> str:
    if not _MEDIA_TYPE.fullmatch(text):
        raise ValueError("expected a media type such as image/png")
    return text


LongText = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=LONGEST_TEXT), AfterValidator(no_control_signs)
]
MediaType = Annotated[str, StringConstraints(to_lower=True, max_length=100), AfterValidator(_media_type)]


class FileIn(Body):
    """A file, whole: at most 10 MiB, and 20 MiB with the others of the request."""

    name: Line
    media_type: MediaType = "application/octet-stream"
    content: str = Field(description="Base64 (RFC 4648, section 4), without line breaks")


Files = Annotated[tuple[FileIn, ...], Field(max_length=MOST_FILES)]


class ReporterIn(Body):
    """Who reports it. What of these is needed, the plan says."""

    name: OptionalLine = ""
    email: OptionalAddress = ""
    phone: OptionalLine = ""


class ReportIn(Body):
    """A report of a problem, a return or an exchange."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "reporter": {"name": "Lee Park", "email": "lee@acme.test", "phone": "+1 555 0100"},
                    "subject": "Silent sensors",
                    "description": "The sensors of room 4 have sent nothing since this morning.",
                    "level": "l2",
                    "attachments": [{"name": "log.txt", "media_type": "text/plain", "content": "MDg6MDAgc2lsZW5jZQo="}],
                }
            ]
        }
    )

    reporter: ReporterIn
    subject: OptionalLine = ""
    description: LongText = Field("", validate_default=True)
    door: Literal["api", "phone", "chat"] = Field("api", description="`phone`, `chat`: staff write down what was said")
    by: OptionalLine = Field("", description="Who wrote it down, for `phone` and `chat`", validate_default=True)
    channel: OptionalLine = Field("", description="The plan's name of the way in, where it is known")
    login: OptionalLine = ""
    login_asked: bool = Field(False, description="A login was asked for, so a plan that wants one needs it")
    premises: OptionalLine = ""
    device: OptionalLine = ""
    level: OptionalLine = Field("", description="As the reporter judges it; empty: the least severe, until triage")
    kind: RequestKind = RequestKind.PROBLEM
    receipt_day: date | None = Field(None, description="When the original order was received: for a return or exchange")
    attachments: Files = ()

    @field_validator("reporter")
    @classmethod
    def _somebody(cls, reporter: ReporterIn) -> ReporterIn:
        if not (reporter.name or reporter.email or reporter.phone):
            raise ValueError("expected who reports it: a name, an e-mail address or a telephone number")
        return reporter

    @field_validator("description")
    @classmethod
    def _says_something(cls, description: str, info: ValidationInfo) -> str:
        if not description and info.data.get("subject") == "":
            raise ValueError("expected what it is about: a subject, a description, or both")
        return description

    @field_validator("by")
    @classmethod
    def _is_named(cls, by: str, info: ValidationInfo) -> str:
        if not by and info.data.get("door") in ("phone", "chat"):
            raise ValueError("expected who wrote it down")
        return by


class TriageIn(By):
    """What it means for the business, and whether it is ours."""

    level: Line
    impact: LongText = ""
    inside_boundary: bool = Field(True, description="Within the Service Boundary (essensys-9)")


class AssignIn(By):
    """Who has it from now on."""

    staff_id: Slug


class MessageIn(By):
    """Something that is written: words, files, or both."""

    attachments: Files = ()
    text: LongText = Field("", validate_default=True)

    @field_validator("text")
    @classmethod
    def _says_something(cls, text: str, info: ValidationInfo) -> str:
        if not text and info.data.get("attachments") == ():
            raise ValueError("expected words, or a file")
        return text


class HeardIn(MessageIn):
    """What the customer wrote or said; `by` is their name."""

    by: Line
    email: OptionalAddress = ""


class LevelIn(By):
    """Another level. `reason` is for the facts."""

    level: Line
    reason: OptionalLine = ""


class RouteIn(By):
    """Where it goes: told by mail to `email`, by a signed webhook to `endpoint`."""

    kind: RouteKind
    to: Line
    email: OptionalAddress = ""
    endpoint: OptionalLine = Field("", description="The key of an endpoint of the contract")
    note: LongText = ""


class NoteIn(By):
    """An action that may be explained."""

    note: LongText = ""


class WhyIn(By):
    """An action that may have a reason."""

    reason: OptionalLine = ""


class ClockIn(By):
    """One of the ticket's clocks."""

    clock: Line = Field(examples=["response-1"])


class CustomerIn(Body):
    """What the customer says to it; `by` is their name, `email` decides whether their word counts."""

    by: Line
    email: Address
    text: LongText = ""


class CloseIn(By):
    """Closed without the customer's agreement, where the plan asks for none."""

    reason: Reason


class ReopenIn(By):
    """It is not solved, or it came back."""

    text: LongText = ""
    side: Literal["staff", "customer"] = Field("staff", description="Who says so")
    email: OptionalAddress = ""


class UserIn(Body):
    """A person who may use the priority queue."""

    name: Line
    email: Address


class DesignateIn(By):
    """All of the designated users, in the place of those before."""

    users: Annotated[tuple[UserIn, ...], Field(max_length=1000)]


class ClosedDayIn(By):
    """A day on which a desk is closed, or has other hours, for a contract or for all contracts of a vendor."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"contract": "acme-2026", "day": "2026-06-19", "reason": "Midsummer Eve", "by": "Maya"}]
        }
    )

    contract: Slug | None = None
    vendor: Slug | None = Field(None, description="In place of a contract: all of the vendor's", validate_default=True)
    rule: OptionalLine = Field("", description="The key of the opening hours in the plan; empty: all of them")
    day: date
    spans: OptionalLine = Field(
        "", description="The hours of that day, such as `09:00-12:00 13:00-15:00`; empty: closed"
    )
    reason: Reason

    @field_validator("spans")
    @classmethod
    def _are_spans(cls, spans: str, info: ValidationInfo) -> str:
        DatedException(info.data.get("day", date(2026, 1, 1)), tuple(parse_span(each) for each in spans.split()))
        return spans

    @field_validator("vendor")
    @classmethod
    def _is_for_one(cls, vendor: str | None, info: ValidationInfo) -> str | None:
        if "contract" in info.data and (info.data["contract"] is None) == (vendor is None):
            raise ValueError("expected a contract or a vendor, one of them")
        return vendor
