"""What people do to tickets while their histories are recorded: every act, a contract's news, and a second run."""

from __future__ import annotations

from dataclasses import replace

from domain.contract import Contact
from domain.intake import Door
from domain.ticket import Act, Actor, RouteKind
from tests.tickets.trial_desk import OWNER, Case, TrialDesk
from tests.workflows.trial import ADA, CATALOGUE, CECILIA, Trial, contract
from workflows.messages import AmendPlan, Resume, Suspend
from workflows.ticket_messages import Route

TICKETS = {
    "tickets-oura": ("oura/launch-kit", "oura/premium"),
    "tickets-caret": ("caret/premium-support", "caret/support-24-7"),
    "tickets-essensys": ("essensys/inbound", "essensys/engagement-enterprise"),
    "tickets-ombori": ("ombori/production", "ombori/enterprise"),
}
"""For each run the package that is signed, and the one to which the contract is amended."""

_PARTNER = Route(RouteKind.ONSITE_PARTNER, "Fixers", "fix@partner.example")
_DESK = Route(RouteKind.CLIENT_DESK, "Acme's own desk", endpoint="nowhere")


async def live(trial: Trial, name: str) -> None:
    """Two tickets of one contract: one goes through everything, the other is left alone until the end."""
    signed, amended = (CATALOGUE.get(each) for each in TICKETS[name])
    desk = TrialDesk(trial)
    contacts = (Contact(replace(ADA, phone="+46 8 1"), primary=True, representative_of=("Head office",)),)
    await desk.sign(contract(signed, id=name, contacts=contacts), CECILIA)
    if signed.vendor.id == "caret":
        await desk.designate(name, ADA.email)
    first = await _opened(desk, signed.vendor.id, signed.levels[0].key)
    second = await _opened(desk, signed.vendor.id, signed.levels[-1].key)
    await _worked_on(trial, first, signed.levels[0].key, signed.levels[-1].key)
    await trial.press(Suspend("Lisa", "an invoice is unpaid"))
    await _days(trial, 2)
    await trial.press(Resume("Lisa"))
    await _solved(trial, first)
    await trial.press(AmendPlan(amended, "Lisa", "they need more"))
    await _days(trial, 1)
    await second.reply("We have not forgotten it.")
    await _reopened(trial, first)
    await _days(trial, 30)


async def _opened(desk: TrialDesk, vendor: str, level: str) -> Case:
    """By phone where the plan's form is no way in, since every plan takes one of the two."""
    door = Door.CHAT if vendor == "essensys" else Door.FORM
    return await desk.open(door=door, level=level, premises="Head office")


async def _worked_on(trial: Trial, case: Case, severest: str, slightest: str) -> None:
    """Late at first, then triaged, answered, handed on and taken back."""
    await _days(trial, 1)
    await case.act(Act.TRIAGE, level=severest, impact="All of it")
    await case.act(Act.ASSIGN, owner=OWNER)
    await case.act(Act.ACKNOWLEDGE, clock="response-1")
    await case.reply()
    await case.act(Act.NOTE, text="The log says nothing.")
    await case.act(Act.HEAR, Actor.CUSTOMER, text="It blinks now.")
    if slightest != severest:
        await case.act(Act.SET_LEVEL, level=slightest)
        await case.act(Act.SET_LEVEL, level=severest)
    await case.act(Act.ROUTE, route=_PARTNER, text="Please look.")
    await case.act(Act.TAKE_BACK, text="It was not the cable.")
    await case.act(Act.ROUTE, route=_DESK)
    await _days(trial, 1)
    await case.act(Act.TAKE_BACK)


async def _solved(trial: Trial, case: Case) -> None:
    """Solved, disagreed, solved again, reminded, agreed."""
    await case.act(Act.RESOLVE, text="A new gateway.")
    await case.act(Act.REOPEN, Actor.CUSTOMER, text="It is silent again.")
    await case.act(Act.RESOLVE, text="Another one.")
    await _days(trial, 8)
    await case.act(Act.AGREE, Actor.CUSTOMER)


async def _reopened(trial: Trial, case: Case) -> None:
    """A second run, from the shelf."""
    await case.act(Act.REOPEN, text="It came back.")
    await case.reply("We look again.")
    await _days(trial, 1)
    await case.act(Act.RESOLVE, text="The third one holds.")
    await case.act(Act.AGREE, Actor.CUSTOMER)


async def _days(trial: Trial, days: int) -> None:
    await trial.environment.sleep(days * 24 * 3600)
