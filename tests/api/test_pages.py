"""The screens as plain HTTP: what they show, what their forms do, and what a GET never does."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime
from typing import Any

import httpx
import psycopg

from tests.api.stack import Stack, a_member, an_order, kicked_off, new_id


def _key_of(html: str, action: str) -> str:
    """The hidden key of the form that goes to ``action``."""
    form = html.split(f'action="{action}"', 1)[1]
    found = re.search(r'name="_key" value="([^"]+)"', form)
    assert found
    return found[1]


async def _send(stack: Stack, path: str, **fields: Any) -> httpx.Response:
    """A form as a browser sends it."""
    return await stack.http.post(path, data={"_key": secrets.token_hex(12), **fields})


async def test_an_empty_portfolio_says_how_to_begin(api: Stack) -> None:
    html = (await api.http.get("/")).text
    assert "No contract yet" in html
    assert 'href="/contracts/new"' in html


async def test_the_portfolio_shows_what_is_due_with_its_clause_and_its_words(whole: Stack) -> None:
    contract_id = await kicked_off(whole)
    html = (await whole.http.get("/?customer=Acme")).text
    assert f'href="/contracts/{contract_id}"' in html
    assert "Kick Off Meeting" in html
    assert 'title="oura-10: One Kick Off Meeting, at most an hour long."' in html
    nothing = (await whole.http.get("/?customer=nobody-of-that-name")).text
    assert "No contract matches" in nothing


async def test_a_filter_that_no_contract_can_have_is_left_out(whole: Stack) -> None:
    assert (await whole.http.get("/?stage=nonsense&csm=nobody&page=99")).status_code == 200
    assert (await whole.http.get("/?page=0")).status_code == 422


async def test_the_contract_page_shows_the_whole_term(whole: Stack) -> None:
    contract_id = await kicked_off(whole)
    html = (await whole.http.get(f"/contracts/{contract_id}")).text
    for part in ("The whole term", "Meetings", "Agenda", "Hours", "People", "Messages sent", "Facts", "Actions"):
        assert part in html
    assert "<svg" in html
    assert "today" in html
    assert "3 h" in html
    assert 'id="meeting-kickoff"' in html
    assert 'id="item-kickoff"' in html
    assert 'id="tasks"' in html


async def test_a_form_ends_in_a_redirect_with_a_word_that_is_shown_once(whole: Stack) -> None:
    contract_id = await kicked_off(whole)
    answer = await _send(whole, f"/contracts/{contract_id}/record-count", users="12", devices="")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/contracts/{contract_id}#charges"
    shown = await whole.http.get(f"/contracts/{contract_id}")
    assert "12 users, 0 devices from now on." in shown.text
    assert "from now on." not in (await whole.http.get(f"/contracts/{contract_id}")).text


async def test_the_page_that_refreshes_itself_does_not_eat_the_word(whole: Stack) -> None:
    contract_id = await kicked_off(whole)
    await _send(whole, f"/contracts/{contract_id}/record-count", users="13")
    refreshed = await whole.http.get(f"/contracts/{contract_id}", headers={"X-Refresh": "1"})
    assert "set-cookie" not in refreshed.headers
    assert "13 users, 0 devices from now on." in (await whole.http.get(f"/contracts/{contract_id}")).text


async def test_a_form_sent_twice_with_its_key_acts_once(whole: Stack) -> None:
    contract_id = await kicked_off(whole)
    html = (await whole.http.get(f"/contracts/{contract_id}")).text
    key = _key_of(html, f"/contracts/{contract_id}/request-meeting")
    for _ in range(2):
        answer = await _send(whole, f"/contracts/{contract_id}/request-meeting", _key=key, title="Twice", minutes="30")
        assert answer.status_code == 303
    path = f"/api/meetings?contract={contract_id}"
    meetings = await whole.until(path, lambda page: "Twice" in [m["title"] for m in page["items"]])
    assert [m["title"] for m in meetings["items"]].count("Twice") == 1
    facts = (await whole.get(f"/api/contracts/{contract_id}/timeline"))["facts"]
    own = [fact for fact in facts if fact["workflow_id"] == f"contract/{contract_id}"]
    assert [fact["data"].get("title") for fact in own].count("Twice") == 1


async def test_what_the_state_refuses_comes_back_in_the_form_with_what_was_typed(whole: Stack) -> None:
    contract_id = await kicked_off(whole)
    answer = await _send(
        whole, f"/contracts/{contract_id}/meetings/kickoff/outcome", outcome="held", minutes="55", notes="so soon"
    )
    assert answer.status_code == 409
    assert "its outcome can be recorded from then on" in answer.text
    answer = await _send(whole, f"/contracts/{contract_id}/renew", term_months="500")
    assert answer.status_code == 422
    assert 'value="500"' in answer.text
    assert 'aria-invalid="true"' in answer.text


async def test_a_time_in_a_form_is_that_of_the_contract(whole: Stack) -> None:
    contract_id = await kicked_off(whole)
    answer = await _send(
        whole, f"/contracts/{contract_id}/meetings/kickoff/reschedule", start="2027-01-15T09:00", reason="later"
    )
    assert answer.status_code == 303, answer.text
    meeting = await whole.get(f"/api/meetings/{contract_id}/kickoff")
    assert meeting["start"] == "2027-01-15T14:00:00Z"


async def test_a_time_outside_of_working_hours_is_warned_of_and_taken_when_it_is_meant(whole: Stack) -> None:
    contract_id, year = await kicked_off(whole), datetime.now(UTC).year + 1
    path, christmas = f"/contracts/{contract_id}/meetings/kickoff/reschedule", f"{year}-12-25T10:00"
    box = f'<input type="checkbox" name="outside_hours" value="{christmas}"> Move it there all the same'
    assert "all the same" not in (await whole.http.get(f"/contracts/{contract_id}")).text
    warned = await _send(whole, path, start=christmas, reason="")
    assert warned.status_code == 409
    assert "is a holiday of Maya Lindqvist and Acme Sleep Lab (Christmas Day)" in warned.text
    assert box in warned.text
    assert f'value="{christmas}" aria-describedby' in warned.text
    other = await _send(whole, path, start=f"{year}-12-25T11:00", outside_hours=christmas)
    assert other.status_code == 409  # what was meant is the time that was warned of
    meant = await _send(whole, path, start=christmas, outside_hours=christmas)
    assert meant.status_code == 303, meant.text
    assert (await whole.get(f"/api/meetings/{contract_id}/kickoff"))["start"] == f"{year}-12-25T15:00:00Z"


async def test_what_people_write_is_never_markup(whole: Stack) -> None:
    nasty = '<script>alert("x")</script>'
    contract_id = new_id("acme")
    await whole.post("/api/staff", a_member(new_id("maya")))
    answer = await whole.post("/api/contracts", an_order(contract_id, customer_name=f"Acme {nasty}"))
    assert answer.status_code == 201
    await whole.until(f"/api/contracts/{contract_id}", lambda c: c["head"])
    for path in (f"/contracts/{contract_id}", "/", f"/?customer={nasty}", f"/contracts/{contract_id}/terminate"):
        html = (await whole.http.get(path)).text
        assert nasty not in html
        assert "&lt;script&gt;" in html, path


async def test_terminating_needs_the_contracts_name_and_a_reason(whole: Stack) -> None:
    contract_id = await kicked_off(whole)
    warning = (await whole.http.get(f"/contracts/{contract_id}/terminate")).text
    assert "cannot be undone" in warning
    path = f"/contracts/{contract_id}/terminate"
    wrong = await _send(whole, path, reason="moved on", confirm="yes")
    assert wrong.status_code == 422
    assert (await whole.get(f"/api/contracts/{contract_id}"))["head"]["stage"] == "onboarding"
    assert (await _send(whole, path, reason="moved on", confirm=contract_id)).status_code == 303
    assert (await whole.get(f"/api/contracts/{contract_id}"))["head"]["stage"] == "terminated"
    assert "Ask for a meeting" not in (await whole.http.get(f"/contracts/{contract_id}")).text


async def test_facts_name_the_person_who_acts(whole: Stack) -> None:
    contract_id = await kicked_off(whole)
    await whole.post("/api/staff", a_member(staff_id := new_id("rosa"), name="Rosa Delgado"))
    assert (await _send(whole, "/me", staff_id=staff_id)).status_code == 303
    await _send(whole, f"/contracts/{contract_id}/record-count", users="3")
    facts = (await whole.get(f"/api/contracts/{contract_id}/timeline"))["facts"]
    assert facts[0]["data"]["by"] == "Rosa Delgado"


async def test_opening_an_invitations_page_changes_nothing_and_answering_does(whole: Stack) -> None:
    contract_id = await kicked_off(whole)
    token = (await whole.get(f"/api/meetings/{contract_id}/kickoff"))["token"]
    for _ in range(3):
        page = await whole.http.get(f"/answer/{token}")
        assert page.status_code == 200
    assert "Kick Off Meeting" in page.text
    assert (await whole.get(f"/api/meetings/{contract_id}/kickoff"))["status"] == "invited"
    answer = await _send(whole, f"/answer/{token}", email="lee@acme.test", answer="accepted", comment="see you")
    assert answer.status_code == 303
    assert (await whole.get(f"/api/meetings/{contract_id}/kickoff"))["status"] == "confirmed"
    assert "Thank you" in (await whole.http.get(f"/answer/{token}")).text
    assert (await whole.http.get("/answer/guess")).status_code == 404


async def test_the_customer_decides_on_hours_beyond_the_package(whole: Stack) -> None:
    contract_id = await kicked_off(whole)
    body = {"title": "A long one", "minutes": 240, "by": "Maya"}
    key = (await whole.post(f"/api/contracts/{contract_id}/request-meeting", body)).json()["key"]
    [asked] = (await whole.get(f"/api/contracts/{contract_id}/hours"))["overages"]
    assert (asked["key"], len(asked["token"])) == (key, 32)
    path = f"/overage/{asked['token']}"
    shown = (await whole.http.get(f"/contracts/{contract_id}")).text
    assert f'href="{path}"' in shown
    card = shown.split(f'<li id="meeting-{key}">', 1)[1].split("</li>", 1)[0]
    assert "A long one" in card
    assert "Waits for approval" in card
    assert re.search(r"1 h beyond the package, about \$(220|235)\.00<", card)  # the rate of the day
    page = (await whole.http.get(path)).text
    assert "1 h" in page
    assert "A long one" in page
    assert (await _send(whole, path, decision="approve", by="")).status_code == 422
    assert (await _send(whole, path, decision="approve", by="Lee Park")).status_code == 303
    assert "Approved" in (await whole.http.get(path)).text
    assert (await _send(whole, path, decision="decline", by="Lee Park")).status_code == 409
    assert "Waits for approval" not in (await whole.http.get(f"/contracts/{contract_id}")).text


async def test_a_question_whose_contract_has_ended_waits_for_nobody(whole: Stack) -> None:
    contract_id = await kicked_off(whole)
    body = {"title": "A long one", "minutes": 240, "by": "Maya"}
    await whole.post(f"/api/contracts/{contract_id}/request-meeting", body)
    await whole.post(f"/api/contracts/{contract_id}/terminate", {"reason": "moving on", "by": "Maya"})
    [asked] = (await whole.get(f"/api/contracts/{contract_id}/hours"))["overages"]
    assert (asked["status"], asked["waits"], asked["title"]) == ("asked", False, "A long one")
    assert "nothing to decide any more" in (await whole.http.get(f"/overage/{asked['token']}")).text
    assert "Waits for approval" not in (await whole.http.get(f"/contracts/{contract_id}")).text


async def test_who_knows_a_contract_but_not_the_secret_decides_nothing(whole: Stack) -> None:
    contract_id = await kicked_off(whole)
    body = {"title": "A long one", "minutes": 240, "by": "Maya"}
    key = (await whole.post(f"/api/contracts/{contract_id}/request-meeting", body)).json()["key"]
    for path in (f"/contracts/{contract_id}/overage/{key}", "/contracts/nobody/overage/nothing"):
        for answer in (await whole.http.get(path), await _send(whole, path, decision="approve", by="Eve")):
            assert answer.status_code == 404
            assert "Please answer the letter that it came in" in answer.text
    for guess in (contract_id, key, "guess"):
        assert (await _send(whole, f"/overage/{guess}", decision="approve", by="Eve")).status_code == 404
    [asked] = (await whole.get(f"/api/contracts/{contract_id}/hours"))["overages"]
    assert (asked["status"], asked["by"]) == ("asked", "")


async def test_a_question_that_was_asked_before_there_were_secrets_is_decided_on_the_contracts_page(
    whole: Stack,
) -> None:
    contract_id = await kicked_off(whole)
    body = {"title": "A long one", "minutes": 240, "by": "Maya"}
    key = (await whole.post(f"/api/contracts/{contract_id}/request-meeting", body)).json()["key"]
    with psycopg.connect(whole.settings.database.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("UPDATE overage_view SET token = NULL WHERE contract_id = %s", [contract_id])
    path = f"/contracts/{contract_id}/decide-overage"
    assert f'action="{path}"' in (await whole.http.get(f"/contracts/{contract_id}")).text
    assert (await _send(whole, path, key=key, approved="false")).status_code == 303
    [asked] = (await whole.get(f"/api/contracts/{contract_id}/hours"))["overages"]
    assert asked["status"] == "declined"


async def test_signing_by_the_form_makes_the_ids(whole: Stack) -> None:
    customer = f"Åkerö & Söner {new_id('x')}"
    fields = {
        "plan": "caret/tam", "starts": "2026-11-01", "term_months": "12", "currency": "usd", "customer_name": customer,
        "contact_name": "Lee Park", "contact_email": "lee@acme.test", "zone": "Europe/Stockholm", "country": "se",
        "business_hours": "mon-fri 08:00-17:00", "language": "sv", "cadences": "case-scrub=weekly",
    }  # fmt: skip
    answer = await _send(whole, "/contracts/new", **fields)
    assert answer.status_code == 303, answer.text
    place = answer.headers["Location"]
    assert re.fullmatch(r"/contracts/akero-soner-x-[a-z0-9-]+-2026", place)
    order = (await whole.get(f"/api{place}"))["order"]
    assert (order["country"], order["prices"]["currency"]) == ("SE", "USD")
    assert order["cadences"] == [["case-scrub", "weekly"]]


async def test_there_is_no_mailbox_where_none_is_ours(api: Stack) -> None:
    assert (await api.http.get("/mailbox")).status_code == 404
    assert "/mailbox" not in (await api.http.get("/")).text
