"""A plan: one package of one vendor, one version of it, as data.

A plan is loaded from ``plans/<vendor>.yaml``, validated once, and pinned whole into each contract that is signed
on it. Nothing here reads a file or a clock. Every entitlement names the clause of CLAUSES.md that it carries.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from domain.coverage import WeeklyHours


class Role(StrEnum):
    """Who stands on the vendor's side of a contract."""

    ACCOUNT_MANAGER = "account-manager"
    CSM = "csm"
    CSE = "cse"
    TDS = "tds"
    TAM = "tam"
    SUPPORT_ENGINEER = "support-engineer"
    SUPPORT_LEAD = "support-lead"

    @property
    def title(self) -> str:
        """How a person reads the role, for example ``Account Manager``."""
        return _ROLE_TITLES[self]


_ROLE_TITLES = {
    Role.ACCOUNT_MANAGER: "Account Manager",
    Role.CSM: "Customer Success Manager",
    Role.CSE: "Customer Success Engineer",
    Role.TDS: "Training and Development Specialist",
    Role.TAM: "Technical Account Manager",
    Role.SUPPORT_ENGINEER: "Support Engineer",
    Role.SUPPORT_LEAD: "Support Lead",
}


@dataclass(frozen=True, slots=True)
class Clause:
    """One numbered promise, limit or duty: its permanent id and its text in our own words.

    ``readings`` are the ids (``A1`` to ``A20``) of the defaults that settle what the text leaves open.
    """

    id: str
    text: str
    readings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """A span of the term, in days of the term: day 1 is the start date, ``last_day`` None is the end of the term.

    It opens at 00:00 of ``first_day`` and closes at 24:00 of ``last_day`` in the customer's zone (A1).
    ``warning_days`` are the days on which unused hours are told (00:00 of that day).
    """

    key: str
    title: str
    first_day: int = 1
    last_day: int | None = None
    warning_days: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """The vendor gives this role, for a window or (None) the whole term."""

    role: Role
    clause: str
    dedicated: bool = False
    main_contact: bool = False
    window: str | None = None


@dataclass(frozen=True, slots=True)
class HoursGrant:
    """Minutes of training and consultation that can be used inside a window (None: the whole term)."""

    minutes: int
    clause: str
    window: str | None = None


@dataclass(frozen=True, slots=True)
class OnboardingMeeting:
    """A meeting that implementation includes, in the order listed.

    ``within_days``: it is booked so that it lies within that many days of the term. ``after`` names the
    meeting that must have been held (or skipped) before. ``roles``: one person for each is invited; the first hosts.
    """

    key: str
    title: str
    minutes: int
    clause: str
    roles: tuple[Role, ...]
    purpose: str
    within_days: int
    after: str | None = None
    debits_hours: bool = True


class TouchpointKind(StrEnum):
    HEALTH_CHECK = "health-check"
    BUSINESS_REVIEW = "business-review"
    CASE_SCRUB = "case-scrub"
    ONSITE_VISIT = "onsite-visit"
    REPORT = "report"


class Cadence(StrEnum):
    """How often a touchpoint comes back. Calendar periods follow the calendar, the others the start date."""

    WEEKLY = "weekly"
    BIWEEKLY = "biweekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"
    CALENDAR_MONTH = "calendar-month"
    CALENDAR_QUARTER = "calendar-quarter"


@dataclass(frozen=True, slots=True)
class Touchpoint:
    """A recurring engagement.

    ``count`` None: as many as fit into the term. ``minutes`` 0: not a meeting (a report). ``lead_days``: how long
    before its day the invitation goes out. ``due_business_day``: for calendar periods, the n-th business day after
    the period's end (A15). ``cadence_choices``: the other cadences that the order may name (A9).
    ``expenses_paid_by``: for an onsite visit (caret-13).
    """

    key: str
    kind: TouchpointKind
    title: str
    clause: str
    cadence: Cadence
    purpose: str
    count: int | None = None
    minutes: int = 0
    roles: tuple[Role, ...] = ()
    lead_days: int = 14
    due_business_day: int | None = None
    cadence_choices: tuple[Cadence, ...] = ()
    debits_hours: bool = False
    expenses_paid_by: str | None = None
    onsite: bool = False


