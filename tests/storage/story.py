"""A literal contract story: Acme's launch kit, as its workflows would tell it. No value is computed by the product."""

from dataclasses import dataclass, field
from datetime import datetime

from domain.facts import Chain, Fact
from domain.happenings import Happening

CONTRACT = "contract/acme-2026"
KICKOFF = "meeting/acme-2026/kickoff"
TRAINING = "meeting/acme-2026/training"


def at(text: str) -> datetime:
    """An instant, written as ``2026-01-05 09:00`` in UTC."""
    return datetime.fromisoformat(f"{text}:00+00:00")


@dataclass
class Teller:
    """Appends facts, each to the chain of its workflow."""

    contract_id: str = "acme-2026"
    facts: list[Fact] = field(default_factory=list)
    chains: dict[str, Chain] = field(default_factory=dict)

    def tell(
        self, workflow_id: str, when: str, kind: Happening, subject: str = "", *clauses: str, **data: object
    ) -> Fact:
        chain = self.chains.get(workflow_id, Chain())
        self.chains[workflow_id], fact = chain.append(
            workflow_id, self.contract_id, at(when), kind.value, subject, clauses, data
        )
        self.facts.append(fact)
        return fact


def signed(**changes: object) -> dict[str, object]:
    """The data of contract.signed, with some of it changed."""
    return {
        "customer_id": "acme",
        "customer": "Acme Ltd",
        "plan": "oura/launch-kit",
        "plan_name": "Launch Kit",
        "plan_version": 1,
        "vendor": "oura",
        "vendor_name": "Oura",
        "starts_on": "2026-01-05",
        "ends_on": "2027-01-04",
        "starts": "2026-01-05T05:00:00+00:00",
        "ends": "2027-01-05T05:00:00+00:00",
        "term_months": 12,
        "zone": "America/New_York",
        "country": "US",
        "language": "en",
        "granted_minutes": 240,
        "currency": "USD",
        "flags": ["the meetings may take 3 of 4 hours"],
        **changes,
    }


def item(key: str, kind: str, title: str, at_: str, due: str, day: str, **more: object) -> dict[str, object]:
    """One item of contract.agenda-set; instants as ``2026-01-05T05:00``, UTC."""
    return {
        "key": key,
        "kind": kind,
        "title": title,
        "clause": "oura-10",
        "at": f"{at_}:00+00:00",
        "due": f"{due}:00+00:00",
        "day": day,
        "plan_key": key,
        "number": 0,
        "period": "",
        **more,
    }


AGENDA = [
    item("kickoff", "onboarding", "Kick-off", "2026-01-05T05:00", "2026-01-20T05:00", "2026-01-19"),
    item("training", "onboarding", "Training", "2026-01-20T05:00", "2026-02-20T05:00", "2026-02-19", clause="oura-13"),
    item(
        "window-60", "window-warning", "Unused hours", "2026-03-05T05:00", "2026-03-06T05:00", "2026-03-05", number=60
    ),
    item("window-end", "window-end", "End of 90 days", "2026-04-05T04:00", "2026-04-06T04:00", "2026-04-05"),
    item("report-01", "report", "Report", "2026-02-02T05:00", "2026-02-07T05:00", "2026-02-06", period="January 2026"),
    item("end", "end", "End of the term", "2027-01-05T05:00", "2027-01-06T05:00", "2027-01-04"),
]

WINDOWS = [
    {
        "key": "first-90-days",
        "title": "First 90 days",
        "opens": "2026-01-05T05:00:00+00:00",
        "closes": "2026-04-05T04:00:00+00:00",
        "last_day": "2026-04-04",
    }
]

ANNE = {"name": "Anne Host", "email": "anne@vendor.example", "side": "vendor"}
BOB = {"name": "Bob Buyer", "email": "Bob@acme.example", "side": "customer"}
CARL = {"name": "Carl Keys", "email": "carl@acme.example", "side": "customer"}


