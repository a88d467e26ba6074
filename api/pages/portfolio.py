"""The portfolio: what is late or due first, over all contracts; and the tasks that wait for a person."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.house import House, TheHouse, now
from api.pages.render import page
from domain.contract import ContractStage
from storage.inbox import stray_letters
from storage.queries.counts import counts
from storage.queries.portfolio import PortfolioFilter, choices, portfolio
from storage.queries.tasks import list_tasks

router = APIRouter(include_in_schema=False)
PER_PAGE = 25
TASKS_SHOWN = 8
LETTERS_SHOWN = 5


@router.get("/")
async def show(
    request: Request,
    house: TheHouse,
    csm: Annotated[str, Query(max_length=64)] = "",
    vendor: Annotated[str, Query(max_length=64)] = "",
    stage: Annotated[str, Query(max_length=32)] = "",
    customer: Annotated[str, Query(max_length=200)] = "",
    late: bool = False,
    number: Annotated[int, Query(alias="page", ge=1, le=10_000)] = 1,
) -> Response:
    """One page of the portfolio."""
    known_stage = stage if stage in set(ContractStage) else ""
    wanted = PortfolioFilter(csm or None, vendor or None, known_stage or None, customer.strip(), late)
    at = now()
    async with house.sessions() as session:
        rows = await portfolio(session, at, wanted, PER_PAGE, (number - 1) * PER_PAGE)
        numbers = await counts(session, at, csm or None)
        tasks = await list_tasks(session, staff_id=csm or None, limit=TASKS_SHOWN)
        letters = await stray_letters(session, csm_id=csm or None, limit=LETTERS_SHOWN)
        offered = await choices(session)
    given = {
        "csm": csm, "vendor": vendor, "stage": known_stage, "customer": customer.strip(), "late": "true" if late else ""
    }  # fmt: skip
    return page(
        request, "portfolio.html", rows=rows, numbers=numbers, tasks=tasks, letters=letters, offered=offered,
        given=given, number=number, pages=max(1, -(-rows.total // PER_PAGE)), stages=list(ContractStage),
        texts=clause_texts(house), filtered=any(given.values()),
    )  # fmt: skip


def clause_texts(house: House) -> dict[str, str]:
    """The text of every clause of the catalogue, for the words that appear when a clause is pointed at."""
    return {clause.id: clause.text for plan in house.plans.values() for clause in plan.clauses}
