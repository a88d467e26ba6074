"""The ladder and major incidents in a vendor's file."""

from pathlib import Path

import pytest

from domain.plan import ClockKind, LadderStep, Way, Who, WhoKind
from domain.support import DEFAULT_LADDER
from plans.loader import load_catalogue, plan_from_json, plan_to_json, read_file
from tests.plans.acme import broken, problems_of, write

LADDER = """\
    channels:
      - name: chat
        clause: acme-5
"""
WITH_LADDER = f"""\
    ladder:
      - percent: 50
        tell: {{on_call: first-line}}
        clocks: [response]
        levels: [high]
      - percent: 100
        tell: {{role: csm}}
      - overrun: 1h 30m
        tell: {{person: boss@acme.example}}
        by: mail
      - percent: 0
        tell: {{owner: true}}
{LADDER}"""


def with_step(*lines: str) -> str:
    step = "\n        ".join(lines)
    return broken(LADDER, f"    ladder:\n      - {step}\n{LADDER}")


def test_a_ladder_is_read_step_by_step_and_pinned_whole(tmp_path: Path) -> None:
    catalogue, problems = read_file(write(tmp_path, broken(LADDER, WITH_LADDER)))
    assert problems == []
    assert catalogue is not None
    plan = catalogue.get("acme/gold")
    assert plan.ladder == (
        LadderStep(Who(WhoKind.ON_CALL, "first-line"), 50, clocks=(ClockKind.RESPONSE,), levels=("high",)),
        LadderStep(Who(WhoKind.ROLE, "csm"), 100),
        LadderStep(Who(WhoKind.PERSON, "boss@acme.example"), None, 5400, Way.MAIL),
        LadderStep(Who(WhoKind.OWNER), 0),
    )
    assert plan_from_json(plan_to_json(plan)) == plan


def test_a_plan_without_a_ladder_warns_the_owner_at_three_quarters_and_at_the_due_instant() -> None:
    assert {plan.ladder for plan in load_catalogue().plans.values()} == {DEFAULT_LADDER}
    assert [(step.percent, step.who.kind) for step in DEFAULT_LADDER] == [(75, "owner"), (100, "owner")]


def test_a_contract_that_was_pinned_before_there_were_ladders_has_the_usual_one() -> None:
    text = plan_to_json(load_catalogue().get("caret/tam"))
    older = text.replace(text[text.index('"ladder":') : text.index('"channels":')], "")
    assert '"ladder"' not in older
    assert plan_from_json(older).ladder == DEFAULT_LADDER


def test_critical_tickets_of_the_larger_ombori_plans_are_major_incidents_and_no_others() -> None:
    told = {
        (plan.id, level.key): level.major_incident
        for plan in load_catalogue().plans.values()
        for level in plan.levels
        if level.major_incident
    }
    assert told == {("ombori/production", "l1"): "ombori-17", ("ombori/enterprise", "l1"): "ombori-17"}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            ("percent: 50", "overrun: 1h", "tell: {owner: true}"),
            "expected either percent, such as 75, or overrun, such as 30m",
        ),
        (("tell: {owner: true}",), "expected either percent, such as 75, or overrun, such as 30m"),
        (("percent: 101", "tell: {owner: true}"), "expected a number of at most 100, got 101"),
        (
            ("percent: 75", "tell: {role: csm, on_call: first-line}"),
            "expected one of owner: true, role, person or on_call",
        ),
        (("percent: 75", "tell: {role: tam}"), "expected a role of this package (csm), got 'tam'"),
        (("percent: 75", "tell: {person: the boss}"), "expected an e-mail address, got 'the boss'"),
        (
            ("percent: 75", "tell: {owner: true}", "levels: [low]"),
            "expected a level of this package (high), got 'low'",
        ),
    ],
)
def test_a_mistake_in_a_ladder_is_told_with_its_place(tmp_path: Path, lines: tuple[str, ...], expected: str) -> None:
    problems = problems_of(tmp_path, with_step(*lines))
    assert any(expected in problem and "shared.basics.ladder[0]" in problem for problem in problems), problems


def test_a_major_incident_names_a_clause_of_the_package(tmp_path: Path) -> None:
    text = broken("        response: 4h\n", "        response: 4h\n        major_incident: acme-9\n")
    assert any("unknown clause 'acme-9'" in problem for problem in problems_of(tmp_path, text))
