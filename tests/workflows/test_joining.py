"""Who comes besides: "with CSM, CSE and/or TDS" (oura-9), and the right people of the customer (oura-14)."""

from __future__ import annotations

from domain.contract import Assignment, Person
from domain.coverage import weekly
from domain.plan import Role
from tests.workflows.trial import ADA, BO, Trial, contract, member, plan, refusal, utc
from workflows.messages import BringIn, LetGo, Reschedule

CHECKS = plan("oura/premium", meetings=())
TILDA = member("tilda", Role.TDS)
KEY = "health-check-01"


def joins(name: str) -> BringIn:
    person = Person(name.title(), f"{name}@vendor.example", zone="Europe/Stockholm")
    return BringIn("Cecilia", staff=Assignment(Role.TDS, name, person))


async def told(trial: Trial) -> list[list[str]]:
    facts = await trial.facts(KEY, "meeting.booked", "meeting.moved")
    return [[person["name"] for person in fact.data["attendees"]] for fact in facts]  # type: ignore[attr-defined]


async def test_a_specialist_and_another_contact_come_to_a_health_check_until_they_are_let_go(trial: Trial) -> None:
    night = member("nora", Role.TDS, hours=weekly({"mon-fri": "20:00-24:00"}))
    await trial.sign(contract(CHECKS), member("cecilia", Role.CSM), TILDA, night)
    await trial.to("2026-02-03 09:00")
    check = trial.meeting(KEY)
    await check.execute_update("bring_in", joins("tilda"))
    done = await check.execute_update("bring_in", BringIn("Cecilia", contact=BO))
    assert done["summary"] == "Bo Ek is invited to Project Health Check 1 of 12."
    again = await refusal(check.execute_update("bring_in", joins("tilda")))
    assert again == ("Refused", "staff_id: Tilda is invited already")
    asleep = await refusal(check.execute_update("bring_in", joins("nora")))
    assert asleep == (
        "Refused",
        "staff_id: Mon 16 Feb 2026, 10:00 to 10:45 (Europe/Stockholm) lies outside the working hours of Nora",
    )
    await check.execute_update("reschedule", Reschedule("Ada", start=utc("2026-02-19 10:00")))
    await check.execute_update("let_go", LetGo("Cecilia", "TILDA@vendor.example"))
    await check.execute_update("let_go", LetGo("Cecilia", ADA.email))
    only = await refusal(check.execute_update("let_go", LetGo("Cecilia", BO.email)))
    assert only == ("Refused", "email: Bo Ek is the only one who is invited of the customer")
    host = await refusal(check.execute_update("let_go", LetGo("Ada", "cecilia@vendor.example")))
    assert host == ("Refused", "email: Cecilia comes in a role of the meeting, and was not brought in")
    await trial.to("2026-02-03 10:00")
    assert await told(trial) == [
        ["Cecilia", "Ada Lindqvist"],
        ["Cecilia", "Tilda", "Ada Lindqvist"],
        ["Cecilia", "Tilda", "Ada Lindqvist", "Bo Ek"],
        ["Cecilia", "Tilda", "Ada Lindqvist", "Bo Ek"],
        ["Cecilia", "Ada Lindqvist", "Bo Ek"],
        ["Cecilia", "Bo Ek"],
    ]
    assert await trial.letters("invitation", "cancellation") == [
        "cancellation health-check-01 ada@acme.example sent",
        "cancellation health-check-01 tilda@vendor.example sent",
        "invitation health-check-01 ada@acme.example sent",
        "invitation health-check-01 bo@acme.example sent",
        "invitation health-check-01 cecilia@vendor.example sent",
        "invitation health-check-01 tilda@vendor.example sent",
    ]
