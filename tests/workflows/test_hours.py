"""Hours in skipped time: reserved, released, debited, lapsed, and nothing beyond them without a yes (A2)."""

from __future__ import annotations

from domain.facts import Fact
from domain.meeting import Outcome
from tests.workflows.trial import Trial, contract, plan, refusal, utc
from workflows.messages import CancelMeeting, DecideOverage, MeetingRequested, RecordOutcome, RequestMeeting

QUIET = plan("oura/premium", touchpoints=())  # two hours for three onboarding meetings of an hour each
BARE = plan("oura/premium", touchpoints=(), meetings=())
LAUNCH = plan("oura/launch-kit", meetings=())  # four hours inside the first ninety days
HOURS = ("hours.reserved", "hours.released", "hours.debited", "hours.lapsed", "overage.asked", "charge.line")


def figures(facts: list[Fact], *names: str) -> list[str]:
    return [f"{fact.kind} {fact.subject} " + " ".join(str(fact.data[name]) for name in names) for fact in facts]


async def hold(trial: Trial, key: str, minutes: int) -> None:
    outcome = RecordOutcome(Outcome.HELD, "Cecilia", minutes, "All is well.")
    await trial.meeting(key).execute_update("record_outcome", outcome)


async def ask(trial: Trial, title: str, minutes: int) -> tuple[str, int]:
    found = await trial.press(RequestMeeting(title, minutes, "Ada"))
    requested = found if isinstance(found, MeetingRequested) else MeetingRequested(**found)
    return requested.key, requested.overage_minutes


async def hours(trial: Trial) -> list[str]:
    return figures(
        await trial.facts(None, "hours.reserved", "hours.released", "hours.debited", "hours.lapsed"), "minutes", "left"
    )


async def test_what_exceeds_the_package_is_asked_for_and_billed_at_the_rate_of_the_day(trial: Trial) -> None:
    await trial.sign(contract(QUIET))
    await trial.to("2026-02-03 12:00")
    await hold(trial, "kickoff", 60)
    await trial.to("2026-02-05 12:00")
    await hold(trial, "deployment", 60)
    await trial.to("2026-02-05 13:00")
    [asked] = await trial.facts("training", "overage.asked")
    assert (asked.data["minutes"], asked.data["left"], asked.data["currency"]) == (60, 0, "USD")
    assert await trial.letters("overage-request") == ["overage-request training ada@acme.example sent"]
    token, [letter] = str(asked.data["token"]), [c for c in trial.smtp.caught if b"overage" in c.content]
    assert f"https://pledge.example/overage/{token}".encode() in letter.content.replace(b"=\r\n", b"")
    assert "meeting.opened" not in await trial.kinds("training")
    await trial.press(DecideOverage("training", approved=True, by="Ada"))
    await trial.to("2026-02-09 12:00")
    await hold(trial, "training", 50)
    await trial.to("2026-02-09 13:00")
    assert figures(await trial.facts("training", *HOURS[:3]), "minutes", "overage_minutes", "left") == [
        "hours.reserved training 0 60 0",
        "hours.debited training 0 50 0",
    ]
    [line] = await trial.facts("training", "charge.line")
    rate = asked.data["rate"]
    assert (line.data["quantity"], line.data["unit_amount"], line.data["amount"]) == (60, rate, rate)  # 50 counts as 60
    assert line.data["day"] == "2026-02-06"  # when it was delivered, not when that was recorded
    assert (await trial.story(None, "contract.onboarded")) == ["02-09 12:00 contract.onboarded"]


async def test_declined_overage_is_dropped_and_the_onboarding_goes_on_without_it(trial: Trial) -> None:
    await trial.sign(contract(QUIET))
    await trial.to("2026-02-03 12:00")
    await hold(trial, "kickoff", 120)
    await trial.to("2026-02-04 12:00")
    assert await refusal(trial.press(DecideOverage("training", approved=True, by="Ada"))) == (
        "Refused",
        "key: no overage is waiting for a decision on 'training'",
    )
    await trial.press(DecideOverage("deployment", approved=False, by="Ada"))
    await trial.to("2026-02-04 13:00")
    assert await trial.kinds("deployment") == ["overage.asked", "overage.declined", "item.dropped"]
    assert await trial.kinds("training") == ["overage.asked"]
    assert (await refusal(trial.press(DecideOverage("deployment", approved=True, by="Ada"))))[0] == "Refused"


async def test_minutes_beyond_what_was_approved_are_a_task_and_never_billed(trial: Trial) -> None:
    await trial.sign(contract(QUIET))
    await trial.to("2026-02-03 12:00")
    await hold(trial, "kickoff", 135)
    await trial.to("2026-02-03 13:00")
    assert figures(await trial.facts("kickoff", "hours.debited"), "minutes", "reserved", "overage_minutes", "left") == [
        "hours.debited kickoff 120 60 0 0"
    ]
    tasks = [fact for fact in await trial.facts(None, "task.opened") if fact.data["task"] == "overrun/kickoff"]
    assert [fact.data["title"] for fact in tasks] == ["Kick Off Meeting took 15 minutes beyond the package"]
    assert await trial.facts(None, "charge.line") == []


