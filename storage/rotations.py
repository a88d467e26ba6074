"""Rotations as they are kept: who is on call in turn, and who stands in for whom."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.rotation import Handover, Override, Rotation
from storage.desk_tables import OverrideRow, RotationRow
from storage.queries.page import Page, columns_for, read, read_page


@dataclass(frozen=True, slots=True)
class KeptOverride:
    """An override with who made it and why. ``created_wall``: by the database's clock."""

    id: int
    rotation_key: str
    begins: datetime
    ends: datetime
    member: str
    by: str
    reason: str
    created_wall: datetime


@dataclass(frozen=True, slots=True)
class KeptRotation:
    """``vendor_id`` empty: for every vendor. ``overrides`` are those of ``rotation``, with who made them."""

    rotation: Rotation
    name: str
    vendor_id: str = ""
    overrides: tuple[KeptOverride, ...] = ()

    @property
    def key(self) -> str:
        return self.rotation.key

    @property
    def people(self) -> frozenset[str]:
        """Everybody who may be called: the members, and who stands in for them."""
        return frozenset(self.rotation.members) | {each.member for each in self.overrides}

    def without_overrides(self) -> "KeptRotation":
        """The rotation as it was put, whoever stands in."""
        return replace(self, rotation=replace(self.rotation, overrides=()), overrides=())

    def serves(self, vendor_id: str) -> bool:
        """Whether contracts of that vendor may call it."""
        return self.vendor_id in ("", vendor_id)


async def put_rotation(session: AsyncSession, kept: KeptRotation) -> bool:
    """Add a rotation, or change the one of that key; its overrides stay as they are. True where it is new."""
    rotation = kept.rotation
    values = {
        "vendor_id": kept.vendor_id,
        "name": kept.name,
        "members": list(rotation.members),
        "handover": rotation.handover.value,
        "handover_minute": rotation.handover_minute,
        "first_day": rotation.first_day,
        "zone": rotation.zone,
    }
    row = insert(RotationRow).values(key=rotation.key, **values)
    added = await session.execute(row.on_conflict_do_nothing().returning(RotationRow.key))
    if added.first() is not None:
        return True
    await session.execute(row.on_conflict_do_update(index_elements=["key"], set_=values))
    return False


async def find_rotation(session: AsyncSession, key: str, since: datetime | None = None) -> KeptRotation | None:
    """The rotation of that key; of its overrides those that end after ``since`` (None: all)."""
    row = await session.get(RotationRow, key, populate_existing=True)
    return _kept(row, await _overrides(session, since, key)) if row else None


async def list_rotations(session: AsyncSession, since: datetime | None = None) -> tuple[KeptRotation, ...]:
    """Every rotation, by name; overrides as in `find_rotation`."""
    statement = select(RotationRow).order_by(RotationRow.name, RotationRow.key)
    rows = await session.scalars(statement.execution_options(populate_existing=True))
    overrides = await _overrides(session, since)
    return tuple(_kept(row, [each for each in overrides if each.rotation_key == row.key]) for row in rows)


async def delete_rotation(session: AsyncSession, key: str) -> bool:
    """It is gone, with its overrides. False where there is none of that key."""
    gone = await session.execute(delete(RotationRow).where(RotationRow.key == key).returning(RotationRow.key))
    return gone.first() is not None


async def add_override(
    session: AsyncSession, key: str, override: Override, by: str, reason: str = ""
) -> KeptOverride | None:
    """Somebody else has the duty for a span. None where there is no rotation of that key.

    Said twice it is there once, as long as no other one that touches its span came in between.
    """
    if await session.scalar(select(RotationRow.key).where(RotationRow.key == key).with_for_update()) is None:
        return None
    touching = await read(
        session,
        select(*columns_for(KeptOverride, OverrideRow))
        .where(OverrideRow.rotation_key == key, OverrideRow.begins < override.end, OverrideRow.ends > override.begin)
        .order_by(OverrideRow.id.desc())
        .limit(1),
        KeptOverride,
    )
    if touching and _says(touching[0]) == override and (touching[0].by, touching[0].reason) == (by, reason):
        return touching[0]
    made = await session.execute(
        insert(OverrideRow)
        .values(
            rotation_key=key, begins=override.begin, ends=override.end, member=override.member, by=by, reason=reason
        )
        .returning(*columns_for(KeptOverride, OverrideRow))
    )
    return KeptOverride(**made.one()._mapping)


async def list_overrides(session: AsyncSession, key: str, limit: int = 50, offset: int = 0) -> Page[KeptOverride]:
    """All that a rotation ever had and nobody took back, the latest to end first."""
    statement = (
        select(*columns_for(KeptOverride, OverrideRow))
        .where(OverrideRow.rotation_key == key)
        .order_by(OverrideRow.ends.desc(), OverrideRow.id.desc())
    )
    return await read_page(session, statement, KeptOverride, limit, offset)


async def delete_override(session: AsyncSession, key: str, override_id: int) -> KeptOverride | None:
    """Take an override back: whose turn it is has the duty again. None where the rotation has none of that id."""
    gone = await session.execute(
        delete(OverrideRow)
        .where(OverrideRow.rotation_key == key, OverrideRow.id == override_id)
        .returning(*columns_for(KeptOverride, OverrideRow))
    )
    row = gone.first()
    return KeptOverride(**row._mapping) if row else None


async def _overrides(session: AsyncSession, since: datetime | None, key: str | None = None) -> tuple[KeptOverride, ...]:
    statement = select(*columns_for(KeptOverride, OverrideRow)).order_by(OverrideRow.id)
    if since is not None:
        statement = statement.where(OverrideRow.ends > since)
    if key is not None:
        statement = statement.where(OverrideRow.rotation_key == key)
    return await read(session, statement, KeptOverride)


def _kept(row: RotationRow, overrides: tuple[KeptOverride, ...] | list[KeptOverride]) -> KeptRotation:
    rotation = Rotation(
        row.key,
        row.zone,
        Handover(row.handover),
        row.first_day,
        tuple(row.members),
        row.handover_minute,
        tuple(_says(each) for each in overrides),
    )
    return KeptRotation(rotation, row.name, row.vendor_id, tuple(overrides))


def _says(kept: KeptOverride) -> Override:
    return Override(kept.begins, kept.ends, kept.member)
