"""Once: a POST that is sent again with its key gets the answer that the first one got.

The key is claimed before anything is done, and the answer kept after it. Everything in between is made to be safe
when it runs twice: a Temporal update carries the key as its id, an insert meets its own row. So a request whose first
attempt died, or is still at work, simply runs again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, TypeAdapter

from api import problems
from api.house import House, TheHouse
from api.problems import FieldError, Problem
from storage.idempotency import KeyReused, claim_key, keep_answer

_KEY = re.compile(r"[\x21-\x7e]{8,200}")
_ANYTHING: TypeAdapter[Any] = TypeAdapter(Any)


@dataclass(frozen=True, slots=True)
class Once:
    """The key of this request, and where it was sent."""

    house: House
    key: str
    route: str

    async def __call__(
        self, body: BaseModel | None, act: Callable[[], Awaitable[object]], status: int = 200
    ) -> Response:
        """The answer of ``act``, or the one given to this key before. Raises Problem for a key used otherwise."""
        if (stored := await self._claim(_digest(self.route, body))) is not None:
            return stored
        try:
            result = await act()
            answer, code = _ANYTHING.dump_json(result), status
        except Problem as problem:
            if problem.status >= 500:
                raise
            base_url = self.house.settings.base_url
            answer, code = json.dumps(problem.as_json(base_url)).encode(), problem.status
        return await self._keep(code, answer)

    async def _claim(self, digest: str) -> Response | None:
        try:
            async with self.house.sessions.begin() as session:
                given = await claim_key(session, self.key, self.route, digest)
        except KeyReused:
            raise Problem(
                problems.KEY_REUSED,
                "this Idempotency-Key came to this address before, with another body",
                (FieldError("Idempotency-Key", "use a new key for a new action"),),
            ) from None
        return _response(given.status, given.body, again=True) if given else None

    async def _keep(self, status: int, body: bytes) -> Response:
        async with self.house.sessions.begin() as session:
            kept = await keep_answer(session, self.key, self.route, status, body)
        return _response(kept.status, kept.body, again=False)


async def form_claimed(house: House, key: str, route: str, body: BaseModel) -> str:
    """The checked key of a form that is sent now. The same words again are the same action, which is safe to do again.

    Raises Problem: 400 for what can be no key; 422 where the key came before with other words, which must not pass for
    those that were done: after an answer that never came a form keeps its key, and whoever sends it may have added to
    it.
    """
    key, route = checked_key(key or None), f"form {route}"[:200]
    try:
        async with house.sessions.begin() as session:
            await claim_key(session, key, route, _digest(route, body))
    except KeyReused:
        raise _sent_otherwise() from None
    return key


async def form_once(
    house: House, key: str, route: str, body: BaseModel, act: Callable[[], Awaitable[BaseModel]]
) -> bytes:
    """What a form's action answers, as JSON; the same form sent again gets the same answer, and nothing is done again.

    Raises Problem as `form_claimed` and ``act`` do.
    """
    key, route = checked_key(key or None), f"once {route}"[:200]
    try:
        async with house.sessions.begin() as session:
            given = await claim_key(session, key, route, _digest(route, body))
    except KeyReused:
        raise _sent_otherwise() from None
    if given is None:
        answer = _ANYTHING.dump_json(await act())
        async with house.sessions.begin() as session:
            given = await keep_answer(session, key, route, 200, answer)
    return given.body


def _sent_otherwise() -> Problem:
    return Problem(
        problems.KEY_REUSED,
        "this form was sent before with another text. Look whether that one has arrived; what you wrote now stands "
        "here still, so send it again if it is needed",
    )


def _digest(route: str, body: BaseModel | None) -> str:
    content = body.model_dump(mode="json") if body else None
    return hashlib.sha256(json.dumps([route, content], sort_keys=True).encode()).hexdigest()


def _response(status: int, body: bytes, *, again: bool) -> Response:
    media_type = problems.MEDIA_TYPE if status >= 400 else JSONResponse.media_type
    headers = {"Idempotency-Replayed": "true"} if again else {}
    return Response(body, status, headers, media_type)


def checked_key(key: str | None) -> str:
    """The key as it came. Raises Problem 400 where it is missing or cannot be one."""
    if key is None or not _KEY.fullmatch(key):
        reason = "it is missing" if key is None else "it has 8 to 200 visible ASCII signs and no space"
        raise Problem(
            problems.KEY_MISSING,
            "every POST carries an Idempotency-Key: " + reason,
            (FieldError("Idempotency-Key", reason),),
        )
    return key


def _once(
    request: Request,
    house: TheHouse,
    idempotency_key: Annotated[
        str | None,
        Header(
            description="New for each action, the same when it is sent again: 8 to 200 visible ASCII signs. Required.",
            examples=["b7e1c2a4-5d0f-4a43-9d53-1f1f0f5a6c2e"],
        ),
    ] = None,
) -> Once:
    return Once(house, checked_key(idempotency_key), f"{request.method} {request.url.path}"[:200])


OnlyOnce = Annotated[Once, Depends(_once)]
