"""What happened, line by line, for people: the facts of a run in the customer's time. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.facts import Fact, verify
from domain.happenings import Happening
from domain.saying import say


@dataclass(frozen=True, slots=True)
class Line:
    """One fact: its local time in the customer's zone, a sentence, the clauses that it concerns."""

    at: datetime
    text: str
    clauses: tuple[str, ...]
    fact: Fact

    @property
    def clause(self) -> str:
        """The clauses in short: a signing concerns all of them."""
        return ", ".join(self.clauses) if len(self.clauses) <= SOME else f"all {len(self.clauses)}"


SOME = 3


def story(facts: Iterable[Fact], zone: str) -> tuple[Line, ...]:
    """The facts as lines, in their order; items are called by their titles."""
    told = tuple(facts)
    titles, rules = titles_of(told), ZoneInfo(zone)
    return tuple(
        Line(
            fact.at.astimezone(rules),
            say(fact.kind, fact.data, titles.get(fact.subject, fact.subject), zone),
            fact.clauses,
            fact,
        )
        for fact in told
    )


def titles_of(facts: Iterable[Fact]) -> Mapping[str, str]:
    """The title of each agenda key that the facts name."""
    titles: dict[str, str] = {}
    for fact in facts:
        if fact.kind == Happening.AGENDA_SET:
            items = fact.data.get("items")
            titles |= {str(item["key"]): str(item["title"]) for item in items} if isinstance(items, list) else {}
        elif fact.kind == Happening.MEETING_OPENED:
            titles[fact.subject] = str(fact.data["title"])
    return titles


def digest_line(fact: Fact) -> Mapping[str, object]:
    """A fact as ``facts.jsonl`` holds it: enough to compute its digest again."""
    return {
        "workflow_id": fact.workflow_id,
        "seq": fact.seq,
        "at": fact.at.isoformat(timespec="microseconds"),
        "kind": fact.kind,
        "contract_id": fact.contract_id,
        "subject": fact.subject,
        "clauses": list(fact.clauses),
        "data": fact.data,
        "previous": fact.previous,
        "digest": fact.digest,
    }


def broken_chains(facts: Iterable[Fact]) -> tuple[str, ...]:
    """The workflows whose chain of digests does not hold; empty is as it must be."""
    by_workflow: dict[str, list[Fact]] = {}
    for fact in facts:
        by_workflow.setdefault(fact.workflow_id, []).append(fact)
    return tuple(name for name, chain in by_workflow.items() if verify(chain) is not None)
