"""News for open pages, as server-sent events."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from sse_starlette import EventSourceResponse

from api.live import News

router = APIRouter()
PING_SECONDS = 20


@router.get("/events", include_in_schema=False)
async def events(request: Request, contract: Annotated[str | None, Query(max_length=64)] = None) -> EventSourceResponse:
    """An event `changed` with a contract's id for each transaction that wrote about it; `*`: look at everything."""
    news: News = request.app.state.news
    return EventSourceResponse(news.read(contract or None), ping=PING_SECONDS, headers={"X-Accel-Buffering": "no"})
