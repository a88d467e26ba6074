"""Parts of a contract's story, as its workflows would tell it. No value is computed by the product."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.coverage import weekly
from domain.facts import Chain, Fact
from domain.happenings import Happening
from domain.plan import Role
from storage.outbox import Letter
from storage.staff import StaffMember

CONTRACT = "contract/acme-2026"
KICKOFF = "meeting/acme-2026/kickoff"
TRAINING = "meeting/acme-2026/training"


def at(text: str) -> datetime:
    """An instant, written as ``2026-01-05 09:00`` in UTC."""
    return datetime.fromisoformat(f"{text}:00+00:00")


def chain(facts: list[Fact], workflow_id: str) -> list[Fact]:
    """Those of one workflow."""
    return [fact for fact in facts if fact.workflow_id == workflow_id]


@dataclass
class Teller:
    """Appends facts, each to the chain of its workflow."""

    contract_id: str = "acme-2026"
    facts: list[Fact] = field(default_factory=list)
    chains: dict[str, Chain] = field(default_factory=dict)

    def tell(
        self, workflow_id: str, when: str, kind: Happening, subject: str = "", *clauses: str, **data: object
    ) -> Fact:
        return self.tell_data(workflow_id, when, kind, subject, clauses, data)

    def tell_data(
        self,
        workflow_id: str,
        when: str,
        kind: Happening,
        subject: str,
        clauses: tuple[str, ...],
        data: dict[str, Any],
    ) -> Fact:
        chain = self.chains.get(workflow_id, Chain())
        self.chains[workflow_id], fact = chain.append(
            workflow_id, self.contract_id, at(when), kind.value, subject, clauses, data
        )
        self.facts.append(fact)
        return fact

    def retell(self, fact: Fact) -> None:
        """The same fact of another teller's story."""
        self.chains[fact.workflow_id] = Chain(fact.seq, fact.digest)
        self.facts.append(fact)


def signed(**changes: object) -> dict[str, Any]:
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


def item(key: str, kind: str, title: str, at_: str, due: str, day: str, **more: object) -> dict[str, Any]:
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


def slot(start: str, end: str, sequence: int, *attendees: dict[str, str], **more: object) -> dict[str, Any]:
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


ANNE_OF_STAFF = StaffMember(
    id="anne",
    name="Anne Host",
    email="anne@vendor.example",
    zone="America/New_York",
    roles=(Role.CSM,),
    hours=weekly({"mon-fri": "09:00-17:00"}),
)

LETTER = Letter(
    message_id="<kickoff.invitation.1@pledge.example>",
    workflow_id=KICKOFF,
    key="invitation",
    contract_id="acme-2026",
    subject="kickoff",
    kind="invitation",
    recipient_email="bob@acme.example",
    recipient_name="Bob Buyer",
    subject_line="Kick-off on 8 January",
    eml=b"Subject: Kick-off\r\n\r\nHello\r\n",
    envelope_from="pledge@reply.pledge.test",
    recorded_at=at("2026-01-05 05:01"),
    useful_until=at("2026-01-08 15:00"),
)
