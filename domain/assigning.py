"""Who fills a role: somebody qualified who works when the customer does, and of those the one with the least to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from domain.coverage import CoverageError, CoverageSpec, WeeklyHours, ZoneRules, build, intersect
from domain.plan import Role

ENOUGH_MINUTES = 5 * 60
"""So much shared working time a week leaves room for every meeting of a plan; more is no better."""

_WEEKS = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """A staff member who could be assigned. ``load``: contracts or meetings that are open, counted alike for
    all.

    ``vendor_id`` empty: works for every vendor. ``shared_minutes``: working time shared with the customer in a week;
    it is taken for enough where the customer's hours are not known.
    """

    staff_id: str
    roles: tuple[Role, ...]
    load: int
    vendor_id: str = ""
    shared_minutes: int = ENOUGH_MINUTES


def choose(role: Role, candidates: Iterable[Candidate], vendor_id: str = "") -> Candidate | None:
    """The least-loaded qualified candidate of those who share enough working time with the customer.

    Where nobody does, the one who shares most of it. The first staff id among equals; None where nobody is qualified.
    With ``vendor_id`` only those who work for that vendor, or for every one.
    """
    qualified = (c for c in candidates if role in c.roles and (not vendor_id or c.vendor_id in ("", vendor_id)))
    return min(qualified, key=lambda c: (-min(c.shared_minutes, ENOUGH_MINUTES), c.load, c.staff_id), default=None)


def shared_minutes_a_week(
    one: WeeklyHours, one_zone: str, other: WeeklyHours, other_zone: str, starts_on: date, zone_rules: ZoneRules
) -> int:
    """How many minutes of an ordinary week both are at work, from the two weeks after ``starts_on``.

    Holidays are left out: they would make a candidate look worse for the rest of a year. Zero where one of them never
    works, or has a zone that is none. Call it outside of workflows only, as `domain.coverage.build`.
    """
    first, last = starts_on + timedelta(days=1), starts_on + timedelta(days=7 * _WEEKS)
    try:
        shared = intersect(
            build(CoverageSpec(one_zone, one), first - timedelta(days=1), last + timedelta(days=1), zone_rules),
            build(CoverageSpec(other_zone, other), first, last, zone_rules),
        )
    except CoverageError:
        return 0
    return sum(end - start for start, end in zip(shared.starts, shared.ends, strict=True)) // 60 // _WEEKS
