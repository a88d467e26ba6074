"""Whether a report becomes a ticket, in which queue, and why: the plan decides, and the answer says so.

Nothing that a person wrote is lost by a refusal: the decision carries the whole report, to be kept and shown.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.contract import ContractStage, Person
from domain.plan import Plan
from domain.support import Channel, Limit, LimitKind


class Door(StrEnum):
    """How a report reached us."""

    FORM = "form"
    API = "api"
    MAIL = "e-mail"
    PHONE = "phone"  # written down by staff
    CHAT = "chat"  # written down by staff
    MONITORING = "monitoring"  # an alert: the ticket is the vendor's own, so no rule for reporters binds it


_WORDS = {
    Door.FORM: ("form", "portal"),
    Door.API: ("form", "portal"),  # what the form does, by a machine
    Door.MAIL: ("e-mail", "email", "mail"),
    Door.PHONE: ("phone", "telephone"),
    Door.CHAT: ("chat",),
}


class RequestKind(StrEnum):
    PROBLEM = "problem"
    RETURN = "return"
    EXCHANGE = "exchange"


class Queue(StrEnum):
    REGULAR = "regular"  # the plan's targets
    ORDINARY = "ordinary"  # no target (caret-2)


class Code(StrEnum):
    """Why."""

    NOT_STARTED = "not-started"
    CONTRACT_OVER = "contract-over"
    CHANNEL_NOT_IN_PLAN = "channel-not-in-plan"
    CHANNEL_CLOSED = "channel-closed"
    NOT_DESIGNATED = "not-designated"  # no refusal: the ordinary queue
    NOT_REPRESENTATIVE = "not-representative"
    FIELDS_MISSING = "fields-missing"
    DEVICE_BEYOND_LIMIT = "device-beyond-limit"
    DEVICE_BILLED = "device-billed"  # no refusal: a further device is charged
    RETURN_TOO_LATE = "return-too-late"


_NO_REFUSAL = (Code.NOT_DESIGNATED, Code.DEVICE_BILLED)


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody reported, whole. ``channel``: the plan's name of the way in, where the reporter or staff know it.

    ``level``: as the reporter judges it, empty for no judgement. ``receipt_day``: when the original order arrived, for
    returns. ``key``: the idempotency key, or the mail's Message-ID: the same one twice is one ticket. ``by``: of the
    staff, who wrote it down for the reporter.
    """

    door: Door
    reporter: Person
    description: str
    key: str
    subject: str = ""
    channel: str = ""
    login: str = ""
    premises: str = ""
    device: str = ""
    level: str = ""
    kind: RequestKind = RequestKind.PROBLEM
    receipt_day: date | None = None
    attachments: tuple[str, ...] = ()
    by: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the contract when a report comes in. E-mail addresses are compared without case.

    ``today`` is the customer's local day. ``representatives``: (address, premises), where empty premises mean each.
    ``devices``: those in use, the earliest first. ``down``: names of channels that are down now. ``login_asked``: a
    login was asked for (essensys-7).
    """

    stage: ContractStage
    today: date
    designated: tuple[str, ...] = ()
    representatives: tuple[tuple[str, str], ...] = ()
    devices: tuple[str, ...] = ()
    down: tuple[str, ...] = ()
    login_asked: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that the plan says to the report. ``clause`` is empty where it is the contract itself."""

    code: Code
    clause: str
    text: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether it becomes a ticket. ``level``: the reporter's, else the least severe one of the plan, until triage.

    ``new_device``: the device was not in use before, and the ticket makes it count.
    """

    report: Report
    accepted: bool
    queue: Queue
    level: str
    reasons: tuple[Reason, ...] = ()
    new_device: bool = False

    @property
    def owed(self) -> bool:
        """Whether the plan's targets run."""
        return self.accepted and self.queue is Queue.REGULAR


def decide(plan: Plan, report: Report, known: Known) -> Decision:
    """What becomes of a report, with every reason at once."""
    reasons = tuple(_reasons(plan, report, known))
    ordinary = any(reason.code is Code.NOT_DESIGNATED for reason in reasons)
    levels = [level.key for level in plan.levels]
    return Decision(
        report,
        accepted=all(reason.code in _NO_REFUSAL for reason in reasons),
        queue=Queue.ORDINARY if ordinary else Queue.REGULAR,
        level=report.level if report.level in levels else levels[-1],
        reasons=reasons,
        new_device=bool(report.device) and report.device not in known.devices,
    )


def title_of(subject: str, description: str, number: int) -> str:
    """What a ticket is called at every door: its subject, else the first words of its description, else its number."""
    return subject.strip() or description.strip().partition("\n")[0].strip()[:80] or f"Ticket {number}"


def named_premises(text: str, premises: Iterable[str]) -> str:
    """The one that the text names, in whole words and any case (the longer of two names that overlap), else nothing."""
    listed = {" ".join(each.casefold().split()): each for each in premises if each.strip()}
    if not listed:
        return ""
    longest_first = sorted(listed, key=len, reverse=True)
    pattern = rf"(?<!\w)(?:{'|'.join(re.escape(each) for each in longest_first)})(?!\w)"
    found = set(re.findall(pattern, " ".join(text.casefold().split())))
    return listed[found.pop()] if len(found) == 1 else ""


def may_agree(plan: Plan, address: str, premises: str, known: Known) -> bool:
    """Whether somebody's agreement can close a ticket: an Authorized Representative's, where the plan has them."""
    return _limit(plan, LimitKind.REPRESENTATIVES) is None or _represents(address, premises, known)


