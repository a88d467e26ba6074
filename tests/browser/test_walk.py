"""A CSM's walk: from the portfolio to a contract, an outcome recorded, and another open page that sees it happen."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.api.stack import Stack, a_member, an_order, kicked_off, new_id

PHONE: ViewportSize = {"width": 360, "height": 740}
LIVE_MS = 10_000


async def _begun(stack: Stack, contract_id: str, key: str) -> None:
    """The meeting's slot has begun: it is moved to two seconds from now, which are waited for."""
    start = datetime.now(UTC) + timedelta(seconds=2)
    move = {"start": start.isoformat(), "outside_hours": True}  # today may be a holiday
    answer = await stack.post(f"/api/meetings/{contract_id}/{key}/reschedule", move)
    assert answer.status_code == 200, answer.text
    await asyncio.sleep((start - datetime.now(UTC)).total_seconds() + 0.1)


async def _open(context: BrowserContext, stack: Stack, path: str) -> Page:
    page = await context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"a script failed: {error}"))
    page.set_default_timeout(15_000)
    answer = await page.goto(stack.settings.base_url + path)
    assert answer
    assert answer.status == 200
    return page


async def test_an_outcome_is_recorded_and_another_open_page_changes(whole: Stack, browser: Browser) -> None:
    contract_id = await kicked_off(whole)
    await _begun(whole, contract_id, "kickoff")
    context = await browser.new_context()
    watching = await _open(context, whole, f"/contracts/{contract_id}")
    await expect(watching.locator(".live")).to_have_text("Live")

    page = await _open(context, whole, "/?customer=Acme")
    await page.get_by_role("link", name="Acme Sleep Lab").first.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Acme Sleep Lab")
    meeting = page.locator("#meeting-kickoff")
    summary = meeting.get_by_text("Record the outcome")
    if not await page.locator("#outcome-kickoff").get_attribute("open"):
        await summary.click()
    await meeting.get_by_label("Minutes it took").fill("45")
    await meeting.get_by_label("Notes").fill("They want ring sizes first.")
    await meeting.get_by_role("button", name="Record").click()

    await expect(page.get_by_role("status")).to_contain_text("held")
    await expect(watching.locator("#hours")).to_contain_text("Used 45 min", timeout=LIVE_MS)
    await expect(watching.locator("#facts")).to_contain_text("Kick Off Meeting held, 45 min", timeout=LIVE_MS)
    hours = (await whole.get(f"/api/contracts/{contract_id}/hours"))["hours"]
    assert hours["used"] == 45
    await context.close()


async def test_a_live_change_keeps_focus_typed_words_and_open_parts(whole: Stack, browser: Browser) -> None:
    contract_id = await kicked_off(whole)
    context = await browser.new_context()
    page = await _open(context, whole, f"/contracts/{contract_id}")
    await expect(page.locator(".live")).to_have_text("Live")
    await page.locator("#agenda-ahead summary").click()
    await page.locator("#move-kickoff summary").click()
    field = page.locator("#move-kickoff-reason")
    await field.press_sequentially("The host is tr")
    body = {"users": 42, "by": "Somebody else"}
    assert (await whole.post(f"/api/contracts/{contract_id}/record-count", body)).status_code == 200
    await expect(page.locator("#head")).to_contain_text("42 users", timeout=LIVE_MS)
    await page.keyboard.type("avelling")
    await expect(field).to_have_value("The host is travelling")
    await expect(field).to_be_focused()
    await expect(page.locator("#agenda-ahead")).to_have_attribute("open", "")
    await context.close()


async def test_a_live_change_keeps_a_form_that_was_refused(whole: Stack, browser: Browser) -> None:
    contract_id = await kicked_off(whole)
    context = await browser.new_context()
    page = await _open(context, whole, f"/contracts/{contract_id}")
    await page.locator("#move-kickoff summary").click()
    await page.locator("#move-kickoff-start").fill("2020-01-01T09:00")
    await page.locator("#move-kickoff").get_by_role("button", name="Move it").click()
    refusal = page.locator("#move-kickoff [data-refused]")
    await expect(refusal).to_contain_text("time that lies ahead")
    await expect(page.locator(".live")).to_have_text("Live")
    body = {"users": 43, "by": "Somebody else"}
    assert (await whole.post(f"/api/contracts/{contract_id}/record-count", body)).status_code == 200
    await expect(page.locator("#head")).to_contain_text("43 users", timeout=LIVE_MS)
    await expect(refusal).to_be_visible()
    await expect(page.locator("#move-kickoff-start")).to_have_value("2020-01-01T09:00")
    await context.close()


