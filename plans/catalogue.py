"""The catalogue: every plan of every vendor, with the vendors' rate cards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches

from domain.plan import Plan, Vendor


@dataclass(frozen=True, slots=True)
class Rate:
    """The price of an hour from a day on, in minor units of ``currency`` (A5)."""

    since: date
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class Edition:
    """A name under which the plan ``holds`` is sold; it grants nothing of its own, and goes without
    ``without``.
    """

    id: str
    name: str
    holds: str
    without: tuple[str, ...]
    summary: str


@dataclass(frozen=True, slots=True)
class Carried:
    """One cell of the coverage table: what of a package carries a clause, such as ``levels: Critical``."""

    clause: str
    package: str
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Checked as a whole: what is in it is complete. ``plans`` by id (``oura/premium``), ``vendors`` by
    theirs.
    """

    plans: Mapping[str, Plan]
    vendors: Mapping[str, Vendor]
    rate_cards: Mapping[str, tuple[Rate, ...]]
    editions: Mapping[str, Edition] = field(default_factory=dict)
    carried: Mapping[str, tuple[Carried, ...]] = field(default_factory=dict)
    """By vendor: what carries which clause, in the order of the clauses."""

    def get(self, plan_id: str) -> Plan:
        """The plan of that id. KeyError with a text that names the nearest ones, or what an edition holds."""
        if plan_id in self.plans:
            return self.plans[plan_id]
        if plan_id in self.editions:
            edition = self.editions[plan_id]
            raise KeyError(
                f"{plan_id} is an edition that grants nothing of its own; use {edition.holds}, which it holds"
            )
        near = get_close_matches(plan_id, self.plans, 3, 0.5) or sorted(self.plans)
        raise KeyError(f"there is no plan {plan_id!r}; did you mean {', '.join(near)}?")

    def rate_card(self, vendor_id: str) -> tuple[Rate, ...]:
        """The vendor's hourly rates, the earliest first; empty where it has none on file. KeyError for no
        vendor.
        """
        if vendor_id not in self.vendors:
            raise KeyError(f"there is no vendor {vendor_id!r}; there are {', '.join(sorted(self.vendors))}")
        return self.rate_cards.get(vendor_id, ())

    def hourly_rate(self, vendor_id: str, day: date) -> Rate | None:
        """The rate in force on the day of delivery (A5); None where the card has none for it."""
        in_force = [rate for rate in self.rate_card(vendor_id) if rate.since <= day]
        return in_force[-1] if in_force else None
