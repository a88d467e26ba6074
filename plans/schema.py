"""What a vendor's file holds: one schema for all vendors.

A file has the sections ``vendor``, ``rates``, ``clauses``, ``shared``, ``packages`` and ``editions``. Every
entitlement names the clause that it carries. A length of time reads ``30m``, ``4h``, ``1h 30m``, for a
level's targets also ``5 service days``. The ids A1 to A20 name the readings of `plans.readings`; where a
field is one, it says so.
"""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    StrictBool,
    StrictInt,
    model_validator,
)

from domain.plan import Cadence, ChargeKind, ClockKind, LimitKind, Role, TouchpointKind, Way
from plans import fields as f
from plans.problems import Place
from plans.source import SourceList, SourceMap
from plans.units import EXPECTED_TARGET, parse_length, shown

Day = Annotated[StrictInt, Field(ge=1, le=3660)]
Count = Annotated[StrictInt, Field(ge=1, le=1_000_000)]
Roles = tuple[Role, ...]


class Section(BaseModel):
    """A mapping of the file, which remembers where it stands."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    _source: SourceMap = PrivateAttr(default_factory=SourceMap)

    @model_validator(mode="wrap")
    @classmethod
    def _remember(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        section = handler(data)
        if isinstance(data, SourceMap):
            section._source = data
        return section

    def place(self, key: str = "", item: int | None = None) -> Place:
        """Where the section stands, or one of its keys, or an item of a list under that key."""
        listed = self._source.get(key)
        if item is not None and isinstance(listed, SourceList):
            return listed.places[item]
        return self._source.places.get(key, self._source.place)


class VendorSection(Section):
    id: f.Key
    name: f.Text
    currency: f.Currency
    language: f.Language = "en"
    controlling_language: f.Language | None = None
    """The language whose text counts where translations differ (oura-22)."""


class RateSection(Section):
    """The hourly rate from a day on; an hour is charged at the rate of its delivery day (A5)."""

    since: date = Field(alias="from", strict=True)
    per_hour: f.Money


class ClauseSection(Section):
    packages: Literal["all"] | tuple[f.Key, ...] = Field(alias="in")
    """The packages that must carry the clause, and no other may."""
    text: f.Text
    reads: tuple[f.Reading, ...] = ()


class RoleSection(Section):
    role: Role
    clause: f.ClauseId
    dedicated: StrictBool = False
    main_contact: StrictBool = False
    window: f.Key | None = None


class WindowSection(Section):
    """A1: calendar days in the customer's zone; the start date is day 1; it closes at the end of the last
    day.
    """

    key: f.Key
    title: f.Text
    first_day: Day = 1
    last_day: Day | None = None
    warning_days: tuple[Day, ...] = ()


class HoursSection(Section):
    amount: f.Minutes
    clause: f.ClauseId
    window: f.Key | None = None
    """None: the whole term."""
    role: Role | None = None
    """Whose time it is. None: the main contact's."""


class MeetingSection(Section):
    """An onboarding meeting. Without ``roles`` the package's first role hosts. A2: it debits the package's
    hours.
    """

    key: f.Key
    title: f.Text
    clause: f.ClauseId
    length: f.Minutes
    purpose: f.Text
    within_days: Day
    roles: Roles = ()
    after: f.Key | None = None
    debits_hours: StrictBool = True


class TouchpointSection(Section):
    """A recurring engagement. Without ``roles`` the package's first role hosts."""

    key: f.Key
    kind: TouchpointKind
    title: f.Text
    clause: f.ClauseId
    cadence: Cadence
    """A9: the cadence unless the order names one of ``cadence_choices``."""
    purpose: f.Text
    count: Count | None = None
    """A3: the cadence stops at the count, whatever the term."""
    length: f.Minutes | None = None
    """A4: whatever is a meeting must state it."""
    roles: Roles = ()
    may_join: Roles = ()
    lead_days: Day = 14
    due_business_day: Annotated[StrictInt, Field(ge=1, le=20)] | None = None
    """A15: for calendar months and quarters, the 5th business day after the period unless stated."""
    cadence_choices: tuple[Cadence, ...] = ()
    debits_hours: StrictBool = False
    """A4: a check-up debits no hours."""
    expenses_paid_by: Literal["customer", "vendor"] | None = None
    onsite: StrictBool = False


class CoverageSection(Section):
    """Opening hours. Several with one key are chosen from by the contract's region."""

    key: f.Key
    clause: f.ClauseId
    hours: f.Hours
    """A8: ``customer`` is the customer's regular business hours. A11: 24:00 is the end of a day."""
    zone: f.Zone | None = None
    """A12: the contract's zone unless one is stated."""
    region: f.Key | None = None
    open_on_holidays: StrictBool = False
    """A7."""


WORDS = ("when done", "best effort", "measured")


class ClockSection(Section):
    """A clock of a level: a length of time, or one of the words of a clock that is measured and never due
    (A13).
    """

    within: f.TargetLength | None = None
    wall: StrictBool = False
    """A17: a length counts open hours; ``wall: true`` counts all hours."""
    measured: f.Text | None = None
    clause: f.ClauseId | None = None
    """The level's own unless stated."""

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, data: Any) -> Any:
        if isinstance(data, SourceMap):
            return data
        return {"measured": data} if data in WORDS else {"within": _length_or_word(data)}

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.within is None) == (self.measured is None):
            raise ValueError("expected either within: a length of time, or measured: how it is said")
        if self.wall and (self.within is None or self.within.service_days):
            raise ValueError("expected wall: true only with hours or minutes, such as within: 48h (A17)")
        return self


