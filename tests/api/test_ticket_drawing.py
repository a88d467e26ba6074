"""The picture of a ticket's clocks and the months of uptime: pure, with the places worked out by hand.

2 February 2026 is a Monday. A drawing of 656 pixels has 628 between its edges of 14.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from api.pages.contract_support import months_of_uptime
from api.pages.ticket_drawing import Drawing, Piece, Rung, draw
from domain.clocks import Bound, Clock, Pause, PauseCause, Verdict
from domain.coverage import Coverage
from domain.support import ClockKind, Uptime
from storage.queries.tickets import OutageLine


def _at(text: str) -> datetime:
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def _epoch(text: str) -> int:
    return int(_at(text).timestamp())


DESK = Coverage(
    (_epoch("02-02 08:00"), _epoch("02-03 08:00")),
    (_epoch("02-02 17:00"), _epoch("02-03 17:00")),
    _epoch("02-02 00:00"),
    _epoch("02-04 00:00"),
)
RESPONSE = Clock(
    ClockKind.RESPONSE, 1, _at("02-02 08:00"), "desk", "ombori-20",
    (Bound(_at("02-02 08:00"), 7200, "desk", "ombori-20", "2 h"),), (), _at("02-02 10:00"),
)  # fmt: skip
MEASURED = Clock(ClockKind.RESOLUTION, 1, _at("02-02 16:00"), "desk", "essensys-12")


def _drawn(*clocks: Clock, begin: str, now: str, rungs: tuple[Rung, ...] = (), zone: str = "UTC") -> Drawing:
    found = draw(clocks, {"desk": DESK}, _at(begin), _at(now), zone, rungs)
    assert found is not None
    return found


def test_a_running_clock_is_a_bar_until_now_and_an_outline_until_it_is_due() -> None:
    drawing = _drawn(RESPONSE, begin="02-02 08:00", now="02-02 09:00")  # until 10:07:12: two hours and 6 % of them
    assert (drawing.width, drawing.now) == (656.0, 310.2)
    (lane,) = drawing.lanes
    assert (lane.name, lane.shades) == ("First response", ())
    assert lane.bars[0].pieces == (
        Piece(14.0, 296.2, "wait", "running"),
        Piece(14.0, 296.2, "count", "running"),
        Piece(310.2, 296.3, "ghost", "running"),
    )
    assert [(due.x, due.text, due.late, due.turned) for due in lane.dues] == [(606.5, "due Mon 10:00", False, True)]


def test_the_closed_night_is_shaded_and_time_in_it_is_thin() -> None:
    drawing = _drawn(MEASURED, begin="02-02 16:00", now="02-03 09:00")  # until 10:01:12, 64 872 s
    (lane,) = drawing.lanes
    assert [(shade.x, shade.width) for shade in lane.shades] == [(48.9, 522.7)]
    assert [(piece.kind, piece.x) for piece in lane.bars[0].pieces] == [
        ("wait", 14.0),
        ("count", 14.0),
        ("count", 571.6),
    ]
    assert [tick.label for tick in drawing.days] == ["Mon 2 Feb", "Tue 3 Feb"]
    assert [tick.label for tick in drawing.ticks] == ["18:00", "21:00", "00:00", "03:00", "06:00", "09:00"]


def test_days_and_times_are_those_of_the_zone() -> None:
    drawing = _drawn(MEASURED, begin="02-02 16:00", now="02-03 09:00", zone="Asia/Tokyo")  # 01:00 of Tuesday there
    assert [tick.label for tick in drawing.days] == ["Tue 3 Feb"]
    assert [tick.label for tick in drawing.ticks] == ["03:00", "06:00", "09:00", "12:00", "15:00", "18:00"]


def test_what_lies_after_the_due_instant_is_late() -> None:
    missed = replace(RESPONSE, verdict=Verdict.MISSED)
    (lane,) = _drawn(missed, begin="02-02 08:00", now="02-02 11:00").lanes
    assert [(piece.kind, piece.tone) for piece in lane.bars[0].pieces] == [
        ("wait", "running"), ("count", "running"), ("wait", "late"), ("count", "late"),
    ]  # fmt: skip
    assert lane.dues[0].late
    met = replace(RESPONSE, verdict=Verdict.MET, stopped_at=_at("02-02 09:00"), took_seconds=3600)
    (lane,) = _drawn(met, begin="02-02 08:00", now="02-02 11:00").lanes
    assert [(piece.kind, piece.tone) for piece in lane.bars[0].pieces] == [("wait", "met"), ("count", "met")]
    assert lane.dues[0].text == ""


def test_pauses_and_steps_of_the_ladder_have_their_places() -> None:
    paused = replace(RESPONSE, pauses=(Pause(_at("02-02 08:30"), PauseCause.CUSTOMER),), due=None)
    rung = Rung(ClockKind.RESPONSE, _at("02-02 09:00"), True, "First response, at 75 %: told Maya")
    (lane,) = _drawn(paused, begin="02-02 08:00", now="02-02 09:00", rungs=(rung,)).lanes
    pause = lane.bars[0].pieces[-1]
    assert (pause.kind, pause.x, pause.width) == ("pause", 310.2, 296.3)  # 63.6 minutes in all
    assert [(dot.x, dot.taken, dot.label) for dot in lane.dots] == [(606.5, True, "First response, at 75 %: told Maya")]


def test_a_ticket_without_clocks_has_no_picture() -> None:
    assert draw((), {}, _at("02-02 08:00"), _at("02-02 09:00"), "UTC") is None


def test_uptime_is_that_of_local_months_as_far_as_the_term_reaches() -> None:
    promised = Uptime("ombori-6", 99_999)
    outage = OutageLine(3, "alert", "down", _at("01-31 22:59"), _at("01-31 23:01"))  # a minute on each side of midnight
    term = (_at("01-15 23:00"), datetime(2027, 1, 15, 23, tzinfo=UTC))
    months = months_of_uptime(promised, (outage,), term, "Europe/Stockholm", _at("02-11 23:00"))
    assert [(m.name, m.measured.down_seconds, m.measured.percent_text, m.measured.kept) for m in months] == [
        ("February 2026", 60, "99.99369", False),  # of 11 days, 950 400 s
        ("January 2026", 60, "99.99566", False),  # of the 16 days from 16 January on, 1 382 400 s
    ]
    assert [[each.number for each in month.outages] for month in months] == [[3], [3]]
    assert months_of_uptime(promised, (), (_at("02-05 00:00"), term[1]), "UTC", _at("02-11 00:00"))[0].name == (
        "February 2026"
    )
    assert months_of_uptime(None, (), term, "UTC", _at("02-11 00:00")) == []
