"""Small things of the screens that somebody stumbled over."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from tests.api.stack import Stack, a_member, kicked_off, new_id


async def test_a_role_is_offered_to_those_who_can_fill_it(whole: Stack) -> None:
    contract_id = await kicked_off(whole)
    await whole.post("/api/staff", a_member(rosa := new_id("rosa"), ("csm", "cse"), name="Rosa Delgado"))
    await whole.post("/api/staff", a_member(tom := new_id("tom"), ("cse",), name="Tom Becker"))
    html = (await whole.http.get(f"/contracts/{contract_id}")).text
    label, _, rest = html.partition('<select id="cr-staff_id"')
    assert label.rstrip().endswith('<label for="cr-staff_id">Person</label>')
    groups = dict(re.findall(r'<optgroup label="([^"]+)">(.*?)</optgroup>', rest.split("</select>")[0], re.DOTALL))
    assert rosa in groups["Customer Success Manager"]
    assert tom not in groups["Customer Success Manager"]
    assert rosa in groups["Customer Success Engineer"]
    assert tom in groups["Customer Success Engineer"]


async def test_the_portfolio_tells_the_day_of_a_slot_as_the_contract_does(whole: Stack) -> None:
    contract_id = await kicked_off(whole)
    meeting = await whole.get(f"/api/meetings/{contract_id}/kickoff")
    zone = (await whole.get(f"/api/contracts/{contract_id}"))["head"]["zone"]
    day = datetime.fromisoformat(meeting["start"]).astimezone(ZoneInfo(zone))
    html = (await whole.http.get("/?customer=Acme")).text
    row = html.split(f'id="c-{contract_id}"')[1].split("</li>")[0]
    assert f">{day:%a} {day.day} {day:%b}</time>" in row.split('class="when2"')[1]


async def test_a_refused_form_can_take_the_focus_where_it_says_why(api: Stack) -> None:
    html = (await api.http.post("/contracts/new", data={"plan": "oura/premium"})).text
    assert re.search(r'<div class="flash bad" data-refused tabindex="-1">', html)
