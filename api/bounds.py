"""How large a request may be: nothing that somebody sends fills the memory."""

from __future__ import annotations

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems

MOST_BYTES = 32 * 2**20
"""Of a whole request: the files that a message may bring (20 MiB, a third more as base64), and its words."""

DETAIL = f"a request has at most {MOST_BYTES // 2**20} MiB"


class BoundedBodies:
    """ASGI middleware: a larger request is 413, by its Content-Length, or as soon as too much has come without one.

    FastAPI's own ``max_body_size`` answers with plain text, whatever an application says.
    """

    def __init__(self, app: ASGIApp, *, base_url: str) -> None:
        self._app = app
        self._base_url = base_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "")
        if length.isdecimal() and int(length) > MOST_BYTES:
            problem = problems.Problem(problems.TOO_LARGE, DETAIL)
            answer = JSONResponse(problem.as_json(self._base_url), problem.status, media_type=problems.MEDIA_TYPE)
            await answer(scope, receive, send)
            return
        await self._app(scope, _counted(receive), send)


def _counted(receive: Receive) -> Receive:
    came = 0

    async def receiving() -> Message:
        nonlocal came
        message = await receive()
        came += len(message.get("body", b""))
        if came > MOST_BYTES:
            raise HTTPException(HTTPStatus(problems.TOO_LARGE.status))
        return message

    return receiving
