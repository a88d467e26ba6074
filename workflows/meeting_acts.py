"""The steps of a meeting: what each does to its state, its facts and its messages. Called under the meeting's lock."""

from dataclasses import replace
from datetime import datetime, timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.calls import BOOK, BookCall, Booked
    from domain.contract import Side
    from domain.happenings import Happening
    from domain.meeting import Answer, Attendee, MeetingStatus
    from domain.meeting_steps import MeetingStep, StepKind, reminders_behind
    from workflows import meeting_mail as mail
    from workflows.asking import ask
    from workflows.meeting_base import DECLINES_BEFORE_A_CALL, MeetingBase
    from workflows.meeting_state import MeetingState
    from workflows.messages import RecordOutcome

OFFERS_AFTER_NO_SHOW = 1
ROOM_FOR_ANOTHER_OFFER = timedelta(days=2)

CALLED_OFF_FOR_OTHERS = "called-off-for-others"
"""The patch from which on a person who drops out with a move hears of it."""


class MeetingActs(MeetingBase):
    """Finding a slot, seeing it through, and how it ends."""

    async def _take(self, step: MeetingStep) -> None:
        state, now = self._state, workflow.now()
        if step.kind is StepKind.NUDGE:
            state.nudges += 1
            self._note(Happening.MEETING_NUDGED, times=state.nudges)
            self._recorder.say(mail.nudge(state))
        elif step.kind is StepKind.REMIND:
            state.reminded = (*state.reminded, step.hours)
            self._note(Happening.MEETING_REMINDED, hours=step.hours)
            self._recorder.say(mail.reminder(state, step.hours))
        else:
            state.status = MeetingStatus.AWAITING_OUTCOME
            state.outcome_asks += 1
            state.last_asked = now
            self._note(Happening.OUTCOME_ASKED, times=state.outcome_asks)
            if state.outcome_asks == 1:
                self._open_task("outcome", f"Record what became of {state.plan.title}", "", tell_by_mail=False)
            self._recorder.say(mail.outcome_missing(state))
        await self._recorder.flush()

    async def _book(
        self, not_before: datetime, exact: datetime | None, keep: str | None = None, in_hours: bool = False
    ) -> Booked:
        state = self._state
        call = BookCall(
            meeting=state.plan,
            sequence=state.sequence + 1,
            now=workflow.now(),
            not_before=max(not_before, workflow.now()),
            exact=exact,
            keep_staff=keep or (state.slot.staff_id if state.slot is not None else None),
            in_hours=in_hours,
        )
        return await ask(BOOK, call, Booked, f"book {state.plan.title}")

    async def _find_slot(self) -> bool:
        """One search. True where nothing is left to look for; the first search in vain becomes a task."""
        state, reason = self._state, self._seeking
        if reason is None or state.status.over:
            return True
        if workflow.now() >= state.plan.latest:
            await self._lapse("no slot was found before its last day")
            return True
        booked = await self._book(self._not_before, exact=None)
        if booked.slot is not None:
            await self._take_slot(booked, reason)
            return True
        state.searches += 1
        if state.searches == 1:
            self._note(Happening.MEETING_UNBOOKABLE, reason=booked.reason)
            self._open_task("slot", f"Find a time for {state.plan.title}", booked.reason, tell_by_mail=True)
            await self._recorder.flush()
        return False

    async def _take_slot(self, booked: Booked, reason: str, by: str = "") -> None:
        state, now = self._state, workflow.now()
        if booked.slot is None:
            raise RuntimeError("a slot is taken only when one was booked")
        previous, before = state.slot, replace(state)
        state.uid, state.token = state.uid or booked.uid, state.token or booked.token
        state.take_slot(booked.slot, booked.team, now)
        if previous is None:
            self._note_slot(Happening.MEETING_BOOKED)
            self._recorder.say(mail.invitation(state, now))
        else:
            meant = {"outside": booked.outside} if booked.outside else {}
            moved = {"from": previous.start.isoformat(), "reason": reason, "by": by, **meant}
            self._note_slot(Happening.MEETING_MOVED, **moved)
            self._recorder.say(mail.update(state, previous.start, reason, now))
            self._call_off_for_others(before)
        if state.searches:
            self._note(Happening.TASK_DONE, task=self._task_key("slot"), by="pledge")
        self._seeking, state.searches = None, 0
        self._see_to_lateness(booked.late, by)
        self._see_to_missing("", by)
        self._touch()
        await self._recorder.flush()

    def _call_off_for_others(self, before: MeetingState) -> None:
        """Who was asked to come at the time before, and is not asked now, gets a cancellation of that time."""
        state, now = self._state, workflow.now()
        gone = tuple(a for a in before.attendees if state.attendee(a.person.email) is None)
        if gone and before.booked.start > now and workflow.patched(CALLED_OFF_FOR_OTHERS):
            was = replace(before, sequence=state.sequence)
            for leaving in gone:
                self._recorder.say(mail.dropped(was, leaving, self._changes, now))

    async def _answered(self, email: str, answer: Answer, comment: str) -> None:
        state = self._state
        attendee = state.attendee(email)
        if attendee is None:
            return
        declined = state.progress.declined
        state.set_answer(email, answer)
        if declined and not state.progress.declined:
            state.reminded = reminders_behind(state.progress, workflow.now())  # those of yesterday come no more
        if attendee.side is Side.CUSTOMER and answer is not Answer.DECLINED and self._slot_lies_ahead():
            self._seeking = None  # no other time was found since they declined, and this one suits them after all
        self._note(
            Happening.MEETING_ANSWERED,
            name=attendee.person.name,
            email=attendee.person.email,
            side=attendee.side.value,
            answer=answer.value,
            sequence=state.sequence,
            comment=comment,
        )
        if answer is Answer.DECLINED and self._slot_lies_ahead():
            self._declined(attendee)
        self._touch()
        await self._recorder.flush()

    def _declined(self, attendee: Attendee) -> None:
        """Nobody of the customer comes: offer the next slot, and after some declines let a person call instead."""
        state = self._state
        customer = [a.answer for a in state.attendees if a.side is Side.CUSTOMER]
        if attendee.side is Side.VENDOR:
            self._open_task(
                "declined", f"{attendee.person.name} cannot come to {state.plan.title}", "", tell_by_mail=True
            )
        elif all(answer is Answer.DECLINED for answer in customer):
            state.declines += 1
            if state.declines < DECLINES_BEFORE_A_CALL:
                self._seeking = f"{attendee.person.name} declined the time before"
                self._not_before = state.booked.start + timedelta(days=1)
            else:
                self._open_task(
                    "declined",
                    f"Call {state.plan.customer_name} about {state.plan.title}",
                    f"{attendee.person.name} has declined {state.declines} times.",
                    tell_by_mail=True,
                )

    async def _held(self, request: RecordOutcome) -> None:
        state = self._state
        state.status, state.minutes, state.notes = MeetingStatus.HELD, request.minutes, request.notes
        state.ended_by = request.by
        self._note(Happening.MEETING_HELD, minutes=request.minutes, notes=request.notes, by=request.by)
        if not state.plan.debits_hours:
            self._recorder.say(mail.outcome(state))
        await self._close_tasks(request.by)

    async def _no_show(self, request: RecordOutcome) -> None:
        state = self._state
        room = state.plan.latest - workflow.now() >= ROOM_FOR_ANOTHER_OFFER
        again = room and state.no_shows < OFFERS_AFTER_NO_SHOW
        state.no_shows += 1
        state.notes, state.ended_by = request.notes, request.by
        self._note(Happening.MEETING_NO_SHOW, notes=request.notes, by=request.by, offered_again=again)
        if again:
            self._seeking = "nobody came to the meeting before"
            self._not_before = workflow.now()
        else:
            state.status = MeetingStatus.NO_SHOW
            if not state.plan.debits_hours:
                self._recorder.say(mail.outcome(state))
        await self._close_tasks(request.by)

    async def _cancel(self, reason: str, by: str) -> None:
        invited = self._slot_lies_ahead()
        state = self._state
        state.sequence += invited
        state.status, state.notes, state.ended_by = MeetingStatus.CANCELLED, reason, by
        self._note(Happening.MEETING_CANCELLED, reason=reason, by=by, sequence=state.sequence)
        if invited:
            self._recorder.say(mail.cancellation(state, reason, workflow.now()))
        await self._close_tasks(by)

    async def _call_off(self, reason: str, by: str, final: bool) -> None:
        """Nobody needs it any more. One that has begun still waits for its outcome, unless this is ``final``."""
        if self._state.status.over:
            return
        if not self._has_begun():
            await self._cancel(reason, by)
        elif final:
            await self._lapse("its outcome was never recorded")

    async def _lapse(self, reason: str) -> None:
        """It will not be held. Where a time that was declined is still in calendars, that is called off too."""
        invited = self._slot_lies_ahead()
        state = self._state
        state.sequence += invited
        state.status, state.notes = MeetingStatus.LAPSED, reason
        self._note(Happening.MEETING_LAPSED, reason=reason)
        if invited:
            self._recorder.say(mail.cancellation(state, reason, workflow.now()))
        await self._close_tasks("pledge")
