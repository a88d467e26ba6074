"""What a meeting knows: carried in one dataclass, and changed only by the meeting's own steps."""

from dataclasses import dataclass, field
from datetime import datetime

from domain.contract import Person, Side
from domain.facts import Chain
from domain.meeting import Answer, Attendee, MeetingPlan, MeetingStatus, Slot
from domain.meeting_steps import Progress
from domain.messages import Invite, InviteMethod, MeetingNotice, Message
from domain.replies import MeetingView, Replier


@dataclass
class MeetingState:
    """The state of one meeting.

    ``withdrawn``: its contract called it off. ``refused``: addresses told of already. ``late``: what the open task
    says of a slot after the meeting was due. ``missing``: who was to join and is not free then (an address).
    """

    plan: MeetingPlan
    chain: Chain = field(default_factory=Chain)
    status: MeetingStatus = MeetingStatus.SEEKING
    slot: Slot | None = None
    sequence: int = -1
    uid: str = ""
    token: str = ""
    attendees: tuple[Attendee, ...] = ()
    invited_at: datetime | None = None
    nudges: int = 0
    reminded: tuple[int, ...] = ()
    outcome_asks: int = 0
    last_asked: datetime | None = None
    declines: int = 0
    no_shows: int = 0
    searches: int = 0
    stamps: tuple[tuple[str, int, datetime], ...] = ()
    minutes: int = 0
    notes: str = ""
    ended_by: str = ""
    withdrawn: bool = False
    refused: tuple[str, ...] = ()
    late: str = ""
    missing: str = ""

    @property
    def booked(self) -> Slot:
        """The slot. RuntimeError where none is booked: a step asked too early."""
        if self.slot is None:
            raise RuntimeError(f"{self.plan.workflow_id} has no slot yet")
        return self.slot

    @property
    def progress(self) -> Progress:
        """What the rule for the next step looks at."""
        slot = self.booked
        answers = [a.answer for a in self.attendees if a.side is Side.CUSTOMER]
        return Progress(
            invited_at=self.invited_at or slot.start,
            start=slot.start,
            end=slot.end,
            answered=any(answer is not Answer.NEEDS_ACTION for answer in answers),
            declined=bool(answers) and all(answer is Answer.DECLINED for answer in answers),
            nudges=self.nudges,
            reminded=self.reminded,
            outcome_asks=self.outcome_asks,
            last_asked=self.last_asked,
        )

    def take_slot(self, slot: Slot, team: tuple[Person, ...], now: datetime) -> None:
        """A (new) slot: the sequence rises, and everybody is asked again."""
        self.slot = slot
        self.sequence += 1
        self.attendees = tuple(Attendee(p, Side.VENDOR) for p in (slot.host, *team)) + tuple(
            Attendee(p, Side.CUSTOMER) for p in self.plan.customer
        )
        self.status = MeetingStatus.INVITED
        self.invited_at = now
        self.nudges, self.reminded, self.outcome_asks, self.last_asked = 0, (), 0, None

    def attendee(self, email: str) -> Attendee | None:
        """The attendee of that address, letter case aside."""
        folded = email.casefold()
        return next((a for a in self.attendees if a.person.email.casefold() == folded), None)

    def add(self, person: Person, side: Side) -> None:
        """One more is invited; the vendor's people stay before the customer's."""
        self.attendees = tuple(
            sorted((*self.attendees, Attendee(person, side)), key=lambda a: a.side is not Side.VENDOR)
        )

    def take_team(self, team: tuple[Person, ...]) -> None:
        """Other people of the vendor's side beside the host; the answers of those who stay are kept."""
        ours = tuple(self.attendee(p.email) or Attendee(p, Side.VENDOR) for p in (self.booked.host, *team))
        self.attendees = ours + tuple(a for a in self.attendees if a.side is Side.CUSTOMER)

    def set_answer(self, email: str, answer: Answer) -> None:
        """Record one attendee's answer; nobody else's changes."""
        folded = email.casefold()
        self.attendees = tuple(
            Attendee(a.person, a.side, answer) if a.person.email.casefold() == folded else a for a in self.attendees
        )
        self.weigh_answers()

    def weigh_answers(self) -> None:
        """Confirmed as soon as anybody of the customer who is invited has accepted."""
        if self.status in (MeetingStatus.INVITED, MeetingStatus.CONFIRMED):
            accepted = any(a.answer is Answer.ACCEPTED for a in self.attendees if a.side is Side.CUSTOMER)
            self.status = MeetingStatus.CONFIRMED if accepted else MeetingStatus.INVITED

    def as_replied_to(self) -> MeetingView:
        """What the rule for replies looks at."""
        stamps = {email: (sequence, stamp) for email, sequence, stamp in self.stamps}
        repliers = []
        for attendee in self.attendees:
            sequence, stamp = stamps.get(attendee.person.email.casefold(), (None, None))
            repliers.append(Replier(attendee.person.email, attendee.answer, sequence, stamp))
        return MeetingView(self.token, self.uid, self.sequence, tuple(repliers))

    def remember_stamp(self, email: str, sequence: int, stamp: datetime) -> None:
        """So that an older reply that comes later is known as such."""
        folded = email.casefold()
        self.stamps = (*(s for s in self.stamps if s[0] != folded), (folded, sequence, stamp))

    def message(
        self,
        key: str,
        content: MeetingNotice,
        *,
        to: tuple[Person, ...] | None = None,
        invite: Invite | None = None,
        useful_until: datetime | None = None,
    ) -> Message:
        """A message of this meeting to everybody invited (or to ``to``), in the thread of its invitation."""
        return Message(
            key=key,
            to=to if to is not None else tuple(a.person for a in self.attendees),
            sender_name=self.booked.host.name,
            vendor_name=self.plan.vendor_name,
            zone=self.plan.zone,
            language=self.plan.language,
            content=content,
            invite=invite,
            useful_until=useful_until,
            in_reply_to=None if key == FIRST_INVITATION else FIRST_INVITATION,
            contract_id=self.plan.contract_id,
            clause=self.plan.clause,
            reply_token=self.token,
            about=self.plan.key,
        )

    def invite(self, method: InviteMethod, now: datetime, attendees: tuple[Attendee, ...] | None = None) -> Invite:
        """The calendar object of the current slot and sequence."""
        slot = self.booked
        return Invite(
            method=method,
            uid=self.uid,
            sequence=self.sequence,
            stamp=now,
            start=slot.start,
            end=slot.end,
            title=f"{self.plan.title}: {self.plan.vendor_name} and {self.plan.customer_name}",
            description=self.plan.purpose,
            place=slot.place,
            token=self.token,
            organizer_name=slot.host.name,
            attendees=self.attendees if attendees is None else attendees,
        )


FIRST_INVITATION = "invitation"
"""The key of a meeting's first invitation: every later message of it answers that one."""
