"""Whoever has a new ticket hears of it at once, or when the desk opens.

Production is open every day from 08:00 to 21:00 in Stockholm, an hour ahead of UTC in winter: from 07:00Z to 20:00Z.
"""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta

from pydantic import TypeAdapter
from temporalio.api.enums.v1 import EventType

from domain.intake import Door
from domain.plan import Role
from domain.ticket import Act, Actor, Ticket
from domain.ticket_clocks import terms_of
from support.closing import Closing, close_day
from tests.tickets.trial_desk import OWNER, Case, TrialDesk, order
from tests.workflows.trial import member, plan, utc
from workflows.messages import AmendPlan, Resume, Suspend, Terminate
from workflows.ticket_messages import TicketOrder

NIGHT = "2026-02-02 22:00"


async def told(case: Case) -> list[str]:
    """``02-03 07:00 Cecilia``: each time that the ticket was announced."""
    facts = await case.facts("ticket.announced")
    return [f"{f.at:%m-%d %H:%M} {', '.join(each['name'] for each in _people(f.data))}" for f in facts]


def _people(data: object) -> list[dict[str, str]]:
    assert isinstance(data, dict)
    return list(data["to"])


async def steps(case: Case) -> list[str]:
    """The activities and timers that the ticket has asked for, in their order."""
    names = []
    for event in (await case.desk.trial.history(case.workflow_id)).events:
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            names.append(event.activity_task_scheduled_event_attributes.activity_type.name)
        elif event.event_type == EventType.EVENT_TYPE_TIMER_STARTED:
            length = event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
            names.append(f"timer of {round(length / timedelta(minutes=1))} min")
    return names


async def test_in_open_hours_it_is_told_with_the_registration_and_never_again(desk: TrialDesk) -> None:
    await desk.sign(order("ombori/production"))
    await desk.trial.to("2026-02-02 09:00")
    case = await desk.open(level="l2")
    assert await case.kinds() == ["registered", "coverage", "clock.set", "announced"]
    assert await told(case) == ["02-02 09:00 Cecilia"]
    await desk.trial.to("2026-02-02 09:01")
    assert await steps(case) == ["record", "timer of 45 min"]  # 75 % of the hour
    [mail] = [each for each in desk.mails("cecilia@vendor.example") if "[#1]" in each]
    assert mail.startswith(
        "[#1] New: Major, Acme: Silent sensors\n"
        "Hello Cecilia, Ticket 1 is new, and nobody has taken it yet. Ticket: Silent sensors Customer: Acme"
        " Level: Major By: form From: Ada Lindqvist, ada@acme.example, +46 8 555 01 00"
        " Registered: Monday 2 February 2026, 10:00 (Central European Time)"
        " First response: by Monday 2 February 2026, 11:00 (Central European Time) 1 h, clause ombori-21"
        " Status update: 2 h, clause ombori-21 > The sensors of room 4 are silent."
    )
    assert mail.endswith(" clause ombori-21")
    await case.act(Act.RESOLVE, text="They are on again.")
    await case.act(Act.AGREE, actor=Actor.CUSTOMER)
    await case.act(Act.REOPEN, actor=Actor.CUSTOMER, text="They are silent again.")
    assert await told(case) == ["02-02 09:00 Cecilia"]


async def test_at_night_it_is_told_once_when_the_desk_opens_unless_the_staff_was_quicker(desk: TrialDesk) -> None:
    await desk.sign(order("ombori/production"))
    await desk.trial.to(NIGHT)
    case, noted, answered = [await desk.open(level="l2") for _ in range(3)]
    by_cecilia = await desk.open(door=Door.PHONE, by="Cecilia", level="l2")
    by_maya = await desk.open(door=Door.PHONE, by="Maya", level="l2")
    await desk.trial.to("2026-02-02 22:30")
    await case.act(Act.HEAR, actor=Actor.CUSTOMER, text="Room 5 too.")
    await noted.act(Act.NOTE, text="I know of it.")
    await answered.reply()
    assert await steps(case) == ["record", "timer of 540 min", "record"]
    await desk.trial.to("2026-02-03 06:59")
    assert [await told(each) for each in (case, noted, answered, by_cecilia, by_maya)] == [[], [], [], [], []]
    await desk.trial.to("2026-02-03 07:01")
    assert await told(case) == ["02-03 07:00 Cecilia"]
    assert await steps(case) == ["record", "timer of 540 min", "record", "record", "timer of 45 min"]
    assert await told(by_maya) == ["02-03 07:00 Cecilia"]
    await desk.trial.to("2026-02-04 12:00")
    assert [await told(each) for each in (noted, answered, by_cecilia)] == [[], [], []]
    assert await told(case) == ["02-03 07:00 Cecilia"]
    [mail] = [each for each in desk.mails("cecilia@vendor.example") if each.startswith("[#5] New")]
    assert "By: phone, written down by Maya" in mail
    assert "Registered: Monday 2 February 2026, 23:00 (Central European Time)" in mail
    assert "First response: by Tuesday 3 February 2026, 09:00 (Central European Time)" in mail


