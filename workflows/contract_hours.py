"""Meetings that are asked for, overage that is decided, and what a meeting that is over does to the hours.

Each update has a check, which raises the reason why not, and an effect; both are called under the lock.
"""

from dataclasses import replace

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.agenda import AgendaItem
    from domain.charges import overage_line
    from domain.contract import ContractStage
    from domain.happenings import Happening
    from domain.meeting import Outcome
    from workflows import contract_mail as mail
    from workflows.contract_acts import ContractActs, refused
    from workflows.contract_meetings import meeting_of_request, requested_item
    from workflows.messages import DecideOverage, Done, MeetingOver, MeetingRequested, RequestMeeting

SHORTEST_MEETING, LONGEST_MEETING = 15, 480


class ContractHours(ContractActs):
    """Requests, overage and debits."""

    def _check_request_meeting(self, request: RequestMeeting) -> None:
        self._refuse_unless_running()
        if not SHORTEST_MEETING <= request.minutes <= LONGEST_MEETING:
            raise refused(f"minutes: a meeting takes {SHORTEST_MEETING} to {LONGEST_MEETING} minutes")
        item = requested_item(self._state, request, workflow.now())
        if item.latest is not None and item.latest <= max(workflow.now(), request.earliest or workflow.now()):
            raise refused("latest: no time is left before it")
        if item.due > self._state.calendar.ends:
            raise refused(f"latest: the term ends on {self._state.calendar.last_day}")

    async def _request_meeting(self, request: RequestMeeting) -> MeetingRequested:
        state, now = self._state, workflow.now()
        item = requested_item(state, request, now)
        state.requested += 1
        state.take(item)
        plan = meeting_of_request(state, item, request, now)
        self._note(
            Happening.MEETING_OPENED,
            item,
            title=plan.title,
            minutes=plan.minutes,
            clause=plan.clause,
            earliest=plan.earliest.isoformat(),
            latest=plan.latest.isoformat(),
            debits_hours=plan.debits_hours,
            requested_by=request.by,
        )
        await self._open_meeting(plan)
        pending = next((p for p in state.overages if p.plan.key == item.key), None)
        return MeetingRequested(item.key, pending.minutes if pending else 0)

    def _check_decide_overage(self, decision: DecideOverage) -> None:
        self._refuse_unless_running()
        if all(pending.plan.key != decision.key for pending in self._state.overages):
            raise refused(f"key: no overage is waiting for a decision on {decision.key!r}")

    async def _decide_overage(self, decision: DecideOverage) -> Done:
        state, now = self._state, workflow.now()
        pending = next(p for p in state.overages if p.plan.key == decision.key)
        state.overages = tuple(p for p in state.overages if p is not pending)
        plan, kind = pending.plan, Happening.OVERAGE_APPROVED if decision.approved else Happening.OVERAGE_DECLINED
        self._recorder.note(kind, plan.key, (plan.clause,), minutes=pending.minutes, by=decision.by)
        if not decision.approved:
            self._drop(plan.key, "the customer declined the hours beyond the package")
            return Done(f"{plan.title} will not be booked.")
        if state.ledger is not None:
            state.ledger = state.ledger.approve_overage(plan.key, pending.minutes, now)
        await self._open_meeting(replace(plan, earliest=max(plan.earliest, now)))
        return Done(f"{plan.title} is being booked.")

    async def _settle_meeting(self, over: MeetingOver) -> None:
        """A meeting is over: debit what it took, or release what it held, and say what is left."""
        state, now = self._state, workflow.now()
        item = state.close(over.key)
        if item is None:
            return
        if state.stage is ContractStage.SUSPENDED and over.outcome is Outcome.CANCELLED:
            state.withdrawn = (*state.withdrawn, replace(item, key=_next_key(item.key)))
        held = over.outcome is Outcome.HELD
        state.meetings_held += held
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
        if state.stage is ContractStage.ONBOARDING and state.onboarding_is_over():
            state.stage = ContractStage.ACTIVE
            self._recorder.note(Happening.ONBOARDED)

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
            line = overage_line(state.contract, item.key, rate.day, debit.overage_minutes, rate.amount)
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


def _next_key(key: str) -> str:
    """The same promise once more: ``kickoff-r2``, since a meeting's id is never used twice."""
    base, _, revision = key.rpartition("-r")
    return f"{base}-r{int(revision) + 1}" if base and revision.isdigit() else f"{key}-r2"
