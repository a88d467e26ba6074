"""Whose time it takes: roles are assigned, and slots are booked under the database's exclusion constraint."""

import secrets
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.calls import (
    ASSIGN_ROLES,
    BOOK,
    BOOK_TEAM,
    BRING_IN,
    AssignCall,
    Assigned,
    BookCall,
    Booked,
    BringInCall,
    BroughtIn,
    Team,
    TeamCall,
)
from activities.team import book_others, why_one_cannot_come
from activities.working_hours import hours_of_both, why_outside
from domain.assigning import shared_minutes_a_week
from domain.contract import Assignment, Contract, Person
from domain.meeting import MeetingPlan, Slot
from domain.plan import Role
from domain.slots import SlotRules, Span, StaffDay, free_slots, told_if_late
from storage import bookings
from storage.contracts import find_contract
from storage.session import Sessions
from storage.staff import StaffMember, assign, find_staff, qualified

NOTICE_HOURS = 24
ONSITE_NOTICE_HOURS = 14 * 24
"""Who comes to the customer has to travel."""

OFFERS = 5
TRIES = 50
"""So many slots are tried before somebody else's bookings have won; then the search is tried again later."""

LATE_OFFERS = timedelta(days=14)

_DAY = timedelta(days=1)


@dataclass
class Staffing:
    """The activities ``assign_roles``, ``book``, ``book_team`` and ``bring_in``."""

    sessions: Sessions

    @activity.defn(name=ASSIGN_ROLES)
    async def assign_roles(self, call: AssignCall) -> Assigned:
        """For each role somebody who works when the customer does, the least loaded of those; decided once."""
        assignments: list[Assignment] = []
        unfilled: list[Role] = []
        async with self.sessions.begin() as session:
            signed = await find_contract(session, call.contract_id)
            shared = _shared_with(signed.contract) if signed is not None else None
            for role in call.roles:
                member = await assign(session, call.contract_id, role, call.vendor_id, shared_minutes=shared)
                if member is None:
                    unfilled.append(role)
                else:
                    assignments.append(Assignment(role, member.id, person_of(member)))
        return Assigned(tuple(assignments), tuple(unfilled))

    @activity.defn(name=BOOK)
    async def book(self, call: BookCall) -> Booked:
        """A slot in both sides' hours for the host, and for the others who come where they are free then.

        A meeting begins on a whole minute: of a chosen start the seconds are dropped. Each host is tried in a
        transaction of their own, so that two searches never wait for each other's people. A chosen start outside of
        somebody's working hours is booked only where that was confirmed (not ``in_hours``); `Booked.outside` tells.
        """
        if call.exact is not None:
            call = replace(call, exact=call.exact.replace(second=0, microsecond=0))
        async with self.sessions() as session:
            contract = await find_contract(session, call.meeting.contract_id)
            assigned, holder = await self._assigned(session, call)
        if contract is None:
            return Booked(None, reason=f"there is no contract {call.meeting.contract_id}")
        tried, offers, outside = list[StaffMember](), list[datetime](), ""
        async for host in self._hosts(call, assigned, holder):
            tried.append(host)
            outside = why_outside(contract.contract, host, call.meeting, call.exact) if call.exact else ""
            async with self.sessions.begin() as session:
                suits = not (outside and call.in_hours)
                slot = await self._book_host(session, call, contract.contract, host, offers, suits)
                if slot is not None:
                    team = await book_others(session, call.meeting, call.sequence, slot)
                    late, people = _late(call.meeting, slot), tuple(person_of(member) for member in team)
                    return Booked(slot, people, f"{uuid.uuid4()}", secrets.token_hex(16), outside=outside, late=late)
        if not tried:
            return Booked(None, reason=f"nobody on the staff can host it ({call.meeting.roles[0].title})")
        outside = outside if call.in_hours else ""
        reason = outside or _why_not(call, tried)
        return Booked(None, reason=reason, offers=tuple(sorted(set(offers))[:OFFERS]), outside=outside)

    async def _assigned(self, session: AsyncSession, call: BookCall) -> tuple[StaffMember | None, str]:
        """Who is to host, if they still work here; and who holds this booking already (it ran before)."""
        wanted = call.keep_staff or dict(call.meeting.assigned).get(call.meeting.roles[0])
        member = await find_staff(session, wanted) if wanted is not None else None
        before = await bookings.booked(session, _key(call))
        holder = before.staff_id if before is not None and before.status in bookings.ACTIVE else ""
        return (member if member is not None and member.active else None), holder

    async def _hosts(self, call: BookCall, assigned: StaffMember | None, holder: str) -> AsyncIterator[StaffMember]:
        """Who may host, in order: the assigned one, then the others who are qualified, the least loaded first.

        The one to keep, or the one at whose time somebody has chosen a start, is not exchanged as long as they work
        here. Who holds this very booking comes first. The others are looked for only where they are needed.
        """
        first = [assigned] if assigned is not None else []
        only_first = call.keep_staff is not None or call.exact is not None
        tried = first if only_first or holder in ("", *(each.id for each in first)) else []
        for host in tried:
            yield host
        if tried and only_first:
            return
        async with self.sessions() as session:
            able = await qualified(session, call.meeting.roles[0], call.meeting.vendor_id)
            others = {each.id: each for each in able}
            loads = await bookings.loads(session, list(others), call.now, max(call.now, call.meeting.latest))
        hosts = first + [others[load.staff_id] for load in loads if load.staff_id not in {each.id for each in first}]
        for host in sorted(hosts, key=lambda each: each.id != holder):
            if host not in tried:
                yield host

    async def _book_host(
        self,
        session: AsyncSession,
        call: BookCall,
        contract: Contract,
        host: StaffMember,
        offers: list[datetime],
        exact_suits: bool,
    ) -> Slot | None:
        await bookings.lock_staff(session, [host.id])
        key = _key(call)
        before = await bookings.booked(session, key)
        if before is not None and before.status in bookings.ACTIVE and before.staff_id == host.id:
            return Slot(before.start, before.end, host.id, person_of(host), call.meeting.place)
        taken = await self._taken(session, host, call)
        if call.exact is not None:
            asked = (call.exact, call.exact + timedelta(minutes=call.meeting.minutes))
            free = _free_near(contract, host, call, taken, call.exact)
            candidates: Iterator[Span] = iter([asked] if exact_suits else [])
        else:
            free = _free(contract, host, call, taken)
            candidates = islice(free, TRIES)
        for start, end in candidates:
            booking = bookings.Booking(
                key, call.meeting.workflow_id, call.sequence, host.id, start, end, host.buffer_minutes
            )
            # A key that somebody else holds, or that was given up, is not taken again.
            if before is None and await bookings.take(session, booking):
                return Slot(start, end, host.id, person_of(host), call.meeting.place)
        now_at = await self._now_at(session, host, call)
        offers.extend(islice((start for start, _ in free if start not in now_at), OFFERS))
        return None

    @activity.defn(name=BOOK_TEAM)
    async def book_team(self, call: TeamCall) -> Team:
        """The others of a slot that is booked, after a role has changed hands."""
        async with self.sessions.begin() as session:
            team = await book_others(session, call.meeting, call.sequence, call.slot)
            staying = (call.slot.staff_id, *(member.id for member in team))
            await bookings.free_others(session, call.meeting.workflow_id, call.sequence, staying)
        return Team(tuple(person_of(member) for member in team))

    @activity.defn(name=BRING_IN)
    async def bring_in(self, call: BringInCall) -> BroughtIn:
        """One more for a slot that is booked: their time, or the reason why they have none."""
        async with self.sessions.begin() as session:
            return BroughtIn(await why_one_cannot_come(session, call.meeting, call.sequence, call.slot, call.staff_id))

    async def _taken(self, session: AsyncSession, host: StaffMember, call: BookCall) -> tuple[bookings.Busy, ...]:
        return await bookings.busy(session, [host.id], *_looked_at(call), except_meeting=call.meeting.workflow_id)

    async def _now_at(self, session: AsyncSession, host: StaffMember, call: BookCall) -> tuple[datetime, ...]:
        """When the meeting is now: it need not be offered that."""
        found = await bookings.busy(session, [host.id], *_looked_at(call))
        return tuple(span.start for span in found if span.meeting_id == call.meeting.workflow_id)


