"""A real SMTP server for the tests, that can be told to misbehave the way real ones do."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from runtime.ports import free_ports


@dataclass(frozen=True, slots=True)
class Caught:
    """One message as it came over the wire."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(self.content, policy=policy.SMTP)
        assert isinstance(parsed, EmailMessage)
        return parsed


class SmtpCatcher:
    """Listens on `host`:`port` and keeps what it takes in `caught`, oldest first."""

    host = "127.0.0.1"

    def __init__(self) -> None:
        self.port = free_ports(1)[0]
        self.caught: list[Caught] = []
        self._answers: dict[str, str] = {}
        self._answer_to_data = ""
        self._answers_to_lose = 0
        self._lock = threading.Lock()
        self._controller: Controller | None = None
        self._conversations: list[SMTP] = []
        self.accept_connections()

    def refuse_connections(self) -> None:
        """The server is down: connecting fails until `accept_connections`."""
        if self._controller:
            asyncio.run_coroutine_threadsafe(self._hang_up(), self._controller.loop).result(timeout=10)
            self._controller.stop(no_assert=True)
            self._controller = None

    async def _hang_up(self) -> None:
        """A conversation that is kept open by its client would outlive the loop that it lives in."""
        for conversation in self._conversations:
            if isinstance(conversation.transport, asyncio.Transport):
                conversation.transport.abort()
        self._conversations.clear()
        await asyncio.sleep(0.01)  # what was aborted is taken down in the loop's next rounds

    def accept_connections(self) -> None:
        """The server is there, on the port it always had."""
        if not self._controller:
            self._controller = _Controller(self, hostname=self.host, port=self.port, enable_SMTPUTF8=True)
            self._controller.start()

    def reject(self, address: str) -> None:
        """From now on `address` is answered 550, which is for good."""
        self._answers[address.lower()] = "550 5.1.1 no such mailbox"

    def defer(self, address: str) -> None:
        """From now on `address` is answered 451, which means later."""
        self._answers[address.lower()] = "451 4.3.0 not now"

    def defer_messages(self) -> None:
        """From now on every message is answered 451 after its last byte, and not kept."""
        self._answer_to_data = "451 4.3.0 not now"

    def lose_answers(self, count: int) -> None:
        """Keep the next `count` messages, but hang up before saying so: the sender cannot know."""
        self._answers_to_lose = count

    def behave(self) -> None:
        """Forget every rejection, deferral and loss."""
        self._answers.clear()
        self._answer_to_data = ""
        self._answers_to_lose = 0

    def began(self, conversation: SMTP) -> SMTP:
        """Somebody connects."""
        self._conversations.append(conversation)
        return conversation

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if answer := self._answers.get(address.lower()):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self._answer_to_data:
            return self._answer_to_data
        content = envelope.original_content or b""
        with self._lock:
            self.caught.append(Caught(envelope.mail_from or "", tuple(envelope.rcpt_tos), content))
        if self._answers_to_lose > 0:
            self._answers_to_lose -= 1
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return "250 2.0.0 ok"


class _Controller(Controller):
    def factory(self) -> SMTP:
        """Each conversation is known to the catcher."""
        catcher = self.handler
        assert isinstance(catcher, SmtpCatcher)
        return catcher.began(super().factory())  # type: ignore[no-untyped-call]
