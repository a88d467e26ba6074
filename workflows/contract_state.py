"""What a contract knows: one dataclass that continue-as-new carries on, and the questions its life asks of it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.agenda import Agenda, AgendaItem, ItemKind, TermWindow
from domain.contract import Assignment, Contract, ContractStage, Counts, Person
from domain.facts import Chain
from domain.hours import Ledger
from domain.meeting import MeetingPlan
from domain.plan import Role

UNDER_SUSPENSION = (ItemKind.WINDOW_END, ItemKind.CHARGES, ItemKind.END)
"""What goes on while a contract is suspended: windows close, money is owed, the term ends."""

WORK_OF_PEOPLE = (ItemKind.ONBOARDING, ItemKind.TOUCHPOINT, ItemKind.REQUESTED, ItemKind.REPORT)
"""Kinds that stay open until a person has done something."""

WINDING_UP = timedelta(days=14)
"""After the end of the term, this long is waited for the outcomes of meetings that took place."""


@dataclass(frozen=True, slots=True)
class PendingOverage:
    """A meeting that waits for the customer to approve hours beyond the package."""

    plan: MeetingPlan
    minutes: int


@dataclass(frozen=True, slots=True)
class Moment:
    """The next thing the clock brings: an item whose time comes, or an open one that is late."""

    at: datetime
    item: AgendaItem
    late: bool = False


@dataclass
class ContractState:
    """The state of one contract. Instants are UTC.

    ``ahead``: agenda items whose time has not come. ``open``: those that people are at work on. ``over``: the keys
    of those that are done, dropped or lapsed. ``acted``: every key whose time has come. ``late``: told so already.
    ``months``: the length of the terms before the running one. ``withdrawn``: what a suspension called off, to be
    taken up again when the contract is resumed. ``requests``: what was asked for in the requested meetings that are
    not over, since no plan has it. ``refused``: addresses of which the main contact knows already. ``tasks``: the
    keys of the contract's own open tasks.
    """

    contract: Contract
    chain: Chain = field(default_factory=Chain)
    stage: ContractStage = ContractStage.SIGNED
    before_suspension: ContractStage = ContractStage.ACTIVE
    term_number: int = 1
    months: int = 0
    agenda: Agenda | None = None
    ahead: tuple[AgendaItem, ...] = ()
    open: tuple[AgendaItem, ...] = ()
    acted: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    meetings: tuple[str, ...] = ()
    overages: tuple[PendingOverage, ...] = ()
    ledger: Ledger | None = None
    assignments: tuple[Assignment, ...] = ()
    counts: Counts = field(default_factory=Counts)
    requested: int = 0
    requests: tuple[MeetingPlan, ...] = ()
    refused: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    withdrawn: tuple[AgendaItem, ...] = ()
    renewed_months: int | None = None
    meetings_held: int = 0
    minutes_used: int = 0
    waiting: tuple[str, ...] = ()
    ended_because: str = ""

    @property
    def calendar(self) -> Agenda:
        """The agenda of the running term. RuntimeError before it was resolved."""
        if self.agenda is None:
            raise RuntimeError(f"contract {self.contract.id} has no agenda yet")
        return self.agenda

    def next_moment(self) -> Moment | None:
        """The next instant at which the clock, and no person, has something to do."""
        suspended = self.stage is ContractStage.SUSPENDED
        ready = [
            Moment(item.at, item)
            for item in self.ahead
            if (item.after is None or item.after in self.over) and (not suspended or item.kind in UNDER_SUSPENSION)
        ]
        running_late = [
            Moment(item.due, item, late=True)
            for item in (*self.open, *(i for i in self.ahead if i.after is not None))
            if item.key not in self.late and not suspended
        ]
        # At one instant an end comes after everything else that the instant brings.
        return min((*ready, *running_late), key=lambda m: (m.at, m.item.kind is ItemKind.END, m.item.key), default=None)

    @property
    def next_due(self) -> datetime | None:
        """When the next promise must be kept."""
        return min((item.due for item in (*self.open, *self.ahead)), default=None)

    def take(self, item: AgendaItem) -> None:
        """Its time has come."""
        self.ahead = tuple(i for i in self.ahead if i.key != item.key)
        self.acted = (*self.acted, item.key)
        if item.kind in WORK_OF_PEOPLE:
            self.open = (*self.open, item)
        else:
            self.over = (*self.over, item.key)

    def close(self, key: str) -> AgendaItem | None:
        """It is over, whatever became of it. The item, None where it was not open."""
        item = next((i for i in self.open if i.key == key), None)
        self.open = tuple(i for i in self.open if i.key != key)
        self.meetings = tuple(m for m in self.meetings if m != key)
        self.requests = tuple(r for r in self.requests if r.key != key)
        if key not in self.over:
            self.over = (*self.over, key)
        return item

    def request(self, key: str) -> MeetingPlan | None:
        """What was asked for in a requested meeting that is not over."""
        return next((r for r in self.requests if r.key == key), None)

    def assigned(self, role: Role) -> Assignment | None:
        """Who fills the role."""
        return next((a for a in self.assignments if a.role is role), None)

    @property
    def owner(self) -> Assignment | None:
        """The vendor's main contact (oura-16): the plan's main role, or whoever else is assigned."""
        return self.assigned(self.contract.plan.main_role) or next(iter(self.assignments), None)

    @property
    def owner_person(self) -> Person:
        """The main contact as customers read them; the vendor itself while nobody is assigned."""
        return self.owner.person if self.owner else Person(self.contract.plan.vendor.name, "")

    @property
    def role_of_hours(self) -> Role:
        """Whose time the hours are: the role that the plan names, while somebody fills it, else the main contact's."""
        hours, main = self.contract.plan.hours, self.contract.plan.main_role
        return hours.role if hours and hours.role and self.assigned(hours.role) else main

    def window_of_hours(self) -> TermWindow | None:
        """The window in which the package's hours can be used; None: the whole term."""
        hours = self.contract.plan.hours
        if hours is None or hours.window is None:
            return None
        return next((w for w in self.calendar.windows if w.key == hours.window), None)

    def onboarding_is_over(self) -> bool:
        """Nothing of the onboarding is ahead or open."""
        return all(item.kind is not ItemKind.ONBOARDING for item in (*self.ahead, *self.open))
