"""Who may register what, by which way in, and why not: each plan's rules, from the catalogue."""

from dataclasses import replace
from datetime import date

import pytest

from domain.contract import ContractStage, Person
from domain.intake import (
    Code,
    Decision,
    Door,
    Known,
    Queue,
    Report,
    RequestKind,
    decide,
    may_agree,
    named_premises,
    title_of,
)
from plans.loader import load_catalogue

ADA = Person("Ada", "Ada@acme.example", "+46 8 1")
KNOWN = Known(
    ContractStage.ACTIVE,
    date(2026, 3, 31),
    designated=("ada@acme.example",),
    representatives=(("ada@acme.example", "London"), ("eve@acme.example", "")),
)


def report(door: Door, **changes: object) -> Report:
    made = Report(door, ADA, "The kiosk is black", "k-1", premises="London")
    return replace(made, **changes)  # type: ignore[arg-type]


def decided(plan: str, said: Report, known: Known = KNOWN) -> Decision:
    return decide(load_catalogue().get(plan), said, known)


def codes(decision: Decision) -> list[tuple[Code, str]]:
    return [(reason.code, reason.clause) for reason in decision.reasons]


@pytest.mark.parametrize(
    ("plan", "open_doors"),
    [
        ("ombori/free", "form api monitoring"),
        ("ombori/pilot", "form api monitoring"),
        ("ombori/production", "form api e-mail phone chat monitoring"),
        ("ombori/enterprise", "form api e-mail phone chat monitoring"),
        ("caret/support-24-7", "form api e-mail phone chat monitoring"),
        ("caret/premium-support", "form api e-mail phone chat monitoring"),
        ("caret/tam", "form api e-mail phone chat monitoring"),
        ("oura/launch-kit", "form api e-mail phone chat monitoring"),
        ("oura/pro-lite", "form api e-mail phone chat monitoring"),
        ("oura/premium", "form api e-mail phone chat monitoring"),
        ("essensys/inbound", "chat monitoring"),
        ("essensys/engagement-enterprise", "chat monitoring"),
    ],
)
def test_a_plan_is_open_by_its_own_ways_in_and_by_all_where_it_names_none(plan: str, open_doors: str) -> None:
    assert " ".join(door for door in Door if decided(plan, report(door)).accepted) == open_doors


def test_a_way_in_that_the_plan_does_not_have_is_refused_with_those_that_it_has() -> None:
    mail = decided("ombori/pilot", report(Door.MAIL))
    assert not mail.accepted
    assert [reason.text for reason in mail.reasons] == ["e-mail is no way in of this plan; it has online form"]
    named = decided("caret/support-24-7", report(Door.PHONE, channel="front desk"))
    assert [reason.text for reason in named.reasons] == [
        "front desk is no way in of this plan; it has chat, e-mail, portal, dedicated phone line"
    ]


def test_phone_and_mail_are_open_only_while_the_chat_is_down() -> None:
    shut = decided("essensys/inbound", report(Door.PHONE))
    assert codes(shut) == [(Code.CHANNEL_CLOSED, "essensys-3")]
    assert shut.reasons[0].text == "phone is open only when Live Chat is down"
    down = replace(KNOWN, down=("Live Chat",))
    assert decided("essensys/inbound", report(Door.PHONE), down).accepted
    assert decided("essensys/inbound", report(Door.MAIL), down).accepted
    assert decided("essensys/inbound", report(Door.CHAT), down).accepted


def test_who_is_not_a_designated_user_goes_to_the_ordinary_queue_without_a_target() -> None:
    other = decided("caret/premium-support", report(Door.MAIL, reporter=Person("Bo", "bo@acme.example")))
    assert (other.accepted, other.queue, other.owed) == (True, Queue.ORDINARY, False)
    assert codes(other) == [(Code.NOT_DESIGNATED, "caret-2")]
    assert other.reasons[0].text == ("bo@acme.example is not one of the 10 designated users: ordinary queue, no target")
    mine = decided("caret/premium-support", report(Door.MAIL))
    assert (mine.accepted, mine.queue, mine.owed, mine.reasons) == (True, Queue.REGULAR, True, ())


