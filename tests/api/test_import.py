"""`pledge contracts import` and `pledge staff import`: what they check, tell and do, run as commands."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from api import importing
from api.sheets import Sheet
from plans.loader import load_catalogue
from tests.api.stack import ROOT, Stack, new_id, pledge

HEADER = "id,customer_id,customer_name,plan,starts,zone,country,contacts,currency"
TODAY = date(2026, 11, 22)


def _row(contract_id: str, plan: str = "oura/premium", starts: str = "2026-11-01", more: str = "") -> str:
    return f"{contract_id},acme,Acme,{plan},{starts},America/New_York,US,Lee Park <lee@acme.test>,USD{more}"


def _read(*lines: str) -> Sheet[importing.ContractRow]:
    return importing.read_contracts("\n".join(lines), load_catalogue(), TODAY)


def _told(*lines: str) -> list[tuple[int, str]]:
    return [(error.line, error.column) for error in _read(*lines).errors]


def test_the_examples_are_without_a_mistake_and_hold_all_twelve_packages() -> None:
    text = importing.read_text(ROOT / "examples" / "contracts.csv")
    sheet = importing.read_contracts(text, load_catalogue(), TODAY)
    assert sheet.errors == []
    assert {row.contract.plan.id for _, row in sheet.rows} == set(load_catalogue().plans)
    assert len({row.contract.customer_id for _, row in sheet.rows}) >= 8
    assert importing.read_staff(importing.read_text(ROOT / "examples" / "staff.csv")).errors == []


def test_a_start_may_be_told_from_today() -> None:
    days = [
        _read(HEADER, _row("acme", starts=text)).rows[0][1].contract.starts_on
        for text in ("today", "today-40d", "today+2w", "today-3m", "2026-01-31")
    ]
    assert days == [date(2026, 11, 22), date(2026, 10, 13), date(2026, 12, 6), date(2026, 8, 22), date(2026, 1, 31)]


def test_every_bad_row_is_told_with_its_line_and_column() -> None:
    assert _told(
        HEADER,
        _row("acme-1", plan="oura/gold"),
        _row("acme-2"),
        _row("Not An Id"),
        "",
        _row("acme-3", starts="yesterday"),
        _row("acme-4", starts=""),
        _row("acme-5", more=",surplus"),
    ) == [(2, "plan"), (4, "id"), (6, "starts"), (7, "starts"), (8, "")]


def test_a_row_is_told_whole() -> None:
    bad = "Acme!,acme,Acme,oura/gold,yesterday,Mars/Crater,US,Lee Park,dollars,many,1.5"
    assert _told(HEADER + ",users,devices", bad) == [
        (2, "contacts"), (2, "currency"), (2, "devices"), (2, "id"), (2, "plan"), (2, "starts"), (2, "users"),
        (2, "zone"),
    ]  # fmt: skip
    staff = importing.read_staff("id,name,email,zone,country,roles,daily_limit\nana,Ana,ana,Mars/Crater,US,csm,x")
    assert [(error.line, error.column) for error in staff.errors] == [(2, "daily_limit"), (2, "email"), (2, "zone")]


def test_what_is_no_csv_is_told_where_it_begins() -> None:
    open_quote = _read(HEADER, _row("acme-1"), 'acme-2,"acme,Acme', _row("acme-3"))
    assert [(error.line, error.column, error.reason) for error in open_quote.errors] == [
        (3, "", "a quote that is opened in this row is never closed")
    ]
    assert [row.contract.id for _, row in open_quote.rows] == ["acme-1"]
    long_cell = _read(HEADER, _row("x" * 131_073), _row("acme-2"))
    assert [(error.line, error.reason) for error in long_cell.errors] == [
        (2, "a cell holds more than 131072 signs; a quote that is never closed does that")
    ]
    ((line, reason),) = [(e.line, e.reason) for e in _read(HEADER, 'acme,acme,"Acme "Sleep" Lab",x').errors]
    assert line == 2
    assert reason.startswith("the quotes of this row do not fit: ")
    assert [error.line for error in _read('id,"plan', "a,b").errors] == [1]


def test_a_line_is_counted_where_its_row_begins() -> None:
    spread = 'acme-1,acme,"Acme\nSleep",oura/premium,today,America/New_York,US,Lee <lee@acme.test>,USD'
    assert _told(HEADER, spread, _row("acme-2", plan="x/y")) == [(2, "customer_name"), (4, "plan")]


def test_an_id_that_stands_twice_is_a_mistake_of_both_rows() -> None:
    sheet = _read(HEADER, _row("acme-1"), _row("acme-1"), _row("acme-2"))
    assert [(error.line, error.column) for error in sheet.errors] == [(2, "id"), (3, "id")]
    assert [row.contract.id for _, row in sheet.rows] == ["acme-2"]


def test_missing_and_unknown_columns_are_told_at_the_header() -> None:
    told = _told("id,plan,colour", "acme,oura/premium,red")
    assert (1, "colour") in told
    assert (1, "zone") in told
    assert (1, "id") not in told


def test_semicolons_between_cells_and_a_byte_order_mark_are_fine() -> None:
    sheet = _read("\ufeff" + HEADER.replace(",", ";"), _row("acme").replace(",", ";"))
    assert sheet.errors == []
    assert sheet.rows[0][1].contract.primary_contact.person.email == "lee@acme.test"


def test_contacts_money_and_cadences_are_read() -> None:
    header = HEADER + ",premises,user_tier_base,users,cadences"
    line = (
        "acme,acme,Acme,caret/support-24-7,today,America/New_York,US,"
        '"Lee Park <lee@acme.test> +1 555 0100; Ana Ruiz <ana@acme.test>",USD,,450.50,34,'
    )
    contract = _read(header, line).rows[0][1].contract
    assert [(c.person.name, c.person.phone, c.primary) for c in contract.contacts] == [
        ("Lee Park", "+1 555 0100", True),
        ("Ana Ruiz", "", False),
    ]
    assert (contract.prices.user_tier_base, contract.counts.users) == (45050, 34)
    weekly = _read(HEADER + ",cadences", _row("acme", plan="caret/tam", more=",case-scrub=weekly")).rows[0][1].contract
    assert weekly.cadences == (("case-scrub", "weekly"),)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "contracts.csv"


async def test_nothing_is_signed_while_a_row_is_wrong(api: Stack, file: Path) -> None:
    good, bad = new_id("acme"), new_id("acme")
    file.write_text("\n".join([HEADER, _row(good), _row(bad, plan="oura/gold")]))
    done = await pledge(api, "contracts", "import", str(file))
    assert done.returncode == 1
    assert f"{file}:3: plan: there is no plan 'oura/gold'" in done.stderr
    assert "nothing was imported" in done.stderr
    assert (await api.http.get(f"/api/contracts/{good}")).status_code == 404


async def test_partial_signs_the_good_rows_and_says_so(api: Stack, file: Path) -> None:
    good, bad = new_id("acme"), new_id("acme")
    file.write_text("\n".join([HEADER, _row(good), _row(bad, plan="oura/gold")]))
    done = await pledge(api, "contracts", "import", "--partial", str(file))
    assert done.returncode == 3
    assert "1 contract imported, 1 mistake" in done.stdout
    assert (await api.http.get(f"/api/contracts/{good}")).status_code == 200
    assert (await api.http.get(f"/api/contracts/{bad}")).status_code == 404


async def test_a_file_may_come_twice_and_other_content_is_told(api: Stack, file: Path) -> None:
    contract_id = new_id("acme")
    file.write_text("\n".join([HEADER, _row(contract_id, starts="today-40d")]))
    first = await pledge(api, "contracts", "import", str(file))
    assert (first.returncode, first.stdout) == (0, "1 contract imported\n"), first.stderr
    again = await pledge(api, "contracts", "import", str(file))
    assert (again.returncode, again.stdout) == (0, "0 contracts imported, 1 unchanged\n")
    file.write_text("\n".join([HEADER, _row(contract_id, starts="2026-01-31")]))
    other = await pledge(api, "contracts", "import", str(file))
    assert other.returncode == 1
    assert "signed already with other content: starts" in other.stderr


async def test_staff_are_added_and_brought_up_to_date(api: Stack, file: Path) -> None:
    header, line = "id,name,email,zone,country,roles", "maya,Maya,maya@pledge.test,Europe/Stockholm,SE,csm; tds"
    file.write_text(f"{header}\n{line}\n")
    assert (await pledge(api, "staff", "import", str(file))).stdout == "1 member imported\n"
    file.write_text(f"{header}\n{line.replace('Maya,', 'Maya Lindqvist,')}\n")
    assert (await pledge(api, "staff", "import", str(file))).stdout == "0 members imported, 1 changed\n"
    assert (await api.get("/api/staff/maya"))["roles"] == ["csm", "tds"]


async def test_a_file_that_is_not_there_is_one_line(api: Stack, tmp_path: Path) -> None:
    done = await pledge(api, "contracts", "import", str(tmp_path / "none.csv"))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "No such file" in done.stderr


async def test_contracts_are_listed(api: Stack) -> None:
    done = await pledge(api, "contracts", "list")
    assert done.returncode == 0
    assert "No contract" in done.stdout
