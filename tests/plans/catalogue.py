"""Short ways to read the shipped catalogue in a test."""

from domain.plan import ClockKind, Level, Plan
from plans.loader import load_catalogue

MINUTE, HOUR = 60, 3600


def plan(plan_id: str) -> Plan:
    return load_catalogue().get(plan_id)


def seconds(level: Level) -> tuple[int | None, int | None, int | None]:
    """The targets of a level: response, update, resolution."""
    response, update, resolution = (level.target(kind) for kind in ClockKind)
    return (
        response.seconds if response else None,
        update.seconds if update else None,
        resolution.seconds if resolution else None,
    )


def levels(plan_id: str) -> dict[str, tuple[str, tuple[int | None, int | None, int | None], str]]:
    return {level.key: (level.name, seconds(level), level.clause) for level in plan(plan_id).levels}


def week(plan_id: str, key: str, region: str | None = None) -> list[str]:
    """The opening hours of a coverage, Monday first."""
    rule = next(r for r in plan(plan_id).coverage if (r.key, r.region) == (key, region))
    assert rule.hours is not None
    return [" ".join(str(span) for span in day) for day in rule.hours.days]
