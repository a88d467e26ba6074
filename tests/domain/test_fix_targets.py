"""Fix targets that a table brings into a plan whose text does not hold them (A13)."""

import pytest

from domain.fix_targets import FixTarget, FixTargetError, with_fix_targets
from domain.plan import ClockKind, Target
from plans.loader import load_catalogue

INBOUND = load_catalogue().get("essensys/inbound")
ROW = FixTarget("case", 28_800, "8 h", "essensys-12")


def test_an_imported_fix_target_takes_the_place_of_the_measure() -> None:
    plan = with_fix_targets(INBOUND, [ROW])
    (case,) = plan.levels
    assert case.target(ClockKind.RESOLUTION) == Target(ClockKind.RESOLUTION, 28_800, "8 h", "essensys-12")
    assert [measure.clock for measure in case.measured] == [ClockKind.RESPONSE]
    assert (plan.readings.fix_targets_imported, INBOUND.readings.fix_targets_imported) == (True, False)


def test_a_second_table_replaces_the_first() -> None:
    plan = with_fix_targets(with_fix_targets(INBOUND, [ROW]), [FixTarget("case", 3600, "1 h", "essensys-12")])
    assert [target.seconds for target in plan.levels[0].targets] == [3600]


def test_levels_that_the_table_does_not_name_stay_measured() -> None:
    pilot = load_catalogue().get("ombori/pilot")
    plan = with_fix_targets(pilot, [FixTarget("l1", 3600, "1 h", "ombori-10", wall_clock=True)])
    fixes = [level.target(ClockKind.RESOLUTION) for level in plan.levels]
    assert fixes == [Target(ClockKind.RESOLUTION, 3600, "1 h", "ombori-10", True), None, None, None]
    assert plan.levels[1:] == pilot.levels[1:]
    assert [target.clock for target in plan.levels[0].targets] == list(ClockKind)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([FixTarget("p1", 60, "1 min", "essensys-12")], "has no level 'p1'; expected one of case"),
        ([FixTarget("case", 60, "1 min", "essensys-99")], "has no clause 'essensys-99'"),
        ([FixTarget("case", 0, "0 min", "essensys-12")], "is 0 s; expected more than zero"),
        ([ROW, ROW], "'case' stands 2 times"),
    ],
)
def test_a_table_that_does_not_fit_the_plan_is_refused(rows: list[FixTarget], reason: str) -> None:
    with pytest.raises(FixTargetError, match=reason):
        with_fix_targets(INBOUND, rows)
