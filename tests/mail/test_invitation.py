"""DESIGN, Invitations: one test for each rule, on the bytes that leave."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from domain.contract import Person, Side
from domain.meeting import Answer, Attendee
from domain.messages import InviteMethod
from mail.invitation import invite_bytes
from tests.mail.reading import as_bytes, calendar_bytes, calendar_lines, calendar_parts, event_of, read_back
from tests.mail.samples import SETTINGS, invite, message

INVITING = ("invitation", "update", "cancellation")


@pytest.mark.parametrize("name", INVITING)
def test_one_meeting_is_one_event(name: str) -> None:
    calendar = Calendar.from_ical(calendar_bytes(read_back(message(name))))
    assert [component.name for component in calendar.walk()] == ["VCALENDAR", "VEVENT"]


def test_times_are_utc_and_written_with_a_z() -> None:
    lines = calendar_lines(read_back(message("invitation")))
    assert "DTSTART:20260203T130000Z" in lines
    assert "DTEND:20260203T140000Z" in lines
    assert "DTSTAMP:20260120T093000Z" in lines


@pytest.mark.parametrize("name", INVITING)
def test_there_is_no_alarm_no_zone_and_no_recurrence(name: str) -> None:
    text = "\n".join(calendar_lines(read_back(message(name))))
    for word in ("VALARM", "VTIMEZONE", "TZID", "RRULE", "RDATE"):
        assert word not in text


def test_the_calendar_itself_has_no_uid() -> None:
    calendar = Calendar.from_ical(calendar_bytes(read_back(message("invitation"))))
    assert "UID" not in calendar


def test_an_invitation_is_a_request_in_the_mime_part_and_in_the_calendar() -> None:
    mail = read_back(message("invitation"))
    part = calendar_parts(mail)[0]
    assert b"Content-Type: text/calendar; charset=UTF-8; method=REQUEST\r\n" in as_bytes(message("invitation"))
    assert part.get_param("method") == "REQUEST"
    lines = calendar_lines(mail)
    assert "METHOD:REQUEST" in lines
    assert "STATUS:CONFIRMED" in lines
    assert "SEQUENCE:0" in lines


def test_a_reschedule_keeps_the_uid_and_raises_the_sequence() -> None:
    first, second = read_back(message("invitation")), read_back(message("update"))
    assert str(event_of(first)["UID"]) == str(event_of(second)["UID"]) == "kickoff.acme-2026@pledge.oura.example"
    assert "SEQUENCE:1" in calendar_lines(second)
    assert "METHOD:REQUEST" in calendar_lines(second)


def test_a_reschedule_writes_every_answer_back_to_needs_action() -> None:
    waiting = tuple(replace(one, answer=Answer.NEEDS_ACTION) for one in invite().attendees)
    mail = read_back(message("update", invite=replace(invite(sequence=1), attendees=waiting)))
    assert [one.params["PARTSTAT"] for one in event_of(mail)["ATTENDEE"]] == ["NEEDS-ACTION"] * 3


def test_a_cancellation_says_so_in_the_mime_part_the_calendar_and_the_status() -> None:
    mail = read_back(message("cancellation"))
    assert calendar_parts(mail)[0].get_param("method") == "CANCEL"
    lines = calendar_lines(mail)
    assert "METHOD:CANCEL" in lines
    assert "STATUS:CANCELLED" in lines
    assert "SEQUENCE:2" in lines
    assert "UID:kickoff.acme-2026@pledge.oura.example" in lines
    assert "RSVP" not in "".join(lines)


def test_dropping_one_attendee_cancels_to_that_one_alone() -> None:
    ana = Attendee(Person("Ana Ortiz", "ana@acme.example"), Side.CUSTOMER)
    mail = read_back(
        message("cancellation", invite=replace(invite(InviteMethod.CANCEL, 1), attendees=(ana,))), ana.person
    )
    attendees = [line for line in calendar_lines(mail) if line.startswith("ATTENDEE")]
    assert attendees == [
        'ATTENDEE;CN="Ana Ortiz";CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT:mailto:ana@acme.example'
    ]
    assert mail["To"] == "Ana Ortiz <ana@acme.example>"


@pytest.mark.parametrize("name", INVITING)
def test_the_mail_is_mixed_of_an_alternative_and_the_attached_file(name: str) -> None:
    mail = read_back(message(name))
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    attachment = calendar_parts(mail)[1]
    assert attachment.get_content_disposition() == "attachment"
    assert attachment.get_filename() == "invite.ics"


@pytest.mark.parametrize("name", INVITING)
def test_both_calendar_parts_hold_the_bytes_that_were_made(name: str) -> None:
    ordered = message(name)
    assert ordered.invite is not None
    made = invite_bytes(ordered.invite, SETTINGS)
    raw = message_from_bytes(as_bytes(ordered))  # the oldest policy, that turns CRLF into LF where it can
    payloads = [p.get_payload(decode=True) for p in raw.walk() if p.get_content_type().endswith(("calendar", "ics"))]
    assert payloads == [made, made]


def test_every_line_of_calendar_and_mail_ends_with_crlf() -> None:
    for raw in (as_bytes(message("invitation")), calendar_bytes(read_back(message("invitation")))):
        assert raw.endswith(b"\r\n")
        assert b"\n" not in raw.replace(b"\r\n", b"")
        assert b"\r" not in raw.replace(b"\r\n", b"")


def test_calendar_lines_fold_at_75_octets_without_breaking_a_letter() -> None:
    long = replace(invite(), title="Översyn av hälsokontrollen " * 7, description="å" * 300)
    raw = invite_bytes(long, SETTINGS)
    lines = raw.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    for line in lines:
        line.decode("utf-8")
    assert event_of(read_back(message("invitation", invite=long)))["DESCRIPTION"] == "å" * 300


def test_the_organizer_is_the_meetings_own_address_and_equal_to_from() -> None:
    mail = read_back(message("invitation"))
    organizer = event_of(mail)["ORGANIZER"]
    assert str(organizer) == "mailto:m-7f3k2q9x4c8v1b6n@reply.oura.example"
    assert organizer.params["CN"] == "Maria Berg"
    assert mail["From"].addresses[0].addr_spec == "m-7f3k2q9x4c8v1b6n@reply.oura.example"
    assert mail["From"].addresses[0].display_name == "Maria Berg"


def test_the_csm_is_an_attendee_and_everybody_is_asked_to_answer() -> None:
    attendees = [line for line in calendar_lines(read_back(message("invitation"))) if line.startswith("ATTENDEE")]
    assert attendees == [
        (
            'ATTENDEE;CN="Maria Berg";CUTYPE=INDIVIDUAL;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT;RSVP=TRUE:'
            "mailto:maria.berg@oura.example"
        ),
        (
            'ATTENDEE;CN="John Miller";CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE:'
            "mailto:John.Miller@acme.example"
        ),
        (
            'ATTENDEE;CN="Ana Ortiz";CUTYPE=INDIVIDUAL;PARTSTAT=TENTATIVE;ROLE=REQ-PARTICIPANT;RSVP=TRUE:'
            "mailto:ana@acme.example"
        ),
    ]


def test_marks_that_parsers_disagree_about_are_taken_out_of_names_and_titles() -> None:
    evil = Attendee(Person('Eve "the" O\x00\x07\r\nATTENDEE:mailto:x@y.example\\', "eve@acme.example"), Side.CUSTOMER)
    mail = read_back(
        message(
            "invitation",
            invite=replace(
                invite(), title="Kick\x00-off\r\nSTATUS:CANCELLED", organizer_name='Ma"ria\nBerg', attendees=(evil,)
            ),
        )
    )
    lines = calendar_lines(mail)
    assert "SUMMARY:Kick-off STATUS:CANCELLED" in lines
    assert [line for line in lines if line.startswith("STATUS")] == ["STATUS:CONFIRMED"]
    assert [line for line in lines if line.startswith("ATTENDEE")] == [
        (
            "ATTENDEE;CN=\"Eve 'the' O ATTENDEE:mailto:x@y.example\";CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;"
            "ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:eve@acme.example"
        )
    ]
    assert event_of(mail)["ORGANIZER"].params["CN"] == "Ma'ria Berg"
    assert not any(control in calendar_bytes(mail) for control in (b"\x00", b"\x07"))


@pytest.mark.parametrize(
    "wrong",
    [
        datetime(2026, 2, 3, 13, 0),  # noqa: DTZ001 the point of the test
        datetime(2026, 2, 3, 13, 0, tzinfo=timezone(timedelta(hours=1))),
        datetime(2026, 7, 3, 13, 0, tzinfo=ZoneInfo("Europe/Stockholm")),
    ],
)
def test_a_time_that_is_not_utc_is_refused(wrong: datetime) -> None:
    with pytest.raises(ValueError, match="UTC instants only"):
        invite_bytes(replace(invite(), stamp=wrong), SETTINGS)


def test_a_meeting_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="not after its start"):
        invite_bytes(replace(invite(), end=datetime(2026, 2, 3, 13, 0, tzinfo=UTC)), SETTINGS)


def test_a_july_meeting_is_the_same_instant_for_every_parser() -> None:
    july = replace(invite(), start=datetime(2026, 7, 7, 12, 0, tzinfo=UTC), end=datetime(2026, 7, 7, 13, 0, tzinfo=UTC))
    event = event_of(read_back(message("invitation", invite=july)))
    assert event["DTSTART"].dt == datetime(2026, 7, 7, 12, 0, tzinfo=UTC)
    assert event["DTSTART"].params == {}


def test_the_same_order_gives_the_same_bytes() -> None:
    assert as_bytes(message("invitation")) == as_bytes(message("invitation"))


def test_outlook_is_told_not_to_offer_another_time() -> None:
    assert "X-MICROSOFT-DISALLOW-COUNTER:TRUE" in calendar_lines(read_back(message("invitation")))
