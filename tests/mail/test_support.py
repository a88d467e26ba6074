"""Mail to a support address: who writes to which contract, what is dropped, and that no bytes at all can do harm."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.contract import Person
from mail.reply import Bounce, Dropped, WhyDropped
from mail.support import MAX_BYTES, SupportMail, is_support_address, message_id_of, read_letter
from tests.mail.writing import ANA, DOMAIN, plain, read, understood, why


def test_a_plain_mail_says_who_writes_what_to_which_contract() -> None:
    assert read(plain()) == SupportMail(
        contract_id="acme-2026",
        sender=Person("Ana Ortiz", "ana@acme.example"),
        subject="Help",
        text="It does not work.",
        attachments=(),
        left_out=(),
        message_id="<1@acme.example>",
        follows=(),
    )


@pytest.mark.parametrize(
    ("address", "is_support", "contract_id"),
    [
        ("support+acme-2026@reply.oura.example", True, "acme-2026"),
        ("SUPPORT+ACME-2026@Reply.Oura.Example", True, "acme-2026"),
        ("<support+a+b@reply.oura.example>", True, "a+b"),
        ("support+@reply.oura.example", True, ""),
        ("support@reply.oura.example", True, ""),
        ("supporter@reply.oura.example", False, ""),
        ("m-7f3k2q9x4c8v1b6n@reply.oura.example", False, ""),
        ("support+acme-2026@oura.example", False, "acme-2026"),
        ("support+acme-2026", False, ""),
        ("", False, ""),
    ],
)
def test_the_address_names_the_contract(address: str, is_support: bool, contract_id: str) -> None:
    assert is_support_address(address, DOMAIN) is is_support
    assert is_support_address(address, "REPLY.oura.example") is is_support
    result = read(plain(), recipient=address)
    assert isinstance(result, SupportMail)
    assert result.contract_id == contract_id


@pytest.mark.parametrize(
    "headers",
    [
        "Auto-Submitted: auto-replied\n",
        "Auto-Submitted: Auto-Generated; type=x\n",
        "Auto-Submitted: notification\n",
        "Precedence: BULK\n",
        "Precedence: junk\n",
        "Precedence: auto_reply\n",
        "X-Autoreply: yes\n",
        "X-Autorespond: 1\n",
    ],
)
def test_what_a_machine_sends_is_dropped_and_nobody_need_see_it(headers: str) -> None:
    assert why(plain(headers)) is WhyDropped.AUTO_SUBMITTED
    assert not WhyDropped.AUTO_SUBMITTED.for_a_person


@pytest.mark.parametrize("header", ["Precedence: list\n", "List-Id: <users.acme.example>\n"])
def test_behind_a_list_a_person_may_stand_so_a_person_reads_it_and_no_list_is_answered(header: str) -> None:
    assert why(plain(header)) is WhyDropped.MAILING_LIST
    assert WhyDropped.MAILING_LIST.for_a_person
    assert why(plain(f"{header}Auto-Submitted: auto-replied\n")) is WhyDropped.AUTO_SUBMITTED


@pytest.mark.parametrize(
    "header", ["Auto-Submitted: no\n", "Auto-Submitted: No (a person)\n", "Precedence: first-class\n"]
)
def test_a_person_who_says_so_is_heard(header: str) -> None:
    assert understood(plain(header)).text == "It does not work."


@pytest.mark.parametrize("envelope_from", ["", "<>"])
def test_the_null_sender_is_a_bounce(envelope_from: str) -> None:
    assert why(plain(), envelope_from) is WhyDropped.BOUNCE


def test_a_report_that_names_nobody_is_dropped() -> None:
    raw = plain('Content-Type: multipart/report; boundary="b"\n', "--b\n\nRead on Monday.\n--b--")
    assert why(raw) is WhyDropped.BOUNCE


@pytest.mark.parametrize(
    ("raw", "envelope_from"),
    [
        (plain().replace(b"ana@acme.example", b"support+acme-2026@Reply.Oura.example"), ANA),
        (plain(), "m-1@reply.OURA.example"),
        (plain().replace(b"<1@acme.example>", b"<ticket.17@reply.oura.example>"), ANA),
        (plain("Received: from a by b\n" * 31), ANA),
    ],
)
def test_our_own_mail_and_what_goes_round_is_dropped(raw: bytes, envelope_from: str) -> None:
    assert why(raw, envelope_from) is WhyDropped.LOOP
    assert not WhyDropped.LOOP.for_a_person


def test_thirty_relays_are_a_long_way_and_no_loop() -> None:
    assert understood(plain("Received: from a by b\n" * 30)).subject == "Help"


@pytest.mark.parametrize(
    "sender",
    [
        "",
        "From:\r\n",
        "From: Ana Ortiz\r\n",
        "From: ana@\r\n",
        "From: ana@acme..example\r\n",
        f"From: {'(' * 1900}\r\n",
    ],
)
def test_a_mail_of_nobody_goes_to_a_person(sender: str) -> None:
    raw = plain().replace(b"From: Ana Ortiz <ana@acme.example>\r\n", sender.encode())
    assert why(raw) is WhyDropped.NO_SENDER
    assert WhyDropped.NO_SENDER.for_a_person


def test_an_encoded_name_that_looks_like_an_address_is_not_the_sender() -> None:
    raw = plain().replace(b"Ana Ortiz <ana@acme.example>", b"=?utf-8?q?boss=40oura=2Eexample=3E_?= <eve@x.example>")
    assert understood(raw).sender == Person("boss@oura.example", "eve@x.example")


def test_headers_in_raw_utf8_are_read() -> None:
    raw = plain().replace(b"Ana Ortiz", "Åsa Öberg".encode()).replace(b"Help", "Hjälp".encode())
    assert (understood(raw).sender.name, understood(raw).subject) == ("Åsa Öberg", "Hjälp")


def test_too_much_is_not_read_and_goes_to_a_person() -> None:
    assert MAX_BYTES == 31_457_280
    assert why(b"x" * (MAX_BYTES + 1)) is WhyDropped.TOO_BIG
    assert WhyDropped.TOO_BIG.for_a_person


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<a@b>", "<a@b>"),
        ("  <a@b> (added by a relay)", "<a@b>"),
        ("\n <a@b>", "<a@b>"),
        ("<a@[192.0.2.1]>", "<a@[192.0.2.1]>"),
        ("a@b", ""),
        ("<ab>", ""),
        ("<=?utf-8?q?a?=@b>", ""),
        ("<@b>", ""),
        ("<a b@c>", ""),
        ("<å@b>", ""),
        (f"<{'a' * 600}@b>", ""),
    ],
)
def test_a_sane_message_id_is_kept_and_another_is_made_of_the_bytes(written: str, kept: str) -> None:
    raw = plain().replace(b"<1@acme.example>", written.encode())
    made = f"<sha256-{hashlib.sha256(raw).hexdigest()}@unnamed.invalid>"
    assert understood(raw).message_id == (kept or made)
    assert understood(raw).message_id == understood(raw).message_id


def test_the_nearest_mail_comes_first_of_those_that_are_answered() -> None:
    headers = "References: <1@x> <2@x>\n <3@x> nonsense <no> <2@x> <1@acme.example>\nIn-Reply-To: <2@x>\n"
    assert understood(plain(headers)).follows == ("<2@x>", "<3@x>", "<1@x>")


def test_of_a_long_thread_the_fifty_newest_are_kept() -> None:
    references = "\n ".join(f"<{number}@x.example>" for number in range(3_000))
    follows = understood(plain(f"References: {references}\n")).follows
    assert (len(follows), follows[0], follows[-1]) == (50, "<2999@x.example>", "<2950@x.example>")


@given(st.binary(max_size=2_000))
@settings(max_examples=200, deadline=None)
def test_any_bytes_give_a_value(raw: bytes) -> None:
    assert isinstance(read(raw), SupportMail | Bounce | Dropped)


_PIECES = st.sampled_from(
    [b"From: ana@acme.example\r\n", b"Subject: =?utf-8?b?4oK?=\r\n", b"Message-ID: <a@b>\r\n", b"words", b";", b'"',
     b"=", b"\r\n", b"\r\n\r\n", b"\n", b"\r", b"\n ", b"--b", b"--b--", b"\r\n--b\r\n", b"<p>", b"<!--", b"&#x0;",
     b"AAA", b"\xff", b"\x00", b"Content-Type: multipart/alternative; boundary=b\r\n",
     b"Content-Type: multipart/report; boundary=b\r\n",
     b"Content-Type: text/html; charset=utf-16\r\n", b"Content-Type: message/delivery-status\r\n",
     b"Content-Transfer-Encoding: base64\r\n", b"Content-Transfer-Encoding: quoted-printable\r\n",
     b"Content-Disposition: attachment; filename*0*=utf-8'x'%ff; filename*2=\"a\r\n",
     b"Action: failed\r\nFinal-Recipient: a\r\n"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=30).map(b"".join), st.text(max_size=20), st.text(max_size=20))
@settings(max_examples=400, deadline=None)
def test_any_mail_like_bytes_give_a_value(raw: bytes, envelope_from: str, recipient: str) -> None:
    result = read(b"From: ana@acme.example\r\n" + raw, envelope_from, recipient)
    assert isinstance(result, SupportMail | Bounce | Dropped)


@pytest.mark.parametrize(
    ("raw", "sender"),
    [
        (plain(), Person("Ana Ortiz", "ana@acme.example")),
        (plain("Auto-Submitted: auto-replied\n"), Person("Ana Ortiz", "")),
        (plain('Content-Type: multipart/report; boundary="b"\n', "--b\n\nIt failed.\n--b--"), Person("Ana Ortiz", "")),
        (plain().replace(b"Ana Ortiz <ana@acme.example>", b"ana@acme..example"), Person("ana@acme..example", "")),
    ],
)
def test_a_letter_that_a_person_has_open_is_read_whatever_it_is_and_no_machine_is_to_be_answered(
    raw: bytes, sender: Person
) -> None:
    letter = read_letter(raw)
    assert (letter.sender, letter.subject, letter.message_id) == (sender, "Help", "<1@acme.example>")
    assert letter.message_id == message_id_of(raw)


@given(st.binary(max_size=2_000))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_a_letter(raw: bytes) -> None:
    assert read_letter(raw).message_id == message_id_of(raw)