class LevelSection(Section):
    """A severity, with at least one clock. A6: ``best_effort`` targets are objectives, never breached."""

    key: f.Key
    name: f.Text
    means: f.Text
    clause: f.ClauseId
    coverage: f.Key
    response: ClockSection | None = None
    update: ClockSection | None = None
    resolution: ClockSection | None = None
    """A13: a fix target is one that the vendor's text does not hold and that was imported."""
    best_effort: StrictBool = False
    major_incident: f.ClauseId | None = None
    """The clause by which the customer's contacts are told of every ticket of this level."""


class TellSection(Section):
    """Whom a step of the ladder tells: one of these. ``owner: true`` is whom the ticket is assigned to."""

    owner: Literal[True] | None = None
    role: Role | None = None
    person: f.Address | None = None
    on_call: f.Key | None = None
    """The key of a rotation."""

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if sum(value is not None for value in (self.owner, self.role, self.person, self.on_call)) != 1:
            raise ValueError("expected one of owner: true, role, person or on_call")
        return self


class LadderSection(Section):
    """A step of the ladder: at a share of a clock's target, or after an overrun. Steps of all blocks add up."""

    percent: Annotated[StrictInt, Field(ge=0, le=100)] | None = None
    """0: when the clock begins to run, 100: at the due instant."""
    overrun: f.Minutes | None = None
    tell: TellSection
    by: Way = Way.MAIL
    clocks: tuple[ClockKind, ...] = ()
    levels: tuple[f.Key, ...] = ()

    @model_validator(mode="after")
    def _has_one_moment(self) -> Self:
        if (self.percent is None) == (self.overrun is None):
            raise ValueError("expected either percent, such as 75, or overrun, such as 30m")
        return self


class ChannelSection(Section):
    name: f.Text
    clause: f.ClauseId
    only_if_down: f.Text | None = None


class LimitSection(Section):
    """A18: the figure that the plan states."""

    kind: LimitKind
    clause: f.ClauseId
    amount: Count | None = None
    extensible: StrictBool = False
    fields: tuple[f.Text, ...] = ()
    optional_fields: tuple[f.Text, ...] = ()
    counted_from: f.Text | None = None


class ChargeSection(Section):
    kind: ChargeKind
    clause: f.ClauseId
    step: Count = 1
    """A10: base + ``step_amount`` for each begun ``step`` of users; from ``custom_from`` users on by hand."""
    step_amount: f.Money | None = None
    custom_from: Count | None = None
    rounding: f.Minutes = 15
    """A5: minutes are rounded up to 15."""


class UptimeSection(Section):
    """A16: reported, not enforced."""

    clause: f.ClauseId
    percent: f.PartsPer100000


class ClosingSection(Section):
    clause: f.ClauseId
    asked_of: f.Text


class ServiceSection(Section):
    clause: f.ClauseId
    title: f.Text


class NoticeSection(Section):
    renewal_days: tuple[Day, ...] = (90, 60, 30)


class ReadingsSection(Section):
    """The readings that no single entitlement holds, with their defaults."""

    unused_hours_lapse: StrictBool = True  # A2
    overage_needs_approval: StrictBool = True  # A2
    touchpoint_count_is_per_year: StrictBool = False  # A3
    best_effort_verdict: f.Text = "objective missed"  # A6
    close_without_agreement_after_days: Day | None = None  # A14
    update_clock_restarts_at_visible_update: StrictBool = True  # A19
    automatic_reply_counts_as_response: StrictBool = False  # A19
    clock_may_pause_for_customer: StrictBool = False  # A20


class BlockSection(Section):
    """Entitlements, duties (`duties`) and whatever binds without granting (`terms`), as lists of clause ids."""

    roles: tuple[RoleSection, ...] = ()
    windows: tuple[WindowSection, ...] = ()
    hours: HoursSection | None = None
    meetings: tuple[MeetingSection, ...] = ()
    touchpoints: tuple[TouchpointSection, ...] = ()
    coverage: tuple[CoverageSection, ...] = ()
    levels: tuple[LevelSection, ...] = ()
    ladder: tuple[LadderSection, ...] = ()
    """Without a step: the owner is told at 75 % and at the due instant."""
    channels: tuple[ChannelSection, ...] = ()
    limits: tuple[LimitSection, ...] = ()
    charges: tuple[ChargeSection, ...] = ()
    uptime: UptimeSection | None = None
    closing: ClosingSection | None = None
    services: tuple[ServiceSection, ...] = ()
    duties: tuple[f.ClauseId, ...] = ()
    terms: tuple[f.ClauseId, ...] = ()
    notice: NoticeSection | None = None
    readings: ReadingsSection | None = None


class PackageSection(BlockSection):
    """A package. ``version`` rises with every edit; ``takes`` names the shared blocks that it holds besides
    its own.
    """

    version: Count
    name: f.Text
    summary: f.Text
    takes: tuple[f.Key, ...] = Field(default=(), alias="with")


class EditionSection(Section):
    """A name under which a package is sold without the clauses of ``without``. It grants nothing of its own."""

    name: f.Text
    holds: f.Key
    without: tuple[f.ClauseId, ...]
    summary: f.Text


class VendorFile(Section):
    vendor: VendorSection
    clauses: dict[f.ClauseId, ClauseSection]
    packages: dict[f.Key, PackageSection]
    shared: dict[f.Key, BlockSection] = {}
    editions: dict[f.Key, EditionSection] = {}
    rates: tuple[RateSection, ...] = ()


def _length_or_word(data: object) -> object:
    try:
        parse_length(data)
    except ValueError:
        words = ", ".join(WORDS)
        raise ValueError(f"{EXPECTED_TARGET}, or one of the words {words}; got {shown(data)}") from None
    return data
