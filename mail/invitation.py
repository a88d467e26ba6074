"""The iCalendar part of a message: one VEVENT with UTC times (RFC 5545), sent as RFC 5546 and RFC 6047 ask for.

No alarms (the reader's own program has its own), no VTIMEZONE (generated ones move a July meeting by an hour in two
common parsers), no recurrence: a series of touchpoints is separate events.
"""

from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event, vCalAddress

from domain.meeting import Attendee
from domain.messages import Invite, InviteMethod
from mail import safe
from mail.settings import MailSettings

PRODUCT = "-//Pledge//Pledge//EN"


def organizer_address(token: str, settings: MailSettings) -> str:
    """The meeting's own address: the token at the reply domain.

    Raises:
        AddressRefused: the token is no local part.
    """
    return safe.ascii_address(f"{token}@{settings.reply_domain}")


def invite_bytes(invite: Invite, settings: MailSettings) -> bytes:
    """The calendar object, lines folded at 75 octets and ended by CRLF, UTF-8.

    Raises:
        ValueError: a time is naive or not UTC, the end is not after the start, or the sequence is negative.
        AddressRefused: an attendee's address cannot be written to.
    """
    if invite.end <= invite.start:
        raise ValueError(f"the meeting ends at {invite.end}, not after its start at {invite.start}")
    if invite.sequence < 0:
        raise ValueError(f"SEQUENCE is {invite.sequence}, and it never is negative")
    cancelled = invite.method is InviteMethod.CANCEL
    calendar = new_calendar(invite.method.value)
    event = Event()
    event.add("uid", safe.line(invite.uid))
    event.add("sequence", invite.sequence)
    event.add("dtstamp", utc(invite.stamp))
    event.add("dtstart", utc(invite.start))
    event.add("dtend", utc(invite.end))
    event.add("summary", safe.line(invite.title))
    if description := safe.text(invite.description):
        event.add("description", description)
    if place := safe.line(invite.place, 500):
        event.add("location", place)
    event.add("organizer", _organizer(invite, settings))
    for attendee in invite.attendees:
        event.add("attendee", _attendee(attendee, asks=not cancelled))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if not cancelled:
        event.add("transp", "OPAQUE")
        # A counter-proposal would be dropped; so the button for one is not offered where it can be hidden.
        event.add("x-microsoft-disallow-counter", "TRUE")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def new_calendar(method: str) -> Calendar:
    """An empty calendar object. `Calendar.new` would add a UID, which an invitation must not have."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def utc(instant: datetime) -> datetime:
    """The instant in UTC, whole seconds.

    Raises:
        ValueError: it is naive or of another zone: whoever made it did not think in instants, and a fixed offset would
            be written as a zone that no program knows.
    """
    if instant.utcoffset() != timedelta(0):
        raise ValueError(f"a calendar takes UTC instants only, not {instant.isoformat()}")
    return instant.astimezone(UTC).replace(microsecond=0)


def _organizer(invite: Invite, settings: MailSettings) -> vCalAddress:
    organizer = vCalAddress(f"mailto:{organizer_address(invite.token, settings)}")
    if common_name := safe.name(invite.organizer_name):
        organizer.params["CN"] = common_name
    return organizer


def _attendee(attendee: Attendee, *, asks: bool) -> vCalAddress:
    person = vCalAddress(f"mailto:{safe.ascii_address(attendee.person.email)}")
    if common_name := safe.name(attendee.person.name):
        person.params["CN"] = common_name
    person.params["CUTYPE"] = "INDIVIDUAL"
    person.params["ROLE"] = "REQ-PARTICIPANT"
    person.params["PARTSTAT"] = attendee.answer.value.upper()
    if asks:
        person.params["RSVP"] = "TRUE"
    return person
