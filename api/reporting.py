"""A report over HTTP: from its checked body to a registered ticket, or to the reasons why it became none."""

from __future__ import annotations

from dataclasses import replace

from api import problems
from api.files import files_of
from api.house import House, now
from api.orders import reaching
from api.problems import FieldError
from api.ticket_models import ReportIn
from api.ticket_out import RegisteredOut, registered_out
from domain.contract import Person
from domain.intake import Door, Report
from storage.tickets import StoredFile
from support.known import UnknownContractError, contract_now
from support.registering import Extra, Registered, register


async def report(house: House, contract_id: str, body: ReportIn, key: str) -> RegisteredOut:
    """Register it, and the answer of the API. Raises Problem, as `registered` does."""
    return told(house, contract_id, await registered(house, contract_id, body, key))


def told(house: House, contract_id: str, done: Registered) -> RegisteredOut:
    """The answer of the API to a report that was registered."""
    return registered_out(
        done.decision,
        {
            "contract_id": contract_id,
            "number": done.number,
            "token": done.token,
            "url": customers_page(house, done.token),
            "started": done.started,
        },
    )


async def registered(house: House, contract_id: str, body: ReportIn, key: str, door: Door | None = None) -> Registered:
    """Register it, once for each ``key``. Raises Problem: 404, 413 and 422 with the field, 503.

    What the plan refuses is no Problem: the report is kept, and the decision says why it became no ticket. ``door``:
    where it is not the one that the body names.
    """
    with reaching():
        await _known_level(house, contract_id, body.level)
        files = files_of(body.attachments, f"{contract_id} {key}")
        written = _report(body, key, files)
        written = replace(written, door=door) if door else written
        return await register(house.desk, contract_id, written, now(), Extra(files, login_asked=body.login_asked))


def customers_page(house: House, token: str) -> str:
    """The address of the customer's own page of a ticket."""
    return f"{house.settings.base_url}/t/{token}"


async def _known_level(house: House, contract_id: str, level: str) -> None:
    """A level that the plan does not have is a slip of whoever asks, and is told before anything is done."""
    try:
        async with house.sessions() as session:
            contract, _ = await contract_now(house.desk, session, contract_id)
    except UnknownContractError:
        raise problems.not_found("contract", contract_id) from None
    keys = [each.key for each in contract.plan.levels]
    if not keys:
        raise problems.invalid([FieldError("level", "the plan has no support levels, so nothing is reported under it")])
    if level and level not in keys:
        raise problems.invalid([FieldError("level", f"expected one of {', '.join(keys)}")])


def _report(body: ReportIn, key: str, files: tuple[StoredFile, ...]) -> Report:
    who = body.reporter
    return Report(
        door=Door(body.door),
        reporter=Person(who.name, who.email, who.phone),
        description=body.description,
        key=key,
        subject=body.subject,
        channel=body.channel,
        login=body.login,
        premises=body.premises,
        device=body.device,
        level=body.level,
        kind=body.kind,
        receipt_day=body.receipt_day,
        attachments=tuple(file.name for file in files),
        by=body.by,
    )
