"""Text from outside, character by character."""

import unicodedata

from mail import safe
from tests.mail.reading import as_bytes
from tests.mail.samples import CONTENTS, message

DIRECTION = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"


def test_no_character_that_must_not_stay_passes_for_plain_text() -> None:
    everything = [chr(number) for number in range(0x30000)]
    harmful = [c for c in everything if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") or c in DIRECTION]
    assert len(harmful) == 65 + 2048 + 2 + 13
    assert {safe.line(f"a{c}b") for c in harmful} == {"ab", "a b"}
    assert {safe.text(f"a{c}b") for c in harmful} == {"ab", "a b", "a\nb"}


def test_runs_of_spaces_are_one_space_and_other_scripts_stay() -> None:
    assert safe.line("  Åsa \u00a0 Öberg\t 新年 ") == "Åsa Öberg 新年"
    assert safe.text("one \u00a0\n\n two  three ") == "one\n\n two  three"


def test_a_mail_that_is_made_again_after_others_is_the_same_mail() -> None:
    first = {name: as_bytes(message(name)) for name in CONTENTS}
    assert {name: as_bytes(message(name)) for name in reversed(CONTENTS)} == first
