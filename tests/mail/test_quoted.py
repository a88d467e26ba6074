"""The new words of an answer, and what it quotes."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.quoted import unquoted
from mail.untagged import untagged

QUOTE = "> Please restart it.\n> Maria"
QUOTED = f"On 2/2/26 10:15, M wrote:\n{QUOTE}"

ATTRIBUTIONS = [
    "On Mon, Feb 2, 2026 at 10:15 AM Oura Support <support+a@reply.oura.example> wrote:",  # Gmail
    "On Mon, 2 Feb 2026 at 10:15, Oura Support <\nsupport+acme-2026@reply.oura.example> wrote:",
    "On Mon, Feb 2, 2026 at 10:15 AM Oura Support <support+acme-2026@reply.oura.example>\nwrote:",
    "Am Mo., 2. Feb. 2026 um 10:15 Uhr schrieb Oura Support <\nsupport+a@reply.oura.example>:",
    "Den mån 2 feb. 2026 kl 10:15 skrev Oura Support <support+a@reply.oura.example>:",
    "On 2 Feb 2026, at 10:15, Oura Support <support+a@reply.oura.example> wrote:",  # Apple Mail
    "Am 02.02.2026 um 10:15 schrieb Oura Support <support+a@reply.oura.example>:",
    "2 feb. 2026 kl. 10:15 skrev Oura Support <support+a@reply.oura.example>:",
    "On 2/2/26 10:15, Oura Support wrote:",  # Thunderbird
    "Am 02.02.26 um 10:15 schrieb Oura Support:",
    "Den 2026-02-02 kl. 10:15, skrev Oura Support:",
]

OUTLOOK = [
    (
        "From: Oura Support <support+a@reply.oura.example>\nSent: Monday, February 2, 2026 10:15 AM\n"
        "To: Ana Ortiz <ana@acme.example>\nSubject: Rings"
    ),
    (
        "From: Oura Support <support+a@reply.oura.example>\nDate: Monday, 2 February 2026 at 10:15\n"
        "To: Ana Ortiz <ana@acme.example>\nCc: John Miller <john@acme.example>\nSubject: Rings"
    ),
    "*From:* Oura Support <support+a@reply.oura.example>\n*Sent:* Monday\n*To:* ana@acme.example\n*Subject:* Rings",
    "-----Original Message-----\nFrom: Oura Support\nSent: 2 February 2026 10:15\nTo: Ana\nSubject: Rings",
    "-----Ursprüngliche Nachricht-----\nVon: Oura Support\nGesendet: Montag\nAn: Ana\nBetreff: Ringe",
    (
        "________________________________\nVon: Oura Support\nGesendet: Montag, 2. Februar 2026 10:15\nAn: Ana\n"
        "Betreff: Ringe"
    ),
    "Von: Oura Support\nDatum: Montag, 2. Februar 2026 um 10:15\nAn: Ana\nBetreff: Ringe",
    "-----Ursprungligt meddelande-----\nFrån: Oura Support\nSkickat: den 2 februari 2026\nTill: Ana\nÄmne: Ringar",
    "Från: Oura Support <support+a@reply.oura.example>\nSkickat: den 2 februari 2026 10:15\nTill: Ana\nÄmne: Ringar",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_who_is_quoted_belongs_to_the_quote(attribution: str) -> None:
    assert unquoted(f"It works.\n\nAna\n\n{attribution}\n\n{QUOTE}\n") == (
        "It works.\n\nAna",
        f"{attribution}\n\n{QUOTE}",
    )


@pytest.mark.parametrize("headers", OUTLOOK)
def test_all_below_the_headers_that_outlook_writes_is_old(headers: str) -> None:
    tail = f"{headers}\n\nPlease restart it.\n\nMaria"
    assert unquoted(f"It works.\n\nAna\n\n{tail}") == ("It works.\n\nAna", tail)


@pytest.mark.parametrize(
    ("text", "new", "tail"),
    [
        ("It works.\n> Please restart it.", "It works.", "> Please restart it."),
        ("It works.\n\n-- \nAna Ortiz\nAcme", "It works.", "-- \nAna Ortiz\nAcme"),
        (f"It works.\n-- \nAna\n\n{QUOTED}", "It works.", f"-- \nAna\n\n{QUOTED}"),
        (f"It works.\n\n{QUOTED}\n\n-- \nAna", "It works.", f"{QUOTED}\n\n-- \nAna"),
        ("> one?\nYes.\n> two?\nNo.\n> three?", "> one?\nYes.\n> two?\nNo.", "> three?"),
        (f"It works.\n\nSomebody wrote this:\n{QUOTE}", "It works.\n\nSomebody wrote this:", QUOTE),
    ],
)  # fmt: skip
def test_a_tail_reaches_to_the_end(text: str, new: str, tail: str) -> None:
    assert unquoted(text) == (new, tail)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "It works.",
        QUOTE,
        "-- \nAna",
        QUOTED,
        f"{QUOTED}\n\nYes, it works.",  # answered below
        f"{QUOTED}\n\nYes.\n> more\nNo.",  # answered in between
        "On 2 February you wrote:\n\nplease restart it. I did.",
        "Two ways:\n--\nthe first\n" + "a line\n" * 20,
        "From: the start\nTo: the end\nit is slow.",
        "The log says\nFrom: 10.0.0.1\nDate: Monday\nand then nothing.",
        (
            "Please look:\n\n---------- Forwarded message ---------\nFrom: Eve <eve@x.example>\nDate: Mon, 2 Feb 2026\n"
            "Subject: Offer\nTo: Ana\n\nBuy it.\n> now"
        ),
        "FYI\n\n-------- Weitergeleitete Nachricht --------\nBetreff: Angebot\nDatum: 2. Feb. 2026\nVon: Eve\n\nHallo",
        "Hej,\n\nVidarebefordrat brev:\n\nFrån: Eve\nÄmne: Anbud\nDatum: 2 februari 2026\n\nHej",
    ],
)
def test_in_doubt_all_words_are_new(text: str) -> None:
    assert unquoted(text) == (text, "")


@given(st.lists(st.sampled_from(["> a", "b", "", "-- ", "On 1 Jan, X wrote:", *OUTLOOK[0].split("\n")]), max_size=12))
def test_no_word_is_lost(lines: list[str]) -> None:
    text = "\n".join(lines)
    new, tail = unquoted(text)
    assert text.startswith(new)
    assert text.rstrip("\n").endswith(tail)
    assert new.strip() or not text.strip()
    assert not text[len(new) : text.rstrip("\n").rindex(tail) if tail else len(text)].strip()


@pytest.mark.parametrize(
    "text",
    ["a\n" + "> b\n" * 50_000, "-- \n" * 50_000, "\n" * 9_000, "From: a\n" * 20_000, "1 kl 1 skrev" * 9_000 + ":\n> a"],
)  # fmt: skip
def test_long_texts_are_told_apart_at_once(text: str) -> None:
    began = time.monotonic()
    unquoted(text)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("Hello<br>Ana", "Hello\nAna"),
        ("<p>one\ntwo</p><P>three</P>", "one two\nthree"),
        ("<div>one</div><div><br></div><div>two</div>", "one\n\ntwo"),
        ("<style>p {}</style><script>a < b</SCRIPT>x<!-- <p>no</p> -->y", "xy"),
        ("a &lt; b &amp; c < d <> e", "a < b & c < d <> e"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<ol><li>one<li>two</ol>", "- one\n- two"),
        ("<pre>a\n  b\n\nc</pre>d", "a\n  b\n\nc\nd"),
        ("new<blockquote>old<blockquote>older</blockquote>old</blockquote>new", "new\n> old\n> > older\n> old\nnew"),
        ("</blockquote></pre>a", "a"),
        ("<p", ""),
        ("<!-- a", ""),
        ("a<style>b", "a"),
        ("Stra&szlig;e&nbsp;1 &#8364;", "Straße 1 €"),
    ],
)
def test_html_is_read_in_lines(html: str, words: str) -> None:
    assert untagged(html) == words
