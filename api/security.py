"""What a browser may be talked into: refused here, once, for every door.

Until roles exist whoever reaches the port may do everything, so the port must be reached by nobody but the person at
this machine: no other host's name (DNS rebinding), no other site's form or script (CSRF), no foreign script in a page.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
# The API's own documentation is FastAPI's page, from files that we serve ourselves.
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class OwnSiteOnly:
    """ASGI middleware: answers to our own host names only, and takes changes from our own pages only."""

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str], base_url: str) -> None:
        self._app = app
        self._hosts = frozenset(hosts)
        self._base_url = base_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if "*" not in self._hosts and _host_name(headers.get("host", "")) not in self._hosts:
            await PlainTextResponse("unknown host\n", 421)(scope, receive, send)
            return
        if scope["method"] not in _SAFE and not _from_ourselves(headers):
            problem = problems.Problem(problems.FORBIDDEN, "the request was sent by a page of another site")
            refusal = JSONResponse(problem.as_json(self._base_url), problem.status, media_type=problems.MEDIA_TYPE)
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, _with_headers(send))


def _host_name(host: str) -> str:
    return (urlsplit(f"//{host}").hostname or "").lower()


def _from_ourselves(headers: Headers) -> bool:
    """A browser says by which site a request was made; a program that says nothing of it cannot be tricked."""
    if (site := headers.get("sec-fetch-site")) is not None:
        return site in ("same-origin", "none")
    if (origin := headers.get("origin")) is not None:
        return urlsplit(origin).netloc.lower() == headers.get("host", "").lower()
    return True


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Content-Security-Policy", _PAGE_POLICY)
        await send(message)

    return sending


def host_names(base_url: str, bind: str, allow_remote: bool) -> tuple[str, ...]:
    """The host names that this process answers to: this machine's, those of the settings.

    With an address that others reach, and no name in the settings, nobody knows the names: the proxy checks them.
    """
    named = urlsplit(base_url).hostname or ""
    if allow_remote and named in ("127.0.0.1", "localhost", ""):
        return ("*",)
    return tuple({"127.0.0.1", "localhost", "::1", bind.lower(), named.lower()} - {""})
