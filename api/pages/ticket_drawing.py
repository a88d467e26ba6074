"""The picture of a ticket's clocks: where each bar, pause, due instant and step of the ladder stands on one time axis.

Time that counts is drawn as a thick bar, time in which the desk is closed as a thin line over a shaded ground. Pure
arithmetic; a template draws it. Lengths are CSS pixels of a drawing that scrolls sideways where the screen is narrower.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from api.pages.time_axis import Scale, Tick, axis
from domain.clocks import Clock, Coverages, Verdict
from domain.coverage import Coverage
from domain.support import ClockKind

AXIS_HEIGHT = 46
LANE_HEIGHT = 58
"""The template draws a bar in its middle, the ladder's marks above it and what is due below."""
MOST_SPANS = 300
"""With more openings than this in the picture their shading would be noise."""

NAMES = {ClockKind.RESPONSE: "First response", ClockKind.UPDATE: "Status updates", ClockKind.RESOLUTION: "Solution"}


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of the ladder at an instant. ``label`` says it in words."""

    clock: ClockKind
    at: datetime
    taken: bool
    label: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a bar. ``kind``: ``count`` (time that counts), ``wait`` (it does not), ``pause``, ``ghost`` (ahead);
    ``tone``: how what became of it looks.
    """

    x: float
    width: float
    kind: str
    tone: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One clock."""

    key: str
    label: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """A due instant; ``text`` only where there is room to say it: of the clock that runs."""

    x: float
    text: str
    late: bool
    turned: bool


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    taken: bool
    label: str


@dataclass(frozen=True, slots=True)
class Shade:
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Lane:
    """All clocks of one kind. ``shades``: when its desk is closed."""

    name: str
    y: float
    shades: tuple[Shade, ...]
    bars: tuple[Bar, ...]
    dues: tuple[Due, ...]
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything that the template needs; ``now`` is None where the ticket was over before."""

    width: float
    height: float
    days: tuple[Tick, ...]
    ticks: tuple[Tick, ...]
    lanes: tuple[Lane, ...]
    now: float | None


def draw(
    clocks: Sequence[Clock],
    coverages: Coverages,
    begin: datetime,
    now: datetime,
    zone: str,
    rungs: Iterable[Rung] = (),
    over_at: datetime | None = None,
) -> Drawing | None:
    """The clocks from ``begin`` (the registration) on, days and times in ``zone``; None where there is no clock.

    ``over_at``: when the ticket was closed, so that the picture ends there.
    """
    if not clocks:
        return None
    steps = list(rungs)
    scale = Scale(begin, _end(clocks, begin, now, steps, over_at))
    lanes: list[Lane] = []
    y = float(AXIS_HEIGHT)
    for kind in ClockKind:
        own = [clock for clock in clocks if clock.kind is kind]
        if own:
            lanes.append(_lane(own, coverages, scale, now, zone, y, [r for r in steps if r.clock is kind]))
            y += LANE_HEIGHT
    days, ticks = axis(scale, zone)
    return Drawing(scale.width, y, days, ticks, tuple(lanes), scale.x(now) if scale.holds(now) else None)


def _end(
    clocks: Sequence[Clock], begin: datetime, now: datetime, rungs: Sequence[Rung], over_at: datetime | None
) -> datetime:
    last = [over_at or now, *(rung.at for rung in rungs)]
    for clock in clocks:
        last += [at for at in (clock.stopped_at, clock.due if clock.running else None) if at is not None]
    end = max(last)
    return begin + max((end - begin) * 1.06, timedelta(minutes=30))


def _lane(
    clocks: Sequence[Clock],
    coverages: Coverages,
    scale: Scale,
    now: datetime,
    zone: str,
    y: float,
    rungs: Sequence[Rung],
) -> Lane:
    line = _line(clocks[-1], coverages)
    bars = (Bar(each.key, _label(each, zone), tuple(_pieces(each, coverages, scale, now))) for each in clocks)
    return Lane(
        name=NAMES[clocks[0].kind],
        y=y,
        shades=tuple(_shades(line, scale)),
        bars=tuple(bars),
        dues=tuple(
            _due(clock, scale, now, zone) for clock in clocks if clock.due is not None and scale.holds(clock.due)
        ),
        dots=tuple(Dot(scale.x(rung.at), rung.taken, rung.label) for rung in rungs),
    )


