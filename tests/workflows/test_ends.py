"""How a contract ends, or goes on for another term. Stockholm, an hour ahead of UTC in winter."""

from __future__ import annotations

from sqlalchemy import text

from tests.workflows.trial import Trial, contract, plan
from workflows.messages import Renew, RequestMeeting, Terminate

BARE = plan("oura/premium", touchpoints=(), meetings=())
KIT = plan("oura/launch-kit", meetings=())


def last_mail(trial: Trial) -> tuple[str, str]:
    mail = trial.smtp.caught[-1].message
    body = mail.get_body(("plain",))
    assert body is not None
    return mail["Subject"], " ".join(body.get_content().split())


async def term(trial: Trial) -> int:
    async with trial.sessions() as session:
        return int((await session.execute(text("SELECT term FROM contract_view"))).scalar_one())


async def test_a_farewell_names_the_day_on_which_the_contract_was_terminated(trial: Trial) -> None:
    await trial.sign(contract(BARE))
    await trial.to("2026-02-10 23:30")
    await trial.press(Terminate("Ada", "we sell the company"))
    await trial.to("2026-02-11 09:00")
    subject, body = last_mail(trial)
    assert subject == "Your contract for Premium Success Package has ended"
    assert "ended on Wednesday 11 February 2026." in body


async def test_a_farewell_before_the_first_day_says_so(trial: Trial) -> None:
    await trial.sign(contract(BARE))
    await trial.press(Terminate("Ada", "we chose another vendor"))
    assert await trial.contract().result() == "terminated"
    subject, body = last_mail(trial)
    assert subject == "Your contract for Premium Success Package will not begin"
    assert "was terminated before it began, on Friday 30 January 2026." in body


async def test_a_farewell_at_the_end_of_a_term_names_its_last_day(trial: Trial) -> None:
    await trial.sign(contract(BARE, months=1))
    await trial.to("2026-03-02 09:00")
    assert "ended on Sunday 1 March 2026." in last_mail(trial)[1]


async def test_the_running_term_is_the_first_until_the_next_begins(trial: Trial) -> None:
    await trial.sign(contract(BARE, months=1))
    await trial.to("2026-02-10 09:00")
    await trial.press(Renew("Ada", 2))
    assert await term(trial) == 1
    await trial.to("2026-03-02 09:00")
    assert await term(trial) == 2


async def test_hours_of_a_window_that_only_the_first_term_has_are_not_granted_again(trial: Trial) -> None:
    await trial.sign(contract(KIT, months=4))
    await trial.to("2026-02-10 09:00")
    await trial.press(Renew("Ada", 4))
    await trial.to("2026-06-02 09:00")
    [granted] = await trial.facts(None, "hours.granted")
    assert granted.data == {"minutes": 0, "left": 0}
    await trial.press(RequestMeeting("A workshop", 60, "Ada"))
    assert [fact.data["minutes"] for fact in await trial.facts(None, "overage.asked")] == [60]


async def test_of_an_address_that_is_refused_again_the_main_contact_is_told_once(trial: Trial) -> None:
    trial.smtp.reject("ada@acme.example")
    await trial.sign(contract(BARE, months=1))
    await trial.to("2026-02-02 09:00")  # the welcome is refused
    await trial.press(Terminate("Ada", "bankrupt"))  # and so is the farewell
    await trial.to("2026-02-02 10:00")
    assert len(await trial.facts(None, "message.rejected")) == 2
    assert [f.data["task"] for f in await trial.facts(None, "task.opened")] == ["address/ada@acme.example"] * 2
    assert await trial.letters("task") == ["task  cecilia@vendor.example sent"]
