"""What a plan or a contract says about opening hours, before any zone rule is applied to it.

Wall-clock minutes only: nothing here knows an instant. ``domain.coverage.build`` turns a ``CoverageSpec``
into UTC intervals, outside of workflows.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

MINUTES_PER_DAY = 24 * 60
MINUTES_PER_WEEK = 7 * MINUTES_PER_DAY
DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class Span:
    """Open time of one day, from a minute of that day to another.

    Minutes count from local midnight. ``end_minute`` may be 1440 (24:00). An end at or before the start lies
    on the next day, so 22:00-06:00 is overnight and 08:00-08:00 is 24 hours long. Raises ValueError outside
    of these bounds.
    """

    start_minute: int
    end_minute: int

    def __post_init__(self) -> None:
        if not 0 <= self.start_minute < MINUTES_PER_DAY:
            raise ValueError(f"a span starts between 00:00 and 23:59, not at minute {self.start_minute}")
        if not 0 <= self.end_minute <= MINUTES_PER_DAY:
            raise ValueError(f"a span ends between 00:00 and 24:00, not at minute {self.end_minute}")

    @property
    def overnight(self) -> bool:
        """Whether the end lies on the day after the one on which the span begins."""
        return self.end_minute <= self.start_minute

    @property
    def length_minutes(self) -> int:
        """Minutes from start to end on a day without a change of the clocks."""
        return self.end_minute - self.start_minute + (MINUTES_PER_DAY if self.overnight else 0)

    def __str__(self) -> str:
        return f"{_clock(self.start_minute)}-{_clock(self.end_minute)}"


def parse_span(text: str) -> Span:
    """Read ``08:00-18:00``, ``00:00-24:00`` or ``22:00-06:00``.

    Raises ValueError that says what was expected.
    """
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a span of opening hours; expected the form 08:00-18:00")
    start_hour, start_minute, end_hour, end_minute = map(int, match.groups())
    for hour, minute in ((start_hour, start_minute), (end_hour, end_minute)):
        if minute > 59 or hour * 60 + minute > MINUTES_PER_DAY:
            raise ValueError(f"{text!r}: {hour:02}:{minute:02} is not a time of day (00:00 to 24:00)")
    if start_hour * 60 + start_minute == MINUTES_PER_DAY:
        raise ValueError(f"{text!r}: a span cannot start at 24:00; write 00:00 on the next day")
    return Span(start_hour * 60 + start_minute, end_hour * 60 + end_minute)


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """The open spans of an ordinary week: seven entries, Monday first, an empty one for a closed day.

    Spans may touch and may not overlap, an overnight one not with the next day's either (Sunday's next is
    Monday). Raises ValueError that names both spans.
    """

    days: tuple[tuple[Span, ...], ...]

    def __post_init__(self) -> None:
        if len(self.days) != 7:
            raise ValueError(f"weekly hours have seven days, Monday first, not {len(self.days)}")
        placed = [
            (weekday * MINUTES_PER_DAY + span.start_minute, span, DAY_NAMES[weekday])
            for weekday, spans in enumerate(self.days)
            for span in spans
        ]
        _refuse_overlap(placed, cycle=MINUTES_PER_WEEK)


def weekly(hours: Mapping[str, str | Sequence[str]]) -> WeeklyHours:
    """Weekly hours from text, such as ``{"mon-fri": "08:00-18:00", "sat": ["09:00-12:00", "13:00-15:00"]}``.

    A key is a day, a range of days (``sun-thu`` runs over the week's end) or several of these with commas; a
    day that is not named is closed. Raises ValueError on an unknown day, a day named twice, a bad span or an
    overlap.
    """
    days: dict[int, tuple[Span, ...]] = {}
    for key, texts in hours.items():
        spans = tuple(parse_span(text) for text in ([texts] if isinstance(texts, str) else texts))
        for weekday in _weekdays(key):
            if weekday in days:
                raise ValueError(f"{DAY_NAMES[weekday]} has opening hours twice (again under {key!r})")
            days[weekday] = spans
    return WeeklyHours(tuple(days.get(weekday, ()) for weekday in range(7)))


@dataclass(frozen=True, slots=True)
class DatedException:
    """Other hours on one date: none (closed), or these spans in place of all that begins on that date."""

    day: date
    spans: tuple[Span, ...] = ()

    def __post_init__(self) -> None:
        _refuse_time_of_day(self.day)
        _refuse_overlap([(span.start_minute, span, self.day.isoformat()) for span in self.spans])


@dataclass(frozen=True, slots=True)
class CoverageSpec:
    """Weekly hours in one IANA zone, with holidays and dated exceptions as explicit dates.

    Which dates are holidays is resolved by the caller, since that knowledge changes under a running contract.
    For one date an exception beats a holiday, and a holiday beats the weekly hours. Raises ValueError on an
    empty zone or on two exceptions for one date.
    """

    zone: str
    hours: WeeklyHours
    holidays: tuple[date, ...] = ()
    exceptions: tuple[DatedException, ...] = ()

    def __post_init__(self) -> None:
        if not self.zone:
            raise ValueError("coverage needs the IANA name of a time zone, such as Europe/Stockholm")
        for day in self.holidays:
            _refuse_time_of_day(day)
        seen: set[date] = set()
        for exception in self.exceptions:
            if exception.day in seen:
                raise ValueError(f"{exception.day} has two exceptions")
            seen.add(exception.day)


def _weekdays(key: str) -> Iterator[int]:
    for part in key.lower().replace(" ", "").split(","):
        names = part.split("-")
        if len(names) > 2 or not set(names) <= set(DAY_NAMES):
            raise ValueError(f"{key!r} is not a day; expected one of {', '.join(DAY_NAMES)} or a range such as mon-fri")
        first, last = DAY_NAMES.index(names[0]), DAY_NAMES.index(names[-1])
        for step in range((last - first) % 7 + 1):
            yield (first + step) % 7


def _refuse_overlap(placed: list[tuple[int, Span, str]], cycle: int = 0) -> None:
    """``placed`` holds (minute on a common line, span, its day); in a cycle the first follows the last."""
    line = sorted(placed, key=lambda item: item[0])
    following = line[1:]
    if cycle and len(line) > 1:
        following.append((line[0][0] + cycle, *line[0][1:]))
    for (minute, span, day), (next_minute, next_span, next_day) in zip(line, following, strict=False):
        if minute + span.length_minutes > next_minute:
            raise ValueError(f"{day} {span} overlaps {next_day} {next_span}")


def _refuse_time_of_day(day: date) -> None:
    # A datetime is a date to Python, but never equals one, so such a holiday would silently never match.
    if isinstance(day, datetime):
        raise ValueError(f"{day!r} is an instant; a holiday or an exception is a date")


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


ALWAYS_OPEN = WeeklyHours(((Span(0, MINUTES_PER_DAY),),) * 7)
"""Every hour of every day (24/7)."""
