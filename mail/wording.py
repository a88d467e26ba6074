"""How instants, days, lengths and money are written to one reader: in their zone, in their language's manner."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_interval, get_timezone_name
from babel.numbers import format_currency, get_currency_precision
from babel.units import format_unit

from domain.contract import Person
from domain.messages import Message
from mail.words import WORDS, Words

# A plain "en" is read by everybody, so it is written the way that cannot be misread: day, month in letters, 24 hours.
_PLAIN_ENGLISH = "en_GB"
_FULL_DATE: Mapping[str, str] = {"en_GB": "EEEE d MMMM y"}
_CUSTOMER = ("client", "customer", "the client", "the customer")
_TWELVE_HOURS = re.compile(r"[hK]")


@dataclass(frozen=True)
class Reader:
    """One reader's zone and manner of writing. ``locale`` decides dates and numbers, ``language`` the words."""

    zone: ZoneInfo
    locale: Locale
    language: str

    @property
    def words(self) -> Words:
        """The labels in the language of the text."""
        return WORDS[self.language]

    def when(self, start: datetime, end: datetime) -> str:
        """``Tuesday 3 February 2026, 14:00–15:00 (Central European Time)``: always with the zone's name."""
        return _when(self, start.astimezone(UTC), end.astimezone(UTC))

    def moment(self, instant: datetime) -> str:
        """``Tuesday 3 February 2026, 14:00 (Central European Time)``."""
        return _moment(self, instant.astimezone(UTC))

    def day(self, day: date) -> str:
        """``Tuesday 3 February 2026``."""
        return _day(day, self.locale)

    def day_in(self, instant: datetime, zone: str) -> str:
        """The day that it is at an instant in a contract's zone, which may not be the reader's."""
        return self.day(instant.astimezone(ZoneInfo(zone)).date())

    def short_day(self, instant: datetime) -> str:
        """``Tue 3 Feb``, for a subject line."""
        return self._skeleton("MMMEd", instant.astimezone(self.zone))

    def hour(self, instant: datetime, now: datetime) -> str:
        """``14:30`` if that is today, else ``Wed 4 Feb, 14:30``: for a subject line. A doubled hour keeps its name."""
        local = instant.astimezone(self.zone)
        day = "" if local.date() == now.astimezone(self.zone).date() else f"{self.short_day(instant)}, "
        return f"{day}{self.hours(local, local)}{f' ({self.zone_name(instant)})' if _doubled(local) else ''}"

    def hours(self, first: datetime, last: datetime) -> str:
        """``14:00–15:00``, or ``14:00`` where both are the same. They are local already."""
        twelve = _TWELVE_HOURS.search(self.locale.time_formats["short"].pattern)
        if first == last:
            return self._skeleton("hm" if twelve else "Hm", first)
        written = format_interval(first, last, "hm" if twelve else "Hm", tzinfo=self.zone, locale=self.locale)
        return _even(written)

    def tile(self, instant: datetime) -> tuple[str, str, str]:
        """Month, day of the month and weekday, short: the leaf of a calendar."""
        local = instant.astimezone(self.zone)
        month, number, weekday = (format_date(local, part, locale=self.locale) for part in ("LLL", "d", "ccc"))
        return month.rstrip("."), number, weekday.rstrip(".")

    def zone_name(self, instant: datetime) -> str:
        """``Central European Time``; in the hour that a clock change doubles, the name that tells the two apart."""
        local = instant.astimezone(self.zone)
        if _doubled(local) or "/" not in self.zone.key or self.zone.key.startswith("Etc/"):
            return get_timezone_name(local, width="long", locale=self.locale)
        return _generic_zone_name(self.zone, self.locale)

    def length(self, minutes: int) -> str:
        """``1 hour 30 minutes``, in the language of the text."""
        return _length(minutes, self.language)

    def money(self, minor: int, currency: str) -> str:
        """An amount in minor units of ``currency`` (ISO 4217), for example ``€1,500.00``."""
        amount = Decimal(minor).scaleb(-get_currency_precision(currency))
        return format_currency(amount, currency, locale=self.locale)

    def payer(self, party: str) -> str:
        """``paid by the customer`` (caret-13)."""
        words = self.words
        return f"{words.paid_by} {words.customer if party in _CUSTOMER else party}"

    def _skeleton(self, skeleton: str, local: datetime) -> str:
        pattern = self.locale.datetime_skeletons[skeleton].pattern
        return _even(format_datetime(local, pattern, locale=self.locale))


def _doubled(local: datetime) -> bool:
    """Whether a clock change makes this hour happen twice."""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def reader_of(person: Person, message: Message, translated: frozenset[str]) -> Reader:
    """Who reads: the person's zone and language win over the message's; an unknown one falls back to the message's.

    ``translated`` are the languages in which this kind of message exists, besides English.

    Raises:
        ZoneInfoNotFoundError: the message's own zone does not exist.
    """
    locale = _locale(person.language) or _locale(message.language) or Locale.parse(_PLAIN_ENGLISH)
    language = locale.language if locale.language in translated else "en"
    return Reader(_zone(person.zone) or ZoneInfo(message.zone), locale, language)


# A mail says the same instant in its text, in its HTML and in what is shown of it before, often to several readers.
@lru_cache(maxsize=1024)
def _when(reader: Reader, start: datetime, end: datetime) -> str:
    first, last = start.astimezone(reader.zone), end.astimezone(reader.zone)
    if first.date() == last.date():
        told = f"{reader.day(first.date())}, {reader.hours(first, last)}"
    else:
        told = " – ".join(f"{reader.day(one.date())}, {reader.hours(one, one)}" for one in (first, last))
    return f"{told} ({reader.zone_name(start)})"


@lru_cache(maxsize=1024)
def _moment(reader: Reader, instant: datetime) -> str:
    local = instant.astimezone(reader.zone)
    return f"{reader.day(local.date())}, {reader.hours(local, local)} ({reader.zone_name(instant)})"


@lru_cache(maxsize=1024)
def _day(day: date, locale: Locale) -> str:
    return format_date(day, _FULL_DATE.get(str(locale), "full"), locale=locale)


@lru_cache(maxsize=256)
def _generic_zone_name(zone: ZoneInfo, locale: Locale) -> str:
    return get_timezone_name(zone, width="long", zone_variant="generic", locale=locale)


@lru_cache(maxsize=256)
def _length(minutes: int, language: str) -> str:
    hours, rest = divmod(minutes, 60)
    parts = [(hours, "duration-hour")] if hours else []
    if rest or not hours:
        parts.append((rest, "duration-minute"))
    return " ".join(format_unit(number, unit, length="long", locale=language) for number, unit in parts)


def _zone(key: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(key) if key else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _locale(tag: str) -> Locale | None:
    if tag.lower() == "en":
        return Locale.parse(_PLAIN_ENGLISH)
    try:
        return Locale.parse(tag.replace("-", "_")) if tag else None
    except (UnknownLocaleError, ValueError):
        return None


def _even(written: str) -> str:
    """Thin and narrow spaces, which some mail programs show as boxes, become ordinary ones."""
    return written.translate({0x2009: " ", 0x202F: "\u00a0"})
