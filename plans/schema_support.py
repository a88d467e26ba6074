"""The sections of opening hours, levels, the ladder, ways in, limits and uptime, as `domain.support` has them."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, StrictBool, StrictInt, model_validator

from domain.engagement import Role
from domain.support import ClockKind, LimitKind, Way
from plans import fields as f
from plans.schema_base import Count, Section
from plans.source import SourceMap
from plans.units import EXPECTED_TARGET, parse_length, shown


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


class UptimeSection(Section):
    clause: f.ClauseId
    percent: f.PartsPer100000
    enforced: StrictBool = False
    """A16: reported, not enforced."""


class ClosingSection(Section):
    clause: f.ClauseId
    asked_of: f.Text


def _length_or_word(data: object) -> object:
    try:
        parse_length(data)
    except ValueError:
        words = ", ".join(WORDS)
        raise ValueError(f"{EXPECTED_TARGET}, or one of the words {words}; got {shown(data)}") from None
    return data
