"""Staff time: who holds which slot. PostgreSQL's exclusion constraint decides, not a check before the insert."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Row, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from storage.base import table_of
from storage.locks import lock
from storage.models import AssignmentRow, BookingRow

ACTIVE = ("held", "confirmed")


@dataclass(frozen=True, slots=True)
class Booking:
    """A slot (UTC) of one staff member, with the minutes kept free before and after it.

    ``meeting_id`` is the meeting's workflow, ``sequence`` that of its invitation. ``key`` is unique: by custom
    ``<meeting_id>#<sequence>`` for the host, with the staff id after a second ``#`` for others who come.
    """

    key: str
    meeting_id: str
    sequence: int
    staff_id: str
    start: datetime
    end: datetime
    buffer_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Busy:
    """A span that is taken: the slot and, around it, the time that is blocked."""

    key: str
    meeting_id: str
    staff_id: str
    start: datetime
    end: datetime
    blocked_start: datetime
    blocked_end: datetime
    status: str


@dataclass(frozen=True, slots=True)
class Load:
    """How much a staff member has: active roles in contracts, and meetings with their minutes in the asked span."""

    staff_id: str
    contracts: int
    meetings: int
    minutes: int


async def try_book(session: AsyncSession, booking: Booking) -> bool:
    """Take the slot; earlier sequences of the same meeting are given up in the same step. True: it is held.

    False: somebody else has (a part of) the blocked time, or the key holds another slot already; nothing was changed
    then, and the transaction goes on. The same booking again is True, so an activity may run twice: ask `booked`
    first, since a free slot looked for a second time may be another one.
    """
    await lock_staff(session, [booking.staff_id])
    existing = await booked(session, booking.key)
    if existing is not None:
        return existing.status in ACTIVE and _same(existing, booking)
    return await take(session, booking)


async def take(session: AsyncSession, booking: Booking) -> bool:
    """As `try_book`, for whoever has locked the staff member, and knows that there is no booking of this key."""
    try:
        async with session.begin_nested():
            if booking.sequence > 0:
                await settle_bookings(session, booking.meeting_id, "cancelled", before=booking.sequence)
            await session.execute(_TAKE, _row(booking))
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) != "23P01":  # exclusion_violation
            raise
        return False
    return True


async def booked(session: AsyncSession, key: str) -> Busy | None:
    """The booking of this key, whatever its status; None where there is none."""
    row = (await session.execute(_BOOKED, {"key": key})).one_or_none()
    return _busy(row) if row else None


async def busy(
    session: AsyncSession,
    staff_ids: Collection[str],
    since: datetime,
    until: datetime,
    except_meeting: str = "",
) -> tuple[Busy, ...]:
    """What is taken of these people's time between two instants, sorted by staff and start.

    ``except_meeting``: leaves out the bookings of the meeting that is being moved.
    """
    asked = {"staff": staff_ids, "span": Range(since, until, bounds="[)"), "except": except_meeting}
    rows = await session.execute(_BUSY, asked)
    return tuple(_busy(row) for row in rows)


async def loads(session: AsyncSession, staff_ids: Sequence[str], since: datetime, until: datetime) -> tuple[Load, ...]:
    """Each one's load, the least loaded first (fewest minutes, then contracts, then the id)."""
    contracts = await session.execute(
        select(AssignmentRow.staff_id, func.count().label("number"))
        .where(AssignmentRow.staff_id.in_(staff_ids), AssignmentRow.active)
        .group_by(AssignmentRow.staff_id)
    )
    roles = {row.staff_id: row.number for row in contracts}
    taken: dict[str, list[int]] = {staff_id: [] for staff_id in staff_ids}
    for span in await busy(session, staff_ids, since, until):
        taken[span.staff_id].append(int((span.end - span.start).total_seconds()) // 60)
    found = [Load(each, roles.get(each, 0), len(spans), sum(spans)) for each, spans in taken.items()]
    return tuple(sorted(found, key=lambda load: (load.minutes, load.contracts, load.staff_id)))


async def lock_staff(session: AsyncSession, staff_ids: Collection[str]) -> None:
    """Make other bookings of these people wait until this transaction ends.

    Not needed for correctness: it keeps two bookers from a deadlock, and lets a daily limit be counted exactly.
    """
    for staff_id in sorted(staff_ids):
        await lock(session, f"staff {staff_id}")


async def settle_bookings(
    session: AsyncSession,
    meeting_id: str,
    status: str,
    *,
    before: int | None = None,
    up_to: int | None = None,
) -> None:
    """Move a meeting's active bookings on: held to confirmed, or either to cancelled or done; never back.

    ``before``: only those of an earlier sequence; ``up_to``: also that one. Called by the projection.
    """
    await session.execute(_SETTLE, {"meeting": meeting_id, "to": status, "before": before, "up_to": up_to})


async def free_others(session: AsyncSession, meeting_id: str, sequence: int, staying: Collection[str]) -> None:
    """Give back the time of whoever does not come any more to a slot that stays.

    Their booking is taken out and not cancelled: its key is free again if the same person is asked back.
    """
    await session.execute(
        delete(BookingRow).where(
            BookingRow.meeting_id == meeting_id,
            BookingRow.sequence == sequence,
            BookingRow.status.in_(ACTIVE),
            BookingRow.staff_id.not_in(staying),
        )
    )


_BOOKINGS = table_of(BookingRow)
_COLUMNS = tuple(_BOOKINGS.c[name] for name in ("key", "meeting_id", "staff_id", "slot", "blocked", "status"))
_BOOKED = select(*_COLUMNS).where(_BOOKINGS.c.key == bindparam("key"))
_BUSY = (
    select(*_COLUMNS)
    .where(
        _BOOKINGS.c.staff_id.in_(bindparam("staff", expanding=True)),
        _BOOKINGS.c.blocked.overlaps(bindparam("span", type_=TSTZRANGE)),
        _BOOKINGS.c.status.in_(ACTIVE),
        _BOOKINGS.c.meeting_id != bindparam("except"),
    )
    .order_by(_BOOKINGS.c.staff_id, func.lower(_BOOKINGS.c.slot), _BOOKINGS.c.key)
)
_TAKE = insert(_BOOKINGS)
_SETTLE = (
    update(_BOOKINGS)
    .where(
        _BOOKINGS.c.meeting_id == bindparam("meeting"),
        _BOOKINGS.c.status.in_(ACTIVE),
        _BOOKINGS.c.sequence < func.coalesce(bindparam("before", type_=BigInteger), _BOOKINGS.c.sequence + 1),
        _BOOKINGS.c.sequence <= func.coalesce(bindparam("up_to", type_=BigInteger), _BOOKINGS.c.sequence),
    )
    .values(status=bindparam("to"))
)


def _row(booking: Booking) -> dict[str, object]:
    buffer = timedelta(minutes=booking.buffer_minutes)
    return {
        "key": booking.key,
        "meeting_id": booking.meeting_id,
        "sequence": booking.sequence,
        "staff_id": booking.staff_id,
        "slot": Range(booking.start, booking.end, bounds="[)"),
        "blocked": Range(booking.start - buffer, booking.end + buffer, bounds="[)"),
        "status": "held",
    }


def _same(existing: Busy, booking: Booking) -> bool:
    return (existing.staff_id, existing.start, existing.end) == (booking.staff_id, booking.start, booking.end)


def _busy(row: Row[*tuple[object, ...]]) -> Busy:
    return Busy(
        row.key,
        row.meeting_id,
        row.staff_id,
        row.slot.lower,
        row.slot.upper,
        row.blocked.lower,
        row.blocked.upper,
        row.status,
    )
