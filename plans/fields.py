"""The kinds of values that a plan file's fields hold, each with what it expects."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, PlainValidator, StringConstraints

from domain.coverage import ALWAYS_OPEN, WeeklyHours, weekly
from plans.units import Length, parse_length, parse_minutes, parse_money, shown

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
ClauseId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*-[0-9]+$", max_length=60)]
Reading = Annotated[str, StringConstraints(pattern=r"^A([1-9]|1[0-9]|20)$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Address = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]
TableName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*\.csv$", max_length=100)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]


def _text(value: object) -> object:
    """One line of text: a folded block of the file reads as one."""
    if isinstance(value, str):
        value = " ".join(value.split())
        if not value.isprintable():
            raise ValueError(f"expected text without control characters, got {shown(value)}")
    return value


Text = Annotated[str, StringConstraints(min_length=1, max_length=400), BeforeValidator(_text)]


@dataclass(frozen=True, slots=True)
class OpenHours:
    """Opening hours as written: weekly ones, or (None) the customer's own (A8)."""

    weekly: WeeklyHours | None


EXPECTED_HOURS = "expected 24/7, customer, or days with spans such as {mon-fri: 08:00-18:00}"


def _open_hours(value: object) -> OpenHours:
    if value == "24/7":
        return OpenHours(ALWAYS_OPEN)
    if value == "customer":
        return OpenHours(None)
    if not isinstance(value, dict) or not value:
        raise ValueError(f"{EXPECTED_HOURS}, got {shown(value)}")
    for days, spans in value.items():
        listed = spans if isinstance(spans, list) else [spans]
        if not listed or not all(isinstance(span, str) for span in listed):
            raise ValueError(f"{EXPECTED_HOURS}, got {shown(spans)} for {days}")
    try:
        return OpenHours(weekly(value))
    except ValueError as error:
        told = str(error)
    about_days = " overlaps " in told or " twice " in told
    raise ValueError(f"{told}; expected each day once, and spans apart from each other" if about_days else told)


def _zone(value: object) -> str:
    if isinstance(value, str) and value:
        try:
            return ZoneInfo(value).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            pass
    raise ValueError(f"expected an IANA time zone such as Europe/Stockholm, got {shown(value)}")


def _money(value: object) -> Decimal:
    parse_money(value, decimals=3)
    assert isinstance(value, int | Decimal)
    return Decimal(value)


def _percent(value: object) -> int:
    parts = value * 1000 if isinstance(value, int | Decimal) and not isinstance(value, bool) else Decimal(-1)
    if not 0 < parts <= 100_000 or parts != int(parts):
        raise ValueError(f"expected a percentage with at most three decimals such as 99.999, got {shown(value)}")
    return int(parts)


Minutes = Annotated[int, PlainValidator(parse_minutes)]
TargetLength = Annotated[Length, PlainValidator(parse_length)]
Hours = Annotated[OpenHours, PlainValidator(_open_hours)]
Zone = Annotated[str, PlainValidator(_zone)]
Money = Annotated[Decimal, PlainValidator(_money)]
PartsPer100000 = Annotated[int, PlainValidator(_percent)]
