"""The inbox: what came by mail and needs a person, on the pages and in the API."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import UTC, datetime

import psycopg

from storage.inbox import keep_letter
from storage.session import open_engine, open_sessions
from tests.api.desk import a_desk
from tests.api.stack import Stack, an_order, kicked_off, new_id

LETTER = (
    b"From: Eve <eve@evil.example>\r\nSubject: <b>Times</b>\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
    b"--b\r\nContent-Type: text/plain\r\n\r\nTuesday at <script>steal()</script> ten would do.\r\n"
    b"--b\r\nContent-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n--b--\r\n"
)
ID = hashlib.sha256(LETTER).hexdigest()
AT = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)


async def _comes(
    stack: Stack, raw: bytes = LETTER, *, at: datetime = AT, contract_id: str | None = None, key: str | None = None
) -> str:
    """A letter in the queue, as the postman puts it there; its id."""
    engine = open_engine(stack.settings.database)
    try:
        async with open_sessions(engine).begin() as session:
            await keep_letter(
                session, raw, "eve@evil.example", "<b>Times</b>", "written in words", at, contract_id, key
            )
    finally:
        await engine.dispose()
    return hashlib.sha256(raw).hexdigest()


async def test_without_a_letter_no_page_speaks_of_an_inbox(api: Stack) -> None:
    assert "/inbox" not in (await api.http.get("/")).text
    assert "/inbox" not in (await api.http.get("/plans")).text
    assert "Nothing to read" in (await api.http.get("/inbox")).text


async def test_the_portfolio_shows_the_letters_that_wait_and_every_page_their_number(api: Stack) -> None:
    for number in range(6):
        await _comes(api, b"letter %d" % number, at=AT.replace(day=4 + number))
    html = (await api.http.get("/")).text
    assert "newest 5 of 6 to read" in html
    assert "eve@evil.example" in html
    assert "Written in words" in html
    newest, oldest = (hashlib.sha256(b"letter %d" % number).hexdigest() for number in (5, 0))
    assert f'href="/inbox/{newest}"' in html
    assert f'href="/inbox/{oldest}"' not in html
    for path in ("/plans", "/me", "/inbox", "/docs"):
        assert '6<span class="sr"> to read</span>' in (await api.http.get(path)).text


async def test_a_letter_is_shown_as_text_only(api: Stack) -> None:
    await _comes(api)
    html = (await api.http.get(f"/inbox/{ID}")).text
    assert "Tuesday at &lt;script&gt;steal()&lt;/script&gt; ten would do." in html
    assert "steal()</script>" not in html
    assert "<h1>&lt;b&gt;Times&lt;/b&gt;</h1>" in html
    assert "BEGIN:VCALENDAR" in html
    assert "no contract is known" in html


async def test_a_letter_can_be_taken_away_as_it_came(api: Stack) -> None:
    await _comes(api)
    answer = await api.http.get(f"/inbox/{ID}.eml")
    assert answer.content == LETTER
    assert answer.headers["Content-Type"] == "message/rfc822"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="letter-{ID[:12]}.eml"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_letter_is_handled_by_whoever_is_acting_and_can_be_put_back(api: Stack) -> None:
    await _comes(api)
    done = await api.http.post(f"/inbox/{ID}/handled", data={"_back": "inbox"})
    assert (done.status_code, done.headers["Location"]) == (303, "/inbox")
    assert "Nothing to read" in (await api.http.get("/inbox")).text
    assert "/inbox" not in (await api.http.get("/")).text
    assert "handled by somebody at the screens" in (await api.http.get("/inbox?handled=true")).text
    back = await api.http.post(f"/inbox/{ID}/reopen")
    assert (back.status_code, back.headers["Location"]) == (303, f"/inbox/{ID}")
    assert f'href="/inbox/{ID}"' in (await api.http.get("/inbox")).text


async def test_the_button_leads_to_our_own_pages_only(api: Stack) -> None:
    await _comes(api)
    for named, address in (("portfolio", "/"), ("contract", f"/inbox/{ID}"), ("//evil.example", f"/inbox/{ID}")):
        done = await api.http.post(f"/inbox/{ID}/handled", data={"_back": named})
        assert done.headers["Location"] == address


async def test_a_letter_that_nobody_knows_is_not_found(api: Stack) -> None:
    for name in ("0" * 64, "index", "%00", f"{'0' * 64}.eml", f"{ID}/nothing"):
        assert (await api.http.get(f"/inbox/{name}")).status_code in (404, 405)
    assert (await api.http.post(f"/inbox/{'0' * 64}/handled")).status_code == 404
    missing = await api.http.get(f"/api/inbox/{'0' * 64}")
    assert missing.headers["Content-Type"] == "application/problem+json"
    assert missing.json()["type"].endswith("/problems/not-found")
    assert (await api.post(f"/api/inbox/{'0' * 64}/handle")).status_code == 404


async def test_the_api_lists_reads_and_handles_letters(api: Stack) -> None:
    await _comes(api)
    listed = await api.get("/api/inbox")
    assert (listed["total"], listed["items"][0]["id"]) == (1, ID)
    assert listed["items"][0]["reason"] == "written in words"
    read = await api.get(f"/api/inbox/{ID}")
    assert read["words"].strip() == "Tuesday at <script>steal()</script> ten would do."
    assert read["calendar"].strip() == "BEGIN:VCALENDAR"
    assert read["handled_at"] is None
    handled = (await api.post(f"/api/inbox/{ID}/handle", {"by": "Maya"}, key="handle-it-once")).json()
    assert handled["handled_by"] == "Maya"
    again = await api.post(f"/api/inbox/{ID}/handle", {"by": "Maya"}, key="handle-it-once")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (handled, "true")
    later = (await api.post(f"/api/inbox/{ID}/handle", {"by": "Somebody else"})).json()
    assert (later["handled_by"], later["handled_at"]) == ("Maya", handled["handled_at"])
    assert (await api.get("/api/inbox"))["total"] == 0
    assert (await api.get("/api/inbox", handled=True))["total"] == 1
    assert (await api.post(f"/api/inbox/{ID}/reopen")).json()["handled_by"] == ""
    assert (await api.get("/api/inbox"))["total"] == 1


async def test_the_api_says_what_is_wrong_with_a_request(api: Stack) -> None:
    await _comes(api)
    without_key = await api.http.post(f"/api/inbox/{ID}/handle", json={})
    assert (without_key.status_code, without_key.json()["errors"][0]["field"]) == (400, "Idempotency-Key")
    unknown = await api.post(f"/api/inbox/{ID}/handle", {"who": "Maya"})
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "who")
    await api.post(f"/api/inbox/{ID}/handle", {"by": "Maya"}, key="one-key-for-two")
    reused = await api.post(f"/api/inbox/{ID}/handle", {"by": "Noor"}, key="one-key-for-two")
    assert reused.status_code == 422
    assert (await api.http.get("/api/inbox?limit=0")).json()["errors"][0]["field"] == "limit"


async def test_a_contract_shows_its_own_letters_and_leads_to_the_meeting(whole: Stack) -> None:
    contract_id = await kicked_off(whole)
    own = await _comes(whole, f"own {contract_id}".encode(), contract_id=contract_id, key="kickoff")
    other = await _comes(whole, f"other {contract_id}".encode(), contract_id=new_id("other"))
    page = (await whole.http.get(f"/contracts/{contract_id}")).text
    assert f'href="/inbox/{own}"' in page
    assert f'href="/inbox/{other}"' not in page
    assert 'id="meeting-kickoff"' in page
    letter = (await whole.http.get(f"/inbox/{own}")).text
    assert f'<a href="/contracts/{contract_id}">Acme Sleep Lab</a>' in letter
    assert f'<a href="/contracts/{contract_id}#meeting-kickoff">Kick Off Meeting</a>' in letter
    assert (await whole.get("/api/inbox", contract=contract_id))["items"][0]["meeting"] == "Kick Off Meeting"
    done = await whole.http.post(f"/inbox/{own}/handled", data={"_back": "contract"})
    assert done.headers["Location"] == f"/contracts/{contract_id}#letters"
    assert f'href="/inbox/{own}"' not in (await whole.http.get(f"/contracts/{contract_id}")).text


async def test_a_csm_sees_the_letters_of_their_contracts_and_those_of_none(whole: Stack) -> None:
    contract_id = await kicked_off(whole)
    own = await _comes(whole, f"own {contract_id}".encode(), contract_id=contract_id)
    nobodys = await _comes(whole, f"nobody's {contract_id}".encode())
    csm = (await whole.get(f"/api/contracts/{contract_id}"))["head"]["csm_id"]
    html = (await whole.http.get(f"/?csm={csm}")).text
    assert f"/inbox/{own}" in html
    assert f"/inbox/{nobodys}" in html
    html = (await whole.http.get("/?csm=somebody-else")).text
    assert f"/inbox/{own}" not in html
    assert f"/inbox/{nobodys}" in html


async def test_open_pages_hear_of_a_letter_and_of_its_being_handled(api: Stack) -> None:
    conninfo = api.settings.database.replace("postgresql+psycopg://", "postgresql://")
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
        await connection.execute("LISTEN pledge_facts")
        await _comes(api)
        await _comes(api, b"of a contract", contract_id="acme-2026")
        await api.http.post(f"/inbox/{ID}/handled")
        async with asyncio.timeout(10):
            heard = [notice.payload async for notice in connection.notifies(stop_after=3)]
    assert heard == ["-", "acme-2026", "-"]


def _written(message_id: str, words: str = "Room 4 is silent.") -> bytes:
    return (
        f"From: Lee Park <lee@acme.test>\r\nSubject: Sensors\r\nMessage-ID: <{message_id}@acme.test>\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/plain\r\n\r\n{words}\r\n"
        "--b\r\nContent-Type: text/plain; name=log.txt\r\n\r\n03:12 no signal\r\n--b--\r\n"
    ).encode()


async def test_a_person_makes_a_ticket_of_a_letter_once_and_it_is_handled(whole: Stack) -> None:
    contract_id = await a_desk(whole)
    letter = await _comes(whole, _written(contract_id), contract_id=contract_id)
    assert "Make it a ticket" in (await whole.http.get(f"/inbox/{letter}")).text
    for _ in range(2):
        done = await whole.http.post(f"/inbox/{letter}/ticket")
        assert (done.status_code, done.headers["Location"]) == (303, f"/tickets/{contract_id}/1")
    ticket = await whole.until(f"/api/tickets/{contract_id}/1", lambda ticket: ticket["head"] is not None)
    assert (ticket["head"]["subject"], ticket["head"]["door"]) == ("Sensors", "e-mail")
    assert (ticket["head"]["reporter_email"], ticket["head"]["reporter_name"]) == ("lee@acme.test", "Lee Park")
    [report] = ticket["conversation"]
    assert (report["text"], [file["name"] for file in report["attachments"]]) == ("Room 4 is silent.", ["log.txt"])
    page = (await whole.http.get(f"/inbox/{letter}")).text
    assert f'<a href="/tickets/{contract_id}/1">ticket 1</a>' in page
    assert "Handled by somebody at the screens" in page
    assert "Make it a ticket" not in page


async def test_a_letter_of_no_contract_becomes_a_ticket_of_the_one_that_a_person_names(whole: Stack) -> None:
    contract_id = await a_desk(whole)
    letter = await _comes(whole, _written(f"other-{contract_id}"))
    wrong = await whole.http.post(f"/inbox/{letter}/ticket", data={"contract_id": "nowhere-2026"})
    assert wrong.status_code == 422
    assert "There is no contract &#39;nowhere-2026&#39;" in wrong.text
    assert 'value="nowhere-2026"' in wrong.text
    body = {"by": "Maya", "contract_id": contract_id}
    made = await whole.post(f"/api/inbox/{letter}/ticket", body)
    assert made.status_code == 201, made.text
    assert (made.json()["contract_id"], made.json()["number"], made.json()["accepted"]) == (contract_id, 1, True)
    read = await whole.get(f"/api/inbox/{letter}")
    assert (read["contract_id"], read["handled_by"]) == (contract_id, "Maya")


async def test_a_letter_that_the_plan_refuses_is_told_so_and_kept_as_a_refused_report(api: Stack) -> None:
    await api.post("/api/contracts", an_order("acme-2026", plan="ombori/free", prices={"currency": "EUR"}))
    letter = await _comes(api, _written("1"), contract_id="acme-2026")
    done = await api.http.post(f"/inbox/{letter}/ticket", follow_redirects=True)
    assert "It became no ticket: the contract has not started; e-mail is no way in of this plan" in done.text


async def test_the_words_of_a_letter_that_is_larger_than_an_answer_may_be_are_shown(api: Stack) -> None:
    large = _written("1").replace(b"03:12 no signal", b"03:12 no signal\r\n" * 20_000)
    letter = await _comes(api, large)
    assert len(large) > 256 * 1024
    assert '<pre class="words">Room 4 is silent.</pre>' in (await api.http.get(f"/inbox/{letter}")).text
    assert (await api.get(f"/api/inbox/{letter}"))["words"] == "Room 4 is silent."
