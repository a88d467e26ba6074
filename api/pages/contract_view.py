"""What the contract page shows: read models turned into the parts of the page. No request, no template."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from api.bringing_in import role_of
from api.pages.render import money
from domain.agenda import ItemKind
from domain.contract import ContractStage
from domain.joining import roles_welcome
from domain.meeting import MeetingStatus
from domain.picture import Band, Drawing, Mark, draw
from domain.plan import Plan
from domain.saying import say
from storage.queries.contract import AgendaEntry, ContractPage, Hours
from storage.queries.meetings import Meeting
from storage.queries.timeline import FactLine
from storage.staff import StaffMember

LANES = ("Onboarding", "Meetings", "Reports", "Notices", "Charges")
_LANE_OF = {
    ItemKind.ONBOARDING.value: "Onboarding",
    ItemKind.TOUCHPOINT.value: "Meetings",
    ItemKind.REQUESTED.value: "Meetings",
    ItemKind.REPORT.value: "Reports",
    ItemKind.WINDOW_WARNING.value: "Notices",
    ItemKind.WINDOW_END.value: "Notices",
    ItemKind.RENEWAL_NOTICE.value: "Notices",
    ItemKind.END.value: "Notices",
    ItemKind.CHARGES.value: "Charges",
}
_SHAPE_OF = {"Onboarding": "circle", "Meetings": "circle", "Reports": "square", "Notices": "diamond", "Charges": "drop"}
LOOKS = {
    "done": "done", "booked": "booked", "confirmed": "booked", "awaiting-outcome": "open", "open": "open",
    "no-show": "off", "cancelled": "off", "lapsed": "off", "dropped": "off", "planned": "ahead",
}  # fmt: skip
"""How an item's status looks in the picture; a late one is late whatever its status."""
LEGEND = (
    ("done", "done"), ("booked", "booked"), ("open", "being worked on"), ("ahead", "ahead"), ("late", "late"),
    ("off", "did not happen"),
)  # fmt: skip
_RECENT = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class SaidFact:
    """A fact with its sentence."""

    fact: FactLine
    text: str


@dataclass(frozen=True, slots=True)
class HoursPart:
    """A piece of the hours bar, in hundredths of its width."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class MeetingCard:
    """A meeting with what may be done to it now. ``joiners``: who of the staff may be brought in, by id and name."""

    meeting: Meeting
    over: bool
    begun: bool
    joiners: tuple[tuple[str, str], ...] = ()


def drawing(contract: ContractPage, at: datetime) -> Drawing:
    """The picture of the term, which also holds the terms that it was renewed for."""
    head = contract.head
    marks = [
        Mark(
            key=item.key,
            at=item.start or item.due,
            lane=_LANE_OF.get(item.kind, "Notices"),
            shape=_SHAPE_OF[_LANE_OF.get(item.kind, "Notices")],
            status="late" if item.late else LOOKS.get(item.status, "ahead"),
            label=f"{item.title}, {'late' if item.late else item.status.replace('-', ' ')}, "
            f"{item.day:%-d %b %Y}" + (f" ({item.clause})" if item.clause else ""),
        )
        for item in contract.agenda
    ]
    bands = [Band(window.title, window.opens, window.closes) for window in contract.windows]
    return draw(head.starts, head.ends, at, head.zone, LANES, bands, marks)


def progress(contract: ContractPage, at: datetime) -> float:
    """The part of the term that is behind, 0 to 1."""
    span = contract.head.ends - contract.head.starts
    return min(max((at - contract.head.starts) / span, 0.0), 1.0) if span else 1.0


def hours_bar(hours: Hours) -> tuple[HoursPart, ...]:
    """Used, reserved and lapsed minutes along the granted ones; overage makes the whole longer."""
    whole = max(hours.granted, hours.used + hours.reserved + hours.lapsed, 1)
    parts, x = [], 0.0
    for kind, minutes in (("used", hours.used), ("reserved", hours.reserved), ("lapsed", hours.lapsed)):
        width = round(100 * minutes / whole, 2)
        if width:
            parts.append(HoursPart(kind, round(x, 2), width))
        x += width
    return tuple(parts)


def said(facts: Iterable[FactLine], agenda: Sequence[AgendaEntry], zone: str) -> list[SaidFact]:
    """Each fact with its sentence; items are named by their titles."""
    titles = {item.key: item.title for item in agenda}
    return [
        SaidFact(fact, say(fact.kind, fact.data, titles.get(fact.subject, fact.subject), zone, money)) for fact in facts
    ]


def meeting_cards(meetings: Sequence[Meeting], at: datetime) -> tuple[list[MeetingCard], list[MeetingCard]]:
    """The meetings that are open, and those that are over (the latest first)."""
    cards = [MeetingCard(m, MeetingStatus(m.status).over, m.start is not None and m.start <= at) for m in meetings]
    waiting = [card for card in cards if not card.over]
    waiting.sort(key=lambda c: (c.meeting.status != MeetingStatus.AWAITING_OUTCOME.value, c.meeting.start is None))
    done = [card for card in cards if card.over]
    done.sort(key=lambda c: c.meeting.start or c.meeting.changed_at, reverse=True)
    return waiting, done


def with_joiners(
    cards: Iterable[MeetingCard], agenda: Sequence[AgendaEntry], plan: Plan, staff: Iterable[StaffMember]
) -> list[MeetingCard]:
    """The cards with those of the staff whose role may join the meeting, and who are not invited to it already."""
    plan_keys, found = {item.key: item.plan_key for item in agenda}, []
    by_name = sorted(staff, key=lambda member: member.name.casefold())
    for card in cards:
        invited = {each.email.casefold() for each in card.meeting.attendees}
        welcome = roles_welcome(plan, plan_keys.get(card.meeting.key, ""))
        able = [
            (member, role_of(member, plan, welcome)) for member in by_name if member.email.casefold() not in invited
        ]
        joiners = tuple((member.id, f"{member.name}, {role.title}") for member, role in able if role is not None)
        found.append(replace(card, joiners=joiners))
    return found


def agenda_parts(
    agenda: Sequence[AgendaEntry], at: datetime
) -> tuple[list[AgendaEntry], list[AgendaEntry], list[AgendaEntry]]:
    """What is behind, what is near (late, open or soon), and what lies further ahead."""
    behind = [item for item in agenda if item.over]
    ahead = [item for item in agenda if not item.over]
    near = [i for i in ahead if i.late or i.status != "planned" or (i.start or i.due) - at <= 2 * _RECENT]
    near = near or ahead[:1]
    keys = {item.key for item in near}
    return behind, near, [item for item in ahead if item.key not in keys]


def may_change(stage: str) -> bool:
    """Whether anything can be done to a contract of this stage."""
    return not ContractStage(stage).over
