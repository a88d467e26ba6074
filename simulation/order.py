"""Who and what is simulated: an ordinary customer's contract, and the vendor's staff."""

from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files

from domain.contract import Contact, Contract, Counts, Person, Prices
from domain.coverage import weekly
from domain.plan import LimitKind, Plan, Role
from storage.staff import StaffMember

CUSTOMER = Person("Casey Customer", "casey@customer.example", phone="+1 555 0100")
PREMISES = "Head office"
LEAD = timedelta(days=1)
"""The contract is signed a day before it starts."""


def country_of(zone: str) -> str | None:
    """The ISO 3166 country whose zone it is; None where it is no country's (UTC), or that of several names."""
    for line in files("tzdata").joinpath("zoneinfo", "zone.tab").read_text().splitlines():
        if not line.startswith("#") and line.split("\t")[2] == zone:
            return line.split("\t")[0]
    return None


def contract_of(
    plan: Plan, starts_on: date, zone: str, months: int = 12, country: str | None = None, name: str = ""
) -> Contract:
    """An ordinary customer of this plan, with every input that any plan asks for.

    25 users; two devices more than the plan holds, where more can be added. ``name``: what the contract is called
    after, where that is not the plan (an edition).
    """
    regions = [rule.region for rule in plan.coverage if rule.region]
    devices = next((limit for limit in plan.limits if limit.kind is LimitKind.DEVICES), None)
    held = devices.amount or 0 if devices else 0
    return Contract(
        id=f"sim-{(name or plan.id).replace('/', '-')}",
        customer_id="customer",
        customer_name="Customer Ltd",
        plan=plan,
        starts_on=starts_on,
        term_months=months,
        zone=zone,
        country=country or country_of(zone) or "SE",
        business_hours=weekly({"mon-fri": "09:00-17:00"}),
        contacts=(Contact(CUSTOMER, primary=True, representative_of=(PREMISES,)),),
        prices=Prices(plan.vendor.currency, user_tier_base=20_000, custom_monthly=150_000, extra_device=1_500),
        region=regions[0] if regions else None,
        address="1 Main Street",
        premises=(PREMISES,),
        counts=Counts(users=25, devices=held + 2 if devices and devices.extensible else held),
    )


def staff_of(plan: Plan, zone: str) -> tuple[StaffMember, ...]:
    """Two people for each role, who work from 08:00 to 18:00 in the customer's zone."""
    hours = weekly({"mon-fri": "08:00-18:00"})
    return tuple(
        StaffMember(
            f"{role.value}-{number}",
            f"{role.title} {number}",
            f"{role.value}.{number}@vendor.example",
            zone,
            (role,),
            hours,
            (plan.vendor.id,),
            daily_limit=6,
        )
        for role in Role
        for number in (1, 2)
    )


def signing_of(contract: Contract) -> datetime:
    """The noon (UTC) before the start: when the contract is signed, and the simulation begins."""
    return datetime.combine(contract.starts_on, time(12), UTC) - LEAD
