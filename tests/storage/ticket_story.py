"""A ticket's story, as its workflow would tell it. No value is computed by the product."""

from typing import Any

from domain.happenings import Happening
from tests.storage.story import CONTRACT, Teller

TICKET = "ticket/acme-2026/1"
REFUSED = "ticket/acme-2026/2"
SUBJECT = "ticket/1"
DESK = "oura/launch-kit@1/desk"
PAUSE = ["2026-02-02T11:00:00+00:00", "2026-02-02T12:00:00+00:00", "customer"]


def registered(**changes: Any) -> dict[str, Any]:
    """The data of ticket.registered, with some of it changed."""
    return {
        "number": 1,
        "subject": "Silent ring",
        "description": "The ring of bed 4 is silent.",
        "door": "form",
        "channel": "",
        "reporter": {"name": "Bob Buyer", "email": "bob@acme.example", "phone": "+1 555 0100"},
        "premises": "Head office",
        "device": "ring-4",
        "login": "",
        "kind": "problem",
        "level": "l2",
        "level_name": "Major",
        "queue": "regular",
        "owed": True,
        "reasons": [{"code": "device-billed", "clause": "oura-2", "text": "ring-4 is charged"}],
        "attachments": [{"id": "f1", "name": "ring.png", "media_type": "image/png", "size": 12}],
        "left_out": [],
        "registered": "2026-02-02T09:00:00+00:00",
        "plan": "oura/launch-kit",
        "plan_version": 1,
        "alert": "",
        "outage": True,
        **changes,
    }


def clock(name: str, due: str | None, **changes: Any) -> dict[str, Any]:
    """The data of clock.set; the due time is of 2 February 2026, UTC."""
    kind, _, ordinal = name.rpartition("-")
    return {
        "clock": name,
        "kind": kind,
        "ordinal": int(ordinal),
        "level": "l2",
        "started": "2026-02-02T09:00:00+00:00",
        "due": f"2026-02-02T{due}:00+00:00" if due else None,
        "anchor": "2026-02-02T09:00:00+00:00",
        "seconds": 3600,
        "text": "1 h",
        "coverage": DESK,
        "wall_clock": False,
        "best_effort": False,
        "verdict": None,
        "pauses": [],
        **changes,
    }


def verdict(name: str, word: str, stopped: str | None, took: int | None = None, over: int = 0) -> dict[str, Any]:
    """The data of clock.verdict."""
    return {
        "clock": name,
        "kind": name.rpartition("-")[0],
        "verdict": word,
        "due": "2026-02-02T10:00:00+00:00",
        "stopped": f"2026-02-02T{stopped}:00+00:00" if stopped else None,
        "took_seconds": took,
        "overrun_seconds": over,
    }


OPEN = {
    "version": 2,
    "by": "pledge",
    "reason": "registered",
    "coverages": [
        {"key": DESK, "zone": "America/New_York", "since": 100, "until": 900, "starts": [200, 600], "ends": [400, 800]}
    ],
}


