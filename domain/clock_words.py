"""A ticket's clocks in words, for mails and screens. English, without any zone: instants are for who shows them."""

from domain.clocks import Clock
from domain.support import ClockKind, LadderStep

_NAMES = {
    ClockKind.RESPONSE: "First response",
    ClockKind.UPDATE: "Status update",
    ClockKind.RESOLUTION: "Solution",
}


def clock_name(clock: Clock | ClockKind) -> str:
    """``First response``, ``Status update``, ``Solution``."""
    return _NAMES[clock.kind if isinstance(clock, Clock) else clock]


def seconds_text(seconds: int) -> str:
    """A length of open time: ``1 h 5 min``, ``7 min 30 s``, ``45 s``; seconds only below an hour. The sign is left out.

    No days: a day of open time is as long as the desk is open.
    """
    hours, rest = divmod(abs(seconds), 3600)
    minutes, left = divmod(rest, 60)
    parts = [f"{hours} h"] * (hours > 0) + [f"{minutes} min"] * (minutes > 0)
    if not hours and (left or not minutes):
        parts.append(f"{left} s")
    return " ".join(parts)


def left_text(seconds: int) -> str:
    """``7 min 30 s of open time left``, or ``1 h over`` when the due instant has passed."""
    return f"{seconds_text(seconds)} over" if seconds < 0 else f"{seconds_text(seconds)} of open time left"


def rung_text(step: LadderStep) -> str:
    """When a step of the ladder is taken: ``at 75 %``, ``when due``, ``30 min after it was due``."""
    if step.overrun_seconds is not None:
        return f"{seconds_text(step.overrun_seconds)} after it was due"
    if not step.percent:
        return "as the clock begins"
    return "when due" if step.percent == 100 else f"at {step.percent} %"
