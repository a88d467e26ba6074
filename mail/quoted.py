"""Which words of a mail are new, for a screen that folds the rest. In doubt all of them are."""

import re

MAX_SIGNATURE_LINES = 15
MAX_ATTRIBUTION = 500
_ATTRIBUTION_LINES = 4
_HEADER_LINES = 8

# Who wrote what is quoted, with a date in it: "On 2 Feb 2026, at 10:15, Pledge wrote:".
_ATTRIBUTION = re.compile(
    r"On\b(?=.*\d).* wrote:"
    r"|Am\b(?=.*\d).*\bschrieb\b.*:"
    r"|Den\b(?=.*\d).*\bskrev\b.*:"
    r"|\d.* kl\.? \d.*\bskrev\b.*:"  # Apple Mail in Swedish
)
_ORIGINAL = re.compile(
    r"-{3,} ?(Original Message|Ursprüngliche Nachricht|Originalnachricht|Ursprungligt meddelande) ?-{3,}", re.IGNORECASE
)
_FORWARDED = re.compile(
    r"-{3,} ?(Forwarded message|Weitergeleitete Nachricht|Vidarebefordrat meddelande|Vidarebefordrat brev) ?-{3,}"
    r"|(Begin forwarded message|Anfang der weitergeleiteten Nachricht|Vidarebefordrat brev):",
    re.IGNORECASE,
)
_RULE = re.compile(r"_{5,}|-{5,}")
# The block of headers that Outlook puts over what it quotes; stars stand where they were bold.
_FROM = re.compile(r"\*?(From|Von|Från):\*? ?\S.*")
_SENT = re.compile(r"\*?(Sent|Date|Gesendet|Datum|Skickat):\*? ?\S.*")
_SUBJECT = re.compile(r"\*?(Subject|Betreff|Ämne):\*?( .*)?")


def unquoted(text: str) -> tuple[str, str]:
    """The new words and the quoted tail, which holds signatures too. Nothing but empty lines is lost between them.

    A tail reaches to the end of the mail: words below or between quoted lines are new, and so is the quote over them.
    What a mail forwards is what its writer wants to be read, so it is no tail. All is new where nothing else would be.
    """
    lines = text.split("\n")
    end = _outlooks(lines)
    if end is None:
        return text, ""
    end = _before_signature(lines, end)
    quote = _before_quote(lines, end)
    if quote < end:
        end = _before_signature(lines, quote)
    new = "\n".join(lines[:end]).rstrip()
    return (new, "\n".join(lines[end:]).strip("\n")) if new.strip() and end < len(lines) else (text, "")


def _outlooks(lines: list[str]) -> int | None:
    """Where the mail begins that Outlook puts below an answer, without marking its lines; the end where there is none.

    None: another mail is forwarded.
    """
    for at, line in enumerate(lines):
        if _FORWARDED.fullmatch(line.strip()):
            return None
        if _ORIGINAL.fullmatch(line.strip()) or _begins_headers(lines, at):
            above = _last_written(lines, at)
            return above - 1 if above and _RULE.fullmatch(lines[above - 1].strip()) else at
    return len(lines)


def _begins_headers(lines: list[str], at: int) -> bool:
    if not _FROM.fullmatch(lines[at].strip()):
        return False
    block: list[str] = []
    for line in lines[at + 1 : at + 1 + _HEADER_LINES]:
        if not line.strip():
            break
        block.append(line.strip())
    return any(map(_SENT.fullmatch, block)) and any(map(_SUBJECT.fullmatch, block))


def _before_signature(lines: list[str], end: int) -> int:
    """Where the signature begins that the lines end with; ``end`` where there is none."""
    last = _last_written(lines, end)
    for at in range(last - 1, max(last - 2 - MAX_SIGNATURE_LINES, -1), -1):
        if lines[at].rstrip() == "--":
            return at
        if lines[at].startswith(">"):
            break
    return end


def _before_quote(lines: list[str], end: int) -> int:
    """Where the quoted lines begin that the lines end with; ``end`` where they end with words."""
    last = at = _last_written(lines, end)
    while at > 0 and (lines[at - 1].startswith(">") or not lines[at - 1].strip()):
        at -= 1
    return _attribution(lines, at) if at < last else end


def _attribution(lines: list[str], quote: int) -> int:
    """Where the words begin that say who is quoted; they may be wrapped. The quote itself where nobody is named."""
    last = _last_written(lines, quote)
    for first in range(last - 1, max(last - 1 - _ATTRIBUTION_LINES, -1), -1):
        if not lines[first].strip():
            break
        words = " ".join(line.strip() for line in lines[first:last])
        if len(words) <= MAX_ATTRIBUTION and words.endswith(":") and _ATTRIBUTION.fullmatch(words):
            return first
    return quote


def _last_written(lines: list[str], end: int) -> int:
    """Behind the last line before ``end`` that is not empty."""
    while end > 0 and not lines[end - 1].strip():
        end -= 1
    return end
