"""The sections of people, windows, hours, meetings and touchpoints, as `domain.engagement` has them."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt

from domain.engagement import Cadence, Role, TouchpointKind
from plans import fields as f
from plans.schema_base import Count, Day, Section

Roles = tuple[Role, ...]


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
