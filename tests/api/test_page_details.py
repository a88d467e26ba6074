"""Small things of the screens that somebody stumbled over."""

from __future__ import annotations

import re

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
