"""`TicketWorkflow`: one ticket from its registration to its closing, under the plan that its contract has pinned.

One timer at a time: the next due instant, step of the ladder or reminder. What people do is in `ticket_doing`. A closed
ticket's workflow ends; whoever reopens it starts the next run from the shelf.
"""

import asyncio
from dataclasses import replace
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.calls import FIND_PEOPLE, FindCall, Found
    from domain import ticket_acts as rules
    from domain.announcing import announced, to_announce
    from domain.clocks import remaining_seconds
    from domain.contract_news import CONTRACT_CHANGED, ContractChanged
    from domain.escalation import Step, StepKind, announcement, rung, told
    from domain.happenings import Happening
    from domain.support import Who, WhoKind
    from domain.ticket import Act, Actor, TicketState
    from domain.ticket_clocks import expired
    from workflows import ticket_mail as mail
    from workflows import ticket_staff_mail as staff_mail
    from workflows.asking import ask, until
    from workflows.sleeper import refused
    from workflows.ticket_facts import people, registered
    from workflows.ticket_hearing import TicketHearing
    from workflows.ticket_messages import (
        COVERAGE_CHANGED,
        TICKET_WORKFLOW,
        ActDone,
        CoverageChanged,
        Handler,
        TicketAct,
        TicketOrder,
        Unposted,
    )
    from workflows.ticket_staff_mail import Warned

_SUSPENDED = "the contract is suspended"


