"""Somebody is brought in to a meeting and let go again, over REST and from the contract page."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from tests.api.stack import Stack, a_member, an_order, kicked_off, new_id


async def test_whose_role_may_join_a_health_check_is_brought_in_and_nobody_else(whole: Stack) -> None:
    contract_id, tess, other = new_id("acme"), new_id("tess"), new_id("otto")
    await whole.post("/api/staff", a_member(new_id("maya"), vendors=["oura"]))
    await whole.post("/api/staff", a_member(tess, ("tds",), name="Tess Oh"))
    await whole.post("/api/staff", a_member(other, ("tam",), name="Otto Berg"))
    starts_on = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    assert (await whole.post("/api/contracts", an_order(contract_id, starts_on=starts_on))).status_code == 201
    path = f"/api/meetings/{contract_id}/health-check-01"
    await whole.until(path, lambda meeting: meeting["status"] == "invited")
    refused = await whole.post(f"{path}/bring-in", {"staff_id": other})
    assert (refused.status_code, refused.json()["errors"]) == (
        422,
        [{
            "field": "staff_id",
            "message": "Otto Berg is no Customer Success Manager or Customer Success Engineer or Training and "
            "Development Specialist: nobody else may join it",
        }],
    )  # fmt: skip
    nobody = await whole.post(f"{path}/bring-in", {"name": "Bo Ek"})
    assert [error["field"] for error in nobody.json()["errors"]] == ["email"]
    html = (await whole.http.get(f"/contracts/{contract_id}")).text
    assert f'<option value="{tess}">Tess Oh, Training and Development Specialist</option>' in html
    assert f'<option value="{other}">Otto Berg, ' not in html
    done = await whole.post(f"{path}/bring-in", {"staff_id": tess, "by": "Maya"})
    assert (done.status_code, done.json()["summary"]) == (
        200, "Tess Oh is invited to Project Health Check 1 of 12.",
    )  # fmt: skip
    assert [a["name"] for a in (await whole.get(path))["attendees"]] == ["Maya Lindqvist", "Tess Oh", "Lee Park"]
    again = await whole.post(f"{path}/bring-in", {"staff_id": tess})
    assert (again.status_code, again.json()["detail"]) == (409, "Tess Oh is invited already")
    assert (await whole.post(f"{path}/let-go", {"email": f"{tess}@pledge.test"})).status_code == 200
    assert [a["name"] for a in (await whole.get(path))["attendees"]] == ["Maya Lindqvist", "Lee Park"]


async def test_the_contract_page_invites_another_person_of_the_customer_and_lets_them_go(whole: Stack) -> None:
    contract_id = await kicked_off(whole)
    page = f"/contracts/{contract_id}"
    assert "Bring somebody in" in (await whole.http.get(page)).text
    form = {"_key": secrets.token_hex(12), "staff_id": "", "name": "Bo Ek", "email": "bo@acme.test"}
    answer = await whole.http.post(f"{page}/meetings/kickoff/bring-in", data=form)
    assert (answer.status_code, answer.headers.get("Location")) == (303, f"{page}#meeting-kickoff"), answer.text
    shown = (await whole.http.get(page)).text
    assert "Bo Ek is invited to Kick Off Meeting." in shown
    assert '<option value="bo@acme.test">Bo Ek</option>' in shown
    form = {"_key": secrets.token_hex(12), "name": "Bo Ek", "email": "bo@acme.test"}
    refused = await whole.http.post(f"{page}/meetings/kickoff/bring-in", data=form)
    assert refused.status_code == 409
    assert "Bo Ek is invited already" in refused.text
    form = {"_key": secrets.token_hex(12), "email": "bo@acme.test"}
    assert (await whole.http.post(f"{page}/meetings/kickoff/let-go", data=form)).status_code == 303
    assert [a["name"] for a in (await whole.get(f"/api/meetings/{contract_id}/kickoff"))["attendees"]] == [
        "Maya Lindqvist", "Lee Park",
    ]  # fmt: skip
