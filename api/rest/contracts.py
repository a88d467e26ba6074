"""Contracts: sign, list, read, and act on them."""
# No postponed annotations here: the routes of the actions are made in a loop, each with its own body.

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel

from api import problems, signing
from api.actions import CONTRACT_ACTIONS, OnContract, act_on_contract
from api.fields import LARGEST_ID
from api.house import TheHouse, now
from api.idempotency import OnlyOnce
from api.models import ContractIn
from api.rest.answers import CHANGES, LISTS, READS, Page, Paging, may_answer, paged
from domain.contract import Contract, ContractStage
from storage.contracts import find_contract
from storage.queries.contract import (
    AgendaEntry,
    ContactLine,
    ContractHead,
    Hours,
    RoleHolder,
    WindowLine,
    agenda_of,
    contacts_of,
    contract_head,
    hours_of,
    roles_of,
    windows_of,
)
from storage.queries.parts import (
    Charge,
    HoursEntry,
    MessageLine,
    Overage,
    charges_of,
    hours_entries_of,
    messages_of,
    overages_of,
)
from storage.queries.portfolio import PortfolioFilter, PortfolioRow, portfolio
from storage.queries.tickets import DesignatedUser, designated_users
from storage.queries.timeline import FactLine, timeline

router = APIRouter(prefix="/contracts", tags=["contracts"])
ContractId = Annotated[str, Path(max_length=64, examples=["acme-2026"])]


class ContractOut(BaseModel):
    """A contract as it stands. `head` is null for the moment between signing and the workflow's first facts."""

    id: str
    signed_at: datetime
    workflow_started: bool
    order: Contract
    head: ContractHead | None
    roles: tuple[RoleHolder, ...]
    contacts: tuple[ContactLine, ...]
    windows: tuple[WindowLine, ...]
    charges: tuple[Charge, ...]
    designated: tuple[DesignatedUser, ...]


class HoursOut(BaseModel):
    """The package's hours, in minutes, with the ledger and what was asked beyond it."""

    hours: Hours
    entries: tuple[HoursEntry, ...]
    overages: tuple[Overage, ...]


class TimelineOut(BaseModel):
    """Facts, the newest first. `before` leads to the older ones; null: there are none."""

    facts: tuple[FactLine, ...]
    before: int | None


@router.get("", summary="List contracts, the most urgent first", responses=LISTS)
async def list_contracts(
    house: TheHouse,
    paging: Paging,
    csm: Annotated[str | None, Query(description="A staff id")] = None,
    vendor: str | None = None,
    stage: ContractStage | None = None,
    customer: Annotated[str, Query(max_length=200, description="A part of the name")] = "",
    late: Annotated[bool, Query(description="Only those with something late")] = False,
    over: Annotated[bool, Query(description="Ended and terminated ones too")] = False,
) -> Page[PortfolioRow]:
    """Late items first, then what is due soonest. A row says what its contract has to do next, and by which clause."""
    wanted = PortfolioFilter(csm, vendor, stage.value if stage else None, customer, late, over)
    async with house.sessions() as session:
        found = await portfolio(session, now(), wanted, paging.limit, paging.offset)
    return paged(found.items, found.total, paging)


@router.post(
    "",
    status_code=201,
    summary="Sign a contract",
    response_model=signing.Signed,
    responses=may_answer(problems.EXISTS, problems.INVALID, problems.KEY_MISSING, problems.KEY_REUSED),
)
async def sign(house: TheHouse, once: OnlyOnce, body: ContractIn) -> Response:
    """Pins the plan as it is now and starts the contract's workflow.

    `flags` are what both sides should know (such as meetings that exceed the hours, A2). `started` is false where
    Temporal is away: the contract is signed, and starts when it is back.
    """

    async def act() -> signing.Signed:
        return await signing.sign_contract(house, signing.order_of(house, body), once.key)

    return await once(body, act, 201)


@router.get("/{contract_id}", summary="Read a contract", responses=READS)
async def read_contract(house: TheHouse, contract_id: ContractId) -> ContractOut:
    """The order as it was signed, with its whole plan, and how the contract stands."""
    async with house.sessions() as session:
        signed = await find_contract(session, contract_id)
        if signed is None:
            raise problems.not_found("contract", contract_id)
        return ContractOut(
            id=contract_id,
            signed_at=signed.signed_at,
            workflow_started=signed.workflow_started,
            order=signed.contract,
            head=await contract_head(session, contract_id),
            roles=await roles_of(session, contract_id),
            contacts=await contacts_of(session, contract_id),
            windows=await windows_of(session, contract_id),
            charges=await charges_of(session, contract_id),
            designated=await designated_users(session, contract_id),
        )


@router.get("/{contract_id}/agenda", summary="Read the agenda", responses=READS)
async def read_agenda(house: TheHouse, contract_id: ContractId, paging: Paging) -> Page[AgendaEntry]:
    """Everything of the term with its date, clause and status, past and ahead."""
    await signing.signed_or_404(house, contract_id)
    async with house.sessions() as session:
        entries = await agenda_of(session, contract_id, now())
    return paged(entries[paging.offset : paging.offset + paging.limit], len(entries), paging)


@router.get("/{contract_id}/timeline", summary="Read the facts", responses=READS)
async def read_timeline(
    house: TheHouse,
    contract_id: ContractId,
    subject: Annotated[str | None, Query(description="An agenda key: only what concerns it")] = None,
    before: Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="Only facts older than this id")] = None,
    after: Annotated[int | None, Query(ge=0, le=LARGEST_ID, description="Only facts newer than this id")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> TimelineOut:
    """What happened, the newest first; each fact with its clauses and its digest in the chain of its workflow."""
    await signing.signed_or_404(house, contract_id)
    async with house.sessions() as session:
        found = await timeline(session, contract_id, subject=subject, before_id=before, after_id=after, limit=limit)
    return TimelineOut(facts=found.facts, before=found.before)


@router.get("/{contract_id}/hours", summary="Read the hours", responses=READS)
async def read_hours(house: TheHouse, contract_id: ContractId) -> HoursOut:
    """Granted, reserved, used, lapsed and left minutes, and the ledger that says why."""
    await signing.signed_or_404(house, contract_id)
    async with house.sessions() as session:
        return HoursOut(
            hours=await hours_of(session, contract_id),
            entries=await hours_entries_of(session, contract_id),
            overages=await overages_of(session, contract_id),
        )


@router.get("/{contract_id}/messages", summary="List the messages sent", responses=READS)
async def list_messages(house: TheHouse, contract_id: ContractId, paging: Paging) -> Page[MessageLine]:
    """Every mail of the contract with what became of it, the newest first."""
    await signing.signed_or_404(house, contract_id)
    async with house.sessions() as session:
        found = await messages_of(session, contract_id, paging.limit, paging.offset)
    return paged(found.items, found.total, paging)


def _add(action: OnContract) -> None:
    body_model: Any = action.body

    async def endpoint(house: TheHouse, once: OnlyOnce, contract_id: ContractId, body: body_model) -> Response:
        return await once(body, lambda: act_on_contract(house, contract_id, action, body, once.key))

    router.add_api_route(
        f"/{{contract_id}}/{action.path}",
        endpoint,
        methods=["POST"],
        name=action.name,
        summary=action.summary,
        description=action.text,
        response_model=action.answer,
        responses=CHANGES,
    )


for _action in CONTRACT_ACTIONS.values():
    _add(_action)
