"""The term: its agenda, amendment, suspension, renewal and termination: checks and effects of the updates."""

from dataclasses import replace

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.calls import RESOLVE_AGENDA, AgendaCall
    from domain.agenda import Agenda, AgendaItem, rebase
    from domain.contract import Contract, ContractStage
    from domain.contract_news import ContractNews
    from domain.happenings import Happening
    from domain.hours import opened
    from workflows import contract_mail as mail
    from workflows.asking import ask
    from workflows.contract_people import ContractPeople
    from workflows.messages import AmendPlan, Done, Renew, Resume, Suspend, Terminate
    from workflows.sleeper import refused

LONGEST_TERM = 120


class ContractTerm(ContractPeople):
    """What changes the term."""

    def _check_amend_plan(self, change: AmendPlan) -> None:
        self._refuse_unless_running()
        old = self._state.contract.plan
        if change.plan.vendor.id != old.vendor.id:
            raise refused(f"plan: a contract with {old.vendor.name} cannot go on under {change.plan.vendor.name}")
        if (change.plan.id, change.plan.version) == (old.id, old.version):
            raise refused(f"plan: the contract runs on {old.id}, version {old.version}, already")

    async def _amend_plan(self, change: AmendPlan) -> Done:
        state, now, plan = self._state, workflow.now(), change.plan
        main_before = state.contract.plan.main_role
        state.contract = replace(state.contract, plan=plan)
        hours = plan.hours
        if state.ledger is not None:
            state.ledger = state.ledger.regrant(hours.minutes if hours else 0, hours.window if hours else None, now)
        elif hours is not None:
            state.ledger = opened(plan)
        self._recorder.note(
            Happening.AMENDED,
            plan=plan.id,
            plan_name=plan.name,
            plan_version=plan.version,
            by=change.by,
            reason=change.reason,
            granted_minutes=state.ledger.granted if state.ledger else 0,
        )
        for item in self._adopt(await self._agenda_of(state.contract, state.term_number, state.months)):
            self._note(Happening.ITEM_DROPPED, item, reason="its day had gone by when the plan was amended")
        await self._change_roles(main_before)
        self._has_news(ContractNews.AMENDED, change.by, change.reason)
        self._recorder.say(mail.amended(state, f"welcome-{self._recorder.chain.seq}"))
        return Done(f"The contract goes on under {plan.name}.")

    async def _agenda_of(self, contract: Contract, term_number: int, months_before: int) -> Agenda:
        """Holidays and zone rules are looked up outside, once, and stay in the history."""
        return await ask(
            RESOLVE_AGENDA, AgendaCall(contract, term_number, months_before), Agenda, f"agenda of term {term_number}"
        )

    def _adopt(self, newer: Agenda) -> tuple[AgendaItem, ...]:
        """Keep what is still ahead in a new agenda of the running term. Returns what went by unkept."""
        state = self._state
        acted = state.acted if state.agenda is not None else ()
        rebased = rebase(state.agenda or newer, acted, newer, workflow.now())
        state.agenda, state.ahead = rebased.agenda, rebased.ahead
        self._note_agenda(rebased.passed)
        for item in rebased.passed:
            state.acted, state.over = (*state.acted, item.key), (*state.over, item.key)
        return rebased.passed

    def _check_suspend(self, request: Suspend) -> None:
        self._refuse_unless_running()

    async def _suspend(self, request: Suspend) -> Done:
        state = self._state
        state.before_suspension, state.stage = state.stage, ContractStage.SUSPENDED
        self._recorder.note(Happening.SUSPENDED, reason=request.reason, by=request.by)
        self._has_news(ContractNews.SUSPENDED, request.by, request.reason)
        await self._withdraw_meetings(f"the contract is suspended: {request.reason}", request.by)
        return Done("Suspended: until it is resumed no meeting is booked, and the clocks of its tickets wait.")

    def _check_resume(self, request: Resume) -> None:
        if self._state.stage is not ContractStage.SUSPENDED:
            raise refused(f"the contract is not suspended, it is {self._state.stage.value}")

    def _resume(self, request: Resume) -> Done:
        state, came_back = self._state, bool(self._state.withdrawn)
        state.stage = state.before_suspension
        passed = self._take_up()
        self._recorder.note(Happening.RESUMED, by=request.by, passed=[item.key for item in passed])
        self._has_news(ContractNews.RESUMED, request.by, "the contract goes on")
        if came_back:
            self._note_agenda()
        self._drop_passed(passed)
        return Done(f"Resumed; {len(passed)} items went by meanwhile." if passed else "Resumed.")

    def _check_terminate(self, request: Terminate) -> None:
        self._refuse_if_over()

    async def _terminate(self, request: Terminate) -> Done:
        state = self._state
        never_began = state.stage is ContractStage.SIGNED
        state.stage, state.ended_because = ContractStage.TERMINATED, request.reason
        self._drop_rest("the contract was terminated")
        for pending in state.overages:
            self._drop(pending.plan.key, "the contract was terminated")
        state.overages = ()
        self._recorder.note(Happening.TERMINATED, reason=request.reason, by=request.by)
        self._has_news(ContractNews.OVER, request.by, request.reason)
        await self._withdraw_meetings(f"the contract ends: {request.reason}", request.by)
        if state.agenda is not None:
            self._recorder.say(mail.farewell(state, request.reason, workflow.now(), never_began))
        return Done("The contract is terminated.")

    def _check_renew(self, request: Renew) -> None:
        self._refuse_if_over()
        if not 1 <= request.term_months <= LONGEST_TERM:
            raise refused(f"term_months: a term has 1 to {LONGEST_TERM} months")
        if self._state.renewed_months is not None:
            raise refused(f"it is renewed already, for {self._state.renewed_months} months")

    async def _renew(self, request: Renew) -> Done:
        state = self._state
        state.renewed_months = request.term_months
        contract = replace(state.contract, term_months=request.term_months)
        months = state.months + state.contract.term_months
        agenda = await self._agenda_of(contract, state.term_number + 1, months)
        self._recorder.note(
            Happening.RENEWED,
            ends_on=agenda.last_day.isoformat(),
            ends=agenda.ends.isoformat(),
            term_months=request.term_months,
            by=request.by,
            term=state.term_number + 1,
        )
        return Done(f"Renewed until {agenda.last_day}.")
