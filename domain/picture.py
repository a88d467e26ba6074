"""The picture of a term: where each mark, band and line stands. Pure arithmetic; a template draws it.

Lengths are CSS pixels of a drawing that scrolls sideways where the screen is narrower. The months are those of a zone,
so it reads zone data: for screens and reports, never for a workflow.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

MONTH_WIDTH = 75
LEAST_WIDTH = 940
"""A year fits without scrolling into the report, and into the contract page from 1180 pixels on."""

LABEL_ROOM = 64
"""A month's label nearer to the next one than this is left out; only the first can be."""
MARK_ROOM = 17
"""Two marks of one lane nearer than this stand one above the other."""
ROW = 22
LANE_PADDING = 9
AXIS_HEIGHT = 44
EDGE = 18


@dataclass(frozen=True, slots=True)
class Mark:
    """One dated item to draw. ``lane`` is the name of its row, ``shape`` and ``status`` decide how it looks."""

    key: str
    at: datetime
    lane: str
    shape: str
    status: str
    label: str


@dataclass(frozen=True, slots=True)
class Band:
    """A window of the term, from ``opens`` up to, not including, ``closes``."""

    title: str
    opens: datetime
    closes: datetime


@dataclass(frozen=True, slots=True)
class PlacedMark:
    mark: Mark
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class PlacedBand:
    title: str
    x: float
    width: float
    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A row of the drawing with its name."""

    name: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Tick:
    """The beginning of a month; ``year`` is told where it changes."""

    x: float
    month: str
    year: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything that the template needs; ``today`` is None where the day lies outside the term."""

    width: float
    height: float
    axis: float
    ticks: tuple[Tick, ...]
    lanes: tuple[Lane, ...]
    bands: tuple[PlacedBand, ...]
    marks: tuple[PlacedMark, ...]
    today: float | None
    past: float
    """The width of what lies behind."""


def draw(
    starts: datetime,
    ends: datetime,
    today: datetime,
    zone: str,
    lanes: Sequence[str],
    bands: Iterable[Band],
    marks: Iterable[Mark],
) -> Drawing:
    """Place the term from ``starts`` to ``ends`` (aware instants); months are those of ``zone``.

    Lanes without marks are left out; the bands have a lane of their own above. Marks outside of the term (an invoice
    line after its end) stand at its edge.
    """
    scale = _Scale(starts, ends)
    y = float(AXIS_HEIGHT)
    placed_bands: list[PlacedBand] = []
    for band in sorted(bands, key=lambda b: (b.opens, b.closes)):
        left, right = scale.x(band.opens), scale.x(band.closes)
        days = (band.closes - band.opens).days
        placed_bands.append(PlacedBand(band.title, left, max(right - left, 4), y + 6, f"{band.title}, {days} days"))
        y += ROW
    if placed_bands:
        y += LANE_PADDING
    by_lane: dict[str, list[Mark]] = {}
    for mark in sorted(marks, key=lambda m: (m.at, m.key)):
        by_lane.setdefault(mark.lane, []).append(mark)
    placed_lanes: list[Lane] = []
    placed_marks: list[PlacedMark] = []
    for name in lanes:
        if not (in_lane := by_lane.get(name)):
            continue
        rows = _rows([scale.x(mark.at) for mark in in_lane])
        height = ROW * (max(rows) + 1) + 2 * LANE_PADDING
        placed_marks += [
            PlacedMark(mark, scale.x(mark.at), y + LANE_PADDING + ROW * (row + 0.5))
            for mark, row in zip(in_lane, rows, strict=True)
        ]
        placed_lanes.append(Lane(name, y, height))
        y += height
    inside = starts <= today < ends
    return Drawing(
        width=scale.width,
        height=y + 4,
        axis=AXIS_HEIGHT,
        ticks=_ticks(scale, starts, ends, zone),
        lanes=tuple(placed_lanes),
        bands=tuple(placed_bands),
        marks=tuple(placed_marks),
        today=scale.x(today) if inside else None,
        past=scale.x(min(max(today, starts), ends)),
    )


class _Scale:
    """From instants to pixels: linear over the term."""

    def __init__(self, starts: datetime, ends: datetime) -> None:
        self._starts, self._span = starts, max(ends - starts, timedelta(days=1))
        months = self._span.days / 30.44
        self.width = round(max(LEAST_WIDTH, months * MONTH_WIDTH + 2 * EDGE))

    def x(self, at: datetime) -> float:
        part = min(max((at - self._starts) / self._span, 0.0), 1.0)
        return round(EDGE + part * (self.width - 2 * EDGE), 1)


def _rows(xs: Sequence[float]) -> list[int]:
    """For each of the sorted places the lowest row in which it does not touch the one before it."""
    ends: list[float] = []
    rows: list[int] = []
    for x in xs:
        row = next((i for i, end in enumerate(ends) if x - end >= MARK_ROOM), len(ends))
        if row == len(ends):
            ends.append(x)
        else:
            ends[row] = x
        rows.append(row)
    return rows


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _ticks(scale: _Scale, starts: datetime, ends: datetime, zone: str) -> tuple[Tick, ...]:
    rules = ZoneInfo(zone)
    month = starts.astimezone(rules).date().replace(day=1)
    begins: list[tuple[date, float]] = []
    while (at := datetime(month.year, month.month, 1, tzinfo=rules)) < ends:
        begins.append((month, scale.x(at)))
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    if len(begins) > 1 and begins[1][1] - begins[0][1] < LABEL_ROOM:
        begins = begins[1:]
    years = [None, *(month.year for month, _ in begins)]
    return tuple(
        Tick(x, _MONTHS[month.month - 1], str(month.year) if month.year != before else "")
        for (month, x), before in zip(begins, years, strict=False)
    )
