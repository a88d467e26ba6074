"""How the tests read a record."""

from __future__ import annotations

from typing import Any

import icalendar

from domain.facts import Fact
from domain.happenings import Happening
from simulation.run import Record
from simulation.world import Caught


def of_kind(record: Record, kind: Happening, subject: str | None = None) -> list[Fact]:
    """The facts of a kind, about one subject where one is named, in their order."""
    return [f for f in record.facts if f.kind == kind and (subject is None or f.subject == subject)]


def times(record: Record, kind: Happening, subject: str | None = None) -> list[str]:
    """When those facts happened, in UTC to the minute: ``2026-02-02T14:00``."""
    return [f"{fact.at:%Y-%m-%dT%H:%M}" for fact in of_kind(record, kind, subject)]


def slots(record: Record, subject: str) -> list[str]:
    """The starts that a meeting has had, in UTC to the minute."""
    booked = (Happening.MEETING_BOOKED, Happening.MEETING_MOVED)
    return [str(f.data["start"])[:16] for f in record.facts if f.kind in booked and f.subject == subject]


def data(record: Record, kind: Happening, name: str) -> list[Any]:
    """One datum of each fact of a kind."""
    return [fact.data[name] for fact in of_kind(record, kind)]


def mails(record: Record, kind: str, key: str | None = None, to: str | None = None) -> list[Caught]:
    """The messages of a kind, as they came over the wire."""
    return [
        message
        for message in record.messages
        if message.kind == kind and (key is None or message.key == key) and (to is None or message.recipient == to)
    ]


def event(message: Caught) -> Any:
    """The VEVENT of an invitation, as another program reads it."""
    assert message.invite is not None
    return icalendar.Calendar.from_ical(message.invite).walk("VEVENT")[0]
