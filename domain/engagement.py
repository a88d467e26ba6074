"""What a plan grants of people and their time: roles, windows, hours, onboarding meetings, touchpoints."""

from dataclasses import dataclass
from enum import StrEnum


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
    def title(self) -> str:  # type: ignore[override]  # a role has a title; nobody title-cases its key
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
class Window:
    """A span of the term, in days of the term.

    Day 1 is the start date; ``last_day`` None is the end of the term. It opens at 00:00 of ``first_day`` and
    closes at 24:00 of ``last_day`` in the customer's zone (A1: calendar days, the start date is day 1). After
    it the role with ``main_contact`` and no window goes on (A1, oura-16). ``warning_days`` are the days on
    which unused hours are told (09:00 of that day).
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
    """Minutes of training and consultation that can be used inside a window (None: the whole term).

    ``role``: whose time it is, as long as somebody fills that role; None: the main contact's.
    """

    minutes: int
    clause: str
    window: str | None = None
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class OnboardingMeeting:
    """A meeting that implementation includes, in the order listed.

    ``within_days``: it is booked so that it lies within that many days of the term. ``after`` names the
    meeting that must have been held (or skipped) before. ``roles``: one person for each is invited; the first
    hosts.
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

    ``roles``: one person for each is invited, the first hosts; ``may_join`` can be asked in besides (oura-6,
    "and/or"). ``count`` None: as many as fit into the term. ``minutes`` 0: not a meeting (a report).
    ``lead_days``: how long before its day the invitation goes out. ``due_business_day``: for calendar
    periods, the n-th business day after the period's end (A15). ``cadence_choices``: the other cadences that
    the order may name (A9). ``expenses_paid_by``: for an onsite visit (caret-13). ``debits_hours`` is false:
    a check-up is one meeting of its own that draws on no hours, and its length must be stated (A4).
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
    may_join: tuple[Role, ...] = ()
