"""Every kind of message, read back from its bytes: headers, both texts, links, translations, and hostile input."""

import re
from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import messages
from domain.contract import Person
from domain.messages import MeetingNotice, TaskNotice
from mail import safe
from mail.policy import SMTP, SMTPUTF8
from mail.render import TEMPLATES, envelope_sender, message_id, render, translations
from mail.safe import AddressRefused
from tests.mail.reading import Balance, as_bytes, html_of, read_back, spoken, text_of
from tests.mail.samples import ANA, CONTENTS, JOHN, MARIA, NOW, SETTINGS, WORKFLOW, message
from tests.mail.ticket_samples import TICKETS

KINDS = sorted(CONTENTS)
NOT_TEXT = ("kind", "url", "answer_url", "outcome", "currency")

SUBJECTS = {
    "cancellation": "Cancelled: Kick-off Meeting, Tue 3 Feb",
    "farewell": "Your contract for Oura Launch Kit has ended",
    "invitation": "Invitation: Kick-off Meeting, Tue 3 Feb",
    "nudge": "Please answer: Kick-off Meeting, Tue 3 Feb",
    "outcome": "Summary: Kick-off Meeting, Tue 3 Feb",
    "outcome-missing": "Reminder: what became of Kick-off Meeting with Acme Inc.?",
    "outcome-no-show": "We missed you: Kick-off Meeting, Tue 3 Feb",
    "overage-request": "Your approval, please: Software Training needs 45 minutes more",
    "reminder": "Tomorrow: Kick-off Meeting",
    "renewal-notice": "Oura Launch Kit ends in 60 days, on Sunday 31 January 2027",
    "report-due": "Report due on Friday 6 February 2026: Monthly report, Acme Inc.",
    "task": "For you: A mail address was rejected (Acme Inc.)",
    "update": "Changed: Kick-off Meeting, now Tue 3 Feb",
    "welcome": "Welcome: Oura Launch Kit starts on Sunday 1 February 2026",
    "window-closed": "Closed: The first 90 days; Maria Berg goes on as your contact",
    "window-warning": "2 hours 30 minutes unused: use them until Friday 1 May 2026",
}

# What each kind must tell, in the plain text and in the HTML.
TOLD = {
    "cancellation": ("is cancelled", "The project starts a quarter later."),
    "farewell": ("Sunday 31 January 2027", "3 hours 30 minutes"),
    "invitation": (
        "08:00–09:00 (Eastern Time)",
        "https://meet.oura.example/acme",
        "1 hour of the package",
        "Ana Ortiz",
    ),
    "nudge": ("accept or decline", "no answer yet"),
    "outcome": ("3 hours 10 minutes", "John sends the list of sites by Friday."),
    "outcome-missing": (
        "nobody has recorded",
        "https://pledge.oura.example/meetings/acme-2026/kickoff",
        "asked 2 times",
    ),
    "outcome-no-show": ("could not meet you", "4 hours"),
    "overage-request": (
        "45 minutes",
        "US$150.00",
        "US$200.00",
        "https://pledge.oura.example/overage/9f2c41d0",
    ),
    "reminder": ("in 24 hours", "Maria Berg (Oura)", "tentative"),
    "renewal-notice": ("60 days", "31 January 2027", "maria.berg@oura.example"),
    "report-due": ("January 2026", "https://pledge.oura.example/contracts/acme-2026"),
    "task": ("550 5.1.1 no such user", "https://pledge.oura.example/contracts/acme-2026#tasks"),
    "update": ("Monday 2 February 2026, 09:30 (Eastern Time)", "the board meets on Monday"),
    "welcome": ("Account Manager", "+46 8 123 456", "John.Miller@acme.example", "1 May 2026", "point of contact"),
    "window-closed": ("30 minutes", "3 hours 30 minutes", "Maria Berg"),
    "window-warning": ("2 hours 30 minutes", "4 hours", "Friday 1 May 2026", "maria.berg@oura.example"),
}


def changed(content: Any, **texts: object) -> Any:
    return replace(content, **texts)


def test_every_kind_of_content_has_a_sample_and_templates() -> None:
    declared = {kind for content in get_args(messages.Content) for kind in get_args(content.__annotations__["kind"])}
    assert declared == {content.kind for content in (CONTENTS | TICKETS).values()}
    assert declared == {path.name for path in TEMPLATES.iterdir() if path.is_dir()}
    assert len(declared) == 26


@pytest.mark.parametrize("name", KINDS)
def test_a_mail_is_written_as_the_standard_library_writes_it(name: str) -> None:
    for to in (JOHN, Person("Åsa Öberg", "åsa@acme.example")):
        mail = render(message(name), to, settings=SETTINGS, workflow_id=WORKFLOW, now=NOW)
        assert mail.as_bytes() == EmailMessage.as_bytes(mail)


