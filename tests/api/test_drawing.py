"""The picture of a term, and how things are said: pure, with the places worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime

from api.fields import told
from api.pages.render import instant, last_day, minutes, money, relative, since
from domain.picture import Band, Mark, draw
from domain.saying import say

STARTS, ENDS = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
LANES = ("Meetings", "Notices")


def _mark(key: str, at: datetime, lane: str = "Meetings") -> Mark:
    return Mark(key, at, lane, "circle", "ahead", key)


def test_the_middle_of_the_term_is_the_middle_of_the_picture() -> None:
    middle = datetime(2026, 7, 2, 12, tzinfo=UTC)  # 182.5 of 365 days
    drawing = draw(STARTS, ENDS, middle, "UTC", LANES, [], [_mark("a", middle)])
    assert drawing.width == 940
    assert drawing.today == 470.0
    assert [(placed.x, placed.mark.key) for placed in drawing.marks] == [(470.0, "a")]


def test_two_marks_of_one_day_stand_one_above_the_other() -> None:
    day = datetime(2026, 3, 1, tzinfo=UTC)
    marks = [_mark("a", day), _mark("b", day), _mark("c", datetime(2026, 6, 1, tzinfo=UTC))]
    drawing = draw(STARTS, ENDS, STARTS, "UTC", LANES, [], marks)
    assert [placed.y for placed in drawing.marks] == [64.0, 86.0, 64.0]
    assert [lane.name for lane in drawing.lanes] == ["Meetings"]
    assert drawing.lanes[0].height == 62.0


def test_a_window_is_a_band_and_what_lies_outside_stands_at_the_edge() -> None:
    band = Band("The first 90 days", STARTS, datetime(2026, 4, 1, tzinfo=UTC))
    late = _mark("invoice", datetime(2027, 2, 1, tzinfo=UTC), "Notices")
    drawing = draw(STARTS, ENDS, datetime(2028, 1, 1, tzinfo=UTC), "UTC", LANES, [band], [late])
    assert (drawing.bands[0].x, drawing.bands[0].width) == (18.0, 222.9)
    assert drawing.bands[0].label == "The first 90 days, 90 days"
    assert drawing.marks[0].x == 922.0
    assert drawing.today is None
    assert drawing.past == 922.0


def test_months_are_those_of_the_contracts_zone_and_years_are_told_where_they_change() -> None:
    starts = datetime(2026, 1, 31, 5, tzinfo=UTC)  # midnight in New York
    drawing = draw(starts, datetime(2027, 1, 31, 5, tzinfo=UTC), starts, "America/New_York", LANES, [], [])
    assert [tick.month for tick in drawing.ticks][:3] == ["Feb", "Mar", "Apr"]
    assert [(tick.month, tick.year) for tick in drawing.ticks if tick.year] == [("Feb", "2026"), ("Jan", "2027")]


def test_a_due_time_at_midnight_belongs_to_the_day_that_it_ends() -> None:
    midnight = datetime(2026, 11, 23, 7, tzinfo=UTC)  # 24:00 of 22 November in Phoenix
    assert last_day(midnight, "America/Phoenix") == date(2026, 11, 22)
    assert relative(midnight, datetime(2026, 11, 22, 20, tzinfo=UTC), "America/Phoenix") == "today"


def test_distances_are_told_in_local_days() -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert relative(datetime(2026, 11, 23, 9, tzinfo=UTC), now) == "tomorrow"
    assert relative(datetime(2026, 11, 27, 9, tzinfo=UTC), now) == "in 5 days"
    assert relative(datetime(2026, 12, 20, 9, tzinfo=UTC), now) == "in 4 weeks"
    assert relative(datetime(2027, 5, 22, 9, tzinfo=UTC), now) == "in 6 months"
    assert relative(datetime(2026, 11, 19, 9, tzinfo=UTC), now) == "3 days late"
    assert relative(datetime(2026, 11, 22, 9, tzinfo=UTC), now) == "late since today"
    assert since(datetime(2026, 11, 21, 9, tzinfo=UTC), now) == "yesterday"


def test_lengths_money_and_instants_are_told_to_people() -> None:
    assert [minutes(each) for each in (0, 45, 60, 90, -30)] == ["0 min", "45 min", "1 h", "1 h 30 min", "-30 min"]
    assert money(123456, "USD") == "$1,234.56"
    assert money(1500, "JPY") == "¥1,500"
    assert money(None, "USD") == "by hand"
    assert instant(datetime(2026, 1, 31, 15, tzinfo=UTC), "America/New_York") == (
        '<time datetime="2026-01-31T15:00:00Z">Sat 31 Jan 2026, 10:00</time>'
    )


def test_a_fact_is_a_sentence_and_an_unknown_one_is_told_plainly() -> None:
    data = {"minutes": 45, "notes": "", "by": "Maya"}
    assert say("meeting.held", data, "Kick Off Meeting", "UTC") == "Kick Off Meeting held, 45 min, by Maya"
    late = {"due": "2026-02-01T05:00:00+00:00"}
    assert say("item.late", late, "Deployment", "America/New_York") == (
        "Deployment is late; it was due Sun 1 Feb 2026, 00:00"
    )
    assert say("meeting.held", {}, "Kick Off Meeting", "UTC") == "Held: Kick Off Meeting"
    assert say("something.quite-new", {}, "", "UTC") == "Quite new"


def test_a_list_is_not_called_short_when_its_parts_are_wrong() -> None:
    errors = [
        {"loc": ("body", "roles", 0), "type": "enum", "msg": "Input should be 'csm'"},
        {"loc": ("body", "roles"), "type": "too_short", "msg": "Tuple should have at least 1 item"},
    ]
    assert told(errors, leave_out=1) == [("roles.0", "should be 'csm'")]
