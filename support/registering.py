"""Registering: a report is judged by the plan and stored, then its workflow is started. A crash in between is healed.

The same report twice (the same idempotency key, the same Message-ID) is one ticket. A refused report is kept whole too,
and its workflow tells why.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import TypeAdapter

from activities.opening import HORIZON_DAYS, expanded
from domain.contract import ContractStage
from domain.intake import Decision, Door, Report, decide
from domain.ticket_clocks import terms_of
from domain.ticket_coverage import opening_hours
from storage.facts import lock_contracts
from storage.ticket_mails import remember_mail
from storage.tickets import StoredFile, StoredTicket, keep_files, keep_ticket, next_number, ticket_of_key
from support.desk import Desk
from support.known import NoSupportError, Setting, parties_of, setting_of
from support.starting import start_ticket
from workflows.ticket_messages import LONGEST_TEXT, Attachment, TicketOrder

ORDER: TypeAdapter[TicketOrder] = TypeAdapter(TicketOrder)


@dataclass(frozen=True, slots=True)
class Registered:
    """What became of a report. ``again``: it came before. ``started`` false: its workflow begins later."""

    contract_id: str
    number: int
    token: str
    decision: Decision
    again: bool
    started: bool


@dataclass(frozen=True, slots=True)
class Extra:
    """What comes with a report besides its words. ``left_out``: files that were too much, in words.

    ``outage_since``: where an outage began before it was reported. ``announce``: somebody has to hear of it at once.
    """

    files: tuple[StoredFile, ...] = ()
    left_out: tuple[str, ...] = ()
    login_asked: bool = False
    alert: str = ""
    outage: bool = False
    outage_since: datetime | None = None
    announce: bool = True


async def register(
    desk: Desk, contract_id: str, report: Report, now: datetime, extra: Extra | None = None
) -> Registered:
    """Store the report once and start its workflow. Raises UnknownContractError and NoSupportError.

    A Temporal server that is away delays the workflow, and loses nothing.
    """
    extra = extra or Extra()
    report = replace(report, description=within_bounds(report.description))
    async with desk.sessions.begin() as session:
        await lock_contracts(session, (contract_id,))
        there = await ticket_of_key(session, contract_id, report.key)
        if there is None:
            setting = await setting_of(desk, session, contract_id, now, extra.login_asked)
            if not setting.plan.levels:
                raise NoSupportError(contract_id)
            order = order_of(setting, report, now, await next_number(session, contract_id), extra)
            await keep_ticket(session, _stored(order, report), report.device if order.decision.new_device else "")
            await keep_files(session, contract_id, order.number, extra.files)
            if report.door is Door.MAIL:
                await remember_mail(session, contract_id, order.number, report.key)
    if there is not None:
        order = ORDER.validate_python(there.document)
    started = await start_ticket(desk, order)
    return Registered(contract_id, order.number, order.token, order.decision, there is not None, started)


def order_of(setting: Setting, report: Report, now: datetime, number: int, extra: Extra) -> TicketOrder:
    """The order of a ticket's workflow: what the plan promises to this report, with the opening hours expanded."""
    contract, plan = setting.contract, setting.plan
    proactive = report.door is Door.MONITORING
    decision = decide(plan, report, setting.known)
    terms = terms_of(plan, owed=decision.owed)
    hours = tuple(opening_hours(contract, plan, key.rule, key.key) for key in terms.coverage_keys)
    closed = setting.closed
    return TicketOrder(
        contract_id=contract.id,
        number=number,
        decision=decision,
        terms=terms,
        parties=parties_of(setting, report.reporter, report.premises, proactive),
        registered_at=now,
        token=secrets.token_urlsafe(24),
        hours=hours,
        coverages=expanded(hours, now, HORIZON_DAYS, closed.exceptions, closed.version) if decision.accepted else (),
        attachments=tuple(Attachment(f.id, f.name, f.media_type, len(f.content)) for f in extra.files),
        suspended=setting.known.stage is ContractStage.SUSPENDED,
        alert=extra.alert,
        outage=extra.outage,
        outage_since=extra.outage_since,
        left_out=extra.left_out,
        announce=decision.accepted and extra.announce,
    )


def _stored(order: TicketOrder, report: Report) -> StoredTicket:
    return StoredTicket(
        contract_id=order.contract_id,
        number=order.number,
        key=report.key,
        accepted=order.decision.accepted,
        token=order.token,
        alert=order.alert,
        document=ORDER.dump_python(order, mode="json"),
        registered_at=order.registered_at,
        workflow_started=False,
        shelf=None,
    )


def within_bounds(text: str) -> str:
    """The text, cut where it is longer than one message may be, which it then says."""
    if len(text) <= LONGEST_TEXT:
        return text
    return text[:LONGEST_TEXT] + f"\n[cut at {LONGEST_TEXT:,} characters]"
