"""What facts change about tickets: the ticket, its clocks, its conversation, its opening hours, outages."""

from typing import Any

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.intake import Door
from storage.telling import ProjectionError, Told, change, put
from storage.ticket_views import OutageView, TicketClockView, TicketCoverageView, TicketEntryView, TicketView


async def registered(session: AsyncSession, fact: Told) -> None:
    """A report became a ticket, or was refused: the state says which."""
    reporter = fact.part("reporter")
    number, key = fact.number("number"), _key(fact)
    await put(
        session,
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
    await _entry(session, fact, "report", side, author, fact.text("description"), email=reporter.text("email"))


async def coverage_set(session: AsyncSession, fact: Told) -> None:
    rows = [
        {
            **_key(fact),
            "key": each.text("key"),
            "zone": each.text("zone"),
            "version": fact.number("version"),
            "since": each.number("since"),
            "until": each.number("until"),
            "starts": each.data["starts"],
            "ends": each.data["ends"],
        }
        for each in fact.each("coverages")
    ]
    if not rows:
        return
    row = insert(TicketCoverageView)
    news = {name: row.excluded[name] for name in ("zone", "version", "since", "until", "starts", "ends")}
    keys = ["contract_id", "number", "key"]
    await session.execute(row.on_conflict_do_update(index_elements=keys, set_=news), rows)
    await _update(session, fact, coverage_version=fact.number("version"))


async def clock_set(session: AsyncSession, fact: Told) -> None:
    await put(
        session,
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


async def clock_verdict(session: AsyncSession, fact: Told) -> None:
    await change(
        session,
        TicketClockView,
        {**_key(fact), "clock": fact.text("clock")},
        verdict=fact.text("verdict"),
        stopped=fact.maybe_instant("stopped"),
        took_seconds=fact.maybe_number("took_seconds"),
        overrun_seconds=fact.number("overrun_seconds"),
    )


async def triaged(session: AsyncSession, fact: Told) -> None:
    await _update(
        session,
        fact,
        level=fact.text("level"),
        level_name=fact.text("level_name"),
        impact=fact.text("impact", ""),
        inside_boundary=fact.flag("inside_boundary"),
    )


async def level_set(session: AsyncSession, fact: Told) -> None:
    await _update(session, fact, level=fact.text("level"), level_name=fact.text("level_name"))


async def assigned(session: AsyncSession, fact: Told) -> None:
    await _update(session, fact, owner_id=fact.text("staff_id"), owner_name=fact.text("name"))


async def replied(session: AsyncSession, fact: Told) -> None:
    await _update(session, fact, answered_at=func.coalesce(TicketView.answered_at, fact.at))
    await _entry(session, fact, "reply", fact.text("side"), fact.text("by"), fact.text("text"))


async def heard(session: AsyncSession, fact: Told) -> None:
    """Who was asked to agree and writes is asked anew, from the first time on."""
    await _update(session, fact, paused=func.array_remove(TicketView.paused, "customer"), asks=0)
    await _entry(session, fact, "heard", "customer", fact.text("by"), fact.text("text"), email=fact.text("email", ""))


async def noted(session: AsyncSession, fact: Told) -> None:
    await _entry(session, fact, "note", fact.text("side", "staff"), fact.text("by"), fact.text("text"), visible=False)


async def routed(session: AsyncSession, fact: Told) -> None:
    await _update(session, fact, routed_kind=fact.text("kind"), routed_to=fact.text("to"))
    if fact.text("note", ""):
        await _entry(session, fact, "routed", "staff", fact.text("by"), fact.text("note"), visible=False)


async def taken_back(session: AsyncSession, fact: Told) -> None:
    await _update(session, fact, routed_kind="", routed_to="")
    if fact.text("note", ""):
        await _entry(session, fact, "note", fact.text("side"), fact.text("by"), fact.text("note"), visible=False)


async def paused(session: AsyncSession, fact: Told) -> None:
    cause = fact.text("cause")
    added = func.array_append(func.array_remove(TicketView.paused, cause), cause)
    await _update(session, fact, paused=added)


async def resumed(session: AsyncSession, fact: Told) -> None:
    await _update(session, fact, paused=func.array_remove(TicketView.paused, fact.text("cause")))


async def acknowledged(session: AsyncSession, fact: Told) -> None:
    await change(
        session,
        TicketClockView,
        {**_key(fact), "clock": fact.text("clock")},
        acknowledged_by=fact.text("by"),
        acknowledged_at=fact.at,
    )


async def resolved(session: AsyncSession, fact: Told) -> None:
    """Solved by a person it is an answer too; what went by itself answers nobody."""
    values: dict[str, Any] = {
        "resolved_at": fact.at,
        "routed_kind": "",
        "routed_to": "",
        "asks": 0,
        "paused": func.array_remove(TicketView.paused, "customer"),
    }
    if fact.text("side") != "system":
        values["answered_at"] = func.coalesce(TicketView.answered_at, fact.at)
    await _update(session, fact, **values)
    await _entry(session, fact, "solution", fact.text("side"), fact.text("by"), fact.text("text"))


async def asked(session: AsyncSession, fact: Told) -> None:
    await _update(session, fact, asks=fact.number("times"))


async def closed(session: AsyncSession, fact: Told) -> None:
    """Agreed, withdrawn, or closed without an agreement."""
    paused_by_us = func.array_remove(TicketView.paused, "customer")
    await _update(session, fact, closed_at=fact.at, closed_by=fact.text("by"), paused=paused_by_us)
    words = fact.text("text", "") or fact.text("reason", "")
    side = "customer" if fact.text("email", "") else "staff"
    await _entry(session, fact, "closed", side, fact.text("by"), words, email=fact.text("email", ""))


async def reopened(session: AsyncSession, fact: Told) -> None:
    await _update(session, fact, resolved_at=None, closed_at=None, closed_by="", asks=0)
    await _entry(session, fact, "reopened", fact.text("side"), fact.text("by"), fact.text("text", ""))


async def agreeing(session: AsyncSession, fact: Told) -> None:
    await _update(session, fact, agree=fact.data["agree"])


async def amended(session: AsyncSession, fact: Told) -> None:
    await _update(session, fact, plan=fact.text("plan"), plan_version=fact.number("plan_version"))


async def released(session: AsyncSession, fact: Told) -> None:
    await _update(session, fact, released=True, paused=func.array_remove(TicketView.paused, "suspended"))


async def outage_began(session: AsyncSession, fact: Told) -> None:
    """One that began when an earlier one did is that one, which was not over."""
    key = {**_key(fact), "begin": fact.instant("begin")}
    await put(session, OutageView, key, alert=fact.text("key"), title=fact.text("title"), end=None)


async def outage_ended(session: AsyncSession, fact: Told) -> None:
    await change(
        session,
        OutageView,
        _key(fact),
        OutageView.end.is_(None),
        end=fact.instant("end"),
    )


def _key(fact: Told) -> dict[str, Any]:
    """``ticket/17`` of a contract."""
    kind, _, number = fact.subject.partition("/")
    if kind != "ticket" or not number.isdigit():
        raise ProjectionError(f"fact {fact.fact.seq} of {fact.fact.workflow_id}: {fact.subject!r} is no ticket")
    return {"contract_id": fact.contract_id, "number": int(number)}


async def _update(session: AsyncSession, fact: Told, **values: Any) -> None:
    await change(session, TicketView, _key(fact), state=fact.text("state"), changed_at=fact.at, **values)


async def _entry(
    session: AsyncSession,
    fact: Told,
    kind: str,
    side: str,
    author: str,
    text: str,
    *,
    email: str = "",
    visible: bool = True,
) -> None:
    await put(
        session,
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
