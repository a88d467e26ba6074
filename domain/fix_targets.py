"""A table of fix targets, imported into a plan whose text does not hold them (essensys' Schedule 2, A13)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from domain.plan import Plan
from domain.support import ClockKind, Target


class FixTargetError(ValueError):
    """A table that does not fit the plan; the text names the row."""


@dataclass(frozen=True, slots=True)
class FixTarget:
    """A row: tickets of that level are to be solved within so many seconds of open time, ``text`` as agreed."""

    level: str
    seconds: int
    text: str
    clause: str
    wall_clock: bool = False


def with_fix_targets(plan: Plan, table: Iterable[FixTarget]) -> Plan:
    """The plan with a resolution target for each level of the table; the others stay measured.

    Raises FixTargetError for a level that the plan does not have or that stands twice, a clause that it does not
    carry, or a length that is not above zero.
    """
    rows = tuple(table)
    _check(plan, rows)
    targets = {row.level: _target(row) for row in rows}
    levels = tuple(
        replace(
            level,
            targets=(*(t for t in level.targets if t.clock is not ClockKind.RESOLUTION), targets[level.key]),
            measured=tuple(m for m in level.measured if m.clock is not ClockKind.RESOLUTION),
        )
        if level.key in targets
        else level
        for level in plan.levels
    )
    return replace(plan, levels=levels, readings=replace(plan.readings, fix_targets_imported=True))


def _target(row: FixTarget) -> Target:
    return Target(ClockKind.RESOLUTION, row.seconds, row.text, row.clause, row.wall_clock)


def _check(plan: Plan, rows: tuple[FixTarget, ...]) -> None:
    keys = [level.key for level in plan.levels]
    clauses = [clause.id for clause in plan.clauses]
    for row in rows:
        if row.level not in keys:
            raise FixTargetError(f"{plan.id} has no level {row.level!r}; expected one of {', '.join(keys)}")
        if row.clause not in clauses:
            raise FixTargetError(f"{plan.id} has no clause {row.clause!r} for the fix target of {row.level}")
        if row.seconds <= 0:
            raise FixTargetError(f"the fix target of {row.level} is {row.seconds} s; expected more than zero")
    for level, times in Counter(row.level for row in rows).items():
        if times > 1:
            raise FixTargetError(f"the level {level!r} stands {times} times in the table; expected it once")
