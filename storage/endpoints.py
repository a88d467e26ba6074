"""Endpoints as they are kept: of one contract, or of each of a vendor; and the webhooks that came in from them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, delete, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.ticket import RouteKind
from storage.endpoint_tables import EndpointRow, WebhookDeliveryRow
from storage.models import ContractRow

DELIVERIES_ARE_KEPT = timedelta(days=30)
"""Nobody sends a webhook again later than this."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where tickets of a contract, or of each of a vendor, can be posted to. The secrets are in no text of it."""

    id: int
    contract_id: str
    vendor_id: str
    key: str
    name: str
    kind: RouteKind
    url: str
    active: bool
    inactive_reason: str
    added_wall: datetime
    added_by: str
    secret_out: str = field(repr=False)
    secret_in: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewEndpoint:
    """An endpoint to be kept; either of a contract or of a vendor."""

    contract_id: str
    vendor_id: str
    key: str
    name: str
    kind: RouteKind
    url: str
    added_by: str
    secret_out: str = field(repr=False)
    secret_in: str = field(repr=False)


async def add_endpoint(session: AsyncSession, new: NewEndpoint) -> Endpoint | None:
    """Keep it. None where that contract or vendor has another one of this key."""
    values = {name: getattr(new, name) for name in NewEndpoint.__slots__}
    row = insert(EndpointRow).values({**values, "kind": new.kind.value})
    made = await session.scalar(row.on_conflict_do_nothing().returning(EndpointRow.id))
    return None if made is None else await _one(session, select(EndpointRow).where(EndpointRow.id == made))


async def find_endpoint(session: AsyncSession, contract_id: str, key: str) -> Endpoint | None:
    """The contract's endpoint of that key: its own, else its vendor's."""
    statement = select(EndpointRow).where(_serves(contract_id), EndpointRow.key == key)
    return await _one(session, statement.order_by(EndpointRow.contract_id.desc()).limit(1))


async def endpoint_in(session: AsyncSession, contract_id: str, vendor_id: str, key: str) -> Endpoint | None:
    """The endpoint of that key which belongs to exactly this contract (or vendor)."""
    return await _one(session, select(EndpointRow).where(*_is(contract_id, vendor_id, key)))


async def list_endpoints(session: AsyncSession, contract_id: str = "", vendor_id: str = "") -> tuple[Endpoint, ...]:
    """Those that tickets of a contract can be posted to, its vendor's with them; or those of a vendor. By their key."""
    of = _serves(contract_id) if contract_id else EndpointRow.vendor_id == vendor_id
    statement = select(EndpointRow).where(of).order_by(EndpointRow.key, EndpointRow.contract_id.desc())
    rows = await session.scalars(statement.execution_options(populate_existing=True))
    return tuple(_endpoint(row) for row in rows)


async def remove_endpoint(session: AsyncSession, contract_id: str, vendor_id: str, key: str) -> bool:
    """It is gone, with its secrets. False where there is none."""
    gone = await session.execute(delete(EndpointRow).where(*_is(contract_id, vendor_id, key)).returning(EndpointRow.id))
    return gone.first() is not None


async def set_active(session: AsyncSession, endpoint_id: int, active: bool, reason: str = "") -> None:
    """Whether anything is posted there from now on, and why not."""
    await session.execute(
        update(EndpointRow)
        .where(EndpointRow.id == endpoint_id)
        .values(active=active, inactive_reason=reason[:500])
        .execution_options(synchronize_session=False)
    )


async def came_before(session: AsyncSession, endpoint_id: int, webhook_id: str) -> bool:
    """Whether that webhook came in already and was acted on."""
    is_it = and_(WebhookDeliveryRow.endpoint_id == endpoint_id, WebhookDeliveryRow.webhook_id == webhook_id)
    return await session.scalar(select(WebhookDeliveryRow.webhook_id).where(is_it)) is not None


async def remember_webhook(session: AsyncSession, endpoint_id: int, webhook_id: str) -> None:
    """It was acted on. What nobody will send again is forgotten in the same step."""
    still_there = select(EndpointRow.id, literal(webhook_id)).where(EndpointRow.id == endpoint_id)
    row = insert(WebhookDeliveryRow).from_select(["endpoint_id", "webhook_id"], still_there)
    await session.execute(row.on_conflict_do_nothing())
    long_ago = func.clock_timestamp() - DELIVERIES_ARE_KEPT
    await session.execute(
        delete(WebhookDeliveryRow)
        .where(WebhookDeliveryRow.seen_wall < long_ago)
        .execution_options(synchronize_session=False)
    )


def _serves(contract_id: str) -> ColumnElement[bool]:
    vendor = select(ContractRow.vendor_id).where(ContractRow.id == contract_id).scalar_subquery()
    return or_(
        and_(EndpointRow.contract_id == contract_id, EndpointRow.contract_id != ""),
        and_(EndpointRow.vendor_id == vendor, EndpointRow.vendor_id != ""),
    )


def _is(contract_id: str, vendor_id: str, key: str) -> tuple[ColumnElement[bool], ...]:
    return (EndpointRow.contract_id == contract_id, EndpointRow.vendor_id == vendor_id, EndpointRow.key == key)


async def _one(session: AsyncSession, statement: Select[EndpointRow]) -> Endpoint | None:
    row = await session.scalar(statement.execution_options(populate_existing=True))
    return _endpoint(row) if row else None


def _endpoint(row: EndpointRow) -> Endpoint:
    values = {name: getattr(row, name) for name in Endpoint.__slots__}
    return Endpoint(**{**values, "kind": RouteKind(row.kind)})
