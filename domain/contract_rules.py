"""What a contract must state before it can be signed. Pure; which countries have holidays is asked elsewhere."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.contract import Contract, Person
from domain.plan import Charge, ChargeKind, Limit, LimitKind

LONGEST_TERM_MONTHS = 120
LONGEST_EMAIL = 254
LONGEST_ID = 56  # ``support+`` and it are the local part of an address, which has room for 64 octets (RFC 5321)

_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+")
_DOMAIN_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_COUNTRY = re.compile(r"[A-Z]{2}")
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Problem:
    """``field`` is the path in the contract (``prices.user_tier_base``, ``contacts[1].email``)."""

    field: str
    message: str


def validate_contract(contract: Contract) -> tuple[Problem, ...]:
    """Everything that keeps a contract from being signed, in the order of its fields; empty where nothing does.

    Reads zone data to know a zone's name, so it is called outside of workflows. Whether the country and its
    subdivision have a calendar of holidays is not known here.
    """
    return tuple(problem for rule in _RULES for problem in rule(contract))


def _names(contract: Contract) -> Iterator[Problem]:
    for field, value in (("id", contract.id), ("customer_id", contract.customer_id)):
        if not _ID.fullmatch(value):
            yield Problem(field, f"expected lower-case letters, digits and dashes such as acme-2026, got {value!r}")
    if len(contract.id) > LONGEST_ID:
        yield Problem("id", f"expected at most {LONGEST_ID} characters, got {len(contract.id)}")
    if not _is_line(contract.customer_name):
        yield Problem("customer_name", "expected the customer's name, on one line")
    if not _LANGUAGE.fullmatch(contract.language):
        yield Problem("language", f"expected a language tag such as en or sv, got {contract.language!r}")


def _term(contract: Contract) -> Iterator[Problem]:
    if not 1 <= contract.term_months <= LONGEST_TERM_MONTHS:
        yield Problem("term_months", f"expected 1 to {LONGEST_TERM_MONTHS} months, got {contract.term_months}")
    if not 2000 <= contract.starts_on.year <= 2100:
        yield Problem("starts_on", f"expected a day of the years 2000 to 2100, got {contract.starts_on}")


def _place(contract: Contract) -> Iterator[Problem]:
    if not is_zone(contract.zone):
        yield Problem("zone", f"expected an IANA time zone such as Europe/Stockholm, got {contract.zone!r}")
    if not _COUNTRY.fullmatch(contract.country):
        yield Problem("country", f"expected an ISO 3166 country such as SE, got {contract.country!r}")
    regions = dict.fromkeys(rule.region for rule in contract.plan.coverage if rule.region is not None)
    if regions and contract.region not in regions:
        got = "nothing" if contract.region is None else repr(contract.region)
        clauses = ", ".join(dict.fromkeys(rule.clause for rule in contract.plan.coverage if rule.region is not None))
        yield Problem("region", f"expected one of {', '.join(regions)}, which choose the hours ({clauses}), got {got}")


def _business_hours(contract: Contract) -> Iterator[Problem]:
    # Meetings and due days need them in every plan; in some they are the coverage too (A8).
    if not any(contract.business_hours.days):
        yield Problem("business_hours", "expected the customer's regular business hours (A8), and no day is open")


def _contacts(contract: Contract) -> Iterator[Problem]:
    if not contract.contacts:
        yield Problem("contacts", "expected at least one contact")
        return
    primary = sum(contact.primary for contact in contract.contacts)
    if primary != 1:
        yield Problem("contacts", f"expected exactly one primary contact, got {primary}")
    seen: set[str] = set()
    for number, contact in enumerate(contract.contacts):
        field = f"contacts[{number}]"
        yield from _person(field, contact.person)
        address = contact.person.email.casefold()
        if address in seen:
            yield Problem(f"{field}.email", f"expected another address than {address}, which a contact before has")
        seen.add(address)
        for premises in contact.representative_of:
            if premises not in contract.premises:
                yield Problem(f"{field}.representative_of", f"expected one of the premises, got {premises!r}")


def _person(field: str, person: Person) -> Iterator[Problem]:
    if not _is_line(person.name):
        yield Problem(f"{field}.name", "expected a name, on one line")
    if not is_email(person.email):
        yield Problem(f"{field}.email", f"expected an e-mail address such as lee@acme.test, got {person.email!r}")
    if person.phone and not _is_line(person.phone):
        yield Problem(f"{field}.phone", "expected a telephone number, on one line")
    if person.zone and not is_zone(person.zone):
        yield Problem(f"{field}.zone", f"expected an IANA time zone such as Europe/Stockholm, got {person.zone!r}")
    if person.language and not _LANGUAGE.fullmatch(person.language):
        yield Problem(f"{field}.language", f"expected a language tag such as en or sv, got {person.language!r}")


def _representatives(contract: Contract) -> Iterator[Problem]:
    """Each of the premises that the order lists has an Authorized Representative (essensys-6)."""
    limit = _limit(contract, LimitKind.REPRESENTATIVES)
    named = {premises for contact in contract.contacts for premises in contact.representative_of}
    for number, premises in enumerate(contract.premises if limit else ()):
        if limit and premises not in named:
            message = f"expected a contact who is the Authorized Representative of {premises!r} ({limit.clause})"
            yield Problem(f"premises[{number}]", message)


def _prices(contract: Contract) -> Iterator[Problem]:
    prices = contract.prices
    if not _CURRENCY.fullmatch(prices.currency):
        yield Problem("prices.currency", f"expected an ISO 4217 currency such as EUR, got {prices.currency!r}")
    stated = {
        "user_tier_base": prices.user_tier_base,
        "custom_monthly": prices.custom_monthly,
        "extra_device": prices.extra_device,
    }
    for name, amount in stated.items():
        if amount is not None and amount < 0:
            yield Problem(f"prices.{name}", f"expected an amount of 0 or more, got {amount}")
    tiers = _charge(contract, ChargeKind.USER_TIERS)
    if tiers is None:
        return
    if prices.user_tier_base is None:
        yield Problem("prices.user_tier_base", f"expected the monthly base price of the users ({tiers.clause}, A10)")
    custom = tiers.custom_from is not None and contract.counts.users >= tiers.custom_from
    if custom and prices.custom_monthly is None:
        message = f"expected the monthly price that was agreed for {contract.counts.users} users ({tiers.clause}, A10)"
        yield Problem("prices.custom_monthly", message)


def _devices(contract: Contract) -> Iterator[Problem]:
    devices, limit = contract.counts.devices, _limit(contract, LimitKind.DEVICES)
    for name, count in (("users", contract.counts.users), ("devices", devices)):
        if count < 0:
            yield Problem(f"counts.{name}", f"expected 0 or more, got {count}")
    if limit is None or limit.amount is None or devices <= limit.amount:
        return
    if not limit.extensible:
        yield Problem("counts.devices", f"expected at most {limit.amount} devices ({limit.clause}), got {devices}")
    extra = _charge(contract, ChargeKind.EXTRA_DEVICES)
    if extra and extra.step_amount is None and contract.prices.extra_device is None:
        message = f"expected the monthly price of each device beyond {limit.amount} ({extra.clause})"
        yield Problem("prices.extra_device", message)


def _cadences(contract: Contract) -> Iterator[Problem]:
    offered = {
        touchpoint.key: (touchpoint.cadence, *touchpoint.cadence_choices) for touchpoint in contract.plan.touchpoints
    }
    seen: set[str] = set()
    for key, cadence in contract.cadences:
        field = f"cadences.{key}"
        if key not in offered:
            yield Problem(field, f"expected a touchpoint of {contract.plan.id} ({', '.join(offered) or 'it has none'})")
        elif cadence not in offered[key]:
            yield Problem(field, f"expected one of {', '.join(offered[key])}, got {cadence}")
        if key in seen:
            yield Problem(field, "expected one cadence, got two")
        seen.add(key)


_RULES: tuple[Callable[[Contract], Iterator[Problem]], ...] = (
    _names,
    _term,
    _place,
    _business_hours,
    _contacts,
    _representatives,
    _prices,
    _devices,
    _cadences,
)


def is_zone(name: str) -> bool:
    """Whether it is the name of an IANA zone here."""
    try:
        return bool(name) and ZoneInfo(name).key == name
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def is_email(address: str) -> bool:
    """Whether it has the shape of one plain address (RFC 5321, 4.1.2) at a domain of two labels or more.

    Quoted parts, comments and addresses beyond ASCII are refused: not every mail server takes them.
    """
    if len(address) > LONGEST_EMAIL or address.count("@") != 1:
        return False
    local, domain = address.split("@")
    labels = domain.split(".")
    # Label by label, since one pattern for the whole would take exponential time on a hostile address.
    return (
        len(local) <= 64
        and all(_LOCAL_PART.fullmatch(part) for part in local.split("."))
        and len(labels) > 1
        and all(_DOMAIN_LABEL.fullmatch(label) for label in labels)
    )


def _is_line(text: str) -> bool:
    return bool(text.strip()) and text.isprintable() and len(text) <= 200


def _limit(contract: Contract, kind: LimitKind) -> Limit | None:
    return next((limit for limit in contract.plan.limits if limit.kind is kind), None)


def _charge(contract: Contract, kind: ChargeKind) -> Charge | None:
    return next((charge for charge in contract.plan.charges if charge.kind is kind), None)
