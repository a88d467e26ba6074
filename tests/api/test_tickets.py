"""Tickets over HTTP, with the real worker behind: their life, refusals, idempotency, files, the queue."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.api.desk import a_desk, a_file, a_report, act, reported, their_page
from tests.api.stack import Stack, a_member, new_id


async def test_a_report_is_answered_solved_agreed_closed_and_opened_again(whole: Stack) -> None:
    contract_id = await a_desk(whole)
    answer = await whole.post(f"/api/contracts/{contract_id}/tickets", a_report())
    assert answer.status_code == 201, answer.text
    token = answer.json()["token"]
    assert answer.json() == {
        "contract_id": contract_id,
        "number": 1,
        "accepted": True,
        "queue": "regular",
        "level": "l2",
        "reasons": [],
        "token": token,
        "url": f"{whole.settings.base_url}/t/{token}",
        "started": True,
    }
    address = f"/api/tickets/{contract_id}/1"
    ticket = await whole.until(address, lambda ticket: ticket["head"] is not None)
    (response,) = ticket["clocks"]
    registered = datetime.fromisoformat(ticket["head"]["registered_at"]).replace(microsecond=0)
    assert datetime.fromisoformat(response["due"]) == registered + timedelta(hours=1)
    assert (response["clause"], response["text"], response["seconds"]) == ("ombori-21", "1 h", 3600)
    assert response["remaining_seconds"] + response["elapsed_seconds"] == 3600
    assert (response["counts_now"], response["verdict_text"]) == (True, "")
    assert (ticket["head"]["state"], ticket["head"]["door"]) == ("registered", "api")
    assert "reply" in ticket["can"]
    assert "agree" not in ticket["can"]

    done = await act(whole, contract_id, 1, "reply", text="We look at it.", by="Maya")
    assert done == {"summary": "Answered; the customer is told.", "state": "answered"}
    done = await act(whole, contract_id, 1, "resolve", text="The gateway was off.", by="Maya")
    assert done["state"] == "agreement-asked"
    done = await act(whole, contract_id, 1, "agree", by="Lee Park", email="LEE@acme.test")
    assert done["state"] == "closed"
    closed = await whole.get(address)
    assert [clock["verdict"] for clock in closed["clocks"]] == ["met", "met", "lapsed"]
    assert closed["clocks"][0]["verdict_text"].startswith("met, took ")
    assert closed["can"] == ["reply", "hear", "note", "reopen"]

    done = await act(whole, contract_id, 1, "reopen", text="It is silent again.", side="customer", by="Lee Park")
    assert done == {"summary": "It is open again; the clocks go on.", "state": "reopened"}
    ticket = await whole.get(address)
    assert [(entry["kind"], entry["author"], entry["text"]) for entry in ticket["conversation"]] == [
        ("report", "Lee Park", "Room 4 is silent."),
        ("reply", "Maya", "We look at it."),
        ("solution", "Maya", "The gateway was off."),
        ("closed", "Lee Park", ""),
        ("reopened", "Lee Park", "It is silent again."),
    ]


async def test_the_secret_of_the_customers_page_is_in_no_fact_and_no_read_model(whole: Stack) -> None:
    contract_id = await a_desk(whole)
    number = await reported(whole, contract_id)
    address = f"/api/tickets/{contract_id}/{number}"
    ticket = await whole.get(address)
    token = their_page(ticket).removeprefix("/t/")
    assert len(token) == 32
    assert token not in str(ticket["head"])
    for path in (f"{address}/facts", f"/api/contracts/{contract_id}/timeline", f"/contracts/{contract_id}"):
        answer = await whole.http.get(path)
        assert (answer.status_code, "Silent sensors" in answer.text) == (200, True), path
        assert token not in answer.text, path
    assert f'href="/t/{token}"' in (await whole.http.get(f"/tickets/{contract_id}/{number}")).text


async def test_the_facts_of_a_ticket_come_in_parts(whole: Stack) -> None:
    contract_id = await a_desk(whole)
    number = await reported(whole, contract_id)
    await act(whole, contract_id, number, "note", text="Ask the gateway team.", by="Maya")
    newest = await whole.get(f"/api/tickets/{contract_id}/{number}/facts", limit=1)
    assert [fact["kind"] for fact in newest["facts"]] == ["ticket.noted"]
    older = await whole.get(f"/api/tickets/{contract_id}/{number}/facts", before=newest["before"])
    assert older["facts"][-1]["kind"] == "ticket.registered"
    assert {fact["workflow_id"] for fact in older["facts"]} == {f"ticket/{contract_id}/{number}"}


async def test_every_act_of_the_staff_is_carried_out(whole: Stack) -> None:
    contract_id = await a_desk(whole)
    number = await reported(whole, contract_id)
    await whole.post("/api/staff", a_member(rosa := new_id("rosa"), ("cse",), name="Rosa Delgado", vendors=["ombori"]))
    await whole.post("/api/staff", a_member(tom := new_id("tom"), ("cse",), name="Tom Becker", vendors=["oura"]))
    answer = await whole.post(f"/api/tickets/{contract_id}/{number}/assign", {"staff_id": tom})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": "staff_id", "message": "Tom Becker does not work for ombori"}]
    said = [
        await act(whole, contract_id, number, path, **{"by": "Maya", **body})
        for path, body in (
            ("triage", {"level": "l3", "impact": "One room"}),
            ("assign", {"staff_id": rosa}),
            ("level", {"level": "l1", "reason": "The whole floor"}),
            ("acknowledge", {"clock": "response-1"}),
            ("route", {"kind": "onsite-partner", "to": "Fixers", "email": "desk@fixers.test", "note": "Please go"}),
            ("take-back", {"note": "They were there"}),
            ("hear", {"by": "Lee Park", "text": "Any news?"}),
            ("resolve", {"text": "Changed the gateway."}),
            ("ask-agreement", {}),
            ("close", {"reason": "Lee agreed by phone"}),
        )
    ]
    assert [each["state"] for each in said] == [
        "triaged", "assigned", "assigned", "assigned", "routed", "assigned", "assigned", "agreement-asked",
        "agreement-asked", "closed",
    ]  # fmt: skip
    head = (await whole.get(f"/api/tickets/{contract_id}/{number}"))["head"]
    assert (head["owner_name"], head["level"], head["impact"]) == ("Rosa Delgado", "l1", "One room")


async def test_what_the_state_forbids_is_409_and_what_the_body_says_wrong_is_422(whole: Stack) -> None:
    contract_id = await a_desk(whole)
    number = await reported(whole, contract_id)
    address = f"/api/tickets/{contract_id}/{number}"
    pause = await whole.post(f"{address}/pause", {"reason": "Lee is away"})
    assert pause.status_code == 409
    assert pause.json()["detail"] == "the plan does not let clocks pause while the customer is waited for (A20)"
    agree = await whole.post(f"{address}/agree", {"by": "Lee", "email": "lee@acme.test"})
    assert agree.status_code == 409
    level = await whole.post(f"{address}/level", {"level": "l9"})
    assert level.status_code == 422
    assert level.json()["errors"] == [{"field": "level", "message": "expected one of l1, l2, l3, l4"}]
    assert (await whole.post(f"{address}/acknowledge", {"clock": "update-1"})).status_code == 422
    unknown = await whole.post(f"/api/tickets/{contract_id}/99/reply", {"text": "x"})
    assert unknown.status_code == 404


async def test_only_the_word_of_those_who_are_asked_closes(whole: Stack) -> None:
    contract_id = await a_desk(whole)
    number = await reported(whole, contract_id)
    await act(whole, contract_id, number, "resolve", text="Done.")
    answer = await whole.post(f"/api/tickets/{contract_id}/{number}/agree", {"by": "Eve", "email": "eve@else.test"})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["email"]


async def test_a_report_that_the_plan_refuses_is_kept_with_every_reason(whole: Stack) -> None:
    contract_id = await a_desk(whole, "essensys/inbound", region="uk-eu", country="GB", subdivision=None)
    by_chat = a_report(
        reporter={"name": "Lee Park"}, door="chat", by="Maya", level="", description="", login_asked=True
    )
    answer = await whole.post(f"/api/contracts/{contract_id}/tickets", by_chat)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["accepted"], answer.json()["number"]) == (False, 1)
    assert [(reason["code"], reason["clause"]) for reason in answer.json()["reasons"]] == [
        ("not-representative", "essensys-6"),
        ("fields-missing", "essensys-7"),
    ]
    assert answer.json()["reasons"][1]["text"] == "missing: telephone, description, login"
    by_api = await whole.post(f"/api/contracts/{contract_id}/tickets", a_report(level=""))
    assert [reason["code"] for reason in by_api.json()["reasons"]] == ["channel-not-in-plan", "not-representative"]
    ticket = await whole.until(f"/api/tickets/{contract_id}/1", lambda ticket: ticket["head"] is not None)
    assert (ticket["accepted"], ticket["head"]["state"], ticket["can"]) == (False, "refused", [])
    reply = await whole.post(f"/api/tickets/{contract_id}/1/reply", {"text": "Sorry"})
    assert (reply.status_code, reply.json()["detail"]) == (409, "the report became no ticket")


async def test_the_same_key_is_the_same_report_and_the_same_act(whole: Stack) -> None:
    contract_id, key = await a_desk(whole), new_id("report-of-lee")
    first = await whole.post(f"/api/contracts/{contract_id}/tickets", a_report(), key=key)
    again = await whole.post(f"/api/contracts/{contract_id}/tickets", a_report(), key=key)
    assert again.json() == first.json()
    other = await whole.post(f"/api/contracts/{contract_id}/tickets", a_report(subject="Another"), key=key)
    assert other.status_code == 422
    await whole.until(f"/api/tickets/{contract_id}/1", lambda ticket: ticket["head"] is not None)
    for _ in range(2):
        answer = await whole.post(f"/api/tickets/{contract_id}/1/reply", {"text": "We look at it."}, key=key)
        assert answer.json()["summary"] == "Answered; the customer is told."
    ticket = await whole.get(f"/api/tickets/{contract_id}/1")
    assert [entry["kind"] for entry in ticket["conversation"]] == ["report", "reply"]
    assert (await whole.get("/api/tickets", contract=contract_id))["total"] == 1


async def test_files_come_in_with_words_and_go_out_as_downloads_only(whole: Stack) -> None:
    contract_id = await a_desk(whole)
    page = a_file("..\\evil/über \u202egnp.html", b"<script>alert(1)</script>", "text/html")
    number = await reported(whole, contract_id, attachments=[page])
    await act(whole, contract_id, number, "hear", by="Lee Park", attachments=[a_file("log.txt", b"08:00 silence")])
    entries = (await whole.get(f"/api/tickets/{contract_id}/{number}"))["conversation"]
    (html,), (log,) = entries[0]["attachments"], entries[1]["attachments"]
    assert (html["name"], html["size"], log["media_type"]) == ("über gnp.html", 25, "text/plain")
    answer = await whole.http.get(f"/api/tickets/{contract_id}/{number}/attachments/{html['id']}")
    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"_ber gnp.html\"; filename*=UTF-8''%C3%BCber%20gnp.html"
    )
    other = await reported(whole, contract_id)
    assert (await whole.http.get(f"/api/tickets/{contract_id}/{other}/attachments/{log['id']}")).status_code == 404


async def test_the_queue_shows_the_soonest_due_first_and_what_is_asked_for(whole: Stack) -> None:
    contract_id = await a_desk(whole, customer_name="Queue Ltd")
    minor = await reported(whole, contract_id, level="l3", subject="A minor thing")
    critical = await reported(whole, contract_id, level="l1", description="100% down")
    major = await reported(whole, contract_id, level="l2")

    async def numbers(**query: object) -> list[int]:
        page = await whole.get("/api/tickets", contract=contract_id, **query)
        return [line["number"] for line in page["items"]]

    assert await numbers() == [critical, major, minor]
    assert await numbers(level="l2") == [major]
    assert await numbers(words="MINOR") == [minor]
    assert await numbers(words="100%") == [critical]
    assert await numbers(vendor="oura") == []
    assert await numbers(late=True) == []
    await act(whole, contract_id, minor, "withdraw", by="Lee Park", email="lee@acme.test")
    assert await numbers() == [critical, major]
    assert await numbers(shown="closed") == await numbers(state="closed") == [minor]
    assert await numbers(unassigned=True, shown="all") == [critical, major, minor]
    first = (await whole.get("/api/tickets", contract=contract_id, limit=1))["items"][0]
    assert (first["customer"], first["clause"], first["late"]) == ("Queue Ltd", "ombori-20", False)
    assert 1740 < first["remaining_seconds"] <= 1800
    assert first["counts_now"] is True


async def test_only_designated_users_use_the_priority_queue(whole: Stack) -> None:
    contract_id = await a_desk(whole, "caret/premium-support")
    path = f"/api/contracts/{contract_id}"
    before = await whole.post(f"{path}/tickets", a_report(level="s1"))
    assert (before.json()["accepted"], before.json()["queue"]) == (True, "ordinary")
    assert [(reason["code"], reason["clause"]) for reason in before.json()["reasons"]] == [
        ("not-designated", "caret-2")
    ]
    eleven = [{"name": f"User {n}", "email": f"user{n}@acme.test"} for n in range(11)]
    refused = await whole.post(f"{path}/designate", {"users": eleven})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (409, "users")
    lee = {"name": "Lee Park", "email": "lee@acme.test"}
    assert (await whole.post(f"{path}/designate", {"users": [lee], "by": "Maya"})).status_code == 200
    assert (await whole.get(path))["designated"] == [{**lee, "place": 1}]
    after = await whole.post(f"{path}/tickets", a_report(level="s1"))
    assert (after.json()["queue"], after.json()["reasons"]) == ("regular", [])
