"""What a page says of the time that is left: pure, with each number worked out by hand. 2 February 2026 is a Monday."""

from __future__ import annotations

from datetime import UTC, datetime

from api.pages.countdown import Countdown, countdown
from domain.clocks import Bound, Clock, Pause, PauseCause
from domain.coverage import Coverage
from domain.support import ClockKind


def _at(text: str) -> datetime:
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def _epoch(text: str) -> int:
    return int(_at(text).timestamp())


# Monday and Tuesday 08:00 to 17:00, then the Wednesday of the week after.
_DAYS = ("02-02", "02-03", "02-11")
DESK = Coverage(
    tuple(_epoch(f"{day} 08:00") for day in _DAYS),
    tuple(_epoch(f"{day} 17:00") for day in _DAYS),
    _epoch("02-02 00:00"),
    _epoch("02-12 00:00"),
)


def _clock(anchor: str, seconds: int, *, best_effort: bool = False, wall: bool = False, **more: object) -> Clock:
    bound = Bound(_at(anchor), seconds, "desk", "ombori-20", "2 h", wall, best_effort)
    clock = Clock(ClockKind.RESPONSE, 1, _at(anchor), "desk", "ombori-20", (bound,))
    pauses = more.get("pauses", ())
    assert isinstance(pauses, tuple)
    return Clock(clock.kind, 1, clock.started_at, "desk", "ombori-20", (bound,), pauses)


def _left(clock: Clock, now: str, zone: str = "UTC") -> Countdown:
    found = countdown(clock, {"desk": DESK}, _at(now), zone)
    assert found is not None
    return found


def test_time_runs_down_becomes_scarce_and_runs_over() -> None:
    clock = _clock("02-02 09:00", 7200)
    told = [_left(clock, f"02-02 {time}") for time in ("09:30", "10:40", "11:00", "11:30")]
    assert [(each.text, each.near, each.open) for each in told] == [
        ("1 h 30 min left", "ahead", True),
        ("20 min left", "soon", True),
        ("0 s over", "late", True),
        ("30 min over", "late", True),
    ]


def test_a_closed_desk_says_when_time_counts_again_in_the_readers_zone() -> None:
    told = _left(_clock("02-02 16:30", 7200), "02-02 18:00", "Europe/Stockholm")
    assert (told.text, told.open, told.opens_text) == ("1 h 30 min left", False, "counts again Tue 09:00")
    assert told.starts == (_epoch("02-03 08:00"), _epoch("02-11 08:00"))
    assert told.ends == (_epoch("02-03 17:00"), _epoch("02-11 17:00"))


def test_an_opening_that_is_more_than_six_days_away_is_told_with_its_day() -> None:
    told = _left(_clock("02-03 16:00", 7200), "02-03 18:00")
    assert told.opens_text == "counts again Wed 11 Feb, 08:00"


def test_an_opening_that_goes_on_is_handed_to_the_page_whole() -> None:
    told = _left(_clock("02-02 09:00", 7200), "02-02 10:00")
    assert (told.at, told.starts[0], told.ends[0]) == (
        _epoch("02-02 10:00"),
        _epoch("02-02 08:00"),
        _epoch("02-02 17:00"),
    )


def test_a_best_effort_target_is_an_objective_and_no_breach() -> None:
    clock = _clock("02-02 09:00", 1800, best_effort=True)
    assert _left(clock, "02-02 09:25").text == "objective in 5 min"
    assert _left(clock, "02-02 09:45").text == "objective missed by 15 min"


def test_a_target_by_the_wall_clock_counts_while_the_desk_is_closed() -> None:
    told = _left(_clock("02-02 16:30", 7200, wall=True), "02-02 18:00")
    assert (told.text, told.open) == ("30 min left", True)


def test_nothing_is_counted_while_the_clock_waits_and_after_the_known_hours() -> None:
    waits = _clock("02-02 09:00", 7200, pauses=(Pause(_at("02-02 09:30"), PauseCause.CUSTOMER),))
    assert countdown(waits, {"desk": DESK}, _at("02-02 10:00"), "UTC") is None
    clock = _clock("02-02 09:00", 7200)
    assert countdown(clock, {"desk": DESK}, _at("02-20 10:00"), "UTC") is None
    assert countdown(clock, {}, _at("02-02 10:00"), "UTC") is None
