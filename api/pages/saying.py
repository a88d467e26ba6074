"""A fact in one sentence. What is not listed here is told by its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from api.pages.render import minutes, money, sentence, words
from domain.happenings import Happening as H

Data = Mapping[str, Any]
Say = Callable[[Data, str], str]


def say(kind: str, data: Data, title: str, zone: str) -> str:
    """``title`` is that of the agenda item that the fact is about; times are told in ``zone``."""
    try:
        teller = _SAYINGS.get(H(kind))
        if teller is None:
            return _plain(kind, title)
        return sentence(teller(_Reader(data, zone), title or "it").strip())
    except (KeyError, TypeError, ValueError):  # an older fact with other data: it is told, plainly
        return _plain(kind, title)


def _plain(kind: str, title: str) -> str:
    return sentence(words(kind.split(".", 1)[-1])) + (f": {title}" if title else "")


class _Reader(dict[str, Any]):
    """A fact's data, with its instants, days and lengths as a person reads them."""

    def __init__(self, data: Data, zone: str) -> None:
        super().__init__(data)
        self._zone = ZoneInfo(zone)

    def time(self, name: str) -> str:
        return datetime.fromisoformat(self[name]).astimezone(self._zone).strftime("%a %-d %b %Y, %H:%M")

    def day(self, name: str) -> str:
        return date.fromisoformat(self[name]).strftime("%-d %b %Y")

    def length(self, name: str = "minutes") -> str:
        return minutes(int(self[name]))

    def because(self, name: str = "reason") -> str:
        return f": {self[name]}" if self.get(name) else ""

    def by(self) -> str:
        return f", by {self['by']}" if self.get("by") else ""


_SAYINGS: dict[H, Callable[[_Reader, str], str]] = {
    H.SIGNED: lambda d, _: f"signed: {d['plan_name']} for {d['customer']}, {d.day('starts_on')} to {d.day('ends_on')}",
    H.AGENDA_SET: lambda d, _: f"agenda set: {len(d['items'])} items",
    H.STARTED: lambda d, _: "the term began",
    H.ONBOARDED: lambda d, _: "onboarding is over",
    H.SUSPENDED: lambda d, _: f"suspended{d.by()}{d.because()}",
    H.RESUMED: lambda d, _: f"resumed{d.by()}; {len(d['passed'])} items went by meanwhile",
    H.AMENDED: lambda d, _: f"amended to {d['plan_name']} (version {d['plan_version']}){d.by()}{d.because()}",
    H.RENEWED: lambda d, _: f"renewed until {d.day('ends_on')}{d.by()}",
    H.TERMINATED: lambda d, _: f"terminated{d.by()}{d.because()}",
    H.ENDED: lambda d, _: f"ended with {d['meetings_held']} meetings held",
    H.ROLE_ASSIGNED: lambda d, _: f"{d['name']} is the {d['role_title']}",
    H.ROLE_UNFILLED: lambda d, _: f"nobody can fill the role {d['role_title']}{d.because()}",
    H.ROLE_ENDED: lambda d, _: f"the role {words(d['role'])} ended{d.because()}",
    H.CONTACT_ASKED: lambda d, _: f"asked {d['email']} to confirm the contact",
    H.CONTACT_SET: lambda d, _: f"contact: {d['name']} <{d['email']}>" + (", primary" if d["primary"] else ""),
    H.CONTACT_REMOVED: lambda d, _: f"contact removed{d.by()}",
    H.ITEM_DONE: lambda d, title: f"{title}: done{d.by()}{d.because('note')}",
    H.ITEM_LATE: lambda d, title: f"{title} is late; it was due {d.time('due')}",
    H.ITEM_DROPPED: lambda d, title: f"{title} dropped{d.because()}",
    H.WINDOW_WARNED: lambda d, _: (
        f"warned on day {d['day']}: {d.length('unused_minutes')} unused, closes {d.time('closes')}"
    ),
    H.WINDOW_CLOSED: lambda d, _: f"window closed, {d.length('lapsed_minutes')} lapsed",
    H.RENEWAL_NOTICED: lambda d, _: f"renewal notice, {d['days']} days before the end",
    H.REPORT_OPENED: lambda d, title: f"{title} to be written for {d['period']}, due {d.time('due')}",
    H.COUNTED: lambda d, _: f"in use: {d['users']} users, {d['devices']} devices{d.by()}",
    H.HOURS_RESERVED: lambda d, title: f"{d.length()} reserved for {title}, {d.length('left')} left",
    H.HOURS_RELEASED: lambda d, title: f"{d.length()} of {title} given back, {d.length('left')} left",
    H.HOURS_DEBITED: lambda d, title: f"{d.length()} used by {title}, {d.length('left')} left",
    H.HOURS_LAPSED: lambda d, _: f"{d.length()} lapsed unused",
    H.OVERAGE_ASKED: lambda d, title: f"asked the customer to approve {d.length()} beyond the package for {title}",
    H.OVERAGE_APPROVED: lambda d, title: f"overage of {d.length()} approved for {title}{d.by()}",
    H.OVERAGE_DECLINED: lambda d, title: f"overage of {d.length()} declined for {title}{d.by()}",
    H.CHARGED: lambda d, _: f"charge: {d['text']}, {money(d['amount'], d['currency'])}",
    H.MEETING_OPENED: lambda d, _: f"{d['title']} to be held, {d.length()}",
    H.MEETING_BOOKED: lambda d, title: f"{title} booked for {d.time('start')} with {d['host']}",
    H.MEETING_UNBOOKABLE: lambda d, title: f"no slot for {title}{d.because()}",
    H.MEETING_MOVED: lambda d, title: f"{title} moved to {d.time('start')}{d.by()}{d.because()}",
    H.MEETING_ANSWERED: lambda d, title: (
        f"{d['name'] or d['email']}: {words(d['answer'])} ({title}){d.because('comment')}"
    ),
    H.MEETING_NUDGED: lambda d, title: f"asked again for an answer to {title}",
    H.MEETING_REMINDED: lambda d, title: f"reminded of {title}, {d['hours']} h before",
    H.OUTCOME_ASKED: lambda d, title: f"asked the host what became of {title}",
    H.MEETING_HELD: lambda d, title: f"{title} held, {d.length()}{d.by()}",
    H.MEETING_NO_SHOW: lambda d, title: f"{title}: nobody came" + (", offered again" if d["offered_again"] else ""),
    H.MEETING_CANCELLED: lambda d, title: f"{title} cancelled{d.by()}{d.because()}",
    H.MEETING_LAPSED: lambda d, title: f"{title} lapsed{d.because()}",
    H.TASK_OPENED: lambda d, _: f"task: {d['title']}",
    H.TASK_DONE: lambda d, _: f"task done{d.by()}",
    H.MESSAGE_REJECTED: lambda d, _: f"mail to {d['email']} was refused ({d['code']}){d.because()}",
    H.MESSAGE_LATE: lambda d, _: f"a message was not sent any more{d.because()}",
}
