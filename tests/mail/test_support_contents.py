"""The words and the files of a support mail, and how quickly the worst of them is read."""

import base64
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mail.support import Attached, SupportMail
from tests.mail.writing import mixed, names, plain, read, understood, with_files


def test_the_text_parts_of_a_mail_are_read_in_their_order_and_an_empty_alternative_is_none() -> None:
    alternative = (
        'Content-Type: multipart/alternative; boundary="i"\n\n--i\nContent-Type: text/plain\n\n \n'
        "--i\nContent-Type: text/html\n\n<p>One &amp; two</p><p>three</p>\n--i--"
    )
    raw = mixed("\nAbove.", alternative, "Content-Type: text/plain\n\nBelow.")
    assert (understood(raw).text, understood(raw).attachments) == ("Above.\n\nOne & two\nthree\n\nBelow.", ())


@pytest.mark.parametrize(
    ("charset", "raw", "text"),
    [
        ("", "Grüße".encode(), "Grüße"),
        ("", "Grüße €".encode("cp1252"), "Grüße €"),
        ("; charset=us-ascii", "Grüße".encode(), "Grüße"),
        ("; charset=iso-8859-1", "Grüße".encode("latin-1"), "Grüße"),
        ("; charset=iso-2022-jp", "助けて".encode("iso-2022-jp"), "助けて"),
        ("; charset=x-unknown", "Grüße".encode(), "Grüße"),
        ("; charset=punycode", b"a-b", "a-b"),
        ("; charset=zlib", b"a-b", "a-b"),
    ],
)
def test_words_in_any_charset_are_read(charset: str, raw: bytes, text: str) -> None:
    whole = plain(f"Content-Type: text/plain{charset}\n", "WORDS").replace(b"WORDS", raw)
    assert understood(whole).text == text


def test_words_that_are_cut_say_so_and_come_whole_as_a_file() -> None:
    mail = understood(plain(body="0123456789\n" * 2_000))
    assert len(mail.text) <= 20_000
    assert mail.text.endswith("\n01234567\n\n[The mail goes on: it was cut here, at 20,000 characters.]")
    assert mail.attachments == (Attached("mail.txt", "text/plain", b"0123456789\r\n" * 2_000 + b"\r\n"),)


def test_inline_pictures_calendars_and_forwarded_mails_are_files() -> None:
    raw = mixed(
        "\nLook:",
        "Content-Type: image/png\nContent-ID: <i1>\nContent-Transfer-Encoding: base64\n\nAAEC",
        "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR",
        "Content-Type: message/rfc822\n\nSubject: inner\nAuto-Submitted: auto-replied\n\nhello",
        "Content-Type: text/plain; name=log.txt\nContent-Transfer-Encoding: quoted-printable\n\na=3Db",
    )
    mail = understood(raw)
    assert mail.text == "Look:"
    assert mail.attachments == (
        Attached("file.png", "image/png", b"\x00\x01\x02"),
        Attached("file.ics", "text/calendar", b"BEGIN:VCALENDAR"),
        Attached("file.eml", "message/rfc822", b"Subject: inner\r\nAuto-Submitted: auto-replied\r\n\r\nhello"),
        Attached("log.txt", "text/plain", b"a=b"),
    )


def test_damaged_base64_gives_what_can_be_read() -> None:
    part = "Content-Type: image/png\nContent-Transfer-Encoding: base64\n\n"
    assert understood(mixed(part + "AAEC*A")).attachments[0].content == b"\x00\x01\x02"
    assert understood(mixed(part + "AAECAw")).attachments[0].content == b"\x00\x01\x02\x03"


