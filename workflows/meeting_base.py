"""What every part of a meeting's workflow works with: its state, its recorder, its lock, its tasks."""

import asyncio

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.calls import Delivery
    from domain.happenings import Happening
    from domain.meeting import MeetingPlan
    from workflows import meeting_mail as mail
    from workflows.meeting_state import MeetingState
    from workflows.recorder import Recorder
    from workflows.sleeper import Sleeper

DECLINES_BEFORE_A_CALL = 3


class MeetingBase(Sleeper):
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
        self._see_to_missing("", by)
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

    def _see_to_missing(self, missing: str, by: str = "", title: str = "") -> None:
        """Somebody who was to join and has no time is a task, until there is another slot or somebody else comes."""
        state = self._state
        if missing:
            self._open_task("team", title, "They are not free at that time.", tell_by_mail=True)
        elif state.missing:
            self._note(Happening.TASK_DONE, task=self._task_key("team"), by=by or "pledge")
        state.missing = missing

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
