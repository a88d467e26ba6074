"""Opening hours as people write them."""

from datetime import UTC, date, datetime

import pytest

from domain.coverage import ALWAYS_OPEN, CoverageSpec, DatedException, Span, WeeklyHours, parse_span, weekly


@pytest.mark.parametrize(
    ("text", "start", "end", "length_minutes"),
    [
        ("08:00-18:00", 480, 1080, 600),
        ("00:00-24:00", 0, 1440, 1440),
        ("22:00-06:00", 1320, 360, 480),
        ("8:00 - 17:30", 480, 1050, 570),
        ("18:00-00:00", 1080, 0, 360),
        ("08:00-08:00", 480, 480, 1440),
    ],
)
def test_a_span_is_read_from_text(text: str, start: int, end: int, length_minutes: int) -> None:
    span = parse_span(text)
    assert span == Span(start, end)
    assert span.length_minutes == length_minutes


def test_a_span_is_shown_as_it_is_written() -> None:
    assert str(Span(480, 1440)) == "08:00-24:00"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected the form 08:00-18:00"),
        ("8-17", "expected the form 08:00-18:00"),
        ("08:00-18:00-19:00", "expected the form 08:00-18:00"),
        ("08:60-18:00", "08:60 is not a time of day"),
        ("08:00-24:01", "24:01 is not a time of day"),
        ("25:00-26:00", "25:00 is not a time of day"),
        ("24:00-08:00", "cannot start at 24:00"),
    ],
)
def test_text_that_is_no_span_is_refused_in_words(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_span(text)


@pytest.mark.parametrize(("start", "end"), [(-1, 60), (1440, 60), (0, 1441), (0, -1)])
def test_minutes_outside_of_a_day_are_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=r"a span (starts|ends) between"):
        Span(start, end)


def test_weekly_hours_are_read_by_days_and_ranges() -> None:
    office, morning, afternoon = Span(480, 1080), Span(540, 720), Span(780, 900)
    hours = weekly({"mon-thu": "08:00-18:00", "Sat": ["09:00-12:00", "13:00-15:00"], "sun": []})
    assert hours.days == ((office,), (office,), (office,), (office,), (), (morning, afternoon), ())


def test_a_range_of_days_may_run_over_the_end_of_the_week() -> None:
    span = (Span(600, 1020),)
    assert weekly({"sun-tue, thu": "10:00-17:00"}).days == (span, span, (), span, (), (), span)


def test_every_day_is_always_open() -> None:
    assert weekly({"mon-sun": "00:00-24:00"}) == ALWAYS_OPEN


@pytest.mark.parametrize(
    ("hours", "message"),
    [
        ({"monday": "08:00-18:00"}, "'monday' is not a day; expected one of mon, tue"),
        ({"mon-wed-fri": "08:00-18:00"}, "is not a day"),
        ({"mon-fri": "08:00-18:00", "fri": "08:00-15:00"}, "fri has opening hours twice"),
        ({"mon": ["08:00-12:00", "11:00-15:00"]}, "mon 08:00-12:00 overlaps mon 11:00-15:00"),
        ({"mon": ["11:00-15:00", "08:00-12:00"]}, "mon 08:00-12:00 overlaps mon 11:00-15:00"),
        ({"mon": "22:00-06:00", "tue": "05:00-09:00"}, "mon 22:00-06:00 overlaps tue 05:00-09:00"),
        ({"sun": "22:00-06:00", "mon": "05:59-09:00"}, "sun 22:00-06:00 overlaps mon 05:59-09:00"),
        ({"mon": "10:00-10:00", "tue": "09:00-11:00"}, "mon 10:00-10:00 overlaps tue 09:00-11:00"),
    ],
)
def test_weekly_hours_that_contradict_themselves_are_refused(hours: dict[str, str | list[str]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        weekly(hours)


def test_spans_may_touch() -> None:
    weekly({"sun": "22:00-06:00", "mon": ["06:00-12:00", "12:00-24:00"], "tue": "00:00-06:00"})


def test_a_week_has_seven_days() -> None:
    with pytest.raises(ValueError, match="seven days"):
        WeeklyHours(((Span(0, 60),),))


def test_an_exception_with_overlapping_spans_is_refused() -> None:
    with pytest.raises(ValueError, match="2026-03-04 08:00-12:00 overlaps 2026-03-04 11:00-15:00"):
        DatedException(date(2026, 3, 4), (parse_span("08:00-12:00"), parse_span("11:00-15:00")))


def test_two_exceptions_for_one_date_are_refused() -> None:
    twice = (DatedException(date(2026, 3, 4)), DatedException(date(2026, 3, 4), (Span(0, 60),)))
    with pytest.raises(ValueError, match="2026-03-04 has two exceptions"):
        CoverageSpec("UTC", ALWAYS_OPEN, exceptions=twice)


def test_an_instant_in_place_of_a_date_is_refused_since_it_would_never_match() -> None:
    noon = datetime(2026, 3, 4, 12, tzinfo=UTC)
    with pytest.raises(ValueError, match="is an instant"):
        CoverageSpec("UTC", ALWAYS_OPEN, holidays=(noon,))
    with pytest.raises(ValueError, match="is an instant"):
        DatedException(noon)


def test_a_zone_is_asked_for() -> None:
    with pytest.raises(ValueError, match="IANA name"):
        CoverageSpec("", ALWAYS_OPEN)
