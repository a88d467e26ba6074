"""One mail of every kind about a ticket, with literal people and times: a critical one of Acme's, in New York."""

from dataclasses import replace
from datetime import UTC, datetime

from domain.contract import Person
from domain.messages import Content, Message
from domain.ticket_messages import (
    AgreementAsked,
    IncidentNotice,
    TargetLine,
    TicketAnswer,
    TicketAssigned,
    TicketClosed,
    TicketHeard,
    TicketNew,
    TicketReceived,
    TicketRefused,
    TicketRouted,
    TicketWarning,
)
from tests.mail.samples import ANA, JOHN, MARIA

NOW = datetime(2026, 2, 3, 13, 0, tzinfo=UTC)  # 14:00 in Stockholm, 08:00 in New York
DUE = datetime(2026, 2, 3, 13, 30, tzinfo=UTC)
NEXT = datetime(2026, 2, 3, 14, 30, tzinfo=UTC)
TICKET = "ticket/acme-2026/17"
FROM_OUTSIDE = "<CAF+7=x.y_z@mail.acme.example>"

SUBJECT = "All screens in the lobby are black"
WROTE = "Since this morning nothing is shown.\nWe restarted two of them.\n\nJohn"
STAFF_PAGE = "/tickets/acme-2026/17"
CUSTOMER_PAGE = "https://pledge.oura.example/t/9x4c8v1b6n"
CASPIAN = Person("Caspian Holt", "caspian@partner.example", "+1 212 555 0188", "America/New_York", "en")

HEARD = TicketHeard(
    number=17,
    subject=SUBJECT,
    text="They are black again.",
    author="John Miller",
    customer_name="Acme Inc.",
    url=STAFF_PAGE,
    disagrees=True,
)
TICKETS: dict[str, Content] = {
    "ticket-received": TicketReceived(
        number=17,
        subject=SUBJECT,
        text=WROTE,
        level_name="Critical",
        targets=(
            TargetLine("First response", DUE, "30 min of open hours", "ombori-20"),
            TargetLine("Status update", None, "every 1 h after it", "ombori-20"),
            TargetLine("Solution", None, "when done", ""),
        ),
        notes=("Screen 61 is beyond the 60 devices of the plan and is charged",),
        opens_at=None,
        url=CUSTOMER_PAGE,
    ),
    "ticket-received-closed": TicketReceived(
        number=17,
        subject=SUBJECT,
        text=WROTE,
        level_name="Critical",
        targets=(TargetLine("First response", DUE, "30 min of open hours", "ombori-20"),),
        notes=(),
        opens_at=NOW,
        url="",
    ),
    "ticket-refused": TicketRefused(
        subject=SUBJECT,
        text=WROTE,
        reasons=("e-mail is not among the ways of the plan", "a telephone number is missing"),
        ways=("Live chat: https://chat.acme.example", "Phone: +44 20 7946 0000, where the chat is down"),
        contact=MARIA,
    ),
    "ticket-answer": TicketAnswer(
        number=17,
        subject=SUBJECT,
        text="Hello John,\n\nthe player has lost its licence. I renew it now.\n\nPlease leave the screens switched on.",
        author="Maria Berg",
        first=True,
        next_update=NEXT,
        url=CUSTOMER_PAGE,
    ),
    "agreement-asked": AgreementAsked(
        number=17,
        subject=SUBJECT,
        text="The licence is renewed until 2028.\nAll twelve screens show the programme again.",
        author="Maria Berg",
        asks=2,
        asked_of="an Authorized Representative",
        url=CUSTOMER_PAGE,
        last_day=datetime(2026, 2, 17, 13, 0, tzinfo=UTC),
    ),
    "ticket-closed": TicketClosed(
        number=17,
        subject=SUBJECT,
        how="John Miller agreed",
        registered_at=NOW,
        closed_at=datetime(2026, 2, 4, 9, 15, tzinfo=UTC),
        verdicts=("First response: met, 12 min before it was due", "Status update: missed by 4 min"),
        url=CUSTOMER_PAGE,
    ),
    "ticket-warning": TicketWarning(
        number=17,
        subject=SUBJECT,
        customer_name="Acme Inc.",
        level_name="Critical",
        clock="first response",
        due=DUE,
        passed=False,
        best_effort=False,
        left_text="7 min 30 s of open time left",
        rung="at 75 %",
        clause="ombori-20",
        url=STAFF_PAGE,
    ),
    "ticket-warning-passed": TicketWarning(
        number=17,
        subject=SUBJECT,
        customer_name="Acme Inc.",
        level_name="Critical",
        clock="first response",
        due=DUE,
        passed=True,
        best_effort=False,
        left_text="1 h over",
        rung="1 h after it was due",
        clause="ombori-20",
        url=STAFF_PAGE,
    ),
    "ticket-assigned": TicketAssigned(
        number=17,
        subject=SUBJECT,
        text=WROTE,
        customer_name="Acme Inc.",
        level_name="Critical",
        by="Ana Ortiz",
        due=DUE,
        clock="first response",
        url=STAFF_PAGE,
    ),
    "ticket-new": TicketNew(
        number=17,
        subject=SUBJECT,
        text=WROTE,
        customer_name="Acme Inc.",
        level_name="Critical",
        door="phone, written down by Ana Ortiz",
        reporter="John Miller, john.miller@acme.example, +1 212 555 0100",
        registered_at=datetime(2026, 2, 3, 5, 10, tzinfo=UTC),
        targets=(
            TargetLine("First response", DUE, "30 min of open hours", "ombori-20"),
            TargetLine("Solution", None, "when done", ""),
        ),
        url=STAFF_PAGE,
        files=("lobby.png", "log.txt"),
        left_out=("film.mov: larger than 10 MiB",),
    ),
    "ticket-heard": HEARD,
    "ticket-heard-again": replace(HEARD, disagrees=False, reopens=True),
    "incident": IncidentNotice(
        news="begun",
        number=17,
        subject=SUBJECT,
        text="No screen in your lobbies shows a programme. Three of us are working on it.",
        level_name="Critical",
        since=NOW,
        next_update=NEXT,
        url=CUSTOMER_PAGE,
    ),
    "ticket-routed": TicketRouted(
        number=17,
        subject=SUBJECT,
        text=WROTE,
        customer_name="Acme Inc.",
        place="12 Hudson Street, New York",
        contact=JOHN,
        note="Please bring a spare player.",
        level_name="Critical",
        by="Maria Berg",
        url="",
    ),
}

_STAFF = (
    "ticket-warning",
    "ticket-warning-passed",
    "ticket-assigned",
    "ticket-new",
    "ticket-heard",
    "ticket-heard-again",
)


def ticket_message(name: str, **changes: object) -> Message:
    """A message of that kind as a workflow would order it; changes replace fields of it."""
    fields: dict[str, object] = {
        "key": f"{name}-0",
        "to": (MARIA,) if name in _STAFF else (CASPIAN if name == "ticket-routed" else JOHN, ANA)[:1],
        "sender_name": "Oura Support",
        "vendor_name": "Oura",
        "zone": "America/New_York",
        "language": "en",
        "content": TICKETS[name],
        "contract_id": "acme-2026",
        "clause": "ombori-20",
        "support_address": name not in _STAFF,
    }
    return Message(**(fields | changes))  # type: ignore[arg-type]
