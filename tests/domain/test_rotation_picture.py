"""Where the bars of a rotation stand."""

from datetime import date
from zoneinfo import ZoneInfo

from domain.rotation import Handover, Override, Rotation
from domain.rotation_picture import Week, picture
from tests.domain.coverage_examples import utc

WEEKLY = Rotation("first-line", "Europe/Stockholm", Handover.WEEKLY, date(2026, 3, 2), ("ada", "bo"))


def told(week: Week) -> list[str]:
    return [f"{bar.x:.1f}+{bar.width:.1f} {bar.shift.member}{'!' if bar.shift.overridden else ''}" for bar in week.bars]


def test_the_picture_holds_the_running_week_and_four_weeks_ahead() -> None:
    weeks = picture(WEEKLY, utc("2026-03-11 12:00"), ZoneInfo)
    assert [week.days[0].day for week in weeks] == [
        date(2026, 3, 9), date(2026, 3, 16), date(2026, 3, 23), date(2026, 3, 30), date(2026, 4, 6)
    ]  # fmt: skip
    assert [len(picture(WEEKLY, utc(f"2026-03-{day} 12:00"), ZoneInfo)) for day in ("15", "16")] == [5, 4]
    assert [day.day for day in weeks[0].days if day.today] == [date(2026, 3, 11)]


def test_a_bar_is_cut_at_monday_and_the_handover_is_at_nine() -> None:
    week = picture(WEEKLY, utc("2026-03-11 12:00"), ZoneInfo)[0]
    assert told(week) == ["0.0+5.4 ada", "5.4+94.6 bo"]  # 9 of 168 hours
    assert [bar.hours for bar in week.bars] == [9, 159]
    assert week.bars[1].shift.end == utc("2026-03-16 08:00")


def test_an_override_is_a_bar_of_its_own() -> None:
    swapped = Rotation(
        "r", "UTC", Handover.WEEKLY, date(2026, 3, 9), ("ada",), 0,
        (Override(utc("2026-03-11 00:00"), utc("2026-03-12 00:00"), "bo"),),
    )  # fmt: skip
    assert told(picture(swapped, utc("2026-03-11 12:00"), ZoneInfo)[0]) == [
        "0.0+28.6 ada", "28.6+14.3 bo!", "42.9+57.1 ada"
    ]  # fmt: skip


def test_the_week_in_which_the_clocks_go_forward_has_167_hours_and_a_short_sunday() -> None:
    spring = picture(WEEKLY, utc("2026-03-25 12:00"), ZoneInfo)[0]
    assert sum(bar.hours for bar in spring.bars) == 167
    assert [round(day.x, 1) for day in spring.days] == [0, 14.4, 28.7, 43.1, 57.5, 71.9, 86.2]  # 24 of 167 hours
    following = picture(WEEKLY, utc("2026-03-25 12:00"), ZoneInfo)[1]
    assert following.bars[0].shift.end == utc("2026-03-30 07:00")
    assert following.bars[0].hours == 9


def test_now_stands_in_its_own_week_and_what_is_behind_is_told() -> None:
    weeks = picture(WEEKLY, utc("2026-03-10 23:00"), ZoneInfo)  # midnight in Stockholm
    assert [(week.now, week.past) for week in weeks[:2]] == [(28.571, 28.571), (None, 0.0)]


def test_before_the_rotation_begins_there_is_no_bar() -> None:
    weeks = picture(WEEKLY, utc("2026-02-20 12:00"), ZoneInfo)
    assert [len(week.bars) for week in weeks] == [0, 0, 1, 2, 2]
    assert told(weeks[2]) == ["5.4+94.6 ada"]
