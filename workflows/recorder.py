"""A workflow's hand on the world: facts and messages go out through one activity, in order, once.

`note` and `say` only collect; `flush` hands all of it to the activity ``record``. One flush runs at a time, so facts
reach the table in the order of their numbers. A mail server that does not answer never holds up a workflow: what
it did not take goes on in the background, in the activity ``deliver``, for as long as the workflow lives.
"""

import asyncio
from collections.abc import Callable, Mapping

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.calls import (
        DELIVER,
        NOTICED_AFTER,
        RECORD,
        DeliverCall,
        Delivery,
        DeliveryState,
        RecordCall,
        Recorded,
        Shelf,
    )
    from domain.facts import Chain, Fact
    from domain.happenings import Happening
    from domain.messages import Message
    from workflows.asking import KEEP_SENDING, ask, is_stopped, until


class Recorder:
    """Collects facts and messages of one workflow and hands them on.

    ``on_refused`` is called for each message that a server refused for good: it may note and say more. ``shelved``
    gives what is put on the shelf together with the facts, where there is anything to put there.
    """

    def __init__(
        self,
        contract_id: str,
        subject: str,
        chain: Chain,
        on_refused: Callable[[Delivery], None],
        shelved: Callable[[], Shelf | None] = lambda: None,
    ) -> None:
        self._contract_id = contract_id
        self._subject = subject
        self._chain = chain
        self._on_refused = on_refused
        self._shelved = shelved
        self._facts: list[Fact] = []
        self._messages: list[Message] = []
        self._lock = asyncio.Lock()
        self._deliveries: list[asyncio.Task[None]] = []
        self._stopped: tuple[str, ...] = ()

    @property
    def chain(self) -> Chain:
        """The end of the chain: what a continued run goes on from. Flush before it is carried over."""
        return self._chain

    @property
    def idle(self) -> bool:
        """Nothing is collected, and nothing is on its way."""
        return not (self._facts or self._messages or self._deliveries or self._lock.locked())

    def note(self, kind: Happening, subject: str = "", clauses: tuple[str, ...] = (), **data: object) -> None:
        """Collect a fact: it happened now."""
        self.note_data(kind, subject, clauses, data)

    def note_data(self, kind: Happening, subject: str, clauses: tuple[str, ...], data: Mapping[str, object]) -> None:
        """The same, for data whose names are also those of our parameters."""
        self._chain, fact = self._chain.append(
            workflow.info().workflow_id, self._contract_id, workflow.now(), kind.value, subject, clauses, data
        )
        self._facts.append(fact)

    def say(self, message: Message) -> None:
        """Collect a message."""
        if message.to:
            self._messages.append(message)

    async def flush(self) -> None:
        """Hand over all that was collected; returns when the facts stand in the database."""
        async with self._lock:
            while self._facts or self._messages:
                call = RecordCall(
                    workflow_id=workflow.info().workflow_id,
                    contract_id=self._contract_id,
                    facts=tuple(self._facts),
                    messages=tuple(self._messages),
                    now=workflow.now(),
                    shelf=self._shelved(),
                )
                recorded = await ask(RECORD, call, Recorded, _summary(call), heartbeat=NOTICED_AFTER)
                # Only now: a flush that is cut short leaves all of it to the next one, and a fact written twice is one.
                del self._facts[: len(call.facts)], self._messages[: len(call.messages)]
                self._settle(recorded.deliveries)

    def resume(self, message_ids: tuple[str, ...]) -> None:
        """Go on sending what an earlier run left waiting."""
        if message_ids:
            task = asyncio.create_task(self._deliver(message_ids))
            self._deliveries.append(task)
            task.add_done_callback(self._deliveries.remove)

    async def drain(self) -> None:
        """Wait until nothing is collected and nothing is waiting any more."""
        await self.flush()
        while self._deliveries:
            # A condition, and no wait for the tasks: one that is done but still listed must not make this loop spin.
            await until(lambda: not self._deliveries)
            await self.flush()

    async def stop_sending(self) -> tuple[str, ...]:
        """Before continue-as-new: stop the deliveries, and return what the next run is to `resume`.

        Only what was really stopped: a delivery that ends in its own way meanwhile has told what became of it.
        """
        for task in list(self._deliveries):
            task.cancel()
        await until(lambda: not self._deliveries)
        stopped, self._stopped = self._stopped, ()
        return stopped

    def _settle(self, deliveries: tuple[Delivery, ...]) -> None:
        for delivery in deliveries:
            if delivery.state is DeliveryState.REJECTED:
                self.note(
                    Happening.MESSAGE_REJECTED,
                    self._subject,
                    message_id=delivery.message_id,
                    email=delivery.email,
                    code=delivery.code,
                    reason=delivery.reason,
                )
                self._on_refused(delivery)
            elif delivery.state is DeliveryState.EXPIRED:
                self.note(
                    Happening.MESSAGE_LATE,
                    self._subject,
                    message_id=delivery.message_id,
                    reason=delivery.reason,
                )
        self.resume(tuple(d.message_id for d in deliveries if d.state is DeliveryState.WAITING))

    async def _deliver(self, message_ids: tuple[str, ...]) -> None:
        try:
            call, summary = DeliverCall(message_ids), f"send {len(message_ids)} waiting"
            recorded = await ask(DELIVER, call, Recorded, summary, KEEP_SENDING, heartbeat=NOTICED_AFTER)
        except BaseException as error:
            if is_stopped(error):
                self._stopped = (*self._stopped, *message_ids)
                return
            raise
        self._settle(recorded.deliveries)
        await self.flush()


def _summary(call: RecordCall) -> str:
    """What the step is, for Temporal's own UI."""
    parts = [fact.kind for fact in call.facts] + [f"mail {m.content.kind}" for m in call.messages]
    text = ", ".join(dict.fromkeys(parts))
    return text if len(text) <= 180 else text[:177] + "…"
