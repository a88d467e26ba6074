"""Who comes to a slot besides its host: their time, under the same exclusion constraint."""

from sqlalchemy.ext.asyncio import AsyncSession

from activities.working_hours import why_away
from domain.contract import Contract
from domain.meeting import MeetingPlan, Slot
from storage import bookings
from storage.contracts import find_contract
from storage.staff import StaffMember, find_staff


async def book_others(
    session: AsyncSession, meeting: MeetingPlan, sequence: int, slot: Slot
) -> tuple[StaffMember, ...]:
    """The other roles of the meeting ("and/or", A4) and who was brought in: whoever is at work and free then comes."""
    assigned, team = dict(meeting.assigned), list[StaffMember]()
    wanted = [assigned[role] for role in meeting.roles[1:] if role in assigned]
    wanted += [each.staff_id for each in meeting.joining]
    others = [staff_id for staff_id in dict.fromkeys(wanted) if staff_id != slot.staff_id]
    contract = await _contract(session, meeting) if others else None
    for staff_id in others:
        member = await find_staff(session, staff_id)
        if member is not None and not await _why_not(session, contract, meeting, sequence, slot, member):
            team.append(member)
    return tuple(team)


async def why_one_cannot_come(
    session: AsyncSession, meeting: MeetingPlan, sequence: int, slot: Slot, staff_id: str
) -> str:
    """Book the time of one more; the reason, in words, where they have none."""
    member = await find_staff(session, staff_id)
    if member is None:
        return f"there is nobody {staff_id!r} at work"
    return await _why_not(session, await _contract(session, meeting), meeting, sequence, slot, member)


async def _contract(session: AsyncSession, meeting: MeetingPlan) -> Contract | None:
    signed = await find_contract(session, meeting.contract_id)
    return signed.contract if signed is not None else None


async def _why_not(
    session: AsyncSession,
    contract: Contract | None,
    meeting: MeetingPlan,
    sequence: int,
    slot: Slot,
    member: StaffMember,
) -> str:
    """Takes their time, and is empty then. Whose time is taken already keeps it, whatever their hours are by now."""
    if not member.active:
        return f"{member.name} is not at work any more"
    key = f"{meeting.workflow_id}#{sequence}#{member.id}"
    away = why_away(contract, member, meeting, slot) if contract is not None else ""
    if away and await bookings.booked(session, key) is None:
        return away
    booking = bookings.Booking(
        key, meeting.workflow_id, sequence, member.id, slot.start, slot.end, member.buffer_minutes
    )
    taken = await bookings.try_book(session, booking)
    return "" if taken else f"{member.name} is not free at {slot.start:%Y-%m-%d %H:%M} UTC"
