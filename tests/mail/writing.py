"""Support mails as tests write them, and how they are read."""

from mail.reply import Bounce, Dropped, WhyDropped
from mail.support import SupportMail, read_support

DOMAIN = "reply.oura.example"
TO = "Support+Acme-2026@reply.oura.example"
ANA = "ana@acme.example"


def read(raw: bytes, envelope_from: str = ANA, recipient: str = TO) -> SupportMail | Bounce | Dropped:
    return read_support(raw, envelope_from=envelope_from, recipient=recipient, own_domain=DOMAIN)


def understood(raw: bytes) -> SupportMail:
    result = read(raw)
    assert isinstance(result, SupportMail), result
    return result


def why(raw: bytes, envelope_from: str = ANA) -> WhyDropped:
    result = read(raw, envelope_from)
    assert isinstance(result, Dropped), result
    return result.reason


def plain(headers: str = "", body: str = "It does not work.") -> bytes:
    whole = f"From: Ana Ortiz <ana@acme.example>\nSubject: Help\nMessage-ID: <1@acme.example>\n{headers}\n{body}\n"
    return whole.replace("\n", "\r\n").encode()


def mixed(*parts: str) -> bytes:
    body = "".join(f"--b\n{part}\n" for part in parts)
    return plain('MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n', f"{body}--b--")


def with_files(*files: tuple[str, bytes]) -> bytes:
    raw = mixed("\nSee the files.")[: -len(b"--b--\r\n")]
    for name, content in files:
        raw += f"--b\r\nContent-Type: application/pdf; name={name}\r\n\r\n".encode() + content + b"\r\n"
    return raw + b"--b--\r\n"


def names(mail: SupportMail) -> list[str]:
    return [file.name for file in mail.attachments]