def _shared_with(contract: Contract) -> Callable[[StaffMember], int]:
    def minutes_a_week(member: StaffMember) -> int:
        return shared_minutes_a_week(
            member.hours, member.zone, contract.business_hours, contract.zone, contract.starts_on, ZoneInfo
        )

    return minutes_a_week


def _free(contract: Contract, host: StaffMember, call: BookCall, taken: tuple[bookings.Busy, ...]) -> Iterator[Span]:
    """Free slots of host and customer, the earliest first; none where one side has no open time at all."""
    begin, end = call.not_before, _search_until(call)
    if begin >= end:
        return iter(())
    both = hours_of_both(contract, host, call.meeting, begin.date() - _DAY, end.date() + _DAY)
    if both is None:
        return iter(())
    notice = ONSITE_NOTICE_HOURS if call.meeting.onsite else NOTICE_HOURS
    return free_slots(
        *both,
        [(span.blocked_start, span.blocked_end) for span in taken],
        call.meeting.minutes,
        begin,
        end,
        now=call.now,
        rules=SlotRules(host.buffer_minutes, notice, host.daily_limit),
        days=_days(host, taken),
        preferred=call.meeting.preferred,
    )


def _free_near(
    contract: Contract, host: StaffMember, call: BookCall, taken: tuple[bookings.Busy, ...], wanted: datetime
) -> Iterator[Span]:
    """What to offer instead of a start that somebody wanted: the next ones, else those nearest before it."""
    later = replace(call, meeting=replace(call.meeting, preferred=None), not_before=max(call.not_before, wanted))
    found = tuple(islice(_free(contract, host, later, taken), OFFERS + 1))  # one may be its own
    earlier = replace(call, meeting=replace(call.meeting, preferred=wanted))
    yield from found or _free(contract, host, earlier, taken)


