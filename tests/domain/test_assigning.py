"""Who fills a role."""

from domain.assigning import Candidate, choose
from domain.plan import Role

ANA = Candidate("ana", (Role.CSM, Role.TAM), 3, "oura")
BEN = Candidate("ben", (Role.CSM,), 2, "oura")
CEM = Candidate("cem", (Role.CSM,), 2)
DEE = Candidate("dee", (Role.TAM,), 0, "caret")


def test_the_qualified_person_with_the_least_to_do_is_chosen() -> None:
    assert choose(Role.CSM, (ANA, BEN)) is BEN
    assert choose(Role.TAM, (ANA, BEN, DEE)) is DEE


def test_among_equals_the_staff_id_decides_in_whatever_order_they_come() -> None:
    assert choose(Role.CSM, (CEM, BEN)) is BEN
    assert choose(Role.CSM, (BEN, CEM)) is BEN


def test_only_people_of_the_vendor_or_of_all_vendors_are_chosen() -> None:
    assert choose(Role.TAM, (ANA, DEE), "oura") is ANA
    assert choose(Role.CSM, (ANA, BEN, CEM), "caret") is CEM


def test_nobody_is_chosen_where_nobody_is_qualified() -> None:
    assert choose(Role.SUPPORT_LEAD, (ANA, BEN, CEM, DEE)) is None
    assert choose(Role.TAM, (), "oura") is None
