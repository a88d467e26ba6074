"""The agenda: everything a contract will do, dated, from its plan. Pure; zone data is read here, outside workflows."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class ItemKind(StrEnum):
    ONBOARDING = "onboarding"
    TOUCHPOINT = "touchpoint"
    REPORT = "report"
    REQUESTED = "requested"  # a meeting that somebody asked for
    WINDOW_WARNING = "window-warning"
    WINDOW_END = "window-end"
    CHARGES = "charges"
    RENEWAL_NOTICE = "renewal-notice"
    END = "end"


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One dated item. ``key`` is unique in the contract and permanent: ``health-check-03``, ``renewal-60``.

    ``at``: the instant at which the workflow acts (books a meeting, sends a notice). ``due``: the instant by which
    the promise must be kept; ``day``: the customer's local date of it. ``earliest``/``latest`` bound a meeting's slot.
    ``plan_key``: the meeting, touchpoint or window of the plan. ``after``: the item that must be over before.
    ``number``: ordinal of a touchpoint, day of a warning, days of a notice. ``period``: what a report covers.
    """

    key: str
    kind: ItemKind
    title: str
    clause: str
    at: datetime
    due: datetime
    day: date
    plan_key: str = ""
    earliest: datetime | None = None
    latest: datetime | None = None
    after: str | None = None
    number: int = 0
    period: str = ""


@dataclass(frozen=True, slots=True)
class TermWindow:
    """A plan's window in a contract: it is open from ``opens`` up to, not including, ``closes`` (UTC)."""

    key: str
    title: str
    opens: datetime
    closes: datetime
    last_day: date


@dataclass(frozen=True, slots=True)
class Agenda:
    """The whole term. ``items`` are sorted by ``at``, then ``due``, then ``key``; ``flags`` are told at signing."""

    starts: datetime
    ends: datetime
    last_day: date
    items: tuple[AgendaItem, ...]
    windows: tuple[TermWindow, ...]
    flags: tuple[str, ...] = ()
