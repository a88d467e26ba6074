"""How answers are shaped: pages of a list, and the problems that every route may answer with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel

from api import problems

T = TypeVar("T")


@dataclass(slots=True)
class PagingParameters:
    """Which part of a list is asked for; writes the Link header (RFC 8288) when the total is known."""

    limit: int
    offset: int
    request: Request
    response: Response

    def link(self, total: int) -> None:
        """Links to the first, previous and next part."""
        links = [("first", 0)]
        if self.offset > 0:
            links.append(("prev", max(0, self.offset - self.limit)))
        if self.offset + self.limit < total:
            links.append(("next", self.offset + self.limit))
        given = [(k, v) for k, v in self.request.query_params.multi_items() if k not in ("limit", "offset")]
        targets = [
            f'<{self.request.url.path}?{urlencode([*given, ("limit", self.limit), ("offset", offset)])}>; rel="{rel}"'
            for rel, offset in links
        ]
        self.response.headers["Link"] = ", ".join(targets)


def _paging(
    request: Request,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=200, description="How many at most")] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000, description="How many to leave out")] = 0,
) -> PagingParameters:
    return PagingParameters(limit, offset, request, response)


Paging = Annotated[PagingParameters, Depends(_paging)]


class Page(BaseModel, Generic[T]):
    """A part of a list; `total` counts all of it. The Link header leads to the next part."""

    items: list[T]
    total: int
    limit: int
    offset: int


def paged(items: Sequence[T], total: int, paging: PagingParameters) -> Page[T]:
    """The page with its Link header."""
    paging.link(total)
    return Page(items=list(items), total=total, limit=paging.limit, offset=paging.offset)


class FieldErrorOut(BaseModel):
    """What is wrong with one field."""

    field: str
    message: str


class ProblemOut(BaseModel):
    """A problem (RFC 9457), served as `application/problem+json`."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldErrorOut] = []
    offers: list[str] = []


def may_answer(*kinds: problems.Kind) -> dict[int | str, dict[str, Any]]:
    """For OpenAPI: the problems of a route besides 503, which any may answer with."""
    said: dict[int | str, dict[str, Any]] = {}
    for kind in (*kinds, problems.UNAVAILABLE):
        status = int(kind.status)
        text = f"`{kind.name}`: {kind.title}. {kind.meaning}"
        earlier = said.get(status)
        description = f"{earlier['description']}\n\n{text}" if earlier else text
        schema = {"$ref": "#/components/schemas/ProblemOut"}
        said[status] = {"description": description, "content": {problems.MEDIA_TYPE: {"schema": schema}}}
    return said


CHANGES = may_answer(problems.KEY_MISSING, problems.NOT_FOUND, problems.REFUSED, problems.INVALID, problems.KEY_REUSED)
"""What a change of something may answer with."""

READS = may_answer(problems.NOT_FOUND)
LISTS = may_answer(problems.INVALID)
