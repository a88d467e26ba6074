"""The portfolio: the most urgent contract first, with literal rows."""

from datetime import date

import pytest

from domain.facts import Fact
from domain.happenings import Happening
from storage.facts import write_facts
from storage.queries.portfolio import Choices, NextItem, PortfolioFilter, PortfolioRow, choices, portfolio
from storage.session import Sessions
from tests.storage.story import ANNE, Teller, at, item, signed, slot

NOW = at("2026-03-01 12:00")
TITLES = {"csm": "Customer Success Manager", "tam": "Technical Account Manager"}


def contract(contract_id: str, role: str, staff_id: str, due: str | None, **changes: object) -> Teller:
    """A signed contract with one item ahead, due at an instant such as ``2026-03-05T05:00``."""
    story = Teller(contract_id)
    workflow_id = f"contract/{contract_id}"
    items = [item("kickoff", "onboarding", "Kick-off", "2026-02-01T05:00", due, due[:10])] if due else []
    story.tell(workflow_id, "2026-01-02 12:00", Happening.SIGNED, **signed(**changes))
    story.tell(workflow_id, "2026-01-02 12:00", Happening.AGENDA_SET, items=items, windows=[])
    person = {"staff_id": staff_id, "name": staff_id.title(), "email": f"{staff_id}@vendor.example", "by": "pledge"}
    filled = {"role": role, "role_title": TITLES[role], **person}
    story.tell(workflow_id, "2026-01-05 05:00", Happening.ROLE_ASSIGNED, role, **filled)
    story.tell(workflow_id, "2026-01-05 05:00", Happening.STARTED)
    return story


def six_contracts() -> list[Fact]:
    """Two late ones, one due soon, one due later, one with nothing ahead, one that is over."""
    globex = {"customer_id": "globex", "customer": "Globex 100%"}
    caret = {"vendor": "caret", "vendor_name": "Caret", "plan": "caret/tam", "plan_name": "TAM"}
    soon = contract("soon", "csm", "anne", "2026-03-05T05:00")
    soon.tell(
        "meeting/soon/kickoff",
        "2026-02-01 05:00",
        Happening.MEETING_BOOKED,
        "kickoff",
        **slot("2026-03-04T15:00", "2026-03-04T16:00", 0, ANNE),
    )
    task = {"task": "call", "title": "Call them", "detail": "", "staff_id": "anne", "due": "2026-03-01T00:00:00+00:00"}
    soon.tell("contract/soon", "2026-02-01 05:00", Happening.TASK_OPENED, **task)
    over = contract("over", "csm", "anne", "2026-03-06T05:00")
    over.tell("contract/over", "2026-02-01 05:00", Happening.TERMINATED, reason="closed", by="anne")
    stories = [
        contract("later", "tam", "berta", "2026-06-01T05:00", **globex, **caret, granted_minutes=0),
        contract("late", "csm", "berta", "2026-02-27T05:00", **globex),
        soon,
        over,
        contract("longest-late", "csm", "anne", "2026-02-20T05:00"),
        contract("idle", "csm", "anne", None),
    ]
    return [fact for story in stories for fact in story.facts]


@pytest.fixture
async def six(sessions: Sessions) -> Sessions:
    async with sessions.begin() as session:
        await write_facts(session, six_contracts())
    return sessions


async def test_late_comes_first_then_what_is_due_soonest_then_nothing_ahead(six: Sessions) -> None:
    async with six() as session:
        page = await portfolio(session, NOW)
    assert [(row.contract_id, row.next.late if row.next else None) for row in page.items] == [
        ("longest-late", True),
        ("late", True),
        ("soon", False),
        ("later", False),
        ("idle", None),
    ]
    assert page.total == 5


async def test_a_row_says_what_is_next_and_under_which_clause(six: Sessions) -> None:
    async with six() as session:
        page = await portfolio(session, NOW, limit=1, offset=2)
    assert page.items == (
        PortfolioRow(
            contract_id="soon",
            customer_id="acme",
            customer="Acme Ltd",
            vendor="oura",
            vendor_name="Oura",
            plan="oura/launch-kit",
            plan_name="Launch Kit",
            stage="onboarding",
            csm_id="anne",
            csm_name="Anne",
            ends_on=date(2027, 1, 4),
            zone="America/New_York",
            next=NextItem(
                key="kickoff",
                kind="onboarding",
                title="Kick-off",
                clause="oura-10",
                due=at("2026-03-05 05:00"),
                day=date(2026, 3, 5),
                status="booked",
                late=False,
                start=at("2026-03-04 15:00"),
            ),
            open_tasks=1,
            hours_granted=240,
            hours_left=240,
        ),
    )
    assert page.total == 5


FILTERS = [
    (PortfolioFilter(csm="berta"), ["late", "later"]),
    (PortfolioFilter(vendor="caret"), ["later"]),
    (PortfolioFilter(stage="terminated"), ["over"]),
    (PortfolioFilter(stage="active"), ["idle"]),
    (PortfolioFilter(customer="gLOBEX"), ["late", "later"]),
    (PortfolioFilter(customer="100%"), ["late", "later"]),
    (PortfolioFilter(customer="1%0"), []),
    (PortfolioFilter(late=True), ["longest-late", "late"]),
    (PortfolioFilter(csm="anne", over=True), ["longest-late", "soon", "idle", "over"]),
    (PortfolioFilter(csm="berta", customer="acme"), []),
]


async def test_filters(six: Sessions) -> None:
    async with six() as session:
        pages = [(wanted, await portfolio(session, NOW, wanted)) for wanted, _ in FILTERS]
    assert [(wanted, [row.contract_id for row in page.items]) for wanted, page in pages] == FILTERS
    assert [page.total for _, page in pages] == [2, 1, 1, 1, 2, 2, 0, 2, 4, 0]


async def test_a_suspended_contract_is_not_late(six: Sessions) -> None:
    facts = six_contracts()
    suspended = contract("late", "csm", "berta", "2026-02-27T05:00", customer_id="globex", customer="Globex 100%")
    suspended.tell("contract/late", "2026-02-01 05:00", Happening.SUSPENDED, reason="unpaid", by="anne")
    async with six.begin() as session:
        await write_facts(session, suspended.facts)
        page = await portfolio(session, NOW, PortfolioFilter(csm="berta"))
    assert [(row.contract_id, row.stage, row.next and row.next.late) for row in page.items] == [
        ("late", "suspended", False),
        ("later", "onboarding", False),
    ]
    assert len(facts) == 27


async def test_the_filters_can_be_set_to_what_there_is(six: Sessions) -> None:
    async with six() as session:
        assert await choices(session) == Choices(
            csms=(("anne", "Anne"), ("berta", "Berta")), vendors=(("caret", "Caret"), ("oura", "Oura"))
        )


async def test_a_page_is_never_boundless(six: Sessions) -> None:
    async with six() as session:
        page = await portfolio(session, NOW, limit=1_000_000, offset=-5)
        assert (page.limit, page.offset, len(page.items)) == (500, 0, 5)
