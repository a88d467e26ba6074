"""Every kind of mail about a ticket, read back from its bytes: what it says, to whom, in which zone and language."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from domain.clock_words import clock_name
from domain.contract import Person
from domain.messages import Message
from domain.support import ClockKind
from mail.render import TEMPLATES, render, translations
from mail.words import WORDS
from tests.mail.reading import Balance, html_of, spoken, text_of
from tests.mail.samples import JOHN, MARIA, SETTINGS
from tests.mail.ticket_samples import NOW, TICKET, TICKETS, ticket_message

NAMES = sorted(TICKETS)
ON = "[#17] All screens in the lobby are black"

SUBJECTS = {
    "agreement-asked": ON,
    "incident": "[#17] Major incident: All screens in the lobby are black",
    "ticket-answer": ON,
    "ticket-assigned": "[#17] Yours: Critical, Acme Inc.: All screens in the lobby are black",
    "ticket-closed": ON,
    "ticket-heard": "[#17] Acme Inc. does not agree: All screens in the lobby are black",
    "ticket-heard-again": "[#17] Acme Inc. opened it again: All screens in the lobby are black",
    "ticket-new": "[#17] New: Critical, Acme Inc.: All screens in the lobby are black",
    "ticket-received": ON,
    "ticket-received-closed": ON,
    "ticket-refused": "Not registered: All screens in the lobby are black",
    "ticket-routed": "[#17] For you: Critical, Acme Inc.: All screens in the lobby are black",
    "ticket-warning": "[#17] Critical, Acme Inc.: first response due 14:30 (7 min 30 s of open time left)",
    "ticket-warning-passed": "[#17] Critical, Acme Inc.: first response missed, was due 14:30 (1 h over)",
}

# What each must tell, in the plain text and in the HTML.
TOLD = {
    "agreement-asked": (
        "Maria Berg has solved ticket 17:",
        "The licence is renewed until 2028.",
        "Do you agree that it can be closed? The contract asks for the agreement of an Authorized Representative.",
        "https://pledge.oura.example/t/9x4c8v1b6n",
        "Without an answer it closes by itself on Tuesday 17 February 2026, 08:00 (Eastern Time).",
        "We have asked 2 times now.",
    ),
    "incident": (
        "Three of us are working on it.",
        "by Tuesday 3 February 2026, 09:30 (Eastern Time)",
        "Tuesday 3 February 2026, 08:00 (Eastern Time)",
        "it keeps you informed of major incidents",
    ),
    "ticket-answer": (
        "the player has lost its licence. I renew it now.",
        "Maria Berg",
        "by Tuesday 3 February 2026, 09:30 (Eastern Time)",
        "To write back, answer this mail.",
    ),
    "ticket-assigned": (
        "Ana Ortiz assigned ticket 17 to you.",
        "by Tuesday 3 February 2026, 14:30 (Central European Time)",
        "We restarted two of them.",
        "https://pledge.oura.example/tickets/acme-2026/17",
    ),
    "ticket-closed": (
        "Ticket 17 is closed.",
        "John Miller agreed",
        "Wednesday 4 February 2026, 04:15 (Eastern Time)",
        "First response: met, 12 min before it was due",
        "Status update: missed by 4 min",
    ),
    "ticket-heard": ("does not agree that ticket 17 is solved:", "They are black again."),
    "ticket-heard-again": ("opened ticket 17 again:", "They are black again."),
    "ticket-new": (
        "Ticket 17 is new, and nobody has taken it yet.",
        "phone, written down by Ana Ortiz",
        "John Miller, john.miller@acme.example, +1 212 555 0100",
        "Tuesday 3 February 2026, 06:10 (Central European Time)",
        "by Tuesday 3 February 2026, 14:30 (Central European Time)",
        "30 min of open hours",
        "clause ombori-20",
        "when done",
        "We restarted two of them.",
        "lobby.png, log.txt",
        "film.mov: larger than 10 MiB",
        "https://pledge.oura.example/tickets/acme-2026/17",
    ),
    "ticket-received": (
        "registered as ticket 17, level Critical",
        "This is an automatic acknowledgement and not yet an answer",
        "by Tuesday 3 February 2026, 08:30 (Eastern Time)",
        "30 min of open hours",
        "clause ombori-20",
        "every 1 h after it",
        "when done",
        "Screen 61 is beyond the 60 devices of the plan and is charged",
        "We restarted two of them.",
    ),
    "ticket-received-closed": (
        "The desk is closed now. It opens on Tuesday 3 February 2026, 08:00 (Eastern Time). The times below allow for",
    ),
    "ticket-refused": (
        "could not be registered as a ticket",
        "e-mail is not among the ways of the plan",
        "Live chat: https://chat.acme.example",
        "maria.berg@oura.example",
        "We restarted two of them.",
    ),
    "ticket-routed": (
        "Maria Berg asks for your help with ticket 17.",
        "Please bring a spare player.",
        "12 Hudson Street, New York",
        "+1 212 555 0100",
        "We restarted two of them.",
    ),
    "ticket-warning": (
        "First response due 14:30",
        "Tuesday 3 February 2026, 14:30 (Central European Time)",
        "7 min 30 s of open time left",
        "at 75 %",
        "ombori-20",
        "https://pledge.oura.example/tickets/acme-2026/17",
    ),
    "ticket-warning-passed": ("First response missed, was due 14:30", "1 h over"),
}


def read(message: Message, to: Person | None = None) -> EmailMessage:
    raw = render(message, to or message.to[0], settings=SETTINGS, workflow_id=TICKET, now=NOW).as_bytes()
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78
    mail = message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    assert [defect for part in mail.walk() for defect in part.defects] == []
    return mail


def changed(name: str, **fields: object) -> Message:
    content: Any = TICKETS[name]
    return ticket_message(name, content=replace(content, **fields))


def flat(message: Message, to: Person | None = None) -> str:
    return " ".join(text_of(read(message, to)).split())


@pytest.mark.parametrize("name", NAMES)
def test_the_subject_reads(name: str) -> None:
    assert read(ticket_message(name))["Subject"] == SUBJECTS[name]


@pytest.mark.parametrize("name", NAMES)
def test_text_and_html_tell_the_same(name: str) -> None:
    mail = read(ticket_message(name))
    text, html = " ".join(text_of(mail).split()), html_of(mail)
    for told in TOLD[name]:
        assert told in text
        assert told in spoken(html) or f'href="{told}"' in html


@pytest.mark.parametrize("name", NAMES)
def test_the_html_is_whole_and_fetches_nothing(name: str) -> None:
    html = html_of(read(ticket_message(name)))
    balance = Balance()
    balance.feed(html)
    assert balance.open == []
    assert not re.search(r"<(img|script|iframe|form|object|video)\b|url\(|@import", html)


@pytest.mark.parametrize("name", NAMES)
def test_the_text_keeps_to_74_columns(name: str) -> None:
    for line in text_of(read(ticket_message(name))).splitlines():
        assert len(line) <= 74
        assert line == line.rstrip() or line == "-- "


def test_an_acknowledgement_as_a_person_in_new_york_reads_it() -> None:
    assert text_of(read(ticket_message("ticket-received"))) == (
        "Hello John Miller,\n"
        "\n"
        "Thank you. Your report is registered as ticket 17, level Critical.\n"
        "\n"
        "This is an automatic acknowledgement and not yet an answer; that will come\n"
        "from a person.\n"
        "\n"
        "  First response:  by Tuesday 3 February 2026, 08:30 (Eastern Time)\n"
        "                   30 min of open hours, clause ombori-20\n"
        "  Status update:   every 1 h after it, clause ombori-20\n"
        "  Solution:        when done\n"
        "\n"
        "What your contract says\n"
        "\n"
        "- Screen 61 is beyond the 60 devices of the plan and is charged\n"
        "\n"
        "You wrote\n"
        "\n"
        "> Since this morning nothing is shown.\n"
        "> We restarted two of them.\n"
        ">\n"
        "> John\n"
        "\n"
        "Ticket 17 is here:\n"
        "\n"
        "https://pledge.oura.example/t/9x4c8v1b6n\n"
        "\n"
        "Is something missing? Answer this mail.\n"
        "\n"
        "-- \n"
        "Oura Support, Oura\n"
        "Contract acme-2026, clause ombori-20\n"
    )


def test_a_persons_letter_begins_with_their_words() -> None:
    text = text_of(read(ticket_message("ticket-answer")))
    assert text.startswith(
        "Hello John,\n\nthe player has lost its licence. I renew it now.\n\nPlease leave the screens switched on.\n\n"
        "Maria Berg\n\n  Next update:  by Tuesday 3 February 2026, 09:30 (Eastern Time)\n"
    )


def test_an_answer_and_an_update_are_told_apart() -> None:
    assert "Ticket 17 · first answer from Maria Berg" in spoken(html_of(read(ticket_message("ticket-answer"))))
    update = changed("ticket-answer", first=False, next_update=None)
    assert "Ticket 17 · update from Maria Berg" in spoken(html_of(read(update)))
    assert "Next update" not in flat(update)


@pytest.mark.parametrize("kind", ["ticket-received", "ticket-answer", "agreement-asked", "ticket-closed"])
def test_what_a_customer_gets_exists_in_swedish_and_german_whole(kind: str) -> None:
    assert translations(kind) == {"sv", "de"}
    for language in ("sv", "de"):
        for name in ("subject.{}.txt", "body.{}.txt", "body.{}.html"):
            assert (TEMPLATES / kind / name.format(language)).is_file()
        mail = read(ticket_message(kind), replace(JOHN, language=language, zone="Europe/Stockholm"))
        assert (mail["Subject"], mail["Content-Language"]) == (ON, language)
        balance = Balance()
        balance.feed(html_of(mail))
        assert balance.open == []


@pytest.mark.parametrize(
    ("name", "language", "told"),
    [
        ("ticket-received", "sv", "Första svar: senast tisdag 3 februari 2026, 14:30 (centraleuropeisk tid)"),
        ("ticket-received", "de", "Erste Antwort: bis Dienstag, 3. Februar 2026, 14:30 (Mitteleuropäische Zeit)"),
        ("ticket-received", "sv", "Det här är en automatisk bekräftelse och inte ett svar än"),
        ("ticket-received", "de", "Dies ist eine automatische Eingangsbestätigung und noch keine Antwort"),
        ("ticket-received-closed", "sv", "Den öppnar tisdag 3 februari 2026, 14:00 (centraleuropeisk tid)."),
        ("ticket-received-closed", "de", "Er öffnet am Dienstag, 3. Februar 2026, 14:00 (Mitteleuropäische Zeit)."),
        ("ticket-answer", "sv", "Nästa uppdatering: senast tisdag 3 februari 2026, 15:30 (centraleuropeisk tid)"),
        ("ticket-answer", "de", "Nächster Stand: bis Dienstag, 3. Februar 2026, 15:30 (Mitteleuropäische Zeit)"),
        ("agreement-asked", "sv", "Avtalet kräver kundens godkännande (an Authorized Representative)."),
        ("agreement-asked", "de", "Ohne Antwort wird es von selbst geschlossen, am Dienstag, 17. Februar 2026, 14:00"),
        ("ticket-closed", "sv", "Stängt: onsdag 4 februari 2026, 10:15 (centraleuropeisk tid)"),
        ("ticket-closed", "de", "Geschlossen: Mittwoch, 4. Februar 2026, 10:15 (Mitteleuropäische Zeit)"),
    ],
)
def test_a_translation_writes_times_in_the_readers_zone_and_manner(name: str, language: str, told: str) -> None:
    to = replace(JOHN, language=language, zone="Europe/Stockholm")
    assert told in flat(ticket_message(name), to)


def test_each_clock_has_a_name_in_every_language() -> None:
    names = {clock_name(kind).lower() for kind in ClockKind}
    assert names == set(WORDS["sv"].promises) == set(WORDS["de"].promises)
    told = flat(ticket_message("ticket-received"), replace(JOHN, language="sv"))
    assert "Statusuppdatering: every 1 h after it, klausul ombori-20 Lösning: when done" in told


def test_what_only_staff_get_is_english_with_the_readers_dates() -> None:
    mail = read(ticket_message("ticket-warning"), replace(MARIA, language="sv"))
    assert mail["Content-Language"] == "en"
    assert "tisdag 3 februari 2026, 14:30 (centraleuropeisk tid)" in text_of(mail)


def test_a_clock_that_is_due_twice_in_the_night_of_the_change_says_which() -> None:
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    mail = read(changed("ticket-received", opens_at=second), replace(JOHN, zone="Europe/Stockholm"))
    assert "Sunday 25 October 2026, 02:30 (Central European Standard Time)." in " ".join(text_of(mail).split())