def tell_ticket(story: Teller) -> None:
    """Registered, late, answered, paused, routed, solved, reopened, agreed; every kind of fact at least once."""

    def tell(when: str, kind: Happening, state: str, *clauses: str, **data: Any) -> None:
        story.tell(TICKET, f"2026-02-02 {when}", kind, SUBJECT, *clauses, state=state, **data)

    story.tell(
        CONTRACT,
        "2026-04-05 05:00",
        Happening.DESIGNATED,
        "",
        "caret-2",
        users=[{"name": "Bob Buyer", "email": "Bob@acme.example"}, {"name": "", "email": "carl@acme.example"}],
        by="Anne",
    )
    tell_data(story, "09:00", Happening.TICKET_REGISTERED, "registered", registered())
    tell("09:00", Happening.TICKET_COVERAGE, "registered", **OPEN)
    tell_data(story, "09:00", Happening.CLOCK_SET, "registered", clock("response-1", "10:00"))
    tell("09:00", Happening.OUTAGE_BEGAN, "registered", key="db", title="Down", begin="2026-02-02T08:55:00+00:00")
    tell("09:00", Happening.TICKET_INCIDENT, "registered", "oura-2", news="begun", to=[])
    tell("09:00", Happening.TICKET_ANNOUNCED, "registered", to=[{"name": "Anne", "email": "anne@x.example"}])
    tell(
        "09:10", Happening.TICKET_TRIAGED, "triaged",
        level="l1", level_name="Critical", impact="One bed", inside_boundary=True, by="Anne",
    )  # fmt: skip
    tell("09:11", Happening.TICKET_LEVEL, "triaged", level="l2", level_name="Major", before="l1", reason="", by="Anne")
    tell(
        "09:12", Happening.TICKET_ASSIGNED, "assigned",
        staff_id="anne", name="Anne Host", email="anne@vendor.example", by="Anne",
    )  # fmt: skip
    tell(
        "09:45", Happening.TICKET_ESCALATED, "assigned",
        clock="response-1", rung=1, at="2026-02-02T09:45:00+00:00", percent=75, overrun_seconds=None, to=[], reason="",
    )  # fmt: skip
    tell("09:46", Happening.TICKET_ACKNOWLEDGED, "assigned", clock="response-1", by="Anne")
    tell_data(story, "10:00", Happening.CLOCK_VERDICT, "assigned", verdict("response-1", "missed", None))
    tell("10:05", Happening.TICKET_REPLIED, "answered", text="We look.", by="Anne", side="staff", attachments=[])
    tell_data(story, "10:05", Happening.CLOCK_VERDICT, "answered", verdict("response-1", "missed", "10:05", 3900, 300))
    tell_data(story, "10:05", Happening.CLOCK_SET, "answered", clock("update-1", "14:00"))
    tell("11:00", Happening.TICKET_PAUSED, "answered", cause="customer", by="Anne", reason="")
    tell_data(story, "11:00", Happening.CLOCK_SET, "answered", clock("update-1", None))
    tell("12:00", Happening.TICKET_RESUMED, "answered", cause="customer", by="Anne", reason="")
    tell_data(story, "12:00", Happening.CLOCK_SET, "answered", clock("update-1", "15:00", pauses=[PAUSE]))
    tell("12:01", Happening.TICKET_PAUSED, "answered", cause="customer", by="Anne", reason="")
    tell(
        "12:02", Happening.TICKET_HEARD, "answered",
        text="It blinks.", by="Bob", email="bob@acme.example", message_id="", attachments=[],
    )  # fmt: skip
    tell("12:03", Happening.TICKET_NOTED, "answered", text="Odd.", by="Anne", side="staff", attachments=[])
    tell_data(
        story, "12:10", Happening.TICKET_ROUTED, "routed",
        {"kind": "onsite-partner", "to": "Fixers", "email": "f@fix.test", "endpoint": "", "note": "Go.", "by": "Anne"},
    )  # fmt: skip
    tell("12:11", Happening.WEBHOOK_POSTED, "routed", endpoint="fix", event="ticket.routed", id="1", status=200)
    tell("12:12", Happening.WEBHOOK_FAILED, "routed", endpoint="fix", event="ticket.routed", id="2", reason="gone")
    tell("12:20", Happening.TICKET_TAKEN_BACK, "assigned", by="Anne", note="Not theirs.", side="staff")
    tell("12:30", Happening.TICKET_AMENDED, "assigned", plan="oura/pro-lite", plan_version=2, by="Anne")
    tell("13:00", Happening.TICKET_RESOLVED, "resolved", text="Charged it.", by="Anne", side="staff", attachments=[])
    tell("13:00", Happening.OUTAGE_ENDED, "resolved", key="db", end="2026-02-02T13:00:00+00:00")
    tell("13:00", Happening.TICKET_ASKED, "agreement-asked", times=1, to=[])
    tell(
        "13:30", Happening.TICKET_REOPENED, "reopened", by="Bob", email="bob@acme.example", side="customer", text="No."
    )
    tell("13:40", Happening.TICKET_RESOLVED, "resolved", text="A new one.", by="Anne", side="staff", attachments=[])
    tell("13:40", Happening.TICKET_ASKED, "agreement-asked", times=1, to=[])
    tell("13:50", Happening.TICKET_AGREED, "closed", by="Bob", email="bob@acme.example", text="Thanks.")
    tell_data(story, "13:50", Happening.CLOCK_VERDICT, "closed", verdict("update-1", "lapsed", "13:50", 9900))
    tell("13:51", Happening.TICKET_RELEASED, "closed", reason="the term is over")
    story.tell_data(
        REFUSED, "2026-02-03 09:00", Happening.TICKET_REFUSED, "ticket/2", ("oura-2",),
        {"state": "refused", **registered(number=2, outage=False, attachments=[])},
    )  # fmt: skip


def tell_data(story: Teller, when: str, kind: Happening, state: str, data: dict[str, Any]) -> None:
    """A fact whose data has names that are also those of the teller's parameters."""
    story.tell_data(TICKET, f"2026-02-02 {when}", kind, SUBJECT, (), {"state": state, **data})
