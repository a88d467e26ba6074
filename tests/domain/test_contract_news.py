"""What a ticket has to hear that knew how its contract stood, and whose agreement closes it."""

from __future__ import annotations

import pytest

from domain.contract import Contact, Person
from domain.contract_news import ContractNews, People, Standing

ADA, BO, CY = (Person(name.title(), f"{name}@acme.example") for name in ("ada", "bo", "cy"))
CONTACTS = (
    Contact(BO, representative_of=("Lund",)),
    Contact(ADA, primary=True, representative_of=("Head office", "Lund")),
    Contact(CY, representative_of=("",)),
)


def standing(suspended: bool = False, over: bool = False, plan: str = "x/gold", version: int = 1) -> Standing:
    return Standing(suspended, over, plan, version)


@pytest.mark.parametrize(
    ("before", "now", "news"),
    [
        (standing(), standing(), ()),
        (standing(), standing(suspended=True), (ContractNews.SUSPENDED,)),
        (standing(suspended=True), standing(), (ContractNews.RESUMED,)),
        (standing(), standing(version=2), (ContractNews.AMENDED,)),
        (standing(suspended=True), standing(plan="x/iron"), (ContractNews.AMENDED, ContractNews.RESUMED)),
        (standing(suspended=True), standing(over=True, plan="x/iron"), (ContractNews.OVER,)),
        (standing(over=True), standing(over=True, version=2), ()),
    ],
)
def test_a_ticket_hears_what_is_otherwise_and_of_the_end_alone(
    before: Standing, now: Standing, news: tuple[ContractNews, ...]
) -> None:
    assert now.news_since(before) == news


def test_the_representatives_of_the_premises_agree_where_the_plan_has_them() -> None:
    people = People(CONTACTS, None, by_representatives=True)
    assert people.agreeing(ADA, "lund") == (BO, ADA, CY)
    assert people.agreeing(BO, "Head office") == (ADA, CY)


def test_else_whoever_reported_it_agrees_or_the_primary_contact_for_one_without_an_address() -> None:
    people = People(CONTACTS, None, by_representatives=False)
    assert people.agreeing(CY, "Lund") == (CY,)
    assert people.agreeing(Person("A voice", ""), "Lund") == (ADA,)
