"""Facts of tickets in one sentence each, as `domain.saying` tells those of contracts and meetings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from domain.clock_words import seconds_text
from domain.happenings import Happening
from domain.intake import title_of


class Reading(Protocol):
    """A fact's data, with its instants as a person reads them."""

    def __getitem__(self, name: str, /) -> Any: ...
    def get(self, name: str, /) -> Any: ...
    def time(self, name: str, /) -> str: ...
    def by(self) -> str: ...
    def because(self, name: str = "reason", /) -> str: ...


_VERDICTS = {
    "met": "in time",
    "missed": "missed",
    "objective-missed": "objective missed",
    "measured": "measured",
    "lapsed": "nothing owed any more",
}


def _clock(d: Reading) -> str:
    kind, _, number = d["clock"].rpartition("-")
    names = {"response": "first response", "update": f"status update {number}", "resolution": "solution"}
    return names.get(kind, str(d["clock"]))


def _set(d: Reading) -> str:
    if d["due"]:
        return f"{_clock(d)} due {d.time('due')}"
    return f"{_clock(d)} is measured" if d["seconds"] is None else f"{_clock(d)} is paused"


def _verdict(d: Reading) -> str:
    word = _VERDICTS.get(d["verdict"], d["verdict"])
    took = f", took {seconds_text(d['took_seconds'])} of open time" if d.get("took_seconds") is not None else ""
    over = f", {seconds_text(d['overrun_seconds'])} late" if d["overrun_seconds"] else ""
    return f"{_clock(d)}: {word}{took}{over}"


def _names(people: list[dict[str, str]]) -> str:
    return ", ".join(each["name"] or each["email"] for each in people) or "nobody"


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 120 else flat[:119] + "…"


TICKET_SAYINGS: dict[Happening, Callable[[Any, str], str]] = {
    Happening.TICKET_REGISTERED: lambda d, _: (
        f"ticket {d['number']} registered as {d['level_name']}: "
        + title_of(d["subject"], d["description"], d["number"])
    ),
    Happening.TICKET_REFUSED: lambda d, _: (
        f"report {d['number']} became no ticket: " + "; ".join(each["text"] for each in d["reasons"])
    ),
    Happening.TICKET_ANNOUNCED: lambda d, _: f"told {_names(d['to'])} of the new ticket",
    Happening.TICKET_COVERAGE: lambda d, _: f"opening hours, version {d['version']}{d.because()}",
    Happening.CLOCK_SET: lambda d, _: _set(d),
    Happening.CLOCK_VERDICT: lambda d, _: _verdict(d),
    Happening.TICKET_TRIAGED: lambda d, _: f"triaged as {d['level_name']}{d.by()}",
    Happening.TICKET_LEVEL: lambda d, _: f"level is {d['level_name']} now{d.by()}{d.because()}",
    Happening.TICKET_ASSIGNED: lambda d, _: f"{d['name']} has it{d.by()}",
    Happening.TICKET_REPLIED: lambda d, _: f"answered{d.by()}: {_short(d['text'])}",
    Happening.TICKET_HEARD: lambda d, _: f"{d['by'] or d['email']} wrote: {_short(d['text'])}",
    Happening.TICKET_NOTED: lambda d, _: f"noted{d.by()}",
    Happening.TICKET_ROUTED: lambda d, _: f"handed to {d['to']}{d.by()}",
    Happening.TICKET_TAKEN_BACK: lambda d, _: f"taken back{d.by()}",
    Happening.TICKET_PAUSED: lambda d, _: (
        "clocks wait: the contract is suspended"
        if d["cause"] == "suspended"
        else f"clocks wait for the customer{d.by()}"
    ),
    Happening.TICKET_RESUMED: lambda d, _: f"clocks go on{d.by()}",
    Happening.TICKET_ACKNOWLEDGED: lambda d, _: f"{_clock(d)} acknowledged{d.by()}",
    Happening.TICKET_ESCALATED: lambda d, _: f"{_clock(d)}: told {_names(d['to'])}{d.because()}",
    Happening.TICKET_INCIDENT: lambda d, _: f"major incident {d['news']}: told {_names(d['to'])}",
    Happening.TICKET_RESOLVED: lambda d, _: f"solved{d.by()}: {_short(d['text'])}",
    Happening.TICKET_ASKED: lambda d, _: f"asked {_names(d['to'])} to agree" + (" again" if d["times"] > 1 else ""),
    Happening.TICKET_AGREEING: lambda d, _: f"{_names(d['agree'])} can agree to the closing now",
    Happening.TICKET_AGREED: lambda d, _: f"{d['by']} agreed; closed",
    Happening.TICKET_CLOSED: lambda d, _: f"closed{d.by()}{d.because()}",
    Happening.TICKET_WITHDRAWN: lambda d, _: f"withdrawn{d.by()}",
    Happening.TICKET_REOPENED: lambda d, _: f"reopened{d.by()}",
    Happening.TICKET_AMENDED: lambda d, _: f"goes on under {d['plan']} (version {d['plan_version']})",
    Happening.TICKET_RELEASED: lambda d, _: f"nothing is owed any more{d.because()}",
    Happening.WEBHOOK_POSTED: lambda d, _: f"{d['endpoint']} took {d['event']}",
    Happening.WEBHOOK_FAILED: lambda d, _: f"{d['endpoint']} did not take {d['event']}{d.because()}",
    Happening.OUTAGE_BEGAN: lambda d, _: f"outage since {d.time('begin')}: {d['title']}",
    Happening.OUTAGE_ENDED: lambda d, _: f"outage over at {d.time('end')}",
    Happening.DESIGNATED: lambda d, _: f"{len(d['users'])} users are designated{d.by()}",
}
