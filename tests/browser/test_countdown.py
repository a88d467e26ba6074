"""The script that counts the open time down, with a clock that the test turns. 27 November 2026 is a Friday."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from playwright.async_api import Browser, Page, expect

from api.pages.render import STATIC

SCRIPT = (STATIC / "countdown.js").read_text()


def _epoch(text: str) -> int:
    return int(datetime.fromisoformat(f"2026-{text}:00+00:00").timestamp())


async def _page(browser: Browser, now: str, given: Mapping[str, object], attribute: str = "") -> Page:
    """A page with one countdown at that instant, on a browser whose own clock is an hour wrong."""
    page = await browser.new_page()
    await page.clock.install(time=datetime.fromtimestamp(_epoch(now) + 3600, UTC))
    data = " ".join(f'data-{name}="{value}"' for name, value in {**given, "at": _epoch(now)}.items())
    await page.set_content(f'<p><span class="countdown" {data} {attribute}><span class="due">?</span></span></p>')
    await page.add_script_tag(content=SCRIPT)
    return page


FRIDAY = {
    "left": 100, "total": 7200, "zone": "Europe/Stockholm",
    "starts": f"{_epoch('11-27T07:00')} {_epoch('11-30T07:00')}",
    "ends": f"{_epoch('11-27T17:00')} {_epoch('11-30T17:00')}",
}  # fmt: skip


async def test_time_runs_down_while_the_desk_is_open_and_waits_while_it_is_closed(browser: Browser) -> None:
    page = await _page(browser, "11-27T16:59", FRIDAY)
    count = page.locator(".countdown")
    await expect(count.locator(".due")).to_have_text("1 min 40 s left")
    await expect(count).to_have_class("countdown soon")
    await page.clock.run_for(30_000)
    await expect(count.locator(".due")).to_have_text("1 min 10 s left")
    await page.clock.run_for(90_000)  # of which half a minute is open
    await expect(count.locator(".due")).to_have_text("40 s left")
    await expect(count.locator(".shut")).to_have_text("desk closed, counts again Mon 08:00")
    await page.close()


async def test_time_that_has_run_out_is_late_and_counts_what_is_over(browser: Browser) -> None:
    page = await _page(browser, "11-27T10:00", {**FRIDAY, "left": 1})
    await page.clock.run_for(5 * 60_000 + 1_000)
    await expect(page.locator(".due")).to_have_text("5 min over")
    await expect(page.locator(".countdown")).to_have_class("countdown late")
    await page.close()


async def test_an_objective_is_called_one(browser: Browser) -> None:
    page = await _page(browser, "11-27T10:00", {**FRIDAY, "left": 3601}, "data-objective")
    await expect(page.locator(".due")).to_have_text("objective in 1 h")
    await page.clock.run_for(2 * 3600_000 + 2_000)
    await expect(page.locator(".due")).to_have_text("objective missed by 1 h")
    await page.close()
