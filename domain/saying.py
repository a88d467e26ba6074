"""A fact in one sentence, for people. What is not listed here is told by its kind.

Times are told in a zone, so this reads zone data: for screens and reports, never for a workflow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from domain.happenings import Happening
from domain.money import amount_text
from domain.ticket_saying import TICKET_SAYINGS
from domain.wording import minutes_text

Data = Mapping[str, Any]
Money = Callable[[int | None, str], str]


def money_text(amount: int | None, currency: str) -> str:
    """Minor units as a person reads them; None is entered by hand."""
    return "by hand" if amount is None else amount_text(amount, currency)


def say(kind: str, data: Data, title: str, zone: str, money: Money = money_text) -> str:
    """``title`` is that of the agenda item that the fact is about; times are told in ``zone``, amounts by ``money``."""
    try:
        teller = _SAYINGS.get(Happening(kind))
        if teller is None:
            return _plain(kind, title)
        return _sentence(teller(_Reader(data, zone, money), title or "it").strip())
    except (KeyError, TypeError, ValueError):  # an older fact with other data: it is told, plainly
        return _plain(kind, title)


def _plain(kind: str, title: str) -> str:
    return _sentence(_words(kind.split(".", 1)[-1])) + (f": {title}" if title else "")


class _Reader(dict[str, Any]):
    """A fact's data, with its instants, days and lengths as a person reads them."""

    def __init__(self, data: Data, zone: str, money: Money) -> None:
        super().__init__(data)
        self._zone = ZoneInfo(zone)
        self._money = money

    def money(self) -> str:
        return self._money(self["amount"], self["currency"])

    def time(self, name: str) -> str:
        return datetime.fromisoformat(self[name]).astimezone(self._zone).strftime("%a %-d %b %Y, %H:%M")

    def day(self, name: str) -> str:
        return date.fromisoformat(self[name]).strftime("%-d %b %Y")

    def length(self, name: str = "minutes") -> str:
        return minutes_text(int(self[name]))

    def because(self, name: str = "reason") -> str:
        return f": {self[name]}" if self.get(name) else ""

    def passed(self) -> str:
        count = len(self["passed"])
        return f"; {count} item{'s' * (count != 1)} went by meanwhile" if count else ""

    def by(self) -> str:
        return f", by {self['by']}" if self.get("by") else ""


