"""Which channels of a vendor are down, since when, and who said so (essensys-3)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage.desk_tables import DowntimeRow
from storage.queries.page import columns_for, read


@dataclass(frozen=True, slots=True)
class Downtime:
    """``until`` None: the channel is down now. ``ended_by``: who said that it is up again."""

    vendor_id: str
    channel: str
    since: datetime
    until: datetime | None
    by: str
    reason: str
    ended_by: str
    ended_reason: str


async def down_channels(session: AsyncSession, vendor_id: str) -> tuple[str, ...]:
    """The names of the vendor's channels that are down now, sorted."""
    rows = await session.scalars(
        select(DowntimeRow.channel)
        .where(DowntimeRow.vendor_id == vendor_id, DowntimeRow.until.is_(None))
        .order_by(DowntimeRow.channel)
    )
    return tuple(rows)


async def latest_downtimes(session: AsyncSession) -> tuple[Downtime, ...]:
    """The last downtime of each channel that ever had one, by vendor and channel."""
    statement = (
        select(*columns_for(Downtime, DowntimeRow))
        .ext(distinct_on(DowntimeRow.vendor_id, DowntimeRow.channel))
        .order_by(DowntimeRow.vendor_id, DowntimeRow.channel, DowntimeRow.since.desc(), DowntimeRow.id.desc())
    )
    return await read(session, statement, Downtime)


async def mark_down(
    session: AsyncSession, vendor_id: str, channel: str, at: datetime, by: str, reason: str = ""
) -> Downtime:
    """The channel is down from now on. One that is down already stays as who said so first has told it."""
    row = insert(DowntimeRow).values(vendor_id=vendor_id, channel=channel, since=at, by=by, reason=reason)
    # An update that changes nothing, so that the row which is there already is given back.
    told = await session.execute(
        row.on_conflict_do_update(
            index_elements=["vendor_id", "channel"],
            index_where=DowntimeRow.until.is_(None),
            set_={"channel": row.excluded.channel},
        ).returning(*columns_for(Downtime, DowntimeRow))
    )
    return Downtime(**told.one()._mapping)


async def mark_up(
    session: AsyncSession, vendor_id: str, channel: str, at: datetime, by: str, reason: str = ""
) -> Downtime | None:
    """The channel works again. None where it was not down."""
    ended = await session.execute(
        update(DowntimeRow)
        .where(DowntimeRow.vendor_id == vendor_id, DowntimeRow.channel == channel, DowntimeRow.until.is_(None))
        # Two machines' clocks may differ a little: nothing ends before it began.
        .values(until=func.greatest(DowntimeRow.since, at), ended_by=by, ended_reason=reason)
        .returning(*columns_for(Downtime, DowntimeRow))
        .execution_options(synchronize_session=False)
    )
    row = ended.first()
    return Downtime(**row._mapping) if row else None