def test_the_eleventh_designated_user_is_none() -> None:
    many = replace(KNOWN, designated=(*(f"u{number}@acme.example" for number in range(10)), "ada@acme.example"))
    assert decided("caret/premium-support", report(Door.MAIL), many).queue is Queue.ORDINARY


def test_only_an_authorized_representative_of_those_premises_may_report() -> None:
    elsewhere = decided("essensys/inbound", report(Door.CHAT, premises="Leeds"))
    assert (elsewhere.accepted, codes(elsewhere)) == (False, [(Code.NOT_REPRESENTATIVE, "essensys-6")])
    assert elsewhere.reasons[0].text == "Ada@acme.example is not an Authorized Representative of the premises Leeds"
    everywhere = Person("Eve", "eve@acme.example", "1")
    assert decided("essensys/inbound", report(Door.CHAT, premises="Leeds", reporter=everywhere)).accepted
    assert decided("essensys/inbound", report(Door.CHAT, premises="london")).accepted


def test_a_report_that_names_no_premises_is_taken_from_whoever_represents_any() -> None:
    assert decided("essensys/inbound", report(Door.CHAT, premises="")).accepted
    nobody = decided("essensys/inbound", report(Door.CHAT, premises="", reporter=Person("Bo", "bo@acme.example", "1")))
    assert [reason.text for reason in nobody.reasons] == [
        "bo@acme.example is not an Authorized Representative of these premises"
    ]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("The gate in london is shut", "London"),
        ("Re: LEEDS\nIt rains in.", "Leeds"),
        ("The lift at London\nBridge is stuck", "London Bridge"),
        ("The Londoner is shut", ""),
        ("From Leeds to London", ""),
        ("It is dark", ""),
        ("Dark (leeds), all of leeds", "Leeds"),
    ],
)
def test_a_mail_names_the_premises_in_whole_words_and_only_one_of_them(text: str, named: str) -> None:
    assert named_premises(text, ("London", "London Bridge", "Leeds", "")) == named


@pytest.mark.parametrize(
    ("subject", "description", "title"),
    [
        ("Dark kiosk", "It is dark.", "Dark kiosk"),
        (" ", "\n  It is dark.\nAll day.", "It is dark."),
        ("", "x" * 100, "x" * 80),
        ("", " \n", "Ticket 7"),
    ],
)
def test_a_ticket_is_called_by_its_subject_else_its_first_words_else_its_number(
    subject: str, description: str, title: str
) -> None:
    assert title_of(subject, description, 7) == title


def test_only_an_authorized_representative_may_agree_to_the_close() -> None:
    essensys, ombori = load_catalogue().get("essensys/inbound"), load_catalogue().get("ombori/pilot")
    assert may_agree(essensys, "ADA@acme.example", "London", KNOWN)
    assert not may_agree(essensys, "bo@acme.example", "London", KNOWN)
    assert may_agree(ombori, "bo@acme.example", "", KNOWN)


def test_every_missing_field_is_named_and_the_login_only_where_it_was_asked_for() -> None:
    bare = report(Door.CHAT, reporter=Person(" ", "ada@acme.example"), description=" ")
    missing = decided("essensys/inbound", bare)
    assert codes(missing) == [(Code.FIELDS_MISSING, "essensys-7")]
    assert missing.reasons[0].text == "missing: name, telephone, description"
    asked = replace(KNOWN, login_asked=True)
    assert decided("essensys/inbound", report(Door.CHAT), asked).reasons[0].text == "missing: login"
    assert decided("essensys/inbound", report(Door.CHAT, login="ada"), asked).accepted


def test_a_device_beyond_the_limit_is_refused_where_none_can_be_added_and_charged_elsewhere() -> None:
    three = replace(KNOWN, devices=("d1", "d2", "d3"))
    fourth = report(Door.FORM, device="d4")
    free = decided("ombori/free", fourth, three)
    assert (free.accepted, codes(free)) == (False, [(Code.DEVICE_BEYOND_LIMIT, "ombori-3")])
    pilot = decided("ombori/pilot", fourth, three)
    assert (pilot.accepted, pilot.owed, codes(pilot)) == (True, True, [(Code.DEVICE_BILLED, "ombori-9")])
    assert pilot.new_device
    known = decided("ombori/free", report(Door.FORM, device="d3"), three)
    assert (known.accepted, known.new_device) == (True, False)
    assert decided("ombori/free", report(Door.FORM, device="d3"), replace(KNOWN, devices=("d1",))).new_device
    beyond = replace(KNOWN, devices=("d1", "d2", "d3", "d4"))
    assert not decided("ombori/free", fourth, beyond).accepted


