"""A broken file is refused with file, line, field and what was expected: every mistake of it at once."""

from pathlib import Path

import pytest

from plans.loader import read_files
from tests.plans.acme import ACME, Refusal, broken, problems_of, refusals, write

EXPECTED_MINUTES = "expected a length of time such as 30m, 4h or 1h 30m"


def test_the_sample_that_these_tests_break_is_sound(tmp_path: Path) -> None:
    assert problems_of(tmp_path, ACME) == []


@pytest.mark.parametrize("case", refusals(), ids=lambda case: case.name)
def test_a_broken_file_names_line_field_and_what_was_expected(tmp_path: Path, case: Refusal) -> None:
    assert problems_of(tmp_path, broken(case.old, case.new)) == case.expected


def test_all_mistakes_of_a_file_are_told_at_once_and_none_that_only_follows_from_another(tmp_path: Path) -> None:
    text = broken("zone: Europe/Stockholm", "zone: Mars").replace("amount: 2h", "amount: 2d")
    text = text.replace("window: first-weeks", "window: later").replace("title: Look", "title: 7")
    assert problems_of(tmp_path, text) == [
        "acme.yaml:33: shared.basics.roles[0].window: expected a window of this package (first-weeks), got 'later'",
        "acme.yaml:50: shared.basics.coverage[0].zone: expected an IANA time zone such as Europe/Stockholm, got 'Mars'",
        f"acme.yaml:77: packages.gold.hours.amount: {EXPECTED_MINUTES}, got '2d'",
        "acme.yaml:82: packages.gold.touchpoints[0].title: expected text, got 7",
    ]


def test_where_every_clause_is_another_vendors_the_beginning_of_an_id_is_told(tmp_path: Path) -> None:
    told = problems_of(tmp_path, ACME.replace("\n  acme-", "\n  north-"))
    assert "acme.yaml:9: clauses.north-1: unknown clause 'north-1'; expected an id that begins with acme-" in told


def test_service_days_need_days_of_one_length(tmp_path: Path) -> None:
    no_one_length = "expected hours, such as 48h: the days of coverage 'office' have no one known length (A17)"
    days = broken("response: 4h", "response: 2 service days")
    assert problems_of(tmp_path, days) == []
    uneven = days.replace("{mon-fri: 09:00-17:00}", "{mon-thu: 09:00-17:00, fri: 09:00-12:00}")
    assert problems_of(tmp_path, uneven) == [f"acme.yaml:57: shared.basics.levels[0].response: {no_one_length}"]
    customers = days.replace("{mon-fri: 09:00-17:00}", "customer")
    assert problems_of(tmp_path, customers) == [f"acme.yaml:57: shared.basics.levels[0].response: {no_one_length}"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "acme.yaml:1: expected a mapping with the keys vendor, clauses and packages"),
        ("- a\n", "acme.yaml:1: expected a mapping with the keys vendor, clauses and packages"),
        ("just words\n", "acme.yaml:1: expected a mapping with the keys vendor, clauses and packages"),
        ("vendor:\n  id: a\n   name: b\n", "acme.yaml:3: expected valid YAML: mapping values are not allowed here"),
        ("vendor: [a\nclauses: b", "acme.yaml:2: expected valid YAML: expected ',' or ']', but got ':'"),
        ("vendor: *missing\n", "acme.yaml:1: expected valid YAML: found undefined alias 'missing'"),
    ],
)
def test_a_file_that_is_no_mapping_or_no_yaml_is_refused_with_its_line(
    tmp_path: Path, text: str, expected: str
) -> None:
    assert problems_of(tmp_path, text) == [expected]


def test_a_file_that_is_not_utf_8_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "acme.yaml"
    path.write_bytes(b"vendor:\n  id: acme\n  name: \xff\n")
    assert [str(problem) for problem in read_files([path])[1]] == ["acme.yaml:3: expected UTF-8 text"]


def test_a_yaml_tag_makes_no_object(tmp_path: Path) -> None:
    text = broken("name: Basic", "name: !!python/object/apply:os.getcwd []")
    assert problems_of(tmp_path, text)[0] == "acme.yaml:68: packages.basic.name: expected text, got an empty list"


def test_aliases_that_grow_without_end_are_refused_quickly(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    problems = problems_of(tmp_path, "\n".join(lines))
    assert any("expected a plan, not data nested this deep or this large" in problem for problem in problems)


def test_a_vendor_in_two_files_is_refused(tmp_path: Path) -> None:
    _, problems = read_files([write(tmp_path, ACME), write(tmp_path, ACME, "copy.yaml")])
    assert [str(problem) for problem in problems] == [
        "copy.yaml:1: vendor.id: the vendor 'acme' stands twice; expected it once, and acme.yaml has it"
    ]


def test_a_promise_that_is_left_out_of_a_shipped_file_is_missed(tmp_path: Path) -> None:
    text = ACME.replace("acme", "caret")
    assert problems_of(tmp_path, text)[0] == "acme.yaml:8: clauses: expected the clause caret-10, and it is missing"
    assert len(problems_of(tmp_path, text)) == 17 - 6


def test_listed_meetings_beyond_the_hours_are_no_error(tmp_path: Path) -> None:
    catalogue, problems = read_files([write(tmp_path, broken("amount: 2h", "amount: 30m"))])
    assert problems == []
    assert catalogue.get("acme/gold").hours is not None