@workflow.defn(name=TICKET_WORKFLOW)
class TicketWorkflow(TicketHearing):
    @workflow.init
    def __init__(self, order: TicketOrder) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: TicketOrder) -> str:
        life = asyncio.create_task(self._live(order))
        try:
            return await asyncio.shield(life)
        except asyncio.CancelledError:
            # "Request cancellation" in Temporal's own UI: closed like any other, recorded and told.
            if order.decision.accepted:
                async with self._turn():
                    await self._call_off(workflow.cancellation_reason() or "called off")
            return await life

    async def _live(self, order: TicketOrder) -> str:
        if not order.decision.accepted:
            return await self._refuse()
        if order.carried is None:
            await self._register()
        else:
            self._recorder.resume(order.carried.waiting)
            self._resume_posting(order.carried.unposted)
            await self._catch_up(order)
        while True:
            while not self._closed:
                await self._take_next_step()
                if workflow.info().is_continue_as_new_suggested():
                    await self._continue()
            await self._finish()
            if self._closed:
                return self._work.ticket.state.value

    async def _take_next_step(self) -> None:
        """Sleep until something is due; only another next step wakes the sleep, so a timer stands while it is right."""
        self._describe()
        step = self._upcoming
        if step is None or step.wakes_at > workflow.now():
            await self._sleep_for(step)
            return
        async with self._acting:
            while (due := self._upcoming) is not None and due.wakes_at <= workflow.now():
                await self._take(due)
                await self._look_ahead()
            await self._recorder.flush()

    async def _sleep_for(self, step: Step | None) -> None:
        pause = None if step is None else max(step.wakes_at - workflow.now(), timedelta(0))
        why = step.summary if step else ""
        try:
            await workflow.wait_condition(
                lambda: self._upcoming != step or self._closed or workflow.info().is_continue_as_new_suggested(),
                timeout=pause,
                timeout_summary=why,
            )
        except TimeoutError:
            return
        except asyncio.CancelledError:
            return  # answered in `run`

    async def _take(self, step: Step) -> None:
        now = workflow.now()
        if step.kind is StepKind.ANNOUNCE:
            self._announce()
        elif step.kind is StepKind.DUE:
            self._step(expired(self._work.ticket, now), None)
        elif step.kind is StepKind.TELL:
            await self._climb(step)
        elif step.kind is StepKind.ASK_AGAIN:
            self._ask_to_agree()
        else:
            reason = "nobody answered by the last day"
            await self._close(TicketAct(Act.CLOSE, Actor.SYSTEM, "pledge", reason))

    def _announce(self) -> None:
        """Whoever has it hears that it is new."""
        work = self._work
        work.ticket = announced(work.ticket)
        if to := work.hears_of_it:
            self._note(Happening.TICKET_ANNOUNCED, (work.ticket.current_level.clause,), to=people(to))
            self._recorder.say(staff_mail.new(work, self._key("new"), to))

    async def _climb(self, step: Step) -> None:
        """A step of the ladder: whoever it names is told, once."""
        ladder_step, ticket = rung(self._work.ticket, step), self._work.ticket
        clock = ticket.clock(step.clock)
        assert clock is not None, "a step is of a clock of this ticket"
        found = await self._find(ladder_step.who)
        to = (found.person,) if found.person else self._work.handler
        self._step(
            told(self._work.ticket, step),
            Happening.TICKET_ESCALATED,
            (clock.clause,),
            clock=step.clock,
            target=clock.governed_by,
            rung=step.rung + 1,
            at=step.at.isoformat(),
            percent=ladder_step.percent,
            overrun_seconds=ladder_step.overrun_seconds,
            to=people(to),
            reason=found.reason,
        )
        left = await self._worked_out(lambda lines: remaining_seconds(clock, workflow.now(), lines))
        self._recorder.say(
            staff_mail.warning(self._work, self._key("warning"), Warned(clock, ladder_step, left or 0), to)
        )

    async def _find(self, who: Who) -> Found:
        """Who is meant now: roles and rotations are filled by others as time goes on."""
        if who.kind is WhoKind.OWNER and self._work.owner is not None:
            return Found(self._work.owner.staff_id, self._work.owner.person)
        call = FindCall(self._work.order.contract_id, who, workflow.now())
        return await ask(FIND_PEOPLE, call, Found, f"who is {who.kind.value} {who.key}".strip())

    async def _register(self) -> None:
        async with self._acting:
            order, now = self._work.order, workflow.now()
            opened = await self._worked_out(
                lambda lines: rules.register(
                    f"{order.contract_id}/{order.number}",
                    order.contract_id,
                    order.terms,
                    order.decision.level,
                    order.registered_at,
                    lines,
                    order.suspended,
                )
            )
            opened = rules.meet(opened, agreeable=bool(order.parties.agree))
            ticket = await self._worked_out(lambda lines: rules.reply_automatically(opened, now, lines))
            bare, self._work.ticket = self._work.ticket, ticket
            clauses = (ticket.current_level.clause, *(r.clause for r in order.decision.reasons if r.clause))
            self._note(Happening.TICKET_REGISTERED, tuple(dict.fromkeys(clauses)), **registered(order))
            if order.suspended:
                self._note(Happening.TICKET_PAUSED, (), cause="suspended", by="pledge", reason=_SUSPENDED)
            self._adopt(self._work.coverages, by="pledge", reason="registered")
            self._note_clocks(bare, opened)  # each clock begins before it may end
            self._note_clocks(opened, ticket)
            if order.outage:
                self._begin_outage(order.outage_since or order.registered_at)
            self._tell_incident(None, ticket)
            self._recorder.say(mail.received(self._work, await self._opens_at()))
            if order.announce:
                self._work.ticket = await self._worked_out(lambda lines: to_announce(self._work.ticket, now, lines))
                if (news := announcement(self._work.ticket)) is not None and news.wakes_at <= now:
                    self._announce()  # the desk is open: no step of its own
            await self._look_ahead()
            self._registered = True
            await self._recorder.flush()

    async def _refuse(self) -> str:
        """It became no ticket: that is a fact too, and the answer says why."""
        order = self._work.order
        clauses = tuple(dict.fromkeys(r.clause for r in order.decision.reasons if r.clause))
        told = {"state": "refused", **registered(order)}
        self._recorder.note_data(Happening.TICKET_REFUSED, self._work.subject, clauses, told)
        self._recorder.say(mail.refused(self._work))
        await self._recorder.drain()
        return "refused"

    async def _finish(self) -> None:
        """Closed: what is on its way gets out. A message that comes in meanwhile is still handled here, and one that
        reopens the ticket ends the waiting, which may take days: its clocks run again.
        """
        self._describe()
        while self._closed and not self._all_out:
            await self._recorder.flush()
            await until(lambda: not self._closed or self._all_out)

    @property
    def _closed(self) -> bool:
        return self._work.ticket.state is TicketState.CLOSED

    @property
    def _all_out(self) -> bool:
        """Nobody is being answered, and nothing that was told is still on its way."""
        return workflow.all_handlers_finished() and self._recorder.idle and not self._posting

    async def _continue(self) -> None:
        """A fresh history with the same state; nothing is awaited between the last look and the end of this run."""
        waiting: tuple[str, ...] = ()
        unposted: tuple[Unposted, ...] = ()
        while not self._all_out:
            await until(workflow.all_handlers_finished)
            unposted += await self._stop_posting()
            await self._recorder.flush()
            waiting += await self._recorder.stop_sending()
        self._work.chain = self._recorder.chain
        workflow.continue_as_new(replace(self._work.order, carried=self._work.carried(waiting, unposted)))

    async def _call_off(self, reason: str) -> None:
        if self._closed:
            return
        now = workflow.now()
        after = await self._worked_out(lambda lines: rules.call_off(self._work.ticket, now, lines))
        self._step(after, Happening.TICKET_CLOSED, by="Temporal", reason=reason)
        self._end_outage()
        self._say_closed(reason)
        await self._look_ahead()
        await self._recorder.flush()

    # What people and the contract tell it.

    @workflow.update
    async def act(self, request: TicketAct) -> ActDone:
        """Something that is done to the ticket; returns when its facts are in the database."""
        async with self._turn():
            request = self._kept(request)
            self._check(request)
            done = await self._do(request)
            await self._recorder.flush()
        return done

    @act.validator
    def _may_act(self, request: TicketAct) -> None:
        if not self._work.order.decision.accepted:
            raise refused("the report became no ticket")
        if self._registered:
            self._check(self._kept(request))

    @workflow.signal(name=CONTRACT_CHANGED)
    async def contract_changed(self, change: ContractChanged) -> None:
        """The contract was suspended, goes on, has another plan, or is over. A second telling does nothing."""
        async with self._turn():
            await self._change_contract(change)
            await self._look_ahead()
            await self._recorder.flush()

    @workflow.signal(name=COVERAGE_CHANGED)
    async def coverage_changed(self, change: CoverageChanged) -> None:
        """The opening hours have a new version: what is still to come is due by it; a verdict stays."""
        async with self._turn():
            await self._change_coverage(change)
            await self._look_ahead()
            await self._recorder.flush()

    @workflow.query
    def owner(self) -> Handler | None:
        """Who has it."""
        return self._work.owner