@dataclass(frozen=True, slots=True)
class CoverageRule:
    """Opening hours in which clocks run.

    ``hours`` None: the customer's own business hours (A8). ``zone`` None: the contract's (A12). ``region``: the
    contract's region that chooses this rule among those of the same ``key`` (essensys-4, essensys-5).
    """

    key: str
    clause: str
    hours: WeeklyHours | None
    zone: str | None = None
    region: str | None = None
    observes_holidays: bool = True


class ClockKind(StrEnum):
    RESPONSE = "response"
    UPDATE = "update"
    RESOLUTION = "resolution"


@dataclass(frozen=True, slots=True)
class Target:
    """A clock's target in seconds of open time (or of wall-clock time where ``wall_clock``); ``text`` as sold."""

    clock: ClockKind
    seconds: int
    text: str
    clause: str
    wall_clock: bool = False


@dataclass(frozen=True, slots=True)
class Level:
    """One severity. A clock without a target is measured and reported, never due ("when done", A13)."""

    key: str
    name: str
    description: str
    clause: str
    coverage: str
    targets: tuple[Target, ...] = ()
    best_effort: bool = False

    def target(self, clock: ClockKind) -> Target | None:
        """The target of one clock, None where the plan commits to none."""
        return next((t for t in self.targets if t.clock is clock), None)


@dataclass(frozen=True, slots=True)
class Channel:
    """A way in. ``only_if_down``: the channel that must be down before this one is open (essensys-3)."""

    name: str
    clause: str
    only_if_down: str | None = None


class LimitKind(StrEnum):
    DESIGNATED_USERS = "designated-users"
    DEVICES = "devices"
    REPRESENTATIVES = "representatives"
    REPORT_FIELDS = "report-fields"
    RETURN_DAYS = "return-days"


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound on use. ``amount`` None: no figure, ``fields`` say what is required. ``extensible``: more is billed."""

    kind: LimitKind
    clause: str
    amount: int | None = None
    extensible: bool = False
    fields: tuple[str, ...] = ()
    optional_fields: tuple[str, ...] = ()
    counted_from: str | None = None


class ChargeKind(StrEnum):
    OVERAGE_HOURS = "overage-hours"
    USER_TIERS = "user-tiers"
    EXTRA_DEVICES = "extra-devices"


@dataclass(frozen=True, slots=True)
class Charge:
    """What is billed beyond the package. Amounts are in the contract's currency, in minor units.

    ``USER_TIERS``: monthly base + ``step_amount`` x ceil(users / ``step``); from ``custom_from`` users on the amount
    is entered by hand (A10). ``EXTRA_DEVICES``: ``step_amount`` None means that the order states the price.
    ``OVERAGE_HOURS``: the vendor's hourly rate of the delivery day, minutes rounded up to ``rounding_minutes`` (A5).
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
    """A standing service of the plan, always on: help with scheduling, a training database, remote monitoring."""

    clause: str
    title: str


@dataclass(frozen=True, slots=True)
class Uptime:
    """A platform availability that is reported, not enforced (A16): 99.999 % is 99_999 parts of 100_000."""

    clause: str
    parts_per_100_000: int


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

    The others stand where they bind: A1 `Window`, A7/A11/A12 `CoverageRule`, A9 `Touchpoint.cadence`, A10 and A5
    `Charge`, A15 `Touchpoint.due_business_day`, A16 `Uptime`, A17 `Target.wall_clock`, A18 `Limit.amount`.
    """

    unused_hours_lapse: bool = True  # A2
    overage_needs_approval: bool = True  # A2
    touchpoint_count_is_per_year: bool = False  # A3
    best_effort_verdict: str = "objective missed"  # A6
    fix_targets_imported: bool = False  # A13
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
    channels: tuple[Channel, ...] = ()
    limits: tuple[Limit, ...] = ()
    charges: tuple[Charge, ...] = ()
    uptime: Uptime | None = None
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
    def main_role(self) -> Role:
        """The role of the main point of contact."""
        main = next((r for r in self.roles if r.main_contact), None) or next(iter(self.roles), None)
        return main.role if main else Role.SUPPORT_LEAD
