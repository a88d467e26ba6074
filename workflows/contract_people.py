"""Counts, contacts, roles, and what a person reports as done: checks and effects of the updates."""

from dataclasses import replace

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.calls import ASSIGN_ROLES, AssignCall, Assigned
    from domain.contract import Contact, Counts, Side
    from domain.contract_news import ContractNews
    from domain.happenings import Happening
    from domain.plan import Limit, LimitKind, Plan, Role
    from workflows.asking import ask
    from workflows.contract_hours import ContractHours
    from workflows.messages import (
        ChangeAttendees,
        ChangeContact,
        ChangeHost,
        ChangeRole,
        CompleteItem,
        Designate,
        Done,
        RecordCount,
    )
    from workflows.sleeper import refused

MEETING_TASKS = ("slot", "outcome", "declined", "host", "late", "team")
"""Kinds of tasks that a meeting opens: ``slot/kickoff``."""


class ContractPeople(ContractHours):
    """Who and how many."""

    def _check_record_count(self, count: RecordCount) -> None:
        self._refuse_if_over()
        if (count.users is None) == (count.devices is None) and count.users is None:
            raise refused("users, devices: at least one of them is needed")
        if min(count.users or 0, count.devices or 0) < 0:
            raise refused("users, devices: a count is zero or more")
        for limit in self._state.contract.plan.limits:
            counted = {LimitKind.DEVICES: count.devices, LimitKind.DESIGNATED_USERS: count.users}.get(limit.kind)
            if counted is not None and limit.amount is not None and counted > limit.amount and not limit.extensible:
                raise refused(
                    f"the plan allows {limit.amount} {limit.kind.value}, and none can be added ({limit.clause})"
                )

    def _record_count(self, count: RecordCount) -> Done:
        state = self._state
        users = state.counts.users if count.users is None else count.users
        devices = state.counts.devices if count.devices is None else count.devices
        state.counts = Counts(users, devices)
        self._recorder.note(Happening.COUNTED, users=users, devices=devices, by=count.by)
        return Done(f"{users} users, {devices} devices from now on.")

    def _check_change_contact(self, change: ChangeContact) -> None:
        self._refuse_if_over()
        emails = [c.person.email.casefold() for c in self._state.contract.contacts]
        leaving = change.replaces.casefold() if change.replaces else None
        if leaving is None and change.contact is None:
            raise refused("contact: somebody to add, or replaces: somebody to remove")
        if leaving is not None and leaving not in emails:
            raise refused(f"replaces: {change.replaces} is not a contact of this contract")
        primary = self._state.contract.primary_contact.person.email.casefold()
        if change.contact is None and leaving == primary:
            raise refused("replaces: the main contact can only be replaced, since one is always needed (oura-17)")
        joining = change.contact.person.email.casefold() if change.contact else None
        if joining is not None and joining in emails and joining != leaving:
            raise refused(f"contact.person.email: {joining} is a contact already")

    async def _change_contact(self, change: ChangeContact) -> Done:
        contract = self._state.contract
        before = contract.primary_contact.person
        leaving = change.replaces.casefold() if change.replaces else None
        contacts = [c for c in contract.contacts if c.person.email.casefold() != leaving]
        if change.contact is not None:
            primary = change.contact.primary or leaving == before.email.casefold()
            joining = replace(change.contact, primary=primary)
            contacts = [replace(c, primary=c.primary and not primary) for c in contacts] + [joining]
            self._note_contact(joining, change.by, change.replaces)
        else:
            self._recorder.note(Happening.CONTACT_REMOVED, change.replaces or "", by=change.by)
        self._state.contract = replace(contract, contacts=tuple(contacts))
        self._has_news(ContractNews.PEOPLE, change.by, "the contacts changed")
        after = self._state.contract.primary_contact.person
        if after.email.casefold() != before.email.casefold():
            await self._tell_meetings("change_attendees", ChangeAttendees(Side.CUSTOMER, after, before.email))
        return Done("The contacts are changed.")

    def _note_contact(self, contact: Contact, by: str, replaces: str | None) -> None:
        person = contact.person
        told: dict[str, object] = {
            "name": person.name,
            "email": person.email,
            "phone": person.phone,
            "primary": contact.primary,
            "by": by,
            "replaces": replaces,
        }
        if contact.representative_of and workflow.patched("contact-premises"):
            told["premises"] = list(contact.representative_of)
        self._recorder.note_data(Happening.CONTACT_SET, person.email, (), told)

    def _check_designate(self, request: Designate) -> None:
        self._refuse_if_over()
        limit, addresses = self._designated_limit(), [user.email.casefold() for user in request.users]
        if limit is None:
            raise refused("users: this plan has no priority queue for designated users")
        if limit.amount is not None and len(addresses) > limit.amount:
            raise refused(f"users: the plan allows {limit.amount}, got {len(addresses)} ({limit.clause})")
        if twice := [address for place, address in enumerate(addresses) if address in addresses[:place]]:
            raise refused(f"users: {twice[0]} stands in it twice")

    def _designate(self, request: Designate) -> Done:
        limit = self._designated_limit()
        assert limit is not None, "checked before"
        users = [{"name": user.name, "email": user.email} for user in request.users]
        self._recorder.note(Happening.DESIGNATED, "", (limit.clause,), users=users, by=request.by)
        those = "1 user" if len(users) == 1 else f"{len(users)} users"
        return Done(f"{those} may use the priority queue from now on.")

    def _designated_limit(self) -> Limit | None:
        limits = self._state.contract.plan.limits
        return next((limit for limit in limits if limit.kind is LimitKind.DESIGNATED_USERS), None)

    def _check_change_role(self, change: ChangeRole) -> None:
        self._refuse_if_over()

    async def _change_role(self, change: ChangeRole) -> Done:
        state, new = self._state, change.assignment
        state.assignments = (*(a for a in state.assignments if a.role is not new.role), new)
        self._note_assignment_of(new.role, by=change.by)
        self._has_news(ContractNews.PEOPLE, change.by, "a role changed hands")
        await self._tell_meetings("change_host", ChangeHost(new.role, new.staff_id, new.person))
        return Done(f"{new.person.name} is the {new.role.title} from now on.")

    async def _fill_roles(self, wanted: tuple[Role, ...]) -> None:
        """The least-loaded qualified person for each of the roles; one that nobody can fill is a task."""
        state = self._state
        assigned = await ask(
            ASSIGN_ROLES,
            AssignCall(state.contract.id, state.contract.plan.vendor.id, wanted),
            Assigned,
            "who fills the roles",
        )
        state.assignments = (*(a for a in state.assignments if a.role not in wanted), *assigned.assignments)
        for assignment in assigned.assignments:
            self._note_assignment_of(assignment.role, by="pledge")
        for role in assigned.unfilled:
            self._note_unfilled(role)

    def _note_unfilled(self, role: Role) -> None:
        self._recorder.note(
            Happening.ROLE_UNFILLED, role.value, role=role.value, role_title=role.title, reason="nobody is qualified"
        )
        self._open_task(f"role/{role.value}", f"Nobody can fill the role {role.title}", "Add somebody to the staff.")

    async def _change_roles(self, main_before: Role) -> None:
        """After an amendment: whom the plan needs besides, and whom it has no more."""
        state, plan = self._state, self._state.contract.plan
        closed = tuple(window.key for window in state.calendar.windows if window.closes <= workflow.now())
        wanted = roles_wanted(plan, without=closed)
        filled = tuple(a.role for a in state.assignments)
        missing = tuple(role for role in wanted if role not in filled)
        if missing:
            await self._fill_roles(missing)
        if plan.main_role is not main_before and plan.main_role in filled:
            self._note_assignment_of(plan.main_role, by="pledge")
        for role in filled:
            if role not in wanted:
                self._end_role(role, "the plan was amended")

    def _note_assignment_of(self, role: Role, by: str) -> None:
        assignment = next(a for a in self._state.assignments if a.role is role)
        grant = next((r for r in self._state.contract.plan.roles if r.role is role), None)
        self._recorder.note(
            Happening.ROLE_ASSIGNED,
            role.value,
            (grant.clause,) if grant else (),
            role=role.value,
            role_title=assignment.role.title,
            staff_id=assignment.staff_id,
            name=assignment.person.name,
            email=assignment.person.email,
            by=by,
            main=role is self._state.contract.plan.main_role,
        )

    async def _tell_meetings(self, signal: str, change: ChangeAttendees | ChangeHost) -> None:
        for key in self._state.meetings:
            await self._tell_meeting(key, signal, change)

    def _check_complete_item(self, done: CompleteItem) -> None:
        if done.key in self._state.meetings:
            raise refused(f"{done.key} is a meeting: record its outcome instead")
        if done.key in self._state.over:
            raise refused(f"{done.key} is over already")
        if any(pending.plan.key == done.key for pending in self._state.overages):
            raise refused(f"{done.key} waits for the customer's word on its overage")
        if any(item.key == done.key for item in (*self._state.ahead, *self._state.withdrawn)):
            raise refused(f"{done.key} is not open yet")
        if not self._is_open(done.key):
            raise refused(f"there is no open item or task {done.key!r}")

    def _is_open(self, key: str) -> bool:
        """Meetings keep their own tasks, so theirs are known by their names only."""
        kind, _, about = key.partition("/")
        of_meeting = kind in MEETING_TASKS and about in (*self._state.meetings, *self._state.acted)
        of_its_mail = kind == "address" and "@" in about
        return key in self._state.tasks or of_meeting or of_its_mail or any(i.key == key for i in self._state.open)

    def _complete_item(self, done: CompleteItem) -> Done:
        item = self._state.close(done.key) if any(i.key == done.key for i in self._state.open) else None
        if item is not None:
            self._note(Happening.ITEM_DONE, item, by=done.by, note=done.note)
            return Done(f"{item.title} is done.")
        self._state.tasks = tuple(task for task in self._state.tasks if task != done.key)
        self._recorder.note(Happening.TASK_DONE, "", task=done.key, by=done.by)
        return Done("The task is done.")


def roles_wanted(plan: Plan, without: tuple[str, ...] = ()) -> tuple[Role, ...]:
    """Whom a plan needs: its main contact, the roles that it grants, and the hosts of its meetings.

    ``without``: windows that are closed, with the roles that were granted for them only.
    """
    gone = tuple(grant.role for grant in plan.roles if grant.window in without)
    hosts = [meeting.roles for meeting in plan.meetings] + [touchpoint.roles for touchpoint in plan.touchpoints]
    wanted = (plan.main_role, *(grant.role for grant in plan.roles), *(role for roles in hosts for role in roles))
    return tuple(role for role in dict.fromkeys(wanted) if role not in gone)
