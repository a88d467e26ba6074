"""The world hears of a step: facts, read models and messages in one transaction, then the mail goes out.

A letter is sent by a task of its own, with no database session in its hands while it talks to the mail server. The
activity waits for the task a little; what takes longer goes on, and is asked for again by ``deliver``.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import MessageError
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.beating import beating
from activities.calls import DELIVER, RECORD, DeliverCall, Delivery, DeliveryState, RecordCall, Recorded
from domain.contract import Person
from domain.messages import Message
from mail.render import envelope_sender, message_id, render
from mail.safe import AddressRefused
from mail.send import MailNotTaken, Smtp
from mail.settings import MailSettings
from storage import outbox
from storage.pipeline import NotTaken, Pipeline, Write, write_in
from storage.session import Sessions, one_by_one
from storage.steps import Step, write_step
from storage.tickets import put_on_shelf

UNUSABLE_ADDRESS = 553
"""RFC 5321's code for a mailbox name that is not allowed: we say it ourselves where no server is asked."""

UNWRITABLE = 554
"""RFC 5321's code for a transaction that failed: of a mail that cannot be put together."""

DELIVER_SECONDS = 45.0
"""One attempt of ``deliver`` begins no further letter after this: half of what Temporal gives to an attempt."""

CLAIM_MARGIN_SECONDS = 60.0
"""A claim outlives the longest talk with a mail server by this much, in which the outcome is written down."""


class NotSentNow(Exception):
    """The letter goes on waiting: the server did not take it, does not answer, or somebody else is sending it."""