def _line(clock: Clock, coverages: Coverages) -> Coverage | None:
    """The opening hours in which the clock counts; None: it counts at all hours, or they are not known."""
    if clock.bounds and clock.bounds[0].wall_clock:
        return None
    return coverages.get(clock.bounds[0].coverage if clock.bounds else clock.coverage)


def _open(line: Coverage | None, begin: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    spans = [(begin, end)] if line is None else list(line.open_spans(begin, end))
    return spans if len(spans) <= MOST_SPANS else [(begin, end)]


def _shades(line: Coverage | None, scale: Scale) -> Iterator[Shade]:
    """The closed hours, where they are known."""
    if line is None:
        return
    begin = max(scale.begin, datetime.fromtimestamp(line.since, UTC))
    end = min(scale.end, datetime.fromtimestamp(line.until, UTC))
    for first, last in _between(_open(line, begin, end), begin, end):
        yield Shade(scale.x(first), round(scale.x(last) - scale.x(first), 1))


def _between(
    spans: Iterable[tuple[datetime, datetime]], begin: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """What of the time from ``begin`` to ``end`` no span covers; the spans are in order."""
    reached = begin
    for first, last in spans:
        if first > reached:
            yield reached, min(first, end)
        reached = max(reached, last)
    if reached < end:
        yield reached, end


def _pieces(clock: Clock, coverages: Coverages, scale: Scale, now: datetime) -> Iterator[Piece]:
    line, end = _line(clock, coverages), clock.stopped_at or max(now, clock.started_at)
    behind = _tone(clock)
    cut = [(clock.started_at, end, behind)]
    if clock.due is not None and clock.started_at < clock.due < end and _is_late(clock, now):
        cut = [(clock.started_at, clock.due, behind), (clock.due, end, "late")]
    for first, last, tone in cut:
        if first < last:
            yield _piece(scale, first, last, "wait", tone)
            for begin, until in _open(line, first, last):
                yield _piece(scale, begin, until, "count", tone)
    for pause in clock.pauses:
        yield _piece(scale, pause.begin, min(pause.end or end, end), "pause", behind)
    if clock.open and clock.due is not None and clock.due > end:
        for begin, until in _open(line, end, clock.due):
            yield _piece(scale, begin, until, "ghost", behind)


def _piece(scale: Scale, begin: datetime, end: datetime, kind: str, tone: str) -> Piece:
    x = scale.x(begin)
    return Piece(x, max(round(scale.x(end) - x, 1), 2), kind, tone)


def _tone(clock: Clock) -> str:
    match clock.verdict:
        case Verdict.MET:
            return "met"
        case Verdict.MEASURED | Verdict.LAPSED:
            return "off"
    return "running" if clock.bounds else "off"


def _is_late(clock: Clock, now: datetime) -> bool:
    if clock.verdict is not None:
        return clock.verdict.late
    return clock.due is not None and clock.due <= now


def _due(clock: Clock, scale: Scale, now: datetime, zone: str) -> Due:
    assert clock.due is not None, "only a clock with a due instant has a mark for it"
    x, local = scale.x(clock.due), clock.due.astimezone(ZoneInfo(zone))
    text = f"due {local:%a %H:%M}" if clock.running else ""
    return Due(x, text, _is_late(clock, now), turned=x > scale.width - 100)


def _label(clock: Clock, zone: str) -> str:
    rules = ZoneInfo(zone)
    due = f", due {clock.due.astimezone(rules):%a %-d %b, %H:%M}" if clock.due else ""
    return f"{clock.key.replace('-', ' ')} from {clock.started_at.astimezone(rules):%a %-d %b, %H:%M}{due}"
