"""The form of a report, and the customer's own page of a ticket, as plain HTTP with the real worker behind."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.api.desk import LEE, a_desk, act, reported, their_page
from tests.api.stack import Stack, a_member, new_id


async def _report(stack: Stack, contract_id: str, files: Any = None, **fields: Any) -> httpx.Response:
    data = {"_key": secrets.token_hex(12), **LEE, "description": "Room 4 is silent.", **fields}
    return await stack.http.post(f"/contracts/{contract_id}/report", data=data, files=files)


async def _page(stack: Stack, path: str) -> str:
    answer = await stack.http.get(path)
    assert answer.status_code == 200, answer.text
    return " ".join(answer.text.split())


def _said(answer: httpx.Response) -> str:
    return " ".join(answer.text.split())


async def test_the_form_asks_for_what_the_plan_wants_and_says_when_the_desk_opens(whole: Stack) -> None:
    contract_id = await a_desk(whole)
    html = await _page(whole, f"/contracts/{contract_id}/report")
    assert "<b>The desk is open</b>" in html  # around the clock
    assert "The business stands still" in html
    assert "First answer within 30 min, news every 1 h" in html
    assert 'name="device"' in html
    assert 'name="kind"' not in html
    assert 'name="way"' not in html
    assert '<nav aria-label="Main">' not in html
    assert (await whole.http.get("/contracts/nowhere/report")).status_code == 404


async def test_a_desk_that_is_closed_says_when_it_opens(whole: Stack) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    contract_id = await a_desk(
        whole, "caret/tam", business_hours=f"{tomorrow:%a} 09:00-10:00".lower(), zone="UTC", prices={"currency": "USD"}
    )
    html = await _page(whole, f"/contracts/{contract_id}/report")
    assert re.search(rf"The desk opens <time [^>]*>{tomorrow:%a} {tomorrow.day} {tomorrow:%b}, 09:00</time>", html)
    assert "You can report at any hour; the time that is promised counts from the opening." in html


async def test_a_report_leads_its_reporter_to_their_own_page_with_number_and_promise(whole: Stack) -> None:
    contract_id = await a_desk(whole)
    files = {"attachments": ("photo.png", b"\x89PNG", "image/png")}
    answer = await _report(whole, contract_id, files, subject="Silent sensors", level="l2", device="gw-1")
    assert answer.status_code == 303, answer.text
    path = answer.headers["Location"]
    assert path.startswith("/t/")
    page = _said(await whole.http.get(path))
    assert re.search(r"Registered as ticket 1\. First response is due \w{3} \d+ \w{3}, \d\d:\d\d \(New York\)\.", page)
    ticket = await whole.until(f"/api/tickets/{contract_id}/1", lambda ticket: ticket["head"] is not None)
    assert (ticket["head"]["door"], ticket["head"]["level"], ticket["head"]["device"]) == ("form", "l2", "gw-1")
    assert [file["name"] for file in ticket["conversation"][0]["attachments"]] == ["photo.png"]


async def test_a_report_that_is_sent_twice_is_one_ticket(whole: Stack) -> None:
    contract_id = await a_desk(whole)
    key = secrets.token_hex(12)
    first, second = [await _report(whole, contract_id, _key=key) for _ in range(2)]
    assert first.headers["Location"] == second.headers["Location"]
    assert (await whole.get("/api/tickets", contract=contract_id))["total"] == 1


async def test_a_text_is_never_swallowed_by_a_form_that_was_sent_before_with_another_one(whole: Stack) -> None:
    contract_id = await a_desk(whole)
    key = secrets.token_hex(12)
    first = await _report(whole, contract_id, _key=key)
    longer = await _report(whole, contract_id, _key=key, description="Room 4 is silent. Room 5 too.")
    assert (first.status_code, longer.status_code) == (303, 422)
    assert "This form was sent before with another text. Look whether that one has arrived" in _said(longer)
    assert "Room 4 is silent. Room 5 too.</textarea>" in longer.text
    assert (await whole.get("/api/tickets", contract=contract_id))["total"] == 1

    path = first.headers["Location"]
    sent = {"_key": key, "email": "lee@acme.test", "text": "Still silent."}
    for _ in range(2):
        assert (await whole.http.post(f"{path}/write", data=sent)).status_code == 303
    answer = await whole.http.post(f"{path}/write", data={**sent, "text": "Still silent. Room 6 too."})
    assert answer.status_code == 422
    form = answer.text.split(f'action="{path}/write"')[1].split("</form>")[0]
    assert "Still silent. Room 6 too.</textarea>" in form
    fresh = re.findall(r'name="_key" value="([^"]+)"', form)[0]
    assert fresh != key
    sent = {**sent, "_key": fresh, "text": "Still silent. Room 6 too."}
    assert (await whole.http.post(f"{path}/write", data=sent)).status_code == 303

    staff = f"/tickets/{contract_id}/1/write"
    assert (await whole.http.post(staff, data={"_key": key, "as": "reply", "text": "We look."})).status_code == 303
    answer = await whole.http.post(staff, data={"_key": key, "as": "reply", "text": "We look at it."})
    assert answer.status_code == 422
    assert "We look at it.</textarea>" in answer.text
    entries = (await whole.get(f"/api/tickets/{contract_id}/1"))["conversation"]
    assert [entry["text"] for entry in entries] == [
        "Room 4 is silent.", "Still silent.", "Still silent. Room 6 too.", "We look.",
    ]  # fmt: skip


async def test_staff_write_down_what_came_by_phone_or_chat(whole: Stack) -> None:
    contract_id = await a_desk(whole)
    await whole.post("/api/staff", a_member(staff_id := new_id("rosa"), name="Rosa Delgado"))
    await whole.http.post("/me", data={"staff_id": staff_id})
    html = await _page(whole, f"/contracts/{contract_id}/report")
    ways = re.findall(r'<option value="(\w+\|[^"]*)"', html)
    assert ways == ["form|", "phone|phone", "chat|chat", "phone|escalation phone"]
    assert '<nav aria-label="Main">' in html
    answer = await _report(whole, contract_id, way="phone|escalation phone", email="", level="l1")
    assert answer.headers["Location"] == f"/tickets/{contract_id}/1"
    ticket = await whole.until(f"/api/tickets/{contract_id}/1", lambda ticket: ticket["head"] is not None)
    assert (ticket["head"]["door"], ticket["head"]["channel"]) == ("phone", "escalation phone")
    assert "written down by Rosa Delgado" in await _page(whole, f"/tickets/{contract_id}/1")


async def test_what_is_missing_comes_back_in_the_form_and_registers_nothing(whole: Stack) -> None:
    contract_id = await a_desk(whole)
    answer = await _report(whole, contract_id, description="", email="lee@acme", subject="Silent sensors")
    assert answer.status_code == 422
    assert 'value="Silent sensors"' in answer.text
    assert "Say what is wrong or needed" in answer.text
    assert "Expected an e-mail address such as lee@acme.test" in answer.text
    assert (await whole.get("/api/tickets", contract=contract_id, shown="all"))["total"] == 0


async def test_a_refusal_gives_every_reason_and_keeps_all_that_was_written(whole: Stack) -> None:
    contract_id = await a_desk(whole, "oura/premium", prices={"currency": "USD"})
    html = await _page(whole, f"/contracts/{contract_id}/report")
    assert "Returns and exchanges are possible within 30 days of it (oura-19)." in html
    files = {"attachments": ("receipt.txt", b"paid", "text/plain")}
    day = (datetime.now(UTC) - timedelta(days=40)).date()
    answer = await _report(whole, contract_id, files, kind="return", receipt_day=day.isoformat(), subject="Too small")
    assert answer.status_code == 409
    said = _said(answer)
    assert f"a return is possible within 30 days of your receipt of the original order, {day}" in said
    assert '<abbr class="clause" title="oura-19: ' in said
    assert "it is kept as report 1, and lee@acme.test gets a copy with the reasons" in said
    assert "Room 4 is silent.</textarea>" in answer.text
    assert 'value="Too small"' in answer.text
    assert "Send these files again: receipt.txt" in said

    kept = re.search(r'name="_kept" value="([^"]+)"', answer.text)
    assert kept
    again = await _report(whole, contract_id, kind="problem", _kept=kept[1], kept="yes", subject="Too small")
    assert again.status_code == 303
    ticket = await whole.until(f"/api/tickets/{contract_id}/2", lambda ticket: ticket["head"] is not None)
    assert [file["name"] for file in ticket["conversation"][0]["attachments"]] == ["receipt.txt"]


async def test_a_form_that_is_no_way_in_says_so_before_anything_is_written(whole: Stack) -> None:
    contract_id = await a_desk(
        whole, "essensys/inbound", region="uk-eu", country="GB", subdivision="ENG", premises=["Head office"],
        contacts=[LEE | {"primary": True, "representative_of": ["Head office"]}],
    )  # fmt: skip
    html = await _page(whole, f"/contracts/{contract_id}/report")
    assert "form is no way in of this plan; it has Live Chat, phone, e-mail" in html
    assert '<option value="Head office">' in html
    assert re.search(r'<input id="re-phone" name="phone" type="tel" value="" required', html)


async def test_opening_the_customers_page_changes_nothing_and_an_unknown_one_is_told_kindly(whole: Stack) -> None:
    contract_id = await a_desk(whole)
    number = await reported(whole, contract_id)
    await act(whole, contract_id, number, "note", text="They are late with their bill.", by="Maya")
    await act(whole, contract_id, number, "resolve", text="The gateway was off.", by="Maya")
    ticket = await whole.get(f"/api/tickets/{contract_id}/{number}")
    path = their_page(ticket)
    for _ in range(3):
        html = await _page(whole, path)
    assert "They are late with their bill." not in html
    assert "The gateway was off." in html
    assert "We think that it is solved. Do you agree?" in html
    assert '<nav aria-label="Main">' not in html
    assert "/contracts/" not in html
    assert (await whole.get(f"/api/tickets/{contract_id}/{number}"))["head"] == ticket["head"]
    answer = await whole.http.get("/t/nobody-knows-this")
    assert answer.status_code == 404
    assert "Nothing is at this address" in answer.text
    assert '<nav aria-label="Main">' not in answer.text


async def test_the_customer_writes_disagrees_agrees_and_opens_it_again(whole: Stack) -> None:
    contract_id = await a_desk(whole)
    number = await reported(whole, contract_id)
    path = their_page(await whole.get(f"/api/tickets/{contract_id}/{number}"))

    async def does(what: str, status: int = 303, **fields: Any) -> str:
        data = {"_key": secrets.token_hex(12), "email": "lee@acme.test", **fields}
        answer = await whole.http.post(f"{path}/{what}", data=data)
        assert answer.status_code == status, answer.text
        return _said(answer if status != 303 else await whole.http.get(path))

    assert "Thank you, it is written down." in await does("write", text="Room 5 too.")
    assert "choose who you are" in (await does("write", 422, text="Me too", email="who@else.test")).lower()
    assert "cannot be changed so" in await does("agree", 409)
    await act(whole, contract_id, number, "resolve", text="The gateway was off.", by="Maya")
    assert "say what is not solved yet" in (await does("disagree", 422)).lower()
    assert "It is open again" in await does("disagree", text="Room 5 is still silent.")
    await act(whole, contract_id, number, "resolve", text="Room 5 is on again.", by="Maya")
    assert "Thank you. The ticket is closed." in (html := await does("agree", text="Now it is."))
    assert "It is closed." in html
    await does("disagree", text="It is silent again.")
    ticket = await whole.get(f"/api/tickets/{contract_id}/{number}")
    assert ticket["head"]["state"] == "reopened"
    assert [entry["text"] for entry in ticket["conversation"] if entry["side"] == "customer"] == [
        "Room 4 is silent.", "Room 5 too.", "Room 5 is still silent.", "Now it is.", "It is silent again.",
    ]  # fmt: skip
    assert "Withdrawn, and closed." in await does("withdraw", text="Not needed.")


async def test_who_may_agree_are_the_representatives_of_now_and_no_more_those_of_the_registration(whole: Stack) -> None:
    contract_id = await a_desk(
        whole, "essensys/inbound", region="uk-eu", country="GB", subdivision="ENG", premises=["Head office"],
        contacts=[LEE | {"primary": True, "representative_of": ["Head office"]}],
    )  # fmt: skip
    number = await reported(whole, contract_id, door="chat", by="Maya", premises="Head office", level="", subject="")
    await act(whole, contract_id, number, "resolve", text="The gateway was off.", by="Maya")
    path = their_page(await whole.get(f"/api/tickets/{contract_id}/{number}"))

    async def agreed(email: str) -> httpx.Response:
        return await whole.http.post(f"{path}/agree", data={"_key": secrets.token_hex(12), "email": email})

    asked = (html := await _page(whole, path)).split('id="agree"')[1].split("</form>")[0]
    assert "<h1>Room 4 is silent.</h1>" in html  # it has no subject
    assert 'name="email" value="lee@acme.test"' in asked
    bo = {"name": "Bo Ek", "email": "bo@acme.test", "representative_of": ["Head office"]}
    change = {"contact": bo, "replaces": "lee@acme.test", "by": "Maya"}
    answer = await whole.post(f"/api/contracts/{contract_id}/change-contact", change)
    assert answer.status_code == 200, answer.text
    # The contract tells its tickets after it has written its own fact.
    await whole.until(
        f"/api/tickets/{contract_id}/{number}", lambda ticket: "bo@acme.test" in str(ticket["head"]["agree"])
    )
    asked = (await _page(whole, path)).split('id="agree"')[1].split("</form>")[0]
    assert 'name="email" value="bo@acme.test"' in asked
    assert "lee@acme.test" not in asked
    staff = await _page(whole, f"/tickets/{contract_id}/{number}")
    assert "<dt>Closes when</dt><dd>Bo Ek agrees</dd>" in staff
    assert (await agreed("lee@acme.test")).status_code == 422
    assert (await agreed("bo@acme.test")).status_code == 303
    assert (await whole.get(f"/api/tickets/{contract_id}/{number}"))["head"]["closed_by"] == "Bo Ek"


async def test_the_customer_gets_the_files_of_what_they_may_see_and_no_others(whole: Stack) -> None:
    contract_id = await a_desk(whole)
    number = await reported(whole, contract_id)
    path = f"/tickets/{contract_id}/{number}"
    for kind in ("reply", "note"):
        fields = {"_key": secrets.token_hex(12), "as": kind, "text": kind}
        files = {"attachments": (f"{kind}.txt", kind.encode(), "text/plain")}
        assert (await whole.http.post(f"{path}/write", data=fields, files=files)).status_code == 303
    ticket = await whole.get(f"/api{path}")
    shown, hidden = [entry["attachments"][0]["id"] for entry in ticket["conversation"][1:]]
    theirs = f"{their_page(ticket)}/files"
    download = await whole.http.get(f"{theirs}/{shown}")
    assert (download.content, download.headers["X-Content-Type-Options"]) == (b"reply", "nosniff")
    assert (await whole.http.get(f"{theirs}/{hidden}")).status_code == 404
