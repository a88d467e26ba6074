"""Migrations: up from nothing, again, by two at once, and the models say what they made."""

import asyncio

import pytest
from sqlalchemy import create_engine, inspect, text

from storage.migrate import check, upgrade, upgrade_now
from storage.session import driver_url


def tables(url: str) -> set[str]:
    engine = create_engine(driver_url(url))
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()


async def test_two_processes_may_migrate_an_empty_database_at_once_and_again(empty_database: str) -> None:
    await asyncio.gather(upgrade(empty_database), upgrade(empty_database))
    await upgrade(empty_database)
    assert tables(empty_database) == {
        "agenda_view", "alembic_version", "assignments", "attachments", "attendee_view", "bookings",
        "channel_downtimes", "charge_view", "closed_days", "contact_view", "contract_view", "contracts", "customers",
        "designated_view", "endpoints", "facts", "feed_tokens", "hours_lines", "hours_view", "idempotency_keys",
        "inbox", "meeting_view", "messages", "outage_view", "overage_view", "role_view", "rotation_overrides",
        "rotations", "staff", "task_view", "ticket_clock_view", "ticket_coverage_view", "ticket_entry_view",
        "ticket_mails", "ticket_view", "tickets", "webhook_deliveries", "window_view", "workers",
    }  # fmt: skip


def test_the_models_say_what_the_migrations_made(database: str) -> None:
    check(database)


def test_a_column_that_no_migration_made_is_noticed(database: str) -> None:
    engine = create_engine(driver_url(database))
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE customers ADD COLUMN forgotten text"))
    engine.dispose()
    with pytest.raises(Exception, match="forgotten"):
        check(database)


def test_a_database_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="PostgreSQL"):
        upgrade_now("sqlite:///pledge.db")
