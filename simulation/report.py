"""``report.html``: one page without any other file but the messages that it links to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from domain.agenda import ItemKind
from domain.meeting import MeetingStatus
from domain.money import amount_text
from domain.picture import Band, Drawing, Mark, draw
from domain.wording import minutes_text
from simulation.run import Record
from simulation.story import broken_chains, story
from storage.queries.contract import AgendaEntry
from storage.queries.meetings import Meeting

if TYPE_CHECKING:
    from simulation.output import Filed

TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "simulation"
LANES = ("Onboarding", "Meetings", "Reports", "Notices", "Charges")
_LANE_OF = {
    ItemKind.ONBOARDING: "Onboarding",
    ItemKind.TOUCHPOINT: "Meetings",
    ItemKind.REQUESTED: "Meetings",
    ItemKind.REPORT: "Reports",
    ItemKind.CHARGES: "Charges",
}
_SHAPE_OF = {"Onboarding": "circle", "Meetings": "circle", "Reports": "square", "Notices": "diamond", "Charges": "drop"}
_LOOKS = {"done": "done", "no-show": "off", "cancelled": "off", "lapsed": "off", "dropped": "off"}
LEGEND = (("done", "kept"), ("late", "late"), ("off", "did not happen"), ("open", "left open"))


@dataclass(frozen=True, slots=True)
class Tile:
    """One number of the header. ``tone``: good, bad or empty."""

    value: str
    label: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class HoursPart:
    """A piece of the hours bar, in hundredths of its width."""

    kind: str
    minutes: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting as it ended, with the messages about it."""

    meeting: Meeting
    answer: str
    files: tuple[Filed, ...]


def rendered(record: Record, filed: Sequence[Filed]) -> str:
    """The page."""
    page, plan = record.page, record.contract.plan
    lines = story(record.facts, record.contract.zone)
    return (
        _environment(record.contract.zone)
        .get_template("report.html")
        .render(
            record=record,
            contract=record.contract,
            plan=plan,
            head=page.head,
            tiles=_tiles(record),
            checks=_checks(record),
            drawing=_drawing(record),
            legend=LEGEND,
            hours=page.hours,
            hours_parts=_hours_parts(record),
            charges=page.charges,
            charged=_charged(record),
            meetings=[_meeting_row(meeting, filed) for meeting in page.meetings],
            others=[item for item in page.agenda if item.kind in _PAPER],
            filed=filed,
            lines=lines,
            clauses={clause.id: clause.text for clause in plan.clauses},
            told=Counter(clause for line in lines for clause in line.clauses),
        )
    )


_PAPER = (ItemKind.REPORT, ItemKind.WINDOW_WARNING, ItemKind.WINDOW_END, ItemKind.RENEWAL_NOTICE)


def _tiles(record: Record) -> tuple[Tile, ...]:
    late = sum(item.late_at is not None for item in record.page.agenda)
    return (
        Tile(str(record.cost.meetings_held), "meetings held"),
        Tile(minutes_text(record.page.hours.used + record.page.hours.overage), "hours used"),
        Tile(str(len(record.messages)), "messages"),
        Tile(str(len(record.facts)), "facts"),
        Tile(str(late), "promises late", "bad" if late else "good"),
    )


def _checks(record: Record) -> tuple[tuple[bool, str], ...]:
    """What must hold in every simulation, whatever the customer does."""
    broken = broken_chains(record.facts)
    sent_twice = [name for name, times in Counter(m.message_id for m in record.messages).items() if times > 1]
    workflows = len({fact.workflow_id for fact in record.facts})
    return (
        (not broken, f"The digests of {workflows} workflows hold" if not broken else f"broken: {', '.join(broken)}"),
        (not sent_twice, "Every message was sent once" if not sent_twice else f"{len(sent_twice)} were sent twice"),
        (not record.refused, "Nothing was refused" if not record.refused else "; ".join(record.refused)),
    )


def _drawing(record: Record) -> Drawing:
    head = record.page.head
    marks = [_mark(item) for item in record.page.agenda]
    bands = [Band(window.title, window.opens, window.closes) for window in record.page.windows]
    return draw(head.starts, head.ends, record.ended, head.zone, LANES, bands, marks)


def _mark(item: AgendaEntry) -> Mark:
    lane = _LANE_OF.get(ItemKind(item.kind), "Notices")
    status = "late" if item.late_at else _LOOKS.get(item.status, "open")
    words = f"{item.title}: {item.status.replace('-', ' ')}" + (", late" if item.late_at else "")
    clause = f" ({item.clause})" if item.clause else ""
    at = item.start or (item.settled_at if item.kind == ItemKind.REPORT else None) or item.due
    return Mark(item.key, at, lane, _SHAPE_OF[lane], status, f"{words}, {item.day:%-d %b %Y}{clause}")


def _hours_parts(record: Record) -> tuple[HoursPart, ...]:
    hours = record.page.hours
    whole = max(hours.granted + hours.overage, 1)
    parts, x = [], 0.0
    for kind, minutes in (
        ("used", hours.used),
        ("reserved", hours.reserved),
        ("lapsed", hours.lapsed),
        ("left", hours.left_minutes),
        ("overage", hours.overage),
    ):
        width = 100 * minutes / whole
        if minutes:
            parts.append(HoursPart(kind, minutes, round(x, 3), round(width, 3)))
        x += width
    return tuple(parts)


def _charged(record: Record) -> str:
    """The sum of the charge lines, and how many are to be entered by hand."""
    charges = record.page.charges
    by_hand = sum(charge.amount is None for charge in charges)
    total = amount_text(sum(charge.amount or 0 for charge in charges), record.contract.prices.currency)
    return total + (f", and {by_hand} to be entered by hand" if by_hand else "")


def _meeting_row(meeting: Meeting, filed: Iterable[Filed]) -> MeetingRow:
    answers = [attending.answer for attending in meeting.attendees if attending.side == "customer"]
    return MeetingRow(
        meeting,
        answer=", ".join(answer.replace("-", " ") for answer in answers),
        files=tuple(each for each in filed if each.message.key == meeting.key),
    )


def _status_class(status: str) -> str:
    return "done" if status == MeetingStatus.HELD else _LOOKS.get(status, "open")


@cache
def _environment(zone: str) -> Environment:
    rules = ZoneInfo(zone)

    def local(at: datetime | None, form: str = "%a %-d %b %Y, %H:%M") -> str:
        return at.astimezone(rules).strftime(form) if at else ""

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "local": local,
        "minutes": minutes_text,
        "money": lambda amount, currency: "by hand" if amount is None else amount_text(amount, currency),
        "words": lambda text: str(text).replace("-", " "),
        "status_class": _status_class,
    }
    return environment
