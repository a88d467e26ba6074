"""Signing: the order is stored, then its workflow is started. A crash between the two is healed.

The stored order is the promise. Whoever signs again with the same content meets it, and what was stored and does not
run yet is started at the next chance.
"""

from __future__ import annotations

import asyncio
import logging
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import NoReturn

from sqlalchemy.exc import SQLAlchemyError
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.planning import UnknownCountryError, holidays_in
from api import problems
from api.house import RPC_PATIENCE, House, now
from api.models import ContractIn, parse_hours
from api.orders import reaching
from api.problems import FieldError, Problem
from domain.contract import Contract, ContractStage
from domain.contract_rules import validate_contract
from domain.describe import notices
from domain.plan import Plan
from storage.contracts import ContractTaken, find_contract, mark_started, not_started, sign
from storage.idempotency import forget_answers
from workflows import messages

LOOK_AGAIN_SECONDS = 30
KEYS_ARE_KEPT = timedelta(days=30)
_log = logging.getLogger("api.signing")


@dataclass(frozen=True, slots=True)
class Signed:
    """A contract was signed. ``started`` false: its workflow begins as soon as Temporal is back."""

    id: str
    workflow_id: str
    started: bool
    flags: tuple[str, ...] = ()


def to_contract(body: ContractIn, plan: Plan) -> Contract:
    """The order as the domain knows it, with the plan pinned. Raises Problem 422 for what the plan does not allow."""
    contract = Contract(
        id=body.id,
        customer_id=body.customer_id,
        customer_name=body.customer_name,
        plan=plan,
        starts_on=body.starts_on,
        term_months=body.term_months,
        zone=body.zone,
        country=body.country,
        business_hours=parse_hours(body.business_hours),
        contacts=tuple(contact.to_domain() for contact in body.contacts),
        prices=body.prices.to_domain(),
        subdivision=body.subdivision or None,
        region=body.region or None,
        language=body.language,
        address=body.address,
        premises=body.premises,
        counts=body.counts,
        cadences=tuple(sorted(body.cadences.items())),
    )
    if not any(contact.primary for contact in contract.contacts):
        first, *others = contract.contacts
        contract = replace(contract, contacts=(replace(first, primary=True), *others))
    return contract


def plan_of(house: House, plan_id: str, field: str = "plan") -> Plan:
    """The package that an order names. Raises Problem 422 with the field."""
    try:
        return house.catalogue.get(plan_id)
    except KeyError as error:
        raise problems.invalid([FieldError(field, str(error.args[0]))]) from None


def order_of(house: House, body: ContractIn) -> Contract:
    """The checked order. Raises Problem 422 with every field that is wrong."""
    contract = to_contract(body, plan_of(house, body.plan))
    if found := check(contract):
        raise problems.invalid(found)
    return contract


async def sign_contract(house: House, contract: Contract, key: str | None = None) -> Signed:
    """Store the order and start its workflow; the very same order again is no mistake. Raises Problem 409."""
    try:
        async with house.sessions.begin() as session:
            await sign(session, contract, now(), key)
    except ContractTaken as taken:
        raise Problem(problems.EXISTS, str(taken), (FieldError("id", str(taken)),)) from None
    started = True
    try:
        await start(house, contract)
    except Problem as problem:
        _log.warning("%s is signed and starts later: %s", contract.id, problem)
        started = False
    flags = notices(contract.plan, contract.term_months)
    return Signed(contract.id, messages.contract_workflow_id(contract.id), started, flags)


async def start(house: House, contract: Contract) -> None:
    """Start the contract's workflow and remember it; one that runs, or has ended, is left alone. Raises Problem 503."""
    vendor = contract.plan.vendor
    with reaching(), suppress(WorkflowAlreadyStartedError):  # it ran, and has ended
        await house.temporal.start_workflow(
            messages.CONTRACT_WORKFLOW,
            messages.ContractOrder(contract),
            id=messages.contract_workflow_id(contract.id),
            task_queue=house.settings.task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            search_attributes=TypedSearchAttributes(
                [
                    SearchAttributePair(messages.CUSTOMER, contract.customer_id),
                    SearchAttributePair(messages.VENDOR, vendor.id),
                    SearchAttributePair(messages.PLAN, contract.plan.id),
                    SearchAttributePair(messages.CONTRACT, contract.id),
                    SearchAttributePair(messages.STAGE, ContractStage.SIGNED.value),
                ]
            ),
            memo={"customer": contract.customer_name, "plan": contract.plan.name},
            static_summary=f"{contract.customer_name}: {vendor.name} {contract.plan.name}",
            static_details=_details(contract),
            rpc_timeout=RPC_PATIENCE,
        )
    async with house.sessions.begin() as session:
        await mark_started(session, contract.id)


def _details(contract: Contract) -> str:
    """Markdown, for Temporal's own UI."""
    person = contract.primary_contact.person
    return (
        f"**{contract.customer_name}** on **{contract.plan.name}** of {contract.plan.vendor.name} "
        f"(version {contract.plan.version}), {contract.term_months} months from {contract.starts_on} "
        f"in {contract.zone}.\n\n"
        f"Contact: {person.name}, {person.email}"
    )


async def start_missing(house: House) -> int:
    """Start every signed contract that is not known to run; how many. Raises Problem 503."""
    async with house.sessions() as session:
        waiting = await not_started(session)
    for signed in waiting:
        await start(house, signed.contract)
    return len(waiting)


async def keep_starting(house: House) -> NoReturn:
    """Heal, again and again: what was signed starts, and old idempotency keys go."""
    while True:
        try:
            if count := await start_missing(house):
                _log.info("started %s contracts that were signed before", count)
            async with house.sessions.begin() as session:
                await forget_answers(session, now() - KEYS_ARE_KEPT)
        except (Problem, SQLAlchemyError, OSError) as error:
            _log.warning("what was signed waits: %s", str(error).split("\n")[0])
        await asyncio.sleep(LOOK_AGAIN_SECONDS)


async def signed_or_404(house: House, contract_id: str) -> Contract:
    """The order as signed. Raises Problem 404."""
    async with house.sessions() as session:
        found = await find_contract(session, contract_id)
    if found is None:
        raise problems.not_found("contract", contract_id)
    return found.contract


def check(contract: Contract) -> list[FieldError]:
    """What the plan or the calendar forbids of this order, as fields of the body."""
    found = [FieldError(_field(each.field), each.message) for each in validate_contract(contract)]
    return found or holiday_errors(contract.country, contract.subdivision)


@lru_cache(maxsize=512)
def _holidays_are_known(country: str, subdivision: str | None) -> bool:
    try:
        holidays_in(country, subdivision, date(2026, 1, 1), date(2026, 1, 2))
    except UnknownCountryError:
        return False
    return True


def holiday_errors(country: str, subdivision: str | None) -> list[FieldError]:
    """Working days need a calendar of holidays: a country or a part of it that has none here cannot be signed."""
    if not _holidays_are_known(country, None):
        return [FieldError("country", f"the holidays of {country!r} are not known; expected an ISO 3166 country")]
    if subdivision and not _holidays_are_known(country, subdivision):
        return [FieldError("subdivision", f"{subdivision!r} is not a part of {country}; expected its ISO 3166-2 code")]
    return []


def _field(path: str) -> str:
    """The domain's path of a field as the body has it: ``contacts[1].email`` is ``contacts.1.email``."""
    return re.sub(r"\[(\d+)\]", r".\1", path).removeprefix("counts.")
