"""A database that is away for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

HANG_UP = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"


@contextmanager
def database_away(url: str) -> Iterator[None]:
    """Its connections are cut, and nobody finds it until the end of the block."""
    name = url.rpartition("/")[2]
    server = url.replace("+psycopg", "").rpartition("/")[0] + "/postgres"
    with psycopg.connect(server, autocommit=True) as administration:
        administration.execute(HANG_UP, (name,))
        administration.execute(f"ALTER DATABASE {name} RENAME TO {name}_away".encode())
        try:
            yield
        finally:
            administration.execute(f"ALTER DATABASE {name}_away RENAME TO {name}".encode())
