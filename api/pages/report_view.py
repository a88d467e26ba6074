"""What the form of a report asks for and says beforehand: from the plan, the contract and the hour. No request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from activities.opening import expanded
from domain.contract import Person
from domain.coverage import Coverage, CoverageEndsError, CoverageError
from domain.intake import Code, Door, Reason, Report, decide
from domain.plan import Plan
from domain.support import ClockKind, Level, Limit, LimitKind
from domain.ticket_coverage import opening_hours, rule_of
from domain.wording import clock_text, hours_text
from support.known import Setting

LOOK_AHEAD_DAYS = 60
_BEFOREHAND = (Code.NOT_STARTED, Code.CONTRACT_OVER, Code.CHANNEL_NOT_IN_PLAN, Code.CHANNEL_CLOSED)
_STAFF_WORDS = ((Door.PHONE, ("phone", "telephone")), (Door.CHAT, ("chat",)))


@dataclass(frozen=True, slots=True)
class DeskHours:
    """Opening hours in which clocks run. ``opens_at`` while closed, ``closes_at`` while open; None: not known."""

    name: str
    hours: str
    zone: str
    open: bool
    opens_at: datetime | None
    closes_at: datetime | None
    levels: tuple[str, ...]

    @property
    def closes_text(self) -> str:
        """``Fri 18:00``; midnight is the end of the day before: ``Fri 24:00``."""
        if self.closes_at is None:
            return ""
        local = self.closes_at.astimezone(ZoneInfo(self.zone))
        if (local.hour, local.minute) == (0, 0):
            return f"{local - timedelta(days=1):%a} 24:00"
        return f"{local:%a %H:%M}"


@dataclass(frozen=True, slots=True)
class LevelChoice:
    """A level with what it means and what is promised under it."""

    key: str
    name: str
    means: str
    promise: str
    clause: str


@dataclass(frozen=True, slots=True)
class Way:
    """How a report came in, as staff choose it. ``channel``: the plan's name of it, where the plan names it."""

    door: Door
    channel: str
    text: str

    @property
    def value(self) -> str:
        """How the form says it: ``chat|Live Chat``."""
        return f"{self.door.value}|{self.channel}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form asks for. ``required``: the fields that the plan wants in a report, and by which clause."""

    required: tuple[str, ...]
    required_clause: str
    login: bool
    premises: tuple[str, ...]
    devices: tuple[str, ...]
    device_limit: Limit | None
    returns: Limit | None
    levels: tuple[LevelChoice, ...]
    ways: tuple[Way, ...]


def asked(setting: Setting) -> Asked:
    """The form's fields by the plan."""
    plan = setting.plan
    fields = _limit(plan, LimitKind.REPORT_FIELDS)
    return Asked(
        required=fields.fields if fields else (),
        required_clause=fields.clause if fields else "",
        login=bool(fields and "login" in fields.optional_fields),
        premises=setting.contract.premises,
        devices=setting.known.devices,
        device_limit=_limit(plan, LimitKind.DEVICES),
        returns=_limit(plan, LimitKind.RETURN_DAYS),
        levels=tuple(_choice(level) for level in plan.levels),
        ways=tuple(_ways(plan)),
    )


def _choice(level: Level) -> LevelChoice:
    return LevelChoice(level.key, level.name, level.description, promise(level), level.clause)


def promise(level: Level) -> str:
    """``first answer within 30 min, news every 1 h``; in the plan's words where no time is promised.

    A best-effort target is an objective, and is called one (A6).
    """
    said = []
    for kind, name in ((ClockKind.RESPONSE, "first answer"), (ClockKind.UPDATE, "news"), (ClockKind.RESOLUTION, "fix")):
        text, target = clock_text(level, kind), level.target(kind)
        if text:
            within = "within " if target is not None and kind is not ClockKind.UPDATE else ""
            said.append(f"{name} {within}{text}")
    effort = "objective: " if level.best_effort and level.targets else ""
    return effort + ", ".join(said)


def against(setting: Setting, way: Way | None = None) -> tuple[Reason, ...]:
    """What the contract and the plan say to any report by this way (None: the form) now, whatever is written in it."""
    door, channel = (way.door, way.channel) if way else (Door.FORM, "")
    said = decide(setting.plan, Report(door, Person("", ""), "", "", channel=channel), setting.known).reasons
    return tuple(reason for reason in said if reason.code in _BEFOREHAND)


def desk_hours(setting: Setting, now: datetime) -> tuple[DeskHours, ...]:
    """When each desk of the plan's levels is open, seen from now."""
    contract, plan = setting.contract, setting.plan
    rules: dict[str, list[str]] = {}
    for level in plan.levels:
        rules.setdefault(level.coverage, []).append(level.name)
    found = []
    for key, levels in rules.items():
        hours = opening_hours(contract, plan, key, key)
        rule = rule_of(plan, key, contract.region)
        try:
            line = expanded((hours,), now - timedelta(days=1), LOOK_AHEAD_DAYS, setting.closed.exceptions)[0].coverage
        except CoverageError:
            continue
        is_open, opens, closes = _state(line, now)
        name = "your business hours" if rule.hours is None else key.replace("-", " ")
        found.append(DeskHours(name, hours_text(hours.hours), hours.zone, is_open, opens, closes, tuple(levels)))
    return tuple(found)


def _state(line: Coverage, now: datetime) -> tuple[bool, datetime | None, datetime | None]:
    try:
        is_open, opens = line.is_open(now), line.next_open(now)
    except CoverageEndsError:
        return False, None, None
    if not is_open:
        return False, opens, None
    closes = next(end for start, end in line.open_spans(now, datetime.fromtimestamp(line.until, UTC)) if start <= now)
    known = closes < datetime.fromtimestamp(line.until, UTC)
    return True, None, closes if known else None


def _ways(plan: Plan) -> list[Way]:
    """What staff may write down: a call or a chat, by the plan's own names where it has them."""
    ways = [
        Way(door, channel.name, channel.name)
        for channel in plan.channels
        for door, words in _STAFF_WORDS
        if any(word in channel.name.casefold() for word in words)
    ]
    form = any("form" in channel.name or "portal" in channel.name for channel in plan.channels)
    if not plan.channels or form:
        ways.insert(0, Way(Door.FORM, "", "the form"))
    if not plan.channels:
        ways += [Way(Door.PHONE, "", "phone"), Way(Door.CHAT, "", "chat")]
    return ways


def _limit(plan: Plan, kind: LimitKind) -> Limit | None:
    return next((limit for limit in plan.limits if limit.kind is kind), None)
