"""One migrated database a test, and a way to open transactions on it."""

from collections.abc import AsyncIterator

import pytest

from storage.session import Sessions, open_engine, open_sessions


@pytest.fixture
async def sessions(database: str) -> AsyncIterator[Sessions]:
    engine = open_engine(database, pool_size=10)
    yield open_sessions(engine)
    await engine.dispose()