async def test_an_answer_that_never_comes_is_dropped_with_the_end_of_the_term(trial: Trial) -> None:
    await trial.sign(contract(BARE, months=1))
    await trial.to("2026-02-02 12:00")
    assert await ask(trial, "A very long workshop", 180) == ("consultation-01", 60)
    await trial.to("2026-03-01 23:30")
    assert await trial.kinds("consultation-01") == ["meeting.opened", "overage.asked", "item.late", "item.dropped"]
    [dropped] = await trial.facts("consultation-01", "item.dropped")
    assert dropped.data["reason"] == "the term ended before the overage was approved"
    assert await trial.contract().result() == "ended"


async def test_hours_are_reserved_released_and_lapse_at_the_end_of_the_term(trial: Trial) -> None:
    await trial.sign(contract(BARE, months=1))
    await trial.to("2026-02-02 12:00")
    assert await ask(trial, "Advanced training", 90) == ("consultation-01", 0)
    assert await ask(trial, "A question", 15) == ("consultation-02", 0)
    await trial.to("2026-02-02 13:00")
    await trial.meeting("consultation-01").execute_update("cancel", CancelMeeting("Ada", "not needed"))
    await trial.to("2026-02-12 12:00")
    await hold(trial, "consultation-02", 20)
    await trial.to("2026-03-02 12:00")
    assert await hours(trial) == [
        "hours.reserved consultation-01 90 30",
        "hours.reserved consultation-02 15 15",
        "hours.released consultation-01 90 105",
        "hours.debited consultation-02 20 100",
        "hours.lapsed  100 0",
    ]


async def test_a_window_closes_over_an_open_meeting_and_its_hours_lapse_when_it_is_over(trial: Trial) -> None:
    await trial.sign(contract(LAUNCH))
    await trial.to("2026-04-29 12:00")  # day 87 of 90; the hours can be used until midnight of Saturday 2 May
    assert await ask(trial, "Last questions", 60) == ("consultation-01", 0)
    await trial.to("2026-05-04 12:00")
    assert await hours(trial) == ["hours.reserved consultation-01 60 180", "hours.lapsed first-90-days 180 0"]
    [closed] = await trial.facts(None, "window.closed")
    assert (f"{closed.at:%m-%d %H:%M}", closed.data["lapsed_minutes"]) == ("05-02 22:00", 180)
    await hold(trial, "consultation-01", 45)
    await trial.to("2026-05-04 13:00")
    assert (await hours(trial))[2:] == ["hours.debited consultation-01 45 0", "hours.lapsed first-90-days 15 0"]
    assert (await refusal(trial.press(RequestMeeting("More", 30, "Ada"))))[0] == "Refused"


async def test_unused_hours_are_told_before_they_lapse_and_nobody_is_warned_of_nothing(trial: Trial) -> None:
    await trial.sign(contract(LAUNCH))
    await trial.to("2026-04-05 12:00")
    [warned] = await trial.facts(None, "window.warned")
    assert (f"{warned.at:%m-%d %H:%M}", warned.data["day"], warned.data["unused_minutes"]) == ("04-02 07:00", 60, 240)
    assert await ask(trial, "All of it", 240) == ("consultation-01", 0)
    await trial.to("2026-04-28 12:00")
    assert len(await trial.facts(None, "window.warned")) == 1
    assert len(await trial.letters("window-warning")) == 1


async def test_hours_taken_while_an_approval_is_awaited_are_asked_for_on_top(trial: Trial) -> None:
    await trial.sign(contract(BARE))
    await trial.to("2026-02-02 12:00")
    assert await ask(trial, "A workshop", 180) == ("consultation-01", 60)
    assert await ask(trial, "A question", 30) == ("consultation-02", 0)
    await trial.press(DecideOverage("consultation-01", approved=True, by="Ada"))
    assert [fact.data["minutes"] for fact in await trial.facts("consultation-01", "overage.asked")] == [60, 30]
    await trial.press(DecideOverage("consultation-01", approved=True, by="Ada"))
    await trial.to("2026-02-02 13:00")
    assert figures(await trial.facts("consultation-01", "hours.reserved"), "minutes", "overage_minutes", "left") == [
        "hours.reserved consultation-01 90 90 0"
    ]


async def test_a_request_that_cannot_be_is_refused_with_its_reason(trial: Trial) -> None:
    await trial.sign(contract(BARE))
    before = RequestMeeting("Too early", 30, "Ada")
    assert await refusal(trial.press(before)) == ("Refused", "the contract starts on 2026-02-02")
    await trial.to("2026-02-02 12:00")
    for request, reason in (
        (RequestMeeting("Blink", 14, "Ada"), "minutes: a meeting takes 15 to 480 minutes"),
        (RequestMeeting("Week", 481, "Ada"), "minutes: a meeting takes 15 to 480 minutes"),
        (RequestMeeting("Past", 30, "Ada", latest=utc("2026-02-02 11:00")), "latest: no time is left before it"),
        (RequestMeeting("Far", 30, "Ada", latest=utc("2027-02-02 11:00")), "latest: the term ends on 2027-02-01"),
    ):
        assert await refusal(trial.press(request)) == ("Refused", reason)
    accepted = [event for event in (await trial.history("contract/acme-2026")).events if event.event_type in (41, 43)]
    assert accepted == []
    assert await trial.facts(None, "meeting.opened") == []
