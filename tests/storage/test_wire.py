"""Statements that go out in one packet: all of them or none, and the connection is as good as before."""

from collections.abc import AsyncIterator

import psycopg
import pytest

from storage.wire import MOST_PREPARED, Order, Wire


@pytest.fixture
async def wire(database: str) -> AsyncIterator[Wire]:
    driver = await psycopg.AsyncConnection.connect(database.replace("+psycopg", ""))
    wire = Wire(driver)
    yield wire
    await wire.close()


def customer(name: str) -> Order:
    return Order(b"INSERT INTO customers (id, name) VALUES ($1, $2)", (name.lower(), name))


NAMES = Order(b"SELECT name FROM customers ORDER BY name", ())


async def test_each_statement_sees_what_those_before_it_did(wire: Wire) -> None:
    assert await wire.transact([NAMES, customer("Acme"), customer("Globex"), NAMES]) == [[], [], [], ["Acme", "Globex"]]


@pytest.mark.parametrize("refused", [customer("Acme"), Order(b"SELECT nonsense", ()), customer("A" * 500)])
async def test_what_is_refused_takes_the_others_with_it_and_the_connection_goes_on(wire: Wire, refused: Order) -> None:
    for _ in range(2):
        with pytest.raises(psycopg.Error):
            await wire.transact([customer("Acme"), refused, customer("Globex")])
        assert wire.is_usable
    assert await wire.transact([NAMES, customer("Globex"), NAMES]) == [[], [], ["Globex"]]


async def test_a_value_that_cannot_be_sent_is_refused_before_anything_is(wire: Wire) -> None:
    with pytest.raises(psycopg.DataError, match="NUL"):
        await wire.transact([customer("Acme"), customer("Glo\0bex")])
    assert await wire.transact([NAMES]) == [[]]


async def test_behind_a_pooler_nobody_elses_statement_is_taken_for_ours(wire: Wire, database: str) -> None:
    async with await psycopg.AsyncConnection.connect(database.replace("+psycopg", "")) as driver:
        other = Wire(driver)
        await other.transact([Order(b"SELECT 'other'", ())])
        await wire.transact([customer("Acme")])
        other.driver = wire.driver  # what a pooler does between two transactions
        assert await other.transact([Order(b"SELECT 'another'", ()), NAMES]) == [["another"], ["Acme"]]
        with pytest.raises(psycopg.errors.InvalidSqlStatementName):
            await other.transact([Order(b"SELECT 'other'", ())])
        with pytest.raises(psycopg.errors.DuplicatePreparedStatement):
            await other.transact([NAMES, customer("Globex")])
        assert await other.transact([Order(b"SELECT 'other'", ()), NAMES]) == [["other"], ["Acme"]]


async def test_more_statements_than_are_kept_prepared_are_answered_too(wire: Wire) -> None:
    orders = [Order(b"SELECT $1::int + %d" % number, (1,)) for number in range(MOST_PREPARED + 2)]
    for _ in range(2):
        answers = await wire.transact(orders)
        assert (answers[0], answers[-1]) == (["1"], [str(MOST_PREPARED + 2)])


async def test_a_connection_that_the_server_has_closed_says_so_and_is_of_no_use(wire: Wire, database: str) -> None:
    async with await psycopg.AsyncConnection.connect(database.replace("+psycopg", ""), autocommit=True) as other:
        await other.execute("SELECT pg_terminate_backend(%s)", [wire.driver.info.backend_pid])
    with pytest.raises(psycopg.OperationalError):
        await wire.transact([NAMES])
    assert not wire.is_usable
