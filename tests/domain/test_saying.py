"""Facts as sentences, and the picture of a term: what both screens and reports show."""

from datetime import UTC, datetime

from domain.picture import Band, Mark, draw
from domain.saying import say

NEW_YORK = "America/New_York"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_booking_is_told_in_the_customers_time() -> None:
    data = {"start": "2026-02-02T14:00:00+00:00", "host": "Maria Berg"}
    told = say("meeting.booked", data, "Kick Off Meeting", NEW_YORK)
    assert told == "Kick Off Meeting booked for Mon 2 Feb 2026, 09:00 with Maria Berg"


def test_an_amount_is_told_with_its_currency_and_one_without_is_by_hand() -> None:
    assert say("charge.line", {"text": "May", "amount": 50_000, "currency": "USD"}, "", "UTC") == (
        "Charge: May, 500.00 USD"
    )
    assert say("charge.line", {"text": "May", "amount": None, "currency": "USD"}, "", "UTC") == "Charge: May, by hand"


def test_a_fact_that_cannot_be_read_is_told_by_its_kind() -> None:
    assert say("meeting.booked", {}, "Kick Off Meeting", "UTC") == "Booked: Kick Off Meeting"
    assert say("some.new-thing", {}, "", "UTC") == "New thing"


def test_a_new_ticket_is_told_of_to_those_named() -> None:
    to = [{"name": "Maria Berg", "email": "maria@x.example"}]
    assert say("ticket.announced", {"to": to}, "", "UTC") == "Told Maria Berg of the new ticket"


def test_marks_stand_in_their_lanes_by_time_and_close_ones_above_each_other() -> None:
    starts, ends = utc("2026-01-01"), utc("2027-01-01")
    marks = [
        Mark(key, utc(at), "Meetings", "circle", "done", key)
        for key, at in (("a", "2026-01-01"), ("b", "2026-01-02"), ("c", "2026-07-02T12:00"), ("d", "2028-01-01"))
    ]
    bands = [Band("The first 90 days", starts, utc("2026-04-01"))]
    picture = draw(starts, ends, utc("2026-07-02T12:00"), "UTC", ("Reports", "Meetings"), bands, marks)
    assert [lane.name for lane in picture.lanes] == ["Meetings"]
    a, b, c, d = picture.marks
    assert (a.x, c.x, d.x) == (18, picture.width / 2, picture.width - 18)
    assert b.y - a.y == 22
    assert a.y == c.y == d.y
    assert picture.today == picture.width / 2
    assert picture.bands[0].label == "The first 90 days, 90 days"
    assert [tick.month for tick in picture.ticks][:2] == ["Jan", "Feb"]
    assert [tick.year for tick in picture.ticks][:2] == ["2026", ""]


def test_what_went_by_is_told_only_where_something_did() -> None:
    told = [say("contract.resumed", {"by": "Ana", "passed": list("abc")[:n]}, "", "UTC") for n in (0, 1, 2)]
    assert told == [
        "Resumed, by Ana",
        "Resumed, by Ana; 1 item went by meanwhile",
        "Resumed, by Ana; 2 items went by meanwhile",
    ]
