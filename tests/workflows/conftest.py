from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.smtp_catcher import SmtpCatcher
from tests.workflows.trial import Trial, open_trial


@pytest.fixture
async def trial(database: str, smtp_catcher: SmtpCatcher) -> AsyncIterator[Trial]:
    """A world of one test; it is noon of Friday 30 January 2026 in UTC."""
    async with open_trial(database, smtp_catcher, "2026-01-30 12:00") as opened:
        yield opened