def _reasons(plan: Plan, report: Report, known: Known) -> Iterator[Reason]:
    yield from _contract(known)
    if report.door is Door.MONITORING:
        return
    yield from _channel(plan, report, known)
    yield from _reporter(plan, report, known)
    yield from _fields(plan, report, known)
    yield from _device(plan, report, known)
    yield from _return(plan, report, known)


def _contract(known: Known) -> Iterator[Reason]:
    if known.stage.over:
        yield Reason(Code.CONTRACT_OVER, "", "the contract is over")
    elif known.stage is ContractStage.SIGNED:
        yield Reason(Code.NOT_STARTED, "", "the contract has not started")


def _channel(plan: Plan, report: Report, known: Known) -> Iterator[Reason]:
    if not plan.channels:  # the plan's text names no way in, so each is one
        return
    fitting = [channel for channel in plan.channels if _fits(channel, report)]
    if not fitting:
        names = ", ".join(channel.name for channel in plan.channels)
        named = report.channel or report.door
        yield Reason(
            Code.CHANNEL_NOT_IN_PLAN, plan.channels[0].clause, f"{named} is no way in of this plan; it has {names}"
        )
    elif not any(_is_open(channel, known) for channel in fitting):
        shut = fitting[0]
        text = f"{shut.name} is open only when {shut.only_if_down} is down"
        yield Reason(Code.CHANNEL_CLOSED, shut.clause, text)


def _fits(channel: Channel, report: Report) -> bool:
    if report.channel:
        return channel.name.casefold() == report.channel.casefold()
    return any(word in channel.name.casefold() for word in _WORDS[report.door])


def _is_open(channel: Channel, known: Known) -> bool:
    # Whoever got through by a channel that counts as down did get through, so being down itself shuts nothing.
    return channel.only_if_down is None or channel.only_if_down in known.down


def _reporter(plan: Plan, report: Report, known: Known) -> Iterator[Reason]:
    address = report.reporter.email.casefold()
    designated = _limit(plan, LimitKind.DESIGNATED_USERS)
    if designated is not None and address not in {each.casefold() for each in known.designated[: designated.amount]}:
        text = f"{_who(report)} is not one of the {designated.amount} designated users: ordinary queue, no target"
        yield Reason(Code.NOT_DESIGNATED, designated.clause, text)
    representatives = _limit(plan, LimitKind.REPRESENTATIVES)
    if representatives is not None and not _represents(address, report.premises, known):
        where = f"the premises {report.premises}" if report.premises else "these premises"
        text = f"{_who(report)} is not an Authorized Representative of {where}"
        yield Reason(Code.NOT_REPRESENTATIVE, representatives.clause, text)


def _represents(address: str, premises: str, known: Known) -> bool:
    """Whether that address represents those premises. A report that names none is one of the premises that its writer
    represents, whichever those are: which of them is settled at the triage.
    """
    return any(
        who.casefold() == address.casefold() and (not premises or where.casefold() in ("", premises.casefold()))
        for who, where in known.representatives
    )


def _fields(plan: Plan, report: Report, known: Known) -> Iterator[Reason]:
    limit = _limit(plan, LimitKind.REPORT_FIELDS)
    if limit is None:
        return
    wanted = limit.fields + (limit.optional_fields if known.login_asked else ())
    missing = [name for name in wanted if not _given(report, name).strip()]
    if missing:
        yield Reason(Code.FIELDS_MISSING, limit.clause, f"missing: {', '.join(missing)}")


def _given(report: Report, field: str) -> str:
    given = {
        "name": report.reporter.name,
        "telephone": report.reporter.phone,
        "e-mail": report.reporter.email,
        "description": report.description,
        "login": report.login,
        "subject": report.subject,
        "premises": report.premises,
        "device": report.device,
    }
    return given.get(field, "")


def _device(plan: Plan, report: Report, known: Known) -> Iterator[Reason]:
    limit = _limit(plan, LimitKind.DEVICES)
    if limit is None or limit.amount is None or not report.device:
        return
    in_use = (*known.devices, report.device)  # a new one comes last; a known one is found earlier
    if in_use.index(report.device) < limit.amount:
        return
    if limit.extensible:
        text = f"{report.device} is beyond the {limit.amount} devices of the plan and is charged"
        yield Reason(Code.DEVICE_BILLED, limit.clause, text)
    else:
        text = f"{report.device} is beyond the {limit.amount} devices of the plan, and none can be added"
        yield Reason(Code.DEVICE_BEYOND_LIMIT, limit.clause, text)


def _return(plan: Plan, report: Report, known: Known) -> Iterator[Reason]:
    limit = _limit(plan, LimitKind.RETURN_DAYS)
    if limit is None or limit.amount is None or report.kind is RequestKind.PROBLEM:
        return
    if report.receipt_day is None:
        yield Reason(Code.FIELDS_MISSING, limit.clause, f"missing: the day of {limit.counted_from}")
    elif report.receipt_day > known.today:
        text = f"the day of {limit.counted_from}, {report.receipt_day}, is still to come: it is {known.today} today"
        yield Reason(Code.FIELDS_MISSING, limit.clause, text)
    elif (known.today - report.receipt_day).days > limit.amount:
        text = f"a {report.kind} is possible within {limit.amount} days of {limit.counted_from}, {report.receipt_day}"
        yield Reason(Code.RETURN_TOO_LATE, limit.clause, text)


def _limit(plan: Plan, kind: LimitKind) -> Limit | None:
    return next((limit for limit in plan.limits if limit.kind is kind), None)


def _who(report: Report) -> str:
    return report.reporter.email or report.reporter.name or "the reporter"
