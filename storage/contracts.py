"""Contracts as signed: the order with its whole plan. What became of a contract is in the facts and read models."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.contract import Contract
from storage.models import ContractRow, CustomerRow, FeedTokenRow

_CONTRACT = TypeAdapter(Contract)


class ContractTaken(Exception):
    """The contract's id, or the idempotency key, belongs to another order already."""


@dataclass(frozen=True, slots=True)
class SignedContract:
    """An order: ``signed_at`` in business time, ``workflow_started`` as soon as its workflow is known to run."""

    contract: Contract
    signed_at: datetime
    workflow_started: bool


async def sign(
    session: AsyncSession, contract: Contract, signed_at: datetime, idempotency_key: str | None = None
) -> bool:
    """Store an order, and its customer where new. True: stored now; False: the very same order is there already.

    Raises ContractTaken where the id or the idempotency key belongs to another order.
    """
    await put_customer(session, contract.customer_id, contract.customer_name)
    document = _CONTRACT.dump_python(contract, mode="json")
    stored = await session.execute(
        insert(ContractRow)
        .values(
            id=contract.id,
            customer_id=contract.customer_id,
            vendor_id=contract.plan.vendor.id,
            plan_id=contract.plan.id,
            document=document,
            signed_at=signed_at,
            idempotency_key=idempotency_key,
        )
        .on_conflict_do_nothing()
        .returning(ContractRow.id)
    )
    if stored.first() is not None:
        return True
    there = await session.scalar(select(ContractRow.document).where(ContractRow.id == contract.id))
    if there is None:
        raise ContractTaken(f"the idempotency key {idempotency_key!r} belongs to another order")
    if _CONTRACT.validate_python(there) != contract:
        raise ContractTaken(f"there is another contract {contract.id!r} already")
    return False


async def find_contract(session: AsyncSession, contract_id: str) -> SignedContract | None:
    """The order as signed."""
    row = await session.get(ContractRow, contract_id, populate_existing=True)
    return _signed(row) if row else None


async def mark_started(session: AsyncSession, contract_id: str) -> None:
    """Its workflow runs: starting it again is not needed any more."""
    await session.execute(
        update(ContractRow)
        .where(ContractRow.id == contract_id)
        .values(workflow_started=True)
        .execution_options(synchronize_session=False)
    )


async def not_started(session: AsyncSession, limit: int = 1000) -> tuple[SignedContract, ...]:
    """Orders whose workflow is not known to run (the process died in between), the oldest first."""
    rows = await session.scalars(
        select(ContractRow)
        .where(ContractRow.workflow_started.is_(False))
        .order_by(ContractRow.signed_at, ContractRow.id)
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    return tuple(_signed(row) for row in rows)


async def put_customer(session: AsyncSession, customer_id: str, name: str) -> None:
    """A customer, or its new name."""
    row = insert(CustomerRow).values(id=customer_id, name=name)
    await session.execute(
        row.on_conflict_do_update(
            index_elements=["id"], set_={"name": name}, where=CustomerRow.name != row.excluded.name
        )
    )


async def open_feed(session: AsyncSession, contract_id: str, token: str) -> None:
    """Give a contract's calendar feed an address. The caller makes ``token`` unguessable. Again is no error."""
    await session.execute(insert(FeedTokenRow).values(token=token, contract_id=contract_id).on_conflict_do_nothing())


async def revoke_feed(session: AsyncSession, token: str, at: datetime) -> bool:
    """That address gives nothing from now on. False where it is unknown or revoked already."""
    revoked = await session.execute(
        update(FeedTokenRow)
        .where(FeedTokenRow.token == token, FeedTokenRow.revoked_at.is_(None))
        .values(revoked_at=at)
        .returning(FeedTokenRow.token)
        .execution_options(synchronize_session=False)
    )
    return revoked.first() is not None


async def contract_of_feed(session: AsyncSession, token: str) -> str | None:
    """The contract whose feed has this address; None where it is unknown or revoked."""
    return await session.scalar(
        select(FeedTokenRow.contract_id).where(FeedTokenRow.token == token, FeedTokenRow.revoked_at.is_(None))
    )


async def feed_of_contract(session: AsyncSession, contract_id: str) -> str | None:
    """The address of a contract's feed, None where it has none that is in force."""
    return await session.scalar(
        select(FeedTokenRow.token)
        .where(FeedTokenRow.contract_id == contract_id, FeedTokenRow.revoked_at.is_(None))
        .order_by(FeedTokenRow.token)
        .limit(1)
    )


def _signed(row: ContractRow) -> SignedContract:
    return SignedContract(_CONTRACT.validate_python(row.document), row.signed_at, row.workflow_started)