def test_files_over_a_cap_are_named_and_the_rest_is_kept() -> None:
    big, mebibyte = bytes(10 * 1024 * 1024 + 1), bytes(1024 * 1024)
    assert understood(with_files(("big.pdf", big), ("a.pdf", b"a"))).left_out == (
        "big.pdf (10 MiB): larger than 10 MiB",
    )
    many = understood(with_files(*((f"{number}.pdf", mebibyte) for number in range(20)), ("a.pdf", bytes(1536))))
    assert len(many.attachments) == 20
    assert many.left_out == ("a.pdf (1.5 KiB): more than 20 files",)
    heavy = understood(with_files(("1.pdf", big[:-1]), ("2.pdf", big[:-2]), ("3.pdf", b"ab"), ("4.pdf", b"a")))
    assert names(heavy) == ["1.pdf", "2.pdf", "4.pdf"]
    assert heavy.left_out == ("3.pdf (2 bytes): the files of the mail are larger than 20 MiB together",)


def test_more_parts_than_are_read_are_named() -> None:
    mail = understood(mixed("\nhello", *["Content-Type: image/png\n\nx"] * 120))
    assert (mail.text, len(mail.attachments)) == ("hello", 20)
    assert len(mail.left_out) == 79
    assert mail.left_out[-1] == "the rest of the mail: more than 100 parts"


DEEP = "".join(f"Content-Type: multipart/mixed; boundary=b{depth}\n\n--b{depth}\n" for depth in range(50))
WIDE = "Content-Type: multipart/mixed; boundary=b\n\n"


@pytest.mark.parametrize(
    "hostile",
    [
        DEEP + "\n--b1" * 400_000,
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n" * 50 + "\n--bx" * 400_000,
        WIDE + "--b\n" * 500_000,
        WIDE + "\n--b" + " " * 2_000_000,
        WIDE + ("--b\n" + "a:\n" * 20_000 + "\n") * 30,
        "Content-Type: multipart/mixed" + ";" * 2_000_000 + "\n\n",
        "a:\n" * 700_000,
        "References: " + "<a@b> " * 350_000 + "\n\n",
        "Content-Type: text/html\n\n" + "<" * 2_000_000,
        "Content-Type: text/html\n\n" + "<blockquote>" * 170_000,
        "Content-Type: text/html\n\n" + "<style>" * 290_000,
        "Content-Type: text/plain; charset=punycode\n\n" + "a-b" * 700_000,
        "Content-Transfer-Encoding: base64\n\n" + "=a!" * 700_000,
    ],
)  # fmt: skip
def test_two_mebibytes_of_malice_are_read_within_seconds(hostile: str) -> None:
    raw = b"From: eve@x.example\nMessage-ID: <1@x.example>\n" + hostile.encode()
    began = time.monotonic()
    assert isinstance(read(raw), SupportMail)
    assert time.monotonic() - began < 10  # a reader that takes the square of the length needs hours


@given(st.text(max_size=300), st.sampled_from(["text/plain", "image/png", "message/rfc822"]))
@settings(max_examples=200, deadline=None)
def test_any_file_name_becomes_a_single_safe_one(written: str, kind: str) -> None:
    encoded = base64.b64encode(written.encode("utf-8", "replace")).decode()
    raw = mixed(f"Content-Type: {kind}\nContent-Disposition: attachment; filename==?utf-8?b?{encoded}?=\n\nx")
    [name] = names(understood(raw))
    assert 0 < len(name) <= 150
    assert name.isprintable()
    assert not set(name) & set('/\\:\x00"\u202e\u200f')
    assert name.strip(". ") == name


@pytest.mark.parametrize(
    ("written", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ana\\shot.png", "shot.png"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\r\n b\t.txt", "a b .txt"),
        ("..", "file.pdf"),
        ("", "file.pdf"),
        ('a"b<c>?.pdf', "a_b_c__.pdf"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
    ],
)
def test_a_file_name_is_made_safe(written: str, safe: str) -> None:
    encoded = base64.b64encode(written.encode()).decode()
    header = f"Content-Type: application/pdf\nContent-Disposition: attachment; filename==?utf-8?b?{encoded}?="
    assert names(understood(mixed(f"{header}\n\nx"))) == [safe]


def test_two_files_of_one_mail_have_two_names() -> None:
    mail = understood(with_files(("shot.png", b"1"), ("Shot.png", b"2"), ("shot.png", b"3")))
    assert names(mail) == ["shot.png", "Shot (2).png", "shot (3).png"]
