"""The mailbox of `make run`: what the catcher got. Only where the settings name its folder."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from api import problems
from api.house import House, TheHouse
from api.mailbox import Mail, MailFolder
from api.pages.render import page

router = APIRouter(prefix="/mailbox", include_in_schema=False)
PER_PAGE = 40
# A mail's HTML is a stranger's: no script, no picture from elsewhere, no form, and its own origin.
_MAIL_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data: cid:; frame-ancestors 'self'"


@router.get("")
def mailbox(
    request: Request,
    house: TheHouse,
    to: Annotated[str, Query(max_length=200)] = "",
    number: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
) -> Response:
    """The newest first."""
    messages, total = _folder(house).newest(PER_PAGE, (number - 1) * PER_PAGE, to.strip())
    pages = max(1, -(-total // PER_PAGE))
    return page(request, "mailbox.html", messages=messages, total=total, number=number, pages=pages, to=to)


@router.get("/message")
def by_message_id(house: TheHouse, id: str, to: str = "") -> Response:  # noqa: A002 -- the word in the address
    """To the message with this Message-ID."""
    found = _folder(house).by_message_id(id, to)
    if found is None:
        raise problems.not_found("message", id)
    return RedirectResponse(f"/mailbox/{found.name}", 303)


@router.get("/{name}.eml")
def as_file(house: TheHouse, name: str) -> Response:
    """The message as it came."""
    raw = _folder(house).bytes_of(name)
    if raw is None:
        raise problems.not_found("message", name)
    return Response(
        raw, media_type="message/rfc822", headers={"Content-Disposition": f'attachment; filename="{name}.eml"'}
    )


@router.get("/{name}.ics")
def as_invite(house: TheHouse, name: str) -> Response:
    """Its invite."""
    ics = _open(house, name).ics
    if not ics:
        raise problems.not_found("invite in the message", name)
    headers = {"Content-Disposition": 'attachment; filename="invite.ics"'}
    return Response(ics, media_type="text/calendar; charset=utf-8", headers=headers)


@router.get("/{name}/html")
def as_html(house: TheHouse, name: str) -> Response:
    """Its HTML part, to be shown in a frame without any right."""
    html = _open(house, name).html
    headers = {"Content-Security-Policy": _MAIL_POLICY, "Cache-Control": "no-store"}
    return Response(html, media_type="text/html; charset=utf-8", headers=headers)


@router.get("/{name}")
def one(request: Request, house: TheHouse, name: str) -> Response:
    """One message: its invite, its text, its HTML."""
    return page(request, "mail.html", mail=_open(house, name))


def _folder(house: House) -> MailFolder:
    if house.settings.mailbox_dir is None:
        raise problems.not_found("page", "mailbox")
    return MailFolder(house.settings.mailbox_dir)


def _open(house: House, name: str) -> Mail:
    mail = _folder(house).open(name)
    if mail is None:
        raise problems.not_found("message", name)
    return mail
