"""What facts change about tickets: the ticket, its clocks, its conversation, its opening hours, outages."""

from typing import Any

from sqlalchemy import ColumnElement, func

from domain.intake import Door
from storage.telling import ProjectionError, Told, WorkedOut
from storage.ticket_views import OutageView, TicketClockView, TicketCoverageView, TicketEntryView, TicketView
from storage.together import Together


def registered(rows: Together, fact: Told) -> None:
    """A report became a ticket, or was refused: the state says which."""
    reporter = fact.part("reporter")
    number, key = fact.number("number"), _key(fact)
    rows.put(
        TicketView,
        key,
        workflow_id=fact.fact.workflow_id,
        subject=fact.text("subject"),
        description=fact.text("description"),
        door=fact.text("door"),
        channel=fact.text("channel"),
        reporter_name=reporter.text("name"),
        reporter_email=reporter.text("email"),
        reporter_phone=reporter.text("phone"),
        premises=fact.text("premises"),
        device=fact.text("device"),
        login=fact.text("login"),
        kind=fact.text("kind"),
        level=fact.text("level"),
        level_name=fact.text("level_name"),
        queue=fact.text("queue"),
        owed=fact.flag("owed"),
        reasons=fact.data["reasons"],
        state=fact.text("state"),
        alert=fact.text("alert"),
        outage=fact.flag("outage"),
        plan=fact.text("plan"),
        plan_version=fact.number("plan_version"),
        registered_at=fact.instant("registered"),
        agree=fact.data.get("agree", []),
        answered_at=fact.at if fact.text("state") == "answered" else None,  # where an automatic reply counts (A19)
        changed_at=fact.at,
    )
    if key["number"] != number:
        raise ProjectionError(f"ticket {number} is told about as {fact.subject}")
    side = "system" if fact.text("door") == Door.MONITORING else "customer"
    author = reporter.text("name") or reporter.text("email") or side
    _entry(rows, fact, "report", side, author, fact.text("description"), email=reporter.text("email"))


def coverage_set(rows: Together, fact: Told) -> None:
    coverages = fact.each("coverages")
    for each in coverages:
        rows.put(
            TicketCoverageView,
            {**_key(fact), "key": each.text("key")},
            zone=each.text("zone"),
            version=fact.number("version"),
            since=each.number("since"),
            until=each.number("until"),
            starts=each.data["starts"],
            ends=each.data["ends"],
        )
    if coverages:
        _update(rows, fact, coverage_version=fact.number("version"))


def clock_set(rows: Together, fact: Told) -> None:
    rows.put(
        TicketClockView,
        {**_key(fact), "clock": fact.text("clock")},
        kind=fact.text("kind"),
        ordinal=fact.number("ordinal"),
        clause=next(iter(fact.fact.clauses), ""),
        level=fact.text("level"),
        text=fact.text("text"),
        coverage=fact.text("coverage"),
        wall_clock=fact.flag("wall_clock"),
        best_effort=fact.flag("best_effort"),
        seconds=fact.maybe_number("seconds"),
        started=fact.instant("started"),
        anchor=fact.maybe_instant("anchor"),
        due=fact.maybe_instant("due"),
        pauses=fact.data["pauses"],
        verdict=fact.data.get("verdict"),
        stopped=None,
        took_seconds=None,
    )


def clock_verdict(rows: Together, fact: Told) -> None:
    rows.change(
        TicketClockView,
        {**_key(fact), "clock": fact.text("clock")},
        verdict=fact.text("verdict"),
        stopped=fact.maybe_instant("stopped"),
        took_seconds=fact.maybe_number("took_seconds"),
        overrun_seconds=fact.number("overrun_seconds"),
    )


def triaged(rows: Together, fact: Told) -> None:
    _update(
        rows,
        fact,
        level=fact.text("level"),
        level_name=fact.text("level_name"),
        impact=fact.text("impact", ""),
        inside_boundary=fact.flag("inside_boundary"),
    )


def level_set(rows: Together, fact: Told) -> None:
    _update(rows, fact, level=fact.text("level"), level_name=fact.text("level_name"))


def assigned(rows: Together, fact: Told) -> None:
    _update(rows, fact, owner_id=fact.text("staff_id"), owner_name=fact.text("name"))


def replied(rows: Together, fact: Told) -> None:
    _update(rows, fact, answered_at=WorkedOut(_kept, fact.at))
    _entry(rows, fact, "reply", fact.text("side"), fact.text("by"), fact.text("text"))


def heard(rows: Together, fact: Told) -> None:
    """Who was asked to agree and writes is asked anew, from the first time on."""
    _update(rows, fact, paused=WorkedOut(_without, "customer"), asks=0)
    _entry(rows, fact, "heard", "customer", fact.text("by"), fact.text("text"), email=fact.text("email", ""))