@dataclass
class Recording:
    """The activities ``record`` and ``deliver``. Both may run twice: facts, messages and deliveries have their keys."""

    sessions: Sessions
    smtp: Smtp
    mail: MailSettings
    _under_way: dict[str, asyncio.Task[Delivery]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._outbox, self._pipeline = one_by_one(self.sessions), Pipeline(self.sessions)

    async def close(self) -> None:
        """Stop sending. What was under way stays recorded, and is sent again under the same Message-ID."""
        tasks = tuple(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._pipeline.close()

    @activity.defn(name=RECORD)
    @beating
    async def record(self, call: RecordCall) -> Recorded:
        """Write facts, read models and messages; then send. What the server does not take soon is left waiting.

        A mail server that hangs costs a step the patience of the settings once, and not for each letter.
        """
        letters, refused = self._letters(call)
        patience = self.smtp.settings.patience_seconds
        # Where mail seems to go out, what is new is ours to send at once. The last letter may be begun in `patience`.
        claim = patience + self._claim_seconds if self.smtp.answers else None
        shelf = put_on_shelf(call.contract_id, call.shelf.number, call.shelf.document) if call.shelf else None
        new = await write_step(self.sessions, self._pipeline, Step(call.facts, letters, claim, shelf))
        ours = {letter.message_id: letter for letter in letters if letter.message_id in new} if claim else {}
        deliveries, trouble = list(refused), ""
        hurried_until = _clock() + patience
        try:
            for letter in letters:
                if not trouble:
                    try:
                        deliveries.append(await self._send(letter.message_id, call.now, hurried_until - _clock(), ours))
                        continue
                    except NotSentNow as error:
                        trouble = str(error)
                        activity.logger.warning("mail is left waiting: %s", trouble)
                deliveries.append(_delivery(letter, DeliveryState.WAITING, reason=trouble))
        finally:
            if ours:  # not begun: somebody else may
                async with self._outbox() as session:
                    await outbox.release_letters(session, tuple(ours))
        return Recorded(tuple(d for d in deliveries if d.state is not DeliveryState.SENT))

    @activity.defn(name=DELIVER)
    @beating
    async def deliver(self, call: DeliverCall) -> Recorded:
        """Send what is waiting. Fails, and so is tried again, as long as the server does not take some of it.

        Every letter is asked for, but none is waited for longer than the patience: many of these run at once, and
        must leave room for other activities.
        """
        now = activity.info().current_attempt_scheduled_time
        deliveries, trouble, until = list[Delivery](), "", _clock() + DELIVER_SECONDS
        for waiting in call.message_ids:
            patience = self.smtp.settings.patience_seconds if _clock() < until else 0.0
            try:
                deliveries.append(await self._send(waiting, now, patience))
            except NotSentNow as error:
                trouble = str(error)  # one address that is put off must not hold up the others
        if trouble:
            raise ApplicationError(f"not taken yet: {trouble}", type="MailNotTaken")
        return Recorded(tuple(d for d in deliveries if d.state is not DeliveryState.SENT))

    def _letters(self, call: RecordCall) -> tuple[list[outbox.Letter], list[Delivery]]:
        """One mail for each recipient. What cannot be written, to this address or at all, is refused here: a step does
        not wait for a mail, and who has the ticket gets a task of it.
        """
        letters, refused = [], []
        for message in call.messages:
            for person in message.to:
                try:
                    letters.append(self._letter(call, message, person))
                except (ValueError, MessageError) as error:
                    code = UNUSABLE_ADDRESS if isinstance(error, AddressRefused) else UNWRITABLE
                    if code == UNWRITABLE:
                        activity.logger.exception("the mail %s cannot be written", message.key)
                    own_id = message_id(call.workflow_id, message.key, person.email, self.mail)
                    refused.append(
                        Delivery(own_id, message.key, person.email, DeliveryState.REJECTED, code, str(error))
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

    async def _send(
        self, letter_id: str, now: datetime, patience_seconds: float, ours: dict[str, outbox.Letter] | None = None
    ) -> Delivery:
        """What becomes of one letter, if that is known soon; else `NotSentNow`. Two who ask share one sending.

        ``ours``: letters that are claimed already; the one whose sending begins is taken out.
        """
        task = self._under_way.get(letter_id)
        if task is None:
            if patience_seconds <= 0:
                raise NotSentNow("there is no time left for it now")
            claimed = ours.pop(letter_id, None) if ours and self.smtp.answers else None
            task = asyncio.create_task(self._hand_over(letter_id, now, claimed))
            self._under_way[letter_id] = task
            task.add_done_callback(partial(self._is_over, letter_id))
        # No wait_for: neither our impatience nor the end of the activity may cut a mail in two.
        await asyncio.wait({task}, timeout=max(patience_seconds, 0))
        if not task.done():
            raise NotSentNow("the mail server takes its time")
        return task.result()

    def _is_over(self, letter_id: str, task: asyncio.Task[Delivery]) -> None:
        del self._under_way[letter_id]
        if not task.cancelled():
            task.exception()  # looked at, since nobody may be waiting for it any more

    async def _hand_over(self, letter_id: str, now: datetime, claimed: outbox.Letter | None) -> Delivery:
        """Claim one letter (where it is not claimed yet), hand it to the server, and settle it.

        A process that dies between the server's word and ours sends it again under the same Message-ID, when the
        claim has run out: that is as close to once as SMTP allows.
        """
        found: outbox.Letter | Delivery
        if claimed is None or claimed.is_useless(now):
            async with self._outbox() as session:
                found = await self._claimed(session, letter_id, now)
        else:
            found = claimed
        if isinstance(found, Delivery):
            return found
        try:
            answer = await self.smtp.deliver(found.eml, found.recipient_email, found.envelope_from)
        except (MailNotTaken, asyncio.CancelledError) as error:
            await self._write_down(outbox.note_attempt(letter_id, None, str(error)))
            if isinstance(error, MailNotTaken):
                raise NotSentNow(str(error)) from error
            raise
        if answer.accepted:
            await self._write_down(outbox.mark_sent(letter_id, now, answer.code))
        else:
            await self._write_down(outbox.mark_rejected(letter_id, now, answer.code, answer.reason))
        state = DeliveryState.SENT if answer.accepted else DeliveryState.REJECTED
        return _delivery(found, state, answer.code, answer.reason)

    async def _write_down(self, outcome: Write) -> None:
        """What became of a letter. Where the pipeline does not take it, it is tried over a session."""
        try:
            await self._pipeline.commit([outcome])
        except NotTaken:
            async with self._outbox() as session:
                await write_in(session, outcome)

    async def _claimed(self, session: AsyncSession, letter_id: str, now: datetime) -> outbox.Letter | Delivery:
        """The letter, ours to send; or what became of it, where nobody has to send it any more."""
        stored = await outbox.find_letter(session, letter_id)
        if stored is None:
            raise ApplicationError(f"no message {letter_id} was ever recorded", type="UnknownMessage")
        letter = stored.letter
        if stored.state != "recorded":
            return _delivery(letter, DeliveryState(stored.state), stored.code or 0, stored.reason)
        if letter.useful_until is not None and letter.is_useless(now):
            reason = f"it was of use until {letter.useful_until:%Y-%m-%d %H:%M} UTC"
            await write_in(session, outbox.mark_expired(letter_id, now, reason))
            return _delivery(letter, DeliveryState.EXPIRED, reason=reason)
        if not self.smtp.answers:
            raise NotSentNow("the mail server does not answer")
        if await outbox.claim_letter(session, letter_id, self._claim_seconds) is None:
            raise NotSentNow("somebody else is sending it")
        return letter

    @property
    def _claim_seconds(self) -> float:
        """A talk with the server is over by then, and written down."""
        return self.smtp.longest_seconds + CLAIM_MARGIN_SECONDS


def _clock() -> float:
    """Monotonic seconds, for patience alone: business time comes in by the call."""
    return asyncio.get_running_loop().time()


def _delivery(letter: outbox.Letter, state: DeliveryState, code: int = 0, reason: str = "") -> Delivery:
    return Delivery(letter.message_id, letter.key, letter.recipient_email, state, code, reason)
