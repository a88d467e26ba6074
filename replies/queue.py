"""The queue of what no rule can act on: each mail with the reason why a person has to read it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from mail.reply import Bounce, WhyDropped
from storage.inbox import keep_letter
from storage.session import Sessions

WORDS = "written in words, so a person has to read it"
DROPPED = {
    WhyDropped.MAILING_LIST: "came by way of a mailing list, which is never answered",
    WhyDropped.COUNTER: "proposes another time by way of the calendar",
    WhyDropped.DELEGATED: "hands the invitation on to somebody else",
    WhyDropped.SEVERAL_CALENDARS: "holds several calendars, so which answer counts is not clear",
    WhyDropped.MALFORMED: "holds a calendar answer that cannot be read",
    WhyDropped.TOO_BIG: "is too big to be read by a machine",
    WhyDropped.NO_SENDER: "names no sender who could be answered",
}
"""Why a mail that no rule can act on is for a person, in words for the queue."""


@dataclass(frozen=True, slots=True)
class Queue:
    """The inbox of the screens. ``now``: when a letter came."""

    sessions: Sessions
    now: Callable[[], datetime]

    async def keep(
        self,
        raw: bytes,
        sender: str,
        subject: str,
        reason: str,
        contract_id: str | None = None,
        meeting_key: str | None = None,
    ) -> None:
        """Keep it, once. ``contract_id`` None: no contract is known."""
        async with self.sessions.begin() as session:
            await keep_letter(session, raw, sender, subject, reason, self.now(), contract_id, meeting_key)


def undeliverable(bounce: Bounce) -> str:
    """What a delivery report says, in words."""
    why = f"{bounce.status} {bounce.reason}".strip() or "no reason was given"
    return f"mail to {bounce.recipient} cannot be delivered: {why}"
