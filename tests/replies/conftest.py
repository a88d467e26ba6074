from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.replies.post import PostOffice, open_post_office
from tests.smtp_catcher import SmtpCatcher
from tests.workflows.trial import Trial, open_trial


@pytest.fixture
async def trial(database: str, smtp_catcher: SmtpCatcher) -> AsyncIterator[Trial]:
    async with open_trial(database, smtp_catcher, "2026-01-30 12:00") as opened:
        yield opened


@pytest.fixture
async def post(trial: Trial) -> AsyncIterator[PostOffice]:
    """A booked kick-off, and the listener for its answers; it is noon of Monday 2 February 2026 in UTC."""
    async with open_post_office(trial) as office:
        yield office