_SAYINGS: dict[Happening, Callable[[_Reader, str], str]] = {
    Happening.SIGNED: lambda d, _: (
        f"signed: {d['plan_name']} for {d['customer']}, {d.day('starts_on')} to {d.day('ends_on')}"
    ),
    Happening.AGENDA_SET: lambda d, _: f"agenda set: {len(d['items'])} items",
    Happening.STARTED: lambda _d, _: "the term began",
    Happening.ONBOARDED: lambda _d, _: "onboarding is over",
    Happening.SUSPENDED: lambda d, _: f"suspended{d.by()}{d.because()}",
    Happening.RESUMED: lambda d, _: f"resumed{d.by()}" + d.passed(),
    Happening.AMENDED: lambda d, _: f"amended to {d['plan_name']} (version {d['plan_version']}){d.by()}{d.because()}",
    Happening.RENEWED: lambda d, _: f"renewed until {d.day('ends_on')}{d.by()}",
    Happening.TERMINATED: lambda d, _: f"terminated{d.by()}{d.because()}",
    Happening.ENDED: lambda d, _: f"ended with {d['meetings_held']} meetings held",
    Happening.ROLE_ASSIGNED: lambda d, _: f"{d['name']} is the {d['role_title']}",
    Happening.ROLE_UNFILLED: lambda d, _: f"nobody can fill the role {d['role_title']}{d.because()}",
    Happening.ROLE_ENDED: lambda d, _: f"the role {_words(d['role'])} ended{d.because()}",
    Happening.CONTACT_ASKED: lambda d, _: f"asked {d['email']} to confirm the contact",
    Happening.CONTACT_SET: lambda d, _: f"contact: {d['name']} <{d['email']}>" + (", primary" if d["primary"] else ""),
    Happening.CONTACT_REMOVED: lambda d, _: f"contact removed{d.by()}",
    Happening.ITEM_DONE: lambda d, title: f"{title}: done{d.by()}{d.because('note')}",
    Happening.ITEM_LATE: lambda d, title: f"{title} is late; it was due {d.time('due')}",
    Happening.ITEM_DROPPED: lambda d, title: f"{title} dropped{d.because()}",
    Happening.WINDOW_WARNED: lambda d, _: (
        f"warned on day {d['day']}: {d.length('unused_minutes')} unused, closes {d.time('closes')}"
    ),
    Happening.WINDOW_CLOSED: lambda d, _: f"window closed, {d.length('lapsed_minutes')} lapsed",
    Happening.RENEWAL_NOTICED: lambda d, _: f"renewal notice, {d['days']} days before the end",
    Happening.REPORT_OPENED: lambda d, title: f"{title} to be written for {d['period']}, due {d.time('due')}",
    Happening.COUNTED: lambda d, _: f"in use: {d['users']} users, {d['devices']} devices{d.by()}",
    Happening.HOURS_RESERVED: lambda d, title: f"{d.length()} reserved for {title}, {d.length('left')} left",
    Happening.HOURS_RELEASED: lambda d, title: f"{d.length()} of {title} given back, {d.length('left')} left",
    Happening.HOURS_DEBITED: lambda d, title: f"{d.length()} used by {title}, {d.length('left')} left",
    Happening.HOURS_LAPSED: lambda d, _: f"{d.length()} lapsed unused",
    Happening.OVERAGE_ASKED: lambda d, title: (
        f"asked the customer to approve {d.length()} beyond the package for {title}"
    ),
    Happening.OVERAGE_APPROVED: lambda d, title: f"overage of {d.length()} approved for {title}{d.by()}",
    Happening.OVERAGE_DECLINED: lambda d, title: f"overage of {d.length()} declined for {title}{d.by()}",
    Happening.CHARGED: lambda d, _: f"charge: {d['text']}, {d.money()}",
    Happening.MEETING_OPENED: lambda d, _: f"{d['title']} to be held, {d.length()}",
    Happening.MEETING_BOOKED: lambda d, title: (
        f"{d['joined']} joins {title}{d.by()}"
        if d.get("joined")
        else f"{d['left']} need not come to {title}{d.by()}"
        if d.get("left")
        else f"{title} booked for {d.time('start')} with {d['host']}"
    ),
    Happening.MEETING_UNBOOKABLE: lambda d, title: f"no slot for {title}{d.because()}",
    Happening.MEETING_MOVED: lambda d, title: (
        f"{title} moved to {d.time('start')}"
        + (", outside of working hours" if d.get("outside") else "")
        + f"{d.by()}{d.because()}"
    ),
    Happening.MEETING_ANSWERED: lambda d, title: (
        f"{d['name'] or d['email']}: {_words(d['answer'])} ({title}){d.because('comment')}"
    ),
    Happening.MEETING_NUDGED: lambda _d, title: f"asked again for an answer to {title}",
    Happening.MEETING_REMINDED: lambda d, title: f"reminded of {title}, {d['hours']} h before",
    Happening.OUTCOME_ASKED: lambda _d, title: f"asked the host what became of {title}",
    Happening.MEETING_HELD: lambda d, title: f"{title} held, {d.length()}{d.by()}",
    Happening.MEETING_NO_SHOW: lambda d, title: (
        f"{title}: nobody came" + (", offered again" if d["offered_again"] else "")
    ),
    Happening.MEETING_CANCELLED: lambda d, title: f"{title} cancelled{d.by()}{d.because()}",
    Happening.MEETING_LAPSED: lambda d, title: f"{title} lapsed{d.because()}",
    Happening.TASK_OPENED: lambda d, _: f"task: {d['title']}",
    Happening.TASK_DONE: lambda d, _: f"task done{d.by()}",
    Happening.MESSAGE_REJECTED: lambda d, _: f"mail to {d['email']} was refused ({d['code']}){d.because()}",
    Happening.MESSAGE_LATE: lambda d, _: f"a message was not sent any more{d.because()}",
    **TICKET_SAYINGS,
}


def _words(text: str) -> str:
    """``awaiting-outcome`` as a person reads it."""
    return text.replace("-", " ").replace("_", " ").replace(".", " ")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
