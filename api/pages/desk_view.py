"""What the desk page shows of a rotation: its rows turned into the parts of a card. No request, no template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from api.rotations import OnCall, clock_time, on_call_at
from domain.plan import Plan, WhoKind
from domain.rotation import Handover, Shift, shifts
from domain.rotation_picture import AHEAD_DAYS, Bar, Week, picture
from storage.rotations import KeptOverride, KeptRotation
from storage.staff import StaffMember

COLOURS = 6
SPARE_CHOICES, LEAST_CHOICES = 2, 4


@dataclass(frozen=True, slots=True)
class Somebody:
    """One of a rotation's people. ``colour``: the class of their bars."""

    id: str
    name: str
    colour: str
    away: bool

    @property
    def first_name(self) -> str:
        return self.name.split(" ")[0]


@dataclass(frozen=True, slots=True)
class Card:
    """A rotation as its card shows it. ``overrides`` are those that are not over; ``plans`` have a ladder that calls
    it; ``swap_from`` and ``swap_to`` are what the form for a swap begins with. A shift of ``ahead`` that reaches
    ``known_until`` goes on after it.
    """

    kept: KeptRotation
    people: Mapping[str, Somebody]
    told: OnCall
    weeks: tuple[Week, ...]
    ahead: tuple[Shift, ...]
    known_until: datetime
    overrides: tuple[KeptOverride, ...]
    plans: tuple[str, ...]
    swap_from: str
    swap_to: str

    @property
    def key(self) -> str:
        return self.kept.key

    @property
    def zone(self) -> str:
        return self.kept.rotation.zone

    @property
    def members(self) -> list[Somebody]:
        """The members in turn; who has two turns is there twice."""
        return [self.people[each] for each in self.kept.rotation.members]

    @property
    def away(self) -> list[Somebody]:
        """Whoever has turns and is away."""
        return [each for each in dict.fromkeys(self.members) if each.away]

    @property
    def choices(self) -> int:
        """How many members the form offers to choose."""
        return max(LEAST_CHOICES, len(self.kept.rotation.members) + SPARE_CHOICES)

    @property
    def handover_at(self) -> str:
        return clock_time(self.kept.rotation)

    @property
    def handover(self) -> str:
        """``Mondays at 09:00``, ``every day at 17:00``."""
        rotation = self.kept.rotation
        days = f"{rotation.first_day:%A}s" if rotation.handover is Handover.WEEKLY else "every day"
        return f"{days} at {self.handover_at}"


def card(kept: KeptRotation, staff: Mapping[str, StaffMember], plans: Sequence[Plan], now: datetime) -> Card:
    """The card of a rotation at ``now``. ``kept`` has the overrides of the last days too, as the picture shows them."""
    rotation, zone = kept.rotation, ZoneInfo(kept.rotation.zone)
    told = on_call_at(kept, staff, now)
    listed_until = now + timedelta(days=AHEAD_DAYS)
    known_until = listed_until + timedelta(days=rotation.handover.days)
    swap_from = (now + timedelta(hours=1)).astimezone(zone).replace(minute=0, second=0, microsecond=0)
    swap_to = swap_from + timedelta(days=1)
    return Card(
        kept=kept,
        people=_people(kept, staff),
        told=told,
        weeks=picture(rotation, now, ZoneInfo),
        ahead=tuple(each for each in shifts(rotation, now, known_until, ZoneInfo) if each.begin < listed_until),
        known_until=known_until,
        overrides=tuple(sorted((o for o in kept.overrides if o.ends > now), key=lambda o: (o.begins, o.id))),
        plans=tuple(plan.id for plan in plans if kept.key in called_by(plan)),
        swap_from=f"{swap_from:%Y-%m-%dT%H:%M}",
        swap_to=f"{swap_to:%Y-%m-%dT%H:%M}",
    )


def called_by(plan: Plan) -> list[str]:
    """The keys of the rotations that a plan's ladder calls."""
    return list(dict.fromkeys(step.who.key for step in plan.ladder if step.who.kind is WhoKind.ON_CALL))


def unknown_rotations(plans: Sequence[Plan], known: Sequence[str]) -> list[tuple[str, str]]:
    """Plan and key wherever a ladder calls a rotation that is not there: nobody would be told."""
    return [(plan.id, key) for plan in plans for key in called_by(plan) if key not in known]


def size_of(bar: Bar) -> str:
    """How much of a name a bar has room for: of a good two days, of most of a day, of some hours."""
    return "long" if bar.hours >= 50 else "day" if bar.hours >= 20 else "part" if bar.hours >= 7 else "sliver"


def _people(kept: KeptRotation, staff: Mapping[str, StaffMember]) -> dict[str, Somebody]:
    """Each member has a colour of their own, as far as there are colours; who only stands in has none."""
    places = {each: place for place, each in enumerate(dict.fromkeys(kept.rotation.members))}
    ordered = [*places, *sorted(kept.people - places.keys())]
    return {
        each: Somebody(
            each,
            staff[each].name if each in staff else each,
            f"c{places[each] % COLOURS}" if each in places else "other",
            each not in staff or not staff[each].active,
        )
        for each in ordered
    }
