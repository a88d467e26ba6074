"""The inbox: mail that no rule can act on, shown as text only, until a person says that it is handled."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from api import letter_tickets, letters, problems
from api.house import House, TheHouse
from api.pages.acting import acting
from api.pages.forms import Forms, refused_form
from api.pages.render import back_to, page
from api.problems import Problem
from storage.inbox import StrayLetter, stray_letters

router = APIRouter(prefix="/inbox", include_in_schema=False)
LetterId = Annotated[str, Path(max_length=64)]
PER_PAGE = 40


@router.get("")
async def show(
    request: Request,
    house: TheHouse,
    handled: bool = False,
    number: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
) -> Response:
    """The newest first: those that wait, or those that were handled."""
    async with house.sessions() as session:
        found = await stray_letters(session, handled=handled, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    return page(
        request, "inbox.html", letters=found, handled=handled, number=number, pages=max(1, -(-found.total // PER_PAGE))
    )


@router.get("/{letter_id}.eml")
async def as_file(house: TheHouse, letter_id: LetterId) -> Response:
    """The letter as it came, to be kept and never shown by the browser."""
    raw = await letters.raw_letter(house, letter_id)
    name = f'attachment; filename="letter-{letter_id[:12]}.eml"'
    return Response(raw, media_type="message/rfc822", headers={"Content-Disposition": name})


@router.get("/{letter_id}")
async def one(request: Request, house: TheHouse, letter_id: LetterId) -> Response:
    """One letter: who, why it is here, and its words."""
    return await _shown(request, house, letter_id)


@router.post("/{letter_id}/handled")
async def mark(request: Request, house: TheHouse, letter_id: LetterId) -> Response:
    """It leaves the queue; a second press changes nothing."""
    form = await request.form()
    letter = await letters.handled(house, letter_id, acting(request).signature)
    said = "Handled. It can be put back from the letters that were handled."
    return back_to(_where_from(str(form.get("_back", "")), letter), said)


@router.post("/{letter_id}/ticket")
async def make_ticket(request: Request, house: TheHouse, letter_id: LetterId) -> Response:
    """Its words become a report of whoever wrote them, and it leaves the queue; a second press changes nothing."""
    form = await request.form()
    named = str(form.get("contract_id", "")).strip().lower()
    try:
        done = await letter_tickets.make_ticket(house, letter_id, named, acting(request).signature)
    except Problem as problem:
        if problem.kind is problems.NOT_FOUND:
            raise
        forms = refused_form("ticket", {"contract_id": named}, problem, "")
        return await _shown(request, house, letter_id, forms, problem.status)
    address = f"/tickets/{done.contract_id}/{done.number}"
    if done.decision.accepted:
        return back_to(address, f"Ticket {done.number} is made of the letter.")
    reasons = "; ".join(reason.text for reason in done.decision.reasons)
    return back_to(address, f"It became no ticket: {reasons}. Whoever wrote it is told why.", "note")


@router.post("/{letter_id}/reopen")
async def put_back(house: TheHouse, letter_id: LetterId) -> Response:
    """It waits for a person again."""
    await letters.unhandled(house, letter_id)
    return back_to(f"/inbox/{letter_id}", "It waits for a person again.")


async def _shown(
    request: Request, house: House, letter_id: str, forms: Forms | None = None, status: int = 200
) -> Response:
    letter, text = await letters.letter_or_404(house, letter_id), await letters.opened_letter(house, letter_id)
    ticket = await letter_tickets.prospect(house, letter)
    return page(request, "letter.html", status=status, forms=forms, letter=letter, text=text, ticket=ticket)


def _where_from(named: str, letter: StrayLetter) -> str:
    """The page whose button it was. A form says its name and no address, so that it leads to our pages only."""
    if named == "contract" and letter.contract_id:
        return f"/contracts/{letter.contract_id}#letters"
    return {"portfolio": "/", "inbox": "/inbox"}.get(named, f"/inbox/{letter.id}")
