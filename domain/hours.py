"""The hours of a package as a ledger: reserve, release, debit, lapse, and overage only after approval (A2).

At any time ``granted = left + reserved + used + lapsed``, and none of them is negative. A ledger is a value:
each step gives a new one. Minutes are whole. What is priced is in `domain.charges`.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from domain.plan import Plan


class LedgerError(ValueError):
    """A step that cannot be: minutes below zero, or a meeting that was debited before."""


class EntryKind(StrEnum):
    RESERVED = "reserved"
    RELEASED = "released"
    DEBITED = "debited"
    LAPSED = "lapsed"
    APPROVED = "approved"
    GRANTED = "granted"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger: minutes of the package, and minutes beyond it. ``key`` is the meeting's."""

    kind: EntryKind
    key: str
    at: datetime
    minutes: int
    overage_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Reservation:
    """What a booked meeting holds: minutes of the package, and approved minutes beyond it."""

    key: str
    minutes: int
    overage_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A meeting does not fit: ``minutes_over`` more are needed than are ``left`` and approved."""

    key: str
    minutes_over: int
    left: int


@dataclass(frozen=True, slots=True)
class Debit:
    """How the actual minutes of a meeting were covered.

    ``overage_minutes`` were approved and are billed; ``unapproved_minutes`` were not and are never billed
    (A2). ``lapsed_minutes``: what it had reserved and did not use, where the window is closed.
    """

    minutes_from_package: int
    overage_minutes: int
    unapproved_minutes: int
    lapsed_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Ledger:
    """The hours of one term. ``window_key``: the window in which they can be used, None for the whole term.

    ``approvals``: (meeting key, minutes) beyond the package that the customer approved. ``closed``: the
    window is over, so nothing is left but what is still reserved by meetings whose outcome is open.
    """

    granted: int
    window_key: str | None = None
    used: int = 0
    lapsed: int = 0
    reservations: tuple[Reservation, ...] = ()
    approvals: tuple[tuple[str, int], ...] = ()
    entries: tuple[Entry, ...] = ()
    closed: bool = False

    def __post_init__(self) -> None:
        if min(self.granted, self.used, self.lapsed, self.left) < 0:
            raise LedgerError(
                f"{self.granted} min granted, {self.used} used, {self.reserved} reserved, {self.lapsed} lapsed: "
                "no balance may be below zero"
            )

    @property
    def reserved(self) -> int:
        """Minutes of the package that booked meetings hold."""
        return sum(reservation.minutes for reservation in self.reservations)

    @property
    def left(self) -> int:
        """Minutes that can still be reserved."""
        return self.granted - self.used - self.lapsed - self.reserved

    @property
    def overage(self) -> int:
        """Minutes beyond the package that were delivered and approved."""
        return sum(entry.overage_minutes for entry in self.entries if entry.kind is EntryKind.DEBITED)

    def reservation(self, key: str) -> Reservation | None:
        """What a meeting holds, None where it holds nothing."""
        return next((r for r in self.reservations if r.key == key), None)

    def approved(self, key: str) -> int:
        """Minutes beyond the package that the customer approved for a meeting."""
        return dict(self.approvals).get(key, 0)

    def is_debited(self, key: str) -> bool:
        """Whether the meeting's actual minutes are recorded: no step may follow for it."""
        return any(entry.kind is EntryKind.DEBITED and entry.key == key for entry in self.entries)

    def reserve(self, key: str, minutes: int, at: datetime) -> "Ledger | Shortfall":
        """Hold minutes for a meeting: those of the package first, then those approved beyond it.

        A meeting that holds some already gets the new figure in their place, so doing it twice changes
        nothing. Raises LedgerError for a length that is not positive, or when the meeting was debited before.
        """
        if minutes < 1:
            raise LedgerError(f"{key}: cannot reserve {minutes} min")
        self._refuse_debited(key)
        held = self.reservation(key)
        of_package = min(minutes, self.left + (held.minutes if held else 0))
        over = minutes - of_package
        if over > self.approved(key):
            return Shortfall(key, over - self.approved(key), self.left)
        wanted = Reservation(key, of_package, over)
        if wanted == held:
            return self
        freed = self._released(held, at) if held else self
        taken = replace(freed, reservations=(*freed.reservations, wanted))
        return taken._with(EntryKind.RESERVED, key, at, of_package, over)._lapse_rest(key, at)

    def approve_overage(self, key: str, minutes: int, at: datetime) -> "Ledger":
        """The customer allows so many minutes beyond the package for a meeting; a later figure replaces it.

        Raises LedgerError below zero, below what is held already, or when the meeting was debited before.
        """
        self._refuse_debited(key)
        held = self.reservation(key)
        if minutes < 0 or (held and minutes < held.overage_minutes):
            raise LedgerError(f"{key}: cannot approve {minutes} min, which is below zero or below what it holds")
        if minutes == self.approved(key):
            return self
        others = tuple(approval for approval in self.approvals if approval[0] != key)
        return replace(self, approvals=(*others, (key, minutes)))._with(EntryKind.APPROVED, key, at, 0, minutes)

    def approve_more(self, key: str, minutes: int, at: datetime) -> "Ledger":
        """The customer allows so many minutes on top of what was approved for the meeting before."""
        return self.approve_overage(key, self.approved(key) + minutes, at)

    def release(self, key: str, at: datetime) -> "Ledger":
        """Give back what a meeting holds; nothing happens where it holds nothing, so doing it twice is
        harmless.

        After the window has closed the minutes lapse. The customer's approval stays for another date.
        """
        held = self.reservation(key)
        return self._released(held, at)._lapse_rest(key, at) if held else self

    def debit(self, key: str, actual_minutes: int, at: datetime) -> tuple["Ledger", Debit]:
        """Record what a meeting took: from its reservation, then from what is left, then from approved
        overage.

        What it held beyond that is free again (or lapses, where the window has closed). Raises LedgerError
        below zero, or when it was debited before: the first record stands.
        """
        if actual_minutes < 0:
            raise LedgerError(f"{key}: cannot debit {actual_minutes} min")
        self._refuse_debited(key)
        held = self.reservation(key) or Reservation(key, 0)
        of_package = min(actual_minutes, held.minutes + self.left)
        overage = min(actual_minutes - of_package, self.approved(key))
        freed = self._without(held)
        used = replace(freed, used=freed.used + of_package)
        done = used._with(EntryKind.DEBITED, key, at, of_package, overage)._lapse_rest(key, at)
        unapproved = actual_minutes - of_package - overage
        return done, Debit(of_package, overage, unapproved, done.lapsed - self.lapsed)

    def lapse(self, at: datetime) -> tuple["Ledger", int]:
        """Close the window: what is left lapses, and the minutes that did. Twice changes nothing.

        What meetings hold stays until their outcome is recorded: debit or release each, and the rest lapses
        then.
        """
        closed = replace(self, closed=True)._lapse_rest(self.window_key or "", at)
        return closed, closed.lapsed - self.lapsed

    def regrant(self, minutes: int, window_key: str | None, at: datetime) -> "Ledger":
        """The hours of an amended plan, in a new window, less what is used and reserved of the old ones.

        Nothing that was used or promised is taken back: the grant is never less than that. Lapsed hours are
        the old plan's and count no more.
        """
        if minutes < 0:
            raise LedgerError(f"cannot grant {minutes} min")
        granted = max(minutes, self.used + self.reserved)
        changed = replace(self, granted=granted, lapsed=0, window_key=window_key, closed=False)
        return changed._with(EntryKind.GRANTED, window_key or "", at, granted)

    def renewed(self, minutes: int, window_key: str | None, at: datetime) -> "Ledger":
        """The hours of the next term: a fresh grant, beside what meetings of the old term still hold.

        Raises LedgerError below zero.
        """
        if minutes < 0:
            raise LedgerError(f"cannot grant {minutes} min")
        fresh = Ledger(minutes + self.reserved, window_key, reservations=self.reservations, approvals=self.approvals)
        return fresh._with(EntryKind.GRANTED, window_key or "", at, fresh.granted)

    def _with(self, kind: EntryKind, key: str, at: datetime, minutes: int, overage: int = 0) -> "Ledger":
        return replace(self, entries=(*self.entries, Entry(kind, key, at, minutes, overage)))

    def _without(self, held: Reservation) -> "Ledger":
        return replace(self, reservations=tuple(r for r in self.reservations if r.key != held.key))

    def _released(self, held: Reservation, at: datetime) -> "Ledger":
        return self._without(held)._with(EntryKind.RELEASED, held.key, at, held.minutes, held.overage_minutes)

    def _lapse_rest(self, key: str, at: datetime) -> "Ledger":
        if not self.closed or not self.left:
            return self
        return replace(self, lapsed=self.lapsed + self.left)._with(EntryKind.LAPSED, key, at, self.left)

    def _refuse_debited(self, key: str) -> None:
        if self.is_debited(key):
            raise LedgerError(f"{key} was debited before; the first record stands")


def opened(plan: Plan) -> Ledger:
    """The ledger of a new term of this plan."""
    return Ledger(plan.hours.minutes, plan.hours.window) if plan.hours else Ledger(0)


def overrun_of_listed_meetings(plan: Plan) -> int:
    """Minutes by which the onboarding meetings exceed the package's hours (A2); 0 where it has no hours."""
    if plan.hours is None:
        return 0
    listed = sum(meeting.minutes for meeting in plan.meetings if meeting.debits_hours)
    return max(0, listed - plan.hours.minutes)
