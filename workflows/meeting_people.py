"""Who comes to a meeting: what happens to it when people on either side change. Called under the meeting's lock."""

from dataclasses import replace

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.calls import BOOK_TEAM, BRING_IN, BringInCall, BroughtIn, Team, TeamCall
    from domain.contract import Person, Side
    from domain.happenings import Happening
    from domain.meeting import Attendee
    from workflows import meeting_mail as mail
    from workflows.asking import ask
    from workflows.meeting_acts import MeetingActs
    from workflows.messages import BringIn, ChangeAttendees, ChangeHost, Done, LetGo
    from workflows.sleeper import refused

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

    async def _bring_in(self, request: BringIn) -> Done:
        """One more comes to the slot as it stands: they alone are invited, and are asked again when it is moved."""
        state, staff = self._state, request.staff
        if staff is not None:
            call = BringInCall(state.plan, state.booked, state.sequence, staff.staff_id)
            found = await ask(BRING_IN, call, BroughtIn, f"{staff.person.name} joins {state.plan.title}")
            if found.reason:
                raise refused(f"staff_id: {found.reason}")
            state.plan = replace(state.plan, joining=(*state.plan.joining, staff))
        else:
            state.plan = mail.with_customer(state.plan, request.contact, None)
        person = _brought(request)
        state.add(person, Side.VENDOR if staff is not None else Side.CUSTOMER)
        self._recorder.say(mail.joined(state, person, self._changes, workflow.now()))
        self._note_slot(Happening.MEETING_BOOKED, joined=person.name, by=request.by)
        self._touch()
        await self._recorder.flush()
        return Done(f"{person.name} is invited to {state.plan.title}.")

    def _check_bring_in(self, request: BringIn) -> None:
        if (request.staff is None) == (request.contact is None):
            raise refused("staff_id: one of the staff, or the name and address of somebody of the customer")
        self._refuse_unless_ahead()
        person, field = _brought(request), "email" if request.staff is None else "staff_id"
        if self._state.attendee(person.email) is not None:
            raise refused(f"{field}: {person.name} is invited already")

    async def _let_go(self, request: LetGo) -> Done:
        """They alone are called off, and need not be asked again; one of the staff has their time back."""
        state = self._state
        leaving = state.attendee(request.email)
        assert leaving is not None, "checked before"
        if leaving.side is Side.VENDOR:
            staying = tuple(j for j in state.plan.joining if not _same(j.person, leaving.person))
            state.plan = replace(state.plan, joining=staying)
            await self._team_anew()
        else:
            state.plan = mail.with_customer(state.plan, None, request.email)
            state.attendees = tuple(a for a in state.attendees if a is not leaving)
            state.weigh_answers()
            self._recorder.say(mail.dropped(state, leaving, self._changes, workflow.now()))
        self._note_slot(Happening.MEETING_BOOKED, left=leaving.person.name, by=request.by)
        self._touch()
        await self._recorder.flush()
        return Done(f"{leaving.person.name} is told that they need not come to {state.plan.title}.")

    def _check_let_go(self, request: LetGo) -> None:
        self._refuse_unless_ahead()
        state = self._state
        leaving = state.attendee(request.email)
        if leaving is None:
            raise refused(f"email: {request.email} is not invited to this meeting")
        if leaving.side is Side.CUSTOMER:
            if sum(a.side is Side.CUSTOMER for a in state.attendees) == 1:
                raise refused(f"email: {leaving.person.name} is the only one who is invited of the customer")
            return
        brought = next(
            (j.staff_id for j in state.plan.joining if _same(j.person, leaving.person)), state.booked.staff_id
        )
        holders = [staff_id for role, staff_id in state.plan.assigned if role in state.plan.roles]
        if brought in (state.booked.staff_id, *holders):
            raise refused(f"email: {leaving.person.name} comes in a role of the meeting, and was not brought in")

    def _refuse_unless_ahead(self) -> None:
        if not self._slot_lies_ahead():
            raise refused("the meeting has no time that lies ahead")

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
        if await self._team_anew():
            self._note_slot(Happening.MEETING_BOOKED)
        missing = change.person.email if self._state.attendee(change.person.email) is None else ""
        self._see_to_missing(missing, title=f"{change.person.name} cannot join {self._state.plan.title}")
        self._touch()
        await self._recorder.flush()

    async def _team_anew(self) -> bool:
        """Who joins, as the plan has it now; True where that are others. Only those concerned hear of it."""
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
        return bool(gone or new)


def _brought(request: BringIn) -> Person:
    person = request.staff.person if request.staff is not None else request.contact
    assert person is not None, "checked before"
    return person


def _same(one: Person, other: Person) -> bool:
    return one.email.casefold() == other.email.casefold()
