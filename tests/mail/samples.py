"""One message of every kind, with literal people and times."""

from datetime import UTC, date, datetime

from domain.contract import Person, Side
from domain.meeting import Answer, Attendee
from domain.messages import (
    Content,
    Farewell,
    Invite,
    InviteMethod,
    MeetingNotice,
    Message,
    OutcomeMissing,
    OutcomeNotice,
    OverageRequest,
    PersonLine,
    RenewalNotice,
    ReportDue,
    TaskNotice,
    Welcome,
    WindowClosed,
    WindowWarning,
)
from mail.settings import MailSettings

SETTINGS = MailSettings(
    sender="pledge@oura.example",
    sender_name="Oura Customer Success",
    reply_domain="reply.oura.example",
    message_id_domain="mail.oura.example",
    base_url="https://pledge.oura.example",
)
NOW = datetime(2026, 1, 20, 9, 30, tzinfo=UTC)
WORKFLOW = "meeting/acme-2026/kickoff"
TOKEN = "m-7f3k2q9x4c8v1b6n"

MARIA = Person("Maria Berg", "maria.berg@oura.example", "+46 8 123 456", "Europe/Stockholm", "en")
JOHN = Person("John Miller", "John.Miller@acme.example", "+1 212 555 0100", "America/New_York", "en")
ANA = Person("Ana Ortiz", "ana@acme.example")

START = datetime(2026, 2, 3, 13, 0, tzinfo=UTC)
END = datetime(2026, 2, 3, 14, 0, tzinfo=UTC)
EARLIER = datetime(2026, 2, 2, 14, 30, tzinfo=UTC)

ATTENDEES = (
    Attendee(MARIA, Side.VENDOR, Answer.ACCEPTED),
    Attendee(JOHN, Side.CUSTOMER),
    Attendee(ANA, Side.CUSTOMER, Answer.TENTATIVE),
)


def invite(method: InviteMethod = InviteMethod.REQUEST, sequence: int = 0) -> Invite:
    return Invite(
        method=method,
        uid="kickoff.acme-2026@pledge.oura.example",
        sequence=sequence,
        stamp=NOW,
        start=START,
        end=END,
        title="Kick-off Meeting",
        description="Goals, people and the way to deployment.",
        place="https://meet.oura.example/acme",
        token=TOKEN,
        organizer_name="Maria Berg",
        attendees=ATTENDEES,
    )


def notice(kind: str, **more: object) -> MeetingNotice:
    return MeetingNotice(
        kind=kind,  # type: ignore[arg-type]
        title="Kick-off Meeting",
        purpose="We agree on goals, meet the people on both sides and plan the deployment.",
        start=START,
        end=END,
        host=MARIA,
        attendees=ATTENDEES,
        place="https://meet.oura.example/acme",
        **more,  # type: ignore[arg-type]
    )


CONTENTS: dict[str, Content] = {
    "welcome": Welcome(
        plan_name="Oura Launch Kit",
        starts_on=date(2026, 2, 1),
        ends_on=date(2027, 1, 31),
        vendor_people=(PersonLine("Account Manager", MARIA),),
        customer_people=(PersonLine("your contact", JOHN),),
        holdings=(
            "An Account Manager for the first 90 days",
            "Up to 4 hours of training and consultation until 1 May 2026",
            "Kick-off, deployment and software training meetings, up to 60 minutes each",
            "Access to the technical support team",
        ),
        duties=(
            "The right people come to the kick-off and to the training",
            "Returns and exchanges are asked for within 30 days of your receipt of the original order",
        ),
    ),
    "invitation": notice("invitation", reserved_minutes=60),
    "update": notice(
        "update",
        previous_start=EARLIER,
        reason="John asked for Tuesday: the board meets on Monday.",
        reserved_minutes=60,
    ),
    "cancellation": notice("cancellation", reason="The project starts a quarter later."),
    "reminder": notice("reminder", hours_before=24, reserved_minutes=60),
    "nudge": notice("nudge", reserved_minutes=60),
    "outcome": OutcomeNotice(
        title="Kick-off Meeting",
        start=START,
        outcome="held",
        minutes=50,
        notes="Goals agreed: 400 rings by June.\nJohn sends the list of sites by Friday.",
        debited_minutes=50,
        hours_left_minutes=190,
    ),
    "outcome-no-show": OutcomeNotice(
        title="Kick-off Meeting",
        start=START,
        outcome="no-show",
        minutes=0,
        notes="",
        debited_minutes=0,
        hours_left_minutes=240,
        offered_again=True,
    ),
    "outcome-missing": OutcomeMissing(
        title="Kick-off Meeting",
        customer_name="Acme Inc.",
        start=START,
        asked_times=2,
        url="https://pledge.oura.example/meetings/acme-2026/kickoff",
    ),
    "window-warning": WindowWarning(
        window_title="The first 90 days",
        closes_on=date(2026, 5, 1),
        day=60,
        unused_minutes=150,
        granted_minutes=240,
        contact=MARIA,
    ),
    "window-closed": WindowClosed(
        window_title="The first 90 days",
        closed_on=date(2026, 5, 1),
        lapsed_minutes=30,
        used_minutes=210,
        contact=MARIA,
    ),
    "overage-request": OverageRequest(
        title="Software Training",
        minutes=45,
        hours_left_minutes=15,
        rate=20000,
        amount=15000,
        currency="USD",
        url="https://pledge.oura.example/overage/9f2c41d0",
    ),
    "renewal-notice": RenewalNotice(plan_name="Oura Launch Kit", ends_on=date(2027, 1, 31), days=60, contact=MARIA),
    "report-due": ReportDue(
        title="Monthly report",
        customer_name="Acme Inc.",
        period="January 2026",
        due_on=date(2026, 2, 6),
        url="https://pledge.oura.example/contracts/acme-2026",
    ),
    "task": TaskNotice(
        title="A mail address was rejected",
        customer_name="Acme Inc.",
        detail="ana@acme.example: 550 5.1.1 no such user",
        url="https://pledge.oura.example/contracts/acme-2026#tasks",
    ),
    "farewell": Farewell(
        plan_name="Oura Launch Kit",
        ended_at=datetime(2027, 2, 1, 4, 59, 59, tzinfo=UTC),  # a second before midnight in New York
        meetings_held=3,
        minutes_used=210,
        reason="",
    ),
}


def message(name: str = "invitation", **changes: object) -> Message:
    """A message of that kind as a workflow would order it; changes replace fields of it."""
    content = CONTENTS[name]
    calendars = {
        "invitation": invite(),
        "update": invite(sequence=1),
        "cancellation": invite(InviteMethod.CANCEL, 2),
    }
    fields: dict[str, object] = {
        "key": f"{name}-0",
        "to": (JOHN,),
        "sender_name": "Maria Berg",
        "vendor_name": "Oura",
        "zone": "America/New_York",
        "language": "en",
        "content": content,
        "invite": calendars.get(name),
        "in_reply_to": "invitation-0" if name in ("update", "cancellation", "reminder", "nudge") else None,
        "contract_id": "acme-2026",
        "clause": "oura-10",
        "reply_token": TOKEN if name in ("reminder", "nudge") else "",
    }
    return Message(**(fields | changes))  # type: ignore[arg-type]
