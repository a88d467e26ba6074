"""A contract's meetings as a calendar to subscribe to: METHOD:PUBLISH, nobody is invited (RFC 5546, 3.2.1)."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from icalendar import Event, vCalAddress

from mail import safe
from mail.invitation import new_calendar, utc
from mail.settings import MailSettings

MEDIA_TYPE = "text/calendar; charset=utf-8"

_EMPTY_SINCE = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FeedMeeting:
    """A meeting as a subscriber sees it. ``changed_at``: when it was booked, moved or cancelled last (business time).

    Instants are UTC. ``tentative``: a slot is held that the customer has not accepted yet.
    """

    uid: str
    sequence: int
    changed_at: datetime
    start: datetime
    end: datetime
    title: str
    description: str = ""
    place: str = ""
    status: Literal["tentative", "confirmed", "cancelled"] = "confirmed"


@dataclass(frozen=True, slots=True)
class Feed:
    """The bytes to serve, with the ETag (quoted, from the bytes) and the Last-Modified instant that belong to them."""

    body: bytes
    etag: str
    last_modified: datetime


def contract_feed(title: str, meetings: Iterable[FeedMeeting], *, vendor_name: str, settings: MailSettings) -> Feed:
    """The feed of one contract. The same meetings give the same bytes, in whatever order they come.

    The organizer is the vendor's ordinary sender: a feed travels further than an invitation, so it must not hold the
    meeting's own address, which lets its holder answer.

    Raises:
        ValueError: a time is naive or not UTC.
    """
    known = sorted(meetings, key=lambda meeting: (meeting.start, meeting.uid))
    calendar = new_calendar("PUBLISH")
    calendar.add("name", safe.line(title))
    calendar.add("x-wr-calname", safe.line(title))
    calendar.add("x-published-ttl", "PT1H")
    for meeting in known:
        calendar.add_component(_event(meeting, vendor_name, settings))
    body = calendar.to_ical()
    last_modified = max((utc(meeting.changed_at) for meeting in known), default=_EMPTY_SINCE)
    return Feed(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"', last_modified)


def _event(meeting: FeedMeeting, vendor_name: str, settings: MailSettings) -> Event:
    event = Event()
    event.add("uid", safe.line(meeting.uid))
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", utc(meeting.changed_at))
    event.add("last-modified", utc(meeting.changed_at))
    event.add("dtstart", utc(meeting.start))
    event.add("dtend", utc(meeting.end))
    event.add("summary", safe.line(meeting.title))
    if description := safe.text(meeting.description):
        event.add("description", description)
    if place := safe.line(meeting.place, 500):
        event.add("location", place)
    organizer = vCalAddress(f"mailto:{safe.ascii_address(settings.sender)}")
    if vendor := safe.name(vendor_name):
        organizer.params["CN"] = vendor
    event.add("organizer", organizer)
    event.add("status", meeting.status.upper())
    event.add("transp", "TRANSPARENT" if meeting.status == "cancelled" else "OPAQUE")
    return event
