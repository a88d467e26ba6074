"""The mailbox of `make run`: what the catcher kept, shown so that a mail can do nothing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from runtime.temporal import Temporal
from tests.api.stack import Stack, serving, settings_for

NAME = "20261122T084227012716-d83fc8"
MAIL = b"""From: Grace Chen <abc@reply.pledge.test>
To: lee@acme.test
Subject: =?utf-8?q?Invitation=3A_K=C3=B6k?=
Message-ID: <one@reply.pledge.test>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=x

--x
Content-Type: text/plain; charset=utf-8

The plain words.
--x
Content-Type: text/html; charset=utf-8

<p onclick="steal()">The HTML.</p><script>steal()</script>
--x
Content-Type: text/calendar; charset=utf-8; method=REQUEST

BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//y//EN
METHOD:REQUEST
BEGIN:VEVENT
UID:one
DTSTAMP:20261122T084200Z
DTSTART:20261125T150000Z
DTEND:20261125T153000Z
SEQUENCE:2
SUMMARY:Case call
ORGANIZER;CN=Grace Chen:mailto:abc@reply.pledge.test
ATTENDEE;CN=Lee Park;PARTSTAT=ACCEPTED:mailto:lee@acme.test
END:VEVENT
END:VCALENDAR
--x--
"""


@pytest.fixture
async def boxed(database: str, dev_server: Temporal, tmp_path: Path) -> AsyncIterator[Stack]:
    (tmp_path / f"{NAME}.eml").write_bytes(MAIL.replace(b"\n", b"\r\n"))
    line = {"file": f"{NAME}.eml", "received": "2026-11-22T08:42:27+00:00", "from": "abc@reply.pledge.test"}
    whole = json.dumps({**line, "to": ["lee@acme.test"], "size": len(MAIL)})
    (tmp_path / "index.jsonl").write_text(whole + "\n" + whole[:40])  # the last line is torn
    async with serving(settings_for(database, dev_server.port, 9, mailbox_dir=tmp_path)) as stack:
        yield stack


async def test_the_list_shows_what_came_and_filters_by_recipient(boxed: Stack) -> None:
    html = (await boxed.http.get("/mailbox")).text
    assert "Invitation: Kök" in html
    assert f"/mailbox/{NAME}" in html
    assert "No message to" in (await boxed.http.get("/mailbox?to=ana@")).text
    assert "Invitation: Kök" in (await boxed.http.get("/mailbox?to=LEE@")).text


async def test_a_message_is_shown_with_its_invite(boxed: Stack) -> None:
    html = (await boxed.http.get(f"/mailbox/{NAME}")).text
    assert "The plain words." in html
    assert "Case call" in html
    assert "Wed 25 Nov 2026, 15:00" in html
    assert "Revision 2" in html
    assert "Lee Park &lt;lee@acme.test&gt;" in html


async def test_its_html_can_do_nothing(boxed: Stack) -> None:
    page = (await boxed.http.get(f"/mailbox/{NAME}")).text
    assert "steal()" not in page
    assert f'sandbox src="/mailbox/{NAME}/html"' in page
    frame = await boxed.http.get(f"/mailbox/{NAME}/html")
    policy = frame.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox;")
    assert "script-src" not in policy
    assert "default-src 'none'" in policy


async def test_message_and_invite_can_be_taken_away_as_they_came(boxed: Stack) -> None:
    raw = await boxed.http.get(f"/mailbox/{NAME}.eml")
    assert raw.content == MAIL.replace(b"\n", b"\r\n")
    assert "attachment" in raw.headers["Content-Disposition"]
    invite = await boxed.http.get(f"/mailbox/{NAME}.ics")
    assert b"METHOD:REQUEST" in invite.content


async def test_a_contracts_page_finds_a_message_by_its_id(boxed: Stack) -> None:
    found = await boxed.http.get("/mailbox/message", params={"id": "<one@reply.pledge.test>"})
    assert (found.status_code, found.headers["Location"]) == (303, f"/mailbox/{NAME}")
    assert (await boxed.http.get("/mailbox/message?id=other")).status_code == 404


async def test_no_name_leads_out_of_the_folder(boxed: Stack) -> None:
    for name in ("..%2f..%2fetc%2fpasswd", "....//index", "index"):
        assert (await boxed.http.get(f"/mailbox/{name}")).status_code == 404
        assert (await boxed.http.get(f"/mailbox/{name}.eml")).status_code == 404
