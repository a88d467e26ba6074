"""What a plan grants of support: opening hours, levels with their clocks, the ladder, ways in, limits, uptime."""

from dataclasses import dataclass
from enum import StrEnum

from domain.coverage import WeeklyHours


@dataclass(frozen=True, slots=True)
class CoverageRule:
    """Opening hours in which clocks run.

    ``hours`` None: the customer's own business hours (A8). ``zone`` None: the contract's (A12). ``region``:
    the contract's region that chooses this rule among those of the same ``key`` (essensys-4, essensys-5).
    ``observes_holidays`` false: open on holidays too (A7). 23:59 and "M-T" are read into ``hours`` (A11).
    """

    key: str
    clause: str
    hours: WeeklyHours | None
    zone: str | None = None
    region: str | None = None
    observes_holidays: bool = True


class ClockKind(StrEnum):
    RESPONSE = "response"
    UPDATE = "update"
    RESOLUTION = "resolution"


@dataclass(frozen=True, slots=True)
class Target:
    """A clock's target, as seconds of open time and, in ``text``, as sold.

    ``wall_clock``: seconds of any time, closed hours included (A17; never by default). Service days are open
    time too: 5 days of 10 open hours are 180 000 s (A17).
    """

    clock: ClockKind
    seconds: int
    text: str
    clause: str
    wall_clock: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """A clock that runs without a target: it is reported, never due (A13). ``text`` as sold ("when done")."""

    clock: ClockKind
    text: str
    clause: str


@dataclass(frozen=True, slots=True)
class Level:
    """One severity. A clock without a target is measured and reported, never due ("when done", A13).

    ``measured`` names the clauses of such clocks. ``best_effort``: a target that passed is no breach (A6).
    ``major_incident``: the clause under which the customer's contacts are told of each ticket of this level at once,
    at each update and at the end (ombori-17).
    """

    key: str
    name: str
    description: str
    clause: str
    coverage: str
    targets: tuple[Target, ...] = ()
    best_effort: bool = False
    measured: tuple[Measure, ...] = ()
    major_incident: str | None = None

    def clause_of(self, clock: ClockKind) -> str:
        """The clause that a clock is run under: its target's, its measure's, else the level's own."""
        clauses = {measure.clock: measure.clause for measure in self.measured}
        clauses |= {target.clock: target.clause for target in self.targets}
        return clauses.get(clock, self.clause)

    def target(self, clock: ClockKind) -> Target | None:
        """The target of one clock, None where the plan commits to none."""
        return next((t for t in self.targets if t.clock is clock), None)


class WhoKind(StrEnum):
    OWNER = "owner"  # whom the ticket is assigned to, else the main contact
    ROLE = "role"
    PERSON = "person"
    ON_CALL = "on-call"


@dataclass(frozen=True, slots=True)
class Who:
    """Whom a step of the ladder tells. ``key``: a role's key, a person's address or a rotation's key."""

    kind: WhoKind
    key: str = ""


class Way(StrEnum):
    """How a step of the ladder tells. Only mail is built; a further way is a further member."""

    MAIL = "mail"


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One step of the ladder: when, who, how.

    Either ``percent`` of the target's open time (0: when the clock begins to run, 100: at the due instant) or
    ``overrun_seconds`` of it after the due instant. ``clocks`` and ``levels``: only for these, empty: for all.
    """

    who: Who
    percent: int | None = None
    overrun_seconds: int | None = None
    way: Way = Way.MAIL
    clocks: tuple[ClockKind, ...] = ()
    levels: tuple[str, ...] = ()

    def applies(self, clock: ClockKind, level: str) -> bool:
        """Whether the step is meant for this clock of a ticket of that level."""
        return (not self.clocks or clock in self.clocks) and (not self.levels or level in self.levels)


DEFAULT_LADDER = (LadderStep(Who(WhoKind.OWNER), percent=75), LadderStep(Who(WhoKind.OWNER), percent=100))
"""What a plan without a ladder of its own asks for: a warning at 75 %, and word at the due instant."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A way in. ``only_if_down``: the channel that must be down before this one is open (essensys-3)."""

    name: str
    clause: str
    only_if_down: str | None = None


class LimitKind(StrEnum):
    DESIGNATED_USERS = "designated-users"
    DEVICES = "devices"
    REPRESENTATIVES = "representatives"
    REPORT_FIELDS = "report-fields"
    RETURN_DAYS = "return-days"


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound on use.

    ``amount`` None: no figure, ``fields`` say what is required. ``extensible``: more is billed. ``amount`` is
    the figure of the plan itself, which wins over a glossary's (A18). ``counted_from`` says what is counted,
    in words: "the buyer's receipt of the original order", "for each premises".
    """

    kind: LimitKind
    clause: str
    amount: int | None = None
    extensible: bool = False
    fields: tuple[str, ...] = ()
    optional_fields: tuple[str, ...] = ()
    counted_from: str | None = None


@dataclass(frozen=True, slots=True)
class Uptime:
    """A platform availability: 99.999 % is 99_999 parts of 100_000. Reported, and not enforced (A16)."""

    clause: str
    parts_per_100_000: int
    enforced: bool = False


@dataclass(frozen=True, slots=True)
class Closing:
    """A ticket closes only with the agreement of ``asked_of``, who is asked and reminded (essensys-13).

    The last day, if any, is `Readings.close_without_agreement_after_days` (A14).
    """

    clause: str
    asked_of: str
