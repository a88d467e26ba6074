"""The page where a person says who they are."""

from __future__ import annotations

import json
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.house import TheHouse
from api.pages.acting import COOKIE
from api.pages.render import back_to, page
from api.rest.staff import member_or_404
from storage.staff import list_staff

router = APIRouter(include_in_schema=False)
_A_YEAR = 365 * 24 * 3600


@router.get("/me")
async def choose(request: Request, house: TheHouse) -> Response:
    """Choose who you are."""
    async with house.sessions() as session:
        members = [member for member in await list_staff(session) if member.active]
    members.sort(key=lambda member: member.name.casefold())
    return page(request, "me.html", members=members)


@router.post("/me")
async def chosen(request: Request, house: TheHouse) -> Response:
    """Remember it in this browser."""
    staff_id = str((await request.form()).get("staff_id", ""))
    if not staff_id:
        response = back_to("/", "You act as nobody in particular.")
        response.delete_cookie(COOKIE, path="/")
        return response
    async with house.sessions() as session:
        member = await member_or_404(session, staff_id)
    response = back_to(f"/?csm={quote(member.id)}", f"You act as {member.name}.")
    said = quote(json.dumps({"id": member.id, "name": member.name}))
    response.set_cookie(COOKIE, said, max_age=_A_YEAR, httponly=True, samesite="strict", path="/")
    return response
