"""Webhooks out: one signed POST to a system of others, by the Standard Webhooks format.

The other side is not ours and may be anything: it gets ten seconds in all, its redirects are not followed (it could
send a customer's words, or our reach into a private network, anywhere), and of its answer only the first line is read.
"""

import asyncio
from datetime import UTC, datetime

import httpx
from standardwebhooks import Webhook

from storage.endpoints import Endpoint

PATIENCE_SECONDS = 10.0
"""One attempt, from the look-up of the name to the answer."""

MOST_ANSWER_BYTES = 1_024
"""So much of an answer is read, to say why it took nothing."""

_GONE = 410
_THIS_MACHINE = ("all://127.0.0.1", "all://localhost", "all://[::1]")


class NotTaken(Exception):
    """It was not taken; another time it may be. The text says what came instead."""


class Gone(NotTaken):
    """It answered 410: nothing is to be posted there any more."""


class Webhooks:
    """Posts to endpoints. The client is made with the first post, since most processes never post; `close` ends it."""

    def __init__(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._patience = patience_seconds
        self._client: httpx.AsyncClient | None = None

    async def close(self) -> None:
        """Hang up on everybody."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def post(self, endpoint: Endpoint, webhook_id: str, body: str) -> int:
        """Sign and post; the status with which it was taken. Raises NotTaken, or Gone.

        The wall clock signs, not a workflow's: the other side compares it with its own, and it enters no fact.
        """
        now = datetime.now(UTC)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(endpoint.secret_out).sign(webhook_id, now, body),
        }
        try:
            async with asyncio.timeout(self._patience):
                status, words = await self._exchange(endpoint.url, headers, body)
        except TimeoutError:
            raise NotTaken(f"no answer within {self._patience:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NotTaken(f"{str(error) or 'the connection broke'} ({type(error).__name__})") from error
        if 200 <= status < 300:
            return status
        said = f"it answered {status}" + (f": {words}" if words else "")
        raise Gone(said) if status == _GONE else NotTaken(said)

    async def _exchange(self, url: str, headers: dict[str, str], body: str) -> tuple[int, str]:
        async with self._opened().stream("POST", url, headers=headers, content=body.encode()) as answer:
            if answer.is_success:
                return answer.status_code, ""
            read = b""
            async for part in answer.aiter_raw():
                read += part
                if len(read) >= MOST_ANSWER_BYTES:
                    break
            return answer.status_code, _first_line(read[:MOST_ANSWER_BYTES])

    def _opened(self) -> httpx.AsyncClient:
        """A proxy of the environment is used, except to this machine."""
        if self._client is None:
            self._client = httpx.AsyncClient(
                follow_redirects=False,
                timeout=self._patience,
                # Nothing compressed: of that, too, only a few bytes would be read.
                headers={"User-Agent": "Pledge", "Accept": "*/*", "Accept-Encoding": "identity"},
                mounts=dict.fromkeys(_THIS_MACHINE),
            )
        return self._client


def _first_line(content: bytes) -> str:
    lines = content.decode(errors="replace").strip().splitlines()
    return "".join(sign for sign in lines[0] if sign.isprintable())[:200] if lines else ""
