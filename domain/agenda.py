"""The agenda: everything a contract will do, dated. The values, and how a newer agenda replaces one that
runs.

`domain.agenda_build` makes an agenda, outside of workflows; nothing here reads zone data.
"""

from collections.abc import Collection, Iterable, Mapping
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
    ``due``: the instant by which the promise must be kept; only a last report's lies after the term. ``day``: the
    customer's local date of it: of a meeting the planned one, of an onboarding meeting and a report the last
    possible one. ``earliest``/``latest`` bound a meeting's slot; one near ``preferred`` is taken. ``plan_key``: the
    meeting, touchpoint or window of the plan. ``after``: the item that must be over before. ``number``: ordinal of a
    touchpoint, day of a warning, days of a notice. ``period``: the calendar month or quarter (``2026-02``,
    ``2026-q1``) that it covers.
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
    preferred: datetime | None = None
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
    """``ahead``: what is still to be done. ``passed``: what was not done and whose due instant went by.

    ``agenda`` takes the running one's place: the newer one with its keys as they are now, and with the items that
    were acted on under the running one, so that the next rebase knows which promise each key stood for.
    """

    agenda: Agenda
    ahead: tuple[AgendaItem, ...]
    passed: tuple[AgendaItem, ...]


def in_order(items: Iterable[AgendaItem]) -> tuple[AgendaItem, ...]:
    """Items as an agenda sorts them."""
    return tuple(sorted(items, key=lambda item: (item.at, item.kind is ItemKind.END, item.due, item.key)))


def rebase(running: Agenda, acted: Collection[str], newer: Agenda, now: datetime) -> Rebased:
    """What remains of ``newer`` for a contract that has worked on ``running`` (when resumed, both are the same).

    ``acted``: the keys on which the contract has acted, whether they are over or still open. Items of ``running``
    that ``newer`` does not have are gone. An item that can still be kept although its slots went by may be held until
    its due instant. Where another cadence gives the key of an acted touchpoint to another period, the new one gets a
    key of its own (``health-check-03-r2``). The end of a window or of the term never passes, and an onboarding
    meeting only when the windows of the term (without any: the term) have closed: late, it is still owed.
    """
    known = {item.key: item for item in running.items if item.key in acted}
    ahead: list[AgendaItem] = []
    passed: list[AgendaItem] = []
    for item in newer.items:
        key = _free_key(item, acted, known)
        if key is None:
            continue
        own = replace(item, key=key)
        if own.due <= now and own.kind not in _NEVER_PASSED and not _still_owed(own, newer, now):
            passed.append(own)
        else:
            ahead.append(_reopened(own, newer, now))
    agenda = replace(newer, items=in_order((*known.values(), *ahead, *passed)))
    return Rebased(agenda, tuple(ahead), tuple(passed))


def _free_key(item: AgendaItem, acted: Collection[str], known: Mapping[str, AgendaItem]) -> str | None:
    """The item's key, or its next revision that nobody has acted on; None where its promise was acted on."""
    key, revision = item.key, 1
    while key in acted:
        before = known.get(key)
        if _same_promise(before, item) if before else revision == 1:
            return None
        revision += 1
        key = f"{item.key}-r{revision}"
    return key


def _same_promise(acted: AgendaItem, item: AgendaItem) -> bool:
    """Only a touchpoint without a calendar period is named by its ordinal, which another cadence counts anew."""
    ordinal = item.kind in (ItemKind.TOUCHPOINT, ItemKind.REPORT) and not item.period
    return not ordinal or acted.due == item.due


def _still_owed(item: AgendaItem, newer: Agenda, now: datetime) -> bool:
    return item.kind is ItemKind.ONBOARDING and now < _onboarding_until(newer)


def _onboarding_until(agenda: Agenda) -> datetime:
    return max((window.closes for window in agenda.windows), default=agenda.ends)


def _reopened(item: AgendaItem, newer: Agenda, now: datetime) -> AgendaItem:
    """A meeting whose slots went by, but not its promise, may take any slot until it is due, or while it is owed."""
    if item.latest is None or item.latest > now:
        return item
    return replace(item, latest=item.due if item.due > now else _onboarding_until(newer))
