"""The mail server of `make run`: it keeps each message, and hands replies to the inbound listener of Pledge.

What it keeps, in one folder:

- `NAME.eml`: one message as it came;
- `index.jsonl`: one JSON object a line, in the order of receipt: `file`, `received` (UTC, ISO 8601), `from`
  and `to` of the envelope, `size` in bytes. A message counts as received when its line is there; a torn
  last line counts as none;
- `forward/NAME.json`: a message for the reply domain that the inbound listener has not taken yet.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import secrets
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiosmtplib
from aiosmtpd.smtp import SMTP, Envelope, Session

from runtime.problem import of_the_system

_SIZE_LIMIT_BYTES = 25_000_000
_FIRST_RETRY_SECONDS = 0.5
_LAST_RETRY_SECONDS = 30.0
_log = logging.getLogger("mailcatcher")


class Mailbox:
    """The folder in which the messages are kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.spool = folder / "forward"
        self.index = folder / "index.jsonl"
        try:
            self.spool.mkdir(parents=True, exist_ok=True)
            self._drop_torn_line()
        except OSError as error:
            raise of_the_system(error, "open the mailbox") from None

    def _drop_torn_line(self) -> None:
        if self.index.exists() and not (kept := self.index.read_bytes()).endswith(b"\n"):
            os.truncate(self.index, kept.rfind(b"\n") + 1)

    def keep(self, sender: str, recipients: list[str], content: bytes, forward_to: list[str]) -> str:
        """Keep a message so that a crash afterwards cannot lose it; its file's name. Raises `OSError`."""
        received = datetime.now(UTC)
        name = f"{received:%Y%m%dT%H%M%S%f}-{secrets.token_hex(3)}"
        _write_whole(self.folder / f"{name}.eml", content)
        if forward_to:
            self.note_pending(name, sender, forward_to)
        line = {
            "file": f"{name}.eml",
            "received": received.isoformat(),
            "from": sender,
            "to": recipients,
            "size": len(content),
        }
        with self.index.open("ab") as index:
            index.write(json.dumps(line).encode() + b"\n")
            index.flush()
            os.fsync(index.fileno())
        return name

    def note_pending(self, name: str, sender: str, recipients: list[str]) -> None:
        """The inbound listener has yet to take this message for these recipients."""
        _write_whole(self.spool / f"{name}.json", json.dumps({"from": sender, "to": recipients}).encode())

    def messages(self) -> list[dict[str, Any]]:
        """What was received, oldest first: the lines of the index."""
        if not self.index.exists():
            return []
        return [json.loads(line) for line in self.index.read_bytes().split(b"\n")[:-1]]


def _write_whole(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


class _Handler:
    def __init__(self, mailbox: Mailbox, reply_domain: str, came: asyncio.Event) -> None:
        self._mailbox = mailbox
        self._suffix = f"@{reply_domain.lower()}"
        self._came = came

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        replies = [to for to in envelope.rcpt_tos if to.lower().endswith(self._suffix)]
        content = envelope.content or b""
        assert isinstance(content, bytes)
        try:
            name = self._mailbox.keep(envelope.mail_from or "", envelope.rcpt_tos, content, replies)
        except OSError as error:
            _log.error("cannot keep a message: %s", error)
            return "452 4.3.1 cannot keep the message now"
        if replies:
            self._came.set()
        return f"250 2.0.0 kept as {name}"


class _Forwarder:
    """Hands messages for the reply domain to the inbound listener, for as long as that takes."""

    def __init__(self, mailbox: Mailbox, host: str, port: int, came: asyncio.Event) -> None:
        self._mailbox, self._host, self._port, self._came = mailbox, host, port, came

    async def run(self) -> None:
        wait = _FIRST_RETRY_SECONDS
        while True:
            self._came.clear()
            if all([await self._hand_over(path) for path in sorted(self._mailbox.spool.glob("*.json"))]):
                wait = _FIRST_RETRY_SECONDS
                await self._came.wait()
            else:
                await asyncio.sleep(wait)
                wait = min(wait * 2, _LAST_RETRY_SECONDS)

    async def _hand_over(self, pending: Path) -> bool:
        """Whether the message is done with: taken, or refused for good."""
        note = json.loads(pending.read_text())
        try:
            content = (self._mailbox.folder / f"{pending.stem}.eml").read_bytes()
            refused, _ = await aiosmtplib.send(
                content, sender=note["from"], recipients=note["to"], hostname=self._host, port=self._port,
                use_tls=False, start_tls=False, timeout=20,
            )  # fmt: skip
            codes = {address: answer.code for address, answer in refused.items()}
        except FileNotFoundError:
            codes = {}  # somebody emptied the mailbox
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = {each.recipient: each.code for each in error.recipients}
        except aiosmtplib.SMTPResponseException as error:
            codes = dict.fromkeys(note["to"], error.code)
        except (aiosmtplib.SMTPException, OSError) as error:
            _log.warning("the inbound listener does not answer: %s", error)
            return False
        if later := [address for address, code in codes.items() if code < 500]:
            self._mailbox.note_pending(pending.stem, note["from"], later)
            return False
        for address, code in codes.items():
            _log.warning("the inbound listener refuses %s for %s (%s)", pending.stem, address, code)
        pending.unlink(missing_ok=True)
        return True


@asynccontextmanager
async def catching(
    mailbox: Mailbox, *, host: str, port: int, reply_domain: str, inbound_host: str, inbound_port: int
) -> AsyncIterator[None]:
    """Take mail on `host`:`port` while the block runs. Raises `Problem` when the port cannot be had."""
    came = asyncio.Event()
    handler = _Handler(mailbox, reply_domain, came)
    loop = asyncio.get_running_loop()

    def session() -> SMTP:
        return SMTP(handler, hostname="pledge", data_size_limit=_SIZE_LIMIT_BYTES, enable_SMTPUTF8=True, loop=loop)

    try:
        server = await loop.create_server(session, host, port)
    except OSError as error:
        raise of_the_system(error, f"listen for mail on port {port}") from None
    forwarding = asyncio.create_task(_Forwarder(mailbox, inbound_host, inbound_port, came).run())
    try:
        yield
    finally:
        server.close()
        # Python 3.11 can lose a cancellation that comes just when a connection attempt ends (its wait_for does).
        while not forwarding.done():
            forwarding.cancel()
            await asyncio.wait([forwarding], timeout=0.1)


async def serve(
    mailbox: Mailbox, *, host: str, port: int, reply_domain: str, inbound_host: str, inbound_port: int
) -> None:
    """Take mail until SIGTERM or SIGINT."""
    told_to_stop = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, told_to_stop.set)
    async with catching(
        mailbox, host=host, port=port, reply_domain=reply_domain,
        inbound_host=inbound_host, inbound_port=inbound_port,
    ):  # fmt: skip
        await told_to_stop.wait()
