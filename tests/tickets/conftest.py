from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.smtp_catcher import SmtpCatcher
from tests.tickets.trial_desk import TrialDesk
from tests.workflows.trial import open_trial


@pytest.fixture
async def desk(database: str, smtp_catcher: SmtpCatcher) -> AsyncIterator[TrialDesk]:
    """A desk of one test; it is noon of Friday 30 January 2026 in UTC. Every history is replayed at the end."""
    async with open_trial(database, smtp_catcher, "2026-01-30 12:00") as opened:
        yield TrialDesk(opened)
