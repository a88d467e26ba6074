"""From a template to a page: how times, money and people are written, and the frame around every page."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from babel.numbers import format_currency
from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.files import MOST_BYTES, MOST_TOGETHER
from api.house import House, now
from api.pages.acting import acting
from api.pages.forms import Forms
from api.ticket_models import MOST_FILES
from domain.clock_words import seconds_text

ROOT = Path(__file__).resolve().parent.parent.parent
STATIC = ROOT / "api" / "static"
_FLASH = "pledge_flash"
_FLASH_LIMIT = 1_000


def _fingerprints() -> dict[str, str]:
    """A part of each static file's digest, so that a browser may keep it for ever and still gets the new one."""
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest()[:10] for f in STATIC.iterdir() if f.is_file()}


def _static(name: str) -> str:
    return f"/static/{name}?v={_VERSIONS[name]}"


_VERSIONS = _fingerprints()


def instant(at: datetime | None, zone: str = "UTC", form: str = "%a %-d %b %Y, %H:%M") -> Markup:
    """An instant in a zone, machine-readable too: ``Tue 3 Feb 2026, 10:00``."""
    if at is None:
        return Markup("")
    local = at.astimezone(ZoneInfo(zone))
    stamp = at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return Markup('<time datetime="{}">{}</time>').format(stamp, local.strftime(form))


def day(on: date | None, form: str = "%-d %b %Y") -> Markup:
    """A day: ``3 Feb 2026``."""
    if on is None:
        return Markup("")
    return Markup('<time datetime="{}">{}</time>').format(on.isoformat(), on.strftime(form))


def last_day(due: datetime, zone: str) -> date:
    """The local day in which a due instant lies; 24:00 belongs to the day that it ends."""
    return (due - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date()


def relative(at: datetime, seen_from: datetime, zone: str = "UTC") -> str:
    """How far away an instant is, in local days: ``3 days late``, ``today``, ``in 2 days``, ``in 5 weeks``."""
    days = (last_day(at, zone) - seen_from.astimezone(ZoneInfo(zone)).date()).days
    if at < seen_from:
        return f"{-days} day{'s' * (days != -1)} late" if days < 0 else "late since today"
    if days <= 1:
        return "tomorrow" if days else "today"
    if days < 14:
        return f"in {days} days"
    if days < 60:
        return f"in {round(days / 7)} weeks"
    return f"in {round(days / 30.44)} months"


def since(at: datetime, seen_from: datetime, zone: str = "UTC") -> str:
    """How long ago a day was: ``today``, ``yesterday``, ``3 days ago``."""
    days = (seen_from.astimezone(ZoneInfo(zone)).date() - at.astimezone(ZoneInfo(zone)).date()).days
    return "today" if days < 1 else "yesterday" if days == 1 else f"{days} days ago"


def nearness(at: datetime, seen_from: datetime) -> str:
    """The class of a due time: late, soon (seven days) or ahead."""
    if at < seen_from:
        return "late"
    return "soon" if at - seen_from <= timedelta(days=7) else "ahead"


def minutes(amount: int | None) -> str:
    """A length: ``1 h 30 min``, ``45 min``, ``2 h``."""
    if amount is None:
        return ""
    sign, amount = ("-" if amount < 0 else ""), abs(amount)
    hours, rest = divmod(amount, 60)
    parts = [f"{hours} h"] * (hours > 0) + [f"{rest} min"] * (rest > 0 or hours == 0)
    return sign + " ".join(parts)


def money(amount: int | None, currency: str) -> str:
    """Minor units as a person reads them: ``$1,200.00``; None is entered by hand."""
    if amount is None:
        return "by hand"
    from babel.numbers import get_currency_precision

    return str(format_currency(amount / 10 ** get_currency_precision(currency), currency, locale="en"))


def file_size(size: int) -> str:
    """``820 bytes``, ``12 kB``, ``3.4 MB``."""
    if size < 1_000:
        return f"{size} bytes"
    return f"{round(size / 1_000)} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def initials(name: str) -> str:
    """The first letters of the first and last word."""
    words = [word for word in name.split() if word[0].isalpha()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


def words(text: str) -> str:
    """``awaiting-outcome`` as a person reads it."""
    return text.replace("-", " ").replace("_", " ").replace(".", " ")


def sentence(text: str) -> str:
    """Text whose first letter is a capital."""
    return text[:1].upper() + text[1:]


def pretty_json(value: object) -> str:
    """Data of a fact, to read; numbers in a list stand in one line."""
    text = json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)
    return re.sub(r"\[\s+(-?\d+(?:,\s+-?\d+)*)\s+\]", lambda found: f"[{' '.join(found[1].split())}]", text)


def _environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(ROOT / "templates" / "pages"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    plain = (
        instant, day, minutes, money, initials, words, sentence, pretty_json, relative, nearness, since, last_day,
        file_size,
    )  # fmt: skip
    env.filters |= {each.__name__: each for each in plain}
    env.filters["seconds"] = seconds_text
    env.filters["segment"] = lambda text: quote(str(text), safe="")
    limits = {"each": MOST_BYTES, "together": MOST_TOGETHER, "number": MOST_FILES}
    env.globals |= {"static": _static, "query": _query, "file_limits": limits}
    return env


def _query(given: Mapping[str, Any], **changed: object) -> str:
    """A query string: what was given with some parts changed; empty ones are left out."""
    parts = {**given, **changed}
    text = urlencode({k: v for k, v in parts.items() if v not in (None, "")})
    return f"?{text}" if text else "?"


_ENVIRONMENT = _environment()


def page(
    request: Request, template: str, *, status: int = 200, forms: Forms | None = None, **context: object
) -> HTMLResponse:
    """A page from ``templates/pages``; a message left by the action before is shown once."""
    house: House | None = getattr(request.app.state, "house", None)
    flash = _read_flash(request)
    html = _ENVIRONMENT.get_template(template).render(
        {
            "now": now(),
            "path": request.url.path,
            "flash": flash,
            "forms": forms or Forms(),
            "has_mailbox": bool(house and house.settings.mailbox_dir),
            "letters_waiting": getattr(request.state, "letters_waiting", 0),
            "tickets_open": getattr(request.state, "tickets_open", 0),
            "tickets_late": getattr(request.state, "tickets_late", 0),
            "acting": acting(request),
            "status": status,
            **context,
        }
    )
    response = HTMLResponse(html, status, headers={"Cache-Control": "no-store"})
    # The page that refreshes itself must not eat the message before a person has read it.
    if flash and "x-refresh" not in request.headers:
        response.delete_cookie(_FLASH, path="/")
    return response


def text_of(template: str, **context: object) -> str:
    """A part of a page, for tests and for other parts."""
    return _ENVIRONMENT.get_template(template).render(context)


def back_to(address: str, message: str, tone: str = "") -> Response:
    """303 to a page that shows ``message`` once."""
    response = RedirectResponse(address, 303)
    said = json.dumps({"text": message[:_FLASH_LIMIT], "tone": tone})
    response.set_cookie(_FLASH, quote(said), max_age=60, httponly=True, samesite="strict", path="/")
    return response


def _read_flash(request: Request) -> dict[str, str] | None:
    from urllib.parse import unquote

    try:
        said = json.loads(unquote(request.cookies.get(_FLASH, "")))
        return {"text": str(said["text"]), "tone": str(said["tone"])}
    except (ValueError, KeyError, TypeError):
        return None


__all__ = ["Markup", "back_to", "escape", "page", "text_of"]
