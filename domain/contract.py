"""A contract: a customer, a plan pinned when it was signed, a start date, a term, a zone, people on both sides."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.coverage import WeeklyHours
from domain.plan import Cadence, Plan, Role


class Side(StrEnum):
    VENDOR = "vendor"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is written to. ``zone`` decides how times are written to them; empty: the contract's zone."""

    name: str
    email: str
    phone: str = ""
    zone: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """A person on the customer's side. Exactly one is ``primary``: the reciprocal contact (oura-17)."""

    person: Person
    primary: bool = False
    representative_of: tuple[str, ...] = ()  # premises, essensys-6


@dataclass(frozen=True, slots=True)
class Assignment:
    """A staff member who fills a role."""

    role: Role
    staff_id: str
    person: Person


@dataclass(frozen=True, slots=True)
class Counts:
    """What the customer uses: the latest recorded numbers."""

    users: int = 0
    devices: int = 0


@dataclass(frozen=True, slots=True)
class Prices:
    """What the order states, in minor units of ``currency``; None where the plan needs none.

    ``user_tier_base``: the monthly base of caret-17. ``custom_monthly``: entered by hand from 100 users on (A10).
    ``extra_device``: per device and month (ombori-9, -19, -26).
    """

    currency: str
    user_tier_base: int | None = None
    custom_monthly: int | None = None
    extra_device: int | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """What was signed. Nothing in it changes but by a recorded message to its workflow.

    ``id`` is short and readable (``acme-2026``: lower-case letters, digits, dashes). ``starts_on`` is day 1, in
    ``zone``; the term ends at 24:00 of its last day there. ``country`` (ISO 3166, with ``subdivision``) chooses the
    holidays. ``cadences``: what the order says where a plan leaves a choice (A9), as (touchpoint key, cadence).
    """

    id: str
    customer_id: str
    customer_name: str
    plan: Plan
    starts_on: date
    term_months: int
    zone: str
    country: str
    business_hours: WeeklyHours
    contacts: tuple[Contact, ...]
    prices: Prices
    subdivision: str | None = None
    region: str | None = None
    language: str = "en"
    address: str = ""
    premises: tuple[str, ...] = ()
    counts: Counts = Counts()
    cadences: tuple[tuple[str, Cadence], ...] = ()

    @property
    def primary_contact(self) -> Contact:
        """The customer's reciprocal point of contact (oura-17)."""
        return next((c for c in self.contacts if c.primary), self.contacts[0])


class ContractStage(StrEnum):
    """Where a contract is in its life."""

    SIGNED = "signed"  # the start lies ahead
    ONBOARDING = "onboarding"  # until each onboarding meeting was held or its window closed
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"
    TERMINATED = "terminated"

    @property
    def over(self) -> bool:
        """No promise is open any more."""
        return self in (ContractStage.ENDED, ContractStage.TERMINATED)
