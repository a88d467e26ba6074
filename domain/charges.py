"""What is billed beyond the package, as dated lines. Amounts are integers in minor units of the line's currency:
the contract's, for hours that of the vendor's rates.

A line without an amount is entered by hand: custom pricing (A10), or a price that nobody has stated. Each
line has a key made from the contract and the agenda item, so that a line written twice is one line.
"""

from dataclasses import dataclass
from datetime import date

from domain.contract import Contract, Counts
from domain.plan import Charge, ChargeKind, LimitKind, Plan

MINUTES_PER_HOUR = 60


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """One line of an invoice. ``key``: ``<contract>/<agenda key>/<kind>``, unique for ever.

    ``amount`` None: by hand. ``quantity`` counts ``unit_amount``: tiers, devices, or minutes at an hourly
    rate.
    """

    key: str
    kind: ChargeKind
    day: date
    amount: int | None
    currency: str
    text: str
    quantity: int
    unit_amount: int | None
    clause: str


def charge_of(plan: Plan, kind: ChargeKind) -> Charge | None:
    """The plan's charge of that kind, None where it bills none."""
    return next((charge for charge in plan.charges if charge.kind is kind), None)


def monthly_lines(contract: Contract, counts: Counts, item_key: str, day: date) -> tuple[ChargeLine, ...]:
    """What the month that begins on ``day`` costs with these counts: tiers of users (caret-17), extra
    devices.
    """
    lines: list[ChargeLine] = []
    for charge in contract.plan.charges:
        if charge.kind is ChargeKind.USER_TIERS:
            lines.append(_user_tiers(contract, charge, counts.users, item_key, day))
        elif charge.kind is ChargeKind.EXTRA_DEVICES:
            lines.extend(_extra_devices(contract, charge, counts.devices, item_key, day))
    return tuple(lines)


def overage_line(
    contract: Contract,
    meeting_key: str,
    delivered_on: date,
    minutes: int,
    hourly_rate: int | None,
    currency: str = "",
) -> ChargeLine | None:
    """Approved minutes beyond the package (A5); None where there are none, or where the plan does not bill
    them.

    ``hourly_rate``: that of the delivery day in minor units, None where the vendor has none on file. ``currency``:
    that of the vendor's rates, since nothing is converted here; empty: the contract's.
    """
    charge = charge_of(contract.plan, ChargeKind.OVERAGE_HOURS)
    if charge is None or minutes <= 0:
        return None
    billed = billed_minutes(minutes, charge.rounding_minutes)
    return ChargeLine(
        key=_key(contract, meeting_key, charge),
        kind=charge.kind,
        day=delivered_on,
        amount=overage_amount(minutes, hourly_rate, charge.rounding_minutes),
        currency=currency or contract.prices.currency,
        text=f"{minutes} minutes beyond the package, billed as {billed}",
        quantity=billed,
        unit_amount=hourly_rate,
        clause=charge.clause,
    )


def billed_minutes(minutes: int, rounding_minutes: int) -> int:
    """Minutes rounded up to the next whole step (A5): 1 is billed as 15, 15 as 15, 16 as 30."""
    return -(-minutes // rounding_minutes) * rounding_minutes


def overage_amount(minutes: int, hourly_rate: int | None, rounding_minutes: int = 15) -> int | None:
    """What so many minutes cost at an hourly rate, half a minor unit rounded up; None without a rate."""
    if hourly_rate is None:
        return None
    # Doubling keeps the half in whole numbers: floor(x / 60 + 1/2).
    return (2 * hourly_rate * billed_minutes(minutes, rounding_minutes) + MINUTES_PER_HOUR) // (2 * MINUTES_PER_HOUR)


def _user_tiers(contract: Contract, charge: Charge, users: int, item_key: str, day: date) -> ChargeLine:
    """Base + step x ceil(users / 10); from 100 users on the amount that was agreed by hand (A10)."""
    prices, tiers = contract.prices, -(-users // charge.step)
    custom = charge.custom_from is not None and users >= charge.custom_from
    if custom:
        amount, text = prices.custom_monthly, f"Month from {day}: {users} users, custom price"
    else:
        priced = prices.user_tier_base is not None and charge.step_amount is not None
        amount = (prices.user_tier_base or 0) + (charge.step_amount or 0) * tiers if priced else None
        text = f"Month from {day}: {users} users, base and {tiers} tiers of {charge.step}"
    return ChargeLine(
        key=_key(contract, item_key, charge),
        kind=charge.kind,
        day=day,
        amount=amount,
        currency=prices.currency,
        text=text,
        quantity=1 if custom else tiers,
        unit_amount=amount if custom else charge.step_amount,
        clause=charge.clause,
    )


def _extra_devices(
    contract: Contract, charge: Charge, devices: int, item_key: str, day: date
) -> tuple[ChargeLine, ...]:
    """Devices above the plan's limit, each at the plan's or the order's price; no line where there are none."""
    limit = next((x.amount for x in contract.plan.limits if x.kind is LimitKind.DEVICES), None)
    extra = 0 if limit is None else max(0, devices - limit)
    if not extra:
        return ()
    price = contract.prices.extra_device if charge.step_amount is None else charge.step_amount
    steps = -(-extra // charge.step)
    line = ChargeLine(
        key=_key(contract, item_key, charge),
        kind=charge.kind,
        day=day,
        amount=None if price is None else price * steps,
        currency=contract.prices.currency,
        text=f"Month from {day}: {extra} devices above the {limit} of the package",
        quantity=steps,
        unit_amount=price,
        clause=charge.clause,
    )
    return (line,)


def _key(contract: Contract, item_key: str, charge: Charge) -> str:
    return f"{contract.id}/{item_key}/{charge.kind}"
