"""A literal contract story: Acme's launch kit, from signing to its end."""

from domain.happenings import Happening
from tests.storage.story import (
    AGENDA,
    ANNE,
    BOB,
    CARL,
    CONTRACT,
    KICKOFF,
    TRAINING,
    WINDOWS,
    Teller,
    signed,
    slot,
)
from tests.storage.ticket_story import tell_ticket


def acme() -> Teller:
    """The whole story: signed, kick-off moved and held, training cancelled, window closed, ended."""
    story = Teller()
    tell = story.tell
    tell(CONTRACT, "2026-01-02 12:00", Happening.SIGNED, **signed())
    tell(CONTRACT, "2026-01-02 12:00", Happening.AGENDA_SET, items=AGENDA, windows=WINDOWS)
    role = {"role_title": "Account Manager", "staff_id": "anne", "name": "Anne Host", "email": "anne@vendor.example"}
    tell(
        CONTRACT,
        "2026-01-02 12:01",
        Happening.ROLE_ASSIGNED,
        "account-manager",
        "oura-1",
        role="account-manager",
        by="pledge",
        **role,
    )
    tell(
        CONTRACT,
        "2026-01-02 12:01",
        Happening.ROLE_UNFILLED,
        "tds",
        role="tds",
        role_title="Training and Development Specialist",
        reason="nobody fills it",
    )
    tell(
        CONTRACT,
        "2026-01-02 12:01",
        Happening.CONTACT_SET,
        "Bob@acme.example",
        name="Bob Buyer",
        email="Bob@acme.example",
        phone="",
        primary=True,
        by="order",
        replaces="",
    )
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
    tell(
        KICKOFF,
        "2026-01-05 05:00",
        Happening.MEETING_OPENED,
        "kickoff",
        "oura-10",
        earliest="2026-01-06T05:00:00+00:00",
        latest="2026-01-20T05:00:00+00:00",
        **kickoff,
    )
    tell(
        KICKOFF,
        "2026-01-05 05:01",
        Happening.MEETING_BOOKED,
        "kickoff",
        "oura-10",
        **slot("2026-01-08T15:00", "2026-01-08T16:00", 0, ANNE, BOB),
    )
    tell(KICKOFF, "2026-01-06 09:00", Happening.MEETING_NUDGED, "kickoff", "oura-10", times=1)
    tell(
        KICKOFF,
        "2026-01-06 10:00",
        Happening.MEETING_MOVED,
        "kickoff",
        "oura-10",
        **slot(
            "2026-01-09T15:00",
            "2026-01-09T16:00",
            1,
            ANNE,
            BOB,
            CARL,
            reason="a clash",
            by="Bob Buyer",
            **{"from": "2026-01-08T15:00:00+00:00"},
        ),
    )
    tell(
        KICKOFF,
        "2026-01-06 11:00",
        Happening.MEETING_ANSWERED,
        "kickoff",
        "oura-10",
        name="Bob Buyer",
        email="bob@ACME.example",
        side="customer",
        answer="accepted",
        sequence=1,
        comment="Gladly",
    )
    tell(KICKOFF, "2026-01-08 15:00", Happening.MEETING_REMINDED, "kickoff", "oura-10", hours=24)
    tell(KICKOFF, "2026-01-09 17:00", Happening.OUTCOME_ASKED, "kickoff", "oura-10", times=1)
    tell(
        KICKOFF,
        "2026-01-09 17:00",
        Happening.TASK_OPENED,
        "kickoff",
        task="outcome/kickoff",
        title="Record what became of Kick-off",
        detail="",
        staff_id="anne",
        due="2026-01-09T17:00:00+00:00",
    )
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
    tell(
        CONTRACT,
        "2026-01-09 18:00",
        Happening.HOURS_DEBITED,
        "kickoff",
        "oura-3",
        minutes=55,
        reserved=60,
        overage_minutes=0,
        left=185,
    )
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
    tell(
        TRAINING,
        "2026-01-20 05:00",
        Happening.MEETING_OPENED,
        "training",
        "oura-13",
        title="Training",
        minutes=60,
        clause="oura-13",
        earliest="2026-01-21T05:00:00+00:00",
        latest="2026-02-20T05:00:00+00:00",
        debits_hours=True,
        requested_by="",
    )
    tell(TRAINING, "2026-01-20 05:00", Happening.MEETING_UNBOOKABLE, "training", "oura-13", reason="no free slot")
    tell(
        TRAINING,
        "2026-01-20 05:00",
        Happening.TASK_OPENED,
        "training",
        task="slot/training",
        title="Find a time for Training",
        detail="no free slot",
        staff_id="anne",
        due="2026-01-20T05:00:00+00:00",
    )
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
    tell(
        CONTRACT,
        "2026-03-05 05:00",
        Happening.WINDOW_WARNED,
        "window-60",
        window="first-90-days",
        day=60,
        unused_minutes=185,
        closes="2026-04-05T04:00:00+00:00",
    )
    tell(
        CONTRACT,
        "2026-03-06 05:00",
        Happening.OVERAGE_ASKED,
        "meeting-1",
        minutes=90,
        left=185,
        rate=20000,
        amount=30000,
        token="0a1b2c",
        currency="USD",
    )
    tell(CONTRACT, "2026-03-07 05:00", Happening.OVERAGE_DECLINED, "meeting-1", minutes=90, by="Bob Buyer")
    tell(
        CONTRACT,
        "2026-03-08 05:00",
        Happening.CHARGED,
        "",
        "oura-21",
        key="devices-2026-03",
        day="2026-03-08",
        amount=None,
        currency="USD",
        text="by hand",
        quantity=2,
        unit_amount=None,
    )
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
    tell_ticket(story)
    tell(CONTRACT, "2027-01-05 05:00", Happening.ENDED, meetings_held=1, minutes_used=55)
    return story
