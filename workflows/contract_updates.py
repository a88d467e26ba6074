"""What people and meetings may tell a contract: its updates with their validators, its signal and its query.

A validator refuses before anything enters the history; the same check runs again under the lock, where the state may
be another one by then. The checks and effects themselves stand in the base classes.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.contract import Contract
    from workflows.contract_term import ContractTerm
    from workflows.messages import (
        AmendPlan,
        ChangeContact,
        ChangeRole,
        CompleteItem,
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


class ContractUpdates(ContractTerm):
    """The doors of a contract."""

    @workflow.query
    def contract(self) -> Contract:
        """The contract as it is now: its plan may be another one than the one that was signed."""
        return self._state.contract

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

    async def _written(self) -> None:
        """What an update did is in the database before anybody is told that it was done."""
        self._touch()
        await self._recorder.flush()
        await self._tell_tickets()
