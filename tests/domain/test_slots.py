"""Slots in both sides' hours. 2 March 2026 is a Monday; Stockholm is at UTC+1, New York at UTC-5."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.coverage import Coverage, CoverageSpec, always, build, weekly
from domain.slots import SlotRules, Span, StaffDay, free_slots, told_if_late


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def hours(zone: str, text: str) -> Coverage:
    spec = CoverageSpec(zone, weekly({"mon-fri": text}))
    return build(spec, date(2026, 3, 1), date(2026, 3, 31), ZoneInfo)


STOCKHOLM = hours("Europe/Stockholm", "09:00-17:00")  # 08:00 to 16:00 UTC
NEW_YORK = hours("America/New_York", "09:00-17:00")  # 14:00 to 22:00 UTC before 8 March
KATHMANDU = hours("Asia/Kathmandu", "10:00-18:00")  # 04:15 to 12:15 UTC
MONDAY, TUESDAY = utc("2026-03-02T00:00"), utc("2026-03-03T00:00")
LONG_AGO = utc("2026-02-01T00:00")


def starts(
    staff: Coverage = STOCKHOLM,
    customer: Coverage = STOCKHOLM,
    busy: tuple[Span, ...] = (),
    minutes: int = 60,
    earliest: datetime = MONDAY,
    latest: datetime = TUESDAY,
    now: datetime = LONG_AGO,
    rules: SlotRules = SlotRules(),  # a frozen value
    days: tuple[StaffDay, ...] = (),
    preferred: datetime | None = None,
) -> list[str]:
    found = list(
        free_slots(
            staff, customer, busy, minutes, earliest, latest, now=now, rules=rules, days=days, preferred=preferred
        )
    )
    assert all(end - start == timedelta(minutes=minutes) for start, end in found)
    return [f"{start:%d %H:%M}" for start, _ in found]


def test_slots_lie_in_the_hours_of_both_sides() -> None:
    assert starts(STOCKHOLM, NEW_YORK) == ["02 14:00", "02 14:30", "02 15:00"]


def test_a_slot_ends_no_later_than_the_hours_and_the_bound() -> None:
    assert starts(latest=utc("2026-03-02T09:30")) == ["02 08:00", "02 08:30"]
    assert starts(minutes=480) == ["02 08:00"]
    assert starts(minutes=481) == []


def test_sides_that_are_never_open_together_have_no_slot() -> None:
    assert starts(KATHMANDU, NEW_YORK) == []


def test_the_overlap_follows_the_clocks_of_each_side() -> None:
    monday_after = utc("2026-03-09T00:00")  # New York has changed its clocks, Stockholm has not
    found = starts(STOCKHOLM, NEW_YORK, earliest=monday_after, latest=monday_after + timedelta(days=1))
    assert found == ["09 13:00", "09 13:30", "09 14:00", "09 14:30", "09 15:00"]


def test_a_quarter_hour_step_serves_a_zone_with_quarter_hours() -> None:
    assert starts(KATHMANDU, KATHMANDU)[0] == "02 04:30"
    assert starts(KATHMANDU, KATHMANDU, rules=SlotRules(step_minutes=15))[:2] == ["02 04:15", "02 04:30"]


def test_busy_time_is_left_out_with_the_buffer_around_it() -> None:
    busy = ((utc("2026-03-02T09:00"), utc("2026-03-02T15:00")),)
    assert starts(busy=busy) == ["02 08:00", "02 15:00"]
    assert starts(busy=busy, rules=SlotRules(buffer_minutes=15)) == []
    assert starts(busy=busy, minutes=30, rules=SlotRules(buffer_minutes=15)) == ["02 08:00", "02 15:30"]


def test_busy_spans_may_overlap_touch_and_come_in_any_order() -> None:
    busy = (
        (utc("2026-03-02T12:00"), utc("2026-03-02T15:30")),
        (utc("2026-03-02T07:00"), utc("2026-03-02T09:00")),
        (utc("2026-03-02T08:30"), utc("2026-03-02T10:00")),
        (utc("2026-03-02T13:00"), utc("2026-03-02T14:00")),
    )
    assert starts(busy=busy) == ["02 10:00", "02 10:30", "02 11:00"]


def test_the_minimum_notice_counts_from_now_and_the_start_is_a_round_one() -> None:
    now = utc("2026-03-01T09:10:00.500000")
    assert starts(now=now, rules=SlotRules(notice_hours=24))[0] == "02 09:30"
    assert starts(now=utc("2026-03-01T09:30"), rules=SlotRules(notice_hours=24))[0] == "02 09:30"
    assert starts(now=utc("2026-03-01T09:30:00.000001"), rules=SlotRules(notice_hours=24))[0] == "02 10:00"
    assert starts(now=utc("2026-03-02T09:00"), rules=SlotRules(notice_hours=24)) == []


def test_a_full_day_of_the_host_is_left_out() -> None:
    wednesday = utc("2026-03-04T00:00")
    days = (
        StaffDay(utc("2026-03-01T23:00"), utc("2026-03-02T23:00"), 2),
        StaffDay(utc("2026-03-02T23:00"), utc("2026-03-03T23:00"), 1),
    )
    found = starts(latest=wednesday, rules=SlotRules(daily_limit=2), days=days)
    assert found[0] == "03 08:00"
    assert starts(latest=wednesday, rules=SlotRules(daily_limit=1), days=days) == []
    assert starts(latest=wednesday, rules=SlotRules(daily_limit=3), days=days)[0] == "02 08:00"


def test_the_day_is_the_hosts_own() -> None:
    """Late Monday in New York is Tuesday in UTC; Monday is full, so Tuesday begins at its local midnight."""
    open_always = always(utc("2026-03-01T00:00"), utc("2026-03-10T00:00"))
    days = (StaffDay(utc("2026-03-02T05:00"), utc("2026-03-03T05:00"), 1),)
    found = starts(open_always, open_always, earliest=utc("2026-03-02T06:00"), latest=utc("2026-03-04T00:00"),
                   rules=SlotRules(daily_limit=1), days=days)  # fmt: skip
    assert found[0] == "03 05:00"


def test_with_a_preference_the_nearest_slot_comes_first_and_the_earlier_of_two() -> None:
    found = starts(preferred=utc("2026-03-02T10:00"))
    assert found[:5] == ["02 10:00", "02 09:30", "02 10:30", "02 09:00", "02 11:00"]
    assert sorted(found) == starts()


def test_the_first_slot_is_found_without_making_all_of_them() -> None:
    found = free_slots(STOCKHOLM, STOCKHOLM, (), 60, MONDAY, utc("2026-03-31T00:00"), now=LONG_AGO)
    assert [f"{start:%d %H:%M}" for start, _ in islice(found, 1)] == ["02 08:00"]


def test_bounds_that_leave_nothing_give_no_slot() -> None:
    assert starts(earliest=TUESDAY, latest=MONDAY) == []
    assert starts(earliest=utc("2027-01-01T00:00"), latest=utc("2027-02-01T00:00")) == []  # beyond the coverage


@pytest.mark.parametrize(("minutes", "step"), [(0, 30), (-5, 30), (60, 0)])
def test_a_length_or_a_step_of_nothing_is_refused(minutes: int, step: int) -> None:
    with pytest.raises(ValueError, match="cannot be searched for"):
        starts(minutes=minutes, rules=SlotRules(step_minutes=step))


MARCH = st.integers(0, 14 * 24 * 60).map(lambda minute: MONDAY + timedelta(minutes=minute))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(MARCH, st.integers(1, 300)), max_size=8),
    st.integers(1, 180),
    MARCH,
    MARCH,
    MARCH,
    st.integers(0, 30),
    st.integers(0, 72),
)
def test_every_slot_keeps_every_rule(
    meetings: list[tuple[datetime, int]],
    minutes: int,
    earliest: datetime,
    latest: datetime,
    now: datetime,
    buffer_minutes: int,
    notice_hours: int,
) -> None:
    busy = [(start, start + timedelta(minutes=length)) for start, length in meetings]
    rules = SlotRules(buffer_minutes, notice_hours)
    buffer = timedelta(minutes=buffer_minutes)
    for start, end in free_slots(STOCKHOLM, NEW_YORK, busy, minutes, earliest, latest, now=now, rules=rules):
        assert STOCKHOLM.contains(start, end)
        assert NEW_YORK.contains(start, end)
        assert earliest <= start
        assert end <= latest
        assert start - now >= timedelta(hours=notice_hours)
        assert start.minute in (0, 30)
        assert all(end + buffer <= a or b <= start - buffer for a, b in busy)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-03-15T22:59", ""),
        ("2026-03-15T23:00", "Kick-off is booked for Mon 16 Mar 2026, after it was due on Sun 15 Mar 2026"),
        ("2026-03-31T22:00", "Kick-off is booked for Wed 1 Apr 2026, after it was due on Sun 15 Mar 2026"),
    ],
)
def test_a_slot_from_the_due_instant_on_is_late_and_the_days_are_local(start: str, expected: str) -> None:
    due = utc("2026-03-15T23:00")  # 24:00 of the 15th in Stockholm
    assert told_if_late("Kick-off", utc(start), due, ZoneInfo("Europe/Stockholm")) == expected
