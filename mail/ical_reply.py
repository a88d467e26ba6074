"""The few lines of a METHOD:REPLY calendar that count (RFC 5546, section 3.2.3), read from untrusted text.

Lines are unfolded and split by `icalendar`; its components are not built, so that time zones, recurrences and
whatever else the text holds cost nothing and change nothing.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote

from icalendar.parser import Contentline, Contentlines

from domain.meeting import Answer

MAX_LINES = 2_000
MAX_LINE = 4_000
MAX_SEQUENCE = 2**31 - 1

_ANSWERS = {
    "ACCEPTED": Answer.ACCEPTED,
    "DECLINED": Answer.DECLINED,
    "TENTATIVE": Answer.TENTATIVE,
    "NEEDS-ACTION": Answer.NEEDS_ACTION,
}
_WANTED = frozenset({"METHOD", "BEGIN", "END", "UID", "SEQUENCE", "DTSTAMP", "ATTENDEE", "COMMENT"})
_STAMP = re.compile(r"(\d{8})T(\d{6})Z?")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class CalendarRefused(ValueError):
    """The calendar says nothing that a meeting can take. ``why`` is a value of `mail.reply.WhyDropped`."""

    def __init__(self, why: str, detail: str) -> None:
        super().__init__(detail)
        self.why = why


@dataclass(frozen=True, slots=True)
class CalendarAnswer:
    """One attendee's answer to one VEVENT. ``stamp`` is UTC; a missing SEQUENCE is 0 (RFC 5545, 3.8.7.4)."""

    uid: str
    attendee: str
    answer: Answer
    sequence: int
    stamp: datetime
    comment: str


@dataclass(frozen=True, slots=True)
class _Line:
    """A property with the component that it stands in (``VCALENDAR/VEVENT``)."""

    inside: str
    name: str
    partstat: str
    value: str


def read_calendar(text: str) -> CalendarAnswer:
    """The answer in this calendar object.

    Raises:
        CalendarRefused: it is no METHOD:REPLY, or one without exactly one event, attendee, UID and DTSTAMP.
    """
    lines = _lines(text)
    _check_method([one.value.upper() for one in lines if (one.inside, one.name) == ("VCALENDAR", "METHOD")])
    if sum(one.name == "BEGIN" and one.value.upper() == "VEVENT" for one in lines) != 1:
        raise CalendarRefused("malformed", "a reply holds exactly one VEVENT")
    event = [one for one in lines if one.inside == "VCALENDAR/VEVENT"]
    attendee = _only(event, "ATTENDEE")
    partstat = attendee.partstat.upper() or "NEEDS-ACTION"
    if partstat == "DELEGATED":
        raise CalendarRefused("delegated", "the attendee sends somebody else")
    return CalendarAnswer(
        uid=_only(event, "UID").value,
        attendee=_mail_address(attendee.value),
        answer=_ANSWERS.get(partstat, Answer.NEEDS_ACTION),  # RFC 5545, 3.2.12: unknown ones count as NEEDS-ACTION
        sequence=_sequence([one.value for one in event if one.name == "SEQUENCE"]),
        stamp=_stamp(_only(event, "DTSTAMP").value),
        comment="\n".join(_unescaped(one.value) for one in event if one.name == "COMMENT"),
    )


def _check_method(methods: list[str]) -> None:
    if methods == ["REPLY"]:
        return
    if len(methods) == 1 and methods[0] in ("REQUEST", "CANCEL", "COUNTER"):
        raise CalendarRefused(methods[0].lower(), "only replies are read")
    raise CalendarRefused("other-method" if methods else "malformed", f"METHOD is {methods[:3]}")


def _lines(text: str) -> list[_Line]:
    raw = list(Contentlines.from_ical(text.replace("\0", "")))  # type: ignore[no-untyped-call]
    if len(raw) > MAX_LINES:
        raise CalendarRefused("malformed", f"{len(raw)} lines")
    found: list[_Line] = []
    components: list[str] = []
    for one in raw:
        name = re.split("[:;]", one, maxsplit=1)[0].strip().upper()
        if name not in _WANTED or len(one) > MAX_LINE:
            continue
        line = _parsed(one, name, "/".join(components))
        if name == "END" and components:
            components.pop()
        elif name == "BEGIN":
            components.append(line.value.upper())
        found.append(line)
    return found


def _parsed(one: Contentline, name: str, inside: str) -> _Line:
    try:
        _, parameters, value = one.raw_parts()
    except (ValueError, IndexError) as wrong:
        raise CalendarRefused("malformed", f"a broken {name} line") from wrong
    return _Line(inside, name, str(parameters.get("PARTSTAT", "")), value.strip())


def _only(event: list[_Line], name: str) -> _Line:
    found = [one for one in event if one.name == name]
    if len(found) != 1 or not found[0].value:
        raise CalendarRefused("malformed", f"a reply holds exactly one {name}, not {len(found)}")
    return found[0]


def _mail_address(uri: str) -> str:
    scheme, _, address = uri.partition(":")
    if scheme.lower() != "mailto" or "@" not in unquote(address):
        raise CalendarRefused("malformed", "the attendee is no mail address")
    return unquote(address).partition("?")[0].strip()


def _sequence(values: list[str]) -> int:
    if not values:
        return 0
    if len(values) > 1 or not re.fullmatch("[0-9]{1,10}", values[0]) or int(values[0]) > MAX_SEQUENCE:
        raise CalendarRefused("malformed", "SEQUENCE is no number")
    return int(values[0])


def _stamp(value: str) -> datetime:
    """DTSTAMP must be UTC (RFC 5545, 3.8.7.2); where the Z was forgotten it is read as UTC all the same."""
    if not _STAMP.fullmatch(value):
        raise CalendarRefused("malformed", "DTSTAMP is no instant")
    try:
        return datetime.strptime(value.rstrip("Z"), "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError as wrong:
        raise CalendarRefused("malformed", "DTSTAMP is no instant") from wrong


def _unescaped(value: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)
