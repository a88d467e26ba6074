"""Pages of rows, and how a row becomes a dataclass."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.base import Base

T = TypeVar("T")

LARGEST_PAGE = 500


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of ``total`` items: at most ``limit``, after the first ``offset``."""

    items: tuple[T, ...]
    total: int
    limit: int
    offset: int


def columns_for(shape: type[Any], *tables: type[Base], without: Iterable[str] = ()) -> list[ColumnElement[Any]]:
    """For each field of the dataclass the column of that name, from the first table that has it."""
    left_out = set(without)
    chosen = []
    for field in fields(shape):
        if field.name in left_out:
            continue
        table = next(each for each in tables if field.name in each.__table__.columns)
        chosen.append(getattr(table, field.name))
    return chosen


async def read(session: AsyncSession, statement: Select[*tuple[Any, ...]], shape: type[T]) -> tuple[T, ...]:
    """The rows as dataclasses; the statement's columns are named as its fields."""
    return tuple(_shaped(row._mapping, shape) for row in await session.execute(statement))


async def read_one(session: AsyncSession, statement: Select[*tuple[Any, ...]], shape: type[T]) -> T | None:
    """The first row as a dataclass."""
    rows = await read(session, statement.limit(1), shape)
    return rows[0] if rows else None


async def read_page(
    session: AsyncSession, statement: Select[*tuple[Any, ...]], shape: type[T], limit: int, offset: int
) -> Page[T]:
    """One page of the ordered statement, and how many rows it has in all."""
    limit, offset = bounded(limit, offset)
    total = await session.scalar(select(func.count()).select_from(statement.order_by(None).subquery()))
    items = await read(session, statement.limit(limit).offset(offset), shape)
    return Page(items, total or 0, limit, offset)


def bounded(limit: int, offset: int) -> tuple[int, int]:
    """A page is never larger than `LARGEST_PAGE`, whatever is asked."""
    return max(1, min(limit, LARGEST_PAGE)), max(0, offset)


def _shaped(row: Any, shape: type[T]) -> T:
    return shape(**{name: tuple(value) if isinstance(value, list) else value for name, value in row.items()})