@pytest.mark.parametrize("kind", [RequestKind.RETURN, RequestKind.EXCHANGE])
@pytest.mark.parametrize(
    ("received", "accepted"), [(date(2026, 3, 31), True), (date(2026, 3, 1), True), (date(2026, 2, 28), False)]
)
def test_a_return_is_possible_until_the_thirtieth_day_after_the_receipt(
    kind: RequestKind, received: date, accepted: bool
) -> None:
    asked = decided("oura/premium", report(Door.MAIL, kind=kind, receipt_day=received))
    assert asked.accepted is accepted
    assert codes(asked) == ([] if accepted else [(Code.RETURN_TOO_LATE, "oura-19")])


def test_a_receipt_that_is_still_to_come_is_no_receipt() -> None:
    asked = decided("oura/premium", report(Door.MAIL, kind=RequestKind.RETURN, receipt_day=date(2026, 4, 1)))
    assert codes(asked) == [(Code.FIELDS_MISSING, "oura-19")]
    assert asked.reasons[0].text == (
        "the day of your receipt of the original order, 2026-04-01, is still to come: it is 2026-03-31 today"
    )


def test_a_return_without_the_day_of_receipt_says_what_is_missing_and_another_vendor_has_no_such_rule() -> None:
    asked = decided("oura/premium", report(Door.MAIL, kind=RequestKind.RETURN))
    assert asked.reasons[0].text == "missing: the day of your receipt of the original order"
    late = report(Door.FORM, kind=RequestKind.RETURN, receipt_day=date(2020, 1, 1))
    assert decided("ombori/pilot", late).accepted


def test_a_refusal_gives_every_reason_at_once_and_keeps_all_that_was_written() -> None:
    said = report(
        Door.FORM,
        reporter=Person("", "bo@acme.example"),
        subject="Help",
        attachments=("photo.jpg",),
        premises="Leeds",
    )
    refused = decided("essensys/inbound", said)
    assert not refused.accepted
    assert codes(refused) == [
        (Code.CHANNEL_NOT_IN_PLAN, "essensys-3"),
        (Code.NOT_REPRESENTATIVE, "essensys-6"),
        (Code.FIELDS_MISSING, "essensys-7"),
    ]
    assert refused.report == said
    assert (refused.report.description, refused.report.attachments) == ("The kiosk is black", ("photo.jpg",))


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        (ContractStage.SIGNED, [(Code.NOT_STARTED, "")]),
        (ContractStage.ONBOARDING, []),
        (ContractStage.ACTIVE, []),
        (ContractStage.SUSPENDED, []),  # taken in; its clocks wait
        (ContractStage.ENDED, [(Code.CONTRACT_OVER, "")]),
        (ContractStage.TERMINATED, [(Code.CONTRACT_OVER, "")]),
    ],
)
def test_a_ticket_needs_a_contract_that_runs(stage: ContractStage, expected: list[tuple[Code, str]]) -> None:
    assert codes(decided("ombori/pilot", report(Door.FORM), replace(KNOWN, stage=stage))) == expected


def test_an_alert_opens_a_ticket_whoever_may_report() -> None:
    alert = Report(Door.MONITORING, Person("", ""), "kiosk 7 is silent", "alert-7", level="l1")
    opened = decided("ombori/production", alert)
    assert (opened.accepted, opened.queue, opened.level) == (True, Queue.REGULAR, "l1")


def test_the_reporters_level_is_taken_if_the_plan_has_it_else_the_least_severe_one() -> None:
    assert decided("ombori/pilot", report(Door.FORM, level="l2")).level == "l2"
    assert decided("ombori/pilot", report(Door.FORM)).level == "l4"
    assert decided("ombori/pilot", report(Door.FORM, level="urgent!!")).level == "l4"
