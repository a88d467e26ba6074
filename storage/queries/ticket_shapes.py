"""What the queries of tickets give: a line of the queue, a ticket with all that its page shows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.intake import title_of


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """What the queue shows. ``shown``: open, closed, refused or all; ``late``: something is overdue now."""

    contract_id: str | None = None
    owner: str | None = None
    unassigned: bool = False
    csm: str | None = None
    vendor: str | None = None
    level: str | None = None
    state: str | None = None
    shown: str = "open"
    late: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class TicketLine:
    """A ticket in the queue. The clock that is due next: ``due`` null where nothing is owed or all clocks are paused.

    ``late``: a clock that still runs has missed its due instant, which is then ``due``. ``starts`` and ``ends`` are the
    opening hours of that clock (seconds since 1970), ``pauses`` as in `TicketClock`, for a countdown in open time.
    ``opening``: how the report begins.
    """

    contract_id: str
    number: int
    workflow_id: str
    subject: str
    customer: str
    vendor: str
    zone: str
    plan: str
    level: str
    level_name: str
    state: str
    open: bool
    owed: bool
    door: str
    reporter_name: str
    reporter_email: str
    owner_id: str | None
    owner_name: str
    routed_to: str
    paused: tuple[str, ...]
    alert: str
    outage: bool
    registered_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    clock: str | None
    kind: str | None
    clause: str | None
    due: datetime | None
    late: bool
    best_effort: bool
    wall_clock: bool
    anchor: datetime | None
    seconds: int | None
    pauses: tuple[list[Any], ...] | None
    starts: tuple[int, ...] | None
    ends: tuple[int, ...] | None
    opening: str

    @property
    def title(self) -> str:
        """What it is called."""
        return title_of(self.subject, self.opening, self.number)


@dataclass(frozen=True, slots=True)
class TicketHead:
    """A ticket as it stands. ``customer``, ``zone``, ``vendor``: of its contract."""

    contract_id: str
    number: int
    workflow_id: str
    subject: str
    description: str
    door: str
    channel: str
    reporter_name: str
    reporter_email: str
    reporter_phone: str
    premises: str
    device: str
    login: str
    kind: str
    level: str
    level_name: str
    queue: str
    owed: bool
    reasons: tuple[dict[str, Any], ...]
    state: str
    open: bool
    alert: str
    outage: bool
    plan: str
    plan_version: int
    registered_at: datetime
    owner_id: str | None
    owner_name: str
    impact: str
    inside_boundary: bool | None
    routed_kind: str
    routed_to: str
    paused: tuple[str, ...]
    released: bool
    agree: tuple[dict[str, str], ...]
    answered_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    closed_by: str
    asks: int
    coverage_version: int
    changed_at: datetime
    customer: str
    zone: str
    vendor: str
    vendor_name: str

    @property
    def title(self) -> str:
        """What it is called."""
        return title_of(self.subject, self.description, self.number)


@dataclass(frozen=True, slots=True)
class TicketClock:
    """A clock as it was last told. ``pauses``: (begin, end or null, cause), ISO text."""

    clock: str
    kind: str
    ordinal: int
    clause: str
    level: str
    text: str
    coverage: str
    wall_clock: bool
    best_effort: bool
    seconds: int | None
    started: datetime
    anchor: datetime | None
    due: datetime | None
    pauses: tuple[list[Any], ...]
    verdict: str | None
    stopped: datetime | None
    took_seconds: int | None
    overrun_seconds: int
    acknowledged_by: str
    acknowledged_at: datetime | None


@dataclass(frozen=True, slots=True)
class TicketEntry:
    """What somebody wrote. ``visible``: the customer sees it."""

    seq: int
    at: datetime
    kind: str
    side: str
    author: str
    email: str
    text: str
    visible: bool
    attachments: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class TicketCoverage:
    """Opening hours of a ticket: seconds since 1970."""

    key: str
    zone: str
    version: int
    since: int
    until: int
    starts: tuple[int, ...]
    ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TicketDetail:
    """All of one ticket."""

    head: TicketHead
    clocks: tuple[TicketClock, ...]
    entries: tuple[TicketEntry, ...]
    coverages: tuple[TicketCoverage, ...]


@dataclass(frozen=True, slots=True)
class OutageLine:
    """The platform was down; ``end`` null: it still is."""

    number: int
    alert: str
    title: str
    begin: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class DesignatedUser:
    """A user whom the customer has named (caret-2)."""

    email: str
    name: str
    place: int
