"""What a vendor's file holds: one schema for all vendors.

A file has the sections ``vendor``, ``rates``, ``clauses``, ``shared``, ``packages`` and ``editions``. Every
entitlement names the clause that it carries. A length of time reads ``30m``, ``4h``, ``1h 30m``, for a
level's targets also ``5 service days``. The ids A1 to A20 name the readings of `plans.readings`; where a
field is one, it says so. Every section can be imported from here.
"""

from datetime import date
from typing import Literal

from pydantic import Field, StrictBool

from domain.plan import ChargeKind
from plans import fields as f
from plans.schema_base import Count, Day, Section
from plans.schema_engagement import HoursSection, MeetingSection, RoleSection, TouchpointSection, WindowSection
from plans.schema_support import (
    ChannelSection,
    ClockSection,
    ClosingSection,
    CoverageSection,
    LadderSection,
    LevelSection,
    LimitSection,
    TellSection,
    UptimeSection,
)

__all__ = [
    "BlockSection",
    "ChannelSection",
    "ChargeSection",
    "ClauseSection",
    "ClockSection",
    "ClosingSection",
    "CoverageSection",
    "EditionSection",
    "HoursSection",
    "LadderSection",
    "LevelSection",
    "LimitSection",
    "MeetingSection",
    "NoticeSection",
    "PackageSection",
    "RateSection",
    "ReadingsSection",
    "RoleSection",
    "Section",
    "ServiceSection",
    "TellSection",
    "TouchpointSection",
    "UptimeSection",
    "VendorFile",
    "VendorSection",
    "WindowSection",
]


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


class ChargeSection(Section):
    kind: ChargeKind
    clause: f.ClauseId
    step: Count = 1
    """A10: base + ``step_amount`` for each begun ``step`` of users; from ``custom_from`` users on by hand."""
    step_amount: f.Money | None = None
    custom_from: Count | None = None
    rounding: f.Minutes = 15
    """A5: minutes are rounded up to 15."""


class ServiceSection(Section):
    clause: f.ClauseId
    title: f.Text
    monitoring: StrictBool = False
    """Remote monitoring: its alerts open tickets."""


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
    fix_targets: f.TableName | None = None
    """A13: a table of fix targets beside this file, as `plans.fix_table` reads it."""


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
    shared: dict[f.Key, BlockSection] = Field(default_factory=dict)
    editions: dict[f.Key, EditionSection] = Field(default_factory=dict)
    rates: tuple[RateSection, ...] = ()
