"""What the clock brings to a contract next: the question behind its one timer."""

from datetime import date

from domain.agenda import AgendaItem, ItemKind
from domain.contract import ContractStage
from tests.workflows.trial import contract, utc
from workflows.contract_state import ContractState, Moment


def item(key: str, at: str, due: str, kind: ItemKind = ItemKind.TOUCHPOINT, after: str | None = None) -> AgendaItem:
    return AgendaItem(key, kind, key, "oura-9", utc(at), utc(due), date(2026, 2, 2), after=after)


KICKOFF = item("kickoff", "2026-02-02 08:00", "2026-02-16 00:00", ItemKind.ONBOARDING)
TRAINING = item("training", "2026-02-02 08:00", "2026-03-01 00:00", ItemKind.ONBOARDING, after="kickoff")
REPORT = item("report", "2026-03-01 08:00", "2026-03-06 23:00", ItemKind.REPORT)
CHARGES = item("charges", "2026-03-02 00:00", "2026-03-02 00:00", ItemKind.CHARGES)
END = item("end", "2026-03-31 22:00", "2026-03-31 22:00", ItemKind.END)


def state(*ahead: AgendaItem, stage: ContractStage = ContractStage.ACTIVE) -> ContractState:
    return ContractState(contract("oura/premium"), stage=stage, ahead=ahead)


def keys(of: ContractState, count: int) -> list[str]:
    """The next moments when each is acted on at once and nobody closes anything."""
    found = list[str]()
    for _ in range(count):
        moment = of.next_moment()
        if moment is None:
            return [*found, "-"]
        found.append(f"{moment.item.key} late" if moment.late else moment.item.key)
        if moment.late:
            of.late = (*of.late, moment.item.key)
        else:
            of.take(moment.item)
    return found


def test_the_earliest_comes_first_and_an_open_one_turns_late_at_its_due_instant() -> None:
    assert keys(state(KICKOFF, REPORT, END), 6) == ["kickoff", "kickoff late", "report", "report late", "end", "-"]


def test_an_item_waits_until_the_one_before_it_is_over() -> None:
    waiting = state(KICKOFF, TRAINING)
    assert keys(waiting, 3) == ["kickoff", "kickoff late", "training late"]
    waiting.close("kickoff")
    assert waiting.next_moment() == Moment(utc("2026-02-02 08:00"), TRAINING)


def test_while_suspended_only_money_windows_and_the_end_go_on() -> None:
    suspended = state(KICKOFF, REPORT, CHARGES, END, stage=ContractStage.SUSPENDED)
    assert keys(suspended, 3) == ["charges", "end", "-"]


def test_an_end_comes_after_all_else_of_its_instant() -> None:
    z_last = item("z-last", "2026-03-31 22:00", "2026-04-08 22:00", ItemKind.REPORT)
    assert keys(state(END, z_last), 2) == ["z-last", "end"]


def test_nothing_left_is_nothing() -> None:
    assert state().next_moment() is None
    assert state().next_due is None


def test_the_next_due_is_that_of_the_nearest_promise() -> None:
    assert state(REPORT, KICKOFF).next_due == utc("2026-02-16 00:00")


def test_closing_frees_what_is_open_and_is_harmless_twice() -> None:
    working = state(KICKOFF)
    working.take(KICKOFF)
    working.meetings = ("kickoff",)
    assert working.close("kickoff") == KICKOFF
    assert not working.open
    assert not working.meetings
    assert working.over == ("kickoff",)
    assert working.close("kickoff") is None
    assert working.over == ("kickoff",)
