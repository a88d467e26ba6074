"""The desk as a page: what it shows, what its forms do, and what they say when they refuse."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import httpx

from api.pages.desk_view import card, unknown_rotations
from domain.coverage import weekly
from domain.plan import LadderStep, Plan, Role, Vendor, Who, WhoKind
from domain.rotation import Handover, Rotation
from storage.rotations import KeptRotation
from storage.staff import StaffMember
from tests.api.stack import Stack, a_member

FIRST_LINE = {
    "name": "First line", "key": "", "vendor_id": "", "handover": "weekly", "handover_at": "09:00",
    "first_day": "2020-01-06", "zone": "Europe/Stockholm", "member_1": "maya", "member_2": "", "member_3": "tom",
}  # fmt: skip
SWAP = {"member": "aisha", "begins": "2060-03-28T00:30", "ends": "2060-03-28T12:00", "reason": "a wedding"}


async def staffed(stack: Stack) -> None:
    for name in ("maya", "tom", "aisha"):
        await stack.post("/api/staff", a_member(name, name=name.title()))


async def send(stack: Stack, path: str, form: dict[str, str] | None = None, **changes: str) -> httpx.Response:
    return await stack.http.post(f"/desk{path}", data={**(form or {}), **changes})


async def desk(stack: Stack) -> str:
    """The page, each run of white space as one space."""
    return " ".join((await stack.http.get("/desk")).text.split())


def shut(html: str, part: str) -> bool:
    """Whether the part of the page that opens is shut."""
    found = re.search(rf'<details class="more" id="{part}"( open)?>', html)
    assert found, part
    return not found[1]


async def test_an_empty_desk_says_how_to_begin_and_every_page_leads_to_it(api: Stack) -> None:
    html = await desk(api)
    assert "No rotation yet" in html
    assert not shut(html, "new")
    assert '<a href="/desk" aria-current="page">Desk</a>' in html
    assert '<a href="/desk" >Desk</a>' in (await api.http.get("/plans")).text


async def test_a_rotation_is_added_shown_changed_and_deleted(api: Stack) -> None:
    await staffed(api)
    added = await send(api, "/rotations", FIRST_LINE)
    assert (added.status_code, added.headers["Location"]) == (303, "/desk#r-first-line")
    assert (await api.get("/api/rotations/first-line"))["members"] == ["maya", "tom"]
    html = await desk(api)
    assert "First line is there. A plan&#39;s ladder calls it as first-line." in html
    assert "Mondays at 09:00, Europe/Stockholm · every vendor" in html
    assert shut(html, "new")
    alone = await send(api, "/rotations/first-line", FIRST_LINE, name="Nights", member_1="", handover="daily")
    assert alone.headers["Location"] == "/desk#r-first-line"
    html = await desk(api)
    assert "Every day at 09:00" in html
    assert "<strong>Tom</strong>" in html.split("On call now")[1].split("</dd>")[0]
    assert (await send(api, "/rotations/first-line/delete")).status_code == 303
    again = await send(api, "/rotations/first-line/delete")
    assert again.status_code == 303
    assert "No rotation yet" in await desk(api)


async def test_what_is_wrong_with_a_rotation_stands_at_its_field_with_what_was_typed(api: Stack) -> None:
    await staffed(api)
    refused = await send(api, "/rotations", FIRST_LINE, zone="Mars/Phobos", handover_at="9", member_3="tim")
    assert refused.status_code == 422
    assert not shut(refused.text, "new")
    assert "Expected the name of an IANA time zone" in refused.text
    assert "Expected a time of day" in refused.text
    assert 'value="Mars/Phobos"' in refused.text
    unknown = (await send(api, "/rotations", FIRST_LINE, member_3="tim")).text
    assert 'id="new-member_3-wrong">There is nobody &#39;tim&#39; on the staff' in unknown
    nobody = (await send(api, "/rotations", FIRST_LINE, member_1="", member_3="")).text
    assert 'id="new-member_1-wrong">Expected 1 to 50 members' in nobody
    assert (await send(api, "/rotations", FIRST_LINE, name="!?")).status_code == 422
    assert "No rotation yet" in await desk(api)


async def test_a_key_that_is_taken_is_refused_and_the_same_form_sent_twice_is_not(api: Stack) -> None:
    await staffed(api)
    for _ in range(2):
        assert (await send(api, "/rotations", FIRST_LINE)).status_code == 303
    taken = await send(api, "/rotations", FIRST_LINE, member_1="aisha")
    assert (taken.status_code, "It is taken" in taken.text) == (409, True)
    assert (await api.get("/api/rotations/first-line"))["members"] == ["maya", "tom"]


async def test_a_swap_is_made_in_the_rotations_own_time_and_can_be_taken_back(api: Stack) -> None:
    await staffed(api)
    await send(api, "/rotations", FIRST_LINE)
    made = await send(api, "/rotations/first-line/overrides", SWAP)
    assert (made.status_code, made.headers["Location"]) == (303, "/desk#r-first-line")
    ((override),) = (await api.get("/api/rotations/first-line"))["overrides"]
    # The clocks go forward in between: half past midnight is UTC+1, noon is UTC+2.
    assert (override["begins"], override["ends"]) == ("2060-03-27T23:30:00Z", "2060-03-28T10:00:00Z")
    assert (override["by"], override["reason"]) == ("somebody at the screens", "a wedding")
    html = await desk(api)
    assert "Aisha stands in from Sun 28 Mar, 00:30 to Sun 28 Mar, 12:00." in html
    assert "<strong>Aisha</strong> stands in" in html
    await send(api, "/rotations/first-line", FIRST_LINE, name="Nights")
    undo = f"/rotations/first-line/overrides/{override['id']}/undo"
    for said in ("The swap is taken back.", "That swap was taken back before."):
        assert (await send(api, undo)).status_code == 303
        assert said in await desk(api)
    assert "<strong>Aisha</strong> stands in" not in await desk(api)


async def test_a_swap_that_cannot_be_comes_back_with_the_reason(api: Stack) -> None:
    await staffed(api)
    await send(api, "/rotations", FIRST_LINE)
    refused = await send(api, "/rotations/first-line/overrides", SWAP, ends="2060-03-27T12:00")
    assert refused.status_code == 422
    assert not shut(refused.text, "swap-first-line")
    assert 'id="s-first-line-ends-wrong">Expected an instant after the beginning' in refused.text
    assert 'value="2060-03-27T12:00"' in refused.text
    nothing = (await send(api, "/rotations/first-line/overrides", begins="soon")).text
    assert "Expected a day and a time" in nothing
    assert (await send(api, "/rotations/nights/overrides", SWAP)).status_code == 404


async def test_a_channel_goes_down_says_what_it_opens_and_comes_up_again(api: Stack) -> None:
    assert "all up" in await desk(api)
    down = await send(api, "/channels/essensys/down", channel="Live Chat", reason="it hangs")
    assert (down.status_code, down.headers["Location"]) == (303, "/desk#channels")
    html = await desk(api)
    assert "Live Chat of essensys is down. Tickets may come by phone and e-mail now." in html
    assert "1 channel down" in html
    assert "says somebody at the screens: it hangs" in html
    assert (await send(api, "/channels/essensys/up", channel="Live Chat")).status_code == 303
    assert "all up" in await desk(api)
    assert (await send(api, "/channels/essensys/down", channel="fax")).status_code == 422
    assert (await send(api, "/channels/acme/down", channel="chat")).status_code == 404
    assert (await send(api, "/channels/essensys/sideways", channel="Live Chat")).status_code == 404


async def test_what_people_write_is_never_markup(api: Stack) -> None:
    await staffed(api)
    await send(api, "/rotations", FIRST_LINE, name='<b>"x"</b>', key="x1")
    html = await desk(api)
    assert "<b>&#34;x" not in html
    assert "&lt;b&gt;&#34;x&#34;&lt;/b&gt;" in html


def somebody(name: str, **changes: Any) -> StaffMember:
    hours = weekly({"mon-fri": "09:00-17:00"})
    return StaffMember(name, name.title(), f"{name}@vendor.example", "UTC", (Role.CSM,), hours, **changes)


def test_whoever_is_away_is_not_the_next_one() -> None:
    rotation = Rotation("r", "UTC", Handover.DAILY, date(2026, 3, 2), ("ada", "bo", "cy"), 0)
    staff = {each.id: each for each in (somebody("ada"), somebody("bo", active=False), somebody("cy"))}
    shown = card(KeptRotation(rotation, "R"), staff, [], datetime.fromisoformat("2026-03-02T12:00:00Z"))
    assert shown.told.found.staff_id == "ada"
    assert shown.told.next_found
    assert (shown.told.next_found.staff_id, shown.told.next_found.reason) == ("cy", "Bo is away, so it is Cy")
    assert [each.name for each in shown.away] == ["Bo"]
    assert [each.colour for each in shown.members] == ["c0", "c1", "c2"]


def test_a_ladder_that_calls_a_rotation_which_is_not_there_is_told() -> None:
    ladder = (LadderStep(Who(WhoKind.ON_CALL, "nights"), 50), LadderStep(Who(WhoKind.ON_CALL, "days"), 75))
    gold = Plan("x/gold", 1, "Gold", "All.", Vendor("x", "X", "USD"), clauses=(), roles=(), ladder=ladder)
    assert unknown_rotations([gold, replace(gold, id="x/tin", ladder=())], ["days"]) == [("x/gold", "nights")]
