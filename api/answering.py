"""From what went wrong to an answer: problem details under `/api`, a page elsewhere."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
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
from api.bounds import DETAIL
from api.fields import told
from api.orders import of_rpc
from api.pages.render import page
from api.problems import FieldError, Kind, Problem

_log = logging.getLogger("api")
_NOWHERE = "there is nothing at this address"
_MACHINES = ("/api/", "/events", "/feeds/", "/readyz", "/healthz")


def refuse_nul(request: Request) -> None:
    """A dependency of every route: PostgreSQL stores no NUL, so nothing is found by one. Raises Problem."""
    if "\0" in request.url.path or any("\0" in value for value in request.path_params.values()):
        raise Problem(problems.NOT_FOUND, _NOWHERE)
    if wrong := [name for name, value in request.query_params.multi_items() if "\0" in name + value]:
        raise problems.invalid([FieldError(name.replace("\0", ""), "expected text without NUL") for name in wrong])


def install(app: FastAPI, base_url: str) -> None:
    """Give the application one way to say no."""

    def answering(of: Callable[[Any], Problem]) -> Callable[[Request, Exception], Awaitable[Response]]:
        async def answer(request: Request, error: Exception) -> Response:
            problem = of(error)
            if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
                _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
            return _said(request, problem, base_url, dict(getattr(error, "headers", None) or {}))

        return answer

    for kind, of in _PROBLEM_OF.items():
        app.add_exception_handler(kind, answering(of))


def _said(request: Request, problem: Problem, base_url: str, headers: dict[str, str]) -> Response:
    if problem.kind is problems.UNAVAILABLE:
        headers = {"Retry-After": "5", **headers}
    if request.url.path.startswith(_MACHINES):
        return JSONResponse(problem.as_json(base_url), problem.status, headers, problems.MEDIA_TYPE)
    nowhere = str(problem) == _NOWHERE
    response = page(
        request, "problem.html", status=problem.status, detail=str(problem),
        title="There is no such page" if nowhere else problem.kind.title,
        hint=_HINTS.get("nowhere" if nowhere else problem.kind.name, ""),
        again=request.url.path if problem.kind is problems.UNAVAILABLE and request.method == "GET" else "",
    )  # fmt: skip
    response.headers.update(headers)
    return response


def _of_http(error: HTTPException) -> Problem:
    status = HTTPStatus(error.status_code)
    if status is HTTPStatus.NOT_FOUND:
        return Problem(problems.NOT_FOUND, _NOWHERE)
    if status == problems.TOO_LARGE.status:
        return Problem(problems.TOO_LARGE, DETAIL)
    kind = Kind(status.phrase.lower().replace(" ", "-"), status.phrase, status, status.description)
    return Problem(kind, str(error.detail))


def _of_database(error: Exception) -> Problem:
    if isinstance(error, DBAPIError) and isinstance(error.orig, psycopg.DataError):
        _log.warning("a value came through that no column holds: %s", str(error.orig).split("\n")[0])
        return problems.invalid([FieldError("", "a value is too large, or holds signs that cannot be stored")])
    if isinstance(error, DBAPIError) and not _is_away(error):
        return _of_anything(error)
    _log.warning("PostgreSQL does not answer: %s", str(error).split("\n")[0])
    return problems.unavailable("PostgreSQL")


def _of_anything(_error: Exception) -> Problem:
    kind = Kind("internal", "That is our mistake", HTTPStatus.INTERNAL_SERVER_ERROR, "")
    return Problem(kind, "something broke here")


def _is_away(error: DBAPIError) -> bool:
    """Whether the server is gone, going, or not yet the one that we need (no tables, no such database)."""
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None) or ""
    return isinstance(error.orig, psycopg.OperationalError) or state in ("42P01", "3D000", "57P01", "57P03")


def _fields(errors: Sequence[Any]) -> list[FieldError]:
    """The errors of a request; the first part of a path says only whether it is the body, the query or a header."""
    if any(detail["type"] == "json_invalid" for detail in errors):
        return [FieldError("", "expected a JSON object")]
    return [FieldError(path, reason) for path, reason in told(errors, leave_out=1)]


_HINTS = {
    "unavailable": "What was signed goes on; nothing is lost. This page is back as soon as the part is.",
    "not-found": "Its name may have been mistyped, or it was never here. The portfolio leads to all that is.",
    "nowhere": "The address may have been mistyped. Everything is reached from the portfolio and the plans.",
    "forbidden": "Open the page here and send the form again.",
}

_PROBLEM_OF: dict[type[Exception], Callable[[Any], Problem]] = {
    Problem: lambda problem: problem,
    RequestValidationError: lambda error: problems.invalid(_fields(error.errors())),
    HTTPException: _of_http,
    RPCError: of_rpc,
    DBAPIError: _of_database,
    psycopg.OperationalError: _of_database,
    PoolTimeout: _of_database,
    ConnectionError: _of_database,
    Exception: _of_anything,
}
