"""Opening hours expanded into instants: zone rules, holidays and closed days are looked up here, and enter history."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from temporalio import activity

from activities.calls import EXPAND_COVERAGE, CoverageCall, Expanded
from activities.planning import holidays_in
from domain.coverage import DatedException, build
from domain.ticket_coverage import KeyedCoverage, OpeningHours, spec_of
from storage.closed_days import closed_days_of
from storage.session import Sessions

HORIZON_DAYS = 120
"""A ticket's opening hours are expanded so far ahead when it is registered; further when it asks for more."""


@dataclass
class Opening:
    """The activity ``expand_coverage``."""

    sessions: Sessions

    @activity.defn(name=EXPAND_COVERAGE)
    async def expand_coverage(self, call: CoverageCall) -> Expanded:
        """The same opening hours, further ahead, with every closed day that is known now."""
        async with self.sessions() as session:
            known = await closed_days_of(session, call.contract_id)
        version = max(call.version, known.version)
        return Expanded(expanded(call.hours, call.since, call.days, known.exceptions, version))


def expanded(
    hours: Iterable[OpeningHours],
    since: datetime,
    days: int,
    exceptions: Iterable[tuple[str, DatedException]] = (),
    version: int = 1,
) -> tuple[KeyedCoverage, ...]:
    """Each of the opening hours, from the local day of ``since`` for so many days.

    ``exceptions``: (rule of the plan's coverage or empty for each, the day). Raises CoverageError where nothing is
    open.
    """
    dated = tuple(exceptions)
    return tuple(_expanded(each, since, days, dated, version) for each in hours)


def _expanded(
    hours: OpeningHours,
    since: datetime,
    days: int,
    exceptions: tuple[tuple[str, DatedException], ...],
    version: int,
) -> KeyedCoverage:
    first = since.astimezone(ZoneInfo(hours.zone)).date()
    last = first + timedelta(days=days)
    off = _holidays(hours, first, last)
    fitting = {day.day: day for rule, day in exceptions if rule in ("", hours.rule) and first <= day.day <= last}
    spec = spec_of(hours, off, tuple(fitting[day] for day in sorted(fitting)))
    return KeyedCoverage(hours.key, hours.zone, build(spec, first, last, ZoneInfo, version))


def _holidays(hours: OpeningHours, first: date, last: date) -> tuple[date, ...]:
    return holidays_in(hours.country, hours.subdivision, first, last) if hours.country else ()
