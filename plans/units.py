"""How a plan file writes lengths of time and money, and how they are read. Nothing is guessed."""

import re
from dataclasses import dataclass
from decimal import Decimal

LONGEST_HOURS = 10_000
_DURATION = re.compile(r"(?:(\d{1,6}) ?h)? ?(?:(\d{1,6}) ?m(?:in)?)?")
_SERVICE_DAYS = re.compile(r"(\d{1,4}) service days?")

EXPECTED_DURATION = "expected a length of time such as 30m, 4h or 1h 30m"
EXPECTED_TARGET = "expected a length of time such as 30m, 4h, 48h or 5 service days"
EXPECTED_MONEY = "expected an amount of money such as 220.00"


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time: so many minutes, or so many service days, which only a coverage can turn into minutes
    (A17).
    """

    minutes: int = 0
    service_days: int = 0

    def __str__(self) -> str:
        """As a customer reads it: ``30 min``, ``4 h``, ``1 h 30 min``, ``5 service days``."""
        if self.service_days:
            return f"{self.service_days} service day{'s' if self.service_days > 1 else ''}"
        hours, minutes = divmod(self.minutes, 60)
        return " ".join(part for part in (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "") if part)


def parse_minutes(value: object) -> int:
    """``30m``, ``4h``, ``1h 30m`` as minutes. ValueError that says what was expected (a bare ``5d`` is
    refused).
    """
    length = _hours_and_minutes(value)
    if length is None:
        raise ValueError(f"{EXPECTED_DURATION}, got {shown(value)}")
    return length.minutes


def parse_length(value: object) -> Length:
    """As `parse_minutes`, and ``5 service days``. ValueError that says what was expected."""
    if isinstance(value, str) and (days := _SERVICE_DAYS.fullmatch(value.strip())) and int(days[1]) > 0:
        return Length(service_days=int(days[1]))
    length = _hours_and_minutes(value)
    if length is None:
        raise ValueError(f"{EXPECTED_TARGET}, got {shown(value)}")
    return length


def parse_money(value: object, decimals: int = 2) -> int:
    """``220`` or ``220.00`` as minor units. ValueError for other types, below zero, or with too many
    decimals.
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError(f"{EXPECTED_MONEY}, got {shown(value)}")
    minor = Decimal(value).scaleb(decimals)
    if not minor.is_finite() or minor < 0 or minor != minor.to_integral_value():
        raise ValueError(f"{EXPECTED_MONEY}, got {shown(value)}")
    return int(minor)


def shown(value: object) -> str:
    """A value of the file as a message quotes it: short, on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "nothing"
    if isinstance(value, dict | list):
        kind = "mapping" if isinstance(value, dict) else "list"
        return f"a {kind}" if value else f"an empty {kind}"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _hours_and_minutes(value: object) -> Length | None:
    match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None
    minutes = int(match[1] or 0) * 60 + int(match[2] or 0)
    return Length(minutes) if 0 < minutes <= LONGEST_HOURS * 60 else None
