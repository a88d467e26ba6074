"""The same instant, written to different readers."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfoNotFoundError

import pytest

from domain.contract import Person
from mail.wording import Reader, reader_of
from tests.mail.reading import html_of, read_back, text_of
from tests.mail.samples import JOHN, MARIA, message


def reader(zone: str, language: str = "en") -> Reader:
    return reader_of(Person("R", "r@x.example", "", zone, language), message(), frozenset({"sv", "de"}))


START = datetime(2026, 2, 3, 13, 0, tzinfo=UTC)
END = datetime(2026, 2, 3, 14, 0, tzinfo=UTC)


def test_new_york_and_stockholm_read_the_same_instant_each_in_their_own_time() -> None:
    john, maria = read_back(message("invitation"), JOHN), read_back(message("invitation"), MARIA)
    assert "Tuesday 3 February 2026, 08:00–09:00 (Eastern Time)" in text_of(john)
    assert "Tuesday 3 February 2026, 08:00–09:00 (Eastern Time)" in html_of(john)
    assert "Tuesday 3 February 2026, 14:00–15:00 (Central European Time)" in text_of(maria)


@pytest.mark.parametrize(
    ("zone", "language", "written"),
    [
        ("Europe/Stockholm", "en", "Tuesday 3 February 2026, 14:00–15:00 (Central European Time)"),
        ("America/New_York", "en-US", "Tuesday, February 3, 2026, 8:00 – 9:00\u00a0AM (Eastern Time)"),
        ("Europe/Stockholm", "sv", "tisdag 3 februari 2026, 14:00–15:00 (centraleuropeisk tid)"),
        ("Europe/Berlin", "de", "Dienstag, 3. Februar 2026, 14:00–15:00 Uhr (Mitteleuropäische Zeit)"),
        ("Asia/Kathmandu", "en", "Tuesday 3 February 2026, 18:45–19:45 (Nepal Time)"),
        ("UTC", "en", "Tuesday 3 February 2026, 13:00–14:00 (Coordinated Universal Time)"),
        ("Asia/Tokyo", "ja", "2026年2月3日火曜日, 22時00分～23時00分 (日本時間)"),
        ("Australia/Lord_Howe", "en", "Wednesday 4 February 2026, 00:00–01:00 (Lord Howe Time)"),
    ],
)
def test_an_instant_is_written_in_the_readers_zone_and_manner(zone: str, language: str, written: str) -> None:
    assert reader(zone, language).when(START, END) == written


def test_a_july_meeting_keeps_its_local_hour_across_the_clock_change() -> None:
    stockholm = reader("Europe/Stockholm")
    january = datetime(2026, 1, 7, 13, 0, tzinfo=UTC), datetime(2026, 1, 7, 14, 0, tzinfo=UTC)
    july = datetime(2026, 7, 7, 12, 0, tzinfo=UTC), datetime(2026, 7, 7, 13, 0, tzinfo=UTC)
    assert stockholm.when(*january) == "Wednesday 7 January 2026, 14:00–15:00 (Central European Time)"
    assert stockholm.when(*july) == "Tuesday 7 July 2026, 14:00–15:00 (Central European Time)"


def test_in_the_doubled_hour_the_zones_name_tells_the_two_apart() -> None:
    stockholm = reader("Europe/Stockholm")
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert stockholm.moment(first) == "Sunday 25 October 2026, 02:30 (Central European Summer Time)"
    assert stockholm.moment(second) == "Sunday 25 October 2026, 02:30 (Central European Standard Time)"


def test_a_meeting_over_midnight_names_both_days() -> None:
    start, end = datetime(2026, 2, 3, 22, 30, tzinfo=UTC), datetime(2026, 2, 3, 23, 30, tzinfo=UTC)
    assert reader("Europe/Stockholm").when(start, end) == (
        "Tuesday 3 February 2026, 23:30 – Wednesday 4 February 2026, 00:30 (Central European Time)"
    )


def test_a_person_without_a_zone_reads_the_contracts() -> None:
    mail = read_back(message("invitation", zone="Asia/Tokyo"), replace(JOHN, zone="", language=""))
    assert "Tuesday 3 February 2026, 22:00–23:00 (Japan Time)" in text_of(mail)


def test_an_unknown_zone_or_language_of_a_person_falls_back_to_the_contracts() -> None:
    mail = read_back(message("invitation", language="sv"), replace(JOHN, zone="Mars/Olympus", language="xx-yy-zz"))
    assert "tisdag 3 februari 2026, 08:00–09:00 (östnordamerikansk tid)" in text_of(mail)


def test_an_unknown_zone_of_the_contract_is_refused() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        read_back(message("invitation", zone="Mars/Olympus"), replace(JOHN, zone=""))


@pytest.mark.parametrize(
    ("minutes", "english", "swedish"),
    [
        (0, "0 minutes", "0 minuter"),
        (1, "1 minute", "1 minut"),
        (60, "1 hour", "1 timme"),
        (90, "1 hour 30 minutes", "1 timme 30 minuter"),
        (240, "4 hours", "4 timmar"),
    ],
)
def test_lengths_are_written_in_words(minutes: int, english: str, swedish: str) -> None:
    assert reader("UTC").length(minutes) == english
    assert reader("UTC", "sv").length(minutes) == swedish


def test_money_follows_the_currencys_minor_units() -> None:
    assert reader("UTC", "en-US").money(150050, "USD") == "$1,500.50"
    assert reader("UTC", "sv").money(150050, "SEK") == "1\u00a0500,50\u00a0kr"
    assert reader("UTC", "en-US").money(1500, "JPY") == "¥1,500"
    assert reader("UTC", "de").money(1500, "KWD") == "1,500\u00a0KWD"


def test_a_day_stays_the_day_that_it_is() -> None:
    assert reader("Pacific/Kiritimati").day(date(2026, 5, 1)) == "Friday 1 May 2026"
