"""Who is acting. There is no sign-in yet, so a person says who they are, and the facts name them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import unquote

from starlette.requests import Request

COOKIE = "pledge_me"


@dataclass(frozen=True, slots=True)
class Acting:
    """``id`` empty: nobody has said who they are."""

    id: str
    name: str

    @property
    def signature(self) -> str:
        """How facts name them."""
        return self.name or "somebody at the screens"


def acting(request: Request) -> Acting:
    """Who this browser says it is."""
    try:
        said = json.loads(unquote(request.cookies.get(COOKIE, "")))
        return Acting(str(said["id"])[:64], str(said["name"])[:200])
    except (ValueError, KeyError, TypeError):
        return Acting("", "")
