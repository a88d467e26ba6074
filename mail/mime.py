"""A big mail taken apart without the standard library's parser, whose work grows with the lines times the depth.

A mail with files may be 30 MiB. Here its lines are never looked at one by one: each multipart is searched once for its
boundary, headers are read up to a cap, and a part's body is a view into the mail. What is too deep or too much stays
whole instead of being lost.
"""

import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import Message as MailMessage
from email.parser import BytesHeaderParser
from email.policy import compat32

from mail.headers import MAX_HEADER, TRIPPED_OVER, decoded_words

MAX_PARTS = 100
MAX_DEPTH = 12
MAX_BOUNDARY = 200
MAX_HEAD = 256 * 1024
MAX_PART_HEAD = 16 * 1024
MAX_REFERENCES = 20_000

_BLANK = re.compile(rb"\n\r?\n")
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,80}")
_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))


@dataclass(frozen=True, slots=True)
class Part:
    """One part as it stands in the mail: `content` decodes its body.

    ``kind`` is the media type in lower case; ``name`` the file name that the mail gives, as it is written there;
    ``parts`` are those of a multipart, and a multipart that has none is read like a leaf.
    """

    head: MailMessage
    kind: str
    name: str
    charset: str
    attached: bool
    body: memoryview
    parts: "tuple[Part, ...]" = ()


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail and its parts. ``cut``: it has more than `MAX_PARTS`, and the rest is not here."""

    whole: Part
    cut: bool


def taken_apart(raw: bytes) -> Mail:
    """The parts of a mail, whatever it is, in a time that grows with its length only."""
    splitter = _Splitter(raw)
    whole = splitter.part(0, len(raw), MAX_HEAD, 0)
    return Mail(whole, splitter.cut)


def content(part: Part) -> bytes:
    """The body without its transfer encoding. Base64 that is damaged gives what can be read of it."""
    encoding = str(part.head.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding == "base64":
        return _base64(part.body)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(part.body)
    return bytes(part.body)


def _base64(body: memoryview) -> bytes:
    try:
        return binascii.a2b_base64(body)
    except binascii.Error:
        letters = bytes(body).translate(None, _NOT_BASE64)
        whole = letters[:-1] if len(letters) % 4 == 1 else letters
        return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


class _Splitter:
    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._view = memoryview(raw)
        self._left = MAX_PARTS
        self.cut = False

    def part(self, start: int, end: int, cap: int, depth: int) -> Part:
        self._left -= 1
        head, body = self._head(start, end, cap)
        kind = _asked(head.get_content_type)
        kind = kind if _TYPE.fullmatch(kind) else "application/octet-stream"
        parts = self._parts(head, body, end, depth) if kind.startswith("multipart/") and depth < MAX_DEPTH else ()
        return Part(
            head=head,
            kind=kind,
            name=decoded_words(_asked(head.get_filename), MAX_HEADER),
            charset=_asked(lambda: head.get_param("charset")),
            attached=_asked(head.get_content_disposition) == "attachment",
            body=self._view[body:end],
            parts=parts,
        )

    def _parts(self, head: MailMessage, body: int, end: int, depth: int) -> tuple[Part, ...]:
        boundary = _asked(head.get_boundary)
        if not 0 < len(boundary) <= MAX_BOUNDARY:
            return ()
        found: list[Part] = []
        for start, stop in self._between(boundary.encode("utf-8", "surrogateescape"), body, end):
            if self._left <= 0:
                self.cut = True
                break
            found.append(self.part(start, stop, MAX_PART_HEAD, depth + 1))
        return tuple(found)

    def _between(self, boundary: bytes, body: int, end: int) -> Iterator[tuple[int, int]]:
        """Where each part starts and ends; the last one also where its closing line is missing."""
        line = re.compile(rb"\n--" + re.escape(boundary) + rb"(--)?[ \t]*\r?(?=\n|\Z)")
        start = -1
        # From the line break before the body on: a boundary may be its first line.
        for found in line.finditer(self._raw, max(body - 1, 0), end):
            stop = found.start()
            if start >= 0:
                yield start, max(start, stop - 1 if self._raw[stop - 1 : stop] == b"\r" else stop)
            if found[1]:
                return
            start = min(found.end() + 1, end)
        if start >= 0:
            yield start, end

    def _head(self, start: int, end: int, cap: int) -> tuple[MailMessage, int]:
        """The headers up to the cap, and where the body starts."""
        for empty in (b"\n", b"\r\n"):
            if self._raw.startswith(empty, start, end):
                return MailMessage(policy=compat32), start + len(empty)
        stop = min(start + cap, end)
        blank = _BLANK.search(self._raw, start, stop)
        block = self._raw[start : blank.start() + 1 if blank else stop]
        parsed = BytesHeaderParser(policy=compat32).parsebytes(block)
        # What follows the first line that is no header belongs to the body, though no empty line stands between.
        rest = len(str(parsed.get_payload()))
        if blank or stop == end:
            return _capped(parsed), start + len(block) - rest if rest else (blank.end() if blank else end)
        beyond = _BLANK.search(self._raw, stop - 2, end)
        return _capped(parsed), beyond.end() if beyond else end


def _capped(parsed: MailMessage) -> MailMessage:
    """The same headers, none of them long: some questions that the library answers take the square of the length."""
    capped = MailMessage(policy=compat32)
    for name, value in parsed.raw_items():
        # The newest of the mails that this one follows stand at the end.
        short = value[-MAX_REFERENCES:] if name.lower() == "references" else value[:MAX_HEADER]
        capped[name] = short.encode("ascii", "surrogateescape").decode("utf-8", "replace")
    return capped


def _asked(question: Callable[[], object]) -> str:
    """The answer in words; empty where there is none, or the library trips."""
    try:
        answer = question()
    except TRIPPED_OVER:
        return ""
    if isinstance(answer, tuple):  # RFC 2231: charset, language, value
        answer = answer[2]
    return answer if isinstance(answer, str) else ""
