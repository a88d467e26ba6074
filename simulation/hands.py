"""What the simulated people do with their hands: they answer mail by mail, and press the buttons of the screens."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP

import icalendar
from temporalio import activity
from temporalio.client import Client, WorkflowUpdateFailedError

from domain.meeting import Answer, Outcome
from mail.send import Smtp
from simulation.people import DO
from simulation.script import Act, ActKind, Seen
from workflows.messages import (
    CompleteItem,
    DecideOverage,
    RecordOutcome,
    Reschedule,
    contract_workflow_id,
)

CUSTOMER, CSM = "the customer", "the CSM"


@dataclass
class Hands:
    """The activity ``do``. ``refused`` collects what the product said no to."""

    client: Client
    post: Smtp
    reply_domain: str
    refused: list[str]

    @activity.defn(name=DO)
    async def do(self, act: Act) -> None:
        about = act.about
        if act.kind is ActKind.ANSWER and act.answer is not None:
            await self._send(reply_mail(about, act.answer, act.at, self.reply_domain), about.recipient)
        elif act.kind is ActKind.RESCHEDULE:
            await self._press(about.workflow_id, "reschedule", Reschedule(CUSTOMER, "another day suits us better"))
        elif act.kind is ActKind.OUTCOME:
            outcome = RecordOutcome(Outcome.HELD, CSM, act.minutes, "All topics were covered.")
            await self._press(about.workflow_id, "record_outcome", outcome)
        elif act.kind is ActKind.NO_SHOW:
            await self._press(about.workflow_id, "record_outcome", RecordOutcome(Outcome.NO_SHOW, CSM))
        elif act.kind is ActKind.CANCEL:
            called_off = RecordOutcome(Outcome.CANCELLED, CSM, notes="declined, and not wanted at another time")
            await self._press(about.workflow_id, "record_outcome", called_off)
        elif act.kind is ActKind.DECIDE_OVERAGE:
            decision = DecideOverage(about.subject, act.approved, CUSTOMER)
            await self._press(contract_workflow_id(about.contract_id), "decide_overage", decision)
        elif act.kind is ActKind.COMPLETE:
            done = CompleteItem(about.subject, CSM, "sent to the customer")
            await self._press(contract_workflow_id(about.contract_id), "complete_item", done)

    async def _press(self, workflow_id: str, update: str, request: object) -> None:
        try:
            await self.client.get_workflow_handle(workflow_id).execute_update(update, request)
        except WorkflowUpdateFailedError as error:
            self.refused.append(f"{update} of {workflow_id}: {error.cause}")

    async def _send(self, mail: EmailMessage, sender: str) -> None:
        delivery = await self.post.deliver(mail, str(mail["To"]), sender)
        if not delivery.accepted:
            raise RuntimeError(f"the answer of {sender} was not taken: {delivery.code} {delivery.reason}")


def reply_mail(about: Seen, answer: Answer, now: datetime, reply_domain: str) -> EmailMessage:
    """The mail that a calendar program sends when somebody presses accept or decline (RFC 5546 section 3.2.3)."""
    organizer = f"{about.token}@{reply_domain}"
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Customer//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "REPLY")
    event = icalendar.Event()
    event.add("uid", about.uid)
    event.add("sequence", about.sequence)
    event.add("dtstamp", now)
    event.add("organizer", f"mailto:{organizer}")
    event.add("attendee", f"mailto:{about.recipient}", parameters={"PARTSTAT": answer.value.upper()})
    if about.start is not None:
        event.add("dtstart", about.start)
    calendar.add_component(event)
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = about.recipient, organizer, f"{answer.value}: your invitation"
    mail.set_content(f"The invitation is {answer.value}.")
    mail.add_alternative(calendar.to_ical(), maintype="text", subtype="calendar", params={"method": "REPLY"})
    return mail
