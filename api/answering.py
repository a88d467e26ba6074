"""From what went wrong to an answer: problem details under `/api`, a page elsewhere."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import psycopg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import Response
from temporalio.service import RPCError

from api import problems
from api.orders import of_rpc
from api.pages.render import page
from api.problems import FieldError, Kind, Problem
from api.sheets import plain

_log = logging.getLogger("api")
_PLACES = ("body", "query", "path", "header", "cookie")
_ROOT = ("/api/", "/events", "/feeds/", "/readyz", "/healthz")


def install(app: FastAPI, base_url: str) -> None:
    """Give the application one way to say no."""

    def said(request: Request, problem: Problem, headers: dict[str, str] | None = None) -> Response:
        if problem.status == 503:
            headers = {"Retry-After": "5", **(headers or {})}
        if request.url.path.startswith(_ROOT):
            return JSONResponse(problem.as_json(base_url), problem.status, headers, problems.MEDIA_TYPE)
        response = page(
            request, "problem.html", status=problem.status, title=problem.kind.title, detail=str(problem),
            hint=_HINTS.get(problem.kind.name, ""),
            again=str(request.url.path) if problem.status == 503 and request.method == "GET" else "",
        )  # fmt: skip
        response.headers.update(headers or {})
        return response

    async def on_problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return said(request, error)

    async def on_invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return said(request, problems.invalid(_fields(error.errors())))

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        status = HTTPStatus(error.status_code)
        kind = (
            problems.NOT_FOUND
            if status is HTTPStatus.NOT_FOUND
            else Kind(status.phrase.lower().replace(" ", "-"), status.phrase, status, status.description)
        )
        detail = "there is nothing at this address" if kind is problems.NOT_FOUND else str(error.detail)
        return said(request, Problem(kind, detail), dict(error.headers or {}))

    async def on_rpc(request: Request, error: Exception) -> Response:
        assert isinstance(error, RPCError)
        return said(request, of_rpc(error))

    async def on_database(request: Request, error: Exception) -> Response:
        if isinstance(error, DBAPIError) and not _is_away(error):
            return await on_anything(request, error)
        _log.warning("PostgreSQL does not answer: %s", str(error).split("\n")[0])
        return said(request, problems.unavailable("PostgreSQL"))

    async def on_anything(request: Request, error: Exception) -> Response:
        _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        return said(request, Problem(Kind("internal", "That is our mistake", status, ""), "something broke here"))

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RPCError, on_rpc)
    for kind in (DBAPIError, psycopg.OperationalError, PoolTimeout, ConnectionError):
        app.add_exception_handler(kind, on_database)
    app.add_exception_handler(Exception, on_anything)


def _is_away(error: DBAPIError) -> bool:
    """Whether the server is gone, going, or not yet the one that we need (no tables, no such database)."""
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None) or ""
    return isinstance(error.orig, psycopg.OperationalError) or state in ("42P01", "3D000", "57P01", "57P03")


def _fields(errors: Sequence[Any]) -> list[FieldError]:
    found: list[FieldError] = []
    for detail in errors:
        path = [str(part) for part in detail["loc"]]
        if path[:1] and path[0] in _PLACES and (len(path) > 1 or path[0] == "body"):
            path = path[1:]
        if detail["type"] == "json_invalid":
            found.append(FieldError("", "expected a JSON object"))
            continue
        found.append(FieldError(".".join(p for p in path if not p.startswith("literal[")), plain(detail)))
    return found


_HINTS = {
    "unavailable": "What was signed goes on; nothing is lost. This page is back as soon as the part is.",
    "not-found": "It may have been mistyped, or the contract was never signed here.",
    "forbidden": "Open the page here and send the form again.",
}
