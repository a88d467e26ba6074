"""The screens of tickets as plain HTTP, with the real worker behind: the queue, a ticket with its forms and files."""

from __future__ import annotations

import re
import secrets
from typing import Any

import httpx

from domain.ticket import RouteKind
from storage.endpoints import NewEndpoint, add_endpoint
from storage.session import open_engine, open_sessions
from tests.api.desk import LEE, a_desk, a_file, act, reported, their_page
from tests.api.stack import Stack, a_member, an_order, new_id


async def _send(stack: Stack, path: str, **fields: Any) -> httpx.Response:
    """A form as a browser sends it."""
    return await stack.http.post(path, data={"_key": secrets.token_hex(12), **fields})


async def _page(stack: Stack, path: str) -> str:
    """A page, each run of white space as one space."""
    answer = await stack.http.get(path)
    assert answer.status_code == 200, answer.text
    return " ".join(answer.text.split())


def _row(html: str, key: str) -> str:
    return html.split(f'id="t-{key}"')[1].split("</li>", 1)[0]


async def test_an_empty_queue_says_where_tickets_come_from(api: Stack) -> None:
    html = await _page(api, "/tickets")
    assert "No ticket is open" in html
    assert '<a href="/tickets" aria-current="page">Tickets</a>' in html
    assert "No ticket is closed yet" in await _page(api, "/tickets?shown=closed")
    assert "No report was refused" in await _page(api, "/tickets?shown=refused")
    assert "No ticket matches" in await _page(api, "/tickets?words=nothing")
    assert (await api.http.get("/tickets?shown=nonsense&state=nonsense&level=x&csm=nobody")).status_code == 200


async def test_the_queue_shows_level_clause_owner_and_the_time_that_is_left(whole: Stack) -> None:
    contract_id = await a_desk(whole)
    number = await reported(whole, contract_id)
    html = await _page(whole, f"/tickets?contract={contract_id}")
    row = _row(html, f"{contract_id}-{number}")
    assert f'<a href="/tickets/{contract_id}/{number}">Silent sensors</a>' in row
    assert '<span class="level">Major</span>' in row
    assert '<abbr class="clause" title="ombori-21: ' in row
    assert "nobody has it" in row
    assert re.search(
        r'data-left="3[0-9]{3}" data-total="3600" .*<span class="due num">(1 h|5\d min( \d+ s)?) left', row
    )
    assert re.search(r"due <time [^>]*>\w{3} \d+ \w{3}, \d\d:\d\d</time> <span class=\"nowrap\">New York</span>", row)
    assert "Due within 24 hours" in html


async def test_the_queue_can_be_asked_for_mine_unassigned_late_and_words(whole: Stack) -> None:
    contract_id = await a_desk(whole)
    mine, other = await reported(whole, contract_id), await reported(whole, contract_id, subject="Loud fans")
    await whole.post("/api/staff", a_member(staff_id := new_id("rosa"), name="Rosa Delgado", zone="Asia/Tokyo"))
    await _send(whole, "/me", staff_id=staff_id)
    assert (await _send(whole, f"/tickets/{contract_id}/{mine}/assign", staff_id=staff_id)).status_code == 303
    of = f"contract={contract_id}"
    assert "Silent sensors" in (html := await _page(whole, f"/tickets?{of}&mine=true"))
    assert "Loud fans" not in html
    assert "Times are those of Asia/Tokyo." in html
    assert "Loud fans" in (html := await _page(whole, f"/tickets?{of}&unassigned=true"))
    assert "Silent sensors" not in html
    assert "Silent sensors" not in await _page(whole, f"/tickets?{of}&words=LOUD")
    assert "No ticket matches" in await _page(whole, f"/tickets?{of}&late=true")
    await act(whole, contract_id, other, "resolve", text="Oiled.", by="Maya")
    await act(whole, contract_id, other, "agree", by="Lee Park", email="lee@acme.test")
    closed = await _page(whole, f"/tickets?{of}&shown=closed")
    assert "Loud fans" in closed
    assert "Silent sensors" not in closed


async def test_a_refused_report_is_listed_with_why_and_with_all_that_was_written(whole: Stack) -> None:
    contract_id = await a_desk(whole, "ombori/free")
    for device in ("d1", "d2", "d3", "d4"):
        await whole.post(
            f"/api/contracts/{contract_id}/tickets",
            {"reporter": {"name": "Lee Park"}, "description": f"Set up {device}.", "device": device,
             "attachments": [a_file("label.txt", b"ABC-123")]},
        )  # fmt: skip
    path = f"/tickets/{contract_id}/4"
    await whole.until(f"/api{path}", lambda ticket: ticket["head"] is not None)
    row = _row(await _page(whole, f"/tickets?shown=refused&contract={contract_id}"), f"{contract_id}-4")
    assert "d4 is beyond the 3 devices of the plan, and none can be added" in row
    assert "ombori-3" in row
    html = await _page(whole, path)
    assert "This report became no ticket." in html
    assert "Set up d4." in html
    assert "label.txt" in html
    assert (await _send(whole, f"{path}/reply", text="x")).status_code == 409


