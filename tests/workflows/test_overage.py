"""What goes beyond the package: asked each time it is needed, and billed in the currency of the vendor's rates."""

from __future__ import annotations

from domain.contract import Prices
from domain.meeting import Outcome
from tests.workflows.trial import Trial, contract, plan
from workflows.messages import DecideOverage, RecordOutcome, RequestMeeting

BARE = plan("oura/pro-lite", touchpoints=(), meetings=())


async def test_what_is_billed_at_the_rate_of_the_vendor_is_in_the_currency_of_that_rate(trial: Trial) -> None:
    await trial.sign(contract(BARE, prices=Prices("SEK")))
    await trial.to("2026-02-02 12:00")
    await trial.press(RequestMeeting("A workshop", 180, "Ada"))
    await trial.press(DecideOverage("consultation-01", approved=True, by="Ada"))
    await trial.to("2026-02-05 12:00")
    await trial.meeting("consultation-01").execute_update(
        "record_outcome", RecordOutcome(Outcome.HELD, "Cecilia", 180, "All is well.")
    )
    await trial.to("2026-02-05 13:00")
    [asked] = await trial.facts(None, "overage.asked")
    [line] = await trial.facts(None, "charge.line")
    assert (asked.data["currency"], line.data["currency"], line.data["quantity"]) == ("USD", "USD", 60)
    assert line.data["amount"] == asked.data["amount"]


async def test_a_second_question_about_the_same_meeting_is_a_mail_of_its_own(trial: Trial) -> None:
    await trial.sign(contract(BARE))
    await trial.to("2026-02-02 12:00")
    await trial.press(RequestMeeting("A workshop", 180, "Ada"))
    await trial.press(RequestMeeting("A question", 30, "Ada"))
    await trial.press(DecideOverage("consultation-01", approved=True, by="Ada"))  # the question took half an hour
    await trial.to("2026-02-02 13:00")
    assert [fact.data["minutes"] for fact in await trial.facts("consultation-01", "overage.asked")] == [60, 30]
    assert await trial.letters("overage-request") == ["overage-request consultation-01 ada@acme.example sent"] * 2
