"""How lengths, hours and lists are said to a person, in English and in one way everywhere."""

from collections.abc import Sequence

from domain.coverage import ALWAYS_OPEN, Span, WeeklyHours
from domain.plan import Cadence, ClockKind, Level

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EVERY = {
    Cadence.WEEKLY: "every week",
    Cadence.BIWEEKLY: "every two weeks",
    Cadence.MONTHLY: "every month",
    Cadence.QUARTERLY: "every quarter",
    Cadence.YEARLY: "every year",
    Cadence.CALENDAR_MONTH: "every calendar month",
    Cadence.CALENDAR_QUARTER: "every calendar quarter",
}


def minutes_text(minutes: int) -> str:
    """``45 min``, ``2 h``, ``1 h 30 min``; ``0 min``, and a minus sign in front of a negative length."""
    hours, rest = divmod(abs(minutes), 60)
    parts = [f"{hours} h"] if hours else []
    if rest or not hours:
        parts.append(f"{rest} min")
    return ("-" if minutes < 0 else "") + " ".join(parts)


def cadence_text(cadence: Cadence) -> str:
    """``every two weeks``, ``every calendar quarter``."""
    return _EVERY[cadence]


def hours_text(hours: WeeklyHours) -> str:
    """``Mon-Fri 08:00-18:00``, ``Mon-Thu 00:00-24:00, Fri 00:00-20:00``, ``at all hours of all days``."""
    if hours == ALWAYS_OPEN:
        return "at all hours of all days"
    groups: list[tuple[int, int, tuple[Span, ...]]] = []
    for weekday, spans in enumerate(hours.days):
        if groups and groups[-1][2] == spans:
            groups[-1] = (groups[-1][0], weekday, spans)
        else:
            groups.append((weekday, weekday, spans))
    return ", ".join(_group_text(first, last, spans) for first, last, spans in groups if spans)


def clock_text(level: Level, clock: ClockKind) -> str:
    """What a level says of one clock: ``30 min``, ``every 4 h``, ``when done``; empty where it says nothing."""
    target = level.target(clock)
    if target is not None:
        return f"every {target.text}" if clock is ClockKind.UPDATE else target.text
    return next((measure.text for measure in level.measured if measure.clock is clock), "")


def joined(words: Sequence[str], last: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def _group_text(first: int, last: int, spans: tuple[Span, ...]) -> str:
    days = _DAYS[first] if first == last else f"{_DAYS[first]}-{_DAYS[last]}"
    return f"{days} {joined([str(span) for span in spans])}"
