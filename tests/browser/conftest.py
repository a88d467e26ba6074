"""A headless Chromium on the whole system: API, worker, PostgreSQL, Temporal, mail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from tests.api.conftest import mails, worked  # noqa: F401 -- fixtures
from tests.api.stack import Stack, serving

CHROMIUM = Path("/usr/bin/chromium")
# No sandbox: tests run as root in containers. The others keep it from talking to anybody but us.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture
async def whole(worked: object) -> AsyncIterator[Stack]:  # noqa: F811
    from settings import Settings

    assert isinstance(worked, Settings)
    async with serving(worked) as stack:
        yield stack


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        await chromium.close()
