"""The database: models, queries, sessions and migrations; the only SQL of the project."""
