"""Coverage beside workclock, businesstimedelta and pandas: ``python -m bench.coverage``.

Five years of Monday to Friday 08:00-18:00 in Europe/Stockholm with eight holidays a year. The libraries take turns in
every round, and a cell is the median of the rounds, since machines are noisy. A second table says how often a library
gives another answer than ours, which the tests hold against a count of every minute.
"""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median
from time import perf_counter

from rich.console import Console
from rich.table import Table

from bench.peers import Hours, Peer, other_peers, ours
from domain.coverage import parse_span

ROUNDS = 9
HOUR = 3600
NAMES = ("ours", "workclock", "businesstimedelta", "pandas")
# Calls in one round: enough to measure, few enough to wait for.
CALLS = {"ours": 2000, "workclock": 1000, "businesstimedelta": 8, "pandas": 8}
LIMIT_US = 3.0

WORKING_DAYS, ALL_DAYS = (0, 1, 2, 3, 4), (0, 1, 2, 3, 4, 5, 6)
HOLIDAYS = tuple(
    date(year, month, day)
    for year in range(2026, 2032)
    for month, day in ((1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31))
)
OFFICE = Hours("Mon-Fri 08:00-18:00", parse_span("08:00-18:00"), WORKING_DAYS, HOLIDAYS)
NIGHTS = Hours("Mon-Fri 22:00-06:00", parse_span("22:00-06:00"), WORKING_DAYS, ())
EARLY = Hours("daily 00:00-08:00, clocks change", parse_span("00:00-08:00"), ALL_DAYS, ())
LATE = Hours("daily 08:00-24:00", parse_span("08:00-24:00"), ALL_DAYS, ())

Times = dict[tuple[str, str], float]


@dataclass(frozen=True, slots=True)
class Question:
    """One row: a method of a peer and the arguments of its calls, of which one in ``share`` is made."""

    name: str
    method: str
    arguments: Sequence[tuple[datetime, datetime | int]]
    share: int = 1


def instants(count: int, random_numbers: random.Random) -> list[datetime]:
    """Whole minutes spread over the first three and a half of the five years."""
    begin = datetime(2026, 1, 8, tzinfo=UTC)
    return [begin + timedelta(minutes=random_numbers.randrange(60 * 24 * 1280)) for _ in range(count)]


def questions() -> list[Question]:
    """The same random questions for every library."""
    numbers = random.Random(2026)  # noqa: S311 - a sample, not a secret
    starts = instants(200, numbers)
    fortnight = [start + timedelta(minutes=numbers.randrange(60 * 24 * 14)) for start in starts]
    year = [start + timedelta(days=365) for start in starts]
    return [
        Question("add 4 h", "add", [(start, 4 * HOUR) for start in starts]),
        Question("add 48 h", "add", [(start, 48 * HOUR) for start in starts]),
        Question("between, two weeks", "between", list(zip(starts, fortnight, strict=True))),
        Question("between, a year", "between", list(zip(starts, year, strict=True)), share=4),
    ]


def microseconds(peer: Peer, question: Question) -> float:
    count = max(2, CALLS[peer.name] // question.share)
    arguments = [question.arguments[index % len(question.arguments)] for index in range(count)]
    ask: Callable[..., object] = getattr(peer, question.method)
    begin = perf_counter()
    for one, other in arguments:
        ask(one, other)
    return (perf_counter() - begin) / count * 1e6


def measured(peers: list[Peer], asked: list[Question]) -> Times:
    """Median microseconds per call for each question and library."""
    samples: dict[tuple[str, str], list[float]] = {}
    for turn in range(ROUNDS):
        for question in asked:
            for peer in peers[turn % len(peers) :] + peers[: turn % len(peers)]:
                samples.setdefault((question.name, peer.name), []).append(microseconds(peer, question))
    return {key: median(values) for key, values in samples.items()}


def speed_table(times: Times, asked: list[Question]) -> Table:
    table = Table(title=f"Coverage of five years: microseconds per call (median of {ROUNDS} rounds) and ratio to ours")
    table.add_column("question")
    for name in NAMES:
        table.add_column(name, justify="right")
    for row in (question.name for question in asked):
        own = times[row, "ours"]
        others = [f"{times[row, name]:,.1f}  {times[row, name] / own:,.1f}x" for name in NAMES[1:]]
        table.add_row(row, f"{own:.2f}", *others)
    return table


def moments(hours: Hours) -> list[datetime]:
    """Where to compare answers: anywhere, or in the two days around each change of the clocks."""
    if hours is not EARLY:
        return instants(100, random.Random(7))  # noqa: S311 - a sample, not a secret
    changes = [date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31), date(2028, 3, 26)]
    evenings = [datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=5) for day in changes]
    return [evening + timedelta(hours=step) for evening in evenings for step in range(20)]


def differences(hours: Hours) -> list[str]:
    """For each library but ours, how many of its answers are others than ours."""
    own, others = ours(hours), other_peers(hours)
    return [differing(own, other, moments(hours)) if other else "cannot say these" for other in others]


def differing(own: Peer, other: Peer, starts: list[datetime]) -> str:
    # pandas counts whole hours, so less than one hour is no difference for it.
    tolerance = HOUR if other.name == "pandas" else 1
    counts = Counter[str]()
    for start in starts:
        end = start + timedelta(days=7)
        counts["add"] += own.add(start, 4 * HOUR) != other.add(start, 4 * HOUR)
        try:
            counts["between"] += abs(own.between(start, end) - other.between(start, end)) >= tolerance
        except ValueError:  # pandas on a local time that a change of the clocks leaves out
            counts["error"] += 1
    return ", ".join(f"{name} {count}" for name, count in counts.items() if count) or "none"


def difference_table() -> Table:
    table = Table(title="Other answers than ours, of 100 questions each (4 h added, a week measured)")
    table.add_column("hours")
    for name in NAMES[1:]:
        table.add_column(name, justify="right")
    for hours in (OFFICE, NIGHTS, EARLY, LATE):
        table.add_row(hours.name, *differences(hours))
    return table


def main() -> int:
    console = Console(width=118)
    asked = questions()
    times = measured([ours(OFFICE), *(peer for peer in other_peers(OFFICE) if peer)], asked)
    console.print(speed_table(times, asked))
    console.print(difference_table())
    slowest = max(times[question.name, "ours"] for question in asked)
    console.print(f"Our slowest row takes {slowest:.2f} microseconds; the limit is {LIMIT_US:.0f}.")
    return 0 if slowest <= LIMIT_US else 1


if __name__ == "__main__":
    raise SystemExit(main())
