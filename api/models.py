"""What comes in over HTTP: one closed model for each body, and how it becomes a value of the domain.

The sign page and the CSV importer fill the same models, so that a rule about a field stands in one place.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)

from domain.contract import Contact, Counts, Person, Prices
from domain.coverage import WeeklyHours, weekly
from domain.meeting import Answer, Outcome
from domain.plan import Cadence, Role
from storage.staff import StaffMember

_ZONES = frozenset(available_timezones())


def _known_zone(zone: str) -> str:
    if zone not in _ZONES:
        raise ValueError("expected the name of an IANA time zone, such as Europe/Stockholm")
    return zone


def _one_line(text: str) -> str:
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in text):
        raise ValueError("expected one line without control signs")
    return text


def no_control_signs(text: str) -> str:
    if any((ord(sign) < 32 and sign not in "\n\r\t") or ord(sign) == 127 for sign in text):
        raise ValueError("expected text without control signs")
    return text


def _address(email: str) -> str:
    local, at, host = email.rpartition("@")
    if not (at and local and "." in host.strip(".")) or any(sign in email for sign in ' \t"<>(),;:\\'):
        raise ValueError("expected an e-mail address such as lee@acme.test")
    if not host.isascii() or not local.isascii() or len(email) > 254:
        raise ValueError("expected an e-mail address of at most 254 ASCII signs")
    return email


def _opening_hours(text: str) -> str:
    parse_hours(text)
    return text


_LINE = StringConstraints(strip_whitespace=True, min_length=1, max_length=200)
Line = Annotated[str, _LINE, AfterValidator(_one_line)]
OptionalLine = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_one_line)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=5_000), AfterValidator(no_control_signs)]
Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), AfterValidator(_one_line)
]
Slug = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$", min_length=2, max_length=60),
]
Zone = Annotated[str, AfterValidator(_known_zone)]
Address = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3), AfterValidator(_address)]
OptionalAddress = Annotated[
    str, StringConstraints(strip_whitespace=True), AfterValidator(lambda email: _address(email) if email else "")
]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$")]
Minutes = Annotated[int, Field(ge=1, le=24 * 60)]
Count = Annotated[int, Field(ge=0, le=10_000_000)]
Minor = Annotated[int, Field(ge=0, le=10**12)]


def parse_hours(text: str) -> WeeklyHours:
    """Read ``mon-fri 09:00-17:00; sat 10:00-12:00 13:00-15:00``. ValueError that says what was expected."""
    days: dict[str, list[str]] = {}
    for part in text.split(";"):
        if not part.strip():
            continue
        day, _, spans = part.strip().partition(" ")
        if not spans.strip():
            raise ValueError(f"{part.strip()!r}: expected a day and its hours, such as mon-fri 09:00-17:00")
        days.setdefault(day, []).extend(spans.split())
    if not days:
        raise ValueError("expected opening hours, such as mon-fri 09:00-17:00")
    return weekly(days)


class Body(BaseModel):
    """A body knows its fields: an unknown one is a mistake that must be told."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class ContactIn(Body):
    """A person on the customer's side."""

    name: Line
    email: Address
    phone: OptionalLine = ""
    zone: Zone | Literal[""] = Field("", description="Times are written to them in this zone; empty: the contract's")
    language: Language | Literal[""] = ""
    primary: bool = Field(False, description="The reciprocal point of contact; the first contact, where none is")
    representative_of: tuple[Line, ...] = Field((), description="Premises (essensys-6)")

    def to_domain(self) -> Contact:
        """The contact as the contract holds it."""
        person = Person(self.name, self.email, self.phone, self.zone, self.language)
        return Contact(person, self.primary, self.representative_of)


class PricesIn(Body):
    """What the order states, in minor units (cents) of the currency."""

    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = Field(description="ISO 4217", examples=["USD"])
    user_tier_base: Minor | None = Field(None, description="Monthly base of caret-17")
    custom_monthly: Minor | None = Field(None, description="Entered by hand from 100 users on (A10)")
    extra_device: Minor | None = Field(None, description="Per device and month (ombori-9, -19, -26)")

    def to_domain(self) -> Prices:
        """The prices as the contract holds them."""
        return Prices(self.currency, self.user_tier_base, self.custom_monthly, self.extra_device)