async def test_the_page_of_a_ticket_draws_its_clocks_and_tells_ladder_and_facts(whole: Stack) -> None:
    contract_id = await a_desk(whole)
    number = await reported(whole, contract_id, attachments=[a_file("log.txt", b"silence")])
    html = await _page(whole, f"/tickets/{contract_id}/{number}")
    assert 'id="clock-response-1"' in html
    assert '<rect class="piece ghost running"' in html
    assert 'class="dueflag"' in html
    assert "now</text>" in html
    assert 'First response <span class="soft">at 75 %</span>' in html
    assert "tells whoever the ticket is assigned to, else the main contact" in html
    assert "Ticket 1 registered as Major: Silent sensors" in html
    assert "Room 4 is silent." in html
    for title in ("Triage", "Assign", "Hand it on"):
        assert f"<summary>{title}</summary>" in html
    for title in ("Wait for the customer", "Ask again to agree", "Close without their agreement", "Open it again"):
        assert f"<summary>{title}</summary>" not in html


async def test_what_is_written_goes_to_the_customer_or_stays_a_note(whole: Stack) -> None:
    contract_id = await a_desk(whole)
    number = await reported(whole, contract_id)
    path = f"/tickets/{contract_id}/{number}"
    answer = await _send(whole, f"{path}/write", **{"as": "note"}, text="Ask the gateway team.")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{path}#write")
    files = {"attachments": ("plan <b>.txt", b"step one", "text/html")}
    fields = {"_key": secrets.token_hex(12), "as": "reply", "text": "We look at it.\n\n> Room 4 is silent."}
    assert (await whole.http.post(f"{path}/write", data=fields, files=files)).status_code == 303
    entries = (await whole.get(f"/api{path}"))["conversation"]
    assert [(e["kind"], e["visible"]) for e in entries] == [("report", True), ("note", False), ("reply", True)]
    html = await _page(whole, path)
    assert "noted; the customer does not see it" in html
    assert '<summary>Quoted</summary><p class="prose soft small">&gt; Room 4 is silent.</p>' in html
    assert "plan &lt;b&gt;.txt" in html
    (file,) = entries[2]["attachments"]
    download = await whole.http.get(f"{path}/files/{file['id']}")
    assert download.content == b"step one"
    assert download.headers["Content-Type"] == "application/octet-stream"
    assert download.headers["Content-Disposition"].startswith("attachment;")
    assert download.headers["X-Content-Type-Options"] == "nosniff"
    assert (await whole.http.get(f"/tickets/{contract_id}/{number + 1}/files/{file['id']}")).status_code == 404


async def test_a_form_of_a_ticket_that_is_sent_twice_acts_once(whole: Stack) -> None:
    contract_id = await a_desk(whole)
    number = await reported(whole, contract_id)
    path = f"/tickets/{contract_id}/{number}"
    form = (await whole.http.get(path)).text.split(f'action="{path}/write"')[1]
    key = re.findall(r'name="_key" value="([^"]+)"', form)[0]
    for _ in range(2):
        assert (await _send(whole, f"{path}/write", _key=key, **{"as": "reply"}, text="Once.")).status_code == 303
    entries = (await whole.get(f"/api{path}"))["conversation"]
    assert [entry["text"] for entry in entries].count("Once.") == 1


async def test_what_is_refused_comes_back_with_what_was_typed(whole: Stack) -> None:
    contract_id = await a_desk(whole)
    number = await reported(whole, contract_id)
    path = f"/tickets/{contract_id}/{number}"
    answer = await _send(
        whole, f"{path}/route", kind="onsite-partner", to="", email="jobs@field", note="Bring a ladder."
    )
    assert answer.status_code == 422
    assert "Bring a ladder." in answer.text
    assert 'id="ro-email-wrong"' in answer.text
    assert re.search(r'<details class="act" open id="act-route">', answer.text)
    answer = await _send(whole, f"{path}/write", **{"as": "reply"}, text="x" * 20_001)
    assert answer.status_code == 422
    assert "x" * 20_001 in answer.text
    answer = await _send(whole, f"{path}/close", reason="We say so.")
    assert answer.status_code == 409
    assert "a ticket that is registered cannot be changed so" in answer.text
    assert (await _send(whole, f"{path}/agree", email="lee@acme.test")).status_code == 404


