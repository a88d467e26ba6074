"""When the people of a meeting are at work: their hours, zones and holidays as coverage."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from activities.planning import holidays_by_name
from domain.at_work import AtWork, outside_hours
from domain.contract import Contract
from domain.coverage import Coverage, CoverageError, CoverageSpec, WeeklyHours, build
from domain.meeting import MeetingPlan, Slot
from storage.staff import StaffMember

_DAY = timedelta(days=1)


def hours_of_both(
    contract: Contract, host: StaffMember, meeting: MeetingPlan, first: date, last: date
) -> tuple[Coverage, Coverage] | None:
    """The hours that bound a slot on the host's and on the customer's side; None where one side is never at work."""
    hours = [side.hours for side in _sides(contract, host, meeting, first, last)]
    ours, theirs = hours[0], hours[-1]
    return None if ours is None or theirs is None else (ours, theirs)


def why_outside(contract: Contract, host: StaffMember, meeting: MeetingPlan, start: datetime) -> str:
    """Why the meeting would lie outside of somebody's working hours if it began then; empty where it would not."""
    end = start + timedelta(minutes=meeting.minutes)
    return outside_hours(_sides(contract, host, meeting, start.date() - _DAY, end.date() + _DAY), start, end)


def why_away(contract: Contract, member: StaffMember, meeting: MeetingPlan, slot: Slot) -> str:
    """Why a slot lies outside of the hours of one who joins it; empty where it does not, or where they travel there."""
    if meeting.onsite:
        return ""
    first, last = slot.start.date() - _DAY, slot.end.date() + _DAY
    own = _side(member.name, member.zone, member.hours, member.country or contract.country, None, first, last)
    return outside_hours((own,), slot.start, slot.end)


def _sides(contract: Contract, host: StaffMember, meeting: MeetingPlan, first: date, last: date) -> Iterator[AtWork]:
    """The host, then the customer; of an onsite meeting the customer alone, since the host comes there."""
    if not meeting.onsite:
        yield _side(host.name, host.zone, host.hours, host.country or contract.country, None, first, last)
    theirs = contract.country, contract.subdivision
    yield _side(contract.customer_name, contract.zone, contract.business_hours, *theirs, first, last)


def _side(
    name: str, zone: str, hours: WeeklyHours, country: str, subdivision: str | None, first: date, last: date
) -> AtWork:
    closed = holidays_by_name(country, subdivision, first, last)
    try:
        coverage = build(CoverageSpec(zone, hours, tuple(day for day, _ in closed)), first, last, ZoneInfo)
    except CoverageError:
        coverage = None
    return AtWork(name, zone, ZoneInfo(zone), coverage, closed)
