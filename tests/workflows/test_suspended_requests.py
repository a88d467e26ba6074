"""Meetings that somebody asked for, in a contract that is suspended and resumed."""

from __future__ import annotations

from domain.contract import Contact
from domain.meeting import Outcome
from tests.workflows.trial import ADA, BO, Trial, contract, plan, utc
from workflows.messages import ChangeContact, RecordOutcome, RequestMeeting, Resume, Suspend

BARE = plan("oura/premium", touchpoints=(), meetings=())


async def test_a_requested_meeting_comes_back_as_it_was_asked_for(trial: Trial) -> None:
    await trial.sign(contract(BARE))
    await trial.to("2026-02-02 09:00")
    await trial.press(RequestMeeting("Advanced training", 45, "Ada", purpose="Reports of our own"))
    await trial.to("2026-02-02 10:00")
    await trial.press(Suspend("Lisa", "an invoice is unpaid"))
    await trial.to("2026-02-05 12:00")
    await trial.press(ChangeContact("Ada", Contact(BO), replaces=ADA.email))
    await trial.press(Resume("Lisa"))
    await trial.to("2026-02-06 16:00")
    [opened] = await trial.facts("consultation-01-r2", "meeting.opened")
    assert (opened.data["minutes"], opened.data["requested_by"]) == (45, "Ada")
    [booked] = await trial.facts("consultation-01-r2", "meeting.booked")
    assert str(booked.data["start"])[:10] == "2026-02-06"  # a day after it was taken up again
    assert "invitation consultation-01-r2 bo@acme.example sent" in await trial.letters("invitation")
    outcome = RecordOutcome(Outcome.HELD, "Cecilia", 45, "")
    await trial.meeting("consultation-01-r2").execute_update("record_outcome", outcome)
    await trial.to("2026-02-06 17:00")
    told = [f"{f.kind} {f.subject} {f.data['left']}" for f in await trial.facts() if f.kind.startswith("hours.")]
    assert told == [
        "hours.reserved consultation-01 75",
        "hours.released consultation-01 120",
        "hours.reserved consultation-01-r2 75",
        "hours.debited consultation-01-r2 75",
    ]


async def test_a_requested_meeting_whose_last_moment_went_by_is_dropped(trial: Trial) -> None:
    await trial.sign(contract(BARE))
    await trial.to("2026-02-02 09:00")
    await trial.press(RequestMeeting("A question", 30, "Ada", latest=utc("2026-02-05 12:00")))
    await trial.to("2026-02-02 10:00")
    await trial.press(Suspend("Lisa", "an invoice is unpaid"))
    await trial.to("2026-02-06 12:00")
    await trial.press(Resume("Lisa"))
    await trial.to("2026-02-06 13:00")
    assert await trial.kinds("consultation-01-r2") == ["item.dropped"]