async def test_each_act_of_the_staff_has_its_form_when_the_rules_allow_it(whole: Stack) -> None:
    contract_id = await a_desk(whole)
    number = await reported(whole, contract_id)
    path = f"/tickets/{contract_id}/{number}"

    async def does(act: str, says: str, **fields: Any) -> None:
        answer = await _send(whole, f"{path}/{act}", **fields)
        assert answer.status_code == 303, answer.text
        assert says in await _page(whole, path)

    await does("triage", "Triaged as Minor.", level="l3", impact="One room", inside_boundary="no")
    html = await _page(whole, path)
    assert "<dt>Impact</dt><dd>One room</dd>" in html
    assert "<dt>Service Boundary</dt><dd>outside</dd>" in html
    await does("level", "The level is Critical now.", level="l1", reason="All rooms now")
    await does("acknowledge", "acknowledged by somebody at the screens", clock="response-1")
    await does("route", "· with Field Ltd", kind="onsite-partner", to="Field Ltd")
    await does("take-back", "It is with our own people again.")
    await does("write", "Solved; the customer is asked to agree.", **{"as": "resolve"}, text="It is on again.")
    await does("ask-agreement", "The customer is asked once more.")
    await does("close", "The ticket is closed.", reason="They left.")
    await does("reopen", "It is open again; the clocks go on.", text="They are back.")


async def test_a_system_of_the_contract_is_offered_when_a_ticket_is_handed_on(whole: Stack) -> None:
    contract_id = await a_desk(whole)
    number = await reported(whole, contract_id)
    path = f"/tickets/{contract_id}/{number}"
    assert 'name="endpoint"' not in await _page(whole, path)
    engine = open_engine(whole.settings.database)
    async with open_sessions(engine).begin() as session:
        await add_endpoint(
            session,
            NewEndpoint(
                contract_id, "", "their-desk", "Acme's own desk", RouteKind.CLIENT_DESK, "https://desk.acme.test/hook",
                "Maya", "out", "in",
            ),
        )  # fmt: skip
    await engine.dispose()
    assert '<option value="their-desk">Acme&#39;s own desk</option>' in await _page(whole, path)


async def test_a_plan_that_asks_for_an_agreement_offers_no_other_closing(whole: Stack) -> None:
    contract_id = await a_desk(
        whole, "essensys/inbound", region="uk-eu", country="GB", subdivision="ENG", premises=["Head office"],
        contacts=[LEE | {"primary": True, "representative_of": ["Head office"]}],
    )  # fmt: skip
    number = await reported(whole, contract_id, door="chat", by="Maya", premises="Head office", level="")
    await act(whole, contract_id, number, "resolve", text="Done.", by="Maya")
    html = await _page(whole, f"/tickets/{contract_id}/{number}")
    assert "<summary>Close without their agreement</summary>" not in html
    assert "Only the agreement of an Authorized Representative closes it (essensys-13)." in html


async def test_what_a_customer_writes_is_never_markup(whole: Stack) -> None:
    nasty = '<script>alert("x")</script>'
    contract_id = await a_desk(whole)
    number = await reported(whole, contract_id, subject=nasty, description=nasty, device=nasty)
    theirs = their_page(await whole.get(f"/api/tickets/{contract_id}/{number}"))
    for path in (f"/tickets/{contract_id}/{number}", f"/tickets?contract={contract_id}", f"/contracts/{contract_id}",
                 theirs, f"/contracts/{contract_id}/report"):  # fmt: skip
        html = (await whole.http.get(path)).text
        assert nasty not in html, path
        assert "&lt;script&gt;" in html, path


async def test_the_contract_page_shows_its_tickets_and_its_support(whole: Stack) -> None:
    contract_id = await a_desk(whole)
    number = await reported(whole, contract_id)
    html = await _page(whole, f"/contracts/{contract_id}")
    assert f'<a href="/tickets/{contract_id}/{number}">Silent sensors</a>' in html
    assert f'<a class="button slim" href="/contracts/{contract_id}/report">Report a problem</a>' in html
    assert "100.00000 %" in html
    assert html.index('id="tickets"') < html.index('id="meetings"')


async def test_a_ticket_of_a_contract_that_tells_nothing_yet_says_that_it_starts(api: Stack) -> None:
    contract_id = new_id("acme")
    order = an_order(contract_id, plan="ombori/enterprise", prices={"currency": "EUR", "extra_device": 900})
    assert (await api.post("/api/contracts", order)).status_code == 201
    answer = await _send(
        api, f"/contracts/{contract_id}/report", description="Dark.", email="lee@acme.test", name="Lee"
    )
    assert answer.status_code == 409  # it has not started
    assert "Its workflow is starting" in await _page(api, f"/tickets/{contract_id}/1")
    assert (await api.http.get(f"/tickets/{contract_id}/2")).status_code == 404
