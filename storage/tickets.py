"""Reports as they came in, each with the order of its workflow. What became of a ticket is in the facts."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage.pipeline import Write
from storage.telling import change_statement, key_and_values, without_nul
from storage.ticket_tables import AttachmentRow, TicketRow
from storage.ticket_views import TicketView


@dataclass(frozen=True, slots=True)
class StoredTicket:
    """A report. ``document`` is the order of its workflow as JSON, ``shelf`` what a closed one goes on from."""

    contract_id: str
    number: int
    key: str
    accepted: bool
    token: str
    alert: str
    document: dict[str, object]
    registered_at: datetime
    workflow_started: bool
    shelf: dict[str, object] | None


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that came with a message."""

    id: str
    name: str
    media_type: str
    content: bytes


async def next_number(session: AsyncSession, contract_id: str) -> int:
    """The number of the contract's next report. The caller holds the contract's lock."""
    last = await session.scalar(select(func.max(TicketRow.number)).where(TicketRow.contract_id == contract_id))
    return (last or 0) + 1


async def keep_ticket(session: AsyncSession, ticket: StoredTicket, device: str) -> None:
    """Store a new report. The caller holds the contract's lock and has looked for its key."""
    values = {name: getattr(ticket, name) for name in StoredTicket.__slots__ if name != "shelf"}
    values["document"] = without_nul(ticket.document)
    await session.execute(insert(TicketRow).values(**values, device=device[:200]))


async def keep_files(session: AsyncSession, contract_id: str, number: int, files: tuple[StoredFile, ...]) -> None:
    """Store files of a ticket; one that is there already is left alone."""
    if files:
        rows = [
            {
                "id": file.id,
                "contract_id": contract_id,
                "number": number,
                "name": file.name[:200],
                "media_type": file.media_type[:200],
                "size": len(file.content),
                "content": file.content,
            }
            for file in files
        ]
        await session.execute(insert(AttachmentRow).on_conflict_do_nothing(), rows)


async def find_file(session: AsyncSession, contract_id: str, number: int, file_id: str) -> StoredFile | None:
    """A file of that ticket."""
    row = await session.get(AttachmentRow, file_id)
    if row is None or (row.contract_id, row.number) != (contract_id, number):
        return None
    return StoredFile(row.id, row.name, row.media_type, row.content)


async def find_ticket(session: AsyncSession, contract_id: str, number: int) -> StoredTicket | None:
    """The report of that number."""
    return await _one(session, TicketRow.contract_id == contract_id, TicketRow.number == number)


async def ticket_of_key(session: AsyncSession, contract_id: str, key: str) -> StoredTicket | None:
    """The report that came under this idempotency key or Message-ID."""
    return await _one(session, TicketRow.contract_id == contract_id, TicketRow.key == key)


async def ticket_of_token(session: AsyncSession, token: str) -> StoredTicket | None:
    """The report whose customer's page has this token."""
    return await _one(session, TicketRow.token == token)


async def tickets_of_alert(session: AsyncSession, contract_id: str, alert: str) -> tuple[StoredTicket, ...]:
    """The reports of a monitoring alert, refused ones with them, the newest first."""
    rows = await session.scalars(
        select(TicketRow)
        .where(TicketRow.contract_id == contract_id, TicketRow.alert == alert, TicketRow.alert != "")
        .order_by(TicketRow.number.desc())
        .execution_options(populate_existing=True)
    )
    return tuple(_stored(row) for row in rows)


async def not_started_tickets(session: AsyncSession, limit: int = 500) -> tuple[StoredTicket, ...]:
    """Reports whose workflow is not known to run (the process died in between), the oldest first."""
    rows = await session.scalars(
        select(TicketRow)
        .where(TicketRow.workflow_started.is_(False))
        .order_by(TicketRow.registered_at, TicketRow.contract_id, TicketRow.number)
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    return tuple(_stored(row) for row in rows)


async def mark_ticket_started(session: AsyncSession, contract_id: str, number: int) -> None:
    """Its workflow runs: starting it again is not needed any more."""
    await _set(session, contract_id, number, workflow_started=True)


def put_on_shelf(contract_id: str, number: int, document: str) -> Write:
    """What a closed ticket goes on from when somebody reopens it: a part of the step that closes it."""
    shelf = without_nul(json.loads(document))
    key = {"contract_id": contract_id, "number": number}
    return Write(change_statement(TicketRow, tuple(key), ("shelf",)), [key_and_values(key, {"shelf": shelf})])


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """A ticket that may hear of something. ``owed``: the plan's targets run, so it is no one of the ordinary queue."""

    number: int
    owed: bool
    registered_at: datetime


async def open_tickets(session: AsyncSession, contract_id: str) -> tuple[OpenTicket, ...]:
    """Every ticket of the contract that is not closed, the oldest first: those too that have told nothing yet."""
    told = and_(TicketView.contract_id == TicketRow.contract_id, TicketView.number == TicketRow.number)
    rows = await session.execute(
        select(
            TicketRow.number,
            TicketRow.document["terms"]["owed"].as_boolean().label("owed"),
            TicketRow.registered_at,
        )
        .outerjoin(TicketView, told)
        .where(TicketRow.contract_id == contract_id, TicketRow.accepted, TicketView.open.is_not(False))
        .order_by(TicketRow.number)
    )
    return tuple(OpenTicket(row.number, row.owed, row.registered_at) for row in rows)


async def devices_of(session: AsyncSession, contract_id: str) -> tuple[str, ...]:
    """The devices that tickets were accepted for, the earliest first."""
    rows = await session.execute(
        select(TicketRow.device)
        .where(TicketRow.contract_id == contract_id, TicketRow.device != "", TicketRow.accepted)
        .group_by(TicketRow.device)
        .order_by(func.min(TicketRow.number))
    )
    return tuple(row.device for row in rows)


async def _one(session: AsyncSession, *where: ColumnElement[bool]) -> StoredTicket | None:
    row = await session.scalar(select(TicketRow).where(*where).execution_options(populate_existing=True))
    return _stored(row) if row else None


async def _set(session: AsyncSession, contract_id: str, number: int, **values: object) -> None:
    await session.execute(
        update(TicketRow)
        .where(TicketRow.contract_id == contract_id, TicketRow.number == number)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _stored(row: TicketRow) -> StoredTicket:
    return StoredTicket(**{name: getattr(row, name) for name in StoredTicket.__slots__})
