"""`MeetingWorkflow`: one meeting from "a slot is needed" to its outcome.

It finds a slot in both sides' hours, invites, nudges, reminds, takes answers, moves and cancels, asks the host for a
missing outcome, offers a missed meeting again, and tells its contract how it ended. One timer at a time.
"""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError

with workflow.unsafe.imports_passed_through():
    from domain.meeting import Answer, MeetingPlan, Outcome
    from domain.meeting_steps import MeetingStep, StepKind, next_step
    from domain.replies import Applied, Reply, match
    from workflows.asking import until
    from workflows.meeting_people import MeetingPeople
    from workflows.messages import (
        MEETING_WORKFLOW,
        OUTSIDE_HOURS,
        SLOT_TAKEN,
        AnswerInvitation,
        BringIn,
        CancelMeeting,
        ChangeAttendees,
        ChangeHost,
        Done,
        LetGo,
        MeetingOver,
        RecordOutcome,
        Reschedule,
        Rescheduled,
        Withdraw,
        contract_workflow_id,
    )
    from workflows.sleeper import refused


SEARCH_AGAIN_AFTER = timedelta(days=1)


@workflow.defn(name=MEETING_WORKFLOW)
class MeetingWorkflow(MeetingPeople):
    @workflow.init
    def __init__(self, plan: MeetingPlan) -> None:
        super().__init__(plan)

    @workflow.run
    async def run(self, plan: MeetingPlan) -> MeetingOver:
        life = asyncio.create_task(self._live())
        try:
            return await asyncio.shield(life)
        except asyncio.CancelledError:
            # "Request cancellation" in Temporal's own UI: called off like any other, and everybody hears of it.
            async with self._acting:
                await self._call_off(workflow.cancellation_reason() or "called off", "Temporal", final=True)
            return await life

    async def _live(self) -> MeetingOver:
        while not self._state.status.over:
            self._describe()
            if self._seeking is not None:
                await self._seek()
            else:
                await self._take_next_step()
        self._describe()
        await self._recorder.flush()
        over = self._over()
        await self._tell_contract(over)  # before the mail is out: a mail server that is down holds up no contract
        await self._recorder.drain()
        await until(workflow.all_handlers_finished)
        return over

    # The loop's two halves: finding a slot, and seeing a booked meeting through.

    async def _seek(self) -> None:
        """Look for a slot once; where there is none, a person is told, and it is tried again the next day."""
        async with self._acting:
            if await self._find_slot():
                return
        again_at = min(workflow.now() + SEARCH_AGAIN_AFTER, self._state.plan.latest)
        await self._sleep_until(again_at, "look for a slot again")

    async def _take_next_step(self) -> None:
        """Sleep until the next step is due, and take it; a change meanwhile starts the question anew.

        Where no step is left, only a change goes on from here: what people record, or the contract's end.
        """
        step = next_step(self._state.progress)
        if step is None:
            await self._sleep_until(None, "")
            return
        if await self._sleep_until(step.at, _step_summary(step)):
            return
        async with self._acting:
            waiting = self._seeking is None and not self._state.status.over
            if waiting and next_step(self._state.progress) == step:
                await self._take(step)

    # What people may do to it.

    @workflow.update
    async def reschedule(self, request: Reschedule) -> Rescheduled:
        """Move to the asked start, or to the next slot that suits both sides; the host stays the same.

        A start outside of working hours only where the request says that this is meant.
        """
        async with self._acting:
            self.check_reschedule(request)
            slot = self._state.slot
            by_hand = slot is None or request.start is not None
            not_before = workflow.now() if slot is None or by_hand else slot.start + timedelta(days=1)
            booked = await self._book(not_before, exact=request.start, in_hours=not request.outside_hours)
            if booked.slot is None:
                kind = OUTSIDE_HOURS if booked.outside else SLOT_TAKEN
                raise ApplicationError(booked.reason, *[offer.isoformat() for offer in booked.offers], type=kind)
            await self._take_slot(booked, request.reason or "rescheduled", by=request.by)
            return Rescheduled(booked.slot.start, booked.slot.end, self._state.sequence)

    @reschedule.validator
    def check_reschedule(self, request: Reschedule) -> None:
        self._refuse_if_over()
        if request.start is not None and request.start <= workflow.now():
            raise refused("start: a meeting can only be moved to a time that lies ahead")

    @workflow.update
    async def cancel(self, request: CancelMeeting) -> Done:
        """Call it off; everybody invited gets the cancellation."""
        async with self._acting:
            self.check_cancel(request)
            await self._cancel(request.reason, request.by)
        return Done(f"{self._state.plan.title} is cancelled.")

    @cancel.validator
    def check_cancel(self, request: CancelMeeting) -> None:
        self._refuse_if_over()

    @workflow.update
    async def record_outcome(self, request: RecordOutcome) -> Done:
        """What became of it. A no-show is offered again where there is time left."""
        async with self._acting:
            self.check_record_outcome(request)
            if request.outcome is Outcome.HELD:
                await self._held(request)
            elif request.outcome is Outcome.NO_SHOW:
                await self._no_show(request)
            else:
                await self._cancel(request.notes or "cancelled", request.by)
        return Done(f"{self._state.plan.title}: {request.outcome.value}.")

    @record_outcome.validator
    def check_record_outcome(self, request: RecordOutcome) -> None:
        self._refuse_if_over()
        if request.outcome is Outcome.LAPSED:
            raise refused("outcome: held, no-show or cancelled")
        if request.outcome is Outcome.CANCELLED:
            return
        if self._state.slot is None or self._seeking is not None:
            raise refused("the meeting has no slot yet")
        if workflow.now() < self._state.slot.start:
            begins = self._state.slot.start.strftime("%Y-%m-%d %H:%M UTC")
            raise refused(f"the meeting begins at {begins}; its outcome can be recorded from then on")
        if request.outcome is Outcome.HELD and not 1 <= request.minutes <= 24 * 60:
            raise refused("minutes: a held meeting took between 1 and 1440 minutes")

    @workflow.update
    async def answer(self, request: AnswerInvitation) -> Done:
        """An attendee's answer from a page."""
        async with self._acting:
            self.check_answer(request)
            await self._answered(request.email, request.answer, request.comment)
        return Done(f"Thank you, your answer is recorded: {request.answer.value}.")

    @answer.validator
    def check_answer(self, request: AnswerInvitation) -> None:
        self._refuse_if_over()
        if self._state.attendee(request.email) is None:
            raise refused(f"email: {request.email} is not invited to this meeting")
        if request.answer is Answer.NEEDS_ACTION:
            raise refused("answer: accepted, declined or tentative")

    @workflow.update
    async def bring_in(self, request: BringIn) -> Done:
        """One more comes to it, of either side. Whoever of the staff has no time then is refused, with the reason."""
        async with self._acting:
            self.check_bring_in(request)
            return await self._bring_in(request)

    @bring_in.validator
    def check_bring_in(self, request: BringIn) -> None:
        self._refuse_if_over()
        self._check_bring_in(request)

    @workflow.update
    async def let_go(self, request: LetGo) -> Done:
        """Who was brought in need not come: a cancellation to them alone."""
        async with self._acting:
            self.check_let_go(request)
            return await self._let_go(request)

    @let_go.validator
    def check_let_go(self, request: LetGo) -> None:
        self._refuse_if_over()
        self._check_let_go(request)

    @workflow.signal
    async def reply(self, reply: Reply) -> None:
        """An attendee's answer by mail. A stale one, or one of a stranger, changes nothing."""
        async with self._acting:
            state = self._state
            verdict = match(reply, state.as_replied_to())
            if isinstance(verdict, Applied) and not state.status.over:
                state.remember_stamp(verdict.email, reply.sequence, reply.stamp)
                await self._answered(verdict.email, verdict.answer, verdict.comment)

    @workflow.signal
    async def withdraw(self, request: Withdraw) -> None:
        """The contract does not need it any more."""
        async with self._acting:
            self._state.withdrawn = not self._state.status.over and not self._has_begun()
            await self._call_off(request.reason, request.by, request.final)

    @workflow.signal
    async def change_attendees(self, change: ChangeAttendees) -> None:
        """Somebody joins or leaves: only those concerned hear of it (a cancellation to the one who left)."""
        async with self._acting:
            await self._change_attendees(change)

    @workflow.signal
    async def change_host(self, change: ChangeHost) -> None:
        """Another person fills a role of the meeting: its host's, or that of somebody who joins."""
        async with self._acting:
            await self._change_host(change)

    def _refuse_if_over(self) -> None:
        if self._state.status.over:
            raise refused(f"the meeting is over already: {self._state.status.value}")

    def _over(self) -> MeetingOver:
        state = self._state
        return MeetingOver(
            key=state.plan.key,
            outcome=Outcome(state.status.value),
            minutes=state.minutes,
            notes=state.notes,
            start=state.slot.start if state.slot else None,
            by=state.ended_by,
            withdrawn=state.withdrawn,
        )

    async def _tell_contract(self, over: MeetingOver) -> None:
        handle = workflow.get_external_workflow_handle(contract_workflow_id(self._state.plan.contract_id))
        try:
            await handle.signal("meeting_over", over)
        except FailureError:
            workflow.logger.info("the contract is over already; nobody is left to tell")

    def _describe(self) -> None:
        state = self._state
        when = state.slot.start.strftime("%Y-%m-%d %H:%M UTC") if state.slot else "no slot yet"
        answers = ", ".join(f"{a.person.name}: {a.answer.value}" for a in state.attendees)
        workflow.set_current_details(
            f"**{state.plan.title}** ({state.plan.clause}): {state.status.value}, {when}  \n{answers}"
        )


def _step_summary(step: MeetingStep) -> str:
    return f"remind {step.hours} h before" if step.kind is StepKind.REMIND else step.kind.value.replace("-", " ")
