"""A desk that is closed on a day, told to tickets that are open.

Ombori's pilot is open from 08:00 to 18:00 in Stockholm, an hour ahead of UTC in winter; 2 February 2026 is a Monday.
"""

from __future__ import annotations

from datetime import date

from domain.ticket import Act
from storage.closed_days import add_closed_day, contracts_behind, list_closed_days
from support.closing import Closing, close_day, open_day, tell_the_rest
from tests.tickets.trial_desk import TrialDesk, order, report

TUESDAY = Closing(date(2026, 2, 3), "", "The office moves", "Maya", contract_id="acme-2026")


async def test_a_closed_day_moves_what_is_to_come_and_taking_it_back_moves_it_again(desk: TrialDesk) -> None:
    await desk.sign(order("ombori/pilot"))
    await desk.trial.to("2026-02-02 15:00")
    await desk.register(report(level="l2"))  # 8 h: two on Monday, six on Tuesday
    assert await desk.clocks() == ["response-1 due 02-03 13:00"]
    day, told = await close_day(desk.desk, TUESDAY, await desk.trial.now())
    await desk.act(Act.NOTE, text="They move.")
    assert told == 1
    assert await desk.clocks() == ["response-1 due 02-04 13:00"]
    assert await open_day(desk.desk, day.id, "Maya", await desk.trial.now()) == 1
    await desk.act(Act.NOTE, text="They stay.")
    assert await desk.clocks() == ["response-1 due 02-03 13:00"]
    assert await open_day(desk.desk, day.id, "Maya", await desk.trial.now()) is None


async def test_other_hours_for_all_contracts_of_a_vendor_move_it_too(desk: TrialDesk) -> None:
    await desk.sign(order("ombori/pilot"))
    await desk.trial.to("2026-02-02 15:00")
    await desk.register(report(level="l2"))
    short = Closing(date(2026, 2, 3), "08:00-12:00", "A fair", "Maya", vendor_id="ombori", rule="service-desk")
    await close_day(desk.desk, short, await desk.trial.now())
    await close_day(desk.desk, Closing(date(2026, 2, 3), "", "x", "Maya", vendor_id="oura"), await desk.trial.now())
    await desk.act(Act.NOTE, text="They are at a fair.")
    assert await desk.clocks() == ["response-1 due 02-04 09:00"]


async def test_a_verdict_once_given_stays(desk: TrialDesk) -> None:
    await desk.sign(order("ombori/pilot"))
    await desk.trial.to("2026-02-02 15:00")
    await desk.register(report(level="l2"))
    await desk.trial.to("2026-02-03 14:00")
    assert await desk.clocks() == ["response-1 due 02-03 13:00 missed"]
    await close_day(desk.desk, TUESDAY, await desk.trial.now())
    await desk.act(Act.NOTE, text="We were closed.")
    assert await desk.clocks() == ["response-1 due 02-03 13:00 missed"]


async def test_the_very_same_day_is_kept_once_and_told_again_without_any_new_fact(desk: TrialDesk) -> None:
    await desk.sign(order("ombori/pilot"))
    await desk.trial.to("2026-02-02 15:00")
    await desk.register(report(level="l2"))
    for _ in range(2):
        await close_day(desk.desk, TUESDAY, await desk.trial.now())
    await desk.act(Act.NOTE, text="Told twice.")
    async with desk.trial.sessions() as session:
        assert [day.day for day in await list_closed_days(session, "acme-2026")] == [date(2026, 2, 3)]
        assert await contracts_behind(session) == ()
    told = await desk.trial.facts("ticket/1", "ticket.coverage")
    assert [fact.data["version"] for fact in told] == [1, 2]


async def test_what_a_crash_left_untold_is_told_later(desk: TrialDesk) -> None:
    await desk.sign(order("ombori/pilot"))
    await desk.trial.to("2026-02-02 15:00")
    await desk.register(report(level="l2"))
    async with desk.trial.sessions.begin() as session:
        await add_closed_day(
            session, contract_id="acme-2026", day=date(2026, 2, 3), spans="", reason="The office moves", by="Maya"
        )
    assert await tell_the_rest(desk.desk, await desk.trial.now()) == 1
    await desk.act(Act.NOTE, text="They move.")
    assert await desk.clocks() == ["response-1 due 02-04 13:00"]
    assert await tell_the_rest(desk.desk, await desk.trial.now()) == 0


async def test_a_closed_ticket_is_not_told(desk: TrialDesk) -> None:
    await desk.sign(order("ombori/pilot"))
    await desk.trial.to("2026-02-02 15:00")
    await desk.register(report(level="l2"))
    await desk.act(Act.RESOLVE, text="It works again.")
    await desk.act(Act.CLOSE, text="Ada said so.")
    assert await desk.handle().result() == "closed"
    assert (await close_day(desk.desk, TUESDAY, await desk.trial.now()))[1] == 0


async def test_a_ticket_whose_workflow_is_gone_is_passed_over_and_the_next_one_is_told(desk: TrialDesk) -> None:
    await desk.sign(order("ombori/pilot"))
    await desk.trial.to("2026-02-02 15:00")
    await desk.register(report(level="l2"))
    await desk.register(report(level="l2"))
    await desk.handle(1).terminate("gone")
    assert (await close_day(desk.desk, TUESDAY, await desk.trial.now()))[1] == 1
    await desk.act(Act.NOTE, number=2, text="They move.")
    assert await desk.clocks(2) == ["response-1 due 02-04 13:00"]
