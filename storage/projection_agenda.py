"""What facts change on the agenda: its items (``own_status``, see `storage.derived.ITEM_STATUS`) and its windows."""

from collections.abc import Sequence

from sqlalchemy import case, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.agenda import ItemKind
from storage.telling import Told, change
from storage.views import AgendaView, ContractView, MeetingView, WindowView

AHEAD = ("planned", "open")


async def agenda_set(session: AsyncSession, fact: Told) -> None:
    """The new agenda's items replace those that nothing has happened to; what was done, dropped or late stays."""
    await change(
        session,
        AgendaView,
        {"contract_id": fact.contract_id},
        AgendaView.own_status == "planned",
        AgendaView.late_at.is_(None),
        own_status="absent",
    )
    await _put_items(session, fact)
    await _put_windows(session, fact)
    running = fact.maybe_number("term")
    if running is not None:
        await change(session, ContractView, {"contract_id": fact.contract_id}, term=running)


async def item_done(session: AsyncSession, fact: Told) -> None:
    await settle(session, fact, fact.subject, "done", fact.text("by", ""), fact.text("note", ""))


async def noticed(session: AsyncSession, fact: Told) -> None:
    """A notice went out: that was all the item asked for."""
    await settle(session, fact, fact.subject, "done")


async def item_late(session: AsyncSession, fact: Told) -> None:
    await change(session, AgendaView, _item_of(fact), AgendaView.late_at.is_(None), late_at=fact.at)


async def item_dropped(session: AsyncSession, fact: Told) -> None:
    await settle(session, fact, fact.subject, "dropped", note=fact.text("reason", ""))


async def report_opened(session: AsyncSession, fact: Told) -> None:
    await change(session, AgendaView, _item_of(fact), AgendaView.own_status == "planned", own_status="open")


async def window_closed(session: AsyncSession, fact: Told) -> None:
    await settle(session, fact, fact.subject, "done")
    await change(
        session,
        WindowView,
        {"contract_id": fact.contract_id, "key": fact.text("window")},
        closed_at=fact.at,
        lapsed_minutes=fact.number("lapsed_minutes", 0),
    )


async def drop_passed(session: AsyncSession, fact: Told, keys: Sequence[str]) -> None:
    """What went by while the contract was suspended."""
    for key in keys:
        await settle(session, fact, key, "dropped", note="its day went by while the contract was suspended")


async def drop_open_items(session: AsyncSession, fact: Told, note: str, the_end: str) -> None:
    """The contract is over: nothing that lies ahead will happen, and the item ``end`` is ``the_end``."""
    await change(
        session,
        AgendaView,
        {"contract_id": fact.contract_id},
        AgendaView.own_status.in_(AHEAD),
        own_status=case((AgendaView.kind == ItemKind.END.value, the_end), else_="dropped"),
        own_settled_at=fact.at,
        note=case((AgendaView.kind == ItemKind.END.value, ""), else_=note),
    )


async def settle(session: AsyncSession, fact: Told, key: str, own_status: str, by: str = "", note: str = "") -> None:
    """An item is done or dropped; a second time changes nothing."""
    await change(
        session,
        AgendaView,
        {"contract_id": fact.contract_id, "key": key},
        AgendaView.own_status.in_((*AHEAD, "absent")),
        own_status=own_status,
        own_settled_at=fact.at,
        settled_by=by,
        note=note,
    )


def _item(fact: Told, item: Told) -> dict[str, object]:
    return {
        "contract_id": fact.contract_id,
        "key": item.text("key"),
        "kind": item.text("kind"),
        "title": item.text("title"),
        "clause": item.text("clause", ""),
        "at": item.instant("at"),
        "due": item.instant("due"),
        "day": item.day("day"),
        "plan_key": item.text("plan_key", ""),
        "number": item.number("number", 0),
        "period": item.text("period", ""),
        "own_status": "planned",
        "meeting_status": None,
        "meeting_over_at": None,
    }


async def _put_items(session: AsyncSession, fact: Told) -> None:
    """A meeting's facts may have come before: its status is taken over from its own row."""
    items = {item.text("key"): _item(fact, item) for item in fact.each("items")}
    if not items:
        return
    meetings = await session.execute(
        select(MeetingView.key, MeetingView.status, MeetingView.over_at).where(
            MeetingView.contract_id == fact.contract_id
        )
    )
    for meeting in meetings:
        if meeting.key in items:
            items[meeting.key] |= {"meeting_status": meeting.status, "meeting_over_at": meeting.over_at}
    row = insert(AgendaView)
    defined = ("kind", "title", "clause", "at", "due", "day", "plan_key", "number", "period")
    again = case((AgendaView.own_status == "absent", "planned"), else_=AgendaView.own_status)
    statement = row.on_conflict_do_update(
        index_elements=["contract_id", "key"],
        set_={name: row.excluded[name] for name in defined} | {"own_status": again},
    )
    # The rows as parameters, not in the statement: it is the same for every agenda, and so compiled once.
    await session.execute(statement, list(items.values()))


async def _put_windows(session: AsyncSession, fact: Told) -> None:
    windows = [
        {
            "contract_id": fact.contract_id,
            "key": window.text("key"),
            "title": window.text("title"),
            "opens": window.instant("opens"),
            "closes": window.instant("closes"),
            "last_day": window.day("last_day"),
        }
        for window in fact.each("windows")
    ]
    await session.execute(
        delete(WindowView).where(
            WindowView.contract_id == fact.contract_id,
            WindowView.closed_at.is_(None),
            WindowView.key.not_in([window["key"] for window in windows]),
        )
    )
    if windows:
        row = insert(WindowView)
        new = row.excluded
        moved = {name: new[name] for name in ("title", "opens", "closes", "last_day")}
        opens_again = new.closes > fact.at  # the same window of a new term, or a longer one of another plan
        again = {
            "closed_at": case((opens_again, None), else_=WindowView.closed_at),
            "lapsed_minutes": case((opens_again, 0), else_=WindowView.lapsed_minutes),
        }
        statement = row.on_conflict_do_update(index_elements=["contract_id", "key"], set_=moved | again)
        await session.execute(statement, windows)


def _item_of(fact: Told) -> dict[str, str]:
    return {"contract_id": fact.contract_id, "key": fact.subject}
