"""Mails as the programs of customers write them, one file each in ``support_mails``."""

from pathlib import Path

import pytest

from domain.contract import Person
from mail.reply import Bounce, Dropped, WhyDropped
from mail.support import SupportMail, read_support, unquoted

MAILS = Path(__file__).parent / "support_mails"
TO = "support+acme-2026@reply.oura.example"


def read(name: str, recipient: str = TO) -> SupportMail | Bounce | Dropped:
    raw = (MAILS / f"{name}.eml").read_bytes().replace(b"\n", b"\r\n")
    return read_support(
        raw, envelope_from="bounces@relay.example", recipient=recipient, own_domain="reply.oura.example"
    )


def understood(name: str) -> SupportMail:
    result = read(name)
    assert isinstance(result, SupportMail), result
    assert result.contract_id == "acme-2026"
    assert result.left_out == ()
    return result


def files(mail: SupportMail) -> list[tuple[str, str, int]]:
    return [(file.name, file.media_type, len(file.content)) for file in mail.attachments]


@pytest.mark.parametrize(
    ("name", "sender", "subject", "message_id"),
    [
        (
            "gmail_reply_en",
            Person("John Miller", "John.Miller@acme.example"),
            "Re: [acme-2026/17] Rings do not sync",
            "<CAF=Qx1+0q7TzXw3@mail.acme.example>",
        ),
        (
            "gmail_new_de",
            Person("Jörg Müller", "joerg.mueller@globex.example"),
            "Ringe in Größe 10 fehlen",
            "<CANx+9aJ=de@mail.globex.example>",
        ),
        (
            "outlook_reply_en",
            Person("Ortiz, Ana", "ana@acme.example"),
            "RE: [acme-2026/17] Rings do not sync",
            "<AM9PR07MB70012F3B8A0C5D11@AM9PR07MB7001.eurprd07.prod.outlook.example>",
        ),
        (
            "outlook_reply_de",
            Person("Petra Schulz", "petra.schulz@globex.example"),
            "AW: [globex-2026/3] Rückfrage zur Lieferung",
            "<c0ffee0123456789abcdef@globex.example>",
        ),
        (
            "apple_reply_sv",
            Person("Åsa Lindström", "asa@initech.example"),
            "Re: Appen startar inte",
            "<0D6C2A11-77A5-4E0B-8C11-9E5F5B1A2C3D@initech.example>",
        ),
        (
            "thunderbird_reply_de",
            Person("Lena Vogt", "lena.vogt@globex.example"),
            "Re: [globex-2026/5] Administratorzugang",
            "<5f2c7a3e-0b11-4d7e-9c55-1d2e3f405060@globex.example>",
        ),
        (
            "thunderbird_new_sv",
            Person("Per Ek", "per.ek@initech.example"),
            "Synkroniseringen går fel, logg bifogas",
            "<b7b3e1c2-9f0d-4a61-8b2c-77aa66bb55cc@initech.example>",
        ),
        (
            "webmail_html_only",
            Person("", "gavin@hooli.example"),
            "Who is our contact?",
            "<sha256-2e0ce6ba3b7817c1ed2e0d7e712a3e198185569870fc7f6acfd7c22f0a9f23c7@unnamed.invalid>",
        ),
        (
            "exchange_invitation",
            Person("Ana Ortiz", "ana@acme.example"),
            "Call about the sync problem",
            "<040000008200E00074C5B7101A82E008@acme.example>",
        ),
        (
            "forwarded_as_attachment",
            Person("John Miller", "john.miller@acme.example"),
            "Fwd: Your rings",
            "<fwd-1@acme.example>",
        ),
    ],
)
def test_it_is_known_who_writes_about_what(name: str, sender: Person, subject: str, message_id: str) -> None:
    mail = understood(name)
    assert (mail.sender, mail.subject, mail.message_id) == (sender, subject, message_id)


