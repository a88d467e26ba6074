"""What every part of a contract's workflow works with: its state, its recorder, its lock, its tasks and refusals."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.calls import TELL_TICKETS, Delivery, TellCall
    from domain.agenda import AgendaItem, ItemKind
    from domain.charges import ChargeLine
    from domain.contract import ContractStage
    from domain.contract_news import ContractNews
    from domain.happenings import Happening
    from domain.plan import Role
    from workflows import contract_mail as mail
    from workflows.asking import ask, until
    from workflows.contract_state import ContractState
    from workflows.messages import CSM, NEXT_DUE, STAGE
    from workflows.recorder import Recorder
    from workflows.sleeper import Sleeper, refused


class ContractBase(Sleeper):
    """State and means of one contract.

    ``_changes`` rises with whatever must wake the loop. ``_missing``: meetings whose workflows are gone, to be settled.
    ``_news``: what the open tickets are to hear as soon as it is written down.
    """

    def __init__(self, state: ContractState) -> None:
        super().__init__()
        self._state = state
        self._recorder = Recorder(state.contract.id, "", state.chain, self._on_refused)
        self._acting = asyncio.Lock()
        self._missing: tuple[str, ...] = ()
        self._news: tuple[TellCall, ...] = ()

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """One act at a time, and none before the contract is signed: a message may come in with the very first task."""
        await until(lambda: self._state.agenda is not None)
        async with self._acting:
            yield

    def _has_news(self, news: ContractNews, by: str, reason: str) -> None:
        state = self._state
        self._news = (*self._news, TellCall(state.contract, state.owner, news, by, reason, workflow.now()))

    async def _tell_tickets(self) -> None:
        """After the contract's own fact is in the database: whoever registers a ticket later reads it there."""
        while self._news:
            call, self._news = self._news[0], self._news[1:]
            if workflow.patched("tell-tickets"):
                await ask(TELL_TICKETS, call, int, f"the open tickets hear: {call.news.value}")

    def _note(self, kind: Happening, item: AgendaItem, **data: object) -> None:
        self._recorder.note(kind, item.key, (item.clause,) if item.clause else (), **data)

    def _note_charge(self, subject: str, line: ChargeLine) -> None:
        self._recorder.note(
            Happening.CHARGED,
            subject,
            (line.clause,),
            key=line.key,
            day=line.day.isoformat(),
            amount=line.amount,
            currency=line.currency,
            text=line.text,
            quantity=line.quantity,
            unit_amount=line.unit_amount,
        )

    def _end_role(self, role: Role, reason: str, clauses: tuple[str, ...] = ()) -> None:
        """Nobody fills the role any more, and nobody will."""
        self._state.assignments = tuple(a for a in self._state.assignments if a.role is not role)
        self._recorder.note(Happening.ROLE_ENDED, role.value, clauses, role=role.value, reason=reason)

    def _drop(self, key: str, reason: str) -> None:
        """An agenda item that will not happen any more."""
        item = self._state.close(key)
        if item is not None:
            self._note(Happening.ITEM_DROPPED, item, reason=reason)

    def _drop_rest(self, reason: str) -> None:
        """What still lies ahead, or was to come back after a suspension, will not happen."""
        for item in (*self._state.ahead, *self._state.withdrawn):
            if item.kind is not ItemKind.END:
                self._note(Happening.ITEM_DROPPED, item, reason=reason)
        self._state.ahead, self._state.withdrawn = (), ()

    def _open_task(self, key: str, title: str, detail: str, clauses: tuple[str, ...] = ()) -> None:
        """Something needs a person: a task on the screen and a mail to the main contact."""
        self._note_task(key, title, detail, clauses)
        self._recorder.say(mail.task(self._state, f"{key}-{self._recorder.chain.seq}", title, detail))

    def _note_task(self, key: str, title: str, detail: str, clauses: tuple[str, ...] = ()) -> None:
        self._state.tasks = tuple(dict.fromkeys((*self._state.tasks, key)))
        self._recorder.note(
            Happening.TASK_OPENED,
            "",
            clauses,
            task=key,
            title=title,
            detail=detail,
            staff_id=self._state.owner.staff_id if self._state.owner else "",
            due=workflow.now().isoformat(),
        )

    def _on_refused(self, delivery: Delivery) -> None:
        """An address that a server refused is a task for the main contact; the contract goes on."""
        key, title = f"address/{delivery.email}", f"Mail to {delivery.email} is refused"
        owner, address = self._state.owner, delivery.email.casefold()
        known, self._state.refused = self._state.refused, tuple(dict.fromkeys((*self._state.refused, address)))
        if owner is not None and address not in (*known, owner.person.email.casefold()):
            self._open_task(key, title, f"{delivery.code} {delivery.reason}".strip())
        else:
            self._note_task(key, title, f"{delivery.code} {delivery.reason}".strip())

    def _describe(self) -> None:
        """What Temporal's own UI shows: the stage, the next thing, who is at work on it."""
        state = self._state
        moment, due = state.next_moment(), state.next_due
        lines = [f"**{state.contract.customer_name}**, {state.contract.plan.name}: {state.stage.value}"]
        if moment is not None:
            lines.append(f"next: {moment.item.title} at {moment.at:%Y-%m-%d %H:%M} UTC")
        if state.open:
            lines.append("open: " + ", ".join(item.title for item in state.open))
        workflow.set_current_details("  \n".join(lines))
        wanted = {STAGE: state.stage.value, CSM: state.owner.staff_id if state.owner else "unassigned"}
        have = workflow.info().typed_search_attributes
        changes = [key.value_set(value) for key, value in wanted.items() if have.get(key) != value]
        if due is not None and have.get(NEXT_DUE) != due:
            workflow.upsert_search_attributes([*changes, NEXT_DUE.value_set(due)])
        elif changes:
            workflow.upsert_search_attributes(changes)

    def _refuse_if_over(self) -> None:
        if self._state.stage.over:
            raise refused(f"the contract is {self._state.stage.value}")

    def _refuse_unless_running(self) -> None:
        self._refuse_if_over()
        if self._state.stage is ContractStage.SIGNED:
            raise refused(f"the contract starts on {self._state.contract.starts_on}")
        if self._state.stage is ContractStage.SUSPENDED:
            raise refused("the contract is suspended; resume it first")
