"""How lengths, hours and lists are said to a person, in English and in one way everywhere."""

from collections.abc import Sequence

from domain.coverage import ALWAYS_OPEN, Span, WeeklyHours
from domain.plan import Cadence, ClockKind, LadderStep, Level, Plan, Role, WhoKind

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

CLOCK_WORDS = {ClockKind.RESPONSE: "answer", ClockKind.UPDATE: "news", ClockKind.RESOLUTION: "fix"}
"""What the customer waits for while a clock runs."""


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


def ladder_text(plan: Plan, step: LadderStep) -> str:
    """``At 50 % of the answer target (High): mail to whoever is on call in the rotation first-line``."""
    names = {level.key: level.name for level in plan.levels}
    levels = f" ({joined([names.get(key, key) for key in step.levels])})" if step.levels else ""
    return f"{_when_text(step)}{levels}: {step.way} to {who_text(step)}"


def joined(words: Sequence[str], last: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def _when_text(step: LadderStep) -> str:
    of = f"the {joined([CLOCK_WORDS[clock] for clock in step.clocks], 'or')}" if step.clocks else "a"
    if step.overrun_seconds is not None:
        return f"{minutes_text(step.overrun_seconds // 60)} after {of} target is due"
    if not step.percent:
        return f"As soon as {of} clock runs"
    return f"When {of} target is due" if step.percent == 100 else f"At {step.percent} % of {of} target"


def who_text(step: LadderStep) -> str:
    """Whom a step of the ladder tells: ``the Support Lead``, ``whoever the ticket is assigned to, …``."""
    match step.who.kind:
        case WhoKind.ROLE:
            return f"the {Role(step.who.key).title}"
        case WhoKind.PERSON:
            return step.who.key
        case WhoKind.ON_CALL:
            return f"whoever is on call in the rotation {step.who.key}"
    return "whoever the ticket is assigned to, else the main contact"


def _group_text(first: int, last: int, spans: tuple[Span, ...]) -> str:
    days = _DAYS[first] if first == last else f"{_DAYS[first]}-{_DAYS[last]}"
    return f"{days} {joined([str(span) for span in spans])}"
