"""The body of a mail: a tree of parts, built straight, with every header written once as it stays.

`EmailMessage.set_content`, `add_alternative` and `add_attachment` come to the same tree, and parse its headers again
at each step on the way.
"""

import hashlib
from collections.abc import Mapping
from email.message import EmailMessage, MIMEPart
from email.policy import Policy
from email.quoprimime import body_encode
from functools import lru_cache

_LONGEST_KEPT = 500
"""Lines of the templates come again in every mail; a longer one is somebody's words."""


class Mail(EmailMessage):
    """A mail that is written without a look at each of its lines, which the library's generator takes.

    Its parts are base64 or quoted-printable: ASCII, with ``\\n`` between lines.
    """

    def as_bytes(self, unixfrom: bool = False, policy: Policy | None = None) -> bytes:
        """The whole mail, under the policy that it was made with: byte for byte what the library would write."""
        return super().as_bytes(unixfrom, policy) if unixfrom or policy else _written(self)


def _written(part: MIMEPart) -> bytes:
    policy = part.policy
    head = b"".join(policy.fold_binary(name, value) for name, value in part.items())
    if not part.is_multipart():
        return b"%b\r\n%b" % (head, str(part.get_payload()).replace("\n", "\r\n").encode("ascii"))
    line = b"--%b" % str(part.get_boundary()).encode("ascii")
    between = b"\r\n%b\r\n" % line
    parts = between.join(map(_written, part.iter_parts()))
    return b"%b\r\n%b\r\n%b\r\n%b--\r\n" % (head, line, parts, line)


def put_body(mail: EmailMessage, seed: str, text: str, html: str, calendar: str = "", method: str = "") -> None:
    """The text and the same as HTML; where there is a calendar (in base64) it stands beside them, and as a file.

    The calendar twice, byte for byte the same: as the alternative that programs act on, and as a file to open. Base64
    is the only transfer encoding that no relay rewrites, line ends included. The boundaries follow from the seed.
    """
    alternatives = [_text(mail, "plain", text), _text(mail, "html", html)]
    mail["MIME-Version"] = "1.0"
    if not calendar:
        _put_parts(mail, "alternative", _boundary(seed, 1), alternatives)
        return
    acted_on = {"Content-Type": f'text/calendar; charset="UTF-8"; method="{method}"'}
    to_open = {
        "Content-Disposition": 'attachment; filename="invite.ics"',
        "Content-Type": 'application/ics; name="invite.ics"',
    }
    inner = MIMEPart(policy=mail.policy)
    alternatives.append(_part(mail, {"Content-Transfer-Encoding": "base64", **acted_on}, calendar))
    _put_parts(inner, "alternative", _boundary(seed, 2), alternatives)
    file = _part(mail, {"Content-Transfer-Encoding": "base64", **to_open}, calendar)
    _put_parts(mail, "mixed", _boundary(seed, 1), [inner, file])


def _text(mail: EmailMessage, subtype: str, text: str) -> MIMEPart:
    headers = {
        "Content-Type": f'text/{subtype}; charset="utf-8"',
        "Content-Transfer-Encoding": "quoted-printable",
    }
    return _part(mail, headers, _quoted_printable(text, mail.policy.max_line_length or 78))


def _part(mail: EmailMessage, headers: Mapping[str, str], payload: str) -> MIMEPart:
    part = MIMEPart(policy=mail.policy)
    for name, value in headers.items():
        part[name] = value
    part.set_payload(payload)
    return part


def _put_parts(into: MIMEPart, subtype: str, boundary: str, parts: list[MIMEPart]) -> None:
    into["Content-Type"] = f'multipart/{subtype}; boundary="{boundary}"'
    for part in parts:
        into.attach(part)


def _boundary(seed: str, number: int) -> str:
    return f"=_{hashlib.sha256(f'{seed}{number}'.encode()).hexdigest()[:32]}"


def _quoted_printable(text: str, width: int) -> str:
    """As the standard library's content manager encodes a text, line by line."""
    lines = text.encode().splitlines()
    return "".join([(_kept_line if len(line) <= _LONGEST_KEPT else _line)(line, width) for line in lines])


def _line(line: bytes, width: int) -> str:
    return f"{body_encode(line.decode('latin-1'), width)}\n"


_kept_line = lru_cache(maxsize=2048)(_line)
