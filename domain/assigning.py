"""Who fills a role: the qualified person with the least to do."""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.plan import Role


@dataclass(frozen=True, slots=True)
class Candidate:
    """A staff member who could be assigned. ``load``: contracts or meetings that are open, counted alike for
    all.

    ``vendor_id`` empty: works for every vendor.
    """

    staff_id: str
    roles: tuple[Role, ...]
    load: int
    vendor_id: str = ""


def choose(role: Role, candidates: Iterable[Candidate], vendor_id: str = "") -> Candidate | None:
    """The least-loaded candidate qualified for the role, the first staff id among equals; None where nobody
    is.

    With ``vendor_id`` only those who work for that vendor, or for every one.
    """
    qualified = (c for c in candidates if role in c.roles and (not vendor_id or c.vendor_id in ("", vendor_id)))
    return min(qualified, key=lambda c: (c.load, c.staff_id), default=None)