@pytest.mark.parametrize("name", KINDS)
def test_the_subject_reads(name: str) -> None:
    assert read_back(message(name))["Subject"] == SUBJECTS[name]


@pytest.mark.parametrize("name", KINDS)
def test_text_and_html_tell_the_same(name: str) -> None:
    mail = read_back(message(name))
    text, html = " ".join(text_of(mail).split()), html_of(mail)
    for told in TOLD[name]:
        assert told in text
        assert told in spoken(html) or f'href="{told}"' in html


@pytest.mark.parametrize("name", KINDS)
def test_the_html_is_whole_and_fetches_nothing(name: str) -> None:
    html = html_of(read_back(message(name)))
    balance = Balance()
    balance.feed(html)
    assert balance.open == []
    assert not re.search(r"<(img|script|iframe|form|object|video)\b|url\(|@import", html)
    assert '<meta name="color-scheme" content="light dark">' in html


@pytest.mark.parametrize("name", KINDS)
def test_the_text_keeps_to_74_columns_but_for_links(name: str) -> None:
    for line in text_of(read_back(message(name))).splitlines():
        assert len(line) <= 74 or "https://" in line
        assert line == line.rstrip() or line == "-- "


@pytest.mark.parametrize("name", KINDS)
def test_every_mail_is_ascii_with_short_lines_and_says_that_a_machine_wrote_it(name: str) -> None:
    raw = as_bytes(message(name))
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78
    mail = read_back(message(name))
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"] == "Tue, 20 Jan 2026 09:30:00 +0000"
    assert mail["To"].addresses[0].addr_spec == "John.Miller@acme.example"
    assert mail["MIME-Version"] == "1.0"
    assert [defect for part in mail.walk() for defect in part.defects] == []


@pytest.mark.parametrize("name", [kind for kind in KINDS if kind not in ("invitation", "update", "cancellation")])
def test_a_mail_without_an_invitation_comes_from_the_ordinary_sender(name: str) -> None:
    mail = read_back(message(name))
    assert mail["From"] == "Maria Berg <pledge@oura.example>"
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_the_footer_names_contract_and_clause() -> None:
    mail = read_back(message("invitation"))
    assert "Contract acme-2026, clause oura-10" in text_of(mail)
    assert "Contract acme-2026 · clause oura-10" in html_of(mail)


def test_a_message_id_follows_from_workflow_key_and_recipient_only() -> None:
    first = read_back(message("invitation"))["Message-ID"]
    assert re.fullmatch(r"<[0-9a-f]{40}@mail\.oura\.example>", first)
    assert first == message_id(WORKFLOW, "invitation-0", "JOHN.MILLER@acme.example", SETTINGS)
    others = {
        message_id(WORKFLOW, "invitation-0", ANA.email, SETTINGS),
        message_id(WORKFLOW, "reminder-0", JOHN.email, SETTINGS),
        message_id("meeting/acme-2026/training", "invitation-0", JOHN.email, SETTINGS),
    }
    assert len(others | {first}) == 4


def test_what_follows_an_invitation_stands_in_its_thread() -> None:
    first = read_back(message("invitation"))
    assert first["In-Reply-To"] is None
    for name in ("update", "cancellation", "reminder", "nudge"):
        later = read_back(message(name))
        assert later["In-Reply-To"] == later["References"] == first["Message-ID"]


def test_an_answer_to_a_reminder_finds_its_meeting() -> None:
    assert read_back(message("reminder"))["Reply-To"] == "Maria Berg <m-7f3k2q9x4c8v1b6n@reply.oura.example>"
    assert read_back(message("invitation"))["Reply-To"] is None


@pytest.mark.parametrize("kind", ["invitation", "update", "nudge"])
def test_the_customer_finds_the_page_to_answer_on_and_the_host_does_not(kind: str) -> None:
    asked = message(kind)
    assert isinstance(asked.content, MeetingNotice)
    asked = replace(asked, content=replace(asked.content, answer_url="/answer/7f3k"))
    address = "https://pledge.oura.example/answer/7f3k"
    assert address in text_of(read_back(asked))
    assert address in html_of(read_back(asked))
    assert address not in text_of(read_back(asked, MARIA))


