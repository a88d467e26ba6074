"""The steps of a meeting: what each does to its state, its facts and its messages. Called under the meeting's lock."""

import asyncio
from datetime import datetime, timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.calls import BOOK, BookCall, Booked, Delivery
    from domain.contract import Side
    from domain.happenings import Happening
    from domain.meeting import Answer, Attendee, MeetingPlan, MeetingStatus
    from domain.meeting_steps import MeetingStep, StepKind, reminders_behind
    from workflows import meeting_mail as mail
    from workflows.asking import ask
    from workflows.meeting_state import MeetingState
    from workflows.messages import RecordOutcome
    from workflows.recorder import Recorder
    from workflows.sleeper import Sleeper

DECLINES_BEFORE_A_CALL = 3
OFFERS_AFTER_NO_SHOW = 1
ROOM_FOR_ANOTHER_OFFER = timedelta(days=2)


class MeetingActs(Sleeper):
    """State and steps of one meeting.

    ``_seeking`` says why a slot is looked for (None: one is booked); ``_changes`` rises with whatever must wake the
    loop.
    """

    def __init__(self, plan: MeetingPlan) -> None:
        super().__init__()
        self._state = MeetingState(plan)
        self._recorder = Recorder(plan.contract_id, plan.key, self._state.chain, self._on_refused)
        self._acting = asyncio.Lock()
        self._seeking: str | None = "first"
        self._not_before = plan.earliest
        # Here and not in `run`: a signal that came before the first task is handled before `run` begins.
        self._note_opened()

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
        previous = state.slot
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
        if state.searches:
            self._note(Happening.TASK_DONE, task=self._task_key("slot"), by="pledge")
        self._seeking, state.searches = None, 0
        self._see_to_lateness(booked.late, by)
        self._touch()
        await self._recorder.flush()

    def _see_to_lateness(self, late: str, by: str) -> None:
        """A slot after the due instant is a task for the main contact, as long as it is.

        It needs no patch: only a meeting that is opened with a due instant ever has one, and that is in its history.
        """
        state = self._state
        if late and late != state.late:
            owner = state.plan.owner_id
            self._open_task("late", f"{late}: offer an earlier time", "", tell_by_mail=not state.late, staff_id=owner)
        elif state.late and not late:
            self._note(Happening.TASK_DONE, task=self._task_key("late"), by=by or "pledge")
        state.late = late

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

    def _has_begun(self) -> bool:
        return self._state.slot is not None and not self._slot_lies_ahead() and self._seeking is None

    def _slot_lies_ahead(self) -> bool:
        return self._state.slot is not None and self._state.slot.start > workflow.now()

    async def _close_tasks(self, by: str) -> None:
        """Nothing is left to ask anybody."""
        if self._state.outcome_asks:
            self._note(Happening.TASK_DONE, task=self._task_key("outcome"), by=by)
            self._state.outcome_asks, self._state.last_asked = 0, None
        if self._state.searches:
            self._note(Happening.TASK_DONE, task=self._task_key("slot"), by=by)
        if self._state.declines >= DECLINES_BEFORE_A_CALL:
            self._note(Happening.TASK_DONE, task=self._task_key("declined"), by=by)
            self._state.declines = 0
        self._see_to_lateness("", by)
        self._touch()
        await self._recorder.flush()

    def _note(self, kind: Happening, **data: object) -> None:
        self._recorder.note(kind, self._state.plan.key, (self._state.plan.clause,), **data)

    def _note_opened(self) -> None:
        plan = self._state.plan
        self._note(
            Happening.MEETING_OPENED,
            title=plan.title,
            minutes=plan.minutes,
            clause=plan.clause,
            earliest=plan.earliest.isoformat(),
            latest=plan.latest.isoformat(),
            debits_hours=plan.debits_hours,
            requested_by=plan.requested_by,
        )

    def _note_slot(self, kind: Happening, **data: object) -> None:
        state = self._state
        slot = state.booked
        self._note(
            kind,
            start=slot.start.isoformat(),
            end=slot.end.isoformat(),
            staff_id=slot.staff_id,
            host=slot.host.name,
            host_email=slot.host.email,
            sequence=state.sequence,
            place=slot.place,
            uid=state.uid,
            token=state.token,
            attendees=[{"name": a.person.name, "email": a.person.email, "side": a.side.value} for a in state.attendees],
            **data,
        )

    def _task_key(self, what: str) -> str:
        return f"{what}/{self._state.plan.key}"

    def _open_task(self, what: str, title: str, detail: str, tell_by_mail: bool, staff_id: str = "") -> None:
        """For ``staff_id``, else for the host, else (there is no slot yet) for the main contact."""
        plan = self._state.plan
        self._note(
            Happening.TASK_OPENED,
            task=self._task_key(what),
            title=title,
            detail=detail,
            staff_id=staff_id or (self._state.slot.staff_id if self._state.slot else plan.owner_id),
            due=workflow.now().isoformat(),
        )
        if tell_by_mail:
            self._tell_owner(f"task-{what}-{self._changes}", title, detail)

    def _tell_owner(self, key: str, title: str, detail: str) -> None:
        if self._state.plan.owner is not None:
            self._recorder.say(mail.task(self._state, self._state.plan.owner, key, title, detail))

    def _on_refused(self, delivery: Delivery) -> None:
        """An address that a server refused is a task for the owner; the meeting goes on."""
        plan = self._state.plan
        title = f"Mail to {delivery.email} is refused"
        self._note(
            Happening.TASK_OPENED,
            task=f"address/{delivery.email}",
            title=title,
            detail=f"{delivery.code} {delivery.reason}".strip(),
            staff_id=plan.owner_id,
            due=workflow.now().isoformat(),
        )
        owner, address = plan.owner, delivery.email.casefold()
        known, self._state.refused = self._state.refused, tuple(dict.fromkeys((*self._state.refused, address)))
        if owner is not None and address not in (*known, owner.email.casefold()):
            self._tell_owner(f"refused-{delivery.key}-{delivery.email}", title, delivery.reason)
