"""What a mail about a ticket says in each case: warnings at a glance, questions, closings, incidents."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.contract import Person
from tests.mail.reading import html_of, spoken, text_of
from tests.mail.samples import MARIA
from tests.mail.test_ticket_messages import changed, flat, read

NONE_DUE = {"due": None, "left_text": ""}
TOMORROW = datetime(2026, 2, 4, 7, 15, tzinfo=UTC)
LATE = datetime(2026, 2, 3, 23, 30, tzinfo=UTC)  # it is tomorrow in Stockholm, today in New York
NEW_YORKER = Person("Nell", "nell@oura.example", "", "America/New_York", "en-US")


@pytest.mark.parametrize(
    ("fields", "subject"),
    [
        ({}, "first response due 14:30 (7 min 30 s of open time left)"),
        ({"left_text": ""}, "first response due 14:30"),
        ({"due": TOMORROW}, "first response due Wed 4 Feb, 08:15 (7 min 30 s of open time left)"),
        ({"due": LATE, "left_text": ""}, "first response due Wed 4 Feb, 00:30"),
        (NONE_DUE, "first response at 75 %"),
        ({"passed": True, "left_text": "0 min over"}, "first response missed, was due 14:30 (0 min over)"),
        ({"passed": True, **NONE_DUE}, "first response missed"),
        ({"clock": "status update", "left_text": ""}, "status update due 14:30"),
        ({"best_effort": True, "left_text": ""}, "first response objective 14:30"),
        ({"best_effort": True, **NONE_DUE}, "first response objective at 75 %"),
        ({"best_effort": True, "passed": True, "left_text": "1 h over"},
         "first response objective missed, was 14:30 (1 h over)"),
    ],
)  # fmt: skip
def test_a_warning_reads_at_a_glance(fields: dict[str, object], subject: str) -> None:
    mail = read(changed("ticket-warning", **fields))
    assert mail["Subject"] == f"[#17] Critical, Acme Inc.: {subject}"
    assert "breach" not in text_of(mail) + html_of(mail)


def test_a_warning_tells_the_hour_of_whoever_reads_it() -> None:
    warning = changed("ticket-warning", due=LATE, left_text="")
    assert read(warning, NEW_YORKER)["Subject"] == "[#17] Critical, Acme Inc.: first response due 6:30 PM"
    in_october = changed("ticket-warning", due=datetime(2026, 10, 25, 1, 30, tzinfo=UTC), left_text="")
    assert read(in_october, MARIA)["Subject"] == (
        "[#17] Critical, Acme Inc.: first response due Sun 25 Oct, 02:30 (Central European Standard Time)"
    )


def test_an_objective_is_called_one_and_is_not_drawn_in_red() -> None:
    objective = changed("ticket-warning-passed", best_effort=True)
    assert "Objective: Tuesday 3 February 2026, 14:30 (Central European Time)" in flat(objective)
    assert "Due:" not in flat(objective)
    assert "#b3261e" not in html_of(read(objective))
    assert "#b3261e" in html_of(read(changed("ticket-warning-passed")))


def test_names_that_never_end_leave_the_time_in_the_subject() -> None:
    warning = changed("ticket-warning", level_name="Critical " * 30, customer_name="Acme and Sons of the " * 30)
    assert read(warning)["Subject"] == (
        "[#17] Critical Critical Critical Cr…, Acme and Sons of the Acme and Sons of t…: "
        "first response due 14:30 (7 min 30 s of open time left)"
    )


def test_a_long_subject_is_cut_behind_and_keeps_its_number() -> None:
    for name in ("ticket-received", "ticket-answer", "incident", "ticket-heard", "ticket-assigned", "ticket-new"):
        subject = read(changed(name, subject="very " * 100))["Subject"]
        assert subject.startswith("[#17] ")
        assert 140 < len(subject) <= 150
        assert subject.endswith("…")


def test_a_ticket_without_a_subject_still_has_its_number() -> None:
    mail = read(changed("ticket-answer", subject=""))
    assert mail["Subject"] == "[#17]"
    assert "<title>#17</title>" in html_of(mail)


def test_the_first_question_reminds_of_none_and_a_plan_without_a_last_day_never_closes() -> None:
    asked = flat(changed("agreement-asked", asks=1, last_day=None, asked_of="", text="", author=""))
    assert "Oura has solved ticket 17. Do you agree that it can be closed? Agree, or say" in asked
    assert "It never closes by itself: it stays open until you answer." in asked
    assert "We have asked" not in asked
    assert "The contract asks" not in asked


def test_opening_the_page_of_a_question_changes_nothing_and_the_mail_says_so() -> None:
    mail = read(changed("agreement-asked"))
    assert "opening the page changes nothing yet" in " ".join(text_of(mail).split())
    assert "Opening the page changes nothing yet" in spoken(html_of(mail))


def test_a_plan_that_promises_nothing_is_not_shown_an_empty_box() -> None:
    received = read(changed("ticket-received", targets=(), notes=(), opens_at=datetime(2026, 2, 4, 7, tzinfo=UTC)))
    assert 'class="box"' not in html_of(received)
    text = " ".join(text_of(received).split())
    assert "It opens on Wednesday 4 February 2026, 02:00 (Eastern Time). You wrote" in text


def test_an_open_desk_is_not_said_to_be_closed() -> None:
    assert "closed" not in flat(changed("ticket-received"))


@pytest.mark.parametrize(
    ("news", "subject", "begins"),
    [
        ("begun", "[#17] Major incident: Network", "We are working on a major incident: Network"),
        ("updated", "[#17] Major incident, update: Network", "There is news of the major incident: Network"),
        ("ended", "[#17] Major incident over: Network", "The major incident is over: Network"),
    ],
)
def test_an_incident_is_told_at_once_at_each_update_and_at_the_end(news: str, subject: str, begins: str) -> None:
    mail = read(changed("incident", news=news, subject="Network"))
    assert mail["Subject"] == subject
    assert begins in text_of(mail)


def test_the_owner_hears_whether_the_customer_wrote_or_disagreed() -> None:
    heard = changed("ticket-heard", disagrees=False)
    assert read(heard)["Subject"] == "[#17] Acme Inc. wrote: All screens in the lobby are black"
    assert "John Miller (Acme Inc.) wrote about ticket 17:" in flat(heard)
    silent = changed("ticket-heard", text="")
    assert "John Miller (Acme Inc.) does not agree that ticket 17 is solved. Answer here:" in flat(silent)


def test_a_mail_that_nobody_would_read_an_answer_to_asks_for_none() -> None:
    for name in ("ticket-received", "ticket-answer", "ticket-closed", "ticket-routed"):
        message = changed(name)
        assert "this mail" in flat(message).replace("Answer", "answer")
        assert "this mail" not in flat(replace(message, support_address=False))


def test_what_was_refused_comes_back_whole() -> None:
    text = "\n".join(f"line {number} of a long report, with all that was seen" for number in range(1, 1_001))
    back = text_of(read(changed("ticket-refused", text=text)))
    assert "\n> line 1 of a long report, with all that was seen\n" in back
    assert "\n> line 1000 of a long report, with all that was seen\n" in back


def test_an_acknowledgement_does_not_send_a_flood_back() -> None:
    back = flat(changed("ticket-received", text="word " * 20_000))
    assert len(back) < 9_000
    assert "word…" in back