def test_an_answer_to_a_message_without_a_meeting_reaches_the_main_contact_but_nobody_answers_themselves() -> None:
    welcome = replace(message("welcome"), reply_to=MARIA)
    assert read_back(welcome)["Reply-To"] == f"{MARIA.name} <{MARIA.email}>"
    assert read_back(welcome, MARIA)["Reply-To"] is None
    assert read_back(replace(message("invitation"), reply_to=MARIA))["Reply-To"] is None
    assert envelope_sender(message("reminder"), SETTINGS) == "m-7f3k2q9x4c8v1b6n@reply.oura.example"
    assert envelope_sender(message("invitation"), SETTINGS) == "m-7f3k2q9x4c8v1b6n@reply.oura.example"
    assert envelope_sender(message("welcome"), SETTINGS) == "pledge@oura.example"


def test_each_recipient_gets_their_own_mail() -> None:
    john, maria = read_back(message("invitation"), JOHN), read_back(message("invitation"), MARIA)
    assert john["To"] == "John Miller <John.Miller@acme.example>"
    assert maria["To"] == "Maria Berg <maria.berg@oura.example>"
    assert "Hello Maria Berg,\n\nYou host this meeting." in text_of(maria)
    assert "You host" not in text_of(john)


HOSTILE = 'Eve\r\nBcc: all@acme.example\x00\x07"<script>alert(1)</script>\u202e\u2028x'


def test_no_name_or_title_becomes_a_header() -> None:
    content = changed(message("task").content, title=HOSTILE, customer_name=HOSTILE)
    mail = read_back(message("task", content=content, sender_name=HOSTILE), replace(JOHN, name=HOSTILE))
    assert mail["Bcc"] is None
    assert sorted(mail.keys()) == sorted(read_back(message("task")).keys())
    assert mail["To"].addresses[0].addr_spec == "John.Miller@acme.example"
    assert mail["From"].addresses[0].addr_spec == "pledge@oura.example"
    assert len(mail["From"].addresses) == len(mail["To"].addresses) == 1
    evil = 'Eve Bcc: all@acme.example"<script>alert(1)</script> x'
    assert mail["Subject"] == f"For you: {evil} ({evil})"


def test_a_subject_has_an_end() -> None:
    content = changed(message("task").content, title="very " * 200)
    subject = read_back(message("task", content=content))["Subject"]
    assert len(subject) == 149
    assert subject.endswith("very…")


def test_a_subject_in_another_script_comes_through() -> None:
    content = changed(message("task").content, title="Überprüfung – 健康診断 ✓ " * 4)
    raw = as_bytes(message("task", content=content))
    assert raw.isascii()
    subject = read_back(message("task", content=content))["Subject"]
    assert subject.startswith("For you: Überprüfung – 健康診断 ✓ Überprüfung")


@pytest.mark.parametrize("name", KINDS)
def test_html_in_any_text_is_shown_and_not_obeyed(name: str) -> None:
    def hostile(content: object) -> Any:
        texts = {
            field: "<b onload=alert(1)>&amp;'\""
            for field in getattr(content, "__dataclass_fields__", {})
            if isinstance(getattr(content, field), str) and field not in NOT_TEXT
        }
        return changed(content, **texts)

    html = html_of(read_back(message(name, content=hostile(CONTENTS[name]), clause="<i>", vendor_name="<u>")))
    for tag in ("<b onload", "<i>", "<u>"):
        assert tag not in html
    assert "&lt;b onload=alert(1)&gt;&amp;amp;" in html


@given(name=st.text(max_size=120), subject=st.text(min_size=1, max_size=160))
@settings(max_examples=150, deadline=None)
def test_whatever_a_name_and_a_title_hold_they_come_back_cleaned_and_add_no_header(name: str, subject: str) -> None:
    mail = EmailMessage(policy=SMTP)
    mail["To"] = safe.address("john@acme.example", name)
    mail["Subject"] = safe.line(subject, 150)
    mail.set_content("text")
    raw = mail.as_bytes()
    assert raw.isascii()
    back = message_from_bytes(raw)
    assert list(back) == ["To", "Subject", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"]
    assert str(make_header(decode_header(back["Subject"]))) == safe.line(subject, 150)
    shown, address = parseaddr(back["To"].replace("\r\n", ""))
    assert address == "john@acme.example"
    assert str(make_header(decode_header(shown))) == safe.name(name)


def test_what_a_person_wrote_is_set_apart_in_the_text() -> None:
    text = text_of(read_back(message("outcome")))
    assert "> Goals agreed: 400 rings by June.\n> John sends the list of sites by Friday.\n" in text


def test_a_place_that_is_no_web_address_is_no_link() -> None:
    content = CONTENTS["invitation"]
    assert isinstance(content, MeetingNotice)
    html = html_of(read_back(message("invitation", content=replace(content, place="javascript:alert(1)"))))
    assert "javascript:alert(1)" in html
    assert 'href="javascript' not in html


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "javascript:alert(1)",
        "https://pledge.oura.example.evil.example/",
        "//evil.example/",
        "",
    ],
)
def test_a_link_of_ours_leads_to_us_or_the_mail_is_not_made(url: str) -> None:
    content = TaskNotice(title="Task", customer_name="Acme", detail="", url=url)
    with pytest.raises(ValueError, match="does not lead to"):
        read_back(message("task", content=content))


