"""The dates that were worked out by hand bind the catalogue's own packages too."""

from domain.agenda_build import build_agenda
from domain.hours import opened
from plans.loader import load_catalogue
from tests.domain.packages import PLANS, US_HOLIDAYS, contract, days


def test_the_catalogues_packages_have_the_dates_and_hours_of_those_written_here() -> None:
    catalogue = load_catalogue().plans
    assert set(catalogue) == set(PLANS)
    for name, plan in catalogue.items():
        by_hand = build_agenda(contract(PLANS[name]), US_HOLIDAYS)
        made = build_agenda(contract(plan), US_HOLIDAYS)
        assert days(made) == days(by_hand)
        assert [(i.at, i.due, i.clause) for i in made.items] == [(i.at, i.due, i.clause) for i in by_hand.items]
        assert opened(plan) == opened(PLANS[name])
