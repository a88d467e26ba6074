"""Monitoring (ombori-5): an alert opens a proactive ticket and resolves it when it clears. Outages (ombori-6).

One alert is one ticket for as long as that one is worked on. An alert that fires again within a day after it cleared
is the same trouble, which was not solved: it reopens its ticket. Later, or where that one is closed or was another kind
of trouble (an outage or none), it is a new ticket, with the clocks of one.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from domain.contract import Person
from domain.intake import Door, Report, decide
from domain.plan import Plan
from domain.ticket import Act, Actor, TicketState
from storage.queries.tickets import TicketHead, ticket_head
from storage.tickets import StoredTicket, tickets_of_alert
from support.acting import act_on_ticket
from support.desk import Desk
from support.known import setting_of
from support.registering import Extra, register
from workflows.messages import REFUSED
from workflows.ticket_messages import TicketAct

REOPENS_WITHIN = timedelta(days=1)

CLEARED, FIRES_AGAIN = "the alert cleared", "the alert fires again"

_LOOKS = 3
"""So often is looked again where somebody else was quicker."""


class NotTakenError(ValueError):
    """The plan, the contract or another alert forbids it; the text says why. Nothing was done."""


class WrongFieldError(ValueError):
    """A field that cannot be right, and why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class News(StrEnum):
    """What an alert did."""

    OPENED = "opened"
    KNOWN = "known"
    REOPENED = "reopened"
    RESOLVED = "resolved"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Alert:
    """What fires. ``key`` names the trouble and is the same each time. ``outage``: the platform is down, since ``at``
    or since now. Without a level an outage is of the plan's severest, anything else of its least severe until triage.
    """

    key: str
    title: str
    by: str
    description: str = ""
    device: str = ""
    level: str = ""
    outage: bool = False
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outage:
    """An outage that a person records. ``end`` None: it goes on, until its ticket is resolved."""

    title: str
    begin: datetime
    by: str
    reason: str
    end: datetime | None = None
    level: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of it, and the number of the ticket that it is about."""

    news: News
    number: int | None


@dataclass(frozen=True, slots=True)
class _Last:
    """The ticket that the alert has opened last. ``head`` None: its workflow has told nothing yet."""

    stored: StoredTicket
    head: TicketHead | None

    @property
    def worked_on(self) -> bool:
        return self.head is None or TicketState(self.head.state).working

    @property
    def outage(self) -> bool:
        return bool(self.stored.document["outage"])

    def comes_back(self, alert: Alert, now: datetime) -> bool:
        """Whether it is the same trouble again."""
        head = self.head
        if head is None or head.resolved_at is None or head.closed_at is not None or self.outage != alert.outage:
            return False
        return now - head.resolved_at <= REOPENS_WITHIN


async def fires(desk: Desk, contract_id: str, alert: Alert, now: datetime, patience: timedelta) -> Heard:
    """It is a ticket from now on, or is one already.

    Raises UnknownContractError, NotTakenError, WrongFieldError, and what `act_on_ticket` raises.
    """
    for _ in range(_LOOKS):
        last, count = await _last(desk, contract_id, alert.key)
        if last is None or not (last.worked_on or last.comes_back(alert, now)):
            return await _open(desk, contract_id, alert, f"alert {count + 1} {alert.key}", now)
        number = last.stored.number
        if last.worked_on:
            if last.outage != alert.outage:
                was, is_now = ("an outage", "none") if last.outage else ("no outage", "one")
                reason = f"the alert is ticket {number} already, as {was} and not as {is_now}: use another key for it"
                raise NotTakenError(reason)
            return Heard(News.KNOWN, number)
        if await _act(desk, contract_id, last, Act.REOPEN, FIRES_AGAIN, alert.by, alert.at, patience):
            return Heard(News.REOPENED, number)
    raise NotTakenError("the ticket of this alert changes all the time; send it again in a moment")


async def clears(
    desk: Desk, contract_id: str, key: str, by: str, now: datetime, at: datetime | None, patience: timedelta
) -> Heard:
    """It is over, since ``at`` or since now: the ticket of the alert is resolved, if there is one that is worked on.

    Raises NotTakenError, and what `act_on_ticket` raises. A contract that does not exist has no such ticket.
    """
    for _ in range(_LOOKS):
        last, _count = await _last(desk, contract_id, key)
        if last is None or not last.worked_on:
            return Heard(News.NOTHING, last.stored.number if last else None)
        if await _act(desk, contract_id, last, Act.RESOLVE, CLEARED, by, at or now, patience):
            return Heard(News.RESOLVED, last.stored.number)
    raise NotTakenError("the ticket of this alert changes all the time; send it again in a moment")


async def record_outage(
    desk: Desk, contract_id: str, outage: Outage, key: str, now: datetime, patience: timedelta
) -> Heard:
    """A proactive ticket for it, which is resolved at once where it is over; the same ``key`` again is the same one.

    Raises UnknownContractError, NotTakenError, WrongFieldError, and what `act_on_ticket` raises.
    """
    report = Report(
        Door.MONITORING, Person(outage.by, ""), outage.reason, f"outage {key}", subject=outage.title, level=outage.level
    )
    report = await _checked(desk, contract_id, report, now, _why_no_uptime, severe=outage.end is None)
    extra = Extra(outage=True, outage_since=outage.begin, announce=outage.end is None)
    found = await register(desk, contract_id, report, now, extra)
    if outage.end is not None:
        text = f"It was over at {outage.end:%Y-%m-%d %H:%M:%S} UTC."
        own = f"outage over {key}"
        request = TicketAct(Act.RESOLVE, Actor.SYSTEM, outage.by, text, at=outage.end, key=own)
        await act_on_ticket(desk, contract_id, found.number, request, own, patience)
    return Heard(News.KNOWN if found.again else News.OPENED, found.number)


async def _open(desk: Desk, contract_id: str, alert: Alert, key: str, now: datetime) -> Heard:
    report = Report(
        Door.MONITORING,
        Person(alert.by, ""),
        alert.description or alert.title,
        key,  # with blanks, which no idempotency key and no Message-ID has: nobody else's report is taken for it
        subject=alert.title,
        device=alert.device,
        level=alert.level,
    )
    report = await _checked(desk, contract_id, report, now, _why_no_monitoring, severe=alert.outage)
    extra = Extra(alert=alert.key, outage=alert.outage, outage_since=alert.at if alert.outage else None)
    found = await register(desk, contract_id, report, now, extra)
    return Heard(News.KNOWN if found.again else News.OPENED, found.number)


async def _checked(
    desk: Desk, contract_id: str, report: Report, now: datetime, why_not: Callable[[Plan], str | None], severe: bool
) -> Report:
    """The report with its level. What is refused is not kept: no person wrote it, and monitoring sends it again."""
    async with desk.sessions() as session:
        setting = await setting_of(desk, session, contract_id, now, login_asked=False)
    plan, levels = setting.plan, [level.key for level in setting.plan.levels]
    reason = why_not(plan)
    decision = decide(plan, report, setting.known)
    if reason is not None or not decision.accepted:
        raise NotTakenError(reason or "; ".join(each.text for each in decision.reasons))
    if report.level and report.level not in levels:
        raise WrongFieldError("level", f"expected one of {', '.join(levels)}")
    return replace(report, level=levels[0]) if severe and not report.level else report


def _why_no_monitoring(plan: Plan) -> str | None:
    return None if plan.monitoring else f"the plan {plan.name} has no remote monitoring, so alerts open no tickets"


def _why_no_uptime(plan: Plan) -> str | None:
    return None if plan.uptime else f"the plan {plan.name} promises no uptime, so no outages are recorded"


async def _last(desk: Desk, contract_id: str, key: str) -> tuple[_Last | None, int]:
    """The alert's last ticket, and how many reports it has made."""
    async with desk.sessions() as session:
        reports = await tickets_of_alert(session, contract_id, key)
        stored = next((each for each in reports if each.accepted), None)
        head = await ticket_head(session, contract_id, stored.number) if stored else None
    return (_Last(stored, head) if stored else None), len(reports)


async def _act(
    desk: Desk,
    contract_id: str,
    last: _Last,
    act: Act,
    text: str,
    by: str,
    at: datetime | None,
    patience: timedelta,
) -> bool:
    """Whether it could be done; else somebody did something meanwhile."""
    changed = f"{last.head.changed_at:%Y%m%dT%H%M%S.%f}" if last.head else "new"
    key = f"{act.value}-{last.stored.number}-{changed}"  # of two who see the same ticket one does it
    request = TicketAct(act, Actor.SYSTEM, by, text, at=at, key=key)
    try:
        await act_on_ticket(desk, contract_id, last.stored.number, request, key, patience)
    except WorkflowUpdateFailedError as error:
        if isinstance(error.cause, ApplicationError) and error.cause.type == REFUSED:
            return False
        raise
    return True