def test_a_path_becomes_a_link_to_us() -> None:
    content = changed(message("task").content, url="/contracts/acme-2026?tab=tasks")
    mail = read_back(message("task", content=content))
    assert "\nhttps://pledge.oura.example/contracts/acme-2026?tab=tasks\n" in text_of(mail)
    assert 'href="https://pledge.oura.example/contracts/acme-2026?tab=tasks"' in html_of(mail)


@pytest.mark.parametrize(
    "address",
    ["", "nobody", "a@b@c", "a b@c.example", "a@c..example", "a@-c.example", '"a"@c.example', "a\r\nb@c.example",
     "@c.example", "a@[127.0.0.1]", ".a@c.example", "a" * 65 + "@c.example", "a@" + "c" * 64 + ".example",
     "a\u00a0b@c.example"],
)  # fmt: skip
def test_an_address_that_cannot_be_written_to_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused):
        read_back(message("welcome"), Person("Eve", address))


def test_an_international_domain_is_written_in_ascii() -> None:
    mail = read_back(message("welcome"), Person("Åsa Öberg", "asa@räksmörgås.example"))
    assert mail["To"].addresses[0].addr_spec == "asa@xn--rksmrgs-5wao1o.example"
    assert mail["To"].addresses[0].display_name == "Åsa Öberg"


def test_an_international_local_part_makes_an_smtputf8_mail() -> None:
    person = Person("Åsa", "åsa@acme.example")
    mail = render(message("welcome"), person, settings=SETTINGS, workflow_id=WORKFLOW, now=NOW)
    assert mail.policy == SMTPUTF8
    assert "To: Åsa <åsa@acme.example>\r\n".encode() in mail.as_bytes()


@pytest.mark.parametrize("kind", ["invitation", "update", "cancellation", "reminder", "nudge"])
def test_the_mails_about_a_meeting_exist_in_swedish_and_german_whole(kind: str) -> None:
    assert translations(kind) == {"sv", "de"}
    for language in ("sv", "de"):
        for name in ("subject.{}.txt", "body.{}.txt", "body.{}.html"):
            assert (TEMPLATES / kind / name.format(language)).is_file()


def test_a_translated_mail_says_that_the_english_text_controls() -> None:
    swedish = read_back(message("invitation"), replace(JOHN, language="sv"))
    assert swedish["Subject"] == "Inbjudan: Kick-off Meeting, tis 3 feb."
    assert swedish["Content-Language"] == "sv"
    line = "Detta är en översättning. Där den skiljer sig från den engelska texten gäller den engelska."
    assert line in " ".join(text_of(swedish).split())
    assert line in html_of(swedish)
    german = read_back(message("invitation"), replace(JOHN, language="de-AT"))
    assert "Wo sie vom englischen Text abweicht, gilt der englische." in " ".join(text_of(german).split())
    assert "English" not in text_of(read_back(message("invitation")))


def test_a_kind_without_a_translation_is_english_with_the_readers_dates() -> None:
    mail = read_back(message("renewal-notice"), replace(JOHN, language="sv"))
    assert mail["Content-Language"] == "en"
    assert mail["Subject"] == "Oura Launch Kit ends in 60 days, on söndag 31 januari 2027"


def test_an_update_that_keeps_the_time_does_not_speak_of_a_new_one() -> None:
    content = CONTENTS["update"]
    assert isinstance(content, MeetingNotice)
    mail = read_back(message("update", content=replace(content, previous_start=content.start)))
    assert mail["Subject"] == "Changed: Kick-off Meeting, Tue 3 Feb"
    assert "the time stays" in text_of(mail)
    assert "Before:" not in text_of(mail)


def test_an_overage_without_a_rate_names_no_price() -> None:
    content = changed(message("overage-request").content, rate=None, amount=None)
    text = " ".join(text_of(read_back(message("overage-request", content=content))).split())
    assert "Estimate" not in text
    assert "we will tell you the rate before" in text


def test_who_pays_the_travel_is_said() -> None:
    content = CONTENTS["invitation"]
    assert isinstance(content, MeetingNotice)
    mail = read_back(message("invitation", content=replace(content, expenses_paid_by="client")))
    assert "Travel:  paid by the customer" in text_of(mail)
