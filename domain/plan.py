"""A plan: one package of one vendor, one version of it, as data.

A plan is loaded from ``plans/<vendor>.yaml``, validated once, and pinned whole into each contract that is
signed on it. Nothing here reads a file or a clock. Every entitlement names the clause of CLAUSES.md that it
carries. Every type of a plan can be imported from here.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from domain.engagement import (
    Cadence,
    HoursGrant,
    OnboardingMeeting,
    Role,
    RoleGrant,
    Touchpoint,
    TouchpointKind,
    Window,
)
from domain.support import (
    DEFAULT_LADDER,
    Channel,
    ClockKind,
    Closing,
    CoverageRule,
    LadderStep,
    Level,
    Limit,
    LimitKind,
    Measure,
    Target,
    Uptime,
    Way,
    Who,
    WhoKind,
)

__all__ = [
    "Cadence",
    "Channel",
    "Charge",
    "ChargeKind",
    "Clause",
    "ClockKind",
    "Closing",
    "CoverageRule",
    "Duty",
    "HoursGrant",
    "LadderStep",
    "Level",
    "Limit",
    "LimitKind",
    "Measure",
    "Notice",
    "OnboardingMeeting",
    "Plan",
    "Readings",
    "Role",
    "RoleGrant",
    "Service",
    "Target",
    "Term",
    "Touchpoint",
    "TouchpointKind",
    "Uptime",
    "Vendor",
    "Way",
    "Who",
    "WhoKind",
    "Window",
]


@dataclass(frozen=True, slots=True)
class Clause:
    """One numbered promise, limit or duty: its permanent id and its text in our own words.

    ``readings`` are the ids (``A1`` to ``A20``) of the defaults that settle what the text leaves open.
    """

    id: str
    text: str
    readings: tuple[str, ...] = ()


class ChargeKind(StrEnum):
    OVERAGE_HOURS = "overage-hours"
    USER_TIERS = "user-tiers"
    EXTRA_DEVICES = "extra-devices"


@dataclass(frozen=True, slots=True)
class Charge:
    """What is billed beyond the package. Amounts are in minor units of the contract's currency.

    ``USER_TIERS``: monthly base + ``step_amount`` x ceil(users / ``step``); from ``custom_from`` users on the
    amount is entered by hand (A10). ``EXTRA_DEVICES``: ``step_amount`` None means that the order states the
    price. ``OVERAGE_HOURS``: the vendor's hourly rate of the delivery day, minutes rounded up to
    ``rounding_minutes`` (A5).
    """

    kind: ChargeKind
    clause: str
    step: int = 1
    step_amount: int | None = None
    custom_from: int | None = None
    rounding_minutes: int = 15


@dataclass(frozen=True, slots=True)
class Duty:
    """What the customer has undertaken to do."""

    clause: str
    text: str


@dataclass(frozen=True, slots=True)
class Term:
    """A clause that binds but grants nothing that a workflow could keep: shown, cited, never due."""

    clause: str
    text: str


@dataclass(frozen=True, slots=True)
class Service:
    """A standing service, always on: help with scheduling, or remote monitoring, whose alerts open tickets."""

    clause: str
    title: str
    monitoring: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """Days before the end of the term on which the renewal notice goes out."""

    renewal_days: tuple[int, ...] = (90, 60, 30)


@dataclass(frozen=True, slots=True)
class Vendor:
    id: str
    name: str
    currency: str
    language: str = "en"
    controlling_language: str | None = None


@dataclass(frozen=True, slots=True)
class Readings:
    """How the plan reads what its text leaves open: the defaults A1 to A20 that no single entitlement holds.

    The others stand where they bind: A1 `Window`, A4 `Touchpoint.debits_hours`, A5 and A10 `Charge`, A7, A8,
    A11 and A12 `CoverageRule`, A9 `Touchpoint.cadence`, A15 `Touchpoint.due_business_day`, A16
    `Uptime.enforced`, A17 `Target.wall_clock`, A18 `Limit.amount`.
    """

    unused_hours_lapse: bool = True  # A2
    overage_needs_approval: bool = True  # A2
    touchpoint_count_is_per_year: bool = False  # A3
    best_effort_verdict: str = "objective missed"  # A6
    fix_targets_imported: bool = False  # A13: set by the loader where a level states a fix target
    close_without_agreement_after_days: int | None = None  # A14: None is never
    update_clock_restarts_at_visible_update: bool = True  # A19
    automatic_reply_counts_as_response: bool = False  # A19
    clock_may_pause_for_customer: bool = False  # A20


@dataclass(frozen=True, slots=True)
class Plan:
    """One package, whole. ``id`` reads ``vendor/package``; ``version`` rises with every edit of its text."""

    id: str
    version: int
    name: str
    summary: str
    vendor: Vendor
    clauses: tuple[Clause, ...]
    roles: tuple[RoleGrant, ...] = ()
    windows: tuple[Window, ...] = ()
    hours: HoursGrant | None = None
    meetings: tuple[OnboardingMeeting, ...] = ()
    touchpoints: tuple[Touchpoint, ...] = ()
    coverage: tuple[CoverageRule, ...] = ()
    levels: tuple[Level, ...] = ()
    ladder: tuple[LadderStep, ...] = DEFAULT_LADDER
    channels: tuple[Channel, ...] = ()
    limits: tuple[Limit, ...] = ()
    charges: tuple[Charge, ...] = ()
    uptime: Uptime | None = None
    closing: Closing | None = None
    services: tuple[Service, ...] = ()
    duties: tuple[Duty, ...] = ()
    terms: tuple[Term, ...] = ()
    notice: Notice = field(default_factory=Notice)
    readings: Readings = field(default_factory=Readings)

    @property
    def package(self) -> str:
        """The part of the id after the vendor."""
        return self.id.split("/", 1)[1]

    def window(self, key: str | None) -> Window | None:
        """The window of that key; None for the whole term. KeyError where the plan has no such window."""
        if key is None:
            return None
        for window in self.windows:
            if window.key == key:
                return window
        raise KeyError(f"plan {self.id} has no window {key!r}")

    def clause(self, clause_id: str) -> Clause:
        """The clause of that id. KeyError where the plan does not carry it."""
        for clause in self.clauses:
            if clause.id == clause_id:
                return clause
        raise KeyError(f"plan {self.id} has no clause {clause_id!r}")

    @property
    def monitoring(self) -> Service | None:
        """The remote monitoring that the plan grants (ombori-5); None: alerts open no tickets."""
        return next((service for service in self.services if service.monitoring), None)

    @property
    def main_role(self) -> Role:
        """The role of the main point of contact."""
        main = next((r for r in self.roles if r.main_contact), None) or next(iter(self.roles), None)
        return main.role if main else Role.SUPPORT_LEAD
