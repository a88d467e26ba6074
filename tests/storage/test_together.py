"""Changes that are gathered do what they would do one after the other, in fewer statements."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from storage.session import Sessions
from storage.telling import WorkedOut
from storage.ticket_views import OutageView, TicketEntryView
from storage.together import Together
from tests.storage.rows import statements

NINE = datetime(2026, 2, 2, 9, tzinfo=UTC)
TEN = datetime(2026, 2, 2, 10, tzinfo=UTC)


def entry(rows: Together, seq: int, text: str) -> None:
    rows.put(
        TicketEntryView, key(seq), at=NINE, kind="note", side="staff", author="Anne", text=text, visible=True,
        attachments=[],
    )  # fmt: skip


def ending_in(column: ColumnElement[Any], end: ColumnElement[Any]) -> ColumnElement[Any]:
    return column.concat(end)


def key(seq: int) -> dict[str, object]:
    return {"contract_id": "acme", "number": 1, "seq": seq}


async def texts(sessions: Sessions) -> list[tuple[int, str, str]]:
    async with sessions() as session:
        rows = await session.execute(
            select(TicketEntryView.seq, TicketEntryView.author, TicketEntryView.text).order_by(TicketEntryView.seq)
        )
        return [(row.seq, row.author, row.text) for row in rows]


async def test_rows_that_change_alike_are_one_statement(sessions: Sessions) -> None:
    rows = Together()
    entry(rows, 1, "first")
    entry(rows, 2, "second")
    rows.change(TicketEntryView, key(1), text="first, again")
    with statements(sessions) as seen:
        async with sessions.begin() as session:
            await rows.write(session)
    assert seen == ["INSERT"]
    assert await texts(sessions) == [(1, "Anne", "first, again"), (2, "Anne", "second")]


async def test_what_the_row_itself_decides_is_worked_out_after_what_came_before(sessions: Sessions) -> None:
    rows = Together()
    entry(rows, 1, "said")
    rows.change(TicketEntryView, key(1), text=WorkedOut(ending_in, " twice"))
    rows.change(TicketEntryView, key(1), text=WorkedOut(ending_in, ", then thrice"))
    rows.change(TicketEntryView, key(1), author="Bob")
    async with sessions.begin() as session:
        await rows.write(session)
    assert await texts(sessions) == [(1, "Bob", "said twice, then thrice")]


async def test_a_change_of_a_row_that_is_not_there_yet_leaves_nothing_behind(sessions: Sessions) -> None:
    rows = Together()
    rows.change(TicketEntryView, key(1), email="early@acme.example")
    entry(rows, 1, "said")
    async with sessions.begin() as session:
        await rows.write(session)
        assert (await session.execute(select(TicketEntryView.email))).scalars().all() == [""]


async def test_a_change_with_a_condition_keeps_its_place_in_the_order(sessions: Sessions) -> None:
    rows, ticket = Together(), {"contract_id": "acme", "number": 1}
    rows.put(OutageView, {**ticket, "begin": NINE}, alert="a", title="Down", end=None)
    rows.change(OutageView, ticket, OutageView.end.is_(None), end=TEN)
    rows.put(OutageView, {**ticket, "begin": TEN}, alert="b", title="Down again", end=None)
    async with sessions.begin() as session:
        await rows.write(session)
        found = await session.execute(select(OutageView.alert, OutageView.end).order_by(OutageView.begin))
        assert [tuple(row) for row in found] == [("a", TEN), ("b", None)]