def noted(rows: Together, fact: Told) -> None:
    _entry(rows, fact, "note", fact.text("side", "staff"), fact.text("by"), fact.text("text"), visible=False)


def routed(rows: Together, fact: Told) -> None:
    _update(rows, fact, routed_kind=fact.text("kind"), routed_to=fact.text("to"))
    if fact.text("note", ""):
        _entry(rows, fact, "routed", "staff", fact.text("by"), fact.text("note"), visible=False)


def taken_back(rows: Together, fact: Told) -> None:
    _update(rows, fact, routed_kind="", routed_to="")
    if fact.text("note", ""):
        _entry(rows, fact, "note", fact.text("side"), fact.text("by"), fact.text("note"), visible=False)


def paused(rows: Together, fact: Told) -> None:
    cause = fact.text("cause")
    _update(rows, fact, paused=WorkedOut(_with, cause))


def resumed(rows: Together, fact: Told) -> None:
    _update(rows, fact, paused=WorkedOut(_without, fact.text("cause")))


def acknowledged(rows: Together, fact: Told) -> None:
    rows.change(
        TicketClockView,
        {**_key(fact), "clock": fact.text("clock")},
        acknowledged_by=fact.text("by"),
        acknowledged_at=fact.at,
    )


def resolved(rows: Together, fact: Told) -> None:
    """Solved by a person it is an answer too; what went by itself answers nobody."""
    values: dict[str, Any] = {
        "resolved_at": fact.at,
        "routed_kind": "",
        "routed_to": "",
        "asks": 0,
        "paused": WorkedOut(_without, "customer"),
    }
    if fact.text("side") != "system":
        values["answered_at"] = WorkedOut(_kept, fact.at)
    _update(rows, fact, **values)
    _entry(rows, fact, "solution", fact.text("side"), fact.text("by"), fact.text("text"))


def asked(rows: Together, fact: Told) -> None:
    _update(rows, fact, asks=fact.number("times"))


def closed(rows: Together, fact: Told) -> None:
    """Agreed, withdrawn, or closed without an agreement."""
    paused_by_us = WorkedOut(_without, "customer")
    _update(rows, fact, closed_at=fact.at, closed_by=fact.text("by"), paused=paused_by_us)
    words = fact.text("text", "") or fact.text("reason", "")
    side = "customer" if fact.text("email", "") else "staff"
    _entry(rows, fact, "closed", side, fact.text("by"), words, email=fact.text("email", ""))


def reopened(rows: Together, fact: Told) -> None:
    _update(rows, fact, resolved_at=None, closed_at=None, closed_by="", asks=0)
    _entry(rows, fact, "reopened", fact.text("side"), fact.text("by"), fact.text("text", ""))


def agreeing(rows: Together, fact: Told) -> None:
    _update(rows, fact, agree=fact.data["agree"])


def amended(rows: Together, fact: Told) -> None:
    _update(rows, fact, plan=fact.text("plan"), plan_version=fact.number("plan_version"))


def released(rows: Together, fact: Told) -> None:
    _update(rows, fact, released=True, paused=WorkedOut(_without, "suspended"))


def outage_began(rows: Together, fact: Told) -> None:
    """One that began when an earlier one did is that one, which was not over."""
    key = {**_key(fact), "begin": fact.instant("begin")}
    rows.put(OutageView, key, alert=fact.text("key"), title=fact.text("title"), end=None)


def outage_ended(rows: Together, fact: Told) -> None:
    rows.change(
        OutageView,
        _key(fact),
        OutageView.end.is_(None),
        end=fact.instant("end"),
    )


def _kept(column: ColumnElement[Any], value: ColumnElement[Any]) -> ColumnElement[Any]:
    """What it holds already; else the value."""
    return func.coalesce(column, value)


def _without(column: ColumnElement[Any], item: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.array_remove(column, item)


def _with(column: ColumnElement[Any], item: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.array_append(_without(column, item), item)


def _key(fact: Told) -> dict[str, Any]:
    """``ticket/17`` of a contract."""
    kind, _, number = fact.subject.partition("/")
    if kind != "ticket" or not number.isdigit():
        raise ProjectionError(f"fact {fact.fact.seq} of {fact.fact.workflow_id}: {fact.subject!r} is no ticket")
    return {"contract_id": fact.contract_id, "number": int(number)}


def _update(rows: Together, fact: Told, **values: Any) -> None:
    rows.change(TicketView, _key(fact), state=fact.text("state"), changed_at=fact.at, **values)


def _entry(
    rows: Together,
    fact: Told,
    kind: str,
    side: str,
    author: str,
    text: str,
    *,
    email: str = "",
    visible: bool = True,
) -> None:
    rows.put(
        TicketEntryView,
        {**_key(fact), "seq": fact.fact.seq},
        at=fact.at,
        kind=kind,
        side=side,
        author=author,
        email=email,
        text=text,
        visible=visible,
        attachments=fact.data.get("attachments", []),
    )
