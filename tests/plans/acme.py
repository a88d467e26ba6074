"""A small sound vendor's file, and ways to break it. Its lines are numbered in the tests, so keep them."""

from dataclasses import dataclass
from pathlib import Path

from plans.loader import read_file

ACME = """\
vendor:
  id: acme
  name: Acme
  currency: EUR
rates:
  - from: 2026-01-01
    per_hour: 100.00
clauses:
  acme-1:
    in: all
    text: A manager for the first weeks.
  acme-2:
    in: [gold]
    text: Two hours.
  acme-3:
    in: all
    text: A beginning.
  acme-4:
    in: [gold]
    text: A look each month.
  acme-5:
    in: all
    reads: [A17]
    text: Answers in time.
  acme-6:
    in: all
    text: You answer.
shared:
  basics:
    roles:
      - role: csm
        clause: acme-1
        window: first-weeks
    windows:
      - key: first-weeks
        title: The first weeks
        last_day: 28
        warning_days: [14]
    meetings:
      - key: kickoff
        title: Kick-off
        clause: acme-3
        length: 60m
        purpose: Begin.
        within_days: 14
    coverage:
      - key: office
        clause: acme-5
        hours: {mon-fri: 09:00-17:00}
        zone: Europe/Stockholm
    levels:
      - key: high
        name: High
        means: It matters
        clause: acme-5
        coverage: office
        response: 4h
    channels:
      - name: chat
        clause: acme-5
      - name: phone
        clause: acme-5
        only_if_down: chat
    duties: [acme-6]
packages:
  basic:
    version: 1
    name: Basic
    summary: To begin.
    with: [basics]
  gold:
    version: 3
    name: Gold
    summary: To go on.
    with: [basics]
    hours:
      amount: 2h
      clause: acme-2
    touchpoints:
      - key: look
        kind: health-check
        title: Look
        clause: acme-4
        cadence: monthly
        count: 12
        length: 45m
        purpose: Look.
"""


def write(folder: Path, text: str, name: str = "acme.yaml") -> Path:
    """The file in that folder."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def broken(old: str, new: str) -> str:
    """The sound file with one change. ``old`` must stand in it exactly once."""
    assert ACME.count(old) == 1, f"{old!r} stands {ACME.count(old)} times in the sample"
    return ACME.replace(old, new)


def problems_of(folder: Path, text: str) -> list[str]:
    """Every problem of a file with that text, as it is printed."""
    _, problems = read_file(write(folder, text))
    return [str(problem) for problem in sorted(problems)]


@dataclass(frozen=True)
class Refusal:
    """A block of refusals.txt."""

    name: str
    old: str
    new: str
    expected: list[str]


def refusals() -> list[Refusal]:
    """Every block of refusals.txt."""
    text = (Path(__file__).parent / "refusals.txt").read_text(encoding="utf-8")
    found = []
    for block in text.split("\n== ")[1:]:
        name, *lines = block.splitlines()
        old, new = ("".join(f"{line[1:]}\n" for line in lines if line[:1] == sign) for sign in "-+")
        found.append(Refusal(name, old, new, [line[2:] for line in lines if line.startswith("> ")]))
    return found
