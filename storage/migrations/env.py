"""Alembic's way in. The connection (with its lock and transaction) is always that of `storage.migrate`."""

from alembic import context

from storage import desk_tables, endpoint_tables, fact_table, models, ticket_tables, views
from storage.base import Base

TABLES = (
    desk_tables,
    endpoint_tables,
    fact_table,
    models,
    ticket_tables,
    views,
)  # imported so that the metadata knows them

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
