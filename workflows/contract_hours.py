"""Meetings that are asked for, overage that is decided, and what a meeting that is over does to the hours.

Each update has a check, which raises the reason why not, and an effect; both are called under the lock.
"""

from dataclasses import replace

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.happenings import Happening
    from workflows.contract_acts import ContractActs
    from workflows.contract_meetings import meeting_of_request, requested_item, with_people_of_today
    from workflows.messages import DecideOverage, Done, MeetingRequested, RequestMeeting
    from workflows.sleeper import refused

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
        state.requests = (*state.requests, plan)
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
            state.ledger = state.ledger.approve_more(plan.key, pending.minutes, now)
        await self._open_meeting(with_people_of_today(state, replace(plan, earliest=max(plan.earliest, now))))
        return Done(f"{plan.title} is being booked.")
