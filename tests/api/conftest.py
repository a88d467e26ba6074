"""The API of a test: `api` with Temporal and PostgreSQL, `house` with the worker too."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from runtime.temporal import Temporal
from tests.api.stack import Stack, serving, settings_for, working
from tests.smtp_catcher import SmtpCatcher


@pytest.fixture
async def api(database: str, dev_server: Temporal, smtp_catcher: SmtpCatcher) -> AsyncIterator[Stack]:
    async with serving(settings_for(database, dev_server.port, smtp_catcher.port)) as stack:
        yield stack


@pytest.fixture
async def whole(api: Stack) -> AsyncIterator[Stack]:
    """With the real worker."""
    async with working(api.settings):
        yield api
