"""What can change under a running contract is looked up here: holidays, zone rules, rates. The result is history."""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import holidays
from temporalio import activity

from activities.calls import HOURLY_RATE, RESOLVE_AGENDA, AgendaCall, Rate, RateCall
from domain.agenda import Agenda
from domain.agenda_build import build_agenda
from domain.contract import Contract
from domain.describe import notices
from domain.terms import add_months
from plans.catalogue import Catalogue

AFTER_THE_TERM = timedelta(days=40)
"""The last report is due some working days after the term."""


@dataclass
class Planning:
    """The activities ``resolve_agenda`` and ``hourly_rate``."""

    catalogue: Catalogue

    @activity.defn(name=RESOLVE_AGENDA)
    async def resolve_agenda(self, call: AgendaCall) -> Agenda:
        """The agenda of one term, in instants."""
        contract = call.contract
        first = add_months(contract.starts_on, call.months_before)
        last = add_months(contract.starts_on, call.months_before + contract.term_months) + AFTER_THE_TERM
        return build_agenda(
            contract,
            holidays_of(contract, first, last),
            term_number=call.term_number,
            months_before=call.months_before,
            flags=notices(contract.plan, contract.term_months),
        )

    @activity.defn(name=HOURLY_RATE)
    async def hourly_rate(self, call: RateCall) -> Rate:
        """The vendor's rate in force on the local day of the delivery (A5), and for a question its secret."""
        day = call.at.astimezone(ZoneInfo(call.zone)).date()
        rate = self.catalogue.hourly_rate(call.vendor_id, day)
        token = secrets.token_hex(16) if call.for_question else ""
        return Rate(day, rate.amount if rate else None, rate.currency if rate else "", token)


class UnknownCountryError(Exception):
    """No calendar of public holidays is known for this country, or for this part of it."""


def holidays_of(contract: Contract, first: date, last: date) -> tuple[date, ...]:
    """The customer's public holidays in the years of a span (A12)."""
    return holidays_in(contract.country, contract.subdivision, first, last)


def holidays_in(country: str, subdivision: str | None, first: date, last: date) -> tuple[date, ...]:
    """The public holidays of a country (ISO 3166), sorted. Raises UnknownCountryError."""
    return tuple(day for day, _ in holidays_by_name(country, subdivision, first, last))


def holidays_by_name(country: str, subdivision: str | None, first: date, last: date) -> tuple[tuple[date, str], ...]:
    """The same with their names, in English where the country's are known in it."""
    years = range(first.year, last.year + 1)
    try:
        found = holidays.country_holidays(country, subdiv=subdivision, years=years, language="en_US")
    except NotImplementedError as unknown:  # the library's word for it
        raise UnknownCountryError(str(unknown)) from None
    return tuple(sorted((day, name) for day, name in found.items() if first <= day <= last))
