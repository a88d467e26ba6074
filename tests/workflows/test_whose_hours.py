"""Whose time a package's hours are: of the Launch Kit the Account Manager's, for ninety days (oura-3, oura-16)."""

from __future__ import annotations

from domain.plan import Role
from tests.workflows.trial import Trial, contract, member, plan, utc
from workflows.messages import DecideOverage, RequestMeeting

KIT = plan("oura/launch-kit", meetings=())
STAFF = (member("anna", Role.ACCOUNT_MANAGER), member("lena", Role.SUPPORT_LEAD))


async def hosts(trial: Trial) -> list[str]:
    return [f"{fact.subject} {fact.data['staff_id']}" for fact in await trial.facts(None, "meeting.booked")]


def letters(trial: Trial, beginning: str) -> list[str]:
    found = []
    for caught in trial.smtp.caught:
        body = caught.message.get_body(("plain",))
        if body is not None and str(caught.message["Subject"]).startswith(beginning):
            found.append(" ".join(body.get_content().split()))
    return found


async def test_the_hours_are_held_by_the_account_manager_while_there_is_one_and_by_the_main_contact_later(
    trial: Trial,
) -> None:
    await trial.sign(contract(KIT), *STAFF)
    await trial.to("2026-02-02 12:00")
    await trial.press(RequestMeeting("Advice", 60, "Ada"))
    await trial.to("2026-04-03 12:00")
    [warning] = letters(trial, "3 hours unused")
    assert "write to Anna" in warning
    await trial.to("2026-05-04 12:00")
    [closed] = letters(trial, "Closed: The first 90 days; Lena goes on as your contact")
    assert "With it the time of your Account Manager has ended. Lena goes on as your main contact." in closed
    await trial.press(RequestMeeting("More advice", 60, "Ada", latest=utc("2026-06-01 12:00")))
    await trial.press(DecideOverage("consultation-02", approved=True, by="Ada"))
    await trial.to("2026-05-04 13:00")
    assert await hosts(trial) == ["consultation-01 anna", "consultation-02 lena"]
