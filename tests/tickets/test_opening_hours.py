"""Opening hours of an open ticket: a new version of them, and the end of what was expanded at the registration."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from activities.opening import expanded
from domain.coverage import DatedException, parse_span
from domain.plan import ClockKind, Target
from domain.ticket import Act
from storage.tickets import find_ticket
from support.registering import ORDER
from tests.tickets.trial_desk import Case, TrialDesk, minutes, order
from tests.workflows.trial import plan
from workflows.messages import Resume, Suspend
from workflows.ticket_messages import COVERAGE_CHANGED, CoverageChanged

CLOSED = DatedException(date(2026, 2, 3))
MORNING = DatedException(date(2026, 2, 3), (parse_span("08:00-08:15"),))


async def told(case: Case, version: int, *days: DatedException) -> None:
    """The ticket hears of closed days, as their version of the opening hours has them."""
    async with case.desk.trial.sessions() as session:
        stored = await find_ticket(session, case.contract_id, case.number)
    assert stored is not None
    hours = ORDER.validate_python(stored.document).hours
    coverages = expanded(hours, stored.registered_at, 120, [("", day) for day in days], version)
    await case.handle.signal(COVERAGE_CHANGED, CoverageChanged(coverages, "Lisa", "a feast"))


async def test_a_closed_day_moves_what_is_still_to_come_and_no_verdict(desk: TrialDesk) -> None:
    await desk.sign(order("ombori/production"))
    await desk.trial.to("2026-02-02 19:00")
    late = await desk.open(level="l1")
    await desk.trial.to("2026-02-02 19:40")
    case = await desk.open(level="l2")
    assert await case.clocks() == ["response-1 due 02-03 07:40"]
    for each in (late, case):
        await told(each, 3, CLOSED)
        await told(each, 3, CLOSED)
    await told(case, 2, MORNING)  # it was overtaken on its way
    await desk.trial.to("2026-02-02 23:00")
    assert await case.clocks() == ["response-1 due 02-04 07:40"]
    assert await late.clocks() == ["response-1 due 02-02 19:30 missed"]
    versions = [(f.data["version"], f.data["by"], f.data["reason"]) for f in await case.facts("ticket.coverage")]
    assert versions == [(1, "pledge", "registered"), (3, "Lisa", "a feast")]
    assert (await case.detail()).head.coverage_version == 3
    await told(case, 4, MORNING)  # the feast was a mistake, and on that morning there are 15 minutes
    await desk.trial.to("2026-02-04 08:00")
    assert await case.told() == [
        "02-04 07:10 response-1 at 75 % to Cecilia",
        "02-04 07:25 response-1 missed",  # 20 min on Monday, 15 min on Tuesday
        "02-04 07:25 response-1 at 100 % to Cecilia",
    ]
    await late.reply("Sorry.")
    [_, in_the_end] = await late.facts("clock.verdict")
    assert minutes(in_the_end.data["overrun_seconds"]) == 90  # half an hour on Monday, and Wednesday's


async def test_a_target_that_lies_further_ahead_than_the_hours_are_expanded_is_told_with_the_registration(
    desk: TrialDesk,
) -> None:
    pilot = plan("ombori/pilot")
    ninety_days = Target(ClockKind.RESOLUTION, 900 * 3600, "90 service days", "ombori-13")
    await desk.sign(order(replace(pilot, levels=(replace(pilot.levels[-1], targets=(ninety_days,)),))))
    await desk.trial.to("2026-02-02 09:00")
    case = await desk.open()
    # 8 h of Monday, 89 days without Good Friday, Easter Monday, 1 May and Ascension Day, and 2 h of summer time.
    assert await case.clock("resolution-1") == "resolution-1 due 06-12 08:00"
    assert await case.kinds() == ["registered", "coverage", "clock.set", "announced"]


async def test_a_ticket_that_waits_longer_than_its_hours_were_expanded_gets_more_of_them(desk: TrialDesk) -> None:
    await desk.sign(order("ombori/pilot"))
    await desk.trial.to("2026-02-02 09:00")
    case = await desk.open(level="l4")
    assert await case.clocks() == ["response-1 due 02-09 09:00"]  # 50 open hours are five days
    await desk.trial.to("2026-02-03 09:00")  # 10 of them are used
    await desk.trial.press(Suspend("Lisa", "the house is rebuilt"))
    await desk.trial.to("2026-09-01 06:00")  # the hours were known until June
    await desk.trial.press(Resume("Lisa"))
    await desk.trial.to("2026-09-01 06:10")
    assert await case.clocks() == ["response-1 due 09-04 16:00"]  # four days of summer time
    assert [f.data["reason"] for f in await case.facts("ticket.coverage")] == ["registered", "further ahead"]
    await desk.trial.to("2026-09-03 14:00")
    assert await case.told() == ["09-03 13:30 response-1 at 75 % to Cecilia"]
    await case.act(Act.RESOLVE, text="It is on again.")
    [verdict] = await case.facts("clock.verdict")
    assert (verdict.data["verdict"], minutes(verdict.data["took_seconds"])) == ("met", 38 * 60)
