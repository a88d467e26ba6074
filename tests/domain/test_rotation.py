"""Who is on call: handovers by the wall clock, over changes of the clocks, with overrides."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.rotation import Duty, Handover, Override, Rotation, RotationError, Shift, shifts, to_call
from tests.domain.coverage_examples import utc

WEEKLY = Rotation("first-line", "Europe/Stockholm", Handover.WEEKLY, date(2026, 3, 2), ("ada", "bo", "cy"))
DAILY = Rotation("nights", "America/New_York", Handover.DAILY, date(2026, 3, 6), ("ada", "bo"), 20 * 60)


def told(found: tuple[Shift, ...]) -> list[str]:
    return [
        f"{shift.begin:%m-%d %H:%M} {shift.end:%m-%d %H:%M} {shift.member}{'!' if shift.overridden else ''}"
        for shift in found
    ]


def who(rotation: Rotation, instant: str) -> str | None:
    return to_call(rotation, utc(instant), ZoneInfo).member


def test_a_week_goes_from_monday_nine_to_monday_nine_of_the_zone_in_turn() -> None:
    assert who(WEEKLY, "2026-03-02 08:00") == "ada"
    assert who(WEEKLY, "2026-03-09 07:59") == "ada"
    assert who(WEEKLY, "2026-03-09 08:00") == "bo"
    assert who(WEEKLY, "2026-03-16 08:00") == "cy"
    assert who(WEEKLY, "2026-03-23 08:00") == "ada"


def test_the_week_in_which_the_clocks_go_forward_is_an_hour_shorter() -> None:
    spring = shifts(WEEKLY, utc("2026-03-23 08:00"), utc("2026-04-06 07:00"), ZoneInfo)
    assert told(spring) == ["03-23 08:00 03-30 07:00 ada", "03-30 07:00 04-06 07:00 bo"]
    assert (spring[0].end - spring[0].begin) == timedelta(days=7, hours=-1)


def test_the_week_in_which_the_clocks_go_back_is_an_hour_longer() -> None:
    autumn = shifts(WEEKLY, utc("2026-10-19 07:00"), utc("2026-10-26 08:00"), ZoneInfo)
    assert len(autumn) == 1
    assert (autumn[0].end - autumn[0].begin) == timedelta(days=7, hours=1)


def test_a_day_is_handed_over_at_its_hour_on_both_sides_of_the_change() -> None:
    assert told(shifts(DAILY, utc("2026-03-07 01:00"), utc("2026-03-10 00:00"), ZoneInfo)) == [
        "03-07 01:00 03-08 01:00 ada",
        "03-08 01:00 03-09 00:00 bo",
        "03-09 00:00 03-10 00:00 ada",
    ]


def test_a_handover_in_the_hour_that_the_clocks_skip_is_an_hour_later_on_the_wall() -> None:
    early = Rotation("early", "Europe/Stockholm", Handover.DAILY, date(2026, 3, 28), ("ada", "bo"), 150)
    assert told(shifts(early, utc("2026-03-28 01:30"), utc("2026-03-30 00:30"), ZoneInfo)) == [
        "03-28 01:30 03-29 01:30 ada",
        "03-29 01:30 03-30 00:30 bo",
    ]


def test_an_override_takes_its_span_and_the_turn_goes_on_after_it() -> None:
    swapped = Rotation(
        "first-line",
        "Europe/Stockholm",
        Handover.WEEKLY,
        date(2026, 3, 2),
        ("ada", "bo", "cy"),
        overrides=(
            Override(utc("2026-03-08 08:00"), utc("2026-03-10 08:00"), "di"),
            Override(utc("2026-03-09 20:00"), utc("2026-03-10 04:00"), "cy"),
        ),
    )
    assert told(shifts(swapped, utc("2026-03-07 00:00"), utc("2026-03-12 00:00"), ZoneInfo)) == [
        "03-07 00:00 03-08 08:00 ada",
        "03-08 08:00 03-09 20:00 di!",
        "03-09 20:00 03-10 04:00 cy!",
        "03-10 04:00 03-10 08:00 di!",
        "03-10 08:00 03-12 00:00 bo",
    ]
    assert who(swapped, "2026-03-09 22:00") == "cy"


def test_who_is_away_is_passed_over_by_the_one_they_stand_in_for_and_then_by_the_next_in_turn() -> None:
    swapped = replace(WEEKLY, overrides=(Override(utc("2026-03-10 00:00"), utc("2026-03-11 00:00"), "di"),))

    def called(at: str, *away: str) -> Duty:
        return to_call(swapped, utc(at), ZoneInfo, away)

    assert called("2026-03-10 12:00", "bo") == Duty("di")
    assert called("2026-03-10 12:00", "di") == Duty("bo", ("di",))
    assert called("2026-03-10 12:00", "di", "bo") == Duty("cy", ("di", "bo"))
    assert called("2026-03-12 12:00", "bo", "cy") == Duty("ada", ("bo", "cy"))
    assert called("2026-03-12 12:00", "ada", "bo", "cy") == Duty(None, ("bo", "cy", "ada"))
    assert called("2026-03-01 12:00") == Duty(None)


def test_nobody_is_on_call_before_the_rotation_begins() -> None:
    assert who(WEEKLY, "2026-03-02 07:59") is None
    assert told(shifts(WEEKLY, utc("2026-02-20 00:00"), utc("2026-03-03 00:00"), ZoneInfo)) == [
        "03-02 08:00 03-03 00:00 ada"
    ]


def test_a_rotation_of_one_is_always_that_one() -> None:
    lone = Rotation("lone", "UTC", Handover.DAILY, date(2026, 1, 1), ("ada",))
    assert told(shifts(lone, utc("2026-02-01 00:00"), utc("2026-03-01 00:00"), ZoneInfo)) == [
        "02-01 00:00 03-01 00:00 ada"
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"members": ()}, "has no member"),
        ({"handover_minute": 1440}, "0 to 1439, not 1440"),
    ],
)
def test_a_rotation_that_cannot_be_is_refused(change: dict[str, object], reason: str) -> None:
    fields: dict[str, object] = {"members": ("ada",), "handover_minute": 540} | change
    with pytest.raises(RotationError, match=reason):
        Rotation("r", "UTC", Handover.DAILY, date(2026, 1, 1), **fields)  # type: ignore[arg-type]


def test_an_unknown_zone_and_spans_the_wrong_way_round_are_refused() -> None:
    lost = Rotation("r", "Europe/Stokholm", Handover.DAILY, date(2026, 1, 1), ("ada",))
    with pytest.raises(RotationError, match="unknown time zone 'Europe/Stokholm'"):
        who(lost, "2026-02-01 00:00")
    with pytest.raises(RotationError, match="begins before it ends"):
        Override(utc("2026-02-01 00:00"), utc("2026-02-01 00:00"), "ada")
    with pytest.raises(RotationError, match="no span"):
        shifts(WEEKLY, utc("2026-03-03 00:00"), utc("2026-03-03 00:00"), ZoneInfo)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 400 * 24), st.integers(1, 900), st.sampled_from([WEEKLY, DAILY]))
def test_shifts_leave_no_hole_and_each_instant_finds_its_member(begin: int, length: int, rotation: Rotation) -> None:
    first = utc("2026-03-07 01:00") + timedelta(hours=begin)
    last = first + timedelta(hours=length)
    found = shifts(rotation, first, last, ZoneInfo)
    assert (found[0].begin, found[-1].end) == (first, last)
    assert all(one.end == other.begin for one, other in pairwise(found))
    assert all(to_call(rotation, shift.begin, ZoneInfo).member == shift.member for shift in found)