def slot(start: str, end: str, sequence: int, *attendees: dict[str, str], **more: object) -> dict[str, object]:
    """The data of meeting.booked; instants as ``2026-01-08T15:00``, UTC."""
    return {
        "start": f"{start}:00+00:00",
        "end": f"{end}:00+00:00",
        "staff_id": "anne",
        "host": "Anne Host",
        "host_email": "anne@vendor.example",
        "sequence": sequence,
        "place": "https://meet.example/1",
        "uid": "uid-1@pledge.example",
        "token": "token-1",
        "attendees": list(attendees),
        **more,
    }


def acme() -> Teller:
    """The whole story: signed, kick-off moved and held, training cancelled, window closed, ended."""
    story = Teller()
    tell = story.tell
    tell(CONTRACT, "2026-01-02 12:00", Happening.SIGNED, **signed())
    tell(CONTRACT, "2026-01-02 12:00", Happening.AGENDA_SET, items=AGENDA, windows=WINDOWS)
    role = {"role_title": "Account Manager", "staff_id": "anne", "name": "Anne Host", "email": "anne@vendor.example"}
    tell(CONTRACT, "2026-01-02 12:01", Happening.ROLE_ASSIGNED, "account-manager", "oura-1",
         role="account-manager", by="pledge", **role)  # fmt: skip
    tell(CONTRACT, "2026-01-02 12:01", Happening.ROLE_UNFILLED, "tds", role="tds",
         role_title="Training and Development Specialist", reason="nobody fills it")  # fmt: skip
    tell(CONTRACT, "2026-01-02 12:01", Happening.CONTACT_SET, "Bob@acme.example", name="Bob Buyer",
         email="Bob@acme.example", phone="", primary=True, by="order", replaces="")  # fmt: skip
    tell(CONTRACT, "2026-01-05 05:00", Happening.STARTED)
    tell(CONTRACT, "2026-01-05 05:00", Happening.CONTACT_ASKED, "Bob@acme.example", email="Bob@acme.example")
    tell(
        CONTRACT,
        "2026-01-05 05:00",
        Happening.HOURS_RESERVED,
        "kickoff",
        "oura-3",
        minutes=60,
        overage_minutes=0,
        left=180,
    )
    kickoff = {"title": "Kick-off", "minutes": 60, "clause": "oura-10", "debits_hours": True, "requested_by": ""}
    tell(KICKOFF, "2026-01-05 05:00", Happening.MEETING_OPENED, "kickoff", "oura-10",
         earliest="2026-01-06T05:00:00+00:00", latest="2026-01-20T05:00:00+00:00", **kickoff)  # fmt: skip
    tell(KICKOFF, "2026-01-05 05:01", Happening.MEETING_BOOKED, "kickoff", "oura-10",
         **slot("2026-01-08T15:00", "2026-01-08T16:00", 0, ANNE, BOB))  # fmt: skip
    tell(KICKOFF, "2026-01-06 09:00", Happening.MEETING_NUDGED, "kickoff", "oura-10", times=1)
    tell(KICKOFF, "2026-01-06 10:00", Happening.MEETING_MOVED, "kickoff", "oura-10",
         **slot("2026-01-09T15:00", "2026-01-09T16:00", 1, ANNE, BOB, CARL, reason="a clash", by="Bob Buyer",
                **{"from": "2026-01-08T15:00:00+00:00"}))  # fmt: skip
    tell(KICKOFF, "2026-01-06 11:00", Happening.MEETING_ANSWERED, "kickoff", "oura-10", name="Bob Buyer",
         email="bob@ACME.example", side="customer", answer="accepted", sequence=1, comment="Gladly")  # fmt: skip
    tell(KICKOFF, "2026-01-08 15:00", Happening.MEETING_REMINDED, "kickoff", "oura-10", hours=24)
    tell(KICKOFF, "2026-01-09 17:00", Happening.OUTCOME_ASKED, "kickoff", "oura-10", times=1)
    tell(KICKOFF, "2026-01-09 17:00", Happening.TASK_OPENED, "kickoff", task="outcome/kickoff",
         title="Record what became of Kick-off", detail="", staff_id="anne", due="2026-01-09T17:00:00+00:00")  # fmt: skip
    tell(
        KICKOFF,
        "2026-01-09 18:00",
        Happening.MEETING_HELD,
        "kickoff",
        "oura-10",
        minutes=55,
        notes="All well",
        by="anne",
    )
    tell(KICKOFF, "2026-01-09 18:00", Happening.TASK_DONE, "kickoff", task="outcome/kickoff", by="anne")
    tell(CONTRACT, "2026-01-09 18:00", Happening.HOURS_DEBITED, "kickoff", "oura-3", minutes=55, reserved=60,
         overage_minutes=0, left=185)  # fmt: skip
    tell(
        CONTRACT,
        "2026-01-20 05:00",
        Happening.HOURS_RESERVED,
        "training",
        "oura-3",
        minutes=60,
        overage_minutes=0,
        left=125,
    )
    tell(TRAINING, "2026-01-20 05:00", Happening.MEETING_OPENED, "training", "oura-13", title="Training", minutes=60,
         clause="oura-13", earliest="2026-01-21T05:00:00+00:00", latest="2026-02-20T05:00:00+00:00",
         debits_hours=True, requested_by="")  # fmt: skip
    tell(TRAINING, "2026-01-20 05:00", Happening.MEETING_UNBOOKABLE, "training", "oura-13", reason="no free slot")
    tell(TRAINING, "2026-01-20 05:00", Happening.TASK_OPENED, "training", task="slot/training",
         title="Find a time for Training", detail="no free slot", staff_id="anne", due="2026-01-20T05:00:00+00:00")  # fmt: skip
    tell(
        CONTRACT,
        "2026-02-02 05:00",
        Happening.REPORT_OPENED,
        "report-01",
        period="January 2026",
        due="2026-02-07T05:00:00+00:00",
    )
    tell(CONTRACT, "2026-02-07 05:00", Happening.ITEM_LATE, "report-01", due="2026-02-07T05:00:00+00:00")
    tell(CONTRACT, "2026-02-08 09:00", Happening.ITEM_DONE, "report-01", by="anne", note="sent")
    tell(CONTRACT, "2026-02-10 09:00", Happening.COUNTED, users=12, devices=3, by="anne")
    tell(
        TRAINING,
        "2026-02-18 09:00",
        Happening.MEETING_CANCELLED,
        "training",
        "oura-13",
        reason="not needed",
        by="Bob Buyer",
        sequence=0,
    )
    tell(CONTRACT, "2026-02-18 09:00", Happening.HOURS_RELEASED, "training", "oura-3", minutes=60, left=185)
    tell(CONTRACT, "2026-03-05 05:00", Happening.WINDOW_WARNED, "window-60", window="first-90-days", day=60, unused_minutes=185,
         closes="2026-04-05T04:00:00+00:00")  # fmt: skip
    tell(
        CONTRACT,
        "2026-03-06 05:00",
        Happening.OVERAGE_ASKED,
        "meeting-1",
        minutes=90,
        left=185,
        rate=20000,
        amount=30000,
        currency="USD",
    )
    tell(CONTRACT, "2026-03-07 05:00", Happening.OVERAGE_DECLINED, "meeting-1", minutes=90, by="Bob Buyer")
    tell(CONTRACT, "2026-03-08 05:00", Happening.CHARGED, "", "oura-21", key="devices-2026-03", day="2026-03-08", amount=None,
         currency="USD", text="by hand", quantity=2, unit_amount=None)  # fmt: skip
    tell(
        CONTRACT,
        "2026-04-05 04:00",
        Happening.HOURS_LAPSED,
        "first-90-days",
        minutes=185,
        window="first-90-days",
        left=0,
    )
    tell(
        CONTRACT, "2026-04-05 04:00", Happening.WINDOW_CLOSED, "window-end", window="first-90-days", lapsed_minutes=185
    )
    tell(CONTRACT, "2026-04-05 04:00", Happening.ONBOARDED)
    tell(
        CONTRACT,
        "2026-04-05 04:00",
        Happening.ROLE_ENDED,
        "account-manager",
        role="account-manager",
        reason="its window closed",
    )
    tell(CONTRACT, "2027-01-05 05:00", Happening.ENDED, meetings_held=1, minutes_used=55)
    return story
