"""What the frame around every page of the staff tells besides the page: how much mail waits for a person."""

from __future__ import annotations

import asyncio
import logging

import psycopg
from fastapi import Request
from sqlalchemy.exc import SQLAlchemyError

from api.house import TheHouse
from storage.inbox import unhandled_letters

_PATIENCE_SECONDS = 2.0
_log = logging.getLogger("api.pages")


async def count_letters(request: Request, house: TheHouse) -> None:
    """Leave the number of letters that wait where `render.page` finds it.

    A page that needs no database is shown without the number while the database is away; every other one says itself
    that it is.
    """
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS), house.sessions() as session:
            request.state.letters_waiting = await unhandled_letters(session)
    except (SQLAlchemyError, psycopg.Error, OSError, TimeoutError) as error:
        _log.info("the letters that wait cannot be counted now: %s", str(error).split("\n")[0])
