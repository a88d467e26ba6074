"""The API of a test: `api` with Temporal and PostgreSQL, `whole` with a worker too, which a module's tests share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from runtime.temporal import Temporal
from settings import Settings
from tests.api.stack import Stack, serving, settings_for, working
from tests.smtp_catcher import SmtpCatcher


@pytest.fixture
async def api(database: str, dev_server: Temporal) -> AsyncIterator[Stack]:
    async with serving(settings_for(database, dev_server.port, 9)) as stack:
        yield stack


@pytest.fixture(scope="module")
def mails() -> Iterator[SmtpCatcher]:
    catcher = SmtpCatcher()
    yield catcher
    catcher.refuse_connections()


@pytest.fixture(scope="module")
def worked(module_database: str, dev_server: Temporal, mails: SmtpCatcher) -> Iterator[Settings]:
    """Settings whose task queue has a worker."""
    settings = settings_for(module_database, dev_server.port, mails.port)
    with working(settings):
        yield settings


@pytest.fixture
async def whole(worked: Settings) -> AsyncIterator[Stack]:
    async with serving(worked) as stack:
        yield stack
