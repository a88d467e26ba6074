from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from storage.session import Sessions, open_engine, open_sessions


@pytest.fixture
async def sessions(database: str) -> AsyncIterator[Sessions]:
    engine = open_engine(database)
    yield open_sessions(engine)
    await engine.dispose()
