"""The world hears of a step: facts, read models and messages in one transaction, then the mail goes out."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.calls import DELIVER, RECORD, DeliverCall, Delivery, DeliveryState, RecordCall, Recorded
from domain.contract import Person
from domain.messages import Message
from mail.render import envelope_sender, message_id, render
from mail.safe import AddressRefused
from mail.send import MailNotTaken, Smtp
from mail.settings import MailSettings
from storage import outbox
from storage.facts import write_facts
from storage.session import Sessions

UNUSABLE_ADDRESS = 553
"""RFC 5321's code for a mailbox name that is not allowed: we say it ourselves where no server is asked."""


@dataclass
class Recording:
    """The activities ``record`` and ``deliver``. Both may run twice: facts, messages and deliveries have their keys."""

    sessions: Sessions
    smtp: Smtp
    mail: MailSettings

    @activity.defn(name=RECORD)
    async def record(self, call: RecordCall) -> Recorded:
        """Write facts, read models and messages; then send. What the server does not take now is left waiting."""
        letters, refused = self._letters(call)
        async with self.sessions.begin() as session:
            await write_facts(session, call.facts)
            for letter in letters:
                await outbox.record_letter(session, letter)
        deliveries, server_answers = list(refused), True
        for letter in letters:
            if not server_answers:
                deliveries.append(_delivery(letter, DeliveryState.WAITING))
                continue
            try:
                deliveries.append(await self._send(letter.message_id, call.now))
            except MailNotTaken as error:
                activity.logger.warning("mail is left waiting: %s", error)
                server_answers = False
                deliveries.append(_delivery(letter, DeliveryState.WAITING, reason=str(error)))
        return Recorded(tuple(d for d in deliveries if d.state is not DeliveryState.SENT))

    @activity.defn(name=DELIVER)
    async def deliver(self, call: DeliverCall) -> Recorded:
        """Send what is waiting. Fails, and so is tried again, as long as the server does not take some of it."""
        now = activity.info().current_attempt_scheduled_time
        deliveries, trouble = list[Delivery](), ""
        for waiting in call.message_ids:
            try:
                deliveries.append(await self._send(waiting, now))
            except MailNotTaken as error:
                trouble = str(error)  # one address that is put off must not hold up the others
        if trouble:
            raise ApplicationError(f"not taken yet: {trouble}", type="MailNotTaken")
        return Recorded(tuple(d for d in deliveries if d.state is not DeliveryState.SENT))

    def _letters(self, call: RecordCall) -> tuple[list[outbox.Letter], list[Delivery]]:
        """One mail for each recipient; an address that nothing can be written to is refused here."""
        letters, refused = [], []
        for message in call.messages:
            for person in message.to:
                try:
                    letters.append(self._letter(call, message, person))
                except AddressRefused as error:
                    own_id = message_id(call.workflow_id, message.key, person.email, self.mail)
                    refused.append(
                        Delivery(
                            own_id, message.key, person.email, DeliveryState.REJECTED, UNUSABLE_ADDRESS, str(error)
                        )
                    )
        return letters, refused

    def _letter(self, call: RecordCall, message: Message, person: Person) -> outbox.Letter:
        mail = render(message, person, settings=self.mail, workflow_id=call.workflow_id, now=call.now)
        return outbox.Letter(
            message_id=str(mail["Message-ID"]),
            workflow_id=call.workflow_id,
            key=message.key,
            contract_id=call.contract_id,
            subject=message.about,
            kind=message.content.kind,
            recipient_email=person.email,
            recipient_name=person.name,
            subject_line=str(mail["Subject"]),
            eml=mail.as_bytes(),
            envelope_from=envelope_sender(message, self.mail),
            recorded_at=call.now,
            useful_until=message.useful_until,
        )

    async def _send(self, letter_id: str, now: datetime) -> Delivery:
        """Hand one letter to the server and settle it. The row is held meanwhile, so nobody sends it beside us.

        A process that dies between the server's word and ours sends it again under the same Message-ID: that is as
        close to once as SMTP allows.
        """
        async with self.sessions() as session:
            waiting = await outbox.take_letter(session, letter_id)
            if waiting is None:
                return await _settled(session, letter_id)
            letter = waiting.letter
            if letter.useful_until is not None and now >= letter.useful_until:
                reason = f"it was of use until {letter.useful_until:%Y-%m-%d %H:%M} UTC"
                await outbox.mark_expired(session, letter_id, now, reason)
                await session.commit()
                return _delivery(letter, DeliveryState.EXPIRED, reason=reason)
            try:
                answer = await self.smtp.deliver(letter.eml, letter.recipient_email, letter.envelope_from)
            except MailNotTaken as error:
                await outbox.note_attempt(session, letter_id, None, str(error))
                await session.commit()
                raise
            if answer.accepted:
                await outbox.mark_sent(session, letter_id, now, answer.code)
            else:
                await outbox.mark_rejected(session, letter_id, now, answer.code, answer.reason)
            await session.commit()
        state = DeliveryState.SENT if answer.accepted else DeliveryState.REJECTED
        return _delivery(letter, state, answer.code, answer.reason)


async def _settled(session: AsyncSession, letter_id: str) -> Delivery:
    """What became of a letter that nobody has to send any more."""
    stored = await outbox.find_letter(session, letter_id)
    if stored is None:
        raise ApplicationError(f"no message {letter_id} was ever recorded", type="UnknownMessage")
    return _delivery(stored.letter, DeliveryState(stored.state), stored.code or 0, stored.reason)


def _delivery(letter: outbox.Letter, state: DeliveryState, code: int = 0, reason: str = "") -> Delivery:
    return Delivery(letter.message_id, letter.key, letter.recipient_email, state, code, reason)
