"""Opening hours that a ticket knows, and those that lie beyond them."""

from domain.coverage import Coverage
from domain.ticket_coverage import KeyedCoverage, further

DAY = 86_400


def hours(until: int, *spans: tuple[int, int], key: str = "desk", version: int = 1) -> KeyedCoverage:
    starts, ends = zip(*spans, strict=True)
    return KeyedCoverage(key, "UTC", Coverage(starts, ends, 0, until, version))


def test_a_holiday_that_was_added_meanwhile_takes_nothing_from_the_hours_that_are_known() -> None:
    known = hours(2 * DAY, (100, 200), (DAY + 100, DAY + 200))
    today = hours(4 * DAY, (100, 200), (2 * DAY + 100, 2 * DAY + 200), version=2)  # the second day is a holiday now
    assert further((known,), (today,)) == (
        hours(4 * DAY, (100, 200), (DAY + 100, DAY + 200), (2 * DAY + 100, 2 * DAY + 200)),
    )


def test_hours_that_are_open_over_the_end_of_what_is_known_go_on() -> None:
    known, always = hours(2 * DAY, (0, 2 * DAY)), hours(4 * DAY, (0, 4 * DAY))
    assert further((known,), (always,)) == (always,)


def test_hours_that_reach_no_further_stay_and_those_of_another_key_are_taken_whole() -> None:
    known, shorter = hours(4 * DAY, (0, 100), (3 * DAY, 4 * DAY)), hours(2 * DAY, (0, 100))
    other = hours(DAY, (0, 50), key="nights")
    assert further((known,), (shorter, other)) == (known, other)
