"""Mail that came in and that no rule can act on."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field

from api import letter_tickets, letters, problems
from api.house import TheHouse
from api.idempotency import OnlyOnce
from api.models import By
from api.reporting import told
from api.rest.answers import LISTS, READS, Page, Paging, may_answer, paged
from api.ticket_out import RegisteredOut
from storage.inbox import StrayLetter, stray_letters

router = APIRouter(prefix="/inbox", tags=["inbox"])
LetterId = Annotated[str, Path(max_length=64, description="The digest of its bytes")]
_MARKS = may_answer(problems.KEY_MISSING, problems.NOT_FOUND, problems.INVALID, problems.KEY_REUSED)


class LetterOut(BaseModel):
    """A letter in the queue. What is not known of it is null."""

    id: str
    sender: str = Field(description="The address that it says it is from: no proof of anything")
    received_at: datetime
    contract_id: str | None
    customer: str | None
    meeting_key: str | None = Field(description="The meeting whose reply address it was sent to")
    meeting: str | None
    subject_line: str
    reason: str = Field(description="Why a person has to read it")
    handled_at: datetime | None
    handled_by: str


class OpenedLetterOut(LetterOut):
    """A letter with what it says, as plain text; empty where it cannot be read."""

    words: str
    calendar: str


class MakeTicketIn(By):
    """Who makes a ticket of a letter, and of which contract."""

    contract_id: str = Field("", max_length=64, description="Needed where the letter is about no contract yet")


@router.get("", summary="List the letters, the newest first", responses=LISTS)
async def list_all(
    house: TheHouse,
    paging: Paging,
    contract: Annotated[str | None, Query(max_length=64, description="A contract's id")] = None,
    handled: Annotated[bool, Query(description="Those that were handled instead of those that wait")] = False,
) -> Page[LetterOut]:
    """Answers of people who were not invited, words instead of an answer, addresses that do not work."""
    async with house.sessions() as session:
        found = await stray_letters(
            session, contract_id=contract, handled=handled, limit=paging.limit, offset=paging.offset
        )
    return paged([_shown(letter) for letter in found.items], found.total, paging)


@router.get("/{letter_id}", summary="Read a letter", responses=READS)
async def read_one(house: TheHouse, letter_id: LetterId) -> OpenedLetterOut:
    """The letter with its words and its calendar."""
    letter, text = await letters.letter_or_404(house, letter_id), await letters.opened_letter(house, letter_id)
    return OpenedLetterOut(**_shown(letter).model_dump(), words=text.words, calendar=text.calendar)


@router.post("/{letter_id}/handle", summary="Say that it is dealt with", response_model=LetterOut, responses=_MARKS)
async def handle(house: TheHouse, once: OnlyOnce, letter_id: LetterId, body: By) -> Response:
    """It leaves the queue. One that was handled before stays as it is."""

    async def act() -> LetterOut:
        return _shown(await letters.handled(house, letter_id, body.by))

    return await once(body, act)


@router.post(
    "/{letter_id}/ticket",
    status_code=201,
    summary="Make a ticket of it",
    response_model=RegisteredOut,
    responses=may_answer(
        problems.KEY_MISSING, problems.NOT_FOUND, problems.REFUSED, problems.INVALID, problems.KEY_REUSED
    ),
)
async def make_ticket(house: TheHouse, once: OnlyOnce, letter_id: LetterId, body: MakeTicketIn) -> Response:
    """Its words become a report by e-mail of whoever wrote them, with its files; it leaves the queue."""

    async def act() -> RegisteredOut:
        done = await letter_tickets.make_ticket(house, letter_id, body.contract_id, body.by)
        return told(house, done.contract_id, done)

    return await once(body, act, 201)


@router.post("/{letter_id}/reopen", summary="Put it back", response_model=LetterOut, responses=_MARKS)
async def reopen(house: TheHouse, once: OnlyOnce, letter_id: LetterId) -> Response:
    """It waits for a person again."""

    async def act() -> LetterOut:
        return _shown(await letters.unhandled(house, letter_id))

    return await once(None, act)


def _shown(letter: StrayLetter) -> LetterOut:
    return LetterOut.model_validate(asdict(letter))
