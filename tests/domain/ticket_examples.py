"""A plan and tickets that several tests use. Opening hours: Stockholm, Monday to Friday 08:00-18:00.

2 March 2026 is a Monday; Stockholm is then an hour ahead of UTC, so the desk is open from 07:00Z to 17:00Z.
"""

from dataclasses import replace
from datetime import datetime

from domain import ticket_acts as acts
from domain.clocks import Clock
from domain.coverage import Coverage
from domain.plan import ClockKind, Closing, CoverageRule, Level, Measure, Plan, Readings, Target, Vendor
from domain.ticket import Ticket, TicketTerms
from domain.ticket_clocks import terms_of
from tests.domain.coverage_examples import HOUR, OFFICE, stockholm_2026, utc

MINUTE = 60
RESPONSE, UPDATE, RESOLUTION = ClockKind


def target(kind: ClockKind, seconds: int, wall_clock: bool = False) -> Target:
    return Target(kind, seconds, "as sold", "x-1", wall_clock)


CRITICAL = Level(
    "l1",
    "Critical",
    "All stands still",
    "x-1",
    "desk",
    (target(RESPONSE, HOUR), target(UPDATE, 2 * HOUR), target(RESOLUTION, 8 * HOUR)),
    major_incident="x-2",
)
MAJOR = Level("l2", "Major", "Much stands still", "x-1", "desk", (target(RESPONSE, 8 * HOUR), target(UPDATE, 8 * HOUR)))
MINOR = Level(
    "l3",
    "Minor",
    "A little",
    "x-1",
    "desk",
    (target(RESPONSE, 20 * HOUR),),
    measured=(Measure(UPDATE, "when done", "x-1"),),
)
EFFORT = replace(CRITICAL, key="l4", name="Effort", best_effort=True, major_incident=None)
PLAN = Plan(
    "x/gold",
    1,
    "Gold",
    "All.",
    Vendor("x", "X", "EUR"),
    (),
    coverage=(CoverageRule("desk", "x-1", OFFICE),),
    levels=(CRITICAL, MAJOR, MINOR, EFFORT),
)
CLOSED_BY_AGREEMENT = replace(PLAN, closing=Closing("x-3", "a representative"))
MAY_PAUSE = replace(PLAN, readings=Readings(clock_may_pause_for_customer=True))

TERMS = terms_of(PLAN)
KEY = "x/gold@1/desk"
DESK: dict[str, Coverage] = {KEY: stockholm_2026(OFFICE)}


def level(key: str) -> Level:
    """A level as the clocks of a ticket see it: its coverage under the ticket's key."""
    return TERMS.level(key)


def ticket(at: str, level_key: str = "l1", terms: TicketTerms = TERMS, coverages: dict[str, Coverage] = DESK) -> Ticket:
    return acts.register("acme-2026/1", "acme-2026", terms, level_key, utc(at), coverages)


def clock(of: Ticket, key: str) -> Clock:
    found = of.clock(key)
    assert found is not None, f"{key} is not among {[each.key for each in of.clocks]}"
    return found


def due(of: Ticket, key: str) -> str:
    """The due instant in UTC, as day and time of day; ``never`` without one."""
    return when(clock(of, key).due)


def when(instant: datetime | None) -> str:
    return "never" if instant is None else f"{instant:%d %H:%M}"
