"""How a ticket's values are written into facts: plain JSON, instants as ISO text in UTC. Pure."""

from collections.abc import Iterable
from datetime import datetime

from domain.clocks import Clock
from domain.contract import Person
from domain.ticket_coverage import KeyedCoverage
from workflows.ticket_messages import Attachment, TicketOrder


def registered(order: TicketOrder) -> dict[str, object]:
    """The whole report, and what the plan said to it. The customer's token is a secret, and stays in the registry."""
    decision, report = order.decision, order.decision.report
    level = next((level for level in order.terms.levels if level.key == decision.level), None)
    return {
        "number": order.number,
        "subject": report.subject,
        "description": report.description,
        "door": report.door.value,
        "channel": report.channel,
        "by": report.by,
        "reporter": {"name": report.reporter.name, "email": report.reporter.email, "phone": report.reporter.phone},
        "premises": report.premises,
        "device": report.device,
        "login": report.login,
        "kind": report.kind.value,
        "level": decision.level,
        "level_name": level.name if level else decision.level,
        "queue": decision.queue.value,
        "owed": decision.owed,
        "reasons": [{"code": r.code.value, "clause": r.clause, "text": r.text} for r in decision.reasons],
        "attachments": attachments(order.attachments),
        "left_out": list(order.left_out),
        "registered": order.registered_at.isoformat(),
        "plan": order.terms.plan_id,
        "plan_version": order.terms.plan_version,
        "alert": order.alert,
        "outage": order.outage,
        "agree": people(order.parties.agree),
    }


def coverage_facts(coverages: Iterable[KeyedCoverage], by: str, reason: str) -> dict[str, object]:
    """Opening hours as they were expanded: the evidence of every due instant."""
    listed = list(coverages)
    return {
        "version": max((each.coverage.version for each in listed), default=0),
        "by": by,
        "reason": reason,
        "coverages": [
            {
                "key": each.key,
                "zone": each.zone,
                "since": each.coverage.since,
                "until": each.coverage.until,
                "starts": list(each.coverage.starts),
                "ends": list(each.coverage.ends),
            }
            for each in listed
        ],
    }


def clock_set(clock: Clock, level: str) -> dict[str, object]:
    """A clock that runs: when it is due, by which target, and when it does not count."""
    bound = clock.bounds[0] if clock.bounds else None
    return {
        "clock": clock.key,
        "kind": clock.kind.value,
        "ordinal": clock.number,
        "level": level,
        "started": clock.started_at.isoformat(),
        "due": _text(clock.due),
        "anchor": _text(bound.anchor if bound else None),
        "seconds": bound.seconds if bound else None,
        "text": bound.text if bound else "",
        "coverage": bound.coverage if bound else clock.coverage,
        "wall_clock": bound.wall_clock if bound else False,
        "best_effort": bound.best_effort if bound else False,
        "verdict": clock.verdict.value if clock.verdict else None,
        "pauses": [[p.begin.isoformat(), _text(p.end), p.cause.value] for p in clock.pauses],
    }


def clock_verdict(clock: Clock) -> dict[str, object]:
    """What became of a clock; ``stopped`` null: what was promised is still not done."""
    assert clock.verdict is not None, "only a clock with a verdict is told so"
    return {
        "clock": clock.key,
        "kind": clock.kind.value,
        "verdict": clock.verdict.value,
        "due": _text(clock.due),
        "stopped": _text(clock.stopped_at),
        "took_seconds": clock.took_seconds,
        "overrun_seconds": clock.overrun_seconds,
    }


def attachments(files: Iterable[Attachment]) -> list[dict[str, object]]:
    """Files by their id; the bytes are in the database."""
    return [{"id": f.id, "name": f.name, "media_type": f.media_type, "size": f.size} for f in files]


def people(persons: Iterable[Person]) -> list[dict[str, object]]:
    """Names and addresses."""
    return [{"name": person.name, "email": person.email} for person in persons]


def _text(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
