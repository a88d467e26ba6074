"""Mail that a person has to read: opened, taken away, handled. REST and pages both go through here."""

from __future__ import annotations

import asyncio
import re

from api import problems
from api.house import House, now
from mail.reply import Contents, contents
from mail.support import read_letter
from storage.inbox import StrayLetter, mark_handled, mark_unhandled, stray_bytes, stray_letter

_ID = re.compile(r"[0-9a-f]{64}")


async def letter_or_404(house: House, letter_id: str) -> StrayLetter:
    """The letter. Raises Problem 404."""
    if _ID.fullmatch(letter_id):
        async with house.sessions() as session:
            letter = await stray_letter(session, letter_id)
        if letter is not None:
            return letter
    raise problems.not_found("letter", letter_id)


async def raw_letter(house: House, letter_id: str) -> bytes:
    """The letter as it came. Raises Problem 404."""
    letter = await letter_or_404(house, letter_id)
    async with house.sessions() as session:
        return await stray_bytes(session, letter.id) or b""


async def opened_letter(house: House, letter_id: str) -> Contents:
    """What it says, as plain text. Raises Problem 404."""
    # In a thread: reading the worst mail that is taken needs more than a second.
    return await asyncio.to_thread(_opened, await raw_letter(house, letter_id))


def _opened(raw: bytes) -> Contents:
    """The reader of answers gives up where a mail is larger than an answer; that of reports does not."""
    said = contents(raw)
    return said if said.words.strip() or said.calendar else Contents(read_letter(raw).text, "")


async def handled(house: House, letter_id: str, by: str) -> StrayLetter:
    """Say that a person has dealt with it; who said so first stays the one. Raises Problem 404."""
    await letter_or_404(house, letter_id)
    async with house.sessions.begin() as session:
        await mark_handled(session, letter_id, now(), by)
    return await letter_or_404(house, letter_id)


async def unhandled(house: House, letter_id: str) -> StrayLetter:
    """Put it back into the queue. Raises Problem 404."""
    await letter_or_404(house, letter_id)
    async with house.sessions.begin() as session:
        await mark_unhandled(session, letter_id)
    return await letter_or_404(house, letter_id)
