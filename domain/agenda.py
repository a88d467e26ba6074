"""The agenda: everything a contract will do, dated. The values, and how a newer agenda replaces one that
runs.

`domain.agenda_build` makes an agenda, outside of workflows; nothing here reads zone data.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
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

    ``at``: the instant at which the workflow acts (books a meeting, sends a notice), always inside the term.
    ``due``: the instant by which the promise must be kept; only a last report's lies after the term. ``day``:
    the customer's local date of it: of a meeting the planned one, of an onboarding meeting and a report the
    last possible one. ``earliest``/``latest`` bound a meeting's slot. ``plan_key``: the meeting, touchpoint
    or window of the plan. ``after``: the item that must be over before. ``number``: ordinal of a touchpoint,
    day of a warning, days of a notice. ``period``: the calendar month or quarter (``2026-02``, ``2026-q1``)
    that it covers.
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
    """The whole term. ``items`` are sorted by ``at``, ``due`` and ``key``, and the END item is the last.

    ``flags`` are told at signing.
    """

    starts: datetime
    ends: datetime
    last_day: date
    items: tuple[AgendaItem, ...]
    windows: tuple[TermWindow, ...]
    flags: tuple[str, ...] = ()

    def item(self, key: str) -> AgendaItem | None:
        """The item of that key."""
        return next((item for item in self.items if item.key == key), None)


_NEVER_PASSED = (ItemKind.WINDOW_END, ItemKind.END)
"""Books must be closed even when their day went by: hours lapse, the term ends."""


@dataclass(frozen=True, slots=True)
class Rebased:
    """``ahead``: what is still to be done. ``passed``: what was not done and whose due instant went by."""

    ahead: tuple[AgendaItem, ...]
    passed: tuple[AgendaItem, ...]


def rebase(running: Agenda, acted: Collection[str], newer: Agenda, now: datetime) -> Rebased:
    """What remains of ``newer`` for a contract that has worked on ``running`` (when resumed, both are the same).

    ``acted``: the keys of ``running`` on which the contract has acted, whether they are over or still open.
    Items of ``running`` that ``newer`` does not have are gone. An item that can still be kept although its
    slots went by may be held until its due instant. Where another cadence gives the key of an acted
    touchpoint to another period, the new one gets a key of its own (``health-check-03-r2``). The end of a
    window or of the term never passes.
    """
    taken = {*acted, *(item.key for item in newer.items)}
    ahead: list[AgendaItem] = []
    passed: list[AgendaItem] = []
    for item in newer.items:
        if item.key in acted and _same_promise(running.item(item.key), item):
            continue
        own = replace(item, key=_free_key(item.key, taken)) if item.key in acted else item
        taken.add(own.key)
        if own.due <= now and own.kind not in _NEVER_PASSED:
            passed.append(own)
        else:
            ahead.append(_reopened(own, now))
    return Rebased(tuple(ahead), tuple(passed))


def _same_promise(acted: AgendaItem | None, item: AgendaItem) -> bool:
    """Only a touchpoint without a calendar period is named by its ordinal, which another cadence counts anew."""
    ordinal = item.kind in (ItemKind.TOUCHPOINT, ItemKind.REPORT) and not item.period
    return not ordinal or acted is None or acted.due == item.due


def _free_key(key: str, taken: Collection[str]) -> str:
    revision = 2
    while f"{key}-r{revision}" in taken:
        revision += 1
    return f"{key}-r{revision}"


def _reopened(item: AgendaItem, now: datetime) -> AgendaItem:
    """A meeting whose slots went by, but not its promise, may take any slot until it is due."""
    return replace(item, latest=item.due) if item.latest is not None and item.latest <= now else item
