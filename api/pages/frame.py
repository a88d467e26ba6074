"""What the frame around every page of the staff tells besides the page: the mail and the tickets that wait."""

from __future__ import annotations

import asyncio
import logging

import psycopg
from fastapi import Request
from sqlalchemy.exc import SQLAlchemyError

from api.house import TheHouse, now
from storage.inbox import unhandled_letters
from storage.queries.tickets import count_tickets

_PATIENCE_SECONDS = 2.0
_log = logging.getLogger("api.pages")


async def count_waiting(request: Request, house: TheHouse) -> None:
    """Leave the numbers of letters that wait, of open tickets and of late ones where `render.page` finds them.

    A page that needs no database is shown without the numbers while the database is away; every other one says itself
    that it is.
    """
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS), house.sessions() as session:
            request.state.letters_waiting = await unhandled_letters(session)
            request.state.tickets_open, request.state.tickets_late = await count_tickets(session, now())
    except (SQLAlchemyError, psycopg.Error, OSError, TimeoutError) as error:
        _log.info("what waits cannot be counted now: %s", str(error).split("\n")[0])