@pytest.mark.parametrize(
    ("name", "new", "quoted"),
    [
        (
            "gmail_reply_en",
            "Hi Maria,\n\nrestarting helped for two of the rings, the third one still says “Sync failed”.\n\nJohn",
            (
                "On Mon, Feb 2, 2026 at 10:15\u202fAM Oura Support <\nsupport+acme-2026@reply.oura.example> wrote:\n\n"
                "> Hello John,\n>\n> please restart the rings on their chargers.\n>\n> Maria Berg\n>"
            ),
        ),
        (
            "gmail_new_de",
            (
                "Guten Tag,\n\nin der Lieferung fehlen vier Ringe in Größe 10. Der Lieferschein ist angehängt.\n\n"
                "Viele Grüße\nJörg Müller"
            ),
            "",
        ),
        (
            "outlook_reply_en",
            "Hi,\n\nthis is what we see since this morning:\n\n[cid:image001.png@01DB9540.1A2B3C4D]\n\nAna",
            (
                "From: Oura Support <support+acme-2026@reply.oura.example>\nSent: Monday, February 2, 2026 10:15 AM\n"
                "To: Ortiz, Ana <ana@acme.example>\nSubject: [acme-2026/17] Rings do not sync\n\n"
                "Hello Ana,\n\nplease restart the rings on their chargers."
            ),
        ),
        (
            "outlook_reply_de",
            (
                "Sehr geehrte Frau Berg,\n\nes sind tatsächlich fünf Ringe, der Schaden beträgt 1.495 €.\n\n"
                "Mit freundlichen Grüßen\nPetra Schulz"
            ),
            (
                "________________________________\nVon: Oura Support <support+globex-2026@reply.oura.example>\n"
                "Gesendet: Mittwoch, 4. Februar 2026 16:20\nAn: Petra Schulz <petra.schulz@globex.example>\n"
                "Betreff: [globex-2026/3] Rückfrage zur Lieferung\n\nGuten Tag, fehlen vier oder fünf Ringe?"
            ),
        ),
        (
            "apple_reply_sv",
            "Hej!\n\nSå här ser det ut:\n\n\n\n\nVad gör jag nu?\n\nHälsningar\nÅsa",
            (
                "> 2 feb. 2026 kl. 10:15 skrev Oura Support <support+initech-2026@reply.oura.example>:\n>\n"
                "> Hej Åsa, kan du skicka en skärmbild?"
            ),
        ),
        (
            "thunderbird_reply_de",
            (
                "Guten Tag,\n\nder Zugang geht jetzt, danke. Können Sie auch Herrn Özdemir einen anlegen?\n"
                "Er fängt am 9. Februar an."
            ),
            (
                "Am 02.02.26 um 10:15 schrieb Oura Support:\n> Guten Tag Frau Vogt,\n> der Zugang ist zurückgesetzt."
                "\n\n--\nLena Vogt\nGlobex GmbH, Kundendienst"
            ),
        ),
        (
            "thunderbird_new_sv",
            "Hej,\n\nsedan i går kväll går synkroniseringen fel för alla. Loggen är bifogad.",
            "--\nPer Ek\n08-123 456",
        ),
        (
            "webmail_html_only",
            "Hello,\nthree questions & one wish:\n- Who is our contact?\n- When do the 4 hours end?\n- Is a<b?",
            "On Mon, 2 Feb 2026 at 10:15, Oura Support wrote:\n> Welcome to Oura.\n> Maria Berg",
        ),
        ("exchange_invitation", "Can we talk about it tomorrow?", ""),
        ("forwarded_as_attachment", "What shall I answer her?", ""),
    ],
)
def test_the_new_words_are_told_from_the_quoted_ones(name: str, new: str, quoted: str) -> None:
    assert unquoted(understood(name).text) == (new, quoted)


@pytest.mark.parametrize(
    ("name", "attached"),
    [
        ("gmail_reply_en", []),
        ("gmail_new_de", [("Lieferschein März.pdf", "application/pdf", 15)]),
        ("outlook_reply_en", [("image001.png", "image/png", 73)]),
        ("outlook_reply_de", []),
        ("apple_reply_sv", [("Skärmavbild 2026-02-02.png", "image/png", 73)]),
        ("thunderbird_reply_de", []),
        ("thunderbird_new_sv", [("sync.log", "text/plain", 78)]),
        ("webmail_html_only", []),
        ("exchange_invitation", [("file.ics", "text/calendar", 312)]),
        ("forwarded_as_attachment", [("Your rings.eml", "message/rfc822", 262)]),
    ],
)
def test_the_files_are_kept(name: str, attached: list[tuple[str, str, int]]) -> None:
    assert files(understood(name)) == attached


@pytest.mark.parametrize(
    ("name", "follows"),
    [
        (
            "gmail_reply_en",
            (
                "<ticket.acme-2026.17.answered-2@mail.oura.example>",
                "<CAF=Qx1+first@mail.acme.example>",
                "<ticket.acme-2026.17.answered-1@mail.oura.example>",
            ),
        ),
        (
            "outlook_reply_de",
            ("<ticket.globex-2026.3.answered-1@mail.oura.example>", "<CANx+9aJ=de@mail.globex.example>"),
        ),
        ("apple_reply_sv", ("<ticket.initech-2026.4.answered-1@mail.oura.example>",)),
        ("gmail_new_de", ()),
        ("webmail_html_only", ()),
    ],
)
def test_it_is_known_which_mails_are_answered(name: str, follows: tuple[str, ...]) -> None:
    assert understood(name).follows == follows


def test_a_note_that_somebody_is_away_is_dropped() -> None:
    assert read("out_of_office") == Dropped(
        WhyDropped.AUTO_SUBMITTED,
        "support+acme-2026",
        "john.miller@acme.example",
        "Automatic reply: [acme-2026/17] Rings do not sync",
    )


def test_a_delivery_report_names_the_address_that_failed() -> None:
    assert read("delivery_report") == Bounce(
        "support+acme-2026", "bob@acme.example", "5.2.2", "552 5.2.2 Over quota", permanent=True
    )
