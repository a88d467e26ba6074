"""Endpoints: the systems of others that tickets are handed to. What may be one, pure."""

import base64
import binascii
import ipaddress
from urllib.parse import urlsplit

PREFIX = "whsec_"
FEWEST_SECRET_BYTES, MOST_SECRET_BYTES = 24, 64
"""What Standard Webhooks allows for a shared secret."""

LONGEST_URL = 2_000


def url_mistake(url: str) -> str | None:
    """Why nothing is posted to that address, in words; None: it may be one.

    What is posted is a customer's, so it goes out encrypted, or stays on this machine. A private network is allowed on
    purpose: a client's own service desk often stands in one. What keeps an endpoint from reaching further than its
    address says is that nobody follows its redirects (`activities.webhooks`).
    """
    expected = "expected https://…, or http://… of this machine (127.0.0.1, localhost)"
    if len(url) > LONGEST_URL or not url.isascii() or any(sign <= " " or sign == "\x7f" for sign in url):
        return f"{expected}, of at most {LONGEST_URL} ASCII signs without a space"
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return expected
    if parts.username is not None or parts.password is not None or parts.fragment:
        return f"{expected}, without a user, a password or a fragment"
    if not host or parts.scheme not in ("https", "http") or (parts.scheme == "http" and not _is_this_machine(host)):
        return expected
    return None


def secret_mistake(secret: str) -> str | None:
    """Why that is no secret of Standard Webhooks, in words; None: it is one."""
    expected = f"expected {PREFIX} and {FEWEST_SECRET_BYTES} to {MOST_SECRET_BYTES} bytes in base64"
    if not secret.startswith(PREFIX):
        return expected
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return expected
    return None if FEWEST_SECRET_BYTES <= len(key) <= MOST_SECRET_BYTES else expected


def secret_of(key: bytes) -> str:
    """The bytes of a secret as both sides write it."""
    return PREFIX + base64.b64encode(key).decode()


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
