"""`ContractWorkflow`: a signed contract keeps itself, from signing to the end of its last term.

`run` reads as the contract's life. The acts of the agenda are in `contract_acts`, its meetings in `contract_sittings`,
what people may do to a contract in `contract_hours`, `contract_people` and `contract_term`. One timer at a time; it
continues as new.
"""

import asyncio
from dataclasses import replace

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.agenda import ItemKind
    from domain.contract import Contract, ContractStage
    from domain.happenings import Happening
    from domain.hours import opened
    from workflows import contract_mail as mail
    from workflows.asking import until
    from workflows.contract_people import roles_wanted
    from workflows.contract_state import WINDING_UP, ContractState
    from workflows.contract_term import ContractTerm
    from workflows.messages import (
        CONTRACT_WORKFLOW,
        AmendPlan,
        ChangeContact,
        ChangeRole,
        CompleteItem,
        ContractOrder,
        DecideOverage,
        Designate,
        Done,
        MeetingOver,
        MeetingRequested,
        RecordCount,
        Renew,
        RequestMeeting,
        Resume,
        Suspend,
        Terminate,
    )


@workflow.defn(name=CONTRACT_WORKFLOW)
class ContractWorkflow(ContractTerm):
    @workflow.init
    def __init__(self, order: ContractOrder) -> None:
        super().__init__(order.state or ContractState(order.contract, counts=order.contract.counts))

    @workflow.run
    async def run(self, order: ContractOrder) -> str:
        life = asyncio.create_task(self._live(order))
        try:
            return await asyncio.shield(life)
        except asyncio.CancelledError:
            # "Request cancellation" in Temporal's own UI: a termination like any other, recorded and told.
            async with self._turn():
                if not self._state.stage.over:
                    await self._terminate(Terminate("Temporal", workflow.cancellation_reason() or "called off"))
                    await self._written()
            return await life

    async def _live(self, order: ContractOrder) -> str:
        self._recorder.resume(self._state.waiting)
        if order.state is None:
            await self._sign()
        while not self._state.stage.over:
            await self._take_next_step()
            if workflow.info().is_continue_as_new_suggested() and not self._state.stage.over:
                await self._continue()
        await self._wind_up()
        return self._state.stage.value

    async def _take_next_step(self) -> None:
        """One step: wait for the next moment, or for somebody to change something, and act."""
        state = self._state
        starting = state.stage is ContractStage.SIGNED
        moment = None if starting else state.next_moment()
        self._describe()
        at = state.calendar.starts if starting else moment.at if moment else None
        why = "the contract starts" if starting else moment.item.title if moment else "waiting for people"
        if await self._sleep_until(at, why):
            return
        async with self._acting:
            if starting and state.stage is ContractStage.SIGNED:
                await self._start()
            elif moment is not None and not state.stage.over and state.next_moment() == moment:
                await self._act(moment)
                if moment.item.kind is ItemKind.END and not moment.late:
                    await self._end_of_term()

    async def _sign(self) -> None:
        """Resolve the agenda, and write down what was promised."""
        async with self._acting:
            state, contract = self._state, self._state.contract
            state.ledger = opened(contract.plan) if contract.plan.hours else None
            agenda = await self._agenda_of(contract, state.term_number, state.months)
            self._recorder.note(
                Happening.SIGNED,
                clauses=tuple(clause.id for clause in contract.plan.clauses),
                customer_id=contract.customer_id,
                customer=contract.customer_name,
                plan=contract.plan.id,
                plan_name=contract.plan.name,
                plan_version=contract.plan.version,
                vendor=contract.plan.vendor.id,
                vendor_name=contract.plan.vendor.name,
                starts_on=contract.starts_on.isoformat(),
                ends_on=agenda.last_day.isoformat(),
                starts=agenda.starts.isoformat(),
                ends=agenda.ends.isoformat(),
                term_months=contract.term_months,
                zone=contract.zone,
                country=contract.country,
                language=contract.language,
                granted_minutes=state.ledger.granted if state.ledger else 0,
                currency=contract.prices.currency,
                flags=list(agenda.flags),
            )
            passed = self._adopt(agenda)
            for contact in contract.contacts:
                self._note_contact(contact, by="order", replaces=None)
            for item in passed:
                self._note(Happening.ITEM_DROPPED, item, reason="its day had gone by when the contract was signed")
            await self._recorder.flush()

    async def _start(self) -> None:
        """Day 1: people on both sides know of each other."""
        state, contract = self._state, self._state.contract
        await self._fill_roles(roles_wanted(contract.plan))
        state.stage = ContractStage.ACTIVE if state.onboarding_is_over() else ContractStage.ONBOARDING
        self._recorder.note(Happening.STARTED)
        person = contract.primary_contact.person
        self._recorder.note(Happening.CONTACT_ASKED, person.email, email=person.email)
        self._recorder.say(mail.welcome(state))
        await self._recorder.flush()

    async def _end_of_term(self) -> None:
        """The last instant of a term: hours lapse; a renewed contract goes on, another ends."""
        state = self._state
        self._lapse_hours()
        if state.renewed_months is not None:
            await self._next_term(state.renewed_months)
        else:
            state.stage, state.ended_because = ContractStage.ENDED, "the term is over"
            for pending in state.overages:
                self._drop(pending.plan.key, "the term ended before the overage was approved")
            state.overages = ()
            self._drop_rest("the term is over")
            self._recorder.note(Happening.ENDED, meetings_held=state.meetings_held, minutes_used=state.minutes_used)
            self._recorder.say(mail.farewell(state, state.ended_because, workflow.now()))
            await self._withdraw_meetings("the term is over", "pledge")
        await self._recorder.flush()

    async def _next_term(self, months: int) -> None:
        """The hours and touchpoints are granted anew; what is open stays open."""
        state = self._state
        self._drop_rest("the term is over")
        state.months += state.contract.term_months
        state.term_number += 1
        state.contract = replace(state.contract, term_months=months)
        state.renewed_months = None
        agenda = await self._agenda_of(state.contract, state.term_number, state.months)
        hours = state.contract.plan.hours
        if state.ledger is not None and hours is not None:
            # Hours of a window that only the first term has are not granted again.
            again = hours.window is None or any(window.key == hours.window for window in agenda.windows)
            minutes, window_key = (hours.minutes, hours.window) if again else (0, None)
            state.ledger = state.ledger.renewed(minutes, window_key, workflow.now())
            granted, left = state.ledger.granted, state.ledger.left
            self._recorder.note(Happening.HOURS_GRANTED, "", (hours.clause,), minutes=granted, left=left)
        state.agenda = None
        self._adopt(agenda)

    async def _wind_up(self) -> None:
        """Wait for the outcomes of meetings that took place, but not for ever; then close the books."""
        self._describe()
        last_instant = workflow.now() + WINDING_UP
        while self._state.meetings:
            if not await self._sleep_until(last_instant, "waiting for outcomes"):
                break
        async with self._acting:
            await self._withdraw_meetings("its outcome was never recorded", "pledge", final=True)
            if self._state.ledger is not None:
                self._lapse_hours()
            for item in self._state.open:
                if item.key not in self._state.meetings:
                    self._drop(item.key, self._state.ended_because)
        await until(lambda: not self._state.meetings)
        while not self._at_rest():
            await until(workflow.all_handlers_finished)
            await self._recorder.drain()

    async def _continue(self) -> None:
        """A fresh history with the same state.

        What is under way is let finish, again and again until nothing is: a message that comes in between is handled
        here, and nothing is awaited between the last look and the end of this run.
        """
        waiting: tuple[str, ...] = ()
        while not self._at_rest():
            await until(lambda: workflow.all_handlers_finished() and not self._missing)
            await self._recorder.flush()
            waiting += await self._recorder.stop_sending()
        if self._state.stage.over:
            self._recorder.resume(waiting)
            return
        self._state.waiting = waiting
        self._state.chain = self._recorder.chain
        workflow.continue_as_new(ContractOrder(self._state.contract, self._state))

    def _at_rest(self) -> bool:
        return workflow.all_handlers_finished() and self._recorder.idle and not self._missing

    @workflow.query
    def contract(self) -> Contract:
        """The contract as it is now: its plan may be another one than the one that was signed."""
        return self._state.contract

    # What people and meetings tell it. The reasons and effects stand in the base classes.

    @workflow.signal
    async def meeting_over(self, over: MeetingOver) -> None:
        """A meeting of this contract has come to its end."""
        async with self._turn():
            await self._settle_meeting(over)
            self._touch()
            await self._recorder.flush()

    @workflow.update
    async def request_meeting(self, request: RequestMeeting) -> MeetingRequested:
        """More training or consultation; what exceeds the hours waits for the customer's approval."""
        async with self._turn():
            self._check_request_meeting(request)
            requested = await self._request_meeting(request)
            await self._written()
        return requested

    @request_meeting.validator
    def _may_request_meeting(self, request: RequestMeeting) -> None:
        self._check_request_meeting(request)

    @workflow.update
    async def decide_overage(self, decision: DecideOverage) -> Done:
        """The customer's word on hours beyond the package."""
        async with self._turn():
            self._check_decide_overage(decision)
            done = await self._decide_overage(decision)
            await self._written()
        return done

    @decide_overage.validator
    def _may_decide_overage(self, decision: DecideOverage) -> None:
        self._check_decide_overage(decision)

    @workflow.update
    async def record_count(self, count: RecordCount) -> Done:
        """The numbers of users and devices from now on."""
        async with self._turn():
            self._check_record_count(count)
            done = self._record_count(count)
            await self._written()
        return done

    @record_count.validator
    def _may_record_count(self, count: RecordCount) -> None:
        self._check_record_count(count)

    @workflow.update
    async def change_contact(self, change: ChangeContact) -> Done:
        """Add, replace or remove a contact of the customer."""
        async with self._turn():
            self._check_change_contact(change)
            done = await self._change_contact(change)
            await self._written()
        return done

    @change_contact.validator
    def _may_change_contact(self, change: ChangeContact) -> None:
        self._check_change_contact(change)

    @workflow.update
    async def designate(self, request: Designate) -> Done:
        """Who may use the priority queue."""
        async with self._turn():
            self._check_designate(request)
            done = self._designate(request)
            await self._written()
        return done

    @designate.validator
    def _may_designate(self, request: Designate) -> None:
        self._check_designate(request)

    @workflow.update
    async def change_role(self, change: ChangeRole) -> Done:
        """Another person fills a role; meetings that lie ahead move to them."""
        async with self._turn():
            self._check_change_role(change)
            done = await self._change_role(change)
            await self._written()
        return done

    @change_role.validator
    def _may_change_role(self, change: ChangeRole) -> None:
        self._check_change_role(change)

    @workflow.update
    async def complete_item(self, item: CompleteItem) -> Done:
        """A report or a task is done."""
        async with self._turn():
            self._check_complete_item(item)
            done = self._complete_item(item)
            await self._written()
        return done

    @complete_item.validator
    def _may_complete_item(self, item: CompleteItem) -> None:
        self._check_complete_item(item)

    @workflow.update
    async def amend_plan(self, change: AmendPlan) -> Done:
        """Go on under another plan."""
        async with self._turn():
            self._check_amend_plan(change)
            done = await self._amend_plan(change)
            await self._written()
        return done

    @amend_plan.validator
    def _may_amend_plan(self, change: AmendPlan) -> None:
        self._check_amend_plan(change)

    @workflow.update
    async def suspend(self, request: Suspend) -> Done:
        """Stop booking and sending."""
        async with self._turn():
            self._check_suspend(request)
            done = await self._suspend(request)
            await self._written()
        return done

    @suspend.validator
    def _may_suspend(self, request: Suspend) -> None:
        self._check_suspend(request)

    @workflow.update
    async def resume(self, request: Resume) -> Done:
        """Go on after a suspension."""
        async with self._turn():
            self._check_resume(request)
            done = self._resume(request)
            await self._written()
        return done

    @resume.validator
    def _may_resume(self, request: Resume) -> None:
        self._check_resume(request)

    @workflow.update
    async def terminate(self, request: Terminate) -> Done:
        """End now; it cannot be undone."""
        async with self._turn():
            self._check_terminate(request)
            done = await self._terminate(request)
            await self._written()
        return done

    @terminate.validator
    def _may_terminate(self, request: Terminate) -> None:
        self._check_terminate(request)

    @workflow.update
    async def renew(self, request: Renew) -> Done:
        """Another term follows."""
        async with self._turn():
            self._check_renew(request)
            done = await self._renew(request)
            await self._written()
        return done

    @renew.validator
    def _may_renew(self, request: Renew) -> None:
        self._check_renew(request)

    async def _written(self) -> None:
        """What an update did is in the database before anybody is told that it was done."""
        self._touch()
        await self._recorder.flush()
