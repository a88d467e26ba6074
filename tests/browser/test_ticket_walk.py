"""A ticket's walk: reported by the form, answered from its page, solved, agreed on the customer's page, closed.

Every page that is open meanwhile sees it happen.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.api.desk import a_desk, act, reported
from tests.api.stack import Stack, a_member, new_id

PHONE: ViewportSize = {"width": 360, "height": 740}
LIVE_MS = 10_000


async def _open(context: BrowserContext, stack: Stack, path: str) -> Page:
    page = await context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"a script failed: {error}"))
    page.set_default_timeout(15_000)
    answer = await page.goto(stack.settings.base_url + path)
    assert answer
    assert answer.status == 200
    return page


async def _as_rosa(context: BrowserContext, stack: Stack) -> None:
    """The context's browser acts as Rosa Delgado."""
    await stack.post("/api/staff", a_member(staff_id := new_id("rosa"), name="Rosa Delgado"))
    page = await _open(context, stack, "/me")
    await page.locator(f'input[value="{staff_id}"]').check()
    await page.get_by_role("button", name="Act as this person").click()
    await page.close()


async def test_a_ticket_is_reported_answered_solved_agreed_and_closed(whole: Stack, browser: Browser) -> None:
    contract_id = await a_desk(whole)
    desk, customer = await browser.new_context(), await browser.new_context()
    await _as_rosa(desk, whole)
    queue = await _open(desk, whole, f"/tickets?contract={contract_id}")
    await expect(queue.locator(".live")).to_have_text("Live")

    theirs = await _open(customer, whole, f"/contracts/{contract_id}/report")
    await theirs.get_by_label("In a few words").fill("Silent sensors")
    await theirs.get_by_label("What happens").fill("The sensors of room 4 are silent.")
    await theirs.get_by_label("Files").set_input_files(
        {"name": "photo.png", "mimeType": "image/png", "buffer": b"\x89PNG"}
    )
    await theirs.get_by_role("radio", name="Major").check()
    await theirs.get_by_label("Name").fill("Lee Park")
    await theirs.get_by_label("E-mail").fill("lee@acme.test")
    await theirs.get_by_role("button", name="Send the report").click()
    await expect(theirs.get_by_role("status")).to_contain_text("Registered as ticket 1. First response is due")
    await expect(theirs.locator("#said")).to_contain_text("photo.png", timeout=LIVE_MS)

    row = queue.locator(f"#t-{contract_id}-1")
    await expect(row).to_contain_text("Silent sensors", timeout=LIVE_MS)
    await row.get_by_role("link").click()
    ticket = queue
    await ticket.get_by_role("button", name="Assign to me").click()
    await expect(ticket.get_by_role("status")).to_contain_text("Rosa Delgado has it now.")
    await ticket.get_by_label("Message").fill("We look at it.")
    await ticket.keyboard.press("Control+Enter")
    await expect(ticket.get_by_role("status")).to_contain_text("Answered; the customer is told.")
    await expect(ticket.locator("#clocks")).to_contain_text("Met, took")
    await expect(theirs.locator("#said")).to_contain_text("We look at it.", timeout=LIVE_MS)

    await ticket.get_by_role("radio", name="Solved").check()
    await ticket.get_by_label("Message").fill("The gateway was off; it is on again.")
    await ticket.get_by_role("button", name="Send").click()
    await expect(ticket.get_by_role("status")).to_contain_text("the customer is asked to agree")
    await expect(ticket.locator(".live")).to_have_text("Live")
    await expect(theirs.locator("#head")).to_contain_text("Do you agree?", timeout=LIVE_MS)
    await theirs.get_by_role("button", name="Yes, close it").click()
    await expect(theirs.get_by_role("status")).to_contain_text("Thank you. The ticket is closed.")
    await expect(ticket.locator("#head")).to_contain_text("Closed", timeout=LIVE_MS)
    head = (await whole.get(f"/api/tickets/{contract_id}/1"))["head"]
    assert (head["state"], head["closed_by"], head["owner_name"]) == ("closed", "Lee Park", "Rosa Delgado")
    for context in (desk, customer):
        await context.close()


async def test_what_is_half_written_stays_while_the_ticket_changes(whole: Stack, browser: Browser) -> None:
    contract_id = await a_desk(whole)
    number = await reported(whole, contract_id)
    context = await browser.new_context()
    page = await _open(context, whole, f"/tickets/{contract_id}/{number}")
    await expect(page.locator(".live")).to_have_text("Live")
    await page.get_by_role("radio", name="Note").check()
    words = page.get_by_label("Message")
    await words.press_sequentially("Ask the gate")
    await act(whole, contract_id, number, "hear", text="Room 5 too.", by="Lee Park")
    await expect(page.locator("#said")).to_contain_text("Room 5 too.", timeout=LIVE_MS)
    await page.keyboard.type("way team")
    await expect(words).to_have_value("Ask the gateway team")
    await expect(page.get_by_role("radio", name="Note")).to_be_checked()
    await context.close()


async def test_handing_a_ticket_on_asks_once_more(whole: Stack, browser: Browser) -> None:
    contract_id = await a_desk(whole)
    number = await reported(whole, contract_id)
    context = await browser.new_context()
    page = await _open(context, whole, f"/tickets/{contract_id}/{number}")
    await page.locator("#act-route summary").click()
    await page.locator("#act-route").get_by_label("Name").fill("Field Ltd")
    await page.locator("#act-route").get_by_role("button", name="Hand it on").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("cannot be taken back")
    await dialog.get_by_role("button", name="Hand it on").click()
    await expect(page.get_by_role("status")).to_contain_text("It is with Field Ltd now.")
    await context.close()


async def test_the_screens_of_tickets_fit_a_phone_and_name_their_fields(whole: Stack, browser: Browser) -> None:
    contract_id = await a_desk(whole, "ombori/pilot")
    number = await reported(whole, contract_id, subject="x" * 150)
    theirs = urlsplit((await whole.get(f"/api/tickets/{contract_id}/{number}"))["url"]).path
    context = await browser.new_context(viewport=PHONE, color_scheme="dark")
    for path in ("/tickets", f"/tickets/{contract_id}/{number}", f"/contracts/{contract_id}/report", theirs):
        page = await _open(context, whole, path)
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
        assert await page.locator("h1").count() == 1, path
        unnamed = await page.evaluate(
            "[...document.querySelectorAll('input:not([type=hidden]), select, textarea')]"
            ".filter((field) => !field.labels.length && !field.ariaLabel).map((field) => field.name)"
        )
        assert unnamed == [], path
        await page.close()
    await context.close()
