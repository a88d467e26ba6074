"""Who comes to a meeting: what happens to it when people on either side change. Called under the meeting's lock."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.calls import BOOK_TEAM, Team, TeamCall
    from domain.contract import Side
    from domain.happenings import Happening
    from domain.meeting import Attendee
    from workflows import meeting_mail as mail
    from workflows.asking import ask
    from workflows.meeting_acts import MeetingActs
    from workflows.messages import ChangeAttendees, ChangeHost

TEAM_FOLLOWS_ROLE = "team-follows-role"
"""The patch from which on a role that only joins moves to its new holder in meetings that are booked already."""


class MeetingPeople(MeetingActs):
    """Hosts, those who join them, and the customer's people."""

    async def _change_attendees(self, change: ChangeAttendees) -> None:
        state = self._state
        if state.status.over:
            return
        if change.side is Side.CUSTOMER:
            state.plan = mail.with_customer(state.plan, change.join, change.leave)  # for invitations to come
        if not self._slot_lies_ahead():
            return
        leaving = state.attendee(change.leave) if change.leave else None
        if leaving is not None:
            state.attendees = tuple(a for a in state.attendees if a is not leaving)
            self._recorder.say(mail.dropped(state, leaving, self._changes, workflow.now()))
        if change.join is not None and state.attendee(change.join.email) is None:
            state.attendees = (*state.attendees, Attendee(change.join, change.side))
            self._recorder.say(mail.joined(state, change.join, self._changes, workflow.now()))
        self._note_slot(Happening.MEETING_BOOKED)
        self._touch()
        await self._recorder.flush()

    async def _change_host(self, change: ChangeHost) -> None:
        state = self._state
        state.plan = mail.with_assigned(state.plan, change.role, change.staff_id, change.person)
        if change.role not in state.plan.roles or state.status.over:
            return
        if state.plan.roles[0] is change.role:
            await self._change_hosting(change)
        elif self._slot_lies_ahead() and workflow.patched(TEAM_FOLLOWS_ROLE):
            await self._change_team(change)

    async def _change_hosting(self, change: ChangeHost) -> None:
        """Somebody else hosts: the slot is kept if they are free, else moved."""
        state = self._state
        if state.slot is None:
            self._touch()  # nobody may have been there to host it: look again at once
            return
        if not self._slot_lies_ahead() or state.slot.staff_id == change.staff_id:
            return
        kept = await self._book(workflow.now(), exact=state.slot.start, keep=change.staff_id, in_hours=True)
        booked = kept if kept.slot else await self._book(workflow.now(), exact=None, keep=change.staff_id)
        if booked.slot is not None:
            await self._take_slot(booked, f"{change.person.name} hosts it from now on")
        else:
            title = f"{change.person.name} has no time for {state.plan.title}"
            self._open_task("host", title, booked.reason, tell_by_mail=True)
            self._touch()
            await self._recorder.flush()

    async def _change_team(self, change: ChangeHost) -> None:
        """Somebody else joins: the slot stays, the new one is invited, and the old one alone is called off."""
        state, now, before = self._state, workflow.now(), self._state.attendees
        call = TeamCall(state.plan, state.booked, state.sequence)
        team = await ask(BOOK_TEAM, call, Team, f"who joins {state.plan.title}")
        state.take_team(team.people)
        gone = tuple(a for a in before if state.attendee(a.person.email) is None)
        new = tuple(a for a in state.attendees if a not in before)
        for leaving in gone:
            self._recorder.say(mail.dropped(state, leaving, self._changes, now))
        for joining in new:
            self._recorder.say(mail.joined(state, joining.person, self._changes, now))
        if gone or new:
            self._note_slot(Happening.MEETING_BOOKED)
        missing = change.person.email if state.attendee(change.person.email) is None else ""
        self._see_to_missing(missing, title=f"{change.person.name} cannot join {state.plan.title}")
        self._touch()
        await self._recorder.flush()