async def test_whoever_writes_a_report_down_is_not_told_of_it_and_others_are(desk: TrialDesk) -> None:
    await desk.sign(order("ombori/production"))
    await desk.trial.to("2026-02-02 09:00")
    assert await told(await desk.open(door=Door.PHONE, by="cecilia ")) == []
    assert await told(await desk.open(door=Door.CHAT, by="Maya")) == ["02-02 09:00 Cecilia"]


async def test_where_nobody_has_it_nobody_is_told(desk: TrialDesk) -> None:
    await desk.sign(order("ombori/production"), member("otto", Role.TDS))
    await desk.trial.to("2026-02-02 09:00")
    case = await desk.open()
    assert await case.kinds() == ["registered", "coverage", "clock.set"]
    await desk.trial.to("2026-02-03 09:00")
    assert await case.letters() == ["ticket-received ada@acme.example"]


def test_what_is_still_to_be_told_goes_on_in_the_next_run_and_an_order_without_it_tells_nobody() -> None:
    kept: TypeAdapter[Ticket] = TypeAdapter(Ticket)
    new = Ticket("acme-2026/1", "acme-2026", terms_of(plan("ombori/production")), "l2", utc(NIGHT))
    at_seven = replace(new, announce_at=utc("2026-02-03 07:00"))
    assert kept.validate_json(kept.dump_json(at_seven)) == at_seven
    earlier = kept.dump_python(new, mode="json")
    del earlier["announce_at"]
    assert kept.validate_python(earlier).announce_at is None
    assert {each.name: each.default for each in fields(TicketOrder)}["announce"] is False


async def test_where_the_desk_is_open_at_all_hours_it_is_told_at_night_too(desk: TrialDesk) -> None:
    await desk.sign(order("ombori/enterprise"))
    await desk.trial.to(NIGHT)
    assert await told(await desk.open(level="l1")) == ["02-02 22:00 Cecilia"]


async def test_under_a_suspended_contract_it_is_told_all_the_same_and_the_customer_hears_of_the_suspension(
    desk: TrialDesk,
) -> None:
    await desk.sign(order("ombori/production"))
    await desk.trial.to(NIGHT)
    before = await desk.open()
    await desk.trial.press(Suspend("Lisa", "an invoice is unpaid"))
    await desk.trial.to("2026-02-03 09:00")
    meanwhile = await desk.open()
    await desk.trial.to("2026-02-05 12:00")
    await desk.trial.press(Resume("Lisa"))
    await desk.trial.to("2026-02-05 12:01")
    assert [await told(each) for each in (before, meanwhile)] == [["02-03 07:00 Cecilia"], ["02-03 09:00 Cecilia"]]
    bodies = [caught.message.get_body(("plain",)) for caught in desk.trial.smtp.caught]
    texts = [" ".join(str(body.get_content()).split()) for body in bodies if body is not None]
    [received] = [each for each in texts if "registered as ticket 2," in each]
    assert "The contract is suspended: no time runs until it goes on." in received
    assert "February" not in received  # no target has a day


async def test_a_day_that_is_closed_later_or_another_plan_moves_it(desk: TrialDesk) -> None:
    await desk.sign(order("ombori/production"))
    await desk.trial.to(NIGHT)
    case = await desk.open()
    feast = Closing(date(2026, 2, 3), "", "A feast", "Maya", contract_id="acme-2026")
    await close_day(desk.desk, feast, await desk.trial.now())
    await desk.trial.to("2026-02-04 01:00")
    assert await told(case) == []
    await desk.trial.press(AmendPlan(plan("ombori/enterprise"), "Lisa", "they need more"))
    await desk.trial.to("2026-02-04 01:01")
    assert await told(case) == ["02-04 01:00 Cecilia"]  # it is open at all hours now


async def test_what_is_closed_withdrawn_or_owed_no_more_before_the_desk_opens_is_not_told(desk: TrialDesk) -> None:
    await desk.sign(order("ombori/production"))
    await desk.trial.to(NIGHT)
    withdrawn, left = [await desk.open() for _ in range(2)]
    await withdrawn.act(Act.WITHDRAW, actor=Actor.CUSTOMER, text="Never mind.")
    await desk.trial.press(Terminate("Ada", "we move"))
    await desk.trial.to("2026-02-03 12:00")
    assert [await told(each) for each in (withdrawn, left)] == [[], []]
    await desk.trial.to("2026-02-04 09:00")
    await left.act(Act.ASSIGN, owner=OWNER)
    await left.act(Act.RESOLVE, text="Solved all the same.")