class ContractIn(Body):
    """A contract to sign."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "acme-2026",
                    "customer_id": "acme",
                    "customer_name": "Acme Sleep Lab",
                    "plan": "oura/premium",
                    "starts_on": "2026-01-31",
                    "term_months": 12,
                    "zone": "America/New_York",
                    "country": "US",
                    "subdivision": "NY",
                    "language": "en",
                    "business_hours": "mon-fri 09:00-17:00",
                    "contacts": [{"name": "Lee Park", "email": "lee@acme.test", "primary": True}],
                    "prices": {"currency": "USD"},
                }
            ]
        }
    )

    id: Slug = Field(description="Short and readable; it stands in every address and message")
    customer_id: Slug
    customer_name: Line
    plan: Line = Field(description="A package of the catalogue: vendor/package")
    starts_on: date = Field(description="Day 1, in `zone`")
    term_months: Annotated[int, Field(ge=1, le=120)] = 12
    zone: Zone
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = Field(description="ISO 3166: its holidays")
    subdivision: OptionalLine | None = None
    region: OptionalLine | None = Field(None, description="Chooses the coverage of plans that differ by region")
    language: Language = "en"
    address: OptionalLine = ""
    premises: tuple[Line, ...] = ()
    business_hours: Annotated[str, AfterValidator(_opening_hours)] = Field(
        "mon-fri 09:00-17:00", description="The customer's own hours: days and spans, several with `;` between"
    )
    contacts: Annotated[tuple[ContactIn, ...], Field(min_length=1)]
    prices: PricesIn
    users: Count = 0
    devices: Count = 0
    cadences: dict[str, Cadence] = Field({}, description="Where the plan leaves a choice (A9): touchpoint to cadence")

    @property
    def counts(self) -> Counts:
        """The numbers in use at the start."""
        return Counts(self.users, self.devices)


class By(Body):
    """Who does it."""

    by: Line = Field("api", description="Who does it: stands in the facts")


class RequestMeetingIn(By):
    """Ask for a meeting."""

    title: Line
    minutes: Minutes
    purpose: Text = ""
    earliest: AwareDatetime | None = None
    latest: AwareDatetime | None = None

    @field_validator("latest")
    @classmethod
    def _after_the_earliest(cls, latest: datetime | None, info: ValidationInfo) -> datetime | None:
        earliest = info.data.get("earliest")
        if latest and earliest and latest <= earliest:
            raise ValueError("expected an instant after the earliest one")
        return latest


class OverageIn(By):
    """The customer's decision."""

    key: Line = Field(description="The meeting that needs more hours than are left")
    approved: bool


class CountIn(By):
    """The numbers in use from now on."""

    users: Count | None = None
    devices: Count | None = None


class ChangeContactIn(By):
    """Add a contact, replace the one with the address `replaces`, or (without `contact`) remove it."""

    contact: ContactIn | None = None
    replaces: Address | None = None


class ChangeRoleIn(By):
    """Give a role to another member of the staff."""

    role: Role
    staff_id: Slug
    reason: OptionalLine = ""


class AmendIn(By):
    """Go on under another plan, or the plan's newest version."""

    plan: Line
    reason: Reason


class ReasonIn(By):
    """An action that needs a reason."""

    reason: Reason


class RenewIn(By):
    """Another term follows this one."""

    term_months: Annotated[int, Field(ge=1, le=120)] = 12


class CompleteIn(By):
    """An agenda item or a task that a person keeps is done."""

    key: Line
    note: Text = ""


class RescheduleIn(By):
    """To `start`, or (without it) to the next slot that suits both sides."""

    reason: OptionalLine = ""
    start: AwareDatetime | None = None
    outside_hours: bool = Field(False, description="`start` is meant, also outside of working hours or on a holiday")


class OutcomeIn(By):
    """What became of a meeting."""

    outcome: Literal[Outcome.HELD, Outcome.NO_SHOW, Outcome.CANCELLED]
    minutes: Annotated[int, Field(ge=0, le=24 * 60)] = Field(0, description="The actual length, where it was held")
    notes: Text = ""


class BringInIn(By):
    """One of the staff (`staff_id`), or somebody of the customer (`name` and `email`)."""

    staff_id: Slug | None = None
    name: OptionalLine = ""
    email: OptionalAddress = ""


class LetGoIn(By):
    """Somebody who is invited."""

    email: Address


class AnswerIn(Body):
    """An attendee's answer to the invitation."""

    email: Address
    answer: Answer
    comment: OptionalLine = ""


class StaffIn(Body):
    """A member of the staff."""

    id: Slug
    name: Line
    email: Address
    zone: Zone
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    vendors: tuple[Slug, ...] = Field((), description="The vendors they work for; empty: all")
    working_hours: Annotated[str, AfterValidator(_opening_hours)] = "mon-fri 09:00-17:00"
    daily_limit: Annotated[int, Field(ge=0, le=50)] = Field(6, description="Meetings a day")
    buffer_minutes: Annotated[int, Field(ge=0, le=240)] = Field(10, description="Kept free around each meeting")
    active: bool = True

    def to_domain(self) -> StaffMember:
        """The member as the database knows them."""
        return StaffMember(
            id=self.id, name=self.name, email=self.email, zone=self.zone, roles=self.roles,
            hours=parse_hours(self.working_hours), vendors=self.vendors, country=self.country,
            daily_limit=self.daily_limit, buffer_minutes=self.buffer_minutes, active=self.active,
        )  # fmt: skip


def utc(instant: datetime | None) -> datetime | None:
    """The same instant in UTC, the only zone that the domain knows."""
    return instant.astimezone(UTC) if instant else None
