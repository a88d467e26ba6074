"""A month's availability, to five nines and two decimals more (ombori-6, A16)."""

from datetime import datetime

import pytest

from domain.support import Uptime
from domain.terms import start_of_day
from domain.uptime import Availability, Outage, availability
from tests.domain.coverage_examples import utc

FIVE_NINES = Uptime("ombori-6", 99_999)
APRIL = (utc("2026-04-01 00:00"), utc("2026-05-01 00:00"))  # 30 days, 2 592 000 s
LATER = utc("2026-06-01 00:00")


def april(*outages: Outage, now: datetime = LATER) -> Availability:
    return availability(FIVE_NINES, outages, *APRIL, now)


def down(seconds: int, at: str = "2026-04-10 12:00:00") -> Outage:
    begin = utc(at)
    return Outage("k", begin, datetime.fromtimestamp(begin.timestamp() + seconds, begin.tzinfo))


@pytest.mark.parametrize(
    ("seconds", "percent", "kept"),
    [
        (0, "100.00000", True),
        (1, "99.99996", True),
        (12, "99.99954", True),
        (25, "99.99904", True),
        (26, "99.99900", True),  # A16: 99.999 % is 26 s in 30 days
        (27, "99.99896", False),
        (3600, "99.86111", False),
        (2_592_000, "0.00000", False),
    ],
)
def test_a_month_of_thirty_days_may_be_down_for_26_seconds(seconds: int, percent: str, kept: bool) -> None:
    month = april(down(seconds, "2026-04-01 00:00:00")) if seconds else april()
    assert (month.percent_text, month.kept, month.down_seconds) == (percent, kept, seconds)
    assert (month.total_seconds, month.allowed_seconds, month.clause) == (2_592_000, 26, "ombori-6")


def test_outages_that_overlap_count_once_in_any_order() -> None:
    month = april(
        Outage("b", utc("2026-04-10 12:00:10"), utc("2026-04-10 12:00:20")),
        Outage("a", utc("2026-04-10 12:00:00"), utc("2026-04-10 12:00:15")),
        Outage("c", utc("2026-04-10 12:00:05"), utc("2026-04-10 12:00:08")),
        Outage("d", utc("2026-04-20 12:00:00"), utc("2026-04-20 12:00:02")),
    )
    assert month.down_seconds == 22


def test_only_what_lies_in_the_month_counts() -> None:
    month = april(
        Outage("a", utc("2026-03-31 23:59:50"), utc("2026-04-01 00:00:05")),
        Outage("b", utc("2026-04-30 23:59:57"), utc("2026-05-02 00:00:00")),
        Outage("c", utc("2026-05-10 00:00:00"), utc("2026-05-11 00:00:00")),
    )
    assert month.down_seconds == 8


def test_an_outage_that_goes_on_counts_until_now_and_a_month_that_goes_on_is_measured_so_far() -> None:
    month = april(Outage("a", utc("2026-04-10 23:59:50")), now=utc("2026-04-11 00:00:00"))
    assert (month.down_seconds, month.total_seconds, month.end) == (10, 864_000, utc("2026-04-11 00:00:00"))
    assert (month.percent_text, month.kept, month.allowed_seconds) == ("99.99884", False, 9)


def test_a_local_month_in_which_the_clocks_change_is_an_hour_shorter() -> None:
    begin = start_of_day(utc("2026-03-01 00:00").date(), "Europe/Stockholm")
    end = start_of_day(utc("2026-04-01 00:00").date(), "Europe/Stockholm")
    assert availability(FIVE_NINES, (), begin, end, LATER).total_seconds == 31 * 86_400 - 3_600


def test_a_month_that_has_not_begun_has_no_availability() -> None:
    with pytest.raises(ValueError, match="has not passed yet"):
        april(now=utc("2026-03-31 00:00"))


def test_whether_the_plan_enforces_it_goes_with_the_figure() -> None:
    assert april().enforced is False
    owed = Uptime("ombori-6", 99_999, enforced=True)
    assert availability(owed, (), *APRIL, LATER).enforced is True