async def test_every_page_fits_a_phone_and_none_reports_an_error(whole: Stack, browser: Browser) -> None:
    contract_id = await kicked_off(whole)
    context = await browser.new_context(viewport=PHONE, color_scheme="dark")
    said: list[str] = []
    for path in (
        "/", f"/contracts/{contract_id}", f"/contracts/{contract_id}/terminate", "/contracts/new", "/plans",
        "/plans/caret/premium-support", "/desk", "/docs", "/me",
    ):  # fmt: skip
        page = await context.new_page()
        page.on("console", lambda message: said.append(message.text))
        await page.goto(whole.settings.base_url + path)
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"], f"{path} is {width} pixels wide"
        assert await page.locator("h1").count() == 1, path
        await page.close()
    assert said == []
    await context.close()


async def test_a_swap_is_made_by_keyboard_on_a_phone_and_taken_back(whole: Stack, browser: Browser) -> None:
    maya, key = new_id("maya"), new_id("line")
    await whole.post("/api/staff", a_member(maya))
    rotation = {"name": "Line", "members": [maya], "first_day": "2026-01-05", "zone": "Europe/Stockholm"}
    assert (await whole.http.put(f"/api/rotations/{key}", json=rotation)).status_code == 201
    context = await browser.new_context(viewport=PHONE)
    page = await _open(context, whole, "/desk")
    card = page.locator(f"#r-{key}")
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await expect(card.locator(".week .now")).to_have_count(1)
    await card.get_by_text("Swap", exact=True).focus()
    await page.keyboard.press("Enter")
    await card.get_by_label("Who stands in").select_option(maya)
    await card.get_by_label("Reason").press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("stands in from")
    await expect(card.locator("rect.swap").first).to_be_visible()
    await card.get_by_role("button", name="Take back").press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("taken back")
    await expect(card.locator("rect.swap")).to_have_count(0)
    await context.close()


async def test_cancelling_asks_once_more_and_says_that_it_cannot_be_undone(whole: Stack, browser: Browser) -> None:
    contract_id = await kicked_off(whole)
    context = await browser.new_context()
    page = await _open(context, whole, f"/contracts/{contract_id}")
    await page.locator("#cancel-kickoff summary").click()
    await page.locator("#cancel-kickoff input[name=reason]").fill("not needed")
    await page.get_by_role("button", name="Cancel the meeting").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("cannot be taken back")
    await dialog.get_by_role("button", name="Keep it").click()
    await expect(dialog).to_have_count(0)
    assert (await whole.get(f"/api/meetings/{contract_id}/kickoff"))["status"] == "invited"
    await page.locator("#cancel-kickoff").get_by_role("button", name="Cancel the meeting").click()
    await page.get_by_role("dialog").get_by_role("button", name="Cancel the meeting").click()
    await expect(page.get_by_role("status")).to_contain_text("cancelled")
    await context.close()


async def test_without_scripts_a_form_that_is_wrong_comes_back_as_it_was_typed(whole: Stack, browser: Browser) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await _open(context, whole, "/contracts/new?plan=oura%2Fpremium")
    contract_id = new_id("acme")
    order = an_order(contract_id)
    await page.get_by_label("Customer", exact=True).fill(order["customer_name"])
    await page.get_by_label("Contract id").fill(contract_id)
    await page.get_by_label("Contact", exact=True).fill("Lee Park")
    await page.get_by_label("Their e-mail").fill("lee@acme.test")
    await page.get_by_label("Time zone").fill("Mars/Phobos")
    await page.get_by_label("Country").fill("US")
    await page.get_by_role("button", name="Sign").click()
    await expect(page.get_by_label("Time zone")).to_have_value("Mars/Phobos")
    await expect(page.get_by_label("Time zone")).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_text("Expected the name of an IANA time zone")).to_be_visible()
    await page.get_by_label("Time zone").fill("America/New_York")
    await page.get_by_role("button", name="Sign").click()
    await expect(page).to_have_url(f"{whole.settings.base_url}/contracts/{contract_id}")
    await context.close()


async def test_the_keyboard_reaches_the_content_first(whole: Stack, browser: Browser) -> None:
    context = await browser.new_context()
    page = await _open(context, whole, "/")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.closest('main') !== null")
    await context.close()
