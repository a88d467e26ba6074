"""A real HTTP server for the tests that takes webhooks, and can be told to misbehave the way real ones do."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook


@dataclass(frozen=True, slots=True)
class CaughtHook:
    """One request as it came over the wire, and what was answered."""

    path: str
    headers: dict[str, str]
    body: bytes
    status: int

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def event(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    def verify(self, secret: str) -> None:
        """Raises WebhookVerificationError for a signature or a timestamp that is not right."""
        Webhook(secret).verify(self.body, self.headers)


class HookCatcher:
    """Listens on `url` and keeps what it gets in `caught`, oldest first. It answers 204 until it is told otherwise."""

    def __init__(self) -> None:
        self.caught: list[CaughtHook] = []
        self._next: list[int] = []
        self._always = 204
        self._words = ""
        self._location = ""
        self._awake = threading.Event()
        self._awake.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._awake.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def events(self) -> list[str]:
        """``ticket.routed 204``: what came, and what was answered."""
        return [f"{each.event['type']} {each.status}" for each in self.caught]

    def answer(self, *statuses: int) -> None:
        """These statuses to the next requests, one each."""
        self._next += statuses

    def always(self, status: int, words: str = "", location: str = "") -> None:
        """This status from now on."""
        self._always, self._words, self._location = status, words, location

    def hang(self) -> None:
        """From now on nothing is answered, until `wake`."""
        self._awake.clear()

    def wake(self) -> None:
        self._awake.set()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        catcher = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                catcher._awake.wait(30)
                status = catcher._next.pop(0) if catcher._next else catcher._always
                headers = {name.lower(): value for name, value in self.headers.items()}
                catcher.caught.append(CaughtHook(self.path, headers, body, status))
                words = catcher._words.encode()
                try:
                    self.send_response(status)
                    if catcher._location:
                        self.send_header("Location", catcher._location)
                    self.send_header("Content-Length", str(len(words)))
                    self.end_headers()
                    self.wfile.write(words)
                except OSError:
                    pass  # whoever asked has hung up

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- http.server's name
                """Silent: what came is in `caught`."""

        return Handler
