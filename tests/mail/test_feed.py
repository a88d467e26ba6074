"""The calendar feed of a contract."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from icalendar import Calendar

from mail.feed import FeedMeeting, contract_feed
from tests.mail.samples import SETTINGS

KICKOFF = FeedMeeting(
    uid="kickoff.acme-2026@pledge.oura.example",
    sequence=1,
    changed_at=datetime(2026, 1, 20, 9, 30, tzinfo=UTC),
    start=datetime(2026, 2, 3, 13, 0, tzinfo=UTC),
    end=datetime(2026, 2, 3, 14, 0, tzinfo=UTC),
    title="Kick-off Meeting",
    place="https://meet.oura.example/acme",
)
TRAINING = FeedMeeting(
    uid="training.acme-2026@pledge.oura.example",
    sequence=0,
    changed_at=datetime(2026, 1, 22, 8, 0, tzinfo=UTC),
    start=datetime(2026, 2, 10, 13, 0, tzinfo=UTC),
    end=datetime(2026, 2, 10, 14, 0, tzinfo=UTC),
    title="Software Training",
    status="tentative",
)


def feed(*meetings: FeedMeeting) -> bytes:
    return contract_feed("Acme Inc.", meetings, vendor_name="Oura", settings=SETTINGS).body


def test_a_feed_is_published_and_invites_nobody() -> None:
    body = feed(KICKOFF, TRAINING)
    assert b"\r\nMETHOD:PUBLISH\r\n" in body
    assert b"ATTENDEE" not in body
    assert b"VALARM" not in body
    assert b"VTIMEZONE" not in body
    assert b"\r\nX-WR-CALNAME:Acme Inc.\r\n" in body


def test_a_feed_does_not_give_away_the_meetings_own_address() -> None:
    assert b"\r\nORGANIZER;CN=Oura:mailto:pledge@oura.example\r\n" in feed(KICKOFF)
    assert b"reply.oura.example" not in feed(KICKOFF)


def test_each_meeting_is_its_own_event_in_utc() -> None:
    events: list[Any] = list(Calendar.from_ical(feed(TRAINING, KICKOFF)).walk("VEVENT"))
    assert [(str(e["UID"]), e["SEQUENCE"], str(e["STATUS"]), e["DTSTART"].dt) for e in events] == [
        ("kickoff.acme-2026@pledge.oura.example", 1, "CONFIRMED", datetime(2026, 2, 3, 13, 0, tzinfo=UTC)),
        ("training.acme-2026@pledge.oura.example", 0, "TENTATIVE", datetime(2026, 2, 10, 13, 0, tzinfo=UTC)),
    ]


def test_the_etag_changes_with_the_content_and_only_then() -> None:
    first = contract_feed("Acme Inc.", (KICKOFF, TRAINING), vendor_name="Oura", settings=SETTINGS)
    again = contract_feed("Acme Inc.", (TRAINING, KICKOFF), vendor_name="Oura", settings=SETTINGS)
    moved = contract_feed("Acme Inc.", (replace(KICKOFF, sequence=2), TRAINING), vendor_name="Oura", settings=SETTINGS)
    assert first == again
    assert first.etag != moved.etag
    assert first.etag.startswith('"')
    assert first.etag.endswith('"')
    assert len(first.etag) == 34


def test_last_modified_is_the_latest_change() -> None:
    both = contract_feed("Acme Inc.", (KICKOFF, TRAINING), vendor_name="Oura", settings=SETTINGS)
    assert both.last_modified == datetime(2026, 1, 22, 8, 0, tzinfo=UTC)


def test_a_feed_without_meetings_is_still_a_calendar() -> None:
    assert Calendar.from_ical(feed()).walk("VEVENT") == []


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="UTC instants only"):
        feed(replace(KICKOFF, start=datetime(2026, 2, 3, 13, 0)))  # noqa: DTZ001 the point of the test
