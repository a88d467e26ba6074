"""The ladder along the coverage: the workflow is awake at these instants, and once. Stockholm, Mon-Fri 08:00-18:00."""

from __future__ import annotations

from tests.tickets.trial_desk import TrialDesk, order

# Level 1 of Pilot is answered within 4 open hours: 75 % are 3 of them.
WAITS = {
    "a night": ("2026-02-02 15:30", "02-03 08:30", "02-03 09:30"),  # 1.5 h until 18:00
    "a weekend": ("2026-02-06 15:00", "02-09 08:00", "02-09 09:00"),  # 2 h on Friday
    "the summer time": ("2026-03-27 16:00", "03-30 08:00", "03-30 09:00"),  # 1 h on Friday; 08:00 is 06:00Z on Monday
    "Good Friday and Easter Monday": ("2026-04-02 15:00", "04-07 08:00", "04-07 09:00"),  # 1 h on Thursday
    "the winter time": ("2026-10-23 15:00", "10-26 09:00", "10-26 10:00"),  # 1 h on Friday; 08:00 is 07:00Z on Monday
}


async def test_a_clock_that_nobody_answers_warns_at_75_percent_and_when_due_and_once(desk: TrialDesk) -> None:
    await desk.sign(order("ombori/pilot"))
    told = {}
    for wait, (registered, _, _) in WAITS.items():
        await desk.trial.to(registered)
        told[wait] = await desk.open(level="l1")
    await desk.trial.to("2026-12-01 00:00")
    assert {wait: await case.told() for wait, case in told.items()} == {
        wait: [
            f"{warned} response-1 at 75 % to Cecilia",
            f"{due} response-1 missed",
            f"{due} response-1 at 100 % to Cecilia",
        ]
        for wait, (_, warned, due) in WAITS.items()
    }
    for case in told.values():
        assert await case.letters("ticket-warning") == ["ticket-warning cecilia@vendor.example"] * 2
        history = await desk.trial.history(case.workflow_id)
        timers = [event for event in history.events if event.HasField("timer_started_event_attributes")]
        assert len(timers) == 2  # no timer that is not a warning or a target
