"""Tickets: register a report, the queue, one ticket with its facts and files, and what may be done to it."""
# No postponed annotations here: the routes of the actions are made in a loop, each with its own body.

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response

from api import problems
from api.fields import LARGEST_ID
from api.files import served
from api.house import TheHouse, now
from api.idempotency import OnlyOnce
from api.reporting import customers_page, report
from api.rest.answers import LISTS, READS, Page, Paging, may_answer, paged
from api.rest.contracts import TimelineOut
from api.ticket_actions import TICKET_ACTIONS, TicketAction, act_on, ticket_or_404
from api.ticket_models import ReportIn
from api.ticket_out import RegisteredOut, TicketLineOut, TicketOut, clocks_out, line_out
from api.ticket_reading import terms_now, ticket_of
from domain.intake import title_of
from domain.ticket import TicketState, TicketTerms, why_not
from storage.queries.tickets import TicketFilter, TicketHead, ticket_detail, ticket_queue
from storage.queries.timeline import timeline
from storage.tickets import find_file
from support.registering import ORDER
from workflows.ticket_messages import ActDone, ticket_subject

router = APIRouter(prefix="/tickets", tags=["tickets"])
reports = APIRouter(prefix="/contracts/{contract_id}/tickets", tags=["tickets"])
ContractId = Annotated[str, Path(max_length=64, examples=["acme-2026"])]
Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="Counts the contract's reports")]
_ACTS = may_answer(
    problems.KEY_MISSING,
    problems.NOT_FOUND,
    problems.REFUSED,
    problems.INVALID,
    problems.KEY_REUSED,
    problems.TOO_LARGE,
)


@reports.post(
    "",
    status_code=201,
    summary="Register a report",
    response_model=RegisteredOut,
    responses=may_answer(
        problems.KEY_MISSING, problems.NOT_FOUND, problems.INVALID, problems.KEY_REUSED, problems.TOO_LARGE
    ),
)
async def register(house: TheHouse, once: OnlyOnce, contract_id: ContractId, body: ReportIn) -> Response:
    """At any hour; the clocks run in the opening hours. The same key is the same report, also after years.

    A report that the plan refuses answers 201 too, with `accepted` false and every reason: it is kept whole under its
    number, its reporter is told, and nothing that was written is lost. 422 means that nothing was kept.
    """
    return await once(body, lambda: report(house, contract_id, body, once.key), 201)


@router.get("", summary="List tickets, the soonest due first", responses=LISTS)
async def list_tickets(
    house: TheHouse,
    paging: Paging,
    contract: Annotated[str | None, Query(max_length=64, description="A contract's id")] = None,
    owner: Annotated[str | None, Query(max_length=64, description="The staff id of whoever has it")] = None,
    unassigned: Annotated[bool, Query(description="Only those that nobody has")] = False,
    csm: Annotated[str | None, Query(max_length=64, description="The staff id of the contract's main contact")] = None,
    vendor: Annotated[str | None, Query(max_length=64)] = None,
    level: Annotated[str | None, Query(max_length=64, description="A level's key")] = None,
    state: TicketState | None = None,
    shown: Annotated[
        Literal["open", "closed", "refused", "all"] | None, Query(description="Open ones, unless a state is asked for")
    ] = None,
    late: Annotated[bool, Query(description="Only those in which a running clock is overdue")] = False,
    words: Annotated[str, Query(max_length=200, description="A part of subject, text, reporter or customer")] = "",
) -> Page[TicketLineOut]:
    """What is late first, then the soonest due, then what owes nothing; closed ones by when they were closed.

    `due` is by the wall clock, `remaining_seconds` in open time.
    """
    which, asked = shown or ("all" if state else "open"), state.value if state else None
    wanted = TicketFilter(contract, owner, unassigned, csm, vendor, level, asked, which, late, words)
    at = now()
    async with house.sessions() as session:
        found = await ticket_queue(session, wanted, at, paging.limit, paging.offset)
    return paged([line_out(line, at) for line in found.items], found.total, paging)


@router.get("/{contract_id}/{number}", summary="Read a ticket", responses=READS)
async def read_ticket(house: TheHouse, contract_id: ContractId, number: Number) -> TicketOut:
    """The ticket with its clocks as they stand now, the whole conversation, its opening hours, what may be done."""
    stored = await ticket_or_404(house, contract_id, number)
    async with house.sessions() as session:
        detail = await ticket_detail(session, contract_id, number)
    order = ORDER.validate_python(stored.document)
    terms, report, head = order.terms, order.decision.report, detail.head if detail else None
    if head is not None:
        terms = terms_now(head, terms, house.plans)
    return TicketOut(
        contract_id=contract_id,
        number=number,
        accepted=stored.accepted,
        title=title_of(report.subject, report.description, number),
        url=customers_page(house, stored.token),
        head=head,
        clocks=clocks_out(detail, terms, now()) if detail else [],
        conversation=list(detail.entries) if detail else [],
        coverage=list(detail.coverages) if detail else [],
        can=_can(head, terms) if head and stored.accepted else [],
    )


@router.get("/{contract_id}/{number}/facts", summary="Read a ticket's facts", responses=READS)
async def read_facts(
    house: TheHouse,
    contract_id: ContractId,
    number: Number,
    before: Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="Only facts older than this id")] = None,
    after: Annotated[int | None, Query(ge=0, le=LARGEST_ID, description="Only facts newer than this id")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> TimelineOut:
    """What happened, the newest first; each fact with its clauses and its digest in the chain of the ticket."""
    await ticket_or_404(house, contract_id, number)
    async with house.sessions() as session:
        found = await timeline(
            session, contract_id, subject=ticket_subject(number), before_id=before, after_id=after, limit=limit
        )
    return TimelineOut(facts=found.facts, before=found.before)


@router.get(
    "/{contract_id}/{number}/attachments/{file_id}",
    summary="Download a file",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}, "description": "The file as it came"}, **READS},
)
async def read_file(
    house: TheHouse, contract_id: ContractId, number: Number, file_id: Annotated[str, Path(max_length=64)]
) -> Response:
    """Always a download, never a page: the file may be of anybody."""
    async with house.sessions() as session:
        file = await find_file(session, contract_id, number, file_id)
    if file is None:
        raise problems.not_found("file", file_id)
    return served(file)


def _can(head: TicketHead, terms: TicketTerms) -> list[str]:
    ticket = ticket_of(head, terms)
    return [each.path for each in TICKET_ACTIONS.values() if why_not(ticket, each.act, each.actor) is None]


def _add(action: TicketAction) -> None:
    body_model: Any = action.body

    async def endpoint(
        house: TheHouse, once: OnlyOnce, contract_id: ContractId, number: Number, body: body_model
    ) -> Response:
        return await once(body, lambda: act_on(house, contract_id, number, action, body, once.key))

    router.add_api_route(
        f"/{{contract_id}}/{{number}}/{action.path}",
        endpoint,
        methods=["POST"],
        name=action.path,
        summary=action.summary,
        description=action.text,
        response_model=ActDone,
        responses=_ACTS,
    )


for _action in TICKET_ACTIONS.values():
    _add(_action)