def _looked_at(call: BookCall) -> tuple[datetime, datetime]:
    return call.not_before - _DAY, max(_search_until(call), call.not_before) + _DAY


def _search_until(call: BookCall) -> datetime:
    """Where a search ends. Who has chosen a start beyond the last day is offered what lies around that."""
    latest = call.meeting.latest
    return latest if call.exact is None or call.exact < latest else call.exact + LATE_OFFERS


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _days(host: StaffMember, taken: tuple[bookings.Busy, ...]) -> tuple[StaffDay, ...]:
    """How many meetings each day of the host has already, by the host's own midnight."""
    zone, counts = ZoneInfo(host.zone), dict[date, int]()
    for span in taken:
        day = span.start.astimezone(zone).date()
        counts[day] = counts.get(day, 0) + 1
    return tuple(
        StaffDay(
            _midnight(day, zone),
            _midnight(day + _DAY, zone),
            count,
        )
        for day, count in sorted(counts.items())
    )


def _key(call: BookCall) -> str:
    return f"{call.meeting.workflow_id}#{call.sequence}"


def _late(meeting: MeetingPlan, slot: Slot) -> str:
    if meeting.due is None:
        return ""
    return told_if_late(meeting.title, slot.start, meeting.due, ZoneInfo(meeting.zone))


def _why_not(call: BookCall, hosts: list[StaffMember]) -> str:
    names, others = hosts[0].name, len(hosts) - 1
    if call.exact is not None:
        return f"{names} is not free at {call.exact:%Y-%m-%d %H:%M} UTC"
    if others:
        names = f"{names} (or {others} {'other' if others == 1 else 'others'} who could host)"
    return f"no time suits both {names} and {call.meeting.customer_name} until {call.meeting.latest:%Y-%m-%d}"


def person_of(member: StaffMember) -> Person:
    """A member of the staff as somebody who is written to."""
    return Person(member.name, member.email, zone=member.zone)
