"""Make the read models again from the facts: after a change of the projection, or to prove that they say the same."""

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.bookings import Booking, booked, try_book
from storage.facts import facts_after
from storage.projection import project
from storage.views import READ_MODELS, MeetingView

CHUNK = 500


async def rebuild(session: AsyncSession) -> int:
    """Empty the read models and project every fact again, in the order of insertion; returns how many there were.

    Writers and readers wait until the transaction ends. Bookings only move forward, so
    they stay as they are.
    """
    await session.execute(text("LOCK TABLE facts IN SHARE ROW EXCLUSIVE MODE"))
    names = ", ".join(table.__tablename__ for table in READ_MODELS)
    await session.execute(text(f"TRUNCATE {names}"))
    count, last = 0, 0
    while chunk := await facts_after(session, last, CHUNK):
        for _, fact in chunk:
            await project(session, fact)
        count, last = count + len(chunk), chunk[-1][0]
    return count


async def restore_bookings(session: AsyncSession) -> int:
    """Book what the facts say is still to come, in a database that was filled from the workflows' histories.

    Returns how many were missing. Buffers are not in the facts: the slots alone are blocked.
    """
    meetings = await session.scalars(
        select(MeetingView)
        .where(MeetingView.status.in_(("invited", "confirmed")), MeetingView.staff_id.is_not(None))
        .order_by(MeetingView.start, MeetingView.workflow_id)
    )
    restored = 0
    for meeting in meetings.all():
        if meeting.start is None or meeting.end is None or meeting.sequence is None or not meeting.staff_id:
            continue
        key = f"{meeting.workflow_id}#{meeting.sequence}"
        if await booked(session, key) is None:
            slot = Booking(key, meeting.workflow_id, meeting.sequence, meeting.staff_id, meeting.start, meeting.end)
            restored += await try_book(session, slot)
    return restored
