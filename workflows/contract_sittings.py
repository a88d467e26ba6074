"""A contract's meetings: opened with the hours they need, watched, told of changes, and settled when they are over."""

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDReusePolicy
from temporalio.exceptions import FailureError, WorkflowAlreadyStartedError

with workflow.unsafe.imports_passed_through():
    from activities.calls import HOURLY_RATE, Rate, RateCall
    from domain.agenda import AgendaItem, in_order, rebase
    from domain.charges import charge_of, overage_amount, overage_line
    from domain.contract import ContractStage
    from domain.happenings import Happening
    from domain.hours import Shortfall
    from domain.meeting import MeetingPlan, Outcome
    from domain.plan import ChargeKind
    from workflows import contract_mail as mail
    from workflows.asking import ask, until
    from workflows.contract_base import ContractBase
    from workflows.contract_state import PendingOverage
    from workflows.messages import (
        CONTRACT,
        CUSTOMER,
        MEETING_WORKFLOW,
        PLAN,
        VENDOR,
        MeetingOver,
        Withdraw,
        meeting_workflow_id,
    )


class ContractSittings(ContractBase):
    """Meetings and the hours that they draw on. Called under the contract's lock."""

    async def _open_meeting(self, plan: MeetingPlan) -> None:
        """Reserve the hours and start the meeting, or ask the customer for what goes beyond the package (A2)."""
        state = self._state
        if plan.debits_hours and state.ledger is not None:
            reserved = state.ledger.reserve(plan.key, plan.minutes, workflow.now())
            if isinstance(reserved, Shortfall):
                if state.contract.plan.readings.overage_needs_approval:
                    return await self._ask_overage(plan, reserved)
                state.ledger = state.ledger.approve_more(plan.key, reserved.minutes_over, workflow.now())
                reserved = state.ledger.reserve(plan.key, plan.minutes, workflow.now())
            if isinstance(reserved, Shortfall):
                raise RuntimeError(f"{plan.key}: approved overage is still short")
            state.ledger = reserved
            held = reserved.reservation(plan.key)
            self._recorder.note(
                Happening.HOURS_RESERVED,
                plan.key,
                (plan.clause,),
                minutes=held.minutes if held else 0,
                overage_minutes=held.overage_minutes if held else 0,
                left=reserved.left,
            )
        state.meetings = (*state.meetings, plan.key)
        try:
            meeting = await workflow.start_child_workflow(
                MEETING_WORKFLOW,
                plan,
                id=plan.workflow_id,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                search_attributes=self._meeting_attributes(),
                static_summary=f"{plan.title} for {plan.customer_name}",
                static_details=f"{plan.minutes} min, clause {plan.clause}. {plan.purpose}",
            )
        except WorkflowAlreadyStartedError:
            workflow.logger.warning("%s runs already, or has run: it tells this contract how it ends", plan.workflow_id)
        else:
            asyncio.create_task(self._watch(plan.key, meeting))  # noqa: RUF006 -- the workflow's loop keeps it
        return None

    def _meeting_attributes(self) -> TypedSearchAttributes:
        contract = self._state.contract
        return TypedSearchAttributes(
            [
                SearchAttributePair(CONTRACT, contract.id),
                SearchAttributePair(CUSTOMER, contract.customer_name),
                SearchAttributePair(VENDOR, contract.plan.vendor.id),
                SearchAttributePair(PLAN, contract.plan.id),
            ]
        )

    async def _ask_overage(self, plan: MeetingPlan, shortfall: Shortfall) -> None:
        state = self._state
        pending = PendingOverage(plan, shortfall.minutes_over)
        state.overages = (*state.overages, pending)
        rate = await self._rate_on(workflow.now(), for_question=True)
        minutes = shortfall.minutes_over
        charge = charge_of(state.contract.plan, ChargeKind.OVERAGE_HOURS)
        amount = overage_amount(minutes, rate.amount, charge.rounding_minutes) if charge else None
        self._recorder.note(
            Happening.OVERAGE_ASKED,
            plan.key,
            (plan.clause,),
            minutes=minutes,
            left=shortfall.left,
            rate=rate.amount,
            amount=amount,
            currency=rate.currency or state.contract.prices.currency,
            **({"token": rate.token} if rate.token else {}),  # an earlier release asked without one
        )
        # The chain's length tells a further question about the same meeting from the first: each is a mail of its own.
        key = f"overage-{plan.key}-{self._recorder.chain.seq}"
        self._recorder.say(mail.overage_request(state, key, pending, shortfall.left, rate, amount))

    async def _rate_on(self, instant: datetime, for_question: bool = False) -> Rate:
        """The vendor's hourly rate on that local day: looked up outside, since it can change under a contract (A5)."""
        contract = self._state.contract
        call = RateCall(contract.plan.vendor.id, instant, contract.zone, for_question)
        return await ask(HOURLY_RATE, call, Rate, "hourly rate of the day")

    async def _withdraw_meetings(self, reason: str, by: str, final: bool = False) -> None:
        if self._state.meetings:
            await self._recorder.flush()  # the reason stands in the table before the meetings follow it
        for key in self._state.meetings:
            await self._tell_meeting(key, "withdraw", Withdraw(reason, by, final))

    async def _tell_meeting(self, key: str, signal: str, what: object) -> None:
        """A meeting that is over meanwhile has said so, or is gone; neither may stop the contract."""
        handle = workflow.get_external_workflow_handle(meeting_workflow_id(self._state.contract.id, key))
        try:
            await handle.signal(signal, what)
        except FailureError:
            asyncio.create_task(self._settle_missing(key))  # noqa: RUF006 -- the workflow's loop keeps it

    async def _watch(self, key: str, meeting: workflow.ChildWorkflowHandle[Any, Any]) -> None:
        try:
            await meeting
        except FailureError:
            await self._settle_missing(key)

    async def _settle_missing(self, key: str) -> None:
        """A meeting's workflow is gone without a word, since somebody ended it in Temporal: nothing is waited for."""
        self._missing = (*self._missing, key)
        # What it said before its end is in a handler by now, and counts.
        await until(workflow.all_handlers_finished)
        async with self._turn():
            self._missing = tuple(k for k in self._missing if k != key)
            if key not in self._state.meetings:
                return
            item = next((i for i in self._state.open if i.key == key), None)
            title, reason = item.title if item else key, "its workflow was ended in Temporal"
            self._recorder.note(Happening.MEETING_CANCELLED, key, (), reason=reason, by="Temporal", sequence=0)
            self._open_task(f"gone/{key}", f"{title} is called off", "Nobody who was invited has been told.")
            await self._settle_meeting(MeetingOver(key, Outcome.CANCELLED, 0, reason, None, "Temporal"))
            self._touch()
            await self._recorder.flush()

    async def _settle_meeting(self, over: MeetingOver) -> None:
        """A meeting is over: debit what it took, or release what it held, and say what is left."""
        state, now = self._state, workflow.now()
        request, item = state.request(over.key), state.close(over.key)
        if item is None:
            return
        if over.withdrawn and not state.stage.over:
            self._put_off(item, request)
        held = over.outcome is Outcome.HELD
        state.meetings_held += held
        lapsed_before = state.ledger.lapsed if state.ledger is not None else 0
        if state.ledger is not None and state.ledger.reservation(over.key) is not None:
            debited = await self._debit(item, over) if held else 0
            if not held:
                freed = state.ledger.reservation(over.key)
                state.ledger = state.ledger.release(over.key, now)
                minutes = freed.minutes if freed else 0
                self._note(Happening.HOURS_RELEASED, item, minutes=minutes, left=state.ledger.left)
            told = mail.outcome(state, item, over, debited, state.ledger.left)
            if told is not None:
                self._recorder.say(told)
            self._note_lapse(state.ledger.lapsed - lapsed_before)
        if state.stage is ContractStage.ONBOARDING and state.onboarding_is_over():
            state.stage = ContractStage.ACTIVE
            self._recorder.note(Happening.ONBOARDED)

    def _note_lapse(self, minutes: int) -> None:
        """Hours that nobody can use any more, since their window is over."""
        ledger, hours = self._state.ledger, self._state.contract.plan.hours
        if minutes and ledger is not None:
            window, clauses = ledger.window_key or "", (hours.clause,) if hours else ()
            self._recorder.note(
                Happening.HOURS_LAPSED, window, clauses, minutes=minutes, window=window, left=ledger.left
            )

    async def _debit(self, item: AgendaItem, over: MeetingOver) -> int:
        state = self._state
        if state.ledger is None:
            return 0
        reserved = state.ledger.reservation(over.key)
        state.ledger, debit = state.ledger.debit(over.key, over.minutes, workflow.now())
        state.minutes_used += over.minutes
        self._note(
            Happening.HOURS_DEBITED,
            item,
            minutes=debit.minutes_from_package,
            reserved=reserved.minutes if reserved else 0,
            overage_minutes=debit.overage_minutes,
            left=state.ledger.left,
        )
        if debit.overage_minutes:
            rate = await self._rate_on(over.start or workflow.now())
            line = overage_line(state.contract, item.key, rate.day, debit.overage_minutes, rate.amount, rate.currency)
            if line is not None:
                self._note_charge(item.key, line)
        if debit.unapproved_minutes:
            self._note_task(
                f"overrun/{item.key}",
                f"{item.title} took {debit.unapproved_minutes} minutes beyond the package",
                "They were not approved before, so they are not billed.",
                (item.clause,),
            )
        return debit.minutes_from_package

    def _put_off(self, item: AgendaItem, request: MeetingPlan | None) -> None:
        """A suspension called it off: the promise comes back under its next key, and what waits for it goes on waiting.

        Where the contract was resumed before the meeting could say so, it comes back at once.
        """
        state = self._state
        again = replace(item, key=_next_key(item.key))
        if request is not None:
            state.requests = (*state.requests, replace(request, key=again.key))
        state.ahead, state.withdrawn = (
            tuple(replace(i, after=again.key) if i.after == item.key else i for i in items)
            for items in (state.ahead, (*state.withdrawn, again))
        )
        if state.stage is not ContractStage.SUSPENDED:
            passed = self._take_up()
            self._note_agenda()
            self._drop_passed(passed)

    def _take_up(self) -> tuple[AgendaItem, ...]:
        """What was put off is ahead again. Returns what went by unkept."""
        state = self._state
        items = in_order((*state.ahead, *state.withdrawn))
        rebased = rebase(state.calendar, (), replace(state.calendar, items=items), workflow.now())
        state.ahead, state.withdrawn = rebased.ahead, ()
        for item in rebased.passed:
            state.acted = (*state.acted, item.key)
            state.close(item.key)
        return rebased.passed

    def _drop_passed(self, passed: tuple[AgendaItem, ...]) -> None:
        for item in passed:
            self._note(Happening.ITEM_DROPPED, item, reason="its day went by while the contract was suspended")

    def _note_agenda(self, passed: tuple[AgendaItem, ...] = ()) -> None:
        """What is ahead; ``passed``: what had gone by already, told so that it is seen to be dropped."""
        state = self._state
        self._recorder.note(
            Happening.AGENDA_SET,
            term=state.term_number,
            items=[
                {
                    "key": item.key,
                    "kind": item.kind.value,
                    "title": item.title,
                    "clause": item.clause,
                    "at": item.at.isoformat(),
                    "due": item.due.isoformat(),
                    "day": item.day.isoformat(),
                    "plan_key": item.plan_key,
                    "number": item.number,
                    "period": item.period,
                }
                for item in (*passed, *state.ahead)
            ],
            windows=[
                {
                    "key": window.key,
                    "title": window.title,
                    "opens": window.opens.isoformat(),
                    "closes": window.closes.isoformat(),
                    "last_day": window.last_day.isoformat(),
                }
                for window in state.calendar.windows
            ],
        )


def _next_key(key: str) -> str:
    """The same promise once more: ``kickoff-r2``, since a meeting's id is never used twice."""
    base, _, revision = key.rpartition("-r")
    return f"{base}-r{int(revision) + 1}" if base and revision.isdigit() else f"{key}-r2"
